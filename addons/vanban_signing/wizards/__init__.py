from . import custody_wizard, picture_wizard, request_wizard
from . import ask_wizard
from . import comment_wizard
