"""Where the demonstration keeps its things. Everything lives under ``var/`` of this clone."""

from __future__ import annotations

import os
import socket
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
STORY = VAR / "story"
ADDONS = ROOT / "addons"
OUR_ADDONS = ("vanban_core", "vanban_signing", "vanban_archive", "vanban_lienthong")


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def port(wanted: int) -> int:
    """Return `wanted` when it is free (so that printed addresses are stable), else any free port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return free_port()
    return wanted


def package_path(*addons: str) -> str:
    """Return a PYTHONPATH on which the plain packages of the named addons are importable."""
    parts = [str(ADDONS / name) for name in (addons or OUR_ADDONS)]
    return os.pathsep.join([*parts, os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
