"""Texts of files, old encodings, separator sheets."""

import io

import docx
import openpyxl
import pytest

from proves import proves
from scan_samples import letter, scan
from tools import file_text, legacy_text, scan_split, text_fold

WORDS = "Về việc báo cáo tình hình chuyển đổi số; đường sắt, ỷ lại, khuỷu, thưởng Tết, quỹ"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize("encoding", ["TCVN3", "VNI"])
def test_old_encodings_come_back_as_unicode(encoding):
    text = WORDS.lower()
    if encoding == "TCVN3":
        inverse = {new: old for old, new in legacy_text._TCVN3.items()}
        old = "".join(inverse.get(char, char) for char in text)
    else:
        pairs = {new: base + mark for base, marks in legacy_text._VNI_PAIRS.items() for mark, new in marks.items()}
        singles = {new: old for old, new in legacy_text._VNI_SINGLE.items()}
        old = "".join(singles.get(char) or pairs.get(char, char) for char in text)
    assert old != text
    assert legacy_text.convert(old, encoding) == text


@proves("DOC-06")
def test_warning_text_is_detected_and_converted():
    old = "VÒ viÖc b¸o c¸o c«ng t¸c"
    assert text_fold.legacy_encoding(old) == "TCVN3"
    assert legacy_text.convert(old, "TCVN3") == "Về việc báo cáo công tác"
    assert text_fold.legacy_encoding("Veà vieäc baùo caùo") == "VNI"
    assert legacy_text.convert("Veà vieäc baùo caùo coâng taùc", "VNI") == "Về việc báo cáo công tác"


def test_words_of_a_word_file():
    document = docx.Document()
    document.add_paragraph("Đề nghị báo cáo số liệu")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Thủ tục", "Bốn mươi hai"
    buffer = io.BytesIO()
    document.save(buffer)
    text = file_text.extract(buffer.getvalue(), DOCX)
    assert "Đề nghị báo cáo số liệu" in text and "Thủ tục" in text and "Bốn mươi hai" in text


def test_words_of_a_table():
    book = openpyxl.Workbook()
    book.active.append(["Đơn vị", "Phòng Tổ chức"])
    buffer = io.BytesIO()
    book.save(buffer)
    assert "Phòng Tổ chức" in file_text.extract(buffer.getvalue(), XLSX)


def test_words_of_text_and_pdf():
    assert file_text.extract("Báo cáo\n".encode(), "text/plain") == "Báo cáo"
    assert "Sở Nội vụ tỉnh Mẫu" in file_text.extract(letter(), "application/pdf")
    assert not file_text.has_text(file_text.extract(scan(dpi=50), "application/pdf"))
    assert len(file_text.extract(letter(), "application/pdf", max_chars=50)) <= 50
    assert file_text.extract(rb"{\rtf1\ansi{\fonttbl{\f0 Times;}}B\u225?o c\u225?o\par h\u7871?t}", "application/rtf") == "Báo cáo\nhết"


def test_separator_sheets_are_found_in_a_scan(tmp_path):
    import pikepdf

    sheet = scan(scan_split.separator_sheet(), dpi=150)
    whole = pikepdf.new()
    for part in (sheet, letter(), letter(), sheet, letter(), sheet):
        with pikepdf.open(io.BytesIO(part)) as pdf:
            whole.pages.extend(pdf.pages)
    path = tmp_path / "lo-quet.pdf"
    whole.save(path)
    marks = scan_split.separators(path)
    assert marks == [0, 3, 5]
    sizes = []
    for raw in scan_split.parts(path, marks):
        with pikepdf.open(io.BytesIO(raw)) as pdf:
            sizes.append(len(pdf.pages))
    assert sizes == [2, 1]


@pytest.mark.parametrize(("pages", "marks", "expected"), [
    (6, [0, 3], [(1, 3), (4, 6)]), (3, [], [(0, 3)]), (3, [0, 1, 2], []), (2, [1], [(0, 1)]),
])  # fmt: skip
def test_ranges(pages, marks, expected):
    assert scan_split.ranges(pages, marks) == expected
