"""Phiếu tham gia ý kiến (BHXH PL02-3) and Bảng tổng hợp ý kiến tham gia của các đơn vị (BHXH PL02-7). No Odoo in here."""

import dataclasses

from .slip_page import SlipPage

ANSWER_TITLE = "PHIẾU THAM GIA Ý KIẾN"
TABLE_TITLE = "BẢNG TỔNG HỢP Ý KIẾN THAM GIA CỦA CÁC ĐƠN VỊ"
COLUMNS = ("STT", "Tên đơn vị tham gia", "Nội dung tham gia", "Ý kiến của đơn vị chủ trì")
WIDTHS = (12, 38, 65, 50)


@dataclasses.dataclass(frozen=True)
class Answer:
    """Texts of one answer; ``moment`` as printed."""

    agency: str
    unit: str
    place_date: str
    about: str
    question: str
    content: str
    author: str
    moment: str


@dataclasses.dataclass(frozen=True)
class OpinionTable:
    """Texts of the table; ``rows`` are (unit, content, position of the lead), in the order of the requests."""

    agency: str
    unit: str
    place_date: str
    about: str
    rows: list
    author: str


def render_answer(answer):
    """PDF (bytes) of an :class:`Answer`."""
    page = SlipPage(answer.agency, answer.unit, answer.place_date)
    page.title(ANSWER_TITLE, answer.about)
    page.label("Lãnh đạo Ngành/Đơn vị tham gia")
    page.line(" – ".join(filter(None, (answer.author, answer.unit))))
    page.label("Nội dung đề nghị tham gia")
    page.line(answer.question)
    page.label("Nội dung tham gia")
    page.line(answer.content)
    page.signature("Người tham gia ý kiến", answer.author, f"({answer.moment})")
    return page.render(f"{ANSWER_TITLE}: {answer.about}")


def render_table(table):
    """PDF (bytes) of an :class:`OpinionTable`."""
    page = SlipPage(table.agency, table.unit, table.place_date)
    page.title(TABLE_TITLE, table.about)
    rows = [(str(number), *row) for number, row in enumerate(table.rows, start=1)]
    page.table(COLUMNS, rows, WIDTHS, "Không có ý kiến tham gia")
    page.signature("Đơn vị chủ trì", table.author)
    return page.render(f"{TABLE_TITLE}: {table.about}")
