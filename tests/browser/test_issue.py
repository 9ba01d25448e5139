"""The clerk's queue of signed documents, at a desktop and at a phone."""

import base64

import pytest

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
