"""The agency's signature beside a closed register book (``.p7s``), checked with nothing but the ``openssl`` program.

Whether the certificate itself may be trusted is for whoever was given it: it is compared with the signature, not judged.
"""

import subprocess
from dataclasses import dataclass

SECONDS = 120


@dataclass(frozen=True)
class Verdict:
    """``valid`` is True only for the signature of this certificate over these very bytes; ``message`` in Vietnamese."""

    valid: bool
    message: str


def check(path, signature, certificate):
    """Judge the detached CMS container ``signature`` over the file ``path``; all three are paths, the certificate PEM or DER.

    Never raises on bad content.
    """
    try:
        return _check(path, signature, certificate)
    except FileNotFoundError:
        return Verdict(False, "Không kiểm tra được chữ ký: máy này chưa có chương trình openssl.")
    except (OSError, subprocess.TimeoutExpired) as error:
        return Verdict(False, f"Không kiểm tra được chữ ký: {error}.")


def _check(path, signature, certificate):
    for name in (signature, certificate):
        try:
            with open(name, "rb") as stream:
                stream.read(1)
        except OSError as error:
            return Verdict(False, f"Không đọc được tệp {name}: {error.strerror}.")
    shown = _run("x509", "-in", certificate, "-noout", "-subject", "-serial", "-nameopt", "utf8,sep_comma_plus,-esc_msb")
    if shown.returncode:
        return Verdict(False, f"Tệp {certificate} không phải là chứng thư số (PEM hoặc DER).")
    # only the certificate given may be the signer's, whatever the container brings along
    found = _run(
        "cms", "-verify", "-inform", "DER", "-in", signature, "-content", path, "-binary", "-certfile", certificate, "-nointern", "-noverify",
        "-out", "/dev/null",
    )
    if found.returncode:
        return Verdict(False, "Chữ ký KHÔNG hợp lệ: tệp đã bị sửa, hoặc không phải do chứng thư này ký.")
    words = " ".join(line.strip() for line in shown.stdout.decode("utf-8", "replace").splitlines() if line.strip())
    return Verdict(True, f"Chữ ký của cơ quan hợp lệ: {words}.")


def _run(*arguments):
    return subprocess.run(["openssl", *map(str, arguments)], capture_output=True, stdin=subprocess.DEVNULL, timeout=SECONDS, check=False)
