"""Closed books: every changed byte, missing, added or moved row is found, and named."""

import io
import random
import subprocess
import sys
from pathlib import Path

import pytest

from proves import proves
from tools import register_chain as chain

ADDON = Path(__file__).resolve().parents[3] / "addons" / "vanban_core"


def book(count=30):
    stream = io.BytesIO()
    digest = chain.write(stream, {"register": "DEN", "year": 2026}, (
        {"number": number, "suffix": "", "columns": [f"Văn bản thứ {number}", "Sở Tài chính"]} for number in range(1, count + 1)
    ))
    return stream.getvalue(), digest


def findings(raw, digest=None):
    return chain.check(io.BytesIO(raw), digest)


def test_sound_book():
    raw, digest = book()
    result = findings(raw, digest)
    assert (result.sound, result.rows, result.digest, result.header["register"]) == (True, 30, digest, "DEN")
    empty, digest = book(0)
    assert findings(empty, digest).sound


def test_every_changed_byte_is_found():
    """Each byte of a small book in turn, in three ways."""
    raw, digest = book(6)
    for place in range(len(raw)):
        for other in {raw[place] ^ 1, raw[place] ^ 0x20, 0x0A} - {raw[place]}:
            changed = raw[:place] + bytes([other]) + raw[place + 1:]
            assert not findings(changed, digest).sound, (place, other)
        assert not findings(raw[:place] + raw[place + 1:], digest).sound
        assert not findings(raw[:place], digest).sound


@pytest.mark.parametrize("row", [1, 7, 30])
def test_a_changed_row_is_named(row):
    raw, _digest = book()
    result = findings(raw.replace(f"Văn bản thứ {row}\"".encode(), f"Văn bản thu {row}\"".encode()))
    assert [finding.line for finding in result.findings] == [row + 1]
    assert f"(số {row})" in result.message
    assert "đã bị sửa" in result.message


def test_removed_added_and_moved_rows_are_named():
    lines = book()[0].splitlines(keepends=True)
    gone = findings(b"".join(lines[:9] + lines[10:]))
    assert gone.findings[0].line == 10
    assert "thiếu dòng thứ 9 " in gone.message
    several = findings(b"".join(lines[:9] + lines[12:]))
    assert "thiếu dòng thứ 9–11 " in several.message
    twice = findings(b"".join(lines[:10] + lines[9:]))
    assert twice.findings[0].line == 11
    assert "chèn hoặc lặp lại" in twice.message
    forged = chain.canonical({"line": 9, "number": 9, "suffix": "a"})
    added = findings(b"".join([*lines[:9], b"%s %s\n" % (chain.link(lines[8][:64].decode(), forged).encode(), forged), *lines[9:]]))
    assert added.findings[0].line == 11
    moved = findings(b"".join([*lines[:9], lines[10], lines[9], *lines[11:]]))
    assert moved.findings[0].line == 10
    assert "Dòng 10:" in moved.message
    assert not findings(b"".join(lines) + b"x").sound
    cut = findings(b"".join(lines[:-1]))
    assert "bị cắt" in cut.message


def test_a_book_forged_as_a_whole_shows_by_the_recorded_digest():
    raw, digest = book()
    stream = io.BytesIO()
    chain.write(stream, {"register": "DEN", "year": 2026}, ({"number": number} for number in range(1, 30)))
    assert findings(stream.getvalue()).sound
    assert "làm lại" in findings(stream.getvalue(), digest).message
    assert raw != stream.getvalue()


def test_rubbish_never_raises():
    randomness = random.Random(7)
    raw, _digest = book(5)
    for length in range(60):
        assert not findings(randomness.randbytes(length)).sound
    deep = b"0" * 64 + b" " + b"[" * 100_000 + b"\n"
    assert not findings(deep + raw).sound


@proves("REG-04")
def test_the_script_checks_a_file_without_odoo(tmp_path):
    raw, digest = book()
    path = tmp_path / "so-den.jsonl"
    path.write_bytes(raw)

    def run(*arguments):
        return subprocess.run([sys.executable, "-I", "-c", "import sys; sys.path.insert(0, sys.argv.pop(1));"
                               "import runpy; runpy.run_module('tools.register_chain', run_name='__main__')", str(ADDON), *arguments],
                              capture_output=True, text=True, check=False)  # fmt: skip

    good = run(str(path), digest)
    assert (good.returncode, "30 dòng" in good.stdout) == (0, True), good
    path.write_bytes(raw.replace(b"\"number\":17", b"\"number\":18"))
    bad = run(str(path))
    assert bad.returncode == 1
    assert "Dòng 18:" in bad.stdout
    assert run(str(tmp_path / "none")).returncode == 2
    assert run().returncode == 2


@proves("REG-04")
def test_the_script_judges_the_signature_beside_the_book(tmp_path):
    raw, digest = book()
    path, signature = tmp_path / "so-den.jsonl", tmp_path / "so-den.jsonl.p7s"
    path.write_bytes(raw)
    certificates = {}
    for name in ("agency", "other"):
        key, certificates[name] = tmp_path / f"{name}.key", tmp_path / f"{name}.pem"
        _openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificates[name], "-subj", f"/CN={name}", "-days", "30")
    _openssl("cms", "-sign", "-binary", "-in", path, "-signer", certificates["agency"], "-inkey", tmp_path / "agency.key", "-outform", "DER",
             "-out", signature, "-md", "sha256")  # fmt: skip

    def run(certificate):
        return subprocess.run(
            [sys.executable, "-m", "tools.register_chain", path, digest, "--signature", signature, "--certificate", certificate],
            capture_output=True, text=True, check=False, cwd=ADDON,
        )  # fmt: skip

    good = run(certificates["agency"])
    assert (good.returncode, "CN = agency" in good.stdout or "CN=agency" in good.stdout) == (0, True), good
    wrong = run(certificates["other"])
    assert wrong.returncode == 1
    assert "KHÔNG hợp lệ" in wrong.stdout
    assert run(path).returncode == 1
    # a book forged as a whole has a sound chain of its own, but not the signature
    forged, _digest = book(29)
    path.write_bytes(forged)
    bad = run(certificates["agency"])
    assert bad.returncode == 1
    assert "KHÔNG hợp lệ" in bad.stdout


def _openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
