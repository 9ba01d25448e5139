from . import paper, signing_tool
