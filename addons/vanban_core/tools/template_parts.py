"""The boxes (ô số) that the shipped templates are put together from: A4 by NĐ 30/2020/NĐ-CP, Phụ lục I.

The fields in braces are those of ``vanban.template``. The gap for the number is plain no-break spaces, the
one for the date is empty room to the right of the place, so that the page holds nothing hidden and both are found again
by their neighbours when the signed file is numbered.
"""

from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

FONT = "Times New Roman"
NUMBER_GAP = "\u00a0" * 11
# room for the longest date, "ngày 28 tháng 12 năm 2026", in 13 pt italic
DATE_GAP = Mm(51)
LEFT, RIGHT = Mm(65), Mm(100)
CENTER, JUSTIFY, RIGHT_ALIGNED = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY, WD_ALIGN_PARAGRAPH.RIGHT


# ------------------------------------------------------------------- parts


def page():
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance = Mm(10)
    # page numbers from page 2, centred in the top margin
    section.different_first_page_header_footer = True
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = CENTER
    page_field(paragraph.add_run())
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(13)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(name), FONT)
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    return document


def head(document, subject_left=False, middle=None):
    """Agencies, number, Quốc hiệu, place and the gap for the date; ``middle`` stands in place of Quốc hiệu on copies."""
    left, right = columns(document)
    text(left, "{{ parent_name }}", size=12, align=CENTER, first=True)
    text(left, "{{ agency_name }}", size=12, bold=True, align=CENTER)
    rule(left, 22)
    text(left, f"Số:{NUMBER_GAP}/{{{{ notation }}}}", align=CENTER, before=6)
    if subject_left:
        text(left, "V/v {{ subject }}", size=12, align=CENTER, before=6)
    tag(left, "{%p if urgency_mark %}")
    urgency_mark(left)
    tag(left, "{%p endif %}")
    if middle:
        text(right, middle, size=14, bold=True, align=CENTER, first=True)
        text(right, "", size=12)
    else:
        motto(right, first=True)
    place = text(right, "{{ place }},", italic=True, align=RIGHT_ALIGNED, before=6)
    place.paragraph_format.right_indent = DATE_GAP


def motto(place, first=False):
    """Quốc hiệu và Tiêu ngữ (ô 1)."""
    text(place, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=12, bold=True, align=CENTER, first=first)
    text(place, "Độc lập - Tự do - Hạnh phúc", bold=True, align=CENTER)
    rule(place, 58)


def title(document, name="{{ kind_name }}", subject="{{ subject }}"):
    """Tên loại và trích yếu (ô 5a)."""
    text(document, name, size=14, bold=True, align=CENTER, before=12)
    if subject:
        text(document, subject, size=14, bold=True, align=CENTER)
        rule(document, 55)


def listed(document, label, names="to_list"):
    """“Kính gửi:” and its like: one name on the line, several below it."""
    tag(document, f"{{%p if {names}|length == 1 %}}")
    text(document, f"{label} {{{{ {names}[0] }}}}", size=14, align=CENTER, before=12, after=12)
    tag(document, "{%p endif %}")
    tag(document, f"{{%p if {names}|length > 1 %}}")
    text(document, label, size=14, before=12, indent=Mm(30))
    tag(document, f"{{%p for name in {names} %}}")
    text(document, "- {{ name }}{{ '.' if loop.last else ';' }}", size=14, indent=Mm(50))
    tag(document, "{%p endfor %}")
    tag(document, "{%p endif %}")


def line(document, words):
    """A printed paragraph of the body (ô 6)."""
    shape = text(document, words, size=14, align=JUSTIFY, before=6).paragraph_format
    shape.first_line_indent, shape.line_spacing = Mm(12.7), 1.15


def annex(document, name, attached):
    """A new part with its own page numbers: the text that a decision issues, or an annex; never signed on its own."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.different_first_page_header_footer = True
    numbering = OxmlElement("w:pgNumType")
    numbering.set(qn("w:start"), "1")
    section._sectPr.find(qn("w:cols")).addprevious(numbering)  # Word wants its elements in the order of the schema
    # the address stands on the first page of the document alone
    section.first_page_footer.is_linked_to_previous = False
    annex_text(document, name, attached)


def annex_text(document, name, attached):
    """Title, reference to the document it belongs to, text. Number and date stay open on paper and online (PL I, IV.2)."""
    text(document, name, size=14, bold=True, align=CENTER)
    text(document, "{{ annex_title }}", size=14, bold=True, align=CENTER)
    text(document, attached, size=14, italic=True, align=CENTER, after=2)
    rule(document, 55)
    body(document, "annex_paragraphs")


def contact_line(document):
    """Address, telephone, mail at the foot of the first page under a line of full width (ô 13)."""
    footer = document.sections[0].first_page_footer
    document.sections[0].footer_distance = Mm(8)
    tag(footer, "{%p if contact_line %}", first=True)
    paragraph = text(footer, "{{ contact_line }}", size=11, align=CENTER)
    _border(paragraph, "top", 1)
    tag(footer, "{%p endif %}")
    text(footer, "", size=2)


def body(document, name="paragraphs"):
    """The drafter's paragraphs (ô 6): 14 pt, justified, first line 1,27 cm, 6 pt between them."""
    tag(document, f"{{%p for paragraph in {name} %}}")
    tag(document, "{%p if paragraph.heading %}")
    text(document, "{{r paragraph.rich }}", size=14, align=CENTER, before=6, after=6)
    tag(document, "{%p else %}")
    paragraph = text(document, "{{r paragraph.rich }}", size=14, align=JUSTIFY, before=6)
    paragraph.paragraph_format.first_line_indent = Mm(12.7)
    paragraph.paragraph_format.line_spacing = 1.15
    tag(document, "{%p endif %}")
    tag(document, "{%p endfor %}")


def foot(document, left_signature=None):
    """Nơi nhận on the left; capacity, position, room for the signature, full name on the right; never torn apart.

    :param left_signature: (title, name) of a second person who signs on the left, above Nơi nhận
    """
    text(document, "", size=6)
    if left_signature:
        left, right = columns(document, (Mm(82), Mm(83)))
        text(left, left_signature[0], bold=True, align=CENTER, first=True)
        text(left, left_signature[1], size=14, bold=True, align=CENTER, before=106)
    else:
        left, right = columns(document)
        _receivers(left, first=True)
    tag(right, "{%p for line in capacity_lines %}", first=True)
    text(right, "{{ line }}", bold=True, align=CENTER, keep=True)
    tag(right, "{%p endfor %}")
    # 36 mm: the seal in its real size lies over the left third of the signature
    text(right, "{{ signer_name }}", size=14, bold=True, align=CENTER, before=106)
    if left_signature:
        _receivers(document)


def _receivers(place, first=False):
    text(place, "Nơi nhận:", size=12, bold=True, italic=True, first=first)
    tag(place, "{%p for line in receiver_lines %}")
    text(place, "- {{ line }}", size=11)
    tag(place, "{%p endfor %}")
    # mark of the drafter and number of copies (ô 12)
    tag(place, "{%p if drafter_mark %}")
    text(place, "{{ drafter_mark }}", size=11)
    tag(place, "{%p endif %}")


# ------------------------------------------------------------------ pieces


def columns(document, widths=(LEFT, RIGHT)):
    """Two cells without borders beside each other, on one page."""
    table = document.add_table(rows=1, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    properties = table._tbl.tblPr
    margins = OxmlElement("w:tblCellMar")
    for side in ("w:left", "w:right"):
        margin = OxmlElement(side)
        margin.set(qn("w:w"), "0")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    look = properties.find(qn("w:tblLook"))
    if look is None:
        properties.append(margins)
    else:
        look.addprevious(margins)
    row = table.rows[0]
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for cell, width in zip(row.cells, widths, strict=True):
        cell.width = width
    return row.cells


def paragraph_in(place, first=False):
    if first and place.paragraphs and not place.paragraphs[0].text:
        return place.paragraphs[0]
    return place.add_paragraph()


def tag(place, text, first=False):
    """A paragraph that only steers the template; it leaves nothing on the page."""
    paragraph_in(place, first).add_run(text)


def text(place, text, size=13, bold=False, italic=False, align=None, before=0, after=0, indent=None, first=False, keep=False):
    paragraph = paragraph_in(place, first)
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.italic = Pt(size), bold, italic
    shape = paragraph.paragraph_format
    shape.space_before, shape.space_after = Pt(before), Pt(after)
    shape.keep_with_next = keep or None
    if align is not None:
        paragraph.alignment = align
    if indent is not None:
        shape.left_indent = indent
    return paragraph


def rule(place, millimetres):
    """A horizontal line of its own length, centred: an empty low paragraph with a border and indents."""
    width = 165 if not hasattr(place, "width") or place.width is None else place.width / 36000
    paragraph = text(place, "", size=2)
    shape = paragraph.paragraph_format
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(3)
    shape.left_indent = shape.right_indent = Mm((width - millimetres) / 2)
    _border(paragraph, "bottom", 0)


def _border(paragraph, side, space):
    borders = OxmlElement("w:pBdr")
    line_element = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", "6"), ("space", str(space)), ("color", "000000")):
        line_element.set(qn(f"w:{name}"), value)
    borders.append(line_element)
    # Word wants its elements in the order of the schema
    paragraph._p.get_or_add_pPr().insert_element_before(borders, "w:spacing", "w:ind", "w:jc", "w:rPr")


def urgency_mark(place):
    """Urgency mark: bold red capitals in a single frame (PL I, II, ô 10b)."""
    paragraph = text(place, "", align=CENTER, before=8, after=4)
    run = paragraph.add_run("\u00a0{{ urgency_mark }}\u00a0")
    run.font.size, run.bold, run.font.color.rgb = Pt(14), True, RGBColor(0xDA, 0x25, 0x1D)
    frame = OxmlElement("w:bdr")
    for name, value in (("val", "single"), ("sz", "8"), ("space", "3"), ("color", "DA251D")):
        frame.set(qn(f"w:{name}"), value)
    run._r.get_or_add_rPr().append(frame)


def page_field(run):
    run.font.size = Pt(13)
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        if kind:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        else:
            element = OxmlElement("w:instrText")
            element.text = text
        run._r.append(element)

