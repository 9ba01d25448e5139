"""Every shipped layout filled, laid out by LibreOffice, and measured on the page (NĐ 30/2020 PL I, PL III)."""

import csv
import io
import pathlib

import pikepdf
import pypdfium2
import pytest
from docx import Document as Word
from docx.shared import Mm
from docxtpl import DocxTemplate, RichText

from pades import anchors
from tools import layout_check, letter_fields, letter_lines, office_pdf, template_builder, template_fields

FOLDER = pathlib.Path(template_builder.__file__).parent.parent / "data" / "templates"
LAYOUTS = sorted(template_builder.LAYOUTS)
NUMBERED = [name for name in LAYOUTS if name not in ("phu_luc", "phieu_xin_y_kien", "phieu_de_nghi", "noi_dung_trich_sao")]
MM = 72 / 25.4


def paragraph(text, heading=False):
    rich = RichText()
    rich.add(text, size=28, font="Times New Roman", bold=heading)
    return {"heading": heading, "rich": rich, "text": text}


def data(**more):
    return {
        "parent_name": "ỦY BAN NHÂN DÂN TỈNH MẪU", "agency_name": "SỞ NỘI VỤ", "issuer_title": "Sở Nội vụ", "notation": "QĐ-SNV",
        "place": "Mẫu", "kind_name": "QUYẾT ĐỊNH", "kind_title": "Quyết định số …/QĐ-SNV ngày … tháng … năm …",
        "subject": "Về công tác văn thư năm 2026", "authority": "GIÁM ĐỐC SỞ NỘI VỤ", "to_list": ["Sở Tài chính", "Sở Y tế"],
        "addressed": True, "paragraphs": [paragraph("Căn cứ kế hoạch năm 2026;"), paragraph("Nội dung của văn bản. " * 60)],
        "receiver_lines": ["Như trên;", "Lưu: VT, TC."], "capacity_lines": ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"],
        "signer_name": "Trần Thị Mẫu", "drafter_name": "Lê Văn Thử", "unit_name": "Phòng Tổ chức", "urgency_mark": "",
        "drafter_mark": "LVT.(12)", "contact_line": "Địa chỉ: 1 đường Mẫu; ĐT: 0200 000 000", "annex_kind": "QUY CHẾ",
        "annex_title": "Công tác văn thư", "annex_paragraphs": [paragraph("Điều 1. Phạm vi. " * 200)],
        "document": {"subject": "x", "summary": "Kính đề nghị cho ý kiến.", "round": 1},
        "extract_paragraphs": [paragraph("Điều 2. Nội dung được trích.")],
        "original": {
            "agency": "SỞ TÀI CHÍNH", "code": "12/QĐ-STC", "place_date": "ngày 05 tháng 01 năm 2026", "kind": "QUYẾT ĐỊNH",
            "subject": "Về dự toán năm 2026", "position": "GIÁM ĐỐC", "signer": "Trần Văn Thử",
        }, **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def lay_out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("office")
    made = {}

    def render(name, **more):
        key = (name, tuple(sorted(more)))
        if key not in made:
            template = DocxTemplate(io.BytesIO((FOLDER / f"{name}.docx").read_bytes()))
            template.render(data(**more), jinja_env=template_fields.environment(), autoescape=True)
            out = io.BytesIO()
            template.save(out)
            made[key] = office_pdf.to_pdf(out.getvalue(), profile_root=folder)
        return made[key]

    render.folder = folder
    yield render
    office_pdf.close(folder)


def test_shipped_files_are_those_of_the_builder(tmp_path):
    for path in template_builder.build(tmp_path):
        shipped = Word(FOLDER / path.name)
        assert [p.text for p in Word(path).paragraphs] == [p.text for p in shipped.paragraphs], path.name
    with open(FOLDER / "templates.csv", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["file"] for row in rows} == set(LAYOUTS)


@pytest.mark.parametrize("name", LAYOUTS)
def test_page_margins_and_fonts(lay_out, name):
    pdf = pypdfium2.PdfDocument(lay_out(name))
    try:
        for index, page in enumerate(pdf):
            assert page.get_size() == pytest.approx((210 * MM, 297 * MM), abs=1)
            text = page.get_textpage()
            boxes = [text.get_charbox(at) for at in range(text.count_chars()) if text.get_text_range(at, 1).strip()]
            assert min(box[0] for box in boxes) >= 29.5 * MM, index
            assert max(box[2] for box in boxes) <= (210 - 14.5) * MM, index
    finally:
        pdf.close()
    with pikepdf.open(io.BytesIO(lay_out(name))) as opened:
        for font in opened.pages[0].Resources.Font.values():
            descriptor = font.get("/FontDescriptor") or font.DescendantFonts[0].FontDescriptor
            assert "Serif" in str(descriptor.FontName) or "Times" in str(descriptor.FontName)
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor.keys())


@pytest.mark.parametrize("name", NUMBERED)
def test_boxes_stand_in_their_places(lay_out, name):
    raw = lay_out(name)
    lines, _pages = letter_lines.read(raw, first=1, last=1)
    first = [line for line in lines if line.page == 0]
    page = {line.text: line for line in first}
    number = next(line for line in first if line.text.startswith("Số:"))
    place = next(line for line in first if line.text.startswith("Mẫu,"))
    agency = page["SỞ NỘI VỤ"]
    assert page["ỦY BAN NHÂN DÂN TỈNH MẪU"].top < agency.top < number.top
    assert max(line.centre for line in (agency, number)) < 0.48 < place.centre
    if name != "ban_sao":
        motto = page["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"]
        assert motto.centre > 0.52
        assert motto.top < 20 * MM + 12
        assert page["Độc lập - Tự do - Hạnh phúc"].top > motto.top
        assert place.top > page["Độc lập - Tự do - Hạnh phúc"].top
    found = anchors.locate(raw, signer_name="Trần Thị Mẫu", number_after="/QĐ-SNV", place="Mẫu,")
    assert found.number and found.date and found.leader and found.seal
    everything = " ".join(line.text for line in letter_lines.read(raw, first=9, last=9)[0])
    for words in ("Nơi nhận:", "Lưu: VT, TC.", "KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "LVT.(12)"):
        assert words in everything
    assert letter_fields.fields_of_pdf(raw)["signer_name"] == "Trần Thị Mẫu"


@pytest.mark.parametrize("mark", ["KHẨN", "THƯỢNG KHẨN", "HỎA TỐC"])
def test_urgency_mark_in_its_frame(lay_out, mark):
    """The PDF of the draft, which is what will be signed, already carries the mark on its first page."""
    lines, _pages = letter_lines.read(lay_out("cong_van", urgency_mark=mark, **{f"note_{len(mark)}": 1}))
    found = next(line for line in lines if line.text == mark)
    assert found.page == 0
    assert found.centre < 0.48
    number = next(line for line in lines if line.text.startswith("Số:"))
    assert found.top > number.top


def test_annexed_text_has_pages_of_its_own(lay_out):
    pdf = pypdfium2.PdfDocument(lay_out("quyet_dinh_gian_tiep"))
    try:
        pages = [page.get_textpage().get_text_bounded() for page in pdf]
    finally:
        pdf.close()
    start = next(index for index, text in enumerate(pages) if text.lstrip().startswith("QUY CHẾ"))
    assert start >= 1
    # the second page of the annexed text is number 2 again
    assert pages[start + 1].lstrip().startswith("2")
    assert "Địa chỉ" not in pages[start]


def test_unknown_fields_are_found():
    def word(*texts, footer=None):
        document = Word()
        for text in texts:
            document.add_paragraph(text)
        if footer:
            document.sections[0].footer.paragraphs[0].add_run(footer)
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()

    assert template_fields.unknown(word("{{ subject }} {{ document.round }}", "{%p for p in paragraphs %}", "{{ p.text }}", "{%p endfor %}")) == []
    assert template_fields.unknown(word("{{ so_den }} {{ document.secret }}", "{{ ''.__class__ }}", footer="{{ chan_trang }}")) == [
        ".__class__", "chan_trang", "document.secret", "so_den",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["cong_van", "quyet_dinh", "giay_moi", "bien_ban", "to_trinh"])
def test_check_of_the_layout_is_content_with_our_own(lay_out, name):
    points = layout_check.check(lay_out(name), place="Mẫu")
    assert [point.code for point in points] == list(layout_check.CODES)
    assert [point for point in points if not point.ok] == []


def test_check_of_the_layout_names_what_lacks(lay_out, tmp_path):
    document = Word()
    document.sections[0].left_margin = Mm(10)
    document.sections[0].page_width, document.sections[0].page_height = Mm(216), Mm(279)
    for _ in range(80):
        document.add_paragraph("Nội dung soạn tùy ý trong Word.").runs[0].font.name = "DejaVu Sans"
    out = io.BytesIO()
    document.save(out)
    points = {point.code: point for point in layout_check.check(office_pdf.to_pdf(out.getvalue(), profile_root=lay_out.folder))}
    assert {code for code, point in points.items() if point.ok is False} >= {
        "paper", "margins", "font", "page_number", "motto", "agency", "number", "place", "subject", "receivers", "signature",
    }  # fmt: skip
    assert "lề trái 10 mm" in points["margins"].detail
    assert "DejaVu" in points["font"].detail


def test_a_scan_is_left_to_the_eye():
    pdf = pypdfium2.PdfDocument.new()
    pdf.new_page(210 * MM, 297 * MM)
    out = io.BytesIO()
    pdf.save(out)
    points = layout_check.check(out.getvalue())
    assert points[0].ok is True
    assert all(point.ok is None for point in points[1:])
