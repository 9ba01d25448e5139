import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from tools import text_fold


def test_fold_has_no_accents_and_no_d_with_stroke():
    assert text_fold.fold("  ĐƯỜNG   Sắt ") == "duong sat"
    assert text_fold.fold(unicodedata.normalize("NFD", "Ủy ban nhân dân")) == "uy ban nhan dan"


def test_normal_form():
    text = unicodedata.normalize("NFD", "Sở Nội vụ")
    assert text_fold.is_decomposed(text)
    assert text_fold.normalize(text + "\x00\x07 ") == "Sở Nội vụ"


def test_legacy_encodings_are_seen():
    assert text_fold.legacy_encoding("Céng hßa x· héi chñ nghÜa ViÖt Nam §éc lËp") == "TCVN3"
    assert text_fold.legacy_encoding("Céng hßa x· héi chñ nghÜa ViÖt Nam") == "TCVN3"
    assert text_fold.legacy_encoding("B¸o c¸o t×nh h×nh") == "TCVN3"
    assert text_fold.legacy_encoding("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam") == "VNI"


def test_proper_text_is_no_legacy_text():
    for text in (
        "Cộng hòa xã hội chủ nghĩa Việt Nam",
        "V/v báo cáo công tác văn thư, lưu trữ năm 2026",
        "Meeting with the café owner",
        "QĐ-SNV",
        "",
        "Hà Nam",
    ):
        assert text_fold.legacy_encoding(text) is None


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert text_fold.fold(text_fold.fold(text)) == text_fold.fold(text)
