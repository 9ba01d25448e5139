"""The samples of the signing tests serve the agent's tests too."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "signing"))
