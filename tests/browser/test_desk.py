"""The work desk, chase-ups, outcomes and live notices in the web client, at a desktop and at a phone."""

import base64
from datetime import date, timedelta

import pytest

from papers import paper
from proves import proves

NUMBERS = iter(range(731, 760))


@pytest.fixture
def given(site, tmp_path):
    """(id, number) of a document that the specialist leads, registered and distributed through RPC."""
    number = next(NUMBERS)
    scan = paper(tmp_path / "van-ban.pdf", f"Số: {number}/STC-VP", "về việc đôn đốc báo cáo")
    clerk, leader = site.user("vanthu"), site.user("lanhdao")
    kind = clerk.search("vanban.document.kind", [("code", "=", "cong_van")], limit=1)[0]
    document = clerk.call(
        "vanban.document", "action_receive_scan", None,
        vals={
            "subject": f"về việc báo cáo số {number}", "kind_id": kind, "issuer_name": "Sở Tài chính tỉnh Mẫu", "code_number": str(number),
            "code_notation": "STC-VP", "issue_date": str(date.today() - timedelta(days=3)), "urgency": "2",
        },
        filename="van-ban.pdf", content_b64=base64.b64encode(scan.read_bytes()).decode(),
    )
    clerk.call("vanban.document", "action_register", document)
    clerk.call("vanban.document", "action_submit", document, comment="Kính trình", leader_id=site.ids["user.lanhdao"])
    leader.call(
        "vanban.document", "action_distribute", document,
        lines=[{"role": "lead", "user_id": site.ids["user.chuyenvien"], "deadline": str(date.today() + timedelta(days=10))}],
        direction_text="Tham mưu trả lời",
    )
    return document, number


@proves("UI-01", "UI-03", "IN-24")
def test_desk_shows_what_waits_and_a_chase_up_arrives_live(sign_in, site, given):
    """The officer sees the urgent document first; the leader's chase-up reaches the open page by itself and is taken note of."""
    document, number = given
    officer = sign_in("chuyenvien")
    officer.open("ban-lam-viec", ".o_vanban_pending_item")
    officer.page.see(".o_vanban_pending li:first-child .o_vanban_pending_item", "Thượng khẩn")
    officer.page.see(".o_vanban_pending_item", f"{number}/STC-VP")
    for key in ("lead", "coordinate", "draft", "dossier", "file_plan", "late"):
        officer.page.see(f".o_vanban_box[data-box={key}] .o_vanban_box_count")
    officer.shot("30-desk-pending")

    leader = sign_in("lanhdao")
    leader.open(f"van-ban-den/{document}", ".o_vanban_form .o_statusbar_status")
    leader.press("Đôn đốc")
    leader.page.see(".modal .o_field_widget[name=text]")
    leader.type("text", "Đề nghị báo cáo trong ngày")
    leader.shot("31-chase")
    leader.press("Đôn đốc")
    leader.page.gone(".modal .modal-content", timeout=30)

    officer.page.see(".o_notification", f"Đôn đốc lần 1 (Nhắc): {number}", timeout=60)
    officer.page.see(".o_vanban_notices_count")
    officer.shot("32-live-notice")
    officer.open("don-doc", ".o_list_view, .o_kanban_view")
    officer.page.see(".o_data_row, .o_kanban_record", "Đề nghị báo cáo trong ngày")
    officer.shot("33-chases")
    officer.page.click(".o_data_row button[name=action_read], .o_kanban_record button[name=action_read]")
    officer.page.gone(".o_data_row, .o_kanban_record:not(.o_kanban_ghost)", "Đề nghị báo cáo trong ngày", timeout=30)
    for person in (officer, leader):
        person.no_trouble()


@proves("IN-42")
def test_each_outcome_opens_its_form_and_the_ledger_closes(sign_in, site, given):
    """Ask for more time, report progress, keep for reference: the debt is written off."""
    document, _number = given
    specialist = site.user("chuyenvien")
    officer = sign_in("chuyenvien")
    officer.open(f"van-ban-den/{document}", ".o_vanban_form .o_statusbar_status")
    officer.press("Đề nghị gia hạn")
    officer.page.see(".modal .o_field_widget[name=deadline]")
    officer.date("deadline", (date.today() + timedelta(days=20)).strftime("%d/%m/%Y"))
    officer.type("text", "Chờ số liệu của các xã")
    officer.shot("34-extension")
    officer.press("Gửi đề nghị")
    officer.page.gone(".modal .modal-content", timeout=30)
    specialist.call("vanban.document", "action_start", document)

    leader = sign_in("lanhdao")
    leader.open("gia-han-cho-duyet", ".o_list_view, .o_kanban_view")
    leader.page.see(".o_data_row, .o_kanban_record", "Chờ số liệu của các xã")
    leader.shot("35-extensions")
    leader.page.click(".o_data_row button[name=action_approve], .o_kanban_record button[name=action_approve]")
    leader.page.gone(".o_data_row, .o_kanban_record:not(.o_kanban_ghost)", "Chờ số liệu của các xã", timeout=30)

    officer.open(f"van-ban-den/{document}", ".o_vanban_form .o_statusbar_status")
    officer.press("Hoàn thành")
    officer.page.see(".modal .o_field_widget[name=outcome]")
    for label, field in (("Phiếu chuyển", "partner_id"), ("Hoàn trả", "missing"), ("Xử lý", "reply_step"), ("Lưu", "note")):
        officer.page.click(".modal .o_field_widget[name=outcome] .o_radio_item label", label)
        officer.page.see(f".modal .o_field_widget[name={field}]")
        officer.shot(f"36-outcome-{field}")
    officer.type("note", "Lưu tham khảo")
    officer.press("Hoàn thành")
    officer.left_state("Đang giải quyết")
    officer.state("Hoàn thành")

    leader.open("so-no", ".o_pivot, .o_kanban_view")  # a phone shows cards instead of the table
    leader.page.see(".o_pivot", "Đã xóa nợ") if not leader.page.mobile else leader.page.see(".o_kanban_record", "Xóa nợ")
    leader.shot("37-ledger")
    for person in (officer, leader):
        person.no_trouble()


@proves("UI-07")
def test_queues_of_the_clerk(sign_in):
    """Every queue opens from its box, with its count and the age of the oldest."""
    clerk = sign_in("vanthu")
    clerk.open("ban-lam-viec", ".o_vanban_box")
    keys = (
        "arrived", "waiting_opinion", "to_submit", "route_late", "paper", "to_number", "to_print", "to_seal", "to_issue", "not_arrived", "recall",
    )
    for key in keys:
        clerk.page.see(f".o_vanban_box[data-box={key}] .o_vanban_box_count")
    clerk.shot("38-desk-clerk")
    for path in ("cho-y-kien-tiep-nhan", "cho-trinh", "cham-dang-ky-chuyen", "cho-in-dong-dau", "cham-phat-hanh", "chua-den", "phai-tra-loi",
                 "no-van-ban", "lich-su-don-doc", "thong-bao", "thoi-han"):
        clerk.open(path, ".o_list_view, .o_kanban_view")
        text = clerk.page.evaluate("document.querySelector('.o_action_manager').innerText")
        for word in ("Document", "Deadline", "Nothing", "Chase", "Owed", "Debt", "Late", "Notice"):
            assert word not in text, f"{path}: untranslated “{word}”"
    clerk.no_trouble()
