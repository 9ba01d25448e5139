"""Steps 2 to 4 of the main story, done by clicking: register, distribute, assign, contribute, draft, review, sign, issue."""

from datetime import date, timedelta

SUBJECT = "về việc báo cáo tình hình chuyển đổi số năm 2026"
OPINION = "Phòng Công chức, Viên chức thống nhất nội dung báo cáo."
RETURN = "Bổ sung số liệu quý III trước khi trình lại."
REPORT = "Sở Nội vụ báo cáo tình hình chuyển đổi số năm 2026 theo đề cương của Sở Tài chính."
DIRECTION = "Giao Phòng Tổ chức, Biên chế tham mưu văn bản trả lời."


def vietnamese(day):
    return day.strftime("%d/%m/%Y")


class Journey:
    """One document with its people; ``sign_in(login)`` gives a :class:`person.Person`.

    :param scan: path of the scanned PDF
    :param number: number on the paper, so that two journeys in one database stay apart
    :param agent: signing agent of the leader's machine; without one the journey ends before the signature
    :param dossier: (field, text) that the specialist chooses: an entry of the file plan, or a dossier already open
    """

    def __init__(self, sign_in, scan, number, dossier, agent=None, today=None):
        self._sign_in, self.scan, self.number = sign_in, scan, str(number)
        self.dossier, self.agent = dossier, agent
        self.today = today or date.today()
        self.deadline = self.today + timedelta(days=14)
        self._people = {}

    @property
    def code(self):
        return f"{self.number}/STC-VP"

    def person(self, login):
        if login not in self._people:
            self._people[login] = self._sign_in(login)
        return self._people[login]

    def find(self, person, path):
        """Open the one document of this journey from a list, as cards on a phone or rows on a desktop."""
        person.open(path, ".o_list_view, .o_kanban_view")
        person.page.click(".o_kanban_record:not(.o_kanban_ghost), .o_data_row .o_data_cell", self.code, timeout=30)
        person.page.see(".o_vanban_form .o_statusbar_status", timeout=30)
        person.settle()

    # ------------------------------------------------------------------ steps

    def register(self):
        """The clerk types what is on the paper beside its scan, and enters it in the register."""
        clerk = self.person("vanthu")
        clerk.open("van-ban-cho-tiep-nhan/new", ".o_vanban_form .o_field_widget[name=subject]")
        clerk.page.upload(".o_vanban_reader_input", self.scan)
        clerk.page.see(".o_vanban_suggestions", timeout=30)  # what was read from the letter moves the form down
        clerk.type("subject", SUBJECT)
        clerk.choose("kind_id", "Công văn")
        clerk.choose("issuer_id", "Sở Tài chính tỉnh Mẫu")
        clerk.type("code_number", self.number)
        clerk.type("code_notation", "STC-VP")
        clerk.date("issue_date", vietnamese(self.today - timedelta(days=2)))
        clerk.select("urgency", "Thượng khẩn")
        clerk.page.see(".o_vanban_reader_frame")
        clerk.shot("01-register-form")
        clerk.press("Vào sổ")
        clerk.state("Đã đăng ký")
        clerk.shot("02-registered")
        clerk.press("Trình phân phối")
        clerk.page.see(".modal .o_field_widget[name=lead_department_id]")
        clerk.choose("lead_department_id", "Phòng Tổ chức, Biên chế")
        clerk.choose("coordinate_department_ids", "Phòng Công chức, Viên chức")
        clerk.date("deadline", vietnamese(self.deadline))
        clerk.type("direction_text", DIRECTION)
        clerk.shot("03-proposal")
        clerk.press("Trình")
        clerk.state("Chờ phân phối")

    def distribute(self):
        """The leader reads, sees the clerk's proposal and agrees with one touch."""
        leader = self.person("lanhdao")
        leader.open("ban-lam-viec", ".o_vanban_box")
        leader.shot("04-desk-of-leader")
        self.find(leader, "van-ban-cho-chi-dao")
        leader.page.see(".o_vanban_form", "Phòng Tổ chức, Biên chế")
        leader.page.see(".o_vanban_reader_frame")
        leader.shot("05-leader-reads")
        leader.press("Đồng ý theo đề xuất")
        leader.state("Đã phân phối")
        leader.shot("06-distributed")

    def assign(self):
        """Both heads pass the work on to a specialist, each with a deadline inside his own."""
        for login, specialist in (("truongphong", "Vũ Thị Mai"), ("truongphong2", "Bùi Thị Ngọc")):
            head = self.person(login)
            self.find(head, "xu-ly-chinh" if login == "truongphong" else "phoi-hop-xu-ly")
            head.page.click(".o_vanban_receiver_chip", specialist)
            head.page.see(".o_vanban_receiver", specialist)
            head.term(specialist, self.deadline - timedelta(days=2))
            head.shot(f"07-assign-{login}")
            head.press("Phân công trong đơn vị")
            head.page.gone(".o_vanban_distribution", timeout=30)
            head.settle()

    def start(self):
        """The specialist opens the dossier from the file plan and starts."""
        specialist = self.person("chuyenvien")
        specialist.open("ban-lam-viec", ".o_vanban_box")
        specialist.shot("08-desk-of-specialist")
        self.find(specialist, "xu-ly-chinh")
        specialist.press("Bắt đầu xử lý")
        specialist.page.see(".modal .o_field_widget[name=dossier_id]")
        specialist.choose(*self.dossier)
        specialist.shot("09-dossier")
        specialist.press("Bắt đầu xử lý")
        specialist.state("Đang giải quyết")

    def contribute(self):
        other = self.person("chuyenvien2")
        self.find(other, "phoi-hop-xu-ly")
        other.press("Góp ý kiến")
        other.page.see(".modal .o_field_widget[name=contribution]")
        other.type("contribution", OPINION)
        other.shot("10-contribution")
        other.press("Gửi bên chủ trì")
        other.page.gone(".modal .modal-content", timeout=30)

    def draft_reply(self):
        """The specialist drafts the answer from the incoming document and submits it."""
        specialist = self.person("chuyenvien")
        self.find(specialist, "xu-ly-chinh")
        specialist.page.click(".o_notebook_headers .nav-link", "Phân công")
        specialist.shot("11-contributed")
        specialist.press("Soạn văn bản trả lời")
        specialist.page.see(".o_vanban_form .o_field_widget[name=signer_id] input", timeout=30)
        specialist.settle()
        specialist.type("subject", f"trả lời {self.code} {SUBJECT}")
        specialist.choose("signer_id", "Nguyễn Văn An")
        specialist.type("summary", "Trả lời Sở Tài chính; số liệu đã thống nhất với Phòng Công chức, Viên chức.")
        specialist.write("body", REPORT)
        specialist.press("Tạo dự thảo từ mẫu", timeout=60)
        specialist.page.see(".o_vanban_reader_frame", timeout=90)
        specialist.reads("Kính gửi")
        specialist.shot("12-draft")
        self.submit(specialist)
        specialist.shot("13-submitted")

    def submit(self, specialist):
        specialist.press("Trình duyệt")
        specialist.page.see(".modal .o_field_widget[name=comment]")
        specialist.press("Xác nhận")
        specialist.page.gone(".modal .modal-content", timeout=30)
        specialist.left_state("Dự thảo")

    def find_draft(self, person, path):
        person.open(path, ".o_list_view, .o_kanban_view")
        person.page.click(".o_kanban_record:not(.o_kanban_ghost), .o_data_row .o_data_cell", f"trả lời {self.code}", timeout=30)
        person.page.see(".o_vanban_form .o_statusbar_status", timeout=30)
        person.settle()

    def review(self):
        """First round: the head returns it with a comment. Second round: everybody agrees, up to the leader."""
        head = self.person("truongphong")
        self.find_draft(head, "trinh-duyet")
        head.shot("14-review")
        head.press("Trả lại để sửa")
        head.page.see(".modal .o_field_widget[name=comment]")
        head.type("comment", RETURN)
        head.shot("15-return")
        head.press("Xác nhận")
        head.page.gone(".modal .modal-content", timeout=30)

        specialist = self.person("chuyenvien")
        self.find_draft(specialist, "du-thao")
        specialist.page.see(".o_vanban_form", RETURN)
        specialist.shot("16-returned")
        specialist.write("body", " Số liệu quý III: 42 thủ tục trực tuyến.")
        specialist.press("Tạo lại bản dự thảo", timeout=60)
        specialist.page.wait(
            "document.querySelector('.o_vanban_reader').innerText.includes('phiên bản 2')"
            " || document.querySelector('.o_vanban_reader_frame').contentDocument.body.innerText.includes('42')",
            timeout=90, what="second version of the draft",
        )
        self.submit(specialist)

        self.find_draft(head, "trinh-duyet")
        self.agree(head)
        checker = self.person("kiemtra")
        self.find_draft(checker, "trinh-duyet")
        self.agree(checker)

        leader = self.person("lanhdao")
        self.find_draft(leader, "cho-ky")
        leader.page.see(".o_vanban_reader_frame")
        leader.page.see(".o_vanban_form", "số liệu đã thống nhất")
        leader.reads("42 thủ tục")
        # the related letter and the opinions of both rounds lie on the same screen
        leader.page.see(".o_vanban_submission section", self.code)
        leader.page.see(".o_vanban_submission section", RETURN)
        leader.shot("17-leader-submission")

    def agree(self, person):
        person.press("Đồng ý và chuyển tiếp")
        person.page.see(".modal .o_field_widget[name=comment]")
        person.press("Xác nhận")
        person.page.gone(".modal .modal-content", timeout=30)

    def sign(self):
        """The leader pairs the browser with the agent once, and signs at his own machine."""
        leader = self.person("lanhdao")
        leader.press("Ký số")
        leader.page.see(".o_vanban_signing .o_vanban_pair", timeout=40)
        leader.page.fill("#vanban_pair_code", self.agent.code)
        leader.page.click(".o_vanban_pair")
        leader.page.see(".o_vanban_signing[data-step=ready]", timeout=40)
        leader.shot("18-sign")
        leader.page.click(".o_vanban_sign")
        leader.page.see(".o_vanban_signing[data-step=done] .alert-success", timeout=90)
        leader.shot("19-signed")
        leader.page.click(".o_vanban_close")
        leader.page.gone(".o_vanban_signing")

    def issue(self):
        """The clerk checks, numbers, seals and issues."""
        clerk = self.person("vanthu")
        self.find_draft(clerk, "cho-cap-so")
        for button, state in (
            ("Đã kiểm tra thể thức, chữ ký", "Văn thư kiểm tra"), ("Cấp số", "Đã cấp số"),
            ("Ký số cơ quan", "Đã ký số cơ quan"), ("Phát hành", "Đã phát hành"),
        ):  # fmt: skip
            clerk.press(button)
            clerk.state(state)
        clerk.shot("20-issued")
        clerk.reads("/SNV-TCBC")

    def play(self):
        """All steps in order."""
        steps = [self.register, self.distribute, self.assign, self.start, self.contribute, self.draft_reply, self.review]
        if self.agent:
            steps += [self.sign, self.issue]
        for step in steps:
            step()
        for person in self._people.values():
            person.no_trouble()
