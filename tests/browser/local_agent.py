"""The signing agent on the leader's machine, not yet paired: the pairing code is typed into the page by hand."""

import os
import re
import shlex
import subprocess
import sys
import threading
import time
from pathlib import Path

ADDON = Path(__file__).resolve().parents[2] / "addons" / "vanban_signing"
CODE = re.compile(r"Mã ghép nối: (\d{4}) (\d{4})")
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)")


class LocalAgent:
    """``keys`` are those of the agency's leader (demo.pki); ``port`` and ``code`` are there after ``start``."""

    def __init__(self, keys, module, folder):
        self._keys, self._module, self._folder = keys, module, folder
        self._lines = []

    def start(self):
        token = self._keys.leader_token
        self._process = subprocess.Popen(
            [
                sys.executable, "-m", "agent", "--module", self._module, "--port", "0", "--pair",
                "--state", str(self._folder / "pairing.json"),
                "--pin-program", shlex.join(["cat", str(token.pin_file)]),
            ],
            env={**os.environ, **self._keys.leader.environment, "PYTHONPATH": str(ADDON)},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        threading.Thread(target=self._listen, daemon=True).start()
        self.code = "".join(self._said(CODE).groups())
        self.port = int(self._said(ADDRESS).group(1))
        return self

    def _listen(self):
        for line in self._process.stdout:
            self._lines.append(line)

    def _said(self, pattern):
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline and self._process.poll() is None:
            for line in list(self._lines):
                if found := pattern.search(line):
                    return found
            time.sleep(0.1)
        raise AssertionError("the signing agent did not start: " + "".join(self._lines))

    def stop(self):
        self._process.terminate()
        self._process.wait(10)
