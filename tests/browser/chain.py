"""An outgoing document from the blank draft to its recipients, by clicks, through whatever chain the agency's profile demands."""

from datetime import date, timedelta

ROW = ".o_kanban_record:not(.o_kanban_ghost), .o_data_row .o_data_cell"
SUMMARY = "Đề nghị ký để các phòng thực hiện từ quý sau."
OPINION = "Đề nghị giảm theo lộ trình hai năm."
AGREED = "Đồng ý nội dung, kính trình."
PAGE = "Phân công các phòng rà soát vị trí việc làm của đơn vị mình."

#: who may have a part in the chain of any profile
REVIEWERS = ("truongphong", "chanhvanphong", "kiemtra")
#: the one next button of the clerk in each state; what else is asked on the way is answered by `_answer`
NEXT = ".o_vanban_actions > .btn-primary"


class Chain:
    """``sign_in(login, size=None)`` gives a :class:`person.Person`; ``site`` tells who has the draft before him.

    :param kind: name of the kind as it is chosen in the form
    :param agent: signing agent of the leader's machine
    """

    def __init__(self, sign_in, site, name, kind, agent):
        self._sign_in, self._site, self.name, self.kind, self.agent = sign_in, site, name, kind, agent
        self.subject = f"về việc rà soát vị trí việc làm ({name})"
        self._people = {}

    def person(self, login):
        if login not in self._people:
            self._people[login] = self._sign_in(login)
        return self._people[login]

    def shot(self, person, step):
        person.shot(f"8-{self.name}-{step}")

    def find(self, person, path):
        person.open(path, ".o_list_view, .o_kanban_view")
        person.page.click(ROW, self.subject, timeout=30)
        person.page.see(".o_vanban_form .o_statusbar_status", timeout=30)
        person.settle()

    def tab(self, person, name):
        person.page.click(".o_notebook_headers .nav-link", name)
        person.page.see(".o_notebook_headers .nav-link.active", name)
        # the old page fades out for a moment
        person.page.wait("getComputedStyle(document.querySelector('.o_notebook_content .tab-pane.active')).opacity === '1'")

    def confirm(self, person, label="Xác nhận"):
        person.press(label)
        person.page.gone(".modal .modal-content", timeout=40)
        person.settle()

    # ------------------------------------------------------------------ steps

    def draft(self):
        """A blank draft, its recipients, and the version made from the template."""
        drafter = self.person("chuyenvien")
        drafter.open("du-thao/new", ".o_vanban_form .o_field_widget[name=subject]")
        self.shot(drafter, "01-blank")
        drafter.type("subject", self.subject)
        drafter.choose("kind_id", self.kind)
        drafter.choose("signer_id", "Nguyễn Văn An")
        drafter.type("summary", SUMMARY)
        drafter.write("body", PAGE)
        self.tab(drafter, "Nơi nhận")
        self._add_recipient(drafter, "Sở Tài chính tỉnh Mẫu")
        self.shot(drafter, "02-recipients")
        drafter.press("Tạo dự thảo từ mẫu", timeout=60)
        drafter.page.see(".o_vanban_reader_frame", timeout=90)
        drafter.reads("rà soát")
        self.shot(drafter, "03-draft")
        self.document = self._site.user("chuyenvien").search("vanban.document", [("subject", "=", self.subject)])[0]

    def _add_recipient(self, person, name):
        page = person.page
        if page.mobile:
            page.click(".o_field_widget[name=recipient_ids] .o-kanban-button-new")
            page.see(".modal .o_field_widget[name=partner_id]")
            person.choose("partner_id", name)
            person.press("Lưu")
            page.gone(".modal .modal-content")
            return
        page.click(".o_field_widget[name=recipient_ids] .o_field_x2many_list_row_add a")
        page.see(".o_field_widget[name=recipient_ids] .o_field_widget[name=partner_id] input")
        person.choose("partner_id", name)

    def opinions(self):
        """Another unit is asked, answers, and the drafter takes a position on it."""
        drafter = self.person("chuyenvien")
        drafter.press("Lấy ý kiến")
        drafter.page.see(".modal .o_field_widget[name=question]")
        drafter.choose("department_ids", "Phòng Công chức, Viên chức")
        drafter.date("deadline", (date.today() + timedelta(days=7)).strftime("%d/%m/%Y"))
        drafter.type("question", "Lộ trình có phù hợp không?")
        self.confirm(drafter, "Gửi đề nghị")
        head = self.person("truongphong2")
        head.open("tham-gia-y-kien", ".o_list_view, .o_kanban_view")
        row = ".o_data_row, .o_kanban_record:not(.o_kanban_ghost)"
        head.page.see(row, self.subject)
        head.settle()
        head.page.evaluate(
            "(row, text) => [...document.querySelectorAll(row)].filter((el) => el.innerText.includes(text))"
            ".forEach((el) => el.setAttribute('data-chain', '1'))", row, self.subject,
        )  # fmt: skip
        head.page.click("[data-chain] button", "Tham gia ý kiến")
        head.page.see(".modal .o_field_widget[name=comment]")
        head.type("comment", OPINION)
        self.confirm(head)

        self.find(drafter, "du-thao")
        self.tab(drafter, "Ý kiến các đơn vị")
        drafter.page.see(".o_field_widget[name=consultation_ids]", "lộ trình hai năm")
        self.shot(drafter, "04-opinions")
        drafter.page.click(".o_field_widget[name=consultation_ids] button", "Ghi tiếp thu")
        drafter.page.see(".modal .o_field_widget[name=position]")
        drafter.page.click(".modal .o_field_widget[name=position] label", "Tiếp thu")
        self.shot(drafter, "05-position")
        drafter.page.click(".modal footer .btn-primary")
        drafter.page.gone(".modal .modal-content", timeout=30)

    def submit(self):
        drafter = self.person("chuyenvien")
        drafter.press("Trình duyệt")
        drafter.page.see(".modal .o_field_widget[name=comment]")
        drafter.type("comment", "Kính trình duyệt.")
        self.confirm(drafter)
        drafter.left_state("Lấy ý kiến")
        self.shot(drafter, "06-submitted")

    def _holder(self):
        """Login of the reviewer who has the draft before him now, None when the next thing is the signature."""
        for login in REVIEWERS:
            found = self._site.user(login).find("vanban.document", [("id", "=", self.document)], ["allowed_actions"])
            if found and ",approve," in (found[0]["allowed_actions"] or ""):
                return login
        return None

    def review(self):
        """Every step of the chain, each by whoever has it; all that was said before lies on the one screen."""
        for number in range(1, 8):
            login = self._holder()
            if not login:
                return
            reviewer = self.person(login)
            self.find(reviewer, "trinh-duyet")
            reviewer.page.see(".o_vanban_submission section", "Kính trình duyệt.")
            self.shot(reviewer, f"07-review-{number}")
            reviewer.press("Đồng ý và chuyển tiếp")
            reviewer.page.see(".modal .o_field_widget[name=comment]")
            reviewer.type("comment", AGREED)
            self.confirm(reviewer)
        raise AssertionError("the chain has no end")

    def decide(self):
        """The leader sees everything on one screen, with both decisions in reach, and signs at his own machine."""
        leader = self.person("lanhdao")
        leader.open("cho-ky", ".o_list_view, .o_kanban_view")
        self.shot(leader, "08-queue-of-leader")
        self.find(leader, "cho-ky")
        leader.reads("rà soát")
        for words in (SUMMARY, AGREED, OPINION, "Phòng Công chức, Viên chức", "Sở Tài chính tỉnh Mẫu", "Vũ Thị Mai"):
            leader.page.see(".o_vanban_submission section", words)
        for button in ("Ký số", "Trả lại để sửa"):
            leader.page.see(".o_statusbar_buttons button", button)
        if leader.page.mobile:
            self._buttons_under_the_thumb(leader)
        self.shot(leader, "09-submission")
        if leader.page.mobile:
            leader.page.evaluate("document.querySelector('.o_vanban_submission_rest').scrollIntoView({block: 'center'})")
            self._buttons_under_the_thumb(leader)
            self.shot(leader, "10-submission-below")
            leader.no_trouble()
            leader = self._people["desk"] = self._sign_in("lanhdao", "desktop")
            self.find(leader, "cho-ky")
        self._sign(leader)

    def _buttons_under_the_thumb(self, person):
        """The decision stays at the lower edge of the screen, each button large enough for a thumb."""
        boxes = person.page.evaluate(
            "[...document.querySelectorAll('.o_statusbar_buttons > .btn')].map((el) => el.getBoundingClientRect())"
            ".map((box) => [box.bottom, box.height, box.width])"
        )
        assert len(boxes) >= 2, boxes
        for bottom, height, width in boxes:
            assert person.page.height - 40 < bottom <= person.page.height and height >= 44 and width >= 44, boxes

    def _sign(self, leader):
        leader.press("Ký số")
        leader.page.see(".o_vanban_signing .o_vanban_pair", timeout=40)
        leader.page.fill("#vanban_pair_code", self.agent.code)
        leader.page.click(".o_vanban_pair")
        leader.page.see(".o_vanban_signing[data-step=ready]", timeout=40)
        leader.page.click(".o_vanban_sign")
        leader.page.see(".o_vanban_signing[data-step=done] .alert-success", timeout=90)
        leader.page.click(".o_vanban_close")
        leader.page.gone(".o_vanban_signing")

    def issue(self):
        """The clerk presses the one next button until the document has left the house."""
        clerk = self.person("vanthu")
        clerk.open("cho-kiem-tra", ".o_list_view, .o_kanban_view")
        self.shot(clerk, "11-queue-of-clerk")
        self.find(clerk, "cho-kiem-tra")
        for number in range(12, 22):
            state = self._site.user("vanthu").value("vanban.document", self.document, "state")
            if state in ("issued", "delivered"):
                break
            self.shot(clerk, f"{number}-clerk-{state}")
            label = clerk.page.evaluate("(next) => document.querySelector(next).innerText", NEXT)
            clerk.page.click(NEXT, timeout=40)
            if self._after(clerk, label) == "asked":
                self.shot(clerk, f"{number}-asked")
                clerk.page.click(".modal footer .btn-primary")
                clerk.page.gone(".modal .modal-content", timeout=40)
                self._after(clerk, label)
        clerk.state("Đã phát hành")
        clerk.reads("/SNV")
        self.tab(clerk, "Nơi nhận")
        clerk.page.see(".o_field_widget[name=recipient_ids]", "Sở Tài chính tỉnh Mẫu")
        self.shot(clerk, "22-issued")

    def _after(self, clerk, label):
        """What a press led to: the next button, or a question first, e.g. where the paper copy is kept."""
        said = clerk.page.wait(
            "(next, label) => { if (document.querySelector('.modal .modal-content')) return 'asked';"
            " const button = document.querySelector(next); return (!button || button.innerText !== label) && 'done'; }",
            NEXT, label, timeout=60, what=f"what follows “{label}”",
        )  # fmt: skip
        clerk.settle()
        return said

    def course(self):
        """Who had it, and how long: the picture names every hand."""
        clerk = self.person("vanthu")
        self.tab(clerk, "Diễn biến")
        clerk.page.see(".o_vanban_timeline_picture", "Vũ Thị Mai")
        for name in ("Nguyễn Văn An", "Trần Thị Hạnh"):
            clerk.page.see(".o_vanban_lane", name)
        clerk.page.click(".o_vanban_lane summary", "Nguyễn Văn An")
        clerk.page.see(".o_vanban_lane_stays", "Trình Lãnh đạo")
        bars = clerk.page.evaluate("[...document.querySelectorAll('.o_vanban_lane .o_vanban_bar')].map((el) => el.getBoundingClientRect().width)")
        assert bars and min(bars) >= 3, bars
        self.shot(clerk, "23-course")

    def play(self):
        for step in (self.draft, self.opinions, self.submit, self.review, self.decide, self.issue, self.course):
            step()
        for person in self._people.values():
            person.no_trouble()
