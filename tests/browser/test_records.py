"""Search and personal documents in the web client, at a desktop and at a phone."""

from demo import papers
from demo.client import b64
from proves import proves


def _registered(site, size):
    """A registered letter, distributed to the specialist; its id."""
    clerk, leader = site.user("vanthu"), site.user("lanhdao")
    document = clerk.call(
        "vanban.document", "action_receive_scan", None, filename="cong-van.pdf",
        content_b64=b64(papers.text_pdf("Kính gửi: Sở Nội vụ", "V/v thống kê hồ sơ lưu trữ")),
        vals={
            "kind_id": clerk.one("vanban.document.kind", [("code", "=", "cong_van")]), "subject": "V/v thống kê hồ sơ lưu trữ",
            "code_number": {"desktop": "901", "phone": "902"}[size], "code_notation": "STC-VP", "issuer_name": "Sở Tài chính tỉnh Mẫu",
            "signer_name": "Nguyễn Văn Mẫu", "issue_date": "2026-01-05",
        },
    )  # fmt: skip
    clerk.call("vanban.document", "action_register", document)
    clerk.call("vanban.document", "action_submit", document, leader_id=site.ids["user.lanhdao"])
    leader.call("vanban.document", "action_distribute", document, lines=[{"role": "lead", "user_id": site.ids["user.chuyenvien"]}])
    return document


def test_words_are_found_with_and_without_accents(sign_in, site):
    _registered(site, sign_in.size)
    person = sign_in("vanthu")
    person.open("action-vanban_core.action_document_search", ".o_list_view, .o_kanban_view")
    if person.page.mobile:
        person.page.click(".o_control_panel .o_searchview_toggler, .o_control_panel button .oi-search, .o_control_panel button .fa-search")
    person.page.fill(".o_searchview_input", '"thong ke ho so"')
    person.page.click(".o_searchview_autocomplete .o-dropdown-item, .o_searchview_autocomplete .dropdown-item", "Từ ngữ")
    person.page.see(".o_facet_values, .o_searchview_facet", "thong ke ho so")
    person.page.see(".o_data_row, .o_kanban_record", "thống kê hồ sơ lưu trữ")
    person.shot("72-search")
    person.no_trouble()


@proves("DOC-21")
def test_personal_documents_are_the_owners_alone(sign_in, site):
    title = f"Ghi chép riêng {sign_in.size}"
    person = sign_in("chuyenvien")
    person.open("action-vanban_core.action_personal/new", ".o_form_view .o_field_widget[name=name]")
    person.type("name", title)
    person._touch_until(".o_form_button_save", ".o_form_saved")
    person.shot("73-personal")
    person.open("action-vanban_core.action_personal", ".o_list_view, .o_kanban_view")
    person.page.see(".o_data_row, .o_kanban_record", title)
    person.no_trouble()
    assert site.user("lanhdao").search("vanban.personal", []) == []
