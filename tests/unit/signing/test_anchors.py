"""Places are found by the printed text; what is missing is named."""

import unicodedata

import pytest

from pades import anchors
from pades.errors import AnchorError
from pades.layout import MM, Box, corner, seal_over
from signing_sample import ANCHORS, draft, placement


def test_places():
    found = placement()
    assert found.number.box.width > 30 and found.date.box.width > 150
    assert found.number.style == "regular" and found.date.style == "italic"
    assert found.leader.height / MM >= 14 and abs(found.leader.width / MM - 54) < 0.01
    assert 0.30 <= found.leader.overlap_share(found.seal) <= 0.37
    assert abs(found.leader.x0 + found.leader.width / 2 - 420) < 1


def test_name_written_with_combining_marks():
    other = {**ANCHORS, "signer_name": unicodedata.normalize("NFD", ANCHORS["signer_name"])}
    assert anchors.locate(draft(), **other) == placement()


def test_signature_block_on_the_last_page():
    found = anchors.locate(draft(pages=3), **ANCHORS)
    assert (found.leader.page, found.seal.page, found.number.box.page) == (2, 2, 0)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"number": "Số: /SNV-VP"}, "number_gap"),
        ({"number": "Công văn"}, "number"),
        ({"place": "Huế,"}, "date"),
        ({"signer": "Người Khác"}, "signer"),
        ({"room": 30}, "signer_gap"),
    ],
)
def test_missing_places_are_named(options, code):
    with pytest.raises(AnchorError) as caught:
        anchors.locate(draft(**options), **ANCHORS)
    assert caught.value.code == code and str(caught.value)


def test_no_room_for_the_date():
    with pytest.raises(AnchorError) as caught:
        anchors.locate(
            draft(place="Thành phố mang một cái tên rất là dài ở nước Việt Nam,"), **{**ANCHORS, "place": "Nam,"}
        )
    assert caught.value.code in ("date_gap", "date")


def test_unreadable_file():
    with pytest.raises(AnchorError):
        anchors.locate(b"%PDF-1.4", **ANCHORS)
    with pytest.raises(AnchorError):
        anchors.locate(draft(), **{**ANCHORS, "signer_name": ""})


def test_seal_outside_the_page():
    with pytest.raises(AnchorError):
        seal_over(Box(0, 20, 300, 120, 380))


def test_corners():
    right, left = corner(595, 842), corner(595, 842, "top_left")
    assert (
        right.x1 == pytest.approx(595 - 10 * MM)
        and left.x0 == pytest.approx(10 * MM)
        and right.y1 == left.y1 == pytest.approx(842 - 10 * MM)
    )
