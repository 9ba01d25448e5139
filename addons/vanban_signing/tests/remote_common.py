"""Stand-ins of signing services as processes of their own, for tests."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import requests

from odoo.addons.vanban_signing.demo_pki import MODULE

ADDON = Path(__file__).resolve().parents[1]
SECRET = "mat-khau-dich-vu-7f3a91"


class StandIn:
    """``kind`` is ``csc`` or ``smartca``; the token of ``label`` is the key that the service holds for account ``account``."""

    def __init__(self, kind, code, store, label, account, *more):
        self.code = code
        self.folder = Path(tempfile.mkdtemp(prefix="vanban-remote-"))
        (self.folder / f"{code}.secret").write_text(SECRET)
        self._process = subprocess.Popen(
            [
                sys.executable, "-m", f"remote.{kind}_standin", "--module", MODULE, "--tokens", str(store.folder),
                "--credential", f"{account}={label}", "--client", "so-noi-vu", "--secret-file", str(self.folder / f"{code}.secret"), *more,
            ],
            env=dict(os.environ, PYTHONPATH=str(ADDON), **store.environment), stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        port = re.search(r"listening on (\d+)", self._process.stdout.readline())[1]
        self.base = f"http://127.0.0.1:{port}"
        self.url = f"{self.base}/csc/v2" if kind == "csc" else self.base

    def confirm(self, answer="yes"):
        """What the signer does on his phone with everything that waits; number of requests."""
        page = requests.get(f"{self.base}/phone", timeout=20).text
        waiting = re.findall(rf"/phone/(\w+)/{answer}", page)
        for reference in waiting:
            requests.post(f"{self.base}/phone/{reference}/{answer}", timeout=20)
        return len(waiting)

    def stop(self):
        self._process.terminate()
        self._process.wait(10)
        self._process.stdout.close()
