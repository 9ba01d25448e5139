"""The clerk's queue of signed documents, at a desktop and at a phone."""

import base64

import pytest

from chain import NEXT
from demo import letters
from papers import paper
from proves import proves


@pytest.fixture
def signed(site, tmp_path):
    """An urgent letter, and after it one without urgency, both signed with ink and waiting for the clerk's check."""
    clerk = site.user("vanthu")

    def sign(subject, **vals):
        document = letters.to_leader(site, subject, [], **vals)
        scan = base64.b64encode(paper(tmp_path / "ban-ky.pdf", "Ban ky giay", subject).read_bytes()).decode()
        clerk.call("vanban.document", "action_sign_on_paper", document, filename="ban-ky.pdf", content_b64=scan)

    sign("đề nghị báo cáo nhanh", urgency="1", reply_required=True, reply_due_date="2026-01-20")
    sign("văn bản thường, ký sau")


@proves("OUT-30")
def test_urgent_documents_come_first_in_the_clerks_queue(sign_in, signed):
    clerk = sign_in("vanthu")
    clerk.open("cho-kiem-tra", ".o_data_row, .o_kanban_record:not(.o_kanban_ghost)")
    rows = clerk.page.evaluate("[...document.querySelectorAll('.o_data_row, .o_kanban_record:not(.o_kanban_ghost)')].map((el) => el.innerText)")
    assert "Khẩn" in rows[0] and any("ký sau" in row for row in rows[1:]), rows
    clerk.shot("60-to-check")


@pytest.fixture
def undigitised(site):
    """A paper of a kind that must not be digitised, waiting for the leader's pen: no file belongs to it."""
    admin = site.user("quantri")
    kinds = admin.search("vanban.document.kind", [("code", "=", "khong_so_hoa")]) or [admin.create("vanban.document.kind", {
        "name": "Phiếu kín", "code": "khong_so_hoa", "abbreviation": "PK", "use_form": "paper", "digitise": "forbidden"})]
    partner = admin.create("res.partner", {"name": "Ban Tổ chức tỉnh Mẫu", "is_company": True})
    document = site.user("chuyenvien").create("vanban.document", {
        "direction": "out", "kind_id": kinds[0], "subject": "phiếu lấy ý kiến kín", "signer_id": site.ids["user.lanhdao"], "medium": "paper",
        "body": "<p>Nội dung phiếu.</p>",
        "recipient_ids": [(0, 0, {"partner_id": partner, "channel": "paper", "paper_reason": "paper_class"})]})
    letters.pass_reviews(site, document)
    return document


@proves("OUT-33")
def test_paper_that_is_not_digitised(site, sign_in, undigitised):
    """From the leader's pen to the issue: number, line of the register and course, but no file and nobody asks for one."""
    clerk = sign_in("vanthu")
    clerk.open(f"van-ban-di/{undigitised}", ".o_vanban_form .o_statusbar_status")
    clerk.page.see(".badge", "không số hóa")
    clerk.shot("62-without-file")
    clerk.press("Đã ký trên giấy")
    clerk.page.see(".modal .o_field_widget[name=document_id]")
    assert not clerk.page.exists(".modal .o_field_widget[name=scan]")
    clerk.shot("63-without-file-signed")
    clerk.press("Xác nhận")
    clerk.page.gone(".modal .modal-content")
    for _step in range(6):
        clerk.settle()
        if site.user("vanthu").value("vanban.document", undigitised, "state") == "issued":
            break
        label = clerk.page.evaluate("(next) => document.querySelector(next).innerText", NEXT)
        clerk.page.click(NEXT, timeout=40)
        clerk.page.wait(
            "(next, label) => !!document.querySelector('.modal .modal-content') || document.querySelector(next)?.innerText !== label",
            NEXT, label, timeout=40, what=f"what follows “{label}”")
        if clerk.page.exists(".modal .modal-content"):
            clerk.page.click(".modal footer .btn-primary")
            clerk.page.gone(".modal .modal-content", timeout=40)
    clerk.state("Đã phát hành")
    clerk.shot("64-without-file-issued")
    assert site.user("vanthu").count("vanban.file", [("document_id", "=", undigitised)]) == 0
    clerk.no_trouble()
