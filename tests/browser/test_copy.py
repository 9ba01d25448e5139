"""A certified copy from its button to the decision, at a desktop and at a phone."""

import base64
import itertools

import pytest

from papers import paper

_numbers = itertools.count(771)
ROWS = ".o_data_row, .o_kanban_record:not(.o_kanban_ghost)"


@pytest.fixture
def original(site, tmp_path):
    """A letter on paper, scanned and registered; its id."""
    clerk = site.user("vanthu")
    number = str(next(_numbers))
    document = clerk.create("vanban.document", {
        "direction": "in", "kind_id": clerk.one("vanban.document.kind", [("code", "=", "cong_van")]), "medium": "paper",
        "subject": "Về việc báo cáo kinh phí", "issuer_name": "Sở Tài chính tỉnh Mẫu", "code_number": number, "code_notation": "STC-VP",
        "issue_date": "2026-01-05",
    })  # fmt: skip
    scan = base64.b64encode(paper(tmp_path / "den.pdf", f"{number}/STC-VP", "Về việc báo cáo kinh phí").read_bytes()).decode()
    clerk.call("vanban.document", "upload_file", document, name="den.pdf", content_b64=scan)
    clerk.call("vanban.document", "action_register", document)
    return document


def test_clerk_copies_a_received_document(sign_in, site, original):
    clerk = sign_in("vanthu")
    clerk.open(f"van-ban-den/{original}", ".o_vanban_form")
    clerk.press("Sao văn bản")
    clerk.page.see(".modal .o_field_widget[name=form]")
    clerk.shot("70-copy-dialog")
    clerk.page.click(".modal .o_field_widget[name=form] label", "Sao lục")
    clerk.page.see(".modal .alert-warning", "sao lục từ bản sao y")
    clerk.page.click(".modal .o_field_widget[name=form] label", "Sao y")
    clerk.page.gone(".modal .alert-warning")
    clerk.page.click(".modal .o_field_widget[name=made_into] label", "Giấy")
    clerk.type("authority_title", "Giám đốc")
    clerk.choose("department_ids", "Phòng Tổ chức, Biên chế")
    clerk.shot("71-copy-chosen")
    clerk.press("Lập bản sao")
    clerk.page.see(".o_vanban_form .o_field_widget[name=copied_id]", timeout=150)
    clerk.reads("SAO Y")
    clerk.shot("72-copy-draft")
    copy = site.user("vanthu").one("vanban.document", [("copied_id", "=", original)])
    site.user("vanthu").call("vanban.document", "action_submit_review", copy)
    clerk.open(f"ban-sao/{copy}", ".o_vanban_form")
    clerk.shot("73-copy-to-print")
    clerk.press("Đã ký trực tiếp")
    clerk.state("Đã ký")
    clerk.open("ban-sao", ROWS)
    clerk.shot("74-copies")
    clerk.open(f"van-ban-den/{original}", ".o_vanban_form")
    if sign_in.size == "desktop":  # a phone keeps the counts of a form in a menu
        clerk.page.see(".o_form_view", "Bản sao đã lập")
    clerk.no_trouble()


def test_leader_agrees_to_an_electronic_copy(sign_in, site, original):
    clerk = site.user("vanthu")
    copy = clerk.call("vanban.document", "action_copy", original, vals={
        "form": "sao_y", "taken_from": "paper", "made_into": "electronic", "signer_id": site.ids["user.lanhdao"],
        "recipients": [{"department_id": site.ids["unit.CCVC"]}],
    })  # fmt: skip
    clerk.call("vanban.document", "action_submit_review", copy)
    leader = sign_in("lanhdao")
    leader.open(f"ban-sao/{copy}", ".o_vanban_form")
    leader.shot("75-copy-decision")
    leader.press("Đồng ý sao")
    leader.state("Đã ký")
    leader.no_trouble()
