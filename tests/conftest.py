"""What every test outside Odoo may rely on: the plain packages and ``proves`` can be imported from anywhere."""
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

for folder in (ROOT / "tests", *(ROOT / "addons" / name for name in (
        "vanban_core", "vanban_signing", "vanban_lienthong", "vanban_archive"))):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from hypothesis import HealthCheck, settings  # noqa: E402

# A busy machine is no finding; in continuous integration the same examples each time, elsewhere new ones.
settings.register_profile("local", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.register_profile("ci", settings.get_profile("local"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")
