import io

import pikepdf
import pytest
from PIL import Image
from reportlab.pdfgen import canvas

from tools import file_text, print_set


def pdf(text, pages=1):
    out = io.BytesIO()
    page = canvas.Canvas(out)
    for _number in range(pages):
        page.drawString(80, 700, text)
        page.showPage()
    page.save()
    return out.getvalue()


def test_parts_follow_each_other_with_their_bookmarks():
    merged = print_set.merge([("Phiếu trình", pdf("Mot")), ("Dự thảo", pdf("Hai", 3)), ("Phụ lục", pdf("Ba"))])
    with pikepdf.open(io.BytesIO(merged)) as document, document.open_outline() as outline:
        assert len(document.pages) == 5
        assert [mark.title for mark in outline.root] == ["Phiếu trình", "Dự thảo", "Phụ lục"]
    words = file_text.extract(merged, "application/pdf").split()
    assert words == ["Mot", "Hai", "Hai", "Hai", "Ba"]


def test_what_is_shown_by_a_form_field_stays_on_the_printed_page():
    """The look of a signature is an annotation: without its form viewers leave it out."""
    with pikepdf.open(io.BytesIO(pdf("Van ban"))) as document:
        look = document.make_stream(b"BT /F1 12 Tf 5 5 Td (DA KY) Tj ET")
        look.Type, look.Subtype, look.BBox = pikepdf.Name.XObject, pikepdf.Name.Form, [0, 0, 100, 20]
        look.Resources = document.pages[0].Resources
        widget = document.make_indirect(pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Sig, T="chu_ky", Rect=[100, 100, 200, 120], F=4,
            AP=pikepdf.Dictionary(N=look),
        ))
        document.pages[0].Annots = document.make_indirect([widget])
        document.Root.AcroForm = document.make_indirect(pikepdf.Dictionary(Fields=[widget]))
        out = io.BytesIO()
        document.save(out)
    merged = print_set.merge([("Văn bản", out.getvalue())])
    assert "DA KY" in file_text.extract(merged, "application/pdf")


def test_bad_and_too_large_sets_are_refused_with_words(monkeypatch):
    with pytest.raises(print_set.SetError, match="hong.pdf"):
        print_set.merge([("hong.pdf", b"%PDF-1.4 hong")])
    monkeypatch.setattr(print_set, "MAX_PAGES", 2)
    with pytest.raises(print_set.SetError, match="trang"):
        print_set.merge([("a", pdf("a", 2)), ("b", pdf("b"))])
    monkeypatch.setattr(print_set, "MAX_BYTES", 10)
    with pytest.raises(print_set.SetError, match="quá lớn"):
        print_set.merge([("a", pdf("a"))])


def test_a_picture_keeps_inside_the_sheet_and_names_are_written_out():
    picture = io.BytesIO()
    Image.new("RGB", (3000, 200), "red").save(picture, "JPEG")
    with pikepdf.open(io.BytesIO(print_set.picture_page(picture.getvalue()))) as document:
        assert len(document.pages) == 1
    note = print_set.note_page([f"bảng số {number}.xlsx" for number in range(60)])
    text = file_text.extract(note, "application/pdf")
    assert "bảng số 0.xlsx" in text and "bảng số 59.xlsx" in text
