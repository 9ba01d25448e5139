"""A draft on its way: two versions compared, the form checked, an opinion asked and given; at a desktop and at a phone."""

from datetime import date, timedelta

import pytest

from demo import letters
from proves import proves

ROW = ".o_kanban_record:not(.o_kanban_ghost), .o_data_row .o_data_cell"
SUBJECT = "về việc lấy ý kiến đề án vị trí việc làm"


@pytest.fixture
def draft(site, sign_in):
    """A draft of Phòng Tổ chức, Biên chế in two versions; gives its abstract."""
    specialist = site.user("chuyenvien")
    subject = f"{SUBJECT} ({sign_in.size})"
    document = letters.draft(site, subject, ("Đề án giảm năm phần trăm biên chế.",), [])
    specialist.write("vanban.document", document, {"body": "<p>Đề án giảm mười phần trăm biên chế.</p>"})
    specialist.call("vanban.document", "action_render", document)
    return subject


def find(person, path, subject):
    person.open(path, ".o_list_view, .o_kanban_view")
    person.page.click(ROW, subject, timeout=30)
    person.page.see(".o_vanban_form .o_statusbar_status", timeout=30)
    person.settle()


@proves("OUT-07")
def test_versions_are_compared_and_an_opinion_is_asked(sign_in, draft):
    specialist = sign_in("chuyenvien")
    find(specialist, "du-thao", draft)
    page = specialist.page
    page.click(".o_notebook_headers .nav-link", "Thể thức")
    page.click("button[name=action_check_layout]")
    page.see(".o_field_widget[name=current_point_ids]", "Quốc hiệu", timeout=30)
    specialist.shot("70-form-checked")
    page.click(".o_notebook_headers .nav-link", "Tệp")
    page.click("button[name=action_compare_versions]")
    page.see(".modal .o_vanban_compare ins", "mười", timeout=30)
    page.see(".modal .o_vanban_compare del", "năm")
    specialist.shot("71-versions-compared")
    page.click(".modal footer button", "Đóng")
    page.gone(".modal .modal-content")

    specialist.press("Lấy ý kiến")
    page.see(".modal .o_field_widget[name=question]")
    specialist.choose("department_ids", "Phòng Công chức, Viên chức")
    specialist.date("deadline", (date.today() + timedelta(days=7)).strftime("%d/%m/%Y"))
    specialist.type("question", "Mức giảm có phù hợp với đơn vị không?")
    specialist.shot("72-opinion-asked")
    specialist.press("Gửi đề nghị")
    page.gone(".modal .modal-content", timeout=30)
    specialist.state("Lấy ý kiến")
    specialist.no_trouble()

    head = sign_in("truongphong2")
    head.open("tham-gia-y-kien", ".o_list_view, .o_kanban_view")
    head.page.click("button", "Tham gia ý kiến")
    head.page.see(".modal .o_field_widget[name=comment]")
    head.type("comment", "Đề nghị giảm theo lộ trình hai năm.")
    head.shot("73-opinion-given")
    head.press("Xác nhận")
    head.page.gone(".modal .modal-content", timeout=30)
    head.no_trouble()

    find(specialist, "du-thao", draft)
    page.click(".o_notebook_headers .nav-link", "Ý kiến các đơn vị")
    page.see(".o_field_widget[name=consultation_ids]", "lộ trình hai năm")
    specialist.shot("74-opinions")
    specialist.no_trouble()
