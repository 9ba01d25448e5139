"""The order of the regulations: leader, number and date, seal; both signatures valid, here and in two other programs."""

import io
import shutil
import subprocess

import pikepdf
import pytest

from pades import DATE, LEADER, NUMBER, SEAL, fill, prepare, sign
from pades.__main__ import main
from pades.appearance import Appearance
from pades.errors import SignError
from pades.layout import MM
from pades.verify import verify
from proves import proves
from signing_sample import (
    AGENCY,
    SIGNER,
    TEXTS,
    SoftKey,
    agency,
    authority,
    chain,
    draft,
    issued,
    leader,
    numbered,
    placement,
    prepared,
    signed,
    trust,
)


def judged(pdf):
    report = verify(pdf, trust())
    return [(one.field, one.overall, one.kind) for one in report.signatures], report


def test_each_stage_is_valid():
    assert judged(signed())[0] == [(LEADER, "valid", "personal")]
    assert judged(numbered())[0] == [(LEADER, "valid", "personal")]
    states, report = judged(issued())
    assert states == [(LEADER, "valid", "personal"), (SEAL, "valid", "agency")]
    first, second = report.signatures
    assert first.changed_fields == [SEAL, DATE, NUMBER] or set(first.changed_fields) == {SEAL, DATE, NUMBER}
    assert not first.covers_file and second.covers_file and second.changed_fields == []
    assert first.signer["cn"] == SIGNER and second.signer["cn"] == AGENCY


def test_earlier_bytes_are_never_rewritten():
    assert numbered().startswith(signed()) and issued().startswith(numbered())


@proves("SIGN-27")
def test_other_programs_agree(tmp_path):
    path = tmp_path / "issued.pdf"
    path.write_bytes(issued())
    shown = subprocess.run(
        ["pyhanko", "sign", "validate", "--pretty-print", "--trust", authority().certificate, path],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.count("The signature is judged VALID") == 2
    poppler = subprocess.run(["pdfsig", path], capture_output=True, text=True, check=True).stdout
    assert poppler.count("Signature is Valid") == 2 and poppler.count("Total document signed") == 1
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    assert "05/SNV-VP" in text and TEXTS["ngay"] in text


def test_certificate_store_of_poppler_trusts_both(tmp_path):
    if not shutil.which("certutil"):
        pytest.fail("certutil (libnss3-tools) is missing: run make setup")
    store = tmp_path / "nss"
    store.mkdir()
    subprocess.run(["certutil", "-N", "-d", f"sql:{store}", "--empty-password"], check=True)
    subprocess.run(
        ["certutil", "-A", "-d", f"sql:{store}", "-n", "ca", "-t", "CT,C,C", "-i", authority().certificate], check=True
    )
    path = tmp_path / "issued.pdf"
    path.write_bytes(issued())
    shown = subprocess.run(
        ["pdfsig", "-nssdir", f"sql:{store}", path], capture_output=True, text=True, check=True
    ).stdout
    assert shown.count("Certificate is Trusted") == 2


def test_command_line(tmp_path, capsys):
    path, ca = tmp_path / "issued.pdf", str(authority().certificate)
    path.write_bytes(issued())
    assert main(["verify", str(path), "--trust", ca, "--crl", str(authority().crl)]) == 0
    assert "HỢP LỆ" in capsys.readouterr().out
    assert main(["verify", str(path), "--trust", ca, "--json"]) == 2  # revocation unknown is not valid
    assert main(["protection", str(path)]) == 0 and "mức B" in capsys.readouterr().out
    assert main(["check", str(path)]) == 1 and "Hãy" in capsys.readouterr().out
    path.write_bytes(issued()[:-2000])
    assert main(["verify", str(path), "--trust", ca, "--crl", str(authority().crl)]) == 1
    assert main(["verify", str(tmp_path / "none.pdf"), "--trust", ca]) == 1


def test_seal_in_real_size_over_the_left_third():
    with pikepdf.open(io.BytesIO(issued())) as document:
        boxes = {str(field.T): [float(value) for value in field.Rect] for field in document.Root.AcroForm.Fields}
    personal, seal = boxes[LEADER], boxes[SEAL]
    assert abs((seal[2] - seal[0]) / MM - 36) < 0.1 and abs((seal[3] - seal[1]) / MM - 36) < 0.1
    assert 0.30 <= (seal[2] - personal[0]) / (personal[2] - personal[0]) <= 0.37


def test_two_phases_survive_storage():
    pending = sign.begin(prepared(), LEADER, leader().certificate, chain=chain())
    again = sign.Pending.from_dict(pending.to_dict(), pending.pdf)
    done = sign.finish(again, leader().sign(again.attributes))
    assert judged(done)[0] == [(LEADER, "valid", "personal")]


def test_signature_of_another_key_is_refused():
    pending = sign.begin(prepared(), LEADER, leader().certificate)
    with pytest.raises(SignError, match="không khớp"):
        sign.finish(pending, agency().sign(pending.attributes))
    with pytest.raises(SignError, match="không khớp"):
        sign.finish(pending, b"")


def test_elliptic_curve_token_answers_raw():
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    key = SoftKey({"common_name": SIGNER, "organization_name": AGENCY}, kind="ec")
    pending = sign.begin(prepared(), LEADER, key.certificate, chain=chain())
    r, s = decode_dss_signature(key.sign(pending.attributes))
    done = sign.finish(pending, r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    assert verify(done, trust()).overall == "valid"


def test_signing_twice_and_missing_fields_are_refused():
    with pytest.raises(SignError, match="đã có"):
        sign.begin(signed(), LEADER, leader().certificate)
    with pytest.raises(SignError, match="chỗ chừa sẵn"):
        sign.begin(draft(), LEADER, leader().certificate)
    with pytest.raises(SignError):
        sign.begin(b"%PDF-1.4 nothing", SEAL, agency().certificate)
    with pytest.raises(SignError, match="Chứng thư"):
        sign.begin(prepared(), LEADER, b"not a certificate")


def test_number_is_written_once():
    assert fill.fill(numbered(), TEXTS) is numbered() or fill.fill(numbered(), TEXTS) == numbered()
    assert fill.values(numbered()) == TEXTS
    with pytest.raises(SignError, match="không ghi lại"):
        fill.fill(numbered(), {"so": "06"})
    with pytest.raises(SignError, match="Không được ghi"):
        fill.fill(signed(), {"trich_yeu": "khác"})
    with pytest.raises(SignError, match="chỗ chừa sẵn"):
        fill.fill(draft(), TEXTS)
    with pytest.raises(SignError, match="không in được"):
        fill.fill(signed(), {"so": "05☃"})


def test_long_text_shrinks_and_too_long_is_refused():
    wide = fill.fill(signed(), {"so": "1234567"})
    assert fill.values(wide)["so"] == "1234567"
    with pytest.raises(SignError, match="quá dài"):
        fill.fill(signed(), {"so": "1" * 40})


def test_several_pages_and_text_only_look():
    pdf = prepare.prepare(draft(pages=3), placement(draft(pages=3)))
    done = sign.sign(
        pdf, LEADER, leader(), chain=chain(), appearance=Appearance(lines=(SIGNER, "2026-01-05T09:05:07+07:00"), size=9)
    )
    assert verify(done, trust()).overall == "valid"


def test_hundred_megabytes_stay_within_three_times_the_size(tmp_path):
    """Memory over idle while sealing and verifying a large file; a process of its own, so that nothing else counts."""
    script = tmp_path / "large.py"
    script.write_text(LARGE)
    import os
    import sys
    from pathlib import Path

    here = Path(__file__).resolve()
    paths = os.pathsep.join(
        [str(here.parent), str(here.parents[3] / "addons" / "vanban_signing"), str(here.parents[2])]
    )
    done = subprocess.run(
        [sys.executable, script],
        env=dict(os.environ, PYTHONPATH=paths),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    size, peak = (int(value) for value in done.stdout.split())
    assert size > 100 * 2**20 and peak <= 3 * size, (size / 2**20, peak / 2**20)


LARGE = """
import io, os, tempfile
import pikepdf
from signing_sample import *
from pades.verify import verify
issued()
def work(document):
    document.Root.Big = pikepdf.Stream(document, os.urandom(101 * 2**20))
raw = sign.sign(prepare.prepare(changed(draft(), work), placement()), LEADER, leader(), chain=chain())
idle = None
import ctypes; ctypes.CDLL("libc.so.6").malloc_trim(0)
open("/proc/self/clear_refs", "w").write("5")
def peak():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]) * 1024
idle = peak() - len(raw)
raw = fill.fill(raw, TEXTS)
raw = sign.sign(raw, SEAL, agency(), chain=chain(), appearance=Appearance(picture=red(), stretch=True))
size = len(raw)
open(path := tempfile.mkstemp()[1], "wb").write(raw)
del raw
try:
    assert verify(path, trust()).overall == "valid"
finally:
    os.unlink(path)
print(size, peak() - idle)
"""
