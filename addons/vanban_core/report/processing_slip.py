"""Phiếu giải quyết văn bản đến (NĐ 30/2020 PL IV; BHXH PL04; BG Đ9.2): what was proposed, directed, assigned and reported."""

import dataclasses

from .slip_page import SlipPage

COLUMNS = ("Người cho ý kiến", "Vai trò, nơi nhận", "Thời hạn", "Nội dung chỉ đạo", "Tình trạng")
WIDTHS = (36, 42, 22, 43, 22)


@dataclasses.dataclass(frozen=True)
class ProcessingSlip:
    """Texts of a slip.

    :param head: (label, value) pairs that identify the document
    :param proposals: (author, moment, text), oldest first
    :param leaders: rows of ``COLUMNS`` decided for the agency
    :param units: rows of ``COLUMNS`` assigned within units
    :param entries: (kind, author, moment, text) directions, opinions and answers, oldest first
    :param results: (author, moment, text) of handlers
    """

    agency: str
    place_date: str
    head: list
    proposals: list
    leaders: list
    units: list
    entries: list
    results: list


def render(slip):
    """PDF (bytes)."""
    page = SlipPage(slip.agency, "", slip.place_date)
    page.title("PHIẾU GIẢI QUYẾT VĂN BẢN ĐẾN")
    for label, value in slip.head:
        page.line(f"{label}: {value}")
    for author, moment, text in slip.proposals:
        page.label("Đề xuất phân phối")
        page.line(f"{text}\n({author}, {moment})")
    page.label("I. Ý kiến của lãnh đạo cơ quan")
    page.table(COLUMNS, slip.leaders, WIDTHS, "Chưa có ý kiến")
    page.label("II. Ý kiến của lãnh đạo đơn vị")
    page.table(COLUMNS, slip.units, WIDTHS, "Chưa phân công")
    page.label("III. Ý kiến chỉ đạo, trao đổi theo thời gian")
    page.table(
        ("Thời gian", "Người cho ý kiến", "Nội dung"),
        [(moment, f"{author}\n{kind}", text) for kind, author, moment, text in slip.entries], (30, 50, 85), "Không có",
    )
    page.label("IV. Đề xuất, kết quả của người giải quyết")
    results = [(moment, author, text) for author, moment, text in slip.results]
    page.table(("Thời gian", "Người giải quyết", "Nội dung"), results, (30, 50, 85), "Chưa có")
    return page.render("Phiếu giải quyết văn bản đến")
