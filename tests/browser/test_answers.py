"""What is told beside a document belongs to that document, however slow the server answers."""

import pytest

from demo import letters

ROW = ".o_kanban_record:not(.o_kanban_ghost), .o_data_row .o_data_cell"
RETURNED = {"first": "Sửa số liệu ở trang đầu.", "second": "Bổ sung căn cứ pháp lý."}

#: Requests about one document wait in the page until they are let go.
HOLD = """(id) => {
    const { browser } = odoo.loader.modules.get("@web/core/browser/browser");
    const Original = browser.XMLHttpRequest;
    window.heldRequests = [];
    browser.XMLHttpRequest = class extends Original {
        open(method, url, ...rest) {
            this.asks = /get_(course|timeline)/.test(url);
            return super.open(method, url, ...rest);
        }
        send(body) {
            if (this.asks && JSON.parse(body).params.args[0][0] === id) {
                const answered = new Promise((resolve) => this.addEventListener("loadend", resolve));
                window.heldRequests.push(() => (super.send(body), answered));
            } else {
                super.send(body);
            }
        }
    };
    return true;
}"""
#: … and what their answers lead to is drawn.
LET_GO = """Promise.all(window.heldRequests.splice(0).map((send) => send()))
    .then(() => new Promise((resolve) => setTimeout(resolve, 300))).then(() => true)"""


@pytest.fixture
def returned(site):
    """Two drafts sent back to the drafter, each with its own words; ids and subjects, the newer one first."""
    found = {}
    for name in ("second", "first"):
        subject = f"về việc đối chiếu hai dự thảo ({name})"
        found[name] = letters.draft(site, subject, ("Nội dung dự thảo.",), []), subject
        site.user("chuyenvien").call("vanban.document", "action_submit_review", found[name][0], comment="Kính trình.")
        site.user("truongphong").call("vanban.document", "action_review_return", found[name][0], comment=RETURNED[name])
    return found["first"], found["second"]


def test_a_late_answer_is_not_shown_beside_another_document(sign_in, returned):
    if sign_in.size == "phone":
        return  # the same code, turned by the same pager
    (_first, first_subject), (second, second_subject) = returned
    drafter = sign_in("chuyenvien")
    page = drafter.page
    drafter.open("du-thao", ".o_list_view")
    page.click(ROW, first_subject)
    page.see(".o_vanban_form .o_field_widget[name=subject]")
    page.click(".o_notebook_headers .nav-link", "Diễn biến")
    page.see(".o_vanban_course", RETURNED["first"])
    page.see(".o_vanban_lane")
    drafter.settle()
    page.evaluate(HOLD, second)

    def shows(subject):
        page.wait(
            "(subject) => document.querySelector('.o_field_widget[name=subject] textarea').value === subject", subject, timeout=30, what=subject,
        )

    # an unsaved change is stored on the way: Odoo then keeps the record object and shows the next document at once
    drafter.type("subject", f"{first_subject}, bản sửa")
    page.click(".o_pager_next")
    shows(second_subject)
    page.gone(".o_vanban_course_step")
    page.gone(".o_vanban_lane")
    page.click(".o_pager_previous")
    shows(f"{first_subject}, bản sửa")
    page.see(".o_vanban_course", RETURNED["first"])
    assert page.evaluate("window.heldRequests.length") >= 2, "both parts asked about the document in between"
    page.evaluate(LET_GO)
    page.see(".o_vanban_course", RETURNED["first"])
    page.gone(".o_vanban_course", RETURNED["second"], timeout=1)
    # asked again, the second document has its own
    page.click(".o_pager_next")
    shows(second_subject)
    page.wait("window.heldRequests.length >= 2", what="asked about the second document")
    page.evaluate(LET_GO)
    page.see(".o_vanban_course", RETURNED["second"])
    page.gone(".o_vanban_course", RETURNED["first"], timeout=1)
    drafter.no_trouble()
