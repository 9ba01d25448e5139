import ast
import base64
import datetime
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..tools import file_text, vietnam_time
from .common import make_pdf
from .issuing_common import IssuingCase
from .proves import proves


@tagged("post_install", "-at_install")
class TestIssuing(IssuingCase):
    """Paper, late issue, confirmation and answers of issued documents."""

    # ------------------------------------------------------------------- paper

    @proves("OUT-24")
    def test_copies_are_printed_from_the_numbered_version_and_counted(self):
        document = self.signed_on_paper(recipient_ids=[fields.Command.create({"partner_id": self.issuer.id, "copies": 3})])
        self.assertIn("number", self.refused(self.clerk, "vanban.document", "action_print_copies", [document.id]))
        self.rpc(self.clerk, "vanban.document", "action_allocate_number", [document.id])
        numbered = document._add_file("co-so.pdf", make_pdf("So 01"), role="main", stage="numbered")
        document._add_file("da-dong-dau.pdf", make_pdf("Dong dau"), role="main", stage="sealed")
        self.refused(self.specialist, "vanban.document", "action_print_copies", [document.id])
        for copies in (0, -1, 10**6, "ba"):
            self.refused(self.clerk, "vanban.document", "action_print_copies", [document.id], copies)
        action = self.rpc(self.clerk, "vanban.document", "action_print_copies", [document.id])
        self.assertIn(f"/vanban.file/{numbered.id}/", action["url"])
        self.assertEqual(document.printed_copies, 4)  # three for the recipient, one that is kept
        log = self.env["vanban.log"].search([("document_id", "=", document.id), ("action", "=", "print")], limit=1)
        self.assertIn('"copies": 4', log.data)
        self.assertIn('"stage": "numbered"', log.data)
        self.assertEqual(log.user_name, self.clerk.name)

    @proves("OUT-25")
    def test_one_stamped_copy_is_kept_before_issue_where_the_profile_says_so(self):
        document, missing = self.signed_on_paper(), self.signed_on_paper()
        self.rpc(self.clerk, "vanban.document", "action_allocate_number", [document.id])
        self.company.vanban_profile_id = self.env.ref("vanban_core.profile_thanhhoa")
        with patch.object(type(document), "_has_valid_agency_signature", lambda row: True):
            self.assertIn("One stamped paper copy", self.refused(self.clerk, "vanban.document", "action_issue", [document.id]))
            self.refused(self.specialist, "vanban.document", "action_keep_copy", [document.id])
            self.refused(self.clerk, "vanban.document", "write", [document.id], {"kept_copy_date": "2026-01-01 00:00:00"})
            self.rpc(self.clerk, "vanban.document", "action_keep_copy", [document.id], "Hộp 12, tập 3")
            self.issue(document)
        self.assertEqual((document.state, document.kept_copy_user_id, document.kept_copy_place), ("issued", self.clerk, "Hộp 12, tập 3"))
        # the list of kept copies names the numbers whose copy is missing
        self.rpc(self.clerk, "vanban.document", "action_allocate_number", [missing.id])
        today = vietnam_time.today()
        self.rpc(self.clerk, "vanban.register", "action_print_kept", self.register_out.ids, today, today)
        text = self.printed(self.register_out.print_ids.filtered(lambda book: book.kind == "kept"))
        self.assertIn("01/SNV-TC", text)
        self.assertIn("Hộp 12, tập 3", text)
        self.assertIn("Thiếu bản lưu của các số: 02", text)
        self.refused(self.specialist, "vanban.register", "action_print_kept", self.register_out.ids, today, today)

    def printed(self, book):
        raw = base64.b64decode(book.with_user(self.clerk).content)
        return " ".join(file_text.extract(raw, "application/pdf").split())

    @proves("OUT-41")
    def test_the_drafter_files_the_paper_copy_in_the_dossier(self):
        document = self.on_paper()
        self.rpc(self.clerk, "vanban.document", "write", [document.id], {"medium": "both"})
        with patch.object(type(document), "_has_valid_agency_signature", lambda row: True):
            self.issue(document)
        todo = document.sudo().activity_ids.filtered(lambda todo: todo.user_id == self.specialist)
        self.assertEqual(len(todo), 1)
        self.assertIn("paper copy", todo.summary)
        self.assertIn("dossier", self.refused(self.specialist, "vanban.document", "action_file_paper_copy", [document.id]))
        dossier = self.env["vanban.dossier"].with_user(self.specialist).create({
            "title": "Hồ sơ báo cáo", "company_id": self.company.id, "symbol": "01.BC", "user_id": self.specialist.id,
            "retention_id": self.env.ref("vanban_core.retention_10").id,
        })
        dossier.action_open()
        document.with_user(self.specialist)._file_into(dossier.id)
        self.refused(self.specialist2, "vanban.document", "action_file_paper_copy", [document.id])
        self.rpc(self.specialist, "vanban.document", "action_file_paper_copy", [document.id])
        self.assertTrue(document.paper_filed_date)
        self.assertFalse(document.sudo().activity_ids.filtered(lambda todo: todo.user_id == self.specialist))
        self.assertTrue(self.env["vanban.log"].search([
            ("model", "=", "vanban.dossier"), ("res_id", "=", dossier.id), ("action", "=", "file_paper_copy"),
        ]))

    @proves("OUT-43")
    def test_regulations_are_signed_in_both_forms_and_a_copy_is_archived(self):
        one = self.class_of("electronic", "both")
        document = self.signed_on_paper(class_id=one.id)
        self.rpc(self.clerk, "vanban.document", "write", [document.id], {"medium": "electronic"})
        self.rpc(self.clerk, "vanban.document", "action_allocate_number", [document.id])
        with patch.object(type(document), "_has_valid_agency_signature", lambda row: True):
            self.assertIn("One stamped paper copy", self.refused(self.clerk, "vanban.document", "action_issue", [document.id]))
            self.rpc(self.clerk, "vanban.document", "action_keep_copy", [document.id])
            # ink alone does not sign the electronic copy
            self.assertIn("lacks the signer's digital signature", self.refused(self.clerk, "vanban.document", "action_issue", [document.id]))
        self.assertFalse(document.issued_date)

    # -------------------------------------------------------------- late issue

    @proves("OUT-44")
    def test_a_late_issue_needs_its_cause_and_is_reported(self):
        document = self.on_paper()
        document._write_fixed({"issue_deadline": fields.Datetime.now() - datetime.timedelta(hours=5)})
        self.assertIn("subjective or objective", self.refused(self.clerk, "vanban.document", "action_issue", [document.id]))
        for cause, reason in (("subjective", " "), (None, "Chờ"), ("other", "Chờ")):
            self.refused(self.clerk, "vanban.document", "action_issue", [document.id], cause, reason)
        self.refused(self.specialist, "vanban.document", "action_issue", [document.id], "objective", "Mất điện")
        self.assertFalse(document.issue_late_kind)
        wizard = self.env["vanban.issuing.wizard"].with_user(self.clerk).with_context(active_id=document.id)
        wizard.create({"step": "late", "late_kind": "objective", "reason": "Mất điện từ 14 giờ"}).action_apply()
        self.assertEqual((document.state, document.issue_late_kind, document.issue_late_hours), ("issued", "objective", 5.0))
        action = self.env.ref("vanban_core.action_outgoing_late_report")
        groups = self.rpc(self.clerk, "vanban.document", "formatted_read_group", [("issue_late_kind", "!=", False), ("id", "=", document.id)],
                          ["issued_date:quarter"], ["__count", "issue_late_hours:sum"])
        self.assertEqual((groups[0]["__count"], groups[0]["issue_late_hours:sum"]), (1, 5.0))
        self.assertIn("issue_late_kind", action.domain)
        self.refused(self.clerk, "vanban.document", "write", [document.id], {"issue_late_kind": "objective"})

    # ------------------------------------------------------ urgent, confirmation

    @proves("OUT-36")
    def test_an_urgent_document_is_confirmed_or_alerts_sender_and_head(self):
        document = self.on_paper(urgency="2")
        self.issue(document)
        row = document.recipient_ids
        alert = self.env.ref("vanban_core.cron_alert_unconfirmed").method_direct_trigger
        notices = self.env["vanban.notice"]
        alert()
        self.assertFalse(notices.search([("document_id", "=", document.id), ("kind", "=", "alert")]))
        document._write_fixed({"issued_date": fields.Datetime.now() - datetime.timedelta(minutes=61)})
        alert()
        alert()
        told = notices.search([("document_id", "=", document.id), ("kind", "=", "alert")])
        self.assertEqual(sorted(told.user_id.ids), sorted((self.clerk | self.specialist | self.unit_head).ids))
        # the server has no language of its own: its jobs speak Vietnamese
        for title in told.mapped("title"):
            self.assertTrue(title.startswith("Văn bản khẩn chưa xác nhận đã đến trong 60 phút"), title)
        self.refused(self.outsider, "vanban.recipient", "action_confirm_arrival", row.ids, "phone")
        self.refused(self.clerk, "vanban.recipient", "action_confirm_arrival", row.ids, "smoke")
        self.rpc(self.clerk, "vanban.recipient", "action_confirm_arrival", row.ids, "phone", "Văn thư Sở Gửi văn bản")
        self.assertEqual((row.confirmed_user_id, row.confirmed_means, row.confirmed_note), (self.clerk, "phone", "Văn thư Sở Gửi văn bản"))
        self.assertTrue(row.confirmed_date)
        self.refused(self.specialist, "vanban.recipient", "action_confirm_arrival", row.ids, "email")
        self.refused(self.clerk, "vanban.recipient", "write", row.ids, {"confirmed_means": "email"})

    # ----------------------------------------------------------------- answers

    @proves("OUT-39")
    def test_who_has_answered_who_is_late_and_who_is_told(self):
        agencies = self.env["res.partner"].create([{"name": f"Đơn vị báo cáo {n}", "is_company": True} for n in range(10)])
        document = self.on_paper(
            reply_required=True, reply_due_date="2026-01-20",
            recipient_ids=[fields.Command.create({"partner_id": agency.id}) for agency in agencies],
        )
        self.issue(document)
        for agency in agencies[:6]:
            answer = self.incoming(issuer_id=agency.id, register=True)
            answer._write_fixed({"arrival_date": "2026-01-19 02:00:00"})
            self.rpc(self.clerk, "vanban.document.link", "create", [{"document_id": answer.id, "target_id": document.id, "kind": "answers"}])
        rows = document.recipient_ids.sorted("id")
        self.rpc(self.specialist, "vanban.recipient", "action_record_answer", rows[6].ids, "Báo cáo gửi qua thư điện tử")
        self.assertEqual((document.answer_expected, document.answer_received, document.answer_late_count), (10, 7, 3))
        late = self.env["vanban.recipient"].with_user(self.specialist).search([("answer_late", "=", True), ("document_id", "=", document.id)])
        self.assertEqual(late, rows[7:].with_user(self.specialist))
        self.refused(self.outsider, "vanban.recipient", "action_urge", late.ids)
        self.refused(self.outsider, "vanban.document", "action_report_late_answers", [document.id])
        self.refused(self.specialist, "vanban.recipient", "action_urge", rows[:1].ids)
        self.rpc(self.specialist, "vanban.recipient", "action_urge", late.ids, "Đề nghị gửi ngay")
        self.assertEqual(late.mapped("urge_count"), [1, 1, 1])
        self.env.ref("vanban_core.cron_report_late_answers").method_direct_trigger()
        told = self.env["vanban.notice"].search([("title", "like", "3/10 nơi nhận chưa trả lời đúng hạn")])
        self.assertIn(self.leader, told.user_id)
        self.assertIn(self.unit_head, told.user_id)
        body = told.filtered(lambda notice: notice.user_id == self.unit_head).body
        self.assertEqual([agency.name in body for agency in agencies], [False] * 7 + [True] * 3)
        self.env.ref("vanban_core.cron_report_late_answers").method_direct_trigger()
        self.assertEqual(len(self.env["vanban.notice"].search([("title", "like", "3/10 nơi nhận chưa trả lời đúng hạn")])), len(told))
        self.assertEqual(self.rpc(self.specialist, "vanban.document", "action_report_late_answers", [document.id]), late.ids)

    def test_no_answer_to_a_recalled_document_is_awaited(self):
        document = self.on_paper(reply_required=True, reply_due_date="2026-01-20")
        row = document.recipient_ids
        self.assertIn("not issued", self.refused(self.specialist, "vanban.recipient", "action_urge", row.ids))
        self.issue(document)
        lists = [("answer_late", "=", True)], *(
            ast.literal_eval(self.env.ref(f"vanban_core.{name}").domain)
            for name in ("action_recipient_answers", "action_recipient_answers_open")
        )

        def listed():
            rows = self.env["vanban.recipient"].with_user(self.specialist)
            return [bool(rows.search([*domain, ("id", "=", row.id)])) for domain in lists]

        self.assertEqual((listed(), row.answer_late, document.answer_late_count), ([True] * 3, True, 1))
        self.rpc(self.clerk, "vanban.document", "action_request_recall", [document.id], "Ban hành nhầm")
        self.assertEqual((listed(), row.answer_late, document.answer_late_count), ([False] * 3, False, 0))
        self.assertIn("being recalled", self.refused(self.specialist, "vanban.recipient", "action_urge", row.ids))
        self.rpc(self.leader, "vanban.document", "action_approve_recall", [document.id])
        self.assertEqual((document.state, listed()), ("recalled", [False] * 3))
        self.refused(self.specialist, "vanban.recipient", "action_urge", row.ids)
        self.assertEqual(row.urge_count, 0)

    @proves("OUT-40")
    def test_whose_issue_is_followed_by_whom(self):
        own = self.on_paper()
        other_unit = self.env["hr.department"].create({"name": "Phòng Khác", "company_id": self.company.id, "vanban_symbol": "KH"})
        colleague = self._make_user("colleague", "vanban_core.group_specialist")
        self.env["hr.employee"].create({
            "name": "Đồng nghiệp", "user_id": colleague.id, "company_id": self.company.id, "department_id": other_unit.id,
        })
        self.issue(own)
        restricted = self.on_paper(restricted=True)
        self.issue(restricted)

        def followed(user):
            action = self.rpc(user, "vanban.document", "action_follow_issue", [])
            return self.env["vanban.document"].browse(self.rpc(user, "vanban.document", "search", action["domain"]))

        self.assertEqual(followed(self.clerk) & (own | restricted), own | restricted)
        # a specialist of the same unit who had no part in it
        self.assertEqual(followed(self.specialist2) & (own | restricted), own)
        self.assertFalse(followed(colleague))
        self.assertFalse(own.with_user(colleague).has_access("read"))

    # ------------------------------------------------- two bodies, one registry

    def test_one_clerk_issues_for_two_bodies_each_with_its_series_and_symbol(self):
        committee = self.env["res.partner"].create({"name": "UBND tỉnh Mẫu", "is_company": True, "vanban_symbol": "UBND"})
        book = self.env["vanban.register"].create({
            "name": "Sổ văn bản đi của UBND", "code": "DIUB", "direction": "out", "company_id": self.company.id,
            "issuer_ids": [fields.Command.set(committee.ids)],
        })
        office = self.signed_on_paper()
        self.rpc(self.clerk, "vanban.document", "action_allocate_number", [office.id])
        document = self.signed_on_paper(issuer_id=committee.id)
        self.assertEqual(self.rpc(self.clerk, "vanban.document", "action_allocate_number", [document.id]), ["01/UBND-TC"])
        self.assertEqual((document.register_id, office.register_id), (book, self.register_out))
        self.assertEqual(office.code, "01/SNV-TC")

    # -------------------------------------------------------------- correction

    def test_an_issued_document_is_corrected_by_a_letter_of_its_own(self):
        document = self.on_paper(signer_capacity="kt", authority_title="Giám đốc")
        self.refused(self.clerk, "vanban.document", "action_correct", [document.id], "Sai ngày")
        self.issue(document)
        number = document.code
        self.refused(self.outsider, "vanban.document", "action_correct", [document.id], "Sai ngày")
        self.refused(self.specialist, "vanban.document", "action_correct", [document.id], "  ")
        wizard = self.env["vanban.issuing.wizard"].with_user(self.specialist).with_context(active_id=document.id)
        action = wizard.create({"step": "correct", "errors": "Trang 1: “ngày 05” <đúng là> “ngày 06”"}).action_apply()
        draft = self.env["vanban.document"].browse(action["res_id"])
        self.assertEqual((draft.state, draft.kind_id, draft.recipient_ids.partner_id), ("draft", self.kind, self.issuer))
        self.assertIn(number, draft.subject)
        signed_as = ("signer_id", "signer_capacity", "authority_title", "unit_deputy_of")
        self.assertEqual([draft[name] for name in signed_as], [document[name] for name in signed_as])
        self.assertIn("&lt;đúng là&gt;", draft.body)
        self.assertFalse(document.corrected_by)
        draft.upload_file("dinh-chinh.pdf", base64.b64encode(make_pdf("Dinh chinh")).decode())
        draft.action_submit_review("Kính trình")
        draft.with_user(self.unit_head).action_review_approve("Đồng ý")
        draft.with_user(self.format_checker).action_review_approve("Đúng thể thức")
        draft.with_user(self.clerk).action_sign_on_paper("ban-quet.pdf", base64.b64encode(make_pdf("Ban quet")).decode())
        draft.with_user(self.clerk).action_clerk_check()
        draft.with_user(self.clerk).action_allocate_number()
        draft.with_user(self.clerk).write({"medium": "paper"})
        draft.with_user(self.clerk).action_paper_done()
        self.issue(draft)
        self.assertEqual(document.corrected_by, draft.code)
        self.assertEqual((document.code, document.state), (number, "issued"))
        entry = self.env["vanban.register.entry"].search([("document_id", "=", document.id)])
        self.assertIn(f"Đính chính bởi số {draft.code}", self.register_out._remark(entry))

    def test_what_waits_at_issue_has_its_boxes(self):
        document = self.on_paper(urgency="1", reply_required=True, reply_due_date="2026-01-20")
        boxes = {box["key"]: box["count"] for group in self.env["vanban.work.box"].with_user(self.clerk).get_boxes() for box in group["boxes"]}
        self.issue(document)
        after = {box["key"]: box["count"] for group in self.env["vanban.work.box"].with_user(self.clerk).get_boxes() for box in group["boxes"]}
        for key in ("to_confirm", "answers"):
            self.assertEqual(after[key], boxes[key] + 1)
        self.assertIn("to_check", after)
        document.recipient_ids.with_user(self.clerk).action_confirm_arrival("phone")
        document.recipient_ids.with_user(self.clerk).action_record_answer("Trả lời qua điện thoại")
        again = {box["key"]: box["count"] for group in self.env["vanban.work.box"].with_user(self.clerk).get_boxes() for box in group["boxes"]}
        self.assertEqual((again["to_confirm"], again["answers"]), (boxes["to_confirm"], boxes["answers"]))
