"""The agency's signature on a received file: the sender's signatures stay valid, for our verifier and for poppler."""

import dataclasses
import subprocess

import pytest

import signing_sample as sample
from pades import LEADER, SEAL, fill, layout, prepare, sign, stamp
from pades.appearance import Appearance
from pades.errors import SignError
from pades.verify import verify
from proves import proves

LINES = ("Cơ quan nhận tỉnh Mẫu", "Số đến: 9797", "Ngày đến: 16/05/2018")


def stamped(raw, orders=(0, 1)):
    for order in orders:
        place = stamp.place(raw, order=order, width_mm=55, height_mm=13)
        done = sign.sign(
            place.pdf, place.field, sample.agency(), chain=sample.chain(), appearance=Appearance(lines=LINES, size=9)
        )
        assert done.startswith(raw)
        raw = done
    return raw


def issued_with_places():
    """A document issued where agencies sign what they receive: it keeps places for two stamps."""
    boxes = tuple(layout.corner(595, 842, "top_left", 55, 13, 10, top_mm=5, order=order) for order in (0, 1))
    raw = prepare.prepare(sample.draft(), dataclasses.replace(sample.placement(), stamps=boxes))
    raw = sign.sign(raw, LEADER, sample.leader(), chain=sample.chain(), appearance=Appearance(picture=sample.blue()))
    raw = fill.fill(raw, sample.TEXTS)
    return sign.sign(
        raw, SEAL, sample.agency(), chain=sample.chain(), appearance=Appearance(picture=sample.red(), stretch=True)
    )


@proves("SIGN-15", "IN-22")
@pytest.mark.parametrize(("make", "count"), [(sample.draft, 2), (issued_with_places, 4)])
def test_both_stamps_and_every_earlier_signature_verify(make, count, tmp_path):
    raw = stamped(make())
    report = verify(raw, sample.trust())
    assert [one.overall for one in report.signatures] == ["valid"] * count, report.reason
    file = tmp_path / "den.pdf"
    file.write_bytes(raw)
    said = subprocess.run(
        ["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=False, timeout=60
    ).stdout
    assert said.count("Signature is Valid") == count
    text = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert text.count("Số đến: 9797") == 2


@proves("SIGN-28")
def test_the_seal_locks_number_and_date_also_where_places_for_stamps_are_kept():
    raw = issued_with_places()
    with pytest.raises(SignError):
        fill.fill(raw, {"so": "06"})
    names = {one.field: one for one in verify(raw, sample.trust()).signatures}
    assert names[SEAL].overall == "valid"


def test_a_file_that_its_sender_locked_is_refused_with_the_reason():
    with pytest.raises(SignError) as caught:
        stamp.place(sample.issued())
    assert caught.value.code == "locked" and "khóa" in str(caught.value)
    with pytest.raises(SignError):
        stamp.place(b"%PDF-1.4 broken")
