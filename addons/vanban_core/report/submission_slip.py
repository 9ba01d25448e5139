"""Phiếu trình giải quyết công việc (BHXH PL02-5; HCM Đ8.2.4): what is submitted, for the n-th time, and all opinions so far.

No Odoo in here: texts in, PDF out.
"""

import dataclasses
import io
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import HRFlowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from ..tools import fonts


@dataclasses.dataclass(frozen=True)
class Slip:
    """Texts of a slip; ``opinions`` are (round, step, person, moment, decision, comment)."""

    agency: str
    unit: str
    place_date: str
    round: int
    addressee: str
    subject: str
    attachments: list
    summary: str
    opinions: list


def render(slip):
    """PDF (bytes)."""
    regular, bold, italic = fonts.register()
    base = ParagraphStyle("base", fontName=regular, fontSize=13, leading=17, alignment=TA_JUSTIFY, spaceAfter=4)
    centre = ParagraphStyle("centre", parent=base, alignment=TA_CENTER, spaceAfter=0)
    strong = ParagraphStyle("strong", parent=centre, fontName=bold)
    title = ParagraphStyle("title", parent=strong, fontSize=15, leading=20, spaceBefore=14)
    slanted = ParagraphStyle("slanted", parent=centre, fontName=italic)
    label = ParagraphStyle("label", parent=base, fontName=bold, spaceBefore=8)
    cell = ParagraphStyle("cell", parent=base, fontSize=11, leading=14, alignment=0, spaceAfter=0)
    head = ParagraphStyle("head", parent=cell, fontName=bold, alignment=TA_CENTER)

    def text(words, style=base):
        return Paragraph(escape(words or "").replace("\n", "<br/>"), style)

    story = [
        Table(
            [
                [text(slip.agency.upper(), centre), text("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", strong)],
                [text(slip.unit.upper(), strong), text("Độc lập - Tự do - Hạnh phúc", strong)],
                ["", text(slip.place_date, slanted)],
            ],
            colWidths=[65 * mm, 100 * mm],
            style=[("VALIGN", (0, 0), (-1, -1), "TOP"), ("TOPPADDING", (0, 0), (-1, -1), 0)],
        ),
        text("PHIẾU TRÌNH GIẢI QUYẾT CÔNG VIỆC", title),
        text(f"(Trình lần thứ {slip.round})", slanted),
        HRFlowable(width="30%", color="black", thickness=0.7, spaceBefore=4, spaceAfter=10),
        text(f"Kính gửi: {slip.addressee}", centre),
        text("Vấn đề trình:", label),
        text(slip.subject),
        text("Hồ sơ trình:", label),
        *[text(f"- {name}") for name in slip.attachments],
        text("Tóm tắt nội dung và đề xuất:", label),
        text(slip.summary),
        text("Ý kiến qua các lần trình:", label),
    ]
    rows = [[text(name, head) for name in ("Lần", "Bước", "Người cho ý kiến", "Thời gian", "Ý kiến")]]
    for number, step, person, moment, decision, comment in slip.opinions:
        rows.append([text(f"Lần {number}", cell), text(step, cell), text(person, cell), text(moment, cell),
                     text(f"{decision}. {comment}" if comment else decision, cell)])  # fmt: skip
    if len(rows) == 1:
        rows.append([text("", cell)] * 4 + [text("Chưa có ý kiến", cell)])
    table = Table(rows, colWidths=[16 * mm, 28 * mm, 36 * mm, 27 * mm, 58 * mm], repeatRows=1)
    table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    story += [table, Spacer(1, 6 * mm)]

    out = io.BytesIO()
    page = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=30 * mm, rightMargin=15 * mm, topMargin=20 * mm, bottomMargin=20 * mm,
        title=f"Phiếu trình: {slip.subject}"[:200], author=slip.agency,
    )  # fmt: skip
    page.build(story)
    return out.getvalue()
