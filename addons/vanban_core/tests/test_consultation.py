import pypdfium2

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .outgoing_common import OutgoingCase
from .proves import proves


@tagged("post_install", "-at_install")
class TestConsultation(OutgoingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.head = cls._make_user("finance_head", "vanban_core.group_unit_head")
        employee = cls.env["hr.employee"].create({"name": cls.head.name, "user_id": cls.head.id, "company_id": cls.company.id})
        cls.finance = cls.env["hr.department"].create({
            "name": "Phòng Tài chính", "company_id": cls.company.id, "manager_id": employee.id,
        })

    def refused(self, user, model, method, *args, words=""):
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            self.rpc(user, model, method, *args)
        self.assertIn(words, str(caught.exception))

    def consulted(self, *asked, deadline="2099-03-02"):
        document = self.draft()
        asked = asked or ({"department_id": self.finance.id}, {"user_id": self.specialist2.id}, {"user_id": self.chief.id})
        ids = self.rpc(self.specialist, "vanban.document", "action_consult", document.ids, asked, "Góp ý nội dung kinh phí", deadline)
        return document, self.env["vanban.consultation"].browse(ids)

    def text(self, file):
        pdf = pypdfium2.PdfDocument(file.sudo()._raw())
        self.addCleanup(pdf.close)
        return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in pdf).split())

    def answer(self, row, user, words):
        self.rpc(user, "vanban.consultation", "action_answer", row.ids, words)

    def decide(self, row, *args, user=None):
        self.rpc(user or self.specialist, "vanban.consultation", "action_decide", row.ids, *args)

    @proves("OUT-05")
    def test_answer_becomes_a_form_and_the_others_stay_pending(self):
        document, (unit, person, _chief) = self.consulted()
        self.assertEqual(document.state, "consulting")
        self.assertIn(self.head, document.activity_ids.user_id)
        self.answer(unit, self.head, "Bổ sung dự toán quý IV")
        self.assertEqual((unit.state, unit.answerer_id, person.state), ("answered", self.head, "sent"))
        self.assertTrue(unit.answered_date)
        words = self.text(unit.file_id)
        for part in ("PHIẾU THAM GIA Ý KIẾN", "Phòng Tài chính", "Bổ sung dự toán quý IV", self.head.name, "Góp ý nội dung kinh phí"):
            self.assertIn(part, words)
        self.assertNotIn(self.head, document.activity_ids.user_id)
        self.refused(self.head, "vanban.consultation", "action_answer", unit.ids, "Ý kiến khác", words="possible only from")
        self.refused(self.head, "vanban.consultation", "write", unit.ids, {"content": "Ý kiến khác"})

    @proves("OUT-05")
    def test_who_is_late_is_reminded_and_who_asked_is_told(self):
        with freeze_time("2026-10-05 03:00:00"):
            _document, (unit, person) = self.consulted(
                {"department_id": self.finance.id}, {"user_id": self.specialist2.id}, deadline="2026-10-07"
            )
            self.answer(unit, self.head, "Nhất trí")
        notices = self.env["vanban.notice"].sudo()

        def told(day):
            notices.search([]).unlink()
            with freeze_time(f"{day} 03:00:00"):
                self.env.ref("vanban_core.cron_remind").method_direct_trigger()
            return notices.search([("kind", "=", "deadline"), ("user_id.company_id", "=", self.company.id)]).user_id

        self.assertEqual(told("2026-10-07"), self.specialist2, "who answered is left alone")
        self.assertFalse(told("2026-10-07"), "once only")
        self.assertEqual(told("2026-10-20"), self.specialist2 | self.specialist)
        self.assertEqual(person.state, "sent")

    @proves("OUT-06")
    def test_table_has_a_row_for_each_answer_and_blocks_while_a_position_is_missing(self):
        document, rows = self.consulted()
        refused = ("vanban.document", "action_submit_review", document.ids)
        self.refused(self.specialist, *refused, words="have not given their opinion")
        for row, user, words in zip(rows, (self.head, self.specialist2, self.chief), ("Ý một", "Ý hai", "Ý ba"), strict=True):
            self.answer(row, user, words)
        self.refused(self.specialist, *refused, words="take a position on the opinion of Phòng Tài chính")
        self.decide(rows[0], "accepted")
        self.refused(self.specialist, "vanban.consultation", "action_decide", rows[1].ids, "rejected", "  ", words="Explain why")
        self.refused(self.specialist, "vanban.consultation", "action_decide", rows[1].ids, "perhaps", words="Choose the position")
        self.decide(rows[1], "partly", "Chỉ tiếp thu đoạn cuối")
        self.refused(self.specialist, *refused, words=self.chief.name)
        self.decide(rows[2], "rejected", "Ngoài phạm vi")
        file = self.env["vanban.file"].browse(self.rpc(self.specialist, "vanban.document", "action_make_opinion_table", document.ids))
        words = self.text(file)
        for part in (
            "BẢNG TỔNG HỢP Ý KIẾN", "STT", "Phòng Tài chính", "Ý một", "Ý hai", "Ý ba", "Chỉ tiếp thu đoạn cuối", "Ngoài phạm vi", self.chief.name,
        ):
            self.assertIn(part, words)
        self.rpc(self.specialist, *refused)
        self.assertEqual(document.round, 1)
        self.assertNotIn(document.state, ("draft", "consulting"))
        self.refused(self.specialist, "vanban.consultation", "action_decide", rows[2].ids, "accepted", words="no longer a draft")

    @proves("OUT-06")
    def test_the_head_of_the_lead_unit_takes_positions_before_the_review(self):
        document, (unit, person, chief) = self.consulted()
        self.answer(unit, self.head, "Bổ sung dự toán")
        self.answer(person, self.specialist2, "Sửa điều 2")
        self.decide(unit, "accepted", user=self.unit_head)
        self.assertEqual((unit.position, unit.decided_by_id), ("accepted", self.unit_head))
        wizard = self.rpc(self.unit_head, "vanban.position.wizard", "create", {
            "consultation_id": person.id, "position": "rejected", "explanation": "Ngoài phạm vi",
        })
        self.rpc(self.unit_head, "vanban.position.wizard", "action_apply", [wizard])
        self.assertEqual((person.position, person.decided_by_id), ("rejected", self.unit_head))
        self.rpc(self.unit_head, "vanban.consultation", "action_waive", chief.ids, "Đã trao đổi trực tiếp")
        # he reads the draft, but it is not his turn yet
        self.refused(self.unit_head, "vanban.document", "action_review_approve", document.ids)
        self.refused(self.outsider, "vanban.consultation", "action_decide", unit.ids, "accepted")

    @proves("OUT-06")
    def test_issue_is_blocked_while_a_row_has_no_position(self):
        document, (row,) = self.consulted({"department_id": self.finance.id})
        self.answer(row, self.head, "Không nhất trí")
        self.decide(row, "accepted")
        document.action_submit_review()
        document.with_user(self.unit_head).action_review_approve()
        document.with_user(self.format_checker).action_review_approve()
        self.through_paper(document)
        # as an import of a course from elsewhere may leave it
        row.sudo().position = False
        self.refused(self.clerk, "vanban.document", "action_issue", document.ids, words="Phòng Tài chính")
        self.assertEqual(document.state, "paper_done")
        row.sudo().position = "accepted"
        self.rpc(self.clerk, "vanban.document", "action_issue", document.ids)
        self.assertEqual(document.state, "issued")

    def test_going_on_without_an_opinion_needs_a_reason(self):
        document, (row,) = self.consulted({"department_id": self.finance.id})
        self.refused(self.specialist, "vanban.consultation", "action_waive", row.ids, " ", words="write the reason")
        self.rpc(self.specialist, "vanban.consultation", "action_waive", row.ids, "Quá hạn, đã nhắc hai lần")
        self.assertEqual((row.state, row.waive_reason), ("waived", "Quá hạn, đã nhắc hai lần"))
        document.action_submit_review()
        self.assertEqual(document.round, 1)

    def test_those_who_must_not_pass(self):
        document, (row,) = self.consulted({"department_id": self.finance.id})
        for user in (self.outsider, self.specialist2, self.admin_user):
            self.refused(user, "vanban.consultation", "action_answer", row.ids, "Ý kiến giả")
            self.refused(user, "vanban.consultation", "action_waive", row.ids, "Bỏ qua")
        self.refused(self.specialist, "vanban.consultation", "action_answer", row.ids, "Tự trả lời")
        self.answer(row, self.head, "Bổ sung")
        self.refused(self.head, "vanban.consultation", "action_decide", row.ids, "accepted")
        self.refused(self.outsider, "vanban.document", "action_consult", document.ids, [{"user_id": self.chief.id}], "Góp ý", "2099-01-01")
        for user in (self.head, self.specialist):
            self.refused(user, "vanban.consultation", "unlink", row.ids)
            self.refused(user, "vanban.consultation", "create", [{
                "document_id": document.id, "asked_name": "x", "question": "x", "deadline": "2099-01-01", "author_id": user.id,
            }])
        # who merely receives the document later does not see the opinions
        document._grant(users=self.outsider, source="recipient")
        self.assertFalse(self.env["vanban.consultation"].with_user(self.outsider).search([("document_id", "=", document.id)]))
        with self.assertRaises(AccessError):
            document.with_user(self.outsider).action_make_opinion_table()
        forms = document.file_ids.filtered(lambda file: file.role == "opinion")
        self.assertTrue(forms)
        self.assertFalse(self.env["vanban.file"].with_user(self.outsider).search([("id", "in", forms.ids)]))
        self.assertEqual(self.env["vanban.file"].with_user(self.head).search([("id", "in", forms.ids)]), forms, "who gave it keeps his form")

    def test_nobody_is_asked_any_more_when_the_draft_is_given_up(self):
        document, (row,) = self.consulted({"department_id": self.finance.id})
        self.rpc(self.specialist, "vanban.document", "action_cancel", document.ids, "Không ban hành nữa")
        self.assertEqual((document.state, row.state), ("cancelled", "waived"))

    def test_bad_requests_are_named(self):
        document = self.draft()
        stranger = self.env["hr.department"].create({
            "name": "Phòng Lạ", "company_id": self.env["res.company"].create({"name": "Sở Lạ"}).id,
        })
        headless = self.env["hr.department"].create({"name": "Phòng Trống", "company_id": self.company.id})
        for asked, question, deadline, words in (
            ([], "Góp ý", "2099-01-01", "at least one"),
            ([{"department_id": self.finance.id}], " ", "2099-01-01", "on what"),
            ([{"department_id": self.finance.id}], "Góp ý", "2020-01-01", "today or later"),
            ([{"department_id": self.finance.id}], "Góp ý", "mai", "today or later"),
            ([{"department_id": stranger.id}], "Góp ý", "2099-01-01", "Phòng Lạ"),
            ([{"department_id": headless.id}], "Góp ý", "2099-01-01", "Phòng Trống"),
        ):
            self.refused(self.specialist, "vanban.document", "action_consult", document.ids, asked, question, deadline, words=words)
        self.assertEqual(document.state, "draft")
        self.assertFalse(document.consultation_ids)
        empty = self.draft(pdf=False)
        self.refused(
            self.specialist, "vanban.document", "action_consult", empty.ids, [{"user_id": self.chief.id}], "Góp ý", "2099-01-01",
            words="no draft to send",
        )
