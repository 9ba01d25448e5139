"""Steps 2 and 3: the letter arrives, is verified and registered; the leader distributes it."""

from __future__ import annotations

import datetime

from . import papers, waiting
from .client import b64
from .facts import Facts
from .network import Network
from .report import Record


def receive(record: Record, net: Network, facts: Facts) -> None:
    """A receives the packet, verifies both signatures (01), registers it (03); a scan takes the next number."""
    record.chapter("2. Sở Nội vụ tiếp nhận và đăng ký văn bản đến")
    clerk = net.snv.user("vanthu")

    with record.step("Gói tin đến, tạo văn bản đến với nguyên bản tệp tin") as row:
        facts.arrival = waiting.until(
            lambda: clerk.search(
                "vanban.document", [("direction", "=", "in"), ("document_code", "=", facts.request_code)], limit=1
            ),
            "văn bản đến của gói tin",
        )[0]
        found = clerk.read(
            "vanban.document", facts.arrival, ["code", "subject", "issuer_name", "issue_date", "state", "main_file_id"]
        )
        assert found["state"] == "received", found
        sent = net.stc.user("vanthu").value("vanban.document", facts.request, "main_file_id")
        digests = [
            clerk.value("vanban.file", found["main_file_id"][0], "sha256"),
            net.stc.user("vanthu").value("vanban.file", sent, "sha256"),
        ]
        assert digests[0] == digests[1], "the file that arrived is not the file that was issued"
        row["note"] = f"{found['code']}, {found['issuer_name']}"

    with record.step("Bên gửi nhận trạng thái 01 (đã đến)"):
        facts.wait_status(net.stc, facts.request, "arrived")

    with record.step("Kiểm tra tính xác thực, toàn vẹn: hai chữ ký hợp lệ") as row:
        clerk.call("vanban.document", "action_check", facts.arrival)
        row["note"] = facts.assert_verified(clerk, facts.arrival, signatures=2)

    with record.step("Văn thư đăng ký, cấp số đến; trạng thái 03 về bên gửi") as row:
        number = clerk.call("vanban.document", "action_register", facts.arrival)[0]
        facts.arrival_number = number
        facts.wait_status(net.stc, facts.request, "accepted")
        row["note"] = f"số đến {number}"

    with record.step("Văn bản giấy được quét, nhận số đến kế tiếp (qua JSON-2)") as row:
        scanner = net.snv.program("vanthu")
        kind = scanner.one("vanban.document.kind", [("code", "=", "cong_van")])
        scan = papers.scan(
            "UBND HUYỆN MẪU TÂN", "Số: 15/UBND-NV", "V/v đề nghị bổ nhiệm", "Kính gửi: Sở Nội vụ tỉnh Mẫu"
        )
        facts.paper = scanner.call(
            "vanban.document",
            "action_receive_scan",
            None,
            filename="van-ban-giay.pdf",
            content_b64=b64(scan),
            vals={
                "kind_id": kind,
                "subject": "Về việc đề nghị bổ nhiệm công chức",
                "code_number": "15",
                "code_notation": "UBND-NV",
                "issuer_name": "UBND huyện Mẫu Tân",
                "signer_name": "Nguyễn Thế Mẫu",
                "issue_date": facts.today().isoformat(),
            },
        )
        second = scanner.call("vanban.document", "action_register", facts.paper)[0]
        assert second == number + 1, f"{second} after {number}"
        row["note"] = f"số đến {second}"


def distribute(record: Record, net: Network, facts: Facts) -> None:
    """The leader names one lead, one coordinator and a deadline; the head assigns the specialist (04, 05)."""
    record.chapter("3. Lãnh đạo phân phối, trưởng phòng giao chuyên viên")
    site = net.snv
    clerk, leader, head, specialist = (site.user(login) for login in ("vanthu", "lanhdao", "truongphong", "chuyenvien"))

    with record.step("Văn thư trình Giám đốc kèm đề xuất"):
        clerk.call(
            "vanban.document", "action_submit", facts.arrival, comment="Đề nghị giao Phòng Tổ chức, Biên chế chủ trì."
        )

    with record.step("Giám đốc phân phối: một chủ trì, một phối hợp, hạn theo ngày làm việc") as row:
        found = leader.read("vanban.document", facts.arrival, ["external_due_date", "reply_due_date"])
        deadline = found["external_due_date"] or found["reply_due_date"]
        assert deadline, "the deadline that the sender set did not arrive"
        facts.deadline = deadline
        lines = [
            {"role": "lead", "department_id": site.ids["unit.TCBC"], "deadline": deadline, "note": None},
            {
                "role": "coordinate",
                "user_id": site.ids["user.chuyenvien2"],
                "deadline": deadline,
                "note": "Cung cấp số liệu",
            },
        ]
        leader.call(
            "vanban.document",
            "action_distribute",
            facts.arrival,
            lines=lines,
            direction_text="Giao Phòng Tổ chức, Biên chế tham mưu báo cáo đúng hạn.",
        )
        facts.wait_status(net.stc, facts.request, "assigned")
        row["note"] = f"hạn {datetime.date.fromisoformat(deadline):%d/%m/%Y}"

    with record.step("Trưởng phòng giao chuyên viên thụ lý; trạng thái 04 về bên gửi"):
        task = head.one("vanban.assignment", [("document_id", "=", facts.arrival), ("role", "=", "lead")])
        head.call("vanban.assignment", "action_receive", task)
        facts.lead_assignment = head.call(
            "vanban.assignment",
            "action_assign",
            task,
            lines=[{"role": "lead", "user_id": site.ids["user.chuyenvien"], "deadline": facts.deadline, "note": None}],
            direction_text="Đồng chí Mai thụ lý, trình trước hạn.",
        )[0]
        assert specialist.count("vanban.document", [("id", "=", facts.arrival)]) == 1
