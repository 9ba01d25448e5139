"""Step 1: Sở Tài chính asks Sở Nội vụ for a report in five working days."""

from __future__ import annotations

import datetime

from . import letters
from .facts import Facts
from .network import Network
from .report import Record

BODY = (
    "Thực hiện nhiệm vụ UBND tỉnh giao, Sở Tài chính tỉnh Mẫu đề nghị Sở Nội vụ tỉnh Mẫu báo cáo tình hình "
    "sử dụng biên chế của các cơ quan, đơn vị.",
    "Báo cáo gửi về Sở Tài chính trong thời hạn 05 ngày làm việc kể từ ngày nhận được văn bản này.",
)


def request(record: Record, net: Network, facts: Facts) -> None:
    record.chapter("1. Sở Tài chính phát hành công văn đề nghị Sở Nội vụ báo cáo")
    site = net.stc
    drafter = site.user("chuyenvien")

    with record.step("Chuyên viên soạn thảo theo mẫu, kết xuất PDF") as row:
        facts.request = letters.draft(
            site,
            "báo cáo tình hình sử dụng biên chế",
            BODY,
            [{"partner_id": site.ids["partner"]}],
            reply_required=True,
            reply_due_date=five_working_days(facts.today()).isoformat(),
        )
        found = drafter.read("vanban.document", facts.request, ["main_file_name", "reply_due_date"])
        row["note"] = f"{found['main_file_name']}, hạn trả lời {found['reply_due_date']}"

    with record.step("Trình duyệt: trưởng phòng, kiểm tra thể thức, đến Giám đốc"):
        letters.pass_reviews(site, facts.request)

    with record.step("Giám đốc ký số bằng thiết bị của mình (qua trợ lý ký trên máy trạm)") as row:
        row["note"] = letters.sign(net, site, facts.request)

    letters.finish_steps(record, net, site, facts.request)
    facts.request_code = site.user("vanthu").value("vanban.document", facts.request, "document_code")


def five_working_days(start: datetime.date) -> datetime.date:
    """Count on the calendar of the wall: Monday to Friday. (The system's own count knows holidays as well.)"""
    day, left = start, 5
    while left:
        day += datetime.timedelta(days=1)
        left -= day.weekday() < 5
    return day
