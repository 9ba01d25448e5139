"""Step 5: another letter is replaced by a corrected one; then the corrected one is recalled."""

from __future__ import annotations

from . import letters, waiting
from .facts import Facts
from .network import Network
from .report import Record
from .site import Site


def recall(record: Record, net: Network, facts: Facts) -> None:
    record.chapter("5. Thay thế và thu hồi văn bản đã phát hành")
    sender, receiver = net.stc, net.snv
    clerk, leader = sender.user("vanthu"), sender.user("lanhdao")
    desk = receiver.user("vanthu")
    recipients = [{"partner_id": sender.ids["partner"]}]

    with record.step("Sở Tài chính phát hành văn bản có sai sót, Sở Nội vụ tiếp nhận") as row:
        first = letters.issue(net, sender, "mời họp triển khai dự toán", recipients)
        first_code = clerk.value("vanban.document", first, "document_code")
        arrived = facts.wait_arrival(receiver, first_code)
        desk.call("vanban.document", "action_register", arrived)
        facts.wait_status(sender, first, "accepted")
        row["note"] = first_code

    with record.step("Phát hành văn bản thay thế; văn thư Sở Nội vụ đồng ý, văn bản cũ bị hủy") as row:
        drafter = sender.user("chuyenvien")
        second = drafter.call("vanban.document", "action_replace", first)
        letters.complete_draft(sender, second, "mời họp triển khai dự toán (thay thế)", ("Họp lúc 14 giờ.",))
        drafter.call("vanban.document", "action_render", second)
        letters.pass_reviews(sender, second)
        letters.sign(net, sender, second)
        for _name, act in letters.clerk_steps(sender):
            act(second)
        second_code = clerk.value("vanban.document", second, "document_code")
        replacement = facts.wait_arrival(receiver, second_code)
        _decide(receiver, second_code)
        assert desk.value("vanban.document", arrived, "state") == "recalled"
        links = desk.find("vanban.document.link", [("document_id", "=", replacement)], ["target_id", "kind"])
        assert [(link["target_id"][0], link["kind"]) for link in links] == [(arrived, "replaces")], links
        facts.wait_status(sender, second, "arrived")
        row["note"] = second_code

    with record.step(
        "Lãnh đạo duyệt thu hồi; Sở Nội vụ thu hồi, xác nhận (15); văn bản ở trạng thái đã thu hồi"
    ) as row:
        clerk.call("vanban.document", "action_request_recall", second, reason="Hoãn họp, văn bản không còn giá trị.")
        leader.call("vanban.document", "action_approve_recall", second)
        _decide(receiver, second_code)
        assert desk.value("vanban.document", replacement, "state") == "recalled"
        waiting.until(
            lambda: clerk.value("vanban.document", second, "state") == "recalled", "văn bản được thu hồi ở bên gửi"
        )
        row["note"] = second_code


def _decide(receiver: Site, code: str) -> None:
    """The receiving clerk agrees to what the other agency asks about its document."""
    desk = receiver.user("vanthu")
    asked = waiting.until(
        lambda: desk.search("vanban.packet.in", [("state", "=", "decision"), ("document_code", "=", code)]),
        f"yêu cầu về văn bản {code}",
    )
    desk.call("vanban.packet.in", "action_recall_accept", asked[0])
