"""Lists on paper: heading of the agency, title, a table over as many A4 landscape pages as it needs. No Odoo in here."""

import dataclasses
import io
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from ..tools import fonts


@dataclasses.dataclass(frozen=True)
class PrintedList:
    """Texts only; ``rows`` have as many cells as ``columns`` (name, width in mm); ``groups`` are single-cell rows."""

    parent: str
    agency: str
    title: str
    subtitle: str
    columns: tuple
    rows: list
    summary: tuple = ()


class _Numbered(Canvas):
    """Writes "Trang n/m" when the number of pages is known."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._pages = []

    def showPage(self):
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self):
        for number, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
            self.setFont(f"{fonts.FAMILY}-Italic", 10)
            self.drawCentredString(landscape(A4)[0] / 2, 8 * mm, f"Trang {number}/{len(self._pages)}")
            super().showPage()  # pylint: disable=super-method-mismatch
        super().save()


def render(printed):
    """PDF (bytes) of a :class:`PrintedList`; a row that is a ``str`` is printed as a heading over all columns."""
    regular, bold, italic = fonts.register()
    cell = ParagraphStyle("cell", fontName=regular, fontSize=10, leading=12)
    head = ParagraphStyle("head", parent=cell, fontName=bold, alignment=TA_CENTER)
    strong = ParagraphStyle("strong", parent=cell, fontName=bold)
    title = ParagraphStyle("title", parent=head, fontSize=14, leading=18)
    note = ParagraphStyle("note", parent=head, fontName=italic, fontSize=12, leading=15)
    out = io.BytesIO()
    page = SimpleDocTemplate(
        out, pagesize=landscape(A4), leftMargin=15 * mm, rightMargin=15 * mm, topMargin=15 * mm, bottomMargin=15 * mm,
        title=printed.title, author=printed.agency,
    )
    table, spans = [[Paragraph(escape(name), head) for name, _width in printed.columns]], []
    for row in printed.rows:
        if isinstance(row, str):
            spans.append(len(table))
            table.append([Paragraph(escape(row), strong), *[""] * (len(printed.columns) - 1)])
        else:
            table.append([Paragraph(escape(str(text or "")), cell) for text in row])
    style = TableStyle([
        ("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 3), ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        *(("SPAN", (0, line), (-1, line)) for line in spans),
    ])
    story = [
        Paragraph(escape(printed.parent.upper()), ParagraphStyle("parent", parent=cell, fontSize=12, leading=15)) if printed.parent else Spacer(1, 1),
        Paragraph(escape(printed.agency.upper()), ParagraphStyle("agency", parent=strong, fontSize=12, leading=15)),
        Spacer(1, 6 * mm), Paragraph(escape(printed.title.upper()), title), Paragraph(escape(printed.subtitle), note), Spacer(1, 4 * mm),
        *(Paragraph(escape(line), strong) for line in printed.summary), Spacer(1, 3 * mm),
        LongTable(table, colWidths=[width * mm for _name, width in printed.columns], repeatRows=1, style=style)
        if printed.rows else Paragraph("Không có văn bản nào.", note),
    ]
    page.build(story, canvasmaker=_Numbered)
    return out.getvalue()
