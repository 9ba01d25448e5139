import datetime

import pytest

from tools import number_format


@pytest.mark.parametrize(("number", "text"), [(1, "01"), (5, "05"), (9, "09"), (10, "10"), (1234, "1234")])
def test_number_below_ten_has_a_leading_zero(number, text):
    assert number_format.number_text(number) == text


def test_number_below_one_is_refused():
    with pytest.raises(ValueError):
        number_format.number_text(0)


@pytest.mark.parametrize(
    ("date", "text"),
    [
        (datetime.date(2026, 1, 5), "ngày 05 tháng 01 năm 2026"),
        (datetime.date(2026, 2, 28), "ngày 28 tháng 02 năm 2026"),
        (datetime.date(2026, 3, 9), "ngày 09 tháng 3 năm 2026"),
        (datetime.date(2026, 12, 31), "ngày 31 tháng 12 năm 2026"),
    ],
)
def test_date_text(date, text):
    assert number_format.date_text(date) == text


def test_code():
    assert number_format.code(5, "BNV - VP") == "05/BNV-VP"
    assert number_format.code(30, "NĐ-CP", year=2026) == "30/2026/NĐ-CP"
    assert number_format.code("12a", "QĐ-SNV") == "12a/QĐ-SNV"
    assert number_format.code(None, "QĐ-SNV") == "QĐ-SNV"


def test_notation_of_letters_and_of_named_kinds():
    assert number_format.notation("QĐ", "SNV") == "QĐ-SNV"
    assert number_format.notation(None, "SNV", "VP") == "SNV-VP"
    assert number_format.notation("QĐ", "SNV", "VP") == "QĐ-SNV"
    with pytest.raises(ValueError, match="chữ viết tắt"):
        number_format.notation("QĐ", "")


def test_pattern_of_an_agency():
    fill = number_format.fill_pattern
    assert fill("{kind}-{agency}", kind="QĐ", agency="CTUBND") == "QĐ-CTUBND"
    assert fill("{agency}-{unit}", agency="SNV", unit="") == "SNV"
    assert fill("{year}/{kind}-{agency}", kind="NQ", agency="HĐND", year=2026) == "2026/NQ-HĐND"
    with pytest.raises(ValueError, match="serial"):
        fill("{serial}-{agency}", agency="SNV")
    with pytest.raises(ValueError):
        fill("{kind-{agency}", agency="SNV")


def test_split_and_compare():
    assert number_format.split_code(" 05/SNV - VP ") == ("05", "SNV-VP")
    assert number_format.split_code("SNV-VP") == ("", "SNV-VP")
    assert number_format.comparable_code("05/snv-vp") == number_format.comparable_code("5 / SNV-VP")
