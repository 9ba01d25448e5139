"""Pairing: one origin (the address of the agency's system) may use this agent, proved once by a code that the agent shows."""

import hashlib
import hmac
import json
import os
import secrets
import threading
from pathlib import Path
from urllib.parse import urlsplit

_TRIES = 5


def valid_origin(origin):
    """Whether this is a web origin and nothing else (no path, no user)."""
    parts = urlsplit(origin or "")
    return (
        parts.scheme in ("https", "http")
        and bool(parts.hostname)
        and origin == f"{parts.scheme}://{parts.netloc}"
        and "@" not in parts.netloc
    )


class Pairing:
    """State in a file (0600): origin and the SHA-256 of the token, never the token itself."""

    def __init__(self, path, announce=print):
        self._path = Path(path)
        self._lock = threading.Lock()
        self._announce = announce
        self._tries = 0
        self.code = None

    def new_code(self):
        """Make and show a fresh code of eight digits."""
        with self._lock:
            self._fresh()
        return self.code

    def _fresh(self):
        self.code, self._tries = f"{secrets.randbelow(10**8):08d}", 0
        self._announce(f"Mã ghép nối: {self.code[:4]} {self.code[4:]}  (nhập mã này trên trang ký số của hệ thống)")

    def pair(self, origin, code):
        """Token for the origin when the code is right, else None; five wrong codes make a new one."""
        with self._lock:
            if not self.code or not valid_origin(origin):
                return None
            if not hmac.compare_digest(self.code, str(code or "").replace(" ", "")):
                self._tries += 1
                if self._tries >= _TRIES:
                    self._fresh()
                return None
            token = secrets.token_urlsafe(32)
            self._write({"origin": origin, "token_sha256": hashlib.sha256(token.encode()).hexdigest()})
            self.code = None
            return token

    @property
    def origin(self):
        return self._read().get("origin")

    def allows(self, origin, token):
        """Whether this is the paired origin with its token."""
        state = self._read()
        return (
            bool(state)
            and origin == state["origin"]
            and hmac.compare_digest(hashlib.sha256((token or "").encode()).hexdigest(), state["token_sha256"])
        )

    def _read(self):
        try:
            return json.loads(self._path.read_text())
        except (OSError, ValueError):
            return {}

    def _write(self, state):
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(state, file)
