"""Social Security: the class of the catalogue is chosen on a draft by hand, and what it forbids holds to the issue; at a desktop and at a phone."""

from datetime import date

import pytest

from chain import REVIEWERS, ROW
from proves import proves

LISTS = ".o_list_view, .o_kanban_view"
#: B.I.2 of 599/QĐ-BHXH: on paper alone, not digitised, not sent on the system
CLASS = "Một số loại văn bản, tài liệu đặc thù"
NAME = ".o_field_widget[name={}]"


@pytest.fixture
def bhxh(site):
    """The agency works by the regulation of Social Security; put back afterwards."""
    admin = site.user("quantri")
    before = admin.value("res.company", site.ids["company"], "vanban_profile_id")
    admin.write("res.company", site.ids["company"], {"vanban_profile_id": admin.one("vanban.profile", [("code", "=", "bhxh")])})
    yield
    admin.write("res.company", site.ids["company"], {"vanban_profile_id": before})


@pytest.fixture
def draft(site, sign_in, bhxh):
    """A draft to a unit of the agency, without a file; (id, abstract)."""
    specialist = site.user("chuyenvien")
    subject = f"về việc giao biên chế năm {date.today().year + 1} ({sign_in.size})"
    return specialist.create("vanban.document", {
        "direction": "out", "kind_id": specialist.one("vanban.document.kind", [("code", "=", "cong_van")]), "subject": subject,
        "signer_id": site.ids["user.lanhdao"], "recipient_ids": [(0, 0, {"department_id": site.ids["unit.VP"]})],
    }), subject  # fmt: skip


def _find(person, path, subject):
    person.open(path, LISTS)
    person.page.click(ROW, subject, timeout=30)
    person.page.see(".o_vanban_form .o_statusbar_status", timeout=30)
    person.settle()


def _holder(site, document):
    """Login of the reviewer who has the draft before him now."""
    for login in REVIEWERS:
        found = site.user(login).find("vanban.document", [("id", "=", document)], ["allowed_actions"])
        if found and ",approve," in (found[0]["allowed_actions"] or ""):
            return login
    return None


def _reviewed_and_numbered(site, document):
    """The rest of the chain, then the clerk: signed with ink, numbered, printed."""
    while login := _holder(site, document):
        site.user(login).call("vanban.document", "action_review_approve", document, comment="Đồng ý.")
    clerk = site.user("vanthu")
    clerk.call("vanban.document", "action_sign_on_paper", document, filename=False, content_b64=False)
    for step in ("clerk_check", "allocate_number", "paper_done"):
        clerk.call("vanban.document", f"action_{step}", document)


@proves("OUT-33", "DOC-15")
def test_class_is_chosen_by_hand_and_keeps_the_document_off_the_network(sign_in, site, draft):
    document, subject = draft
    drafter = sign_in("chuyenvien")
    _find(drafter, "du-thao", subject)
    page = drafter.page
    drafter.choose("class_id", CLASS)
    page.see(".o_vanban_form " + NAME.format("use_form"), "Chỉ giấy")
    page.see(".o_vanban_marks .badge", "Chỉ bản giấy, không số hóa")
    page.see(".o_vanban_reader_empty", "hệ thống không lưu tệp")
    page.gone(".o_statusbar_buttons button[name=action_render]")
    drafter.shot("class-chosen")
    drafter.press("Trình duyệt")
    page.see(".modal .o_field_widget[name=comment]")
    drafter.type("comment", "Kính trình duyệt.")
    drafter.press("Xác nhận")
    page.gone(".modal .modal-content", timeout=40)
    drafter.left_state("Dự thảo")
    drafter.no_trouble()
    found = site.user("chuyenvien").read("vanban.document", document, ["class_id", "medium", "use_form"])
    assert found["class_id"][1].startswith("B.I.2") and (found["medium"], found["use_form"]) == ("paper", "paper"), found

    _reviewed_and_numbered(site, document)
    clerk = sign_in("vanthu")
    _find(clerk, "cho-phat-hanh", subject)
    clerk.press("Phát hành")
    clerk.page.see(".modal .modal-body", "không gửi qua mạng", timeout=30)
    clerk.shot("class-not-sent")
    clerk.page.click(".modal footer .btn-primary")
    clerk.page.gone(".modal .modal-content")
    rows = site.user("vanthu").search("vanban.recipient", [("document_id", "=", document)])
    site.user("vanthu").write("vanban.recipient", rows, {"channel": "paper", "paper_reason": "paper_class"})
    _find(clerk, "cho-phat-hanh", subject)
    clerk.press("Phát hành")
    clerk.state("Đã phát hành")
    clerk.no_trouble()
