"""A signed-in person at the web client: the words of the story over the clicks of :mod:`chrome`."""

from pathlib import Path

from chrome import BrowserError


class Person:
    """``login`` working at one page; ``shots`` is the folder of its screenshots."""

    def __init__(self, page, base, login, password, shots):
        self.page, self.base, self.login, self.shots = page, base, login, Path(shots)
        page.goto(f"{base}/web/login")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", password)
        page.click("form.oe_login_form button[type=submit]")
        page.wait("!!document.querySelector('.o_web_client .o_main_navbar')", timeout=90, what="web client")

    def open(self, path, see):
        """Open ``/odoo/<path>`` and wait for the selector ``see``."""
        self.page.goto(f"{self.base}/odoo/{path}")
        self.page.see(see, timeout=60)
        self.settle()

    def settle(self):
        """Wait until no request of the web client is under way."""
        self.page.wait(
            "!document.querySelector('.o_loading_indicator, .o_blockUI') && document.readyState === 'complete'",
            timeout=60, what="end of loading",
        )

    def shot(self, name):
        """Keep a screenshot; on a phone nothing may be wider than the screen."""
        self.settle()
        if self.page.exists(".o_vanban_reader_frame"):
            self.reads()
        size = "phone" if self.page.mobile else "desktop"
        self.page.screenshot(self.shots / f"{size}-{name}.png")
        if self.page.mobile:
            wider = self.page.overflow()
            assert wider <= 1, f"{name}: the page can be scrolled sideways by {wider} px"

    def reads(self, text=""):
        """Wait until the reader beside the form shows a page of the PDF, with that text on it."""
        self.page.wait(
            "(text) => { const inside = document.querySelector('.o_vanban_reader_frame').contentDocument;"
            " return !!inside.querySelector('.page[data-loaded=true]') &&"
            " inside.querySelector('.textLayer').innerText.includes(text); }",
            text, timeout=40, what=f"PDF in the reader {text}",
        )

    def scope(self):
        """Prefix of selectors: the open dialog when there is one."""
        return ".modal.o_technical_modal:not(.o_inactive_modal) " if self.page.exists(".modal .modal-content") else ""

    def type(self, field, value):
        """Fill a text, number or date field."""
        self.page.fill(f"{self.scope()}.o_field_widget[name={field}] :is(input, textarea)", value)

    def write(self, field, text):
        """Add text at the end of a rich text field."""
        self.page.click(f".o_field_widget[name={field}] .odoo-editor-editable")
        self.page.wait(
            "(field) => { const box = document.querySelector(`.o_field_widget[name=${field}] .odoo-editor-editable`);"
            " if (!box.contains(document.activeElement) && document.activeElement !== box) return false;"
            " const range = document.createRange(); range.selectNodeContents(box.lastElementChild || box); range.collapse(false);"
            " const selection = getSelection(); selection.removeAllRanges(); selection.addRange(range); return true; }",
            field, what=f"cursor in {field}",
        )
        self.page.command("Input.insertText", {"text": text})

    def date(self, field, value):
        """Fill a date field by keyboard (dd/mm/yyyy)."""
        selector = f"{self.scope()}.o_field_widget[name={field}] :is(input, button)"
        self.page.click(selector)
        if not self.page.evaluate("document.activeElement.tagName === 'INPUT'"):
            self.page.see(f"{self.scope()}.o_field_widget[name={field}] input")
            self.page.click(f"{self.scope()}.o_field_widget[name={field}] input")
        self.page.evaluate("document.activeElement.select()")
        self.page.command("Input.insertText", {"text": value})
        self.page.press("Enter")
        self.page.press("Escape") if not self.scope() else None

    def term(self, receiver, day):
        """Set the deadline of one receiver in the distribution beside the text (``day``: a date)."""
        # the row is drawn after the click that added it: a slow screen may not have it yet
        self.page.wait(
            "(name) => { const row = [...document.querySelectorAll('.o_vanban_receiver')].find((el) => el.innerText.includes(name));"
            " const input = row && row.querySelector('.o_vanban_receiver_deadline input');"
            " if (input) input.setAttribute('data-term', name); return !!input; }",
            receiver, timeout=30, what=f"receiver {receiver}",
        )
        selector = f".o_vanban_receiver_deadline input[data-term='{receiver}']"
        self.page.fill(selector, day.strftime("%d/%m/%Y"))
        self.page.press("Enter")
        self.page.wait("(selector, text) => document.querySelector(selector).value === text", selector, day.strftime("%d/%m/%Y"), timeout=5)
        self.page.press("Escape")

    def choose(self, field, text):
        """Choose a record in a many2one or tags field by typing its name."""
        selector = f"{self.scope()}.o_field_widget[name={field}] input"
        if self.page.mobile:
            # a phone shows the choices as cards on a screen of their own
            self._touch_until(selector, ".o_select_create_dialog_content .o_kanban_record:not(.o_kanban_ghost)")
            self.page.click(".o_select_create_dialog_content .o_kanban_record:not(.o_kanban_ghost)", text)
            self.page.gone(".o_select_create_dialog_content")
            return
        self.page.fill(selector, text)
        # the list that opens at first belongs to the empty field: wait for the answer to what was typed
        self.page.wait(
            "new Promise((resolve) => setTimeout(() => resolve(!document.querySelector('.o-autocomplete .o_loading')), 400))"
        )
        self.page.click(".o-autocomplete--dropdown-item a, .o-autocomplete--dropdown-item .dropdown-item", text)
        self.page.gone(".o-autocomplete--dropdown-menu", timeout=10)

    def _touch_until(self, selector, result):
        """Touch again, as a person does, when the first touch met a screen that was still being drawn."""
        for _attempt in range(3):
            self.page.click(selector)
            try:
                self.page.see(result, timeout=8)
                return
            except BrowserError:
                continue
        self.page.see(result, timeout=1)

    def select(self, field, label):
        """Choose a value of a selection field."""
        box = f"{self.scope()}.o_field_widget[name={field}]"
        self._touch_until(f"{box} input, {box} select", ".o_select_menu_item, .o-dropdown-item")
        self.page.click(".o_select_menu_item, .o-dropdown-item", label)

    def press(self, label, timeout=30):
        """Press the button with that label: in the dialog, in the status bar, or behind its "more" button."""
        if self.page.exists(".modal .modal-content"):
            self.page.click(".modal footer button, .modal .modal-footer button", label, timeout)
            return
        buttons = ".o_statusbar_buttons button, .o_form_view button.btn, .o_control_panel button"
        if not self.page.exists(buttons, label) and self.page.exists(".o_statusbar_buttons .dropdown-toggle, .o_cp_action_menus_mobile"):
            self.page.click(".o_statusbar_buttons .dropdown-toggle")
            # a slow screen may draw it in the status bar only now
            buttons = ".o-dropdown--menu button, .o_bottom_sheet button, .o_statusbar_buttons button:not(.dropdown-toggle)"
        self.page.click(buttons, label, timeout)

    @property
    def _present_state(self):
        # a phone shows the present state only, and so does a desktop when many buttons stand beside it
        return ".o_statusbar_status button" if self.page.mobile else (
            ".o_statusbar_status .o_arrow_button_current, .o_statusbar_status .dropdown-toggle")

    def state(self, label):
        """Wait until the status bar shows that state as the present one."""
        self.page.see(self._present_state, label, timeout=45)

    def left_state(self, label):
        """Wait until the record is no longer in that state."""
        self.page.gone(self._present_state, label, timeout=45)

    def no_trouble(self):
        """Neither JavaScript errors nor failed requests so far."""
        self.page._chrome.drain()
        assert not self.page.errors, self.page.errors
