from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from .follow_common import FollowCase
from .proves import proves


@tagged("post_install", "-at_install")
class TestOutcome(FollowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.competent = cls.env["res.partner"].create({"name": "Sở Chuyên ngành tỉnh Mẫu", "is_company": True})

    def _wizard(self, document, **vals):
        wizard = self.env["vanban.outcome.wizard"].with_user(self.specialist).with_context(active_model="vanban.document", active_id=document.id)
        return wizard.create(vals)

    @proves("IN-42")
    def test_no_completion_without_an_outcome_and_each_has_its_form(self):
        document = self.in_progress()
        with self.assertRaises(UserError):
            self._wizard(document).action_apply()
        with self.assertRaises(UserError):
            document.with_user(self.specialist).action_done(None)
        self.assertEqual(document.state, "in_progress")
        # the four outcomes end in four different forms
        draft = self._wizard(document, outcome="transfer", partner_id=self.competent.id, content="Giải quyết theo thẩm quyền").action_apply()
        self.assertEqual(self.env["vanban.document"].browse(draft["res_id"]).kind_id, self.env.ref("vanban_core.kind_pc"))
        reply = self._wizard(document, outcome="reply", reply_step="draft").action_apply()
        self.assertEqual(self.env["vanban.document"].browse(reply["res_id"]).kind_id, self.env.ref("vanban_core.kind_cv"))
        with self.assertRaises(UserError):
            self._wizard(document, outcome="return", reason="Thiếu", missing=" ").action_apply()
        closing = self.in_progress()
        self._wizard(closing, outcome="reference", note="Lưu tham khảo").action_apply()
        self.assertEqual((closing.state, closing.outcome, closing.debt_entry_id.mode), ("done", "reference", "reference"))

    def test_transfer_slip_goes_the_normal_way_and_completes_the_document(self):
        document = self.in_progress()
        specialist = document.with_user(self.specialist)
        with self.assertRaises(UserError):
            specialist.action_done("transfer", "Chuyển")
        with self.assertRaises(UserError):
            specialist.action_transfer_slip(self.issuer.id, "Trả về")
        ids = specialist.action_transfer_slip(self.competent.id, "Giải quyết theo thẩm quyền", "2099-01-05")
        slip, notice = self.env["vanban.document"].browse(ids)
        self.assertEqual((slip.recipient_ids.partner_id, notice.recipient_ids.partner_id), (self.competent, self.issuer))
        self.assertEqual(notice.kind_id, self.env.ref("vanban_core.kind_pb"))
        self.assertIn(document.code, slip.body)
        self.assertIn(document.code, notice.body)
        self.assertIn(self.competent.name, notice.body)
        annex = slip.file_ids.filtered(lambda file: file.role == "annex")
        self.assertEqual(annex.sha256, document.main_file_id.sha256, "the document itself travels with the slip")
        self.assertEqual(document._linked("transfers", back=True), slip | notice)
        self.assertTrue(specialist.slip_pending)
        with self.assertRaises(UserError):
            specialist.action_transfer_slip(self.competent.id, "Lần nữa")
        self.assertEqual(document.state, "in_progress")
        self.issue_on_paper(slip)
        self.assertEqual((document.state, document.outcome, document.debt_entry_id.mode), ("done", "transfer", "transferred"))
        self.assertEqual(document.debt_entry_id.reply_id, slip)

    @proves("IN-44")
    def test_incomplete_document_goes_back_with_the_missing_conditions(self):
        document = self.in_progress()
        action = self._wizard(document, outcome="return", reason="Hồ sơ chưa đủ", missing="- Bản sao quyết định\n- Danh sách kèm theo").action_apply()
        self.assertEqual((document.state, document.outcome, document.debt_entry_id.mode), ("returned", "return", "returned"))
        self.assertEqual(document.missing_conditions.splitlines(), ["Bản sao quyết định", "Danh sách kèm theo"])
        letter = self.env["vanban.document"].browse(action["res_id"])
        self.assertEqual(letter.recipient_ids.partner_id, self.issuer)
        self.assertIn("2. Danh sách kèm theo", letter.body)
        self.assertEqual(letter._linked("related"), document)
        self.assertEqual(document.assignment_ids.mapped("state"), ["done"])
        self.assertFalse(document.activity_ids)
        row = self.env["vanban.log"].sudo().search([("document_id", "=", document.id), ("action", "=", "return"), ("outcome", "=", "done")])
        self.assertEqual(row.comment, "Hồ sơ chưa đủ. Còn thiếu: Bản sao quyết định; Danh sách kèm theo.")

    @proves("IN-44")
    def test_work_in_hand_is_not_returned_past_its_missing_conditions(self):
        document = self.in_progress()
        with self.assertRaises(UserError) as caught:
            document.with_user(self.specialist).action_return("Thiếu phụ lục")
        self.assertIn("Complete", str(caught.exception))
        self.assertEqual((document.state, document.outcome, self.lead_item(document).state), ("in_progress", False, "processing"))
        # the header offers it at the reception desk only
        arch = etree.fromstring(document.get_view(self.env.ref("vanban_core.document_incoming_view_form").id)["arch"])
        buttons = arch.xpath("//header/button[contains(@context, \"'default_step': 'return'\")]")
        self.assertEqual(len(buttons), 1)
        self.assertIn("state == 'in_progress' or", buttons[0].get("invisible"))

    def _turn_away(self, document, step, **vals):
        """The clerk's button at the reception desk, as the form opens it."""
        wizard = Form(self.env["vanban.comment.wizard"].with_user(self.clerk).with_context(active_id=document.id, default_step=step))
        wizard.comment = "Thiếu phụ lục"
        for name, value in vals.items():
            wizard[name] = value
        return wizard.save().action_apply()

    @proves("IN-10")
    def test_sender_who_is_not_connected_is_told_by_letter(self):
        document = self.incoming()
        letter = self.env["vanban.document"].browse(self._turn_away(document, "return")["res_id"])
        self.assertEqual((document.state, letter.state, letter.drafter_id), ("returned", "draft", self.clerk))
        self.assertEqual((letter.kind_id, letter.recipient_ids.partner_id), (self.env.ref("vanban_core.kind_tb"), self.issuer))
        for words in ("Lý do hoàn trả: Thiếu phụ lục", document.code, self.clerk.name):
            self.assertIn(words, letter.body)
        self.assertEqual(letter.file_ids.filtered(lambda file: file.role == "annex").sha256, document.main_file_id.sha256)
        self.assertEqual(letter._linked("related"), document)
        # a sender outside the directory is named as on the document; a notice of refusal carries no copy
        other = self.incoming(issuer_id=False, issuer_name="Công ty Ngoài Danh bạ")
        letter = self.env["vanban.document"].browse(self._turn_away(other, "refuse")["res_id"])
        self.assertEqual((other.state, letter.recipient_ids.name, len(letter.file_ids)), ("refused", "Công ty Ngoài Danh bạ", 0))
        self.assertIn("Lý do từ chối: Thiếu phụ lục", letter.body)
        # the clerk may do without
        quiet = self.incoming()
        self.assertEqual(self._turn_away(quiet, "refuse", with_letter=False)["type"], "ir.actions.act_window_close")
        self.assertEqual((quiet.state, quiet.back_link_ids.ids), ("refused", []))

    @proves("IN-45")
    def test_reply_is_drafted_from_the_list_with_link_recipient_and_subject(self):
        document = self.in_progress()
        item = self.lead_item(document).with_user(self.specialist)
        self.assertIn(item, item.search([("is_mine", "=", True), ("role", "=", "lead")]))
        reply, statement = self.env["vanban.document"].browse(document.with_user(self.specialist).action_prepare_reply(with_statement=True))
        self.assertEqual((reply._linked("answers"), reply.recipient_ids.partner_id), (document, self.issuer))
        self.assertIn(document.code, reply.subject)
        self.assertEqual((statement.kind_id, statement._linked("related")), (self.env.ref("vanban_core.kind_ttr"), document | reply))

    @proves("IN-50")
    def test_reply_required_closes_only_with_reply_or_reason_and_late_is_flagged(self):
        with freeze_time("2026-10-05 03:00:00"):
            document = self.in_progress(reply_required=True, reply_due_date="2026-10-12")
            specialist = document.with_user(self.specialist)
            self.assertEqual(document.deadline.isoformat(), "2026-10-12")
            with self.assertRaises(UserError):
                specialist.action_done("reply")
            other = self.in_progress(reply_required=True, reply_due_date="2026-10-12")
            other.with_user(self.specialist).action_done("reply", "Đã trả lời bằng điện thoại theo chỉ đạo")
        with freeze_time("2026-10-14 03:00:00"):
            late = self.env["vanban.document"].search([("reply_late", "=", True), ("company_id", "=", self.company.id)])
            self.assertEqual(late, document, "closed in time with a reason is not late")
            reply = self.env["vanban.document"].browse(specialist.action_prepare_reply()[0])
            self.issue_on_paper(reply)
            self.assertTrue(document.reply_issued_date)
            specialist.action_done("reply")
            document.invalidate_recordset(["reply_late"])
            self.assertTrue(document.reply_late, "Trễ hạn báo cáo stays with the record")
            own = [("company_id", "=", self.company.id), ("id", "in", (document | other).ids)]
            self.assertEqual(self.env["vanban.document"].search([("reply_late", "=", True), *own]), document)
            self.assertEqual(self.env["vanban.document"].search([("reply_late", "=", False), *own]), other)
            self.assertEqual((document | other).filtered_domain([("reply_late", "=", True)]), document)
        self.assertEqual((document.state, document.debt_entry_id.mode), ("done", "answered"))

    def test_only_the_lead_decides_the_outcome(self):
        document = self.distributed()
        document.with_user(self.specialist).action_start()
        for user in (self.specialist2, self.leader, self.clerk):
            with self.assertRaises(UserError):
                document.with_user(user).action_transfer_slip(self.competent.id)
            with self.assertRaises(UserError):
                document.with_user(user).action_send_back("Thiếu", "Phụ lục")

    @proves("IN-45")
    def test_a_coordinator_drafts_from_his_list_too(self):
        document = self.distributed()
        item = document.assignment_ids.filtered(lambda one: one.role == "coordinate").with_user(self.specialist2)
        self.assertIn(item, item.search([("is_mine", "=", True), ("role", "=", "coordinate")]))
        draft = self.env["vanban.document"].with_user(self.specialist2).browse(item.action_create_reply())
        self.assertEqual((draft.drafter_id, draft.state), (self.specialist2, "draft"))
        self.assertEqual((draft._linked("answers"), draft.recipient_ids.partner_id), (document, self.issuer))
        self.assertIn(document.code, draft.subject)

    @proves("IN-47")
    def test_completion_by_the_lead_goes_up_every_level(self):
        document = self.distributed([{"role": "lead", "department_id": self.department.id}])
        unit = document.assignment_ids
        unit.with_user(self.unit_head).action_assign([{"role": "lead", "user_id": self.specialist.id}], "Tham mưu")
        document.with_user(self.specialist).action_start()
        document.with_user(self.specialist).action_done("reference", "Đã tổng hợp vào báo cáo quý")
        self.env.invalidate_all()
        self.assertEqual((document.state, unit.state, unit.child_ids.state), ("done", "done", "done"))
        self.assertTrue(unit.done_date)
        # who assigned the specialist and who assigned the unit
        for assigner in (self.unit_head, self.leader):
            told = self.notices(assigner, "status")
            self.assertTrue(told and "Đã tổng hợp vào báo cáo quý" in told[0].title, (assigner.login, told.mapped("title")))

    @proves("IN-47")
    def test_status_by_hand_moves_the_parent_and_tells_the_assigner(self):
        document = self.distributed([
            {"role": "lead", "user_id": self.specialist.id}, {"role": "coordinate", "department_id": self.department.id},
        ])
        unit = document.assignment_ids.filtered("department_id")
        unit.with_user(self.unit_head).action_assign([{"role": "coordinate", "user_id": self.specialist2.id}])
        child = unit.child_ids.with_user(self.specialist2)
        child.action_report_progress("Đang rà soát số liệu")
        self.assertEqual((child.state, child.progress_note), ("processing", "Đang rà soát số liệu"))
        self.assertIn("Đang rà soát số liệu", self.notices(self.unit_head, "status")[0].title)
        child.action_contribute("Số liệu đã đủ")
        self.assertEqual((child.state, unit.state), ("contributed", "contributed"))
        self.assertIn("Số liệu đã đủ", unit.contribution)
        self.assertIn("Số liệu đã đủ", self.notices(self.unit_head, "status")[0].title)
        self.assertTrue(self.notices(self.leader, "status"), "and who assigned the unit")
        with self.assertRaises(UserError):
            child.action_report_progress("Sau khi xong")
