"""Closing a register, a sheet of emergency numbers, and the way of a paper original: by clicks, at a desktop and at a phone."""

from datetime import date, datetime
from itertools import count
from zoneinfo import ZoneInfo

import pytest

from demo import arrivals
from proves import proves

NUMBERS = count(401)
ROW = ".o_kanban_record:not(.o_kanban_ghost), .o_data_row .o_data_cell"
TRACK = ".o_vanban_track[data-track={track}] .o_vanban_station"


def _today():
    """The day in Vietnam: numbers bear it, whatever day it is where the test runs."""
    return datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()


@pytest.fixture
def letter(site):
    """Two scanned letters, registered, the second distributed to the specialist; its number and symbol."""
    issued = date.today().replace(day=1).isoformat()
    first, number = next(NUMBERS), next(NUMBERS)
    arrivals.scanned(site, f"về việc đối chiếu sổ {first}", str(first), issued)
    second = arrivals.scanned(site, f"về việc đối chiếu sổ {number}", str(number), issued)
    site.user("vanthu").call("vanban.document", "action_submit", second, comment="Kính trình.")
    site.user("lanhdao").call(
        "vanban.document", "action_distribute", second, direction_text="Nghiên cứu, tham mưu.",
        lines=[{"role": "lead", "user_id": site.ids["user.chuyenvien"], "deadline": None, "note": None}],
    )
    return f"{number}/UBND-NV"


@proves("REG-04")
def test_register_is_closed_by_click(sign_in, site, letter):
    """The clerk opens the book, closes it, and has its sealed file checked."""
    clerk = sign_in("vanthu")
    name = site.user("vanthu").value("vanban.register", site.ids["register.in"], "name")
    clerk.open("so-dang-ky", ".o_list_view, .o_kanban_view")
    clerk.page.click(ROW, name)
    clerk.page.see(".o_form_view .o_notebook")
    clerk.shot("30-register")
    clerk.press("In và đóng sổ")
    clerk.page.see(".modal .o_field_widget[name=date_to]")
    clerk.date("date_to", _today().strftime("%d/%m/%Y"))
    clerk.shot("31-close-register")
    clerk.press("Xác nhận", timeout=60)
    clerk.state("Đã đóng")
    clerk.shot("32-closed-register")
    clerk.press("Kiểm tra tệp")
    clerk.page.see(".o_notification", "Sổ toàn vẹn")
    # a second closing finds nothing left, and says so
    clerk.open("so-dang-ky", ".o_list_view, .o_kanban_view")
    clerk.page.click(ROW, name)
    clerk.page.see(".o_form_view .o_notebook")
    clerk.settle()
    clerk.press("In và đóng sổ")
    clerk.page.see(".modal .o_field_widget[name=date_to]")
    clerk.date("date_to", _today().strftime("%d/%m/%Y"))
    clerk.press("Xác nhận")
    clerk.page.see(".modal .modal-content", "đã đóng đến số")
    clerk.no_trouble()


@proves("IN-36", "UI-04")
def test_paper_is_handed_over_and_both_ways_are_shown(sign_in, letter):
    """The clerk hands the paper over from the list, the specialist confirms, and the record shows two tracks."""
    clerk = sign_in("vanthu")
    clerk.open("ban-giay-cho-ban-giao", ".o_list_view, .o_kanban_view")
    clerk.page.see(ROW, letter)
    clerk.shot("33-papers-to-hand-over")
    clerk.page.click(ROW, letter)
    clerk.page.see(".o_vanban_form .o_statusbar_status", timeout=30)
    clerk.settle()
    clerk.press("Bàn giao bản giấy")
    clerk.page.see(".modal .o_field_widget[name=user_id]")
    clerk.shot("34-hand-over")
    clerk.press("Bàn giao")
    clerk.page.gone(".modal .modal-content", timeout=30)
    specialist = sign_in("chuyenvien")
    specialist.open("ban-giay-cho-nhan", ".o_list_view, .o_kanban_view")
    specialist.page.see(ROW, letter)
    specialist.shot("35-papers-to-confirm")
    specialist.page.click(".o_kanban_record button, .o_data_row button", "Đã nhận")
    specialist.page.gone(ROW, letter, timeout=30)
    specialist.open("xu-ly-chinh", ".o_list_view, .o_kanban_view")
    specialist.page.click(ROW, letter)
    specialist.page.see(".o_vanban_form .o_statusbar_status", timeout=30)
    specialist.page.click(".o_notebook_headers .nav-link", "Luồng")
    for track, holders in (("electronic", ("Trần Thị Hạnh", "Nguyễn Văn An", "Vũ Thị Mai")), ("paper", ("Trần Thị Hạnh", "Vũ Thị Mai"))):
        for holder in holders:
            specialist.page.see(TRACK.format(track=track), holder)
    specialist.page.evaluate("document.querySelector('.o_vanban_tracks').scrollIntoView()")
    specialist.shot("36-two-tracks")
    specialist.no_trouble()


@proves("IN-37")
def test_paper_that_comes_later_is_attached_to_its_number(sign_in, site, tmp_path):
    """The clerk types the paper of a document that came electronically: the form offers the registered one."""
    number = str(next(NUMBERS))
    issued = date.today().replace(day=1).isoformat()
    document = arrivals.scanned(site, "về việc bản giấy gửi sau", number, issued, medium="electronic")
    registered = site.user("vanthu").value("vanban.document", document, "arrival_number")
    second = site.user("vanthu").create("vanban.document", {
        "direction": "in", "medium": "paper", "subject": "Bản giấy", "code_number": number, "code_notation": "UBND-NV",
        "issuer_name": "UBND huyện Mẫu Tân", "issue_date": issued,
    })
    clerk = sign_in("vanthu")
    clerk.open(f"van-ban-cho-tiep-nhan/{second}", ".o_vanban_form")
    clerk.page.see("div[name=paper_match]", f"{number}/UBND-NV")
    clerk.shot("37-paper-comes-later")
    clerk.page.click("button[name=action_attach_paper]")
    clerk.page.see(".o_field_widget[name=arrival_number]", str(registered), timeout=30)
    clerk.no_trouble()
