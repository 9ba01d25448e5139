"""The story in the web client: people click, at a desktop and at a phone; screenshots stay in var/screenshots/."""

import pytest

from journey import SUBJECT, Journey
from papers import paper
from proves import proves

NUMBERS = {"desktop": 125, "phone": 126}
# the first journey opens the dossier from the file plan, the second files into the one that is open by then
DOSSIERS = {"desktop": ("plan_line_id", "01.TCBC"), "phone": ("dossier_id", "01.TCBC")}


@pytest.fixture
def scan(tmp_path):
    return paper(tmp_path / "cong-van-den.pdf", "Số: 125/STC-VP", SUBJECT)


@proves("UI-02", "UI-08", "IN-25", "IN-31")
def test_document_from_arrival_to_the_answer(sign_in, scan, request):
    """Register with a scan, distribute, assign, dossier, contribution, draft, return, second round.

    At the desktop also the signature with the leader's token, number, seal and issue; a phone has no token.
    """
    agent = request.getfixturevalue("agent") if sign_in.size == "desktop" else None
    Journey(sign_in, scan, NUMBERS[sign_in.size], DOSSIERS[sign_in.size], agent).play()


def test_boxes_of_each_role(sign_in):
    """Everybody's first page has the boxes of the role, each with its count, and a box opens its list."""
    boxes = {
        "vanthu": ("arrived", "to_submit", "to_number", "to_seal", "to_issue", "recall"),
        "lanhdao": ("to_direct", "to_sign"),
        "chuyenvien": ("lead", "coordinate", "inform", "draft"),
    }
    for login, expected in boxes.items():
        person = sign_in(login)
        person.open("ban-lam-viec", ".o_vanban_box")
        for key in expected:
            person.page.see(f".o_vanban_box[data-box={key}] .o_vanban_box_count")
        person.shot(f"20-desk-{login}")
        person.page.click(f".o_vanban_box[data-box={expected[0]}]")
        person.page.see(".o_list_view, .o_kanban_view")
        person.no_trouble()


@proves("DOC-08")
def test_lists_are_vietnamese_and_urgent_first(sign_in, site):
    """Each menu opens, without an English label of ours; the urgency is visible in the list."""
    clerk = sign_in("vanthu")
    lists = ("van-ban-den", "van-ban-di", "van-ban-da-vao-so", "van-ban-qua-han", "xu-ly-chinh", "du-thao", "trinh-duyet",
             "cho-ky", "cho-cap-so", "cho-ky-so-co-quan", "cho-phat-hanh", "da-phat-hanh", "thu-hoi", "so-den", "so-di")
    for path in lists:
        clerk.open(path, ".o_list_view, .o_kanban_view")
        text = clerk.page.evaluate("document.querySelector('.o_action_manager').innerText")
        for word in ("Document", "Incoming", "Outgoing", "Register", "Status", "Deadline", "Nothing", "Urgent"):
            assert word not in text, f"{path}: untranslated “{word}”"
    # a newer document without urgency stands below the urgent ones
    site.user("vanthu").create("vanban.document", {"direction": "in", "subject": "Văn bản thường, đến sau"})
    clerk.open("van-ban-den", ".o_list_view, .o_kanban_view")
    clerk.page.see(".o_data_row, .o_kanban_record:not(.o_kanban_ghost)", "đến sau")
    rows = clerk.page.evaluate(
        "[...document.querySelectorAll('.o_data_row, .o_kanban_record:not(.o_kanban_ghost)')].map((el) => el.innerText)"
    )
    assert "Thượng khẩn" in rows[0], rows
    assert any("đến sau" in row for row in rows[1:]), rows
    clerk.page.see(".o_data_row, .o_kanban_record", "Thượng khẩn")
    clerk.shot("21-all-incoming")
    clerk.no_trouble()


@proves("DOC-05")
def test_bad_file_is_refused_with_words(sign_in, tmp_path):
    """A program named .pdf is not stored, the message says why, and what was typed is still there."""
    program = tmp_path / "cong-van.pdf"
    program.write_bytes(b"MZ" + bytes(4000))
    clerk = sign_in("vanthu")
    clerk.open("van-ban-cho-tiep-nhan/new", ".o_vanban_form .o_field_widget[name=subject]")
    clerk.type("subject", "về việc kiểm tra tệp đính kèm")
    clerk.page.upload(".o_vanban_reader_input", program)
    clerk.press("Vào sổ")
    clerk.page.see(".modal .modal-content", "cong-van.pdf")
    clerk.page.screenshot(clerk.shots / f"{sign_in.size}-22-bad-file.png")
    clerk.page.click(".modal footer button, .modal .modal-footer button")
    clerk.page.see(".o_vanban_form .o_field_widget[name=subject]")
    kept = clerk.page.evaluate("document.querySelector('.o_field_widget[name=subject] textarea').value")
    assert kept == "về việc kiểm tra tệp đính kèm"
