"""Phiếu xin ý kiến giải quyết công việc (BHXH PL02-1) and Phiếu đề nghị (BHXH PL02-2), with the leader's answer once given."""

import dataclasses

from .slip_page import SlipPage

TITLES = {"opinion": "PHIẾU XIN Ý KIẾN GIẢI QUYẾT CÔNG VIỆC", "request": "PHIẾU ĐỀ NGHỊ"}


@dataclasses.dataclass(frozen=True)
class OpinionSlip:
    """Texts of a slip; ``answer`` is (author, moment, text) or None."""

    form: str
    agency: str
    unit: str
    place_date: str
    addressee: str
    about: str
    content: str
    proposal: str
    signer: str
    answer: tuple | None = None


def render(slip):
    """PDF (bytes)."""
    page = SlipPage(slip.agency, slip.unit, slip.place_date)
    page.title(TITLES[slip.form], slip.about)
    page.centred(f"Kính gửi: {slip.addressee}")
    if slip.form == "opinion":
        page.label("1. Nội dung cần báo cáo, xin ý kiến")
        page.line(slip.content)
        page.label("2. Ý kiến đề xuất")
        page.line(slip.proposal or "")
    else:
        page.label("Đơn vị đề nghị")
        page.line(slip.unit)
        page.label("Nội dung đề nghị")
        page.line("\n".join(filter(None, (slip.content, slip.proposal))))
    page.signature("Lãnh đạo đơn vị", slip.signer)
    if slip.answer:
        author, moment, text = slip.answer
        page.label("Ý kiến của lãnh đạo")
        page.line(text)
        page.line(f"({author}, {moment})")
    return page.render(f"{TITLES[slip.form]}: {slip.about}")
