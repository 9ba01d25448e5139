"""Every screen of the outgoing side with something on it: Vietnamese, nothing cut, nothing wider than a phone."""

import base64
from contextlib import contextmanager
from datetime import date, timedelta

import polib
import pytest

from conftest import ROOT
from demo import arrivals, letters
from papers import paper
from proves import proves

ROW = ".o_kanban_record:not(.o_kanban_ghost), .o_data_row .o_data_cell"
LISTS = ".o_list_view, .o_kanban_view"
#: who → his lists, each with the subject of a document that must stand there (None: whatever is there, be it nothing)
QUEUES = {
    "chuyenvien": {"du-thao": "dự thảo", "trinh-duyet": "trình duyệt", "van-ban-di": "dự thảo"},
    "lanhdao": {"cho-ky": "chờ ký"},
    "vanthu": {
        "cho-kiem-tra": "chờ kiểm tra", "cho-cap-so": "chờ cấp số", "cho-in-dong-dau": "chờ in", "cho-ky-so-co-quan": "chờ đóng dấu",
        "cho-phat-hanh": "chờ phát hành", "da-phat-hanh": "đã gửi", "theo-doi-phat-hanh": "đã gửi", "thu-hoi": "thu hồi",
        "cham-phat-hanh": "muộn, chờ kiểm tra", "da-phat-hanh-cham": "muộn, đã gửi", "theo-doi-tra-loi": "muộn, đã gửi",
        "khan-cho-xac-nhan": "khẩn, đã gửi", "nhom-noi-nhan": "các phòng", "chua-den": None, "mau-van-ban": None,
        "dung-gui": None, "ai-ky-gi": None,
    },
}  # fmt: skip
#: visible buttons of a phone that are lower than a thumb needs
THUMB = """[...document.querySelectorAll('.o_kanban_record .btn, .o_statusbar_buttons > .btn, .o_vanban_form .o_notebook_content .btn,'
        + ' .o_vanban_reader_bar .btn')]
    .filter((el) => el.offsetParent && !el.closest('.o-mail-Chatter') && el.getBoundingClientRect().height < 43).map((el) => el.innerText.trim())"""
TABS = {"recipients": "Nơi nhận", "tasks": "Nhiệm vụ", "course": "Diễn biến", "files": "Tệp", "more": "Dữ liệu khác"}


@pytest.fixture(scope="module")
def english():
    """Terms of the sources that a Vietnamese reader must not meet."""
    terms = set()
    for addon in ("vanban_core", "vanban_signing", "vanban_lienthong"):
        for entry in polib.pofile(str(ROOT / "addons" / addon / "i18n" / "vi.po")):
            if entry.msgstr and entry.msgstr != entry.msgid and entry.msgid.isascii() and len(entry.msgid) > 2:
                terms.add(" ".join(entry.msgid.split()))
    return terms


@contextmanager
def _late(site):
    """The agency issues by the day on which what it answers was due: an answer to what was due days ago is late at once."""
    admin = site.user("quantri")
    profile = admin.value("res.company", site.ids["company"], "vanban_profile_id")
    before = admin.value("vanban.profile", profile, "issue_sla")
    admin.write("vanban.profile", profile, {"issue_sla": "document_deadline"})
    yield
    admin.write("vanban.profile", profile, {"issue_sla": before})


def _overdue(site):
    """A letter with the specialist that asked to be answered four days ago; its id."""
    issued, due = (str(date.today() - timedelta(days=days)) for days in (20, 4))
    document = arrivals.scanned(site, "về việc báo cáo đã quá hạn (màn hình)", "951", issued, external_due_date=due)
    site.user("vanthu").call("vanban.document", "action_submit", document, comment="Kính trình.")
    site.user("lanhdao").call(
        "vanban.document", "action_distribute", document, direction_text="Trả lời ngay.",
        lines=[{"role": "lead", "user_id": site.ids["user.chuyenvien"], "deadline": None, "note": None}],
    )
    return document


@pytest.fixture(scope="module")
def documents(site, tmp_path_factory):
    """One document in each queue; its subject names the queue."""
    clerk = site.user("vanthu")
    made = {}

    def subject(name):
        return f"về việc giới thiệu màn hình ({name})"

    def reached(name, *steps, answers=None, **vals):
        document = made[name] = letters.draft(site, subject(name), ("Nội dung văn bản trình bày tại đây.",), [], **vals)
        if answers:
            link = {"target_id": answers, "kind": "answers"}
            site.user("chuyenvien").write("vanban.document", document, {"link_ids": [(0, 0, link)]})
        letters.pass_reviews(site, document)
        if steps:
            scan = paper(tmp_path_factory.mktemp("scan") / "ban-ky.pdf", "Ban ky giay", name)
            clerk.call(
                "vanban.document", "action_sign_on_paper", document, filename="ban-ky.pdf",
                content_b64=base64.b64encode(scan.read_bytes()).decode(),
            )  # fmt: skip
        for step in steps[1:]:
            clerk.call("vanban.document", f"action_{step}", document)

    clerk.create("vanban.recipient.group", {"name": "Nhóm giới thiệu màn hình (các phòng)", "department_ids": [site.ids["unit.CCVC"]]})
    made["dự thảo"] = letters.draft(site, subject("dự thảo"), ("Nội dung dự thảo.",), [])
    made["trình duyệt"] = letters.draft(site, subject("trình duyệt"), ("Nội dung trình duyệt.",), [])
    site.user("chuyenvien").call("vanban.document", "action_submit_review", made["trình duyệt"], comment="Kính trình.")
    numbered = ("sign", "clerk_check", "allocate_number")
    reached("chờ ký", urgency="1")
    reached("chờ kiểm tra", "sign", urgency="2")
    reached("chờ cấp số", "sign", "clerk_check")
    reached("chờ in", *numbered, medium="both")
    reached("chờ đóng dấu", *numbered)
    reached("chờ phát hành", *numbered, "seal")
    reached("đã gửi", *numbered, "seal", "issue")
    reached("thu hồi", *numbered, "seal", "issue")
    reached("khẩn, đã gửi", *numbered, "seal", "issue", urgency="2")
    with _late(site):
        asked = {
            "reply_required": True, "reply_due_date": str(date.today() - timedelta(days=4)),
            "answers": _overdue(site),
        }
        reached("muộn, chờ kiểm tra", "sign", **asked)
        reached("muộn, đã gửi", *numbered, "seal", **asked)
    clerk.call("vanban.document", "action_issue", made["muộn, đã gửi"], late_kind="objective", late_reason="Mất điện cả buổi sáng.")
    clerk.call("vanban.document", "action_request_recall", made["thu hồi"], reason="Ghi sai số liệu ở trang 2.")
    return made


def look(person, english, name):
    """Keep the screenshot, and read the screen as a person does: no foreign words, no cut titles or buttons."""
    person.shot(f"9-{name}")
    seen = {" ".join(line.split()) for line in person.page.text().splitlines()}
    assert not seen & english, f"{name}: not translated: {sorted(seen & english)}"
    cut = person.page.evaluate(
        "[...document.querySelectorAll('thead th .text-truncate, thead th > div > span, .o_statusbar_buttons > button, "
        "td[name=code], td[name=document_code], td .badge')]"
        ".filter((el) => el.offsetParent && el.scrollWidth > el.clientWidth + 1 && el.clientWidth > 0).map((el) => el.innerText.trim())"
    )
    assert not cut, f"{name}: cut: {cut}"
    if person.page.mobile:
        small = person.page.evaluate(THUMB)
        assert not small, f"{name}: too small for a thumb: {small}"


@proves("UI-06", "UI-07")
def test_every_queue_of_outgoing_documents(sign_in, documents, english):
    for login, queues in QUEUES.items():
        person = sign_in(login)
        for path, subject in queues.items():
            person.open(path, LISTS)
            if subject:
                person.page.see(ROW, f"({subject})", timeout=30)
            look(person, english, f"list-{path}")
        person.no_trouble()


@proves("UI-06")
def test_documents_on_their_way_and_after(sign_in, documents, english):
    def find(person, path, subject):
        person.open(path, LISTS)
        person.page.click(ROW, f"({subject})", timeout=30)
        person.page.see(".o_vanban_form .o_statusbar_status", timeout=30)
        person.settle()

    clerk = sign_in("vanthu")
    for path, subject in (("cho-ky-so-co-quan", "chờ in"), ("da-phat-hanh", "đã gửi"), ("thu-hoi", "thu hồi")):
        find(clerk, path, subject)
        look(clerk, english, f"form-{path}")
        if subject != "đã gửi":
            continue
        for key, tab in TABS.items():
            clerk.page.click(".o_notebook_headers .nav-link", tab)
            clerk.page.see(".o_notebook_headers .nav-link.active", tab)
            # the old page fades out for a moment
            clerk.page.wait("getComputedStyle(document.querySelector('.o_notebook_content .tab-pane.active')).opacity === '1'")
            look(clerk, english, f"form-issued-{key}")
    clerk.no_trouble()
    leader = sign_in("lanhdao")
    find(leader, "thu-hoi", "thu hồi")
    leader.page.see(".o_statusbar_buttons button", "Duyệt thu hồi")
    look(leader, english, "form-recall-to-approve")
    leader.no_trouble()
