"""Step 4: dossier, contribution, draft, two review rounds, signature, number, seal, issue; 06 for the original."""

from __future__ import annotations

from . import letters
from .facts import Facts
from .network import Network
from .report import Record

BODY = (
    "Thực hiện đề nghị của Sở Tài chính tỉnh Mẫu, Sở Nội vụ báo cáo tình hình sử dụng biên chế như sau: "
    "tổng số biên chế được giao là 1.250, đã sử dụng 1.198, còn lại 52.",
    "Sở Nội vụ trân trọng gửi Sở Tài chính để tổng hợp.",
)


def reply(record: Record, net: Network, facts: Facts) -> None:
    record.chapter("4. Chuyên viên lập hồ sơ, soạn thảo văn bản trả lời; ký, cấp số, đóng dấu, phát hành")
    site = net.snv
    specialist, colleague, head = (site.user(login) for login in ("chuyenvien", "chuyenvien2", "truongphong"))

    with record.step("Danh mục hồ sơ năm được lập, trình và phê duyệt") as row:
        facts.plan_lines = letters.file_plan(site, facts.today().year)
        row["note"] = f"{len(facts.plan_lines)} hồ sơ dự kiến"

    with record.step("Chuyên viên mở hồ sơ từ danh mục và bắt đầu giải quyết; trạng thái 05 về bên gửi") as row:
        facts.dossier = specialist.call("vanban.file.plan.line", "open_dossier", facts.plan_lines[0])
        specialist.call("vanban.assignment", "action_start", facts.lead_assignment, dossier_id=facts.dossier)
        facts.wait_status(net.stc, facts.request, "processing")
        found = specialist.read("vanban.dossier", facts.dossier, ["code", "title", "retention_id", "user_id"])
        entry = specialist.read("vanban.file.plan.line", facts.plan_lines[0], ["symbol", "title", "retention_id"])
        assert found["code"] == f"{site.agency.code}.{facts.today().year}.{entry['symbol']}", found
        assert (found["title"], found["retention_id"]) == (entry["title"], entry["retention_id"]), found
        assert found["user_id"][0] == site.ids["user.chuyenvien"], found
        row["note"] = found["code"]

    with record.step("Đơn vị phối hợp gửi ý kiến"):
        task = colleague.one("vanban.assignment", [("document_id", "=", facts.arrival), ("role", "=", "coordinate")])
        colleague.call(
            "vanban.assignment",
            "action_contribute",
            task,
            text="Số công chức hiện có: 1.198; đề nghị ghi rõ trong báo cáo.",
        )

    with record.step("Soạn văn bản trả lời theo mẫu, kết xuất PDF") as row:
        facts.reply = specialist.call("vanban.assignment", "action_create_reply", facts.lead_assignment)
        letters.complete_draft(site, facts.reply, "báo cáo tình hình sử dụng biên chế", BODY)
        specialist.call("vanban.document", "action_render", facts.reply)
        row["note"] = specialist.value("vanban.document", facts.reply, "main_file_name")

    with record.step("Trình vòng 1; trưởng phòng trả lại kèm ý kiến") as row:
        specialist.call("vanban.document", "action_submit_review", facts.reply, comment="Kính trình đồng chí xem xét.")
        head.call("vanban.document", "action_review_return", facts.reply, comment="Bổ sung số liệu biên chế còn lại.")
        assert specialist.value("vanban.document", facts.reply, "state") in ("draft", "rework")
        row["note"] = f"vòng {specialist.value('vanban.document', facts.reply, 'round')}"

    with record.step("Sửa, trình vòng 2; các cấp đồng ý đến Giám đốc") as row:
        letters.complete_draft(site, facts.reply, None, (*BODY[:1], "Số biên chế còn lại: 52.", *BODY[1:]))
        specialist.call("vanban.document", "action_render", facts.reply)
        letters.pass_reviews(site, facts.reply, comment="Đã bổ sung theo ý kiến.")
        found = specialist.read("vanban.document", facts.reply, ["round", "review_ids"])
        assert found["round"] == 2, found
        row["note"] = f"vòng {found['round']}, {len(found['review_ids'])} ý kiến"

    with record.step("Giám đốc ký số bằng thiết bị của mình (qua trợ lý ký trên máy trạm)") as row:
        row["note"] = letters.sign(net, site, facts.reply)

    letters.finish_steps(record, net, site, facts.reply)
    facts.reply_code = site.user("vanthu").value("vanban.document", facts.reply, "document_code")

    with record.step("Văn bản trả lời đến Sở Tài chính (01), được đăng ký (03), gắn với văn bản đã gửi") as row:
        arrived = facts.wait_arrival(net.stc, facts.reply_code)
        desk = net.stc.user("vanthu")
        links = desk.find("vanban.document.link", [("document_id", "=", arrived)], ["target_id", "kind"])
        assert [(link["target_id"][0], link["kind"]) for link in links] == [(facts.request, "answers")], links
        number = desk.call("vanban.document", "action_register", arrived)[0]
        facts.wait_status(site, facts.reply, "accepted")
        row["note"] = f"số đến {number} tại {net.stc.agency.name}"

    with record.step("Văn bản gốc hoàn thành (đã trả lời), lập vào hồ sơ; trạng thái 06 về bên gửi"):
        specialist.call(
            "vanban.document", "action_done", facts.arrival, outcome="reply", note="Đã phát hành văn bản trả lời."
        )
        specialist.call("vanban.document", "action_file", facts.arrival)
        facts.wait_status(net.stc, facts.request, "completed")
