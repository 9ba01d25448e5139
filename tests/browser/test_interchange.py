"""Two agencies on two servers: the sending page, the reception desk, quarantine, reconciliation, monitoring and hub console."""

import contextlib
import hashlib
import re
import tempfile
import uuid
from datetime import date, timedelta

import pytest
import requests

from conformance import Examiner
from conftest import SECRETS, SHOTS, SIZES
from demo import agencies, custody, letters, packets, papers, peers, pki, waiting
from demo.client import b64
from demo.people import SO_TAI_CHINH
from demo.site import Site
from edxml import Organization, read_packet
from person import Person
from proves import proves
from wire import DeliveryError
from wire.axis import VxpClient
from wire.axis.standin import Account, AxisServer
from wire.http_client import HttpClient


@pytest.fixture(scope="module")
def pair(site, keys):
    """(Sở Nội vụ, Sở Tài chính, send) connected over TLS; ``send(raw)`` posts bytes to Sở Nội vụ as Sở Tài chính would."""
    ca, _own = keys
    far = pki.keys(ca, SO_TAI_CHINH)
    other = Site(SO_TAI_CHINH, "vb_browser_stc", ca, 18712, 18713, {**far.server_environment, "VANBAN_SIGNING_SECRETS": str(SECRETS)})
    other.create()
    try:
        other.start()
        agencies.set_up(other)
        custody.enrol(other, ca, far)
        key, secret = peers.connect(site, other, ca.certificate)

        def send(raw, digest=None):
            client = HttpClient(site.address, key, secret, ca_pem=ca.certificate.read_text())
            with tempfile.NamedTemporaryFile() as file:
                file.write(raw)
                file.flush()
                digest = digest or hashlib.sha256(raw).hexdigest()
                client.send(file.name, str(uuid.uuid4()), SO_TAI_CHINH.code, site.agency.code, "document", len(raw), digest)

        yield site, other, send
    finally:
        other.close()


@pytest.fixture(params=list(SIZES))
def at(request, pair, chrome):
    """``at(site, login)`` gives a person at a desktop and, in a second run, at a phone."""
    pages = []

    def _at(site, login):
        page = chrome.page(*SIZES[request.param])
        pages.append(page)
        return Person(page, site.server.base, login, site.agency.person(login).password, SHOTS)

    yield _at
    for number, page in enumerate(pages):
        if getattr(request.node, "failed", False):
            page.screenshot(SHOTS / f"failed-{request.node.name}-{number}.png")
        page.close()


def issued(other, subject, **vals):
    """A letter of Sở Tài chính to Sở Nội vụ, signed with ink and sealed by the key device; (id, number and symbol)."""
    document = letters.to_leader(other, subject, [{"partner_id": other.ids["partner"]}], **vals)
    clerk = other.user("vanthu")
    clerk.call("vanban.document", "action_sign_on_paper", document, filename="ban-quet.pdf", content_b64=b64(papers.scan("Bản quét")))
    for step in ("action_clerk_check", "action_allocate_number", "action_seal", "action_issue"):
        clerk.call("vanban.document", step, document)
    return document, clerk.value("vanban.document", document, "code")


def arrived(other, document):
    """Id of the row of the outbox, once the recipient has reported that the document is there."""
    found = waiting.until(lambda: other.user("vanthu").find(
        "vanban.packet.out", [("document_id", "=", document), ("state", "=", "arrived")], ["id"]), "trạng thái 01")
    return found[0]["id"]


def open_delivery(leader, document, words):
    """Open the only recipient's course from the document; ``words`` stand in its warning."""
    leader.open(f"van-ban-di/{document}", ".o_vanban_form .o_notebook")
    leader.page.click(".o_notebook .nav-link", "Liên thông")
    leader.page.click(".o_field_widget[name=delivery_ids] :is(.o_data_row .o_data_cell, .o_kanban_record:not(.o_kanban_ghost))", timeout=30)
    leader.page.see(".modal .alert-warning, .o_form_view .alert-warning", words, timeout=30)


def open_row(person, path, text, see=".o_form_view .o_statusbar_status"):
    person.open(path, ".o_list_view, .o_kanban_view")
    person.page.click(".o_kanban_record:not(.o_kanban_ghost), .o_data_row .o_data_cell", text, timeout=60)
    person.page.see(see, timeout=30)
    person.settle()


def open_held(site, at, reason_code, words):
    """(clerk before the newest packet held for that reason, its id); ``words`` say why."""
    domain = [("state", "=", "quarantined"), ("reason_code", "=", reason_code)]
    [held] = waiting.until(
        lambda: site.user("vanthu").find("vanban.packet.in", domain, ["id"], limit=1, order="id desc"), f"gói tin bị giữ: {reason_code}")
    person = at(site, "vanthu")
    person.open(f"lien-thong-giu-lai/{held['id']}", ".o_form_view .alert-danger")
    person.page.see(".alert-danger", words)
    return person, held["id"]


def with_subject(raw, words):
    """The packet with ``words`` at the end of its abstract."""
    changed = re.sub(rb"</(?:\w+:)?Subject>", words.encode() + rb"\g<0>", raw, count=1)
    assert changed != raw
    return changed


def offered(person):
    """Labels of the buttons of the open form, those behind “more” as well."""
    if person.page.exists(".o_statusbar_buttons .dropdown-toggle"):
        person.page.click(".o_statusbar_buttons .dropdown-toggle")
    buttons = ".o_statusbar_buttons button, .o-dropdown--menu button, .o_bottom_sheet button, .o_form_view .alert button"
    return set(person.page.evaluate("(where) => [...document.querySelectorAll(where)].map((one) => one.textContent.trim())", buttons))


@pytest.mark.parametrize("at", ["desktop"], indirect=True)
@proves("LT-05", "LT-07")
def test_course_of_a_letter(pair, at):
    """The clerk there registers with one press; the sender's page shows every step with its time, nobody reports by hand."""
    site, other, _send = pair
    document, code = issued(other, "đề nghị góp ý dự thảo")
    waiting.until(lambda: site.user("vanthu").search("vanban.document", [("direction", "=", "in"), ("code", "=", code)]), "văn bản đến")
    arrived(other, document)
    sender = at(other, "vanthu")
    open_row(sender, "lien-thong-di", code)
    sender.page.see(".o_vanban_timeline li[data-step='03'][data-kind=next]")
    receiver = at(site, "vanthu")
    open_row(receiver, "lien-thong-den", code)
    receiver.shot("60-received-packet")
    receiver.page.click(".oe_stat_button, .o-form-buttonbox button", "Văn bản")
    receiver.page.see(".o_vanban_form .o_statusbar_status", timeout=30)
    receiver.press("Vào sổ")
    receiver.state("Đã đăng ký")
    # the open page of the sender tells it by itself
    for step in ("queued", "sent", "01", "03"):
        sender.page.see(f".o_vanban_timeline li[data-step='{step}'][data-kind=done] small", timeout=90)
    sender.page.see(".o_vanban_timeline li[data-step='06'][data-kind=next]")
    sender.shot("61-course-of-packet")
    for person in (receiver, sender):
        person.no_trouble()


def test_quarantine(pair, at):
    """A packet whose bytes were damaged before it was signed waits with its reason; reading again and setting aside are one press each."""
    site, other, send = pair
    document, _code = issued(other, "gửi số liệu")
    raw, _message = packets.sent_bytes(other, document)
    mark = uuid.uuid4().hex[:6]
    start = raw.index(b"JVBER")
    send(re.sub(rb"/STC-\w+", f"/HONG-{mark}".encode(), raw[:start] + b"*" + raw[start + 1:]))
    clerk = site.user("vanthu")
    [held] = waiting.until(
        lambda: clerk.find("vanban.packet.in", [("state", "=", "quarantined")], ["id"], limit=1, order="id desc"), "gói tin bị giữ lại")
    person = at(site, "vanthu")
    person.open("lien-thong-giu-lai", ".o_list_view, .o_kanban_view")
    person.shot("62-quarantine")
    person.open(f"lien-thong-giu-lai/{held['id']}", ".o_form_view .alert-danger")
    person.page.see(".alert-danger", "base64")
    person.shot("63-held-packet")
    person.press("Đọc lại")
    waiting.until(lambda: clerk.value("vanban.packet.in", held["id"], "state") == "quarantined", "đọc lại xong")
    person.open(f"lien-thong-giu-lai/{held['id']}", ".o_form_view .alert-danger")
    person.press("Để riêng")
    person.page.see(".modal .o_field_widget[name=comment]")
    person.type("comment", "Đã báo nơi gửi gửi lại")
    person.press("Thực hiện")
    person.page.gone(".modal .modal-content", timeout=30)
    assert clerk.value("vanban.packet.in", held["id"], "state") == "discarded"
    person.no_trouble()


@proves("LT-12")
def test_changed_packet_stays_out(pair, at):
    """One byte is not what the sender signed: the clerk reads that nothing is taken over, and no button does it."""
    site, other, send = pair
    document, _code = issued(other, "đề nghị xác minh gói tin bị đổi")
    raw, _message = packets.sent_bytes(other, document)
    with contextlib.suppress(DeliveryError):  # the sender hears that the bytes are not his
        send(with_subject(raw, "."), digest=hashlib.sha256(raw).hexdigest())
    person, _held = open_held(site, at, "INTEGRITY", "Không toàn vẹn")
    person.settle()
    person.shot("63b-changed-packet")
    buttons = offered(person)
    assert "Để riêng" in buttons and not {"Đọc lại", "Tiếp nhận dù có lỗi", "Trả lại nơi gửi"} & buttons, buttons
    person.no_trouble()


@proves("LT-14")
def test_same_identifier_with_other_content(pair, at):
    """The clerk sees that it is here already; a return, which would turn the first one into a refused document, is not offered."""
    site, other, send = pair
    document, code = issued(other, "gửi lại dưới cùng mã định danh")
    arrived(other, document)
    raw, _message = packets.sent_bytes(other, document)
    send(with_subject(raw, " (bản sửa)"))
    person, held = open_held(site, at, "IDENTIFIER_TAKEN", "Trùng mã định danh")
    clerk = site.user("vanthu")
    assert clerk.value("vanban.packet.in", held, "code") == code
    person.settle()
    person.shot("63c-identifier-taken")
    buttons = offered(person)
    assert "Tiếp nhận dù có lỗi" in buttons and "Trả lại nơi gửi" not in buttons, buttons
    person.open(f"lien-thong-giu-lai/{held}", ".o_form_view .alert-danger")
    person.press("Tiếp nhận dù có lỗi")
    person.page.see(".modal .o_field_widget[name=comment]")
    person.type("comment", "Cơ quan gửi xác nhận gửi lại bản sửa")
    person.press("Thực hiện")
    waiting.until(lambda: clerk.value("vanban.packet.in", held, "state") == "done", "gói tin được tiếp nhận")
    assert other.user("vanthu").search("vanban.packet.out", [("document_id", "=", document), ("state", "=", "arrived")])
    person.no_trouble()


@proves("LT-08", "LT-09")
def test_document_is_recalled(pair, at):
    """Asked for by the clerk, approved by the leader, carried out at the other side by one press: both sides show it."""
    site, other, _send = pair
    document, code = issued(other, "ban hành nhầm phụ lục")
    arrived(other, document)
    receiver = site.user("vanthu")
    [received] = receiver.search("vanban.document", [("direction", "=", "in"), ("code", "=", code)])
    receiver.call("vanban.document", "action_register", received)
    sender = at(other, "vanthu")
    sender.open(f"van-ban-di/{document}", ".o_vanban_form .o_statusbar_status")
    sender.press("Đề nghị thu hồi")
    sender.page.see(".modal .o_field_widget[name=comment]", timeout=30)
    sender.type("comment", "Ban hành nhầm phụ lục")
    sender.press("Xác nhận")
    sender.page.gone(".modal .modal-content", timeout=30)
    leader = at(other, "lanhdao")
    leader.open(f"van-ban-di/{document}", ".o_vanban_form .o_statusbar_status")
    leader.press("Duyệt thu hồi")
    [packet] = waiting.until(
        lambda: receiver.search("vanban.packet.in", [("target_id", "=", received), ("state", "=", "decision")]), "thông báo thu hồi")
    person = at(site, "vanthu")
    person.open(f"lien-thong-den/{packet}", ".o_form_view .alert-warning")
    person.page.see(".alert-warning", "Ban hành nhầm phụ lục")
    person.shot("61f-recall-to-carry-out")
    person.press("Thực hiện")
    person.page.see(".modal .o_field_widget[name=comment]", timeout=30)
    person.press("Thực hiện")
    waiting.until(lambda: receiver.value("vanban.document", received, "state") == "recalled", "văn bản được hủy")
    person.open(f"van-ban-den/{received}", ".o_vanban_form .o_statusbar_status")
    person.page.see(".o_vanban_form .badge", "Đã hủy theo thu hồi", timeout=30)
    person.shot("61g-cancelled-by-recall")
    waiting.until(lambda: other.user("vanthu").value("vanban.document", document, "state") == "recalled", "xác nhận về nơi gửi")
    sender.open(f"van-ban-di/{document}", ".o_vanban_form .o_statusbar_status")
    sender.state("Đã thu hồi")
    sender.shot("61h-recalled")
    for one in (sender, leader, person):
        one.no_trouble()


@proves("IN-12")
def test_misaddressed_packet(pair, at):
    """It names another agency: the clerk reads why it is held and sends it back with one press."""
    site, other, send = pair
    document, _code = issued(other, "gửi nhầm nơi nhận")
    raw, _message = packets.sent_bytes(other, document)
    mark = uuid.uuid4().hex[:6]
    send(re.sub(rb"/STC-\w+", f"/NHAM-{mark}".encode(), raw).replace(site.agency.code.encode(), b"H99.77"))
    person, held = open_held(site, at, "ADDRESSEE", "Sai nơi nhận")
    person.shot("63a-misaddressed-packet")
    person.page.click(".alert-danger button", "Trả lại: sai nơi nhận")
    waiting.until(lambda: site.user("vanthu").value("vanban.packet.in", held, "state") == "refused", "gói tin được trả lại")
    person.no_trouble()


@proves("LT-08")
def test_document_is_asked_back(pair, at):
    """The clerk proposes it with a reason, the leader finds it at the document and approves."""
    site, other, _send = pair
    document, code = issued(other, "lấy lại văn bản gửi nhầm")
    clerk, row = other.user("vanthu"), arrived(other, document)
    person = at(other, "vanthu")
    open_row(person, "lien-thong-di", code)
    person.press("Lấy lại văn bản")
    person.page.see(".modal .o_field_widget[name=comment]")
    person.type("comment", "Gửi nhầm địa chỉ")
    person.press("Thực hiện")
    person.page.see(".alert-warning", "Gửi nhầm địa chỉ", timeout=30)
    person.shot("61a-proposed-to-ask-back")
    leader = at(other, "lanhdao")
    open_delivery(leader, document, "Gửi nhầm địa chỉ")
    leader.shot("61b-to-approve-asking-back")
    leader.page.click(".modal .o_statusbar_buttons button", "Duyệt lấy lại")
    waiting.until(lambda: clerk.value("vanban.packet.out", row, "state") == "recall_requested", "đề nghị lấy lại được gửi")
    for one in (person, leader):
        one.no_trouble()


@proves("LT-08")
def test_asking_back_is_refused(pair, at):
    """The leader lets the document stay there; the clerk reads why, and the proposal is gone."""
    _site, other, _send = pair
    document, _code = issued(other, "lấy lại văn bản không cần thiết")
    clerk, row = other.user("vanthu"), arrived(other, document)
    clerk.call("vanban.packet.out", "action_propose_take_back", [row], reason="Tưởng là gửi nhầm")
    leader = at(other, "lanhdao")
    open_delivery(leader, document, "Tưởng là gửi nhầm")
    if leader.page.exists(".modal .o_statusbar_buttons .dropdown-toggle"):
        leader.page.click(".modal .o_statusbar_buttons .dropdown-toggle")
    leader.page.click(
        ".modal .o_statusbar_buttons button:not(.dropdown-toggle), .o-dropdown--menu button, .o_bottom_sheet button", "Không lấy lại")
    leader.page.see(".modal:not(.o_inactive_modal) .o_field_widget[name=comment]", timeout=30)
    leader.type("comment", "Gửi đúng nơi nhận")
    leader.shot("61c-not-asked-back")
    leader.press("Thực hiện")
    waiting.until(lambda: not clerk.value("vanban.packet.out", row, "take_back_reason"), "đề nghị lấy lại bị bác")
    assert clerk.value("vanban.packet.out", row, "state") == "arrived"
    told = clerk.find("mail.activity", [("res_model", "=", "vanban.document"), ("res_id", "=", document)], ["summary", "note"])
    assert any("Gửi đúng nơi nhận" in f"{todo['summary']} {todo['note']}" for todo in told), told
    leader.no_trouble()


@proves("LT-17")
def test_change_is_told_and_taken_over(pair, at):
    """Another date for the reply: one form at the sender, shown field by field at the recipient, merged by one press."""
    site, other, _send = pair
    today = date.today()
    first, later = today + timedelta(days=20), today + timedelta(days=40)
    document, code = issued(other, "đề nghị báo cáo số liệu", reply_required=True, reply_due_date=str(first))
    clerk = site.user("vanthu")
    [received] = waiting.until(lambda: clerk.search("vanban.document", [("direction", "=", "in"), ("code", "=", code)]), "văn bản đến")
    sender = at(other, "vanthu")
    sender.open(f"van-ban-di/{document}", ".o_vanban_form .o_notebook")
    sender.press("Báo thay đổi")
    sender.page.see(".modal .o_field_widget[name=reason]", timeout=30)
    sender.date("reply_due_date", later.strftime("%d/%m/%Y"))
    sender.type("reason", "Gia hạn theo đề nghị của các đơn vị")
    sender.shot("61d-change-to-tell")
    sender.press("Gửi cập nhật")
    sender.page.gone(".modal .modal-content", timeout=30)
    [packet] = waiting.until(
        lambda: clerk.search("vanban.packet.in", [("target_id", "=", received), ("state", "=", "decision")]), "cập nhật đến nơi")
    person = at(site, "vanthu")
    person.open(f"lien-thong-den/{packet}", ".o_form_view .o_field_widget[name=changes]")
    person.page.see(".o_field_widget[name=changes]", later.strftime("%d/%m/%Y"))
    person.shot("61e-change-to-decide")
    person.press("Thực hiện")
    person.page.see(".modal .o_field_widget[name=comment]", timeout=30)
    person.press("Thực hiện")
    waiting.until(lambda: clerk.value("vanban.document", received, "reply_due_date") == str(later), "thời hạn mới vào văn bản đến")
    update = [("document_id", "=", document), ("business_type", "=", "2")]
    waiting.until(lambda: other.user("vanthu").search("vanban.packet.out", [*update, ("state", "=", "completed")]), "trả lời 15")
    for one in (sender, person):
        one.no_trouble()


def test_monitoring_and_reconciliation(pair, at):
    site, _other, _send = pair
    root = site.login("admin", "admin")
    root.call("ir.cron", "method_direct_trigger", root.search("ir.cron", [("cron_name", "like", "daily reconciliation")]))
    admin = at(site, "quantri")
    admin.open("lien-thong-giam-sat", ".o_vanban_monitor .o_vanban_box")
    admin.page.see(".o_vanban_box[data-box=out_waiting] .o_vanban_box_count")
    admin.page.see(".o_vanban_connection", "Sở Tài chính tỉnh Mẫu")
    admin.page.see(".o_vanban_connection .badge", "Đang kết nối")
    admin.shot("64-monitor")
    clerk = at(site, "vanthu")
    clerk.open("lien-thong-doi-soat", ".o_data_row, .o_kanban_record:not(.o_kanban_ghost)")
    clerk.page.click(".o_data_row .o_data_cell, .o_kanban_record:not(.o_kanban_ghost)")
    clerk.page.see(".o_form_view .o_statusbar_status", timeout=30)
    clerk.press("Đối soát lại")
    clerk.settle()
    clerk.shot("65-reconciliation")
    report = site.user("vanthu").search("vanban.reconciliation", [])[0]
    answer = site.user("vanthu").get(f"/vanban/reconciliation/{report}")
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF")
    assert site.user("chuyenvien").get(f"/vanban/reconciliation/{report}").status_code == 404
    for person in (admin, clerk):
        person.no_trouble()


def test_hub_console(pair, at):
    """A member is cut off by one press, and let in again by another."""
    site, _other, _send = pair
    keeper = site.user("quantri")
    name = f"Thành viên {uuid.uuid4().hex[:6]}"
    partner = keeper.create("res.partner", {"name": name, "is_company": True, "vanban_code": f"Z98.{uuid.uuid4().int % 10**6}"})
    member = keeper.create("vanban.hub.member", {"partner_id": partner, "system_id": f"tv-{partner}"})
    admin = at(site, "quantri")
    admin.open("truc-thanh-vien", ".o_list_view, .o_kanban_view")
    admin.shot("66-hub")
    admin.open(f"truc-thanh-vien/{member}", ".o_form_view .o_statusbar_buttons, .o_form_view header")
    admin.press("Ngắt khỏi trục")
    waiting.until(lambda: keeper.value("vanban.hub.member", member, "blocked"), "thành viên bị cắt")
    # the member is cut off already; the form asks for the reason and may be left
    admin.page.see(".modal .o_field_widget[name=reason]", timeout=30)
    admin.press("Đóng")
    admin.page.gone(".modal .modal-content", timeout=30)
    admin.page.see(".o_form_view .ribbon, .o_widget_web_ribbon", timeout=30)
    admin.press("Cho kết nối lại")
    waiting.until(lambda: not keeper.value("vanban.hub.member", member, "blocked"), "thành viên được nối lại")
    admin.shot("67-hub-member")
    admin.no_trouble()


def shown(person, field):
    """Text of a read-only field in the open dialog."""
    return person.page.evaluate(
        "(name) => document.querySelector(`.modal .o_field_widget[name=${name}]`).querySelector('span, input').textContent.trim()", field)


@proves("LT-01")
def test_hub_member_registered_by_a_person(pair, at, tmp_path):
    """Agency made on the spot, secret shown once, a real client exchanges with it, the console shows it; cut off, it is refused."""
    site, _other, _send = pair
    keeper = site.user("quantri")
    mark = uuid.uuid4().hex[:6]
    name, code = f"UBND xã Mẫu {mark}", f"Z97.{uuid.uuid4().int % 900 + 100}"
    far_code, system = f"Z96.{uuid.uuid4().int % 900 + 100}", f"xa-{mark}"
    far_partner = keeper.create("res.partner", {"name": f"UBND xã Nhận {mark}", "is_company": True, "vanban_code": far_code})
    far_member = keeper.create("vanban.hub.member", {"partner_id": far_partner, "system_id": f"nhan-{mark}"})
    far_secret = keeper.call("vanban.hub.member", "action_new_secret", far_member)
    admin = at(site, "quantri")
    admin.open("truc-thanh-vien/new", ".o_form_view .o_field_widget[name=partner_id]")
    if admin.page.mobile:
        admin.page.click(".o_field_widget[name=partner_id] input")
        admin.page.see(".o_select_create_dialog_content", timeout=30)
        admin.page.click(".modal footer button, .modal .modal-footer button", "Mới")
    else:
        admin.page.fill(".o_field_widget[name=partner_id] input", name)
        admin.page.click(".o-autocomplete--dropdown-item a, .o-autocomplete--dropdown-item .dropdown-item", "Tạo và chỉnh sửa")
    admin.page.see(".modal .o_field_widget[name=vanban_code]", timeout=30)
    admin.type("name", name)
    admin.type("vanban_code", code)
    admin.shot("66a-hub-agency")
    admin.page.click(".modal .o_form_button_save", timeout=30)
    admin.page.gone(".modal .o_field_widget[name=vanban_code]", timeout=30)
    # the account's name is proposed from the code
    admin.page.wait(
        "(value) => document.querySelector('.o_field_widget[name=system_id] input').value === value", code.lower(), timeout=30)
    admin.type("system_id", system)
    admin.type("max_packet_mb", "5")
    admin.page.click(".o_form_button_save")
    [member] = waiting.until(lambda: keeper.search("vanban.hub.member", [("system_id", "=", system)]), "thành viên được lưu")
    assert keeper.value("vanban.hub.member", member, "max_packet_mb") == 5
    admin.press("Tạo khóa chung")
    admin.page.see(".modal .o_field_widget[name=shown_secret] .o_clipboard_button, .modal .o_field_widget[name=shown_secret] button", timeout=30)
    admin.shot("66b-hub-secret")
    secret, address = shown(admin, "shown_secret"), shown(admin, "hub_address")
    assert len(secret) >= 32 and address.endswith("/vanban/hub/v1") and shown(admin, "system_id") == system
    admin.press("Đóng")
    admin.page.gone(".modal .modal-content", timeout=30)
    url = f"{site.server.base}/vanban/hub/v1"
    client = VxpClient(url, system, secret, timeout=20)
    far = VxpClient(url, f"nhan-{mark}", far_secret, timeout=20)
    examiner = Examiner(client, Organization(code, name), Organization(far_code, "UBND xã Nhận"), tmp_path)
    letter = examiner.letter()
    examiner.send(letter)
    admin.open("truc-goi-tin", ".o_list_view, .o_kanban_view")
    admin.page.see(".o_data_row, .o_kanban_record:not(.o_kanban_ghost)", letter.document_id)
    admin.shot("66g-packets-on-the-hub")
    [item] = far.waiting("document")
    far.download(item, tmp_path / "fetched.edxml", 10 << 20)
    assert read_packet(tmp_path / "fetched.edxml", None).document_id == letter.document_id
    far.acknowledge(item)
    assert keeper.value("vanban.hub.member", member, "last_contact")
    admin.open(f"truc-thanh-vien/{member}", ".o_form_view .o_field_widget[name=last_contact]")
    assert keeper.value("vanban.hub.member", member, "sent_count") == 1
    admin.shot("66c-hub-member-exchanging")
    assert secret not in admin.page.text()
    admin.open(f"truc-thanh-vien/{member}", ".o_form_view .o_field_widget[name=last_contact]")
    admin.press("Ngắt khỏi trục")
    admin.page.see(".modal .o_field_widget[name=reason]", timeout=30)
    with pytest.raises(DeliveryError, match="ngắt khỏi trục"):
        client.waiting("document")  # at once, before any reason is written
    admin.type("reason", "Nghi lộ khóa")
    admin.shot("66d-hub-cut-off")
    admin.press("Lưu lý do")
    admin.page.gone(".modal .modal-content", timeout=30)
    admin.page.see(".alert-danger", "Nghi lộ khóa", timeout=30)
    admin.shot("66e-hub-member-cut-off")
    with pytest.raises(DeliveryError, match="Nghi lộ khóa"):
        examiner.send(examiner.letter())
    assert far.count() == 0
    admin.press("Cho kết nối lại")
    waiting.until(lambda: not keeper.value("vanban.hub.member", member, "blocked"), "thành viên được nối lại")
    examiner.send(examiner.letter())
    assert far.count() == 1
    admin.open("lien-thong-giam-sat", ".o_vanban_box[data-box=hub_waiting]")
    admin.page.see(".o_vanban_connection", name)
    admin.shot("66f-monitor-of-hub")
    admin.no_trouble()


@proves("LT-21")
def test_related_system(pair, at):
    """The administrator makes a key for a related system, sees it once, and the system reads with it."""
    site, _other, _send = pair
    name = f"Theo dõi chỉ đạo {uuid.uuid4().hex[:6]}"
    client = site.user("quantri").create("vanban.share.client", {"name": name})
    admin = at(site, "quantri")
    admin.open("he-thong-lien-quan", ".o_list_view, .o_kanban_view")
    admin.page.see(".o_data_row, .o_kanban_record:not(.o_kanban_ghost)", name)
    admin.shot("68-related-systems")
    admin.open(f"he-thong-lien-quan/{client}", ".o_form_view .o_statusbar_buttons, .o_form_view header")
    admin.press("Tạo khóa")
    admin.page.see(".modal .o_field_widget[name=client_id]", timeout=30)
    admin.press("Tạo khóa mới")
    waiting.until(lambda: site.user("quantri").value("vanban.share.client", client, "key_date"), "khóa được tạo")
    admin.settle()
    admin.page.see(".modal .o_field_widget[name=shown_secret]", timeout=30)
    admin.shot("69-related-system-key")
    headers = {"X-Odoo-Database": site.db, "Authorization": f"Bearer {shown(admin, 'shown_secret')}"}
    answer = requests.get(f"{site.server.base}/vanban/share/v1/tasks", headers=headers, timeout=30)
    assert answer.status_code == 200 and isinstance(answer.json()["tasks"], list), answer.text
    headers["Authorization"] += "x"
    assert requests.get(f"{site.server.base}/vanban/share/v1/tasks", headers=headers, timeout=30).status_code == 401
    admin.no_trouble()


def test_signature_settings_of_a_connection(pair, at):
    """Whether packets are signed stands on the connection; the name on the certificate is asked for where it is required."""
    site, _other, _send = pair
    peer = site.user("quantri").search("vanban.peer", [], limit=1)[0]
    admin = at(site, "quantri")
    admin.open(f"lien-thong-don-vi/{peer}", ".o_form_view .o_field_widget[name=packet_signature]")
    admin.shot("70-connection-signature")
    admin.no_trouble()


@pytest.fixture
def axis(site):
    """An axis with an account of Sở Nội vụ, entered by nobody yet."""
    with AxisServer([Account("so-noi-vu", "k" * 40, ()), Account("khac", "l" * 40, ("H97.03",))],
                    [{"code": "H97.03", "name": "Sở Y tế tỉnh Mẫu"}]) as server:
        yield server
    admin = site.user("quantri")
    admin.write("vanban.transport", admin.search("vanban.transport", [("url", "=", server.url)]), {"active": False})


@proves("LT-03", "LT-18")
def test_axis_set_up_by_a_person(site, axis, sign_in):
    """The administrator enters the axis and its limits, tries it, and enters the own agency there."""
    admin = sign_in("quantri")
    admin.open("action-vanban_lienthong.action_transport/new", ".o_form_view .o_field_widget[name=driver]")
    admin.type("name", "Trục của tỉnh Mẫu")
    admin.select("driver", "Trục liên thông văn bản quốc gia")
    admin.type("url", axis.url)
    admin.type("system_id", "so-noi-vu")
    admin.type("max_packet_mb", "50")
    admin.type("ask_seconds", "20")
    admin.shot("interchange-80-axis")
    admin.press("Khóa chung")
    admin.page.see(".modal .o_field_widget[name=secret]")
    admin.type("secret", "k" * 40)
    admin.page.click(".modal footer .btn-primary")
    admin.page.gone(".modal .modal-content")
    admin.press("Kiểm tra kết nối")
    admin.page.see(".o_notification", "Đã kết nối")
    admin.settle()
    admin.press("Đăng ký cơ quan")
    admin.page.see(".modal .o_field_widget[name=company_ids] .o_tag")
    admin.shot("interchange-81-register")
    admin.press("Đăng ký hoặc cập nhật")
    admin.page.see(".o_notification", "Đã đăng ký các cơ quan với trục")
    admin.page.gone(".modal .modal-content")
    [line] = [row for row in axis.axis.directory if row["code"] == site.agency.code]
    assert line["name"] == site.agency.name
    [row] = site.user("quantri").find("vanban.transport", [("url", "=", axis.url)], ["max_packet_mb", "ask_seconds"])
    assert (row["max_packet_mb"], row["ask_seconds"]) == (50, 20)
    admin.no_trouble()
