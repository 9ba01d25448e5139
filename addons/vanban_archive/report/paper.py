"""Plain building blocks of the archive's printed records: reportlab, Liberation Serif 2 embedded, A4 as in NĐ 30/2020."""

import glob
import io
from functools import cache
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

_FACES = {"VanbanSerif": "Regular", "VanbanSerif-Bold": "Bold", "VanbanSerif-Italic": "Italic"}
MARGINS = {"leftMargin": 30 * mm, "rightMargin": 15 * mm, "topMargin": 20 * mm, "bottomMargin": 20 * mm}


@cache
def _fonts():
    """Register the faces once; version 1 of the fonts drops Vietnamese letters, so only version 2 is taken."""
    for name, face in _FACES.items():
        found = sorted(glob.glob(f"/usr/share/fonts/**/liberation2/LiberationSerif-{face}.ttf", recursive=True))
        if not found:
            raise FileNotFoundError("Thiếu phông chữ Liberation Serif 2 (gói fonts-liberation2); hãy báo quản trị cài đặt.")
        pdfmetrics.registerFont(TTFont(name, found[0]))
    pdfmetrics.registerFontFamily("VanbanSerif", "VanbanSerif", "VanbanSerif-Bold", "VanbanSerif-Italic", "VanbanSerif-Bold")
    return {
        "body": ParagraphStyle("body", fontName="VanbanSerif", fontSize=13, leading=17, spaceAfter=3),
        "small": ParagraphStyle("small", fontName="VanbanSerif", fontSize=10.5, leading=13),
        "centre": ParagraphStyle("centre", fontName="VanbanSerif", fontSize=13, leading=16, alignment=TA_CENTER),
        "cell": ParagraphStyle("cell", fontName="VanbanSerif", fontSize=10.5, leading=13, splitLongWords=True),
        "title": ParagraphStyle("title", fontName="VanbanSerif-Bold", fontSize=14, leading=18, alignment=TA_CENTER, spaceBefore=12),
    }


class Paper:
    """Collects paragraphs and tables, then gives the PDF bytes."""

    def __init__(self, title):
        self.title, self.styles, self.story = title, _fonts(), []

    def text(self, value, style="body", bold=False):
        value = escape(str(value)).replace("\n", "<br/>")
        return Paragraph(f"<b>{value}</b>" if bold else value, self.styles[style])

    def add(self, value, style="body", bold=False):
        self.story.append(self.text(value, style, bold))

    def gap(self, height=4):
        self.story.append(Spacer(1, height * mm))

    def head(self, agency, parent, number):
        """Agency on the left, national heading on the right (NĐ 30/2020, Phụ lục I)."""
        left = [self.text(parent or "", "centre"), self.text(agency, "centre", bold=True), self.text(number, "centre")]
        right = [
            self.text("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "centre", bold=True),
            self.text("Độc lập - Tự do - Hạnh phúc", "centre", bold=True),
        ]
        table = Table([[left, right]], colWidths=[72 * mm, 93 * mm])
        table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
        self.story.append(table)
        self.story.append(self.text(self.title, "title"))
        self.gap(3)

    def table(self, header, rows, widths):
        """A grid; ``widths`` in mm, 165 in all."""
        cells = [[self.text(value, "cell", bold=True) for value in header]]
        cells += [[self.text("" if value in (None, False) else value, "cell") for value in row] for row in rows]
        table = Table(cells, colWidths=[width * mm for width in widths], repeatRows=1)
        table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
        self.story.append(table)
        self.gap(3)

    def signatures(self, sides):
        """[(title, name, line)] beside each other."""
        cells = [
            [self.text(title, "centre", bold=True), Spacer(1, 18 * mm), self.text(name, "centre", bold=True), self.text(line, "centre")]
            for title, name, line in sides
        ]
        table = Table([cells], colWidths=[165 * mm / len(cells)] * len(cells))
        table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP")]))
        self.gap(6)
        self.story.append(table)

    def pdf(self):
        buffer = io.BytesIO()
        document = SimpleDocTemplate(buffer, pagesize=A4, title=self.title, author="Văn bản", invariant=1, **MARGINS)
        document.build(self.story, onLaterPages=_number)
        return buffer.getvalue()


def _number(canvas, document):
    canvas.setFont("VanbanSerif", 13)
    canvas.drawCentredString(A4[0] / 2, A4[1] - 12 * mm, str(document.page))
