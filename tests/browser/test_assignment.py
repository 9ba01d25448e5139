"""Leader and heads distribute beside the text, ask, answer and delegate: at a desktop and at a phone."""

import base64
import itertools
from datetime import date, timedelta

import pytest

from papers import paper
from proves import proves

NUMBERS = itertools.count(701)
DIRECTION = "Chủ trì, phối hợp tham mưu trả lời trước thời hạn."


@pytest.fixture
def arrived(site, sign_in, tmp_path):
    """A registered letter submitted to the leader with the clerk's proposal; gives (id, its code)."""
    clerk = site.user("vanthu")
    number = str(next(NUMBERS))
    scan = paper(tmp_path / "cong-van.pdf", f"Số: {number}/UBND-NV", "về việc rà soát biên chế năm 2026")
    document = clerk.call(
        "vanban.document", "action_receive_scan", None, filename="cong-van.pdf", content_b64=base64.b64encode(scan.read_bytes()).decode(),
        vals={
            "kind_id": clerk.one("vanban.document.kind", [("code", "=", "cong_van")]), "subject": "về việc rà soát biên chế năm 2026",
            "code_number": number, "code_notation": "UBND-NV", "issuer_name": "UBND xã Mẫu Tân", "issue_date": "2026-01-05",
        },
    )  # fmt: skip
    clerk.call("vanban.document", "action_register", document)
    clerk.call(
        "vanban.document", "action_submit_with_proposal", document, comment="Đề xuất của văn thư",
        vals={
            "lead_department_id": site.ids["unit.TCBC"], "coordinate_department_ids": [site.ids["unit.CCVC"]],
            "deadline": (date.today() + timedelta(days=20)).isoformat(), "direction_text": "Tham mưu trả lời",
        },
    )  # fmt: skip
    return document, f"{number}/UBND-NV"


def find(person, path, code):
    person.open(path, ".o_list_view, .o_kanban_view")
    person.page.click(".o_kanban_record:not(.o_kanban_ghost), .o_data_row .o_data_cell", code, timeout=30)
    person.page.see(".o_vanban_form .o_statusbar_status", timeout=30)
    person.settle()


@proves("IN-29", "IN-30", "IN-31", "IN-53")
def test_leader_changes_the_proposal_and_the_work_goes_down(sign_in, site, arrived):
    document, code = arrived
    leader = sign_in("lanhdao")
    find(leader, "van-ban-cho-chi-dao", code)
    page = leader.page
    page.see(".o_vanban_receiver[data-role=lead]", "Phòng Tổ chức, Biên chế")
    page.see(".o_vanban_distribute", "Đồng ý theo đề xuất")
    leader.shot("30-leader-distributes")
    # without a lead nothing is sent, and what was chosen stays
    page.click(".o_vanban_receiver[data-role=lead] .o_vanban_receiver_remove")
    page.click(".o_vanban_distribute", "Phân phối")
    page.see(".o_notification", "Phải xác định 01")
    leader.state("Chờ phân phối")
    # the other unit leads now, one person more is found by name
    page.click(".o_vanban_receiver .o_vanban_receiver_role button[data-role=lead]")
    page.see(".o_vanban_receiver[data-role=lead]", "Phòng Công chức, Viên chức")
    page.fill(".o_vanban_receiver_search input", "Mai")
    page.click(".o_vanban_receiver_found button", "Vũ Thị Mai")
    page.see(".o_vanban_receiver[data-role=coordinate]", "Vũ Thị Mai")
    leader.term("Phòng Công chức, Viên chức", date.today() + timedelta(days=9))
    page.fill(".o_vanban_direction", DIRECTION)
    leader.shot("31-leader-changed")
    page.click(".o_vanban_distribute", "Phân phối")
    leader.state("Đã phân phối")
    page.click(".o_notebook_headers .nav-link", "Phân công")
    page.see(".o_vanban_node[data-role=lead]", "Phòng Công chức, Viên chức")
    page.see(".o_vanban_entry", DIRECTION)
    leader.shot("32-cascade")
    leader.no_trouble()

    head = sign_in("truongphong2")
    find(head, "xu-ly-chinh", code)
    head.page.click(".o_vanban_receiver_chip", "Bùi Thị Ngọc")
    head.term("Bùi Thị Ngọc", date.today() + timedelta(days=15))
    head.page.see(".o_vanban_override")
    head.page.fill(".o_vanban_override", "Chờ số liệu của các đơn vị")
    head.shot("33-head-assigns")
    head.page.click(".o_vanban_distribute", "Phân công trong đơn vị")
    head.page.gone(".o_vanban_distribution", timeout=30)
    head.press("Xin ý kiến lãnh đạo")
    head.page.see(".modal .o_field_widget[name=content]")
    head.type("content", "Hai phương án bố trí biên chế")
    head.type("proposal", "Chọn phương án 1")
    head.shot("34-head-asks")
    head.press("Gửi")
    head.page.gone(".modal .modal-content", timeout=30)
    head.no_trouble()

    leader.open("phieu-xin-y-kien", ".o_list_view, .o_kanban_view")
    page.click(".o_kanban_record:not(.o_kanban_ghost), .o_data_row .o_data_cell", "Hai phương án", timeout=30)
    leader.press("Trả lời")
    page.see(".modal .o_field_widget[name=comment]")
    leader.type("comment", "Đồng ý phương án 1")
    leader.press("Xác nhận")
    leader.state("Đã trả lời")
    leader.shot("35-leader-answers")
    leader.no_trouble()

    specialist = sign_in("chuyenvien2")
    find(specialist, "xu-ly-chinh", code)
    specialist.page.click(".o_notebook_headers .nav-link", "Phân công")
    specialist.page.see(".o_vanban_node .o_vanban_node", "Bùi Thị Ngọc")
    specialist.page.see(".o_vanban_entry[data-kind=answer]", "Đồng ý phương án 1")
    specialist.shot("36-specialist-cascade")
    specialist.no_trouble()
    items = site.user("lanhdao").find("vanban.assignment", [("document_id", "=", document)], ["role", "override_reason", "note"])
    assert [item["role"] for item in items].count("lead") == 2, items
    assert any(item["override_reason"] == "Chờ số liệu của các đơn vị" for item in items), items


@proves("IN-34")
def test_leader_delegates_for_some_days(sign_in, site, arrived):
    """The leader delegates by the form; the delegate finds the document, decides, and both names stand there."""
    _document, code = arrived
    leader = sign_in("lanhdao")
    leader.open("uy-quyen/new", ".o_form_view .o_field_widget[name=delegate_id] input")
    leader.choose("delegate_id", "Đỗ Đức Long")
    leader.date("date_to", (date.today() + timedelta(days=3)).strftime("%d/%m/%Y"))
    leader.type("document", "12/UQ-SNV")
    leader.press("Xác nhận ủy quyền")
    leader.state("Đã xác nhận")
    leader.shot("37-delegation")
    try:
        delegate = sign_in("truongphong2")
        find(delegate, "van-ban-cho-chi-dao", code)
        delegate.page.see(".o_vanban_distribution", "Nguyễn Văn An")
        delegate.shot("38-delegate")
        delegate.page.click(".o_vanban_distribute", "Đồng ý theo đề xuất")
        delegate.state("Đã phân phối")
        # the form is drawn anew after the decision: a click on a tab that moves meanwhile meets its neighbour
        for _attempt in range(3):
            delegate.settle()
            delegate.page.click(".o_notebook_headers .nav-link", "Phân công")
            delegate.settle()
            if delegate.page.exists(".o_notebook_headers .nav-link.active", "Phân công"):
                break
        delegate.page.see(".o_vanban_node", "thừa ủy quyền của Nguyễn Văn An")
        delegate.shot("39-delegated")
        delegate.no_trouble()
    finally:
        leader.press("Thu hồi")
        leader.page.see(".modal .o_field_widget[name=comment]")
        leader.type("comment", "Đã về cơ quan")
        leader.press("Xác nhận")
        leader.state("Đã thu hồi")
    leader.no_trouble()
