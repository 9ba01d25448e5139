"""Papers about keys and seals on A4 with the heading of Vietnamese administration. No Odoo in here: texts in, PDF out."""

import dataclasses
import io
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from odoo.addons.vanban_core.tools import fonts


@dataclasses.dataclass(frozen=True)
class Paper:
    """``blocks``: in order, a text, ``(label, text)``, or a dict ``{"head": [...], "rows": [[...]], "widths": [mm]}``.

    ``signers``: ``[(position, name)]`` at the end, side by side. Times and dates are texts already.
    """

    agency: str
    parent: str
    place_date: str
    title: str
    subtitle: str = ""
    blocks: tuple = ()
    signers: tuple = ()
    wide: bool = False
    footer: str = ""


def render(paper):
    """PDF (bytes)."""
    style = _Styles()
    story = [*_heading(paper, style), Spacer(1, 4 * mm), style.text(paper.title.upper(), style.title)]
    if paper.subtitle:
        story.append(style.text(paper.subtitle, style.slanted))
    story.append(Spacer(1, 4 * mm))
    for block in paper.blocks:
        if isinstance(block, dict):
            story += [_table(block, style), Spacer(1, 3 * mm)]
        elif isinstance(block, tuple):
            story.append(
                Paragraph(f"{escape(block[0])}: <font name='{style.bold}'>{_lines(block[1])}</font>", style.base)
            )
        else:
            story.append(style.text(block))
    if paper.signers:
        story.append(_signers(paper.signers, style, _width(paper)))
    out = io.BytesIO()
    page = SimpleDocTemplate(
        out,
        pagesize=landscape(A4) if paper.wide else A4,
        leftMargin=(20 if paper.wide else 30) * mm,
        rightMargin=15 * mm,
        topMargin=20 * mm,
        bottomMargin=20 * mm,
        title=paper.title,
        author=paper.agency,
    )

    def number(canvas, document):
        canvas.saveState()
        canvas.setFont(style.italic, 10)
        canvas.drawString(page.leftMargin, 10 * mm, paper.footer)
        canvas.drawRightString(page.pagesize[0] - 15 * mm, 10 * mm, f"Trang {document.page}")
        canvas.restoreState()

    page.build(story, onFirstPage=number, onLaterPages=number)
    return out.getvalue()


def _width(paper):
    return (297 - 35 if paper.wide else 210 - 45) * mm


class _Styles:
    def __init__(self):
        self.regular, self.bold, self.italic = fonts.register()
        self.base = ParagraphStyle(
            "base", fontName=self.regular, fontSize=12.5, leading=16, alignment=TA_JUSTIFY, spaceAfter=3
        )
        self.centre = ParagraphStyle("centre", parent=self.base, alignment=TA_CENTER, spaceAfter=0)
        self.strong = ParagraphStyle("strong", parent=self.centre, fontName=self.bold)
        self.title = ParagraphStyle("title", parent=self.strong, fontSize=15, leading=19)
        self.slanted = ParagraphStyle("slanted", parent=self.centre, fontName=self.italic)
        self.cell = ParagraphStyle("cell", parent=self.base, fontSize=10.5, leading=13, alignment=0, spaceAfter=0)
        self.head = ParagraphStyle("head", parent=self.cell, fontName=self.bold, alignment=TA_CENTER)

    def text(self, words, style=None):
        return Paragraph(_lines(words), style or self.base)


def _lines(words):
    return escape(str(words or "")).replace("\n", "<br/>")


def _heading(paper, style):
    rows = [
        [
            style.text((paper.parent or paper.agency).upper(), style.centre),
            style.text("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", style.strong),
        ],
        [
            style.text(paper.agency.upper() if paper.parent else "", style.strong),
            style.text("Độc lập - Tự do - Hạnh phúc", style.strong),
        ],
        ["", style.text(paper.place_date, style.slanted)],
    ]
    width = _width(paper)
    return [
        Table(
            rows,
            colWidths=[width * 0.4, width * 0.6],
            style=[("VALIGN", (0, 0), (-1, -1), "TOP"), ("TOPPADDING", (0, 0), (-1, -1), 0)],
        )
    ]


def _table(block, style):
    rows = [[style.text(name, style.head) for name in block["head"]]] if block.get("head") else []
    rows += [[style.text(value, style.cell) for value in row] for row in block["rows"]]
    table = Table(rows, colWidths=[width * mm for width in block["widths"]], repeatRows=1 if block.get("head") else 0)
    table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return table


def _signers(signers, style, width):
    row = [
        [style.text(position.upper(), style.strong), Spacer(1, 24 * mm), style.text(name, style.strong)]
        for position, name in signers
    ]
    return KeepTogether(
        [
            Spacer(1, 6 * mm),
            Table([row], colWidths=[width / len(row)] * len(row), style=[("VALIGN", (0, 0), (-1, -1), "TOP")]),
        ]
    )
