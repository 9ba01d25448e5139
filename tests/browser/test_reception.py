"""The reception desk: registration by keyboard alone, suggestions taken by touch, duplicates, import of many scans."""

import time

from papers import letter, paper

CODES = {"desktop": ("381/STC-VP", "382/STC-VP"), "phone": ("391/STC-VP", "392/STC-VP")}
SUBJECT_TOP = "Math.round(document.querySelector('.o_field_widget[name=subject]').getBoundingClientRect().top)"
KEYS = {"c": 67, "g": 71, "r": 82, "t": 84}
#: what a clerk who registers hundreds a day presses for one letter, the choice of the file aside
MOST_KEYS = 6


class Keyboard:
    """Nothing but keys; a file is handed to the open file dialog, as the system's own dialog would do."""

    def __init__(self, page):
        self.page, self.pressed = page, 0

    def hot(self, key):
        """Alt + a letter: the access key that the web client shows over its buttons."""
        self.pressed += 1
        event = {"key": key, "code": f"Key{key.upper()}", "windowsVirtualKeyCode": KEYS[key], "modifiers": 1}
        self.page.command("Input.dispatchKeyEvent", {"type": "keyDown", **event})
        self.page.command("Input.dispatchKeyEvent", {"type": "keyUp", **event})


def test_registration_by_keyboard_alone(sign_in, tmp_path, record_property):
    """From the list to the arrival number without the mouse; what was read from the letter is confirmed by one key.

    The seconds it took go into the test's report (``bench/bench_keyboard.py``).
    """
    if sign_in.size == "phone":
        # a phone has no keyboard: there the suggestions are taken by touch
        return _by_touch(sign_in("vanthu"), letter(tmp_path / "den.pdf", CODES["phone"][0]), CODES["phone"][0])
    code = CODES["desktop"][0]
    scan = letter(tmp_path / "den.pdf", code)
    clerk = sign_in("vanthu")
    clerk.open("van-ban-cho-tiep-nhan", ".o_list_view, .o_kanban_view")
    keys = Keyboard(clerk.page)
    began = time.monotonic()
    keys.hot("c")
    clerk.page.see(".o_vanban_form .o_field_widget[name=subject]")
    clerk.page.evaluate("document.querySelector('.o_vanban_reader_input').addEventListener('click', () => { window.chooserOpened = true; })")
    keys.hot("t")
    clerk.page.wait("window.chooserOpened", what="the system's dialog of files")
    clerk.page.upload(".o_vanban_reader_input", scan)
    clerk.page.see(".o_vanban_suggestions li[data-field=code_number]", "381")
    assert not clerk.page.evaluate("document.querySelector('.o_field_widget[name=code_number] input').value"), "suggested, not written"
    place = clerk.page.evaluate(SUBJECT_TOP)
    keys.hot("g")
    clerk.page.wait(
        "document.querySelector('.o_field_widget[name=code_number] input').value === '381'", what="values taken over",
    )
    clerk.page.see(".o_vanban_suggestions li[data-field=code_number] .o_vanban_taken")
    assert clerk.page.evaluate(SUBJECT_TOP) == place, "taking suggestions moves the form"
    clerk.shot("30-suggestions-taken")
    keys.hot("r")
    clerk.state("Đã đăng ký")
    assert keys.pressed <= MOST_KEYS, keys.pressed
    record_property("seconds", round(time.monotonic() - began, 2))
    clerk.shot("30-registered-by-keyboard")
    found = clerk.page.evaluate("document.querySelector('.o_vanban_form').innerText")
    assert "Sở Tài chính tỉnh Mẫu" in found
    clerk.no_trouble()
    return None


def _by_touch(clerk, scan, code):
    clerk.open("van-ban-cho-tiep-nhan/new", ".o_vanban_form .o_field_widget[name=subject]")
    clerk.page.upload(".o_vanban_reader_input", scan)
    clerk.page.see(".o_vanban_suggestions li[data-field=code_number]")
    clerk.shot("31-suggestions")
    place = clerk.page.evaluate(SUBJECT_TOP)
    clerk.page.click(".o_vanban_take_all")
    clerk.page.gone(".o_vanban_take_all")
    assert clerk.page.evaluate(SUBJECT_TOP) == place, "taking suggestions moves the form"
    clerk.press("Vào sổ")
    clerk.state("Đã đăng ký")
    clerk.no_trouble()


def test_suggestions_stay_with_their_document(sign_in, site, tmp_path):
    """Turning to the next document takes along nothing that was read from the file chosen for the one before."""
    if sign_in.size == "phone":
        return  # turned by the pager of the desktop
    registrar = site.user("vanthu")
    subjects = [f"Văn bản chưa có tệp số {number}" for number in (1, 2)]
    registrar.create("vanban.document", [{"direction": "in", "subject": subject} for subject in subjects])
    clerk = sign_in("vanthu")
    clerk.open("van-ban-cho-tiep-nhan", ".o_list_view")
    clerk.page.click(".o_data_row .o_data_cell", subjects[1])
    clerk.page.see(".o_vanban_form .o_field_widget[name=subject]")
    clerk.page.gone(".o_vanban_suggestions")
    clerk.page.upload(".o_vanban_reader_input", letter(tmp_path / "den.pdf", "384/STC-VP"))
    clerk.page.see(".o_vanban_suggestions li[data-field=code_number]", "384")
    clerk.page.click(".o_pager_next")
    clerk.page.wait(
        "(subject) => document.querySelector('.o_field_widget[name=subject] textarea').value === subject", subjects[0], timeout=30,
        what="the next document",
    )
    clerk.page.gone(".o_vanban_suggestions")
    clerk.page.gone(".o_vanban_reader_frame")  # nor the page of the other document
    clerk.shot("36-next-without-file")
    # back at the first one, saved meanwhile, its own are there again
    clerk.page.click(".o_pager_previous")
    clerk.page.see(".o_vanban_suggestions li[data-field=code_number]", "384")
    clerk.no_trouble()


def test_header_holds_few_buttons(sign_in, tmp_path):
    """One next step, at most three others beside it, the rest in a menu that opens and works."""
    code = f"38{5 if sign_in.size == 'desktop' else 6}/STC-VP"
    clerk = sign_in("vanthu")
    clerk.open("van-ban-cho-tiep-nhan/new", ".o_vanban_form .o_field_widget[name=subject]")
    clerk.page.upload(".o_vanban_reader_input", letter(tmp_path / "den.pdf", code))
    clerk.page.click(".o_vanban_take_all")
    clerk.page.gone(".o_vanban_take_all")
    clerk.press("Vào sổ")
    clerk.state("Đã đăng ký")
    clerk.page.gone(".o_vanban_suggestions")
    most = 2 if clerk.page.mobile else 4
    found = clerk.page.evaluate("[...document.querySelectorAll('.o_statusbar_buttons > button')].map((el) => el.innerText.trim())")
    assert 2 <= len(found) <= most, found
    assert found[0] == "Trình phân phối", found
    clerk.page.click(".o_vanban_more")
    clerk.page.see(".o-dropdown--menu button, .o_bottom_sheet button")
    clerk.shot("35-header-menu")
    clerk.page.press("Escape")
    clerk.page.gone(".o-dropdown--menu button, .o_bottom_sheet button")
    clerk.press("Bàn giao bản giấy")
    clerk.page.see(".modal .o_field_widget[name=user_id]")
    clerk.no_trouble()


def test_duplicate_is_shown_beside_the_new_one(sign_in, site, tmp_path):
    """The warning stands in the form while typing; to register anyway needs a reason."""
    code = CODES[sign_in.size][1]
    clerk = sign_in("vanthu")
    first = letter(tmp_path / "mot.pdf", code)
    for attempt in (1, 2):
        clerk.open("van-ban-cho-tiep-nhan/new", ".o_vanban_form .o_field_widget[name=subject]")
        clerk.page.upload(".o_vanban_reader_input", first)
        clerk.page.click(".o_vanban_take_all")
        clerk.page.gone(".o_vanban_take_all")
        if attempt == 2:
            clerk.page.see(".o_vanban_alert", "Có thể trùng văn bản")
        clerk.press("Vào sổ")
        if attempt == 1:
            clerk.state("Đã đăng ký")
    clerk.page.see(".modal .modal-content", "Có thể trùng")
    clerk.page.click(".modal footer button, .modal .modal-footer button")
    clerk.page.gone(".modal .modal-content")
    clerk.shot("32-duplicate")
    clerk.page.click(".o_vanban_alert button", "Đối chiếu")
    clerk.page.see(".modal .o_field_widget[name=subject]")
    clerk.shot("33-compare")
    clerk.page.click(".modal .btn-close, .modal .o_form_button_cancel, .modal-header .oi-arrow-left, .modal-header button")
    clerk.page.gone(".modal .modal-content")
    clerk.page.click(".o_vanban_alert button", "Không phải văn bản trùng")
    clerk.type("reason", "Bản gửi lại, có chữ ký khác")
    clerk.press("Xác nhận")
    clerk.page.gone(".modal .modal-content", timeout=30)
    clerk.press("Vào sổ")
    clerk.state("Đã đăng ký")


def test_many_scans_at_once(sign_in, tmp_path):
    """Files are taken in one by one; one that is no document says why, the others are there."""
    clerk = sign_in("vanthu")
    files = [paper(tmp_path / f"{sign_in.size}-{number}.pdf", f"Số: {number}/STC", "về việc thử nhập lô") for number in (1, 2)]
    bad = tmp_path / f"{sign_in.size}-khong-phai.pdf"
    bad.write_bytes(b"MZ" + bytes(600))
    clerk.open("nhap-ban-quet/new", ".o_vanban_import_drop")
    for path in (*files, bad):
        clerk.page.upload(".o_vanban_import_files", path)
    clerk.page.see(".o_vanban_import_item[data-state=failed]", "khong-phai.pdf", timeout=60)
    clerk.page.wait(
        "document.querySelectorAll('.o_vanban_import_item[data-state=done]').length === 2", timeout=60, what="two files taken in",
    )
    clerk.page.see(".o_vanban_import_item[data-state=failed]", "Windows")
    clerk.shot("34-import")
    clerk.press("Văn bản đã tạo")
    clerk.page.wait(
        "document.querySelectorAll('.o_data_row, .o_kanban_record:not(.o_kanban_ghost)').length === 2", timeout=30, what="two documents",
    )
    clerk.no_trouble()
