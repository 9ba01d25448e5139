"""Step 7: what programs that know nothing of this project say about its products."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pikepdf

from .places import ROOT, package_path


class NotProved(Exception):
    """An outside program does not agree; the message is what it printed."""


def run(*command: str | Path, env: dict[str, str] | None = None) -> str:
    """Run a program and return what it printed.

    :raises NotProved: exit code other than 0
    """
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        timeout=120,
    )
    said = done.stdout + done.stderr
    if done.returncode:
        raise NotProved(f"{command[0]} ({done.returncode}): {said.strip()[-3000:]}")
    return said


def _need(condition: object, said: str) -> None:
    if not condition:
        raise NotProved(said.strip()[-3000:])


def poppler(pdf: Path, ca: Path, signatures: int) -> str:
    """pdfsig: every signature valid, its certificate trusted, the last one over the whole file."""
    with tempfile.TemporaryDirectory() as folder:
        store = f"sql:{folder}"
        run("certutil", "-N", "-d", store, "--empty-password")
        run("certutil", "-A", "-d", store, "-n", "ca", "-t", "CT,C,C", "-i", ca)
        said = run("pdfsig", "-nssdir", store, pdf)
    _need(said.count("Signature is Valid.") == signatures, said)
    _need(said.count("Certificate is Trusted.") == signatures, said)
    _need("Total document signed" in said, said)
    return f"{signatures} chữ ký hợp lệ, chứng thư tin cậy"


def pyhanko(pdf: Path, ca: Path, signatures: int) -> str:
    """pyHanko's command line with the demonstration CA judges every signature as a whole."""
    command = shutil.which("pyhanko") or str(Path(sys.executable).with_name("pyhanko"))
    said = run(command, "sign", "validate", "--trust", ca, "--pretty-print", pdf)
    _need(said.count("The signature is judged VALID.") == signatures, said)
    return f"{signatures} chữ ký được kết luận VALID"


def text(pdf: Path, *expected: str) -> str:
    """pdftotext finds every expected text on the pages."""
    said = run("pdftotext", "-layout", pdf, "-")
    flat = " ".join(said.split())
    for part in expected:
        _need(part in flat, f"“{part}” is not in the text of {pdf.name}:\n{said}")
    return ", ".join(expected[:3])


def seal_place(pdf: Path, diameter_mm: float = 36.0) -> str:
    """The seal stands in real size over the left third of the leader's signature (NĐ 30/2020, Phụ lục I)."""
    with pikepdf.open(pdf) as document:
        boxes = {str(field.T): [float(edge) for edge in field.Rect] for field in document.Root.AcroForm.Fields}
    left, bottom, right, top = boxes["lanh_dao"]
    seal_left, seal_bottom, seal_right, seal_top = boxes["co_quan"]
    width, height = ((one - other) * 25.4 / 72 for one, other in ((seal_right, seal_left), (seal_top, seal_bottom)))
    said = f"{width:.1f} × {height:.1f} mm"
    _need(abs(width - diameter_mm) < 0.5 and abs(height - diameter_mm) < 0.5, f"the seal measures {said}")
    third = left + (right - left) / 3
    _need(seal_left < left and abs(seal_right - third) < 3, f"the seal does not cover the left third: {boxes}")
    _need(seal_bottom < top and bottom < seal_top, f"the seal stands above or below the signature: {boxes}")
    return said


def xml(packet: Path) -> str:
    """xmllint accepts the packet, without loading anything from outside."""
    run("xmllint", "--noout", "--nonet", "--huge", packet)
    return f"{packet.stat().st_size:,} byte".replace(",", ".")


def package(parent: Path) -> str:
    """The offline checker accepts the archival package, the only folder in `parent`."""
    (folder,) = parent.iterdir()
    said = run(sys.executable, "-m", "package", "check", folder, env={"PYTHONPATH": package_path("vanban_archive")})
    return said.strip().splitlines()[-1]


def log_chain(file: Path) -> str:
    """The offline checker finds the exported log whole, and finds a changed copy broken."""
    env = {"PYTHONPATH": package_path("vanban_core")}
    said = run(sys.executable, "-m", "tools.log_chain", file, env=env)
    lines = file.read_bytes().splitlines(keepends=True)
    middle = len(lines) // 2
    changed = file.with_suffix(".changed")
    changed.write_bytes(b"".join([*lines[:middle], *lines[middle + 1 :]]))
    try:
        run(sys.executable, "-m", "tools.log_chain", changed, env=env)
    except NotProved:
        return said.strip()
    finally:
        changed.unlink()
    raise NotProved("a log with a missing line was accepted")
