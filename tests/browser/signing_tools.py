"""What stands beside the browser when people sign: the VGCA tool of their machine, the service behind their phone."""

import base64
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ADDON = Path(__file__).resolve().parents[2] / "addons" / "vanban_signing"
SERVICE_SECRET = "mat-khau-dich-vu-ky-4c1d"


def pin_of_public_key(certificate):
    """SHA-256 (base64) of the public key of a PEM file: what Chromium takes to trust this one TLS certificate."""
    loaded = x509.load_pem_x509_certificate(Path(certificate).read_bytes())
    spki = loaded.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(spki).digest()).decode()


class Process:
    """A stand-in as a process of its own; ``port`` is on 127.0.0.1."""

    def __init__(self, module, *arguments, environment=None):
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *map(str, arguments)],
            env={**os.environ, **(environment or {}), "PYTHONPATH": str(ADDON)}, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.port = int(re.search(r"listening on (\d+)", self._process.stdout.readline())[1])

    def stop(self):
        self._process.terminate()
        self._process.wait(10)
        self._process.stdout.close()


def vgca_tool(store, tls, module, trouble=""):
    """VGCA Sign Service with the only token of ``store``; ``tls`` is (certificate, key)."""
    return Process(
        "vgca.standin", "--certificate", tls[0], "--key", tls[1], "--module", module, "--pin-file", store.tokens[0].pin_file,
        "--trouble", trouble, environment=store.environment,
    )  # fmt: skip


def remote_service(kind, store, account, module, folder):
    """A remote service that holds the only key of ``store`` for ``account``."""
    secret = Path(folder) / f"{kind}.secret"
    secret.parent.mkdir(parents=True, exist_ok=True)
    secret.write_text(SERVICE_SECRET)
    return Process(
        f"remote.{kind}_standin", "--module", module, "--tokens", store.folder, "--credential", f"{account}={store.tokens[0].label}",
        "--client", "so-noi-vu", "--secret-file", secret, environment=store.environment,
    )  # fmt: skip
