"""Registering one letter by keyboard alone in the browser, from the list to the arrival number: the play of the browser test, timed."""

import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 30.0
PLAY = "tests/browser/test_reception.py::test_registration_by_keyboard_alone[desktop]"


def run():
    """Rows for ``bench/run.py``; seconds."""
    paths = [ROOT / "scripts", ROOT / "tests", *(ROOT / "addons" / name for name in ("vanban_core", "vanban_signing", "vanban_lienthong"))]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*map(str, paths), os.environ["PYTHONPATH"]])}
    with tempfile.NamedTemporaryFile(suffix=".xml") as report:
        subprocess.run([sys.executable, "-m", "pytest", "-q", PLAY, f"--junitxml={report.name}"], cwd=ROOT, env=environment, check=True)
        found = ElementTree.parse(report.name).find(".//property[@name='seconds']")  # noqa: S314 - our own file
    seconds = float(found.get("value"))
    return [{
        "what": "registering one letter by keyboard alone in the browser, against the limit", "unit": "s", "ours": seconds, "against": LIMIT,
        "ratio": round(seconds / LIMIT, 2), "target": f"< {LIMIT:.0f} s", "ok": seconds < LIMIT,
    }]  # fmt: skip


if __name__ == "__main__":
    for row in run():
        print(row)
