"""Which copies the decree knows, and how the pages of a copy on paper are put together (NĐ 30/2020 Đ.25, PL I.II)."""

import io

import pikepdf
import pypdfium2
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from scan_samples import scan
from tools import copy_pages, copy_rules, file_check

MM = 72 / 25.4


def sheet(*rows, pages=1, size=A4):
    """A PDF with ``(height, text)`` on its last page, and its number as the text of the pages before."""
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=size)
    for number in range(1, pages):
        page.drawString(90, 700, f"Trang {number}")
        page.showPage()
    for height, text in rows:
        page.drawString(90, height, text)
    page.showPage()
    page.save()
    return buffer.getvalue()


BLOCK = sheet((780, "SO NOI VU"), (760, "SAO Y"), (650, "Noi nhan"))


def words(raw):
    """Text of each page, top down, as ``{text: height}``."""
    document = pypdfium2.PdfDocument(raw)
    try:
        found = []
        for page in document:
            text = page.get_textpage()
            rows = {}
            for index in range(text.count_rects()):
                left, bottom, right, top = text.get_rect(index)
                rows[text.get_text_bounded(left, bottom, right, top).strip()] = bottom
            found.append(rows)
        return found
    finally:
        document.close()


@pytest.mark.parametrize(("form", "source", "taken", "made"), [
    ("sao_y", "original", "paper", "paper"), ("sao_y", "original", "electronic", "paper"), ("sao_y", "original", "paper", "electronic"),
    ("sao_luc", "sao_y", "paper", "paper"), ("sao_luc", "sao_y", "paper", "electronic"), ("sao_luc", "sao_y", "electronic", "paper"),
    ("trich_sao", "original", "paper", "paper"), ("trich_sao", "original", "paper", "electronic"),
    ("trich_sao", "original", "electronic", "electronic"), ("trich_sao", "original", "electronic", "paper"),
])  # fmt: skip
def test_copies_of_article_25(form, source, taken, made):
    copy_rules.check(form, source, taken, made)


@pytest.mark.parametrize(("form", "source", "taken", "made", "key"), [
    ("sao_y", "original", "electronic", "electronic", "medium"),
    ("sao_luc", "sao_y", "electronic", "electronic", "medium"),
    ("sao_y", "sao_y", "paper", "paper", "source"),
    ("sao_luc", "original", "paper", "paper", "source"),
    ("sao_luc", "sao_luc", "paper", "paper", "source"),
    ("trich_sao", "sao_y", "paper", "paper", "source"),
    ("ban_chup", "original", "paper", "paper", "form"),
])  # fmt: skip
def test_what_article_25_does_not_know(form, source, taken, made, key):
    with pytest.raises(copy_rules.CopyRuleError) as caught:
        copy_rules.check(form, source, taken, made)
    assert caught.value.key == key


def test_page_numbers():
    assert copy_rules.page_numbers("3, 1-2; 2", 5) == [0, 1, 2]
    assert copy_rules.page_numbers("4–5", 5) == [3, 4]
    for wrong in ("", "0", "6", "2-1", "1-", "a", "1.5", "-1", "1-99999999", "٣"):
        with pytest.raises(copy_rules.CopyRuleError):
            copy_rules.page_numbers(wrong, 5)


def test_block_follows_the_last_text_on_the_same_sheet():
    raw = copy_pages.with_block(sheet((700, "Dieu 1"), (600, "Het van ban"), pages=3), BLOCK)
    pages = words(raw)
    assert len(pages) == 3
    heights = pages[-1]
    assert heights["Het van ban"] > heights["SO NOI VU"] > heights["SAO Y"] > heights["Noi nhan"] > 15 * MM
    # near the end of the text, not at the foot of the page
    assert heights["Het van ban"] - heights["SO NOI VU"] < 15 * MM
    assert file_check.check("ban-sao.pdf", raw).pages == 3


def test_line_across_the_text_area():
    raw = copy_pages.with_block(sheet((600, "Het van ban")), BLOCK)
    document = pypdfium2.PdfDocument(raw)
    picture = document[0].render(scale=2).to_pil().convert("L")
    document.close()
    lines = [
        row for row in range(picture.height)
        if all(picture.getpixel((round(x * 2), row)) < 160 for x in (31 * MM, 100 * MM, 194 * MM))
    ]  # fmt: skip
    assert lines
    assert 590 > 842 - lines[0] / 2 > 560
    assert picture.getpixel((round(20 * MM * 2), lines[0])) > 200
    assert picture.getpixel((round(200 * MM * 2), lines[0])) > 200


@pytest.mark.parametrize("source", [sheet((70, "Day trang")), sheet((500, "Ngang"), size=(A4[1], A4[0])), scan()])
def test_new_page_when_the_last_one_has_no_room(source):
    raw = copy_pages.with_block(source, BLOCK)
    pages = words(raw)
    assert len(pages) == 2
    assert "SAO Y" in pages[1]


def test_scan_with_room_keeps_its_picture():
    raw = copy_pages.with_block(scan(sheet((700, "Het van ban"))), BLOCK)
    with pikepdf.open(io.BytesIO(raw)) as opened:
        assert len(opened.pages) == 1
    assert "SAO Y" in words(raw)[0]


def test_chosen_pages_of_several_files():
    raw = copy_pages.merge([sheet((600, "Cuoi A"), pages=3), sheet((600, "Phu luc"))], pages="1, 4")
    assert [list(page) for page in words(raw)] == [["Trang 1"], ["Phu luc"]]
    with pytest.raises(copy_rules.CopyRuleError):
        copy_pages.merge([sheet((600, "A"))], pages="2")


def test_what_a_field_shows_is_printed_and_nothing_active_is_copied():
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=A4)
    page.drawString(90, 700, "Noi dung")
    page.acroForm.textfield(name="so", value="12", x=90, y=600, width=100, height=20)
    page.linkURL("https://example.com", (90, 500, 200, 520))
    page.showPage()
    page.save()
    raw = copy_pages.merge([buffer.getvalue()])
    assert "12" in words(raw)[0]
    with pikepdf.open(io.BytesIO(raw)) as opened:
        assert "/AcroForm" not in opened.Root
        assert "/Annots" not in opened.pages[0].obj
