"""Phiếu trình giải quyết công việc (F-05; BHXH PL02-5; HCM Đ8.2.4): what is submitted, for the n-th time, and all opinions so far.

No Odoo in here: texts in, PDF out.
"""

import dataclasses

from .slip_page import SlipPage

COLUMNS = ("Lần", "Người cho ý kiến", "Thời gian", "Ý kiến", "Xác nhận")
WIDTHS = (15, 38, 27, 58, 27)
#: Blocks of opinions in the order of the form.
BLOCKS = (
    ("proposal", "2. Ý kiến đề xuất của chuyên viên, Lãnh đạo phòng"),
    ("unit", "3. Ý kiến đề xuất của Lãnh đạo đơn vị"),
    ("deputy", "4. Ý kiến của Phó Thủ trưởng phụ trách"),
    ("head", "5. Ý kiến của Thủ trưởng cơ quan"),
)


@dataclasses.dataclass(frozen=True)
class Slip:
    """Texts of a slip.

    :param opinions: {block of ``BLOCKS``: [(round, person, moment, opinion, confirmation)]}, oldest first
    :param with_head: whether block 5 is printed while it is empty
    """

    agency: str
    unit: str
    place_date: str
    number: str
    round: int
    addressee: str
    subject: str
    attachments: list
    summary: str
    opinions: dict
    with_head: bool = True
    urgency: str = ""


def render(slip):
    """PDF (bytes)."""
    page = SlipPage(slip.agency, slip.unit, slip.place_date)
    page.title("PHIẾU TRÌNH GIẢI QUYẾT CÔNG VIỆC", f"Số: {slip.number} (Trình lần thứ {slip.round})")
    page.centred(f"Kính gửi: {slip.addressee}")
    if slip.urgency:
        page.label(f"Độ khẩn: {slip.urgency}")
    page.label("Vấn đề trình:")
    page.line(slip.subject)
    page.label("Hồ sơ trình:")
    for name in slip.attachments:
        page.line(f"- {name}")
    page.label("1. Tóm tắt nội dung")
    page.line(slip.summary)
    for block, name in BLOCKS:
        rows = slip.opinions.get(block, ())
        if rows or block != "head" or slip.with_head:
            page.label(name)
            page.table(COLUMNS, [(f"Lần {number}", *rest) for number, *rest in rows], WIDTHS, "Chưa có ý kiến")
    return page.render(f"Phiếu trình: {slip.subject}"[:200])
