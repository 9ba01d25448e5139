"""What the slips of the office have in common: head of the agency, title, labelled paragraphs, tables.

No Odoo in here: texts in, PDF out.
"""

import io
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from ..tools import fonts

WIDTH = 165 * mm


class SlipPage:
    """Collects the parts of a slip and renders them on A4 (margins of NĐ 30/2020 PL I)."""

    def __init__(self, agency, unit, place_date):
        regular, bold, italic = fonts.register()
        self.base = ParagraphStyle("base", fontName=regular, fontSize=13, leading=17, alignment=TA_JUSTIFY, spaceAfter=4)
        self.centre = ParagraphStyle("centre", parent=self.base, alignment=TA_CENTER, spaceAfter=0)
        self.strong = ParagraphStyle("strong", parent=self.centre, fontName=bold)
        self.slanted = ParagraphStyle("slanted", parent=self.centre, fontName=italic)
        self.title_style = ParagraphStyle("title", parent=self.strong, fontSize=15, leading=20, spaceBefore=14)
        self.label_style = ParagraphStyle("label", parent=self.base, fontName=bold, spaceBefore=8)
        self.cell = ParagraphStyle("cell", parent=self.base, fontSize=11, leading=14, alignment=0, spaceAfter=0)
        self.head = ParagraphStyle("head", parent=self.cell, fontName=bold, alignment=TA_CENTER)
        self.agency = agency
        self.story = [
            Table(
                [
                    [self.text(agency.upper(), self.centre), self.text("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", self.strong)],
                    [self.text(unit.upper(), self.strong), self.text("Độc lập - Tự do - Hạnh phúc", self.strong)],
                    ["", self.text(place_date, self.slanted)],
                ],
                colWidths=[65 * mm, 100 * mm],
                style=[("VALIGN", (0, 0), (-1, -1), "TOP"), ("TOPPADDING", (0, 0), (-1, -1), 0)],
            )
        ]

    def text(self, words, style=None):
        return Paragraph(escape(words or "").replace("\n", "<br/>"), style or self.base)

    def title(self, words, below=""):
        self.story.append(self.text(words, self.title_style))
        if below:
            self.story.append(self.text(below, self.slanted))
        self.story.append(Spacer(1, 4 * mm))

    def label(self, words):
        self.story.append(self.text(words, self.label_style))

    def line(self, words):
        self.story.append(self.text(words))

    def centred(self, words):
        self.story.append(self.text(words, self.centre))

    def table(self, heads, rows, widths, empty=""):
        """A ruled table; ``widths`` in mm; ``empty`` is written when there are no rows."""
        body = [[self.text(cell, self.cell) for cell in row] for row in rows]
        if not body:
            body = [[self.text(empty, self.cell)] + [""] * (len(heads) - 1)]
        table = Table([[self.text(name, self.head) for name in heads], *body], colWidths=[width * mm for width in widths], repeatRows=1)
        table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
        self.story.append(table)

    def signature(self, title, name, below=""):
        """Signing place at the right: title, room for the signature, name."""
        lines = [self.text(title.upper(), self.strong)]
        if below:
            lines.append(self.text(below, self.slanted))
        lines += [Spacer(1, 24 * mm), self.text(name, self.strong)]
        self.story.append(KeepTogether([
            Spacer(1, 6 * mm), Table([["", lines]], colWidths=[80 * mm, 85 * mm], style=[("VALIGN", (0, 0), (-1, -1), "TOP")]),
        ]))

    def render(self, title):
        """PDF (bytes) with ``title`` in its data."""
        out = io.BytesIO()
        page = SimpleDocTemplate(
            out, pagesize=A4, leftMargin=30 * mm, rightMargin=15 * mm, topMargin=20 * mm, bottomMargin=20 * mm,
            title=title[:200], author=self.agency,
        )  # fmt: skip
        page.build(self.story)
        return out.getvalue()
