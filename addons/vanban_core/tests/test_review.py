import datetime

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.vanban_core.tests.proves import proves

from .outgoing_common import OutgoingCase


@tagged("post_install", "-at_install")
class TestReview(OutgoingCase):
    def refused(self, call, words):
        with self.assertRaises(UserError) as caught:
            call()
        self.assertIn(words, str(caught.exception))

    @proves("OUT-04")
    def test_submission_names_what_is_missing(self):
        document = self.draft(pdf=False, recipient_ids=[], kind_id=False)
        self.refused(document.action_submit_review, "Kind")
        self.refused(document.action_submit_review, "Recipients")
        self.refused(document.action_submit_review, "Main file")
        self.assertEqual((document.state, document.round), ("draft", 0))

    @proves("OUT-38")
    def test_reply_without_due_date_is_refused(self):
        document = self.draft(reply_required=True)
        self.refused(document.action_submit_review, "asks for a reply")
        document.reply_due_date = "2026-12-31"
        document.action_submit_review()
        self.assertEqual(document.state, "review_dept")

    @proves("OUT-38")
    def test_each_recipient_has_a_date_of_its_own_or_that_of_the_document(self):
        other, third = self.env["res.partner"].create([{"name": f"Xã Mẫu {number}", "is_company": True} for number in (1, 2)])
        document = self.draft(reply_required=True, recipient_ids=[
            fields.Command.create({"partner_id": self.issuer.id, "reply_due_date": "2026-12-01"}),
            fields.Command.create({"partner_id": other.id}),
            fields.Command.create({"partner_id": third.id, "for_information": True}),
        ])
        # one recipient without a date is enough to refuse
        self.refused(document.action_submit_review, "asks for a reply")
        with Form(document, view="vanban_core.document_outgoing_view_form") as form:
            form.reply_due_date = "2026-12-31"
            with form.recipient_ids.edit(0) as row:
                row.reply_due_date = "2026-12-05"
        document.action_submit_review()
        self.assertEqual(document.recipient_ids.mapped("answer_due"), [datetime.date(2026, 12, 5), datetime.date(2026, 12, 31), False])

    @proves("OUT-08")
    def test_rounds_return_with_comment_and_opinions_stay(self):
        document = self.draft()
        document.action_submit_review("Kính trình")
        self.assertEqual((document.state, document.round), ("review_dept", 1))
        head = document.with_user(self.unit_head)
        self.refused(lambda: head.action_review_return("  "), "write the reason")
        head.action_review_return("Bổ sung số liệu")
        self.assertEqual(document.state, "rework")
        # the reviewer's step is over, the drafter has it again
        self.assertFalse(head._can_act())
        self.refused(lambda: head.upload_file("a.pdf", ""), "")
        document.subject = "báo cáo đã bổ sung số liệu"
        document.action_submit_review()
        self.assertEqual((document.state, document.round), ("review_dept", 2))
        head.action_review_approve("Đồng ý")
        self.assertEqual(document.state, "format_check")
        document.with_user(self.format_checker).action_review_approve()
        self.assertEqual(document.state, "leader")
        self.assertEqual(
            document.review_ids.mapped(lambda review: (review.round, review.step, review.decision, review.comment, review.reviewer_id)),
            [
                (1, "review_dept", "return", "Bổ sung số liệu", self.unit_head),
                (2, "review_dept", "approve", "Đồng ý", self.unit_head),
                (2, "format_check", "approve", False, self.format_checker),
            ],
        )
        self.assertEqual(document.review_ids.file_id, document.main_file_id)

    @proves("OUT-08")
    def test_reviewer_may_put_in_his_own_version_in_his_step_only(self):
        document = self.draft()
        document.action_submit_review()
        self.refused(lambda: self.upload(document), "")
        self.upload(document.with_user(self.unit_head))
        self.assertEqual(document.main_file_id.version, 2)
        document.with_user(self.unit_head).action_review_approve()
        self.refused(lambda: self.upload(document.with_user(self.unit_head)), "")

    def upload(self, document):
        import base64

        from .common import make_pdf

        return document.upload_file("ban-sua.pdf", base64.b64encode(make_pdf("Ban sua")).decode())

    @proves("OUT-11")
    def test_no_step_can_be_skipped_and_strangers_are_refused(self):
        document = self.draft()
        document.action_submit_review()
        for user in (self.specialist, self.outsider, self.format_checker, self.leader, self.clerk, self.admin_user):
            with self.assertRaises(AccessError, msg=user.login):
                document.with_user(user).action_review_approve()
        document.with_user(self.unit_head).action_review_approve()
        with self.assertRaises(UserError):
            document.with_user(self.leader)._transition("sign")
        self.assertEqual(document.state, "format_check")

    @proves("OUT-13")
    def test_leader_returns_with_reason_only(self):
        document = self.at_leader()
        leader = document.with_user(self.leader)
        self.refused(lambda: leader.action_review_return(""), "write the reason")
        leader.action_review_return("Chưa thống nhất với Sở Tài chính")
        self.assertEqual(document.state, "rework")
        self.assertTrue(document._can_act())
        todo = document.sudo().activity_ids.filtered(lambda item: item.user_id == self.specialist)
        self.assertIn("Chưa thống nhất", todo.summary or todo.note)

    @proves("OUT-09", "OUT-14")
    def test_by_order_after_the_leaders_opinion(self):
        document = self.at_leader(signer_id=self.unit_head.id, signer_capacity="tl", prior_opinion=True)
        self.assertEqual(document.state, "leader")
        with self.assertRaises(AccessError):
            document.with_user(self.unit_head)._transition("sign")
        document.with_user(self.leader).action_review_approve("Đồng ý")
        self.assertEqual(document.state, "tl_agreed")
        self.assertTrue(document.with_user(self.unit_head)._may("sign"))
        self.assertFalse(document.with_user(self.leader)._may("sign"))

    @proves("OUT-09")
    def test_by_order_without_prior_opinion_goes_round_the_leader(self):
        document = self.at_leader(signer_id=self.unit_head.id, signer_capacity="tl")
        self.assertEqual(document.state, "tl_agreed")
        self.assertEqual(document.with_user(self.unit_head).next_action, "sign")

    @proves("OUT-10")
    def test_legal_appraisal_for_the_kinds_that_need_it(self):
        self.company.vanban_profile_id = self.env.ref("vanban_core.profile_bhxh")
        legal = self._make_user("legal", "vanban_core.group_legal")
        self.kind.legal_required = True
        document = self.draft()
        document.action_submit_review()
        document.with_user(self.unit_head).action_review_approve()
        # the same person heads department and unit: asked once
        self.assertEqual(document.state, "legal")
        document.with_user(legal).action_review_return("Sai căn cứ pháp lý")
        self.assertEqual(document.state, "rework")
        document.action_submit_review()
        document.with_user(self.unit_head).action_review_approve()
        document.with_user(legal).action_review_approve("Thống nhất")
        document.with_user(self.format_checker).action_review_approve()
        self.assertEqual(document.state, "leader")
        self.kind.legal_required = False
        other = self.draft()
        other.action_submit_review()
        other.with_user(self.unit_head).action_review_approve()
        self.assertEqual(other.state, "format_check")

    def test_head_who_drafts_himself_answers_for_the_content(self):
        document = self.draft(user=self.unit_head)
        document.action_submit_review()
        self.assertEqual(document.state, "format_check")
        self.assertIn("content", document._controls())

    @proves("OUT-02", "OUT-03")
    def test_link_or_dossier_where_the_profile_asks_for_it(self):
        self.company.vanban_profile_id = self.env.ref("vanban_core.profile_hcm")
        document = self.draft()
        self.refused(document.action_submit_review, "open a dossier")
        document._link(self.incoming(register=True), "answers")
        document.action_submit_review()
        self.assertEqual(document.state, "review_unit")
        # without an incoming document: its own dossier with the draft files
        self.company.vanban_profile_id.adhoc_dossier = "free"
        own = self.draft()
        self.refused(own.action_submit_review, "open a dossier")
        dossier = self.env["vanban.dossier"].with_user(self.specialist).create({
            "title": "Báo cáo công tác văn thư năm 2026", "symbol": "05.VT", "year": 2026,
            "company_id": self.company.id, "retention_id": self.env.ref("vanban_core.retention_10").id,
        })
        dossier.action_open()
        dossier._add_documents(own)
        own.action_submit_review()
        self.assertEqual(own.state, "review_unit")

    def test_opinions_cannot_be_written_by_hand(self):
        document = self.at_leader()
        review = document.review_ids[0]
        for user in (self.unit_head, self.admin_user, self.clerk):
            with self.assertRaises(AccessError):
                review.with_user(user).write({"comment": "khác"})
            with self.assertRaises(AccessError):
                review.with_user(user).unlink()
        with self.assertRaises(AccessError):
            self.env["vanban.review"].with_user(self.unit_head).create({
                "document_id": document.id, "round": 1, "step": "leader", "reviewer_id": self.leader.id, "decision": "approve",
            })
        with self.assertRaises(AccessError):
            review.sudo().write({"comment": "khác"})

    def test_cancel_needs_a_reason_and_its_person(self):
        document = self.draft()
        self.refused(lambda: document.action_cancel(""), "write the reason")
        with self.assertRaises(AccessError):
            document.with_user(self.outsider).action_cancel("không cần")
        self.assertNotIn(",ask_cancel,", document.allowed_actions)
        document.action_cancel("Soạn nhầm")
        self.assertEqual(document.state, "cancelled", "before it was submitted it is the drafter's own")
        with self.assertRaises(UserError):
            document.write({"recipient_ids": [(5,)]})

    def test_a_submitted_draft_is_cancelled_with_the_consent_of_the_head(self):
        document = self.draft()
        document.action_submit_review()
        self._ask_to_cancel(document)
        document.with_user(self.unit_head).action_review_return("Viết lại phần kiến nghị")
        # back with the drafter it is still not his alone
        self._ask_to_cancel(document)
        with self.assertRaises(AccessError):
            document.with_user(self.outsider).action_ask_cancel("không cần")
        document.with_user(self.unit_head).action_cancel("Đồng ý: không ban hành nữa")
        self.assertEqual((document.state, document.cancel_reason), ("cancelled", "Đồng ý: không ban hành nữa"))
        told = document.sudo().activity_ids
        self.assertEqual(told.user_id, self.specialist, "the head has nothing left to do, the drafter hears of it")
        self.assertIn("không ban hành nữa", told.summary)

    def _ask_to_cancel(self, document):
        state, reason = document.state, "Đã có chỉ đạo khác"
        with self.assertRaises(AccessError):
            document.action_cancel(reason)
        document.invalidate_recordset(["allowed_actions"])
        self.assertNotIn(",cancel,", document.allowed_actions)
        self.assertIn(",ask_cancel,", document.allowed_actions)
        self.refused(lambda: document.action_ask_cancel(""), "write the reason")
        document.action_ask_cancel(reason)
        self.assertEqual(document.state, state)
        asked = document.sudo().activity_ids.filtered(lambda todo: todo.user_id == self.unit_head and reason in (todo.summary or ""))
        self.assertEqual(len(asked), 1)
        asked.unlink()

    @proves("SEC-06")
    def test_state_secrets_stay_outside(self):
        with self.assertRaises(UserError) as caught:
            self.draft(secrecy="1")
        self.assertIn("on paper", str(caught.exception))
        document = self.draft()
        with self.assertRaises(UserError):
            document.secrecy = "2"
        entry = self.env["vanban.document"].with_user(self.clerk).create({
            "direction": "in", "company_id": self.company.id, "subject": "mật", "secrecy": "3", "kind_id": self.kind.id,
        })
        with self.assertRaises(UserError) as caught:
            self.upload(entry)
        self.assertIn("on paper", str(caught.exception))
        self.assertFalse(entry.sudo().file_ids)

    @proves("ADM-05")
    def test_steps_are_configured_for_a_kind(self):
        profile = self.env.ref("vanban_core.profile_nd30")
        legal = self._make_user("legal", "vanban_core.group_legal")
        decision = self.env.ref("vanban_core.kind_qd")
        profile.step_ids = [(0, 0, {
            "state": "legal", "sequence": 15, "group_id": self.env.ref("vanban_core.group_legal").id, "kind_ids": [(6, 0, decision.ids)],
        })]
        letter, other = self.draft(), self.draft(kind_id=decision.id)
        for document in (letter, other):
            document.action_submit_review()
            document.with_user(self.unit_head).action_review_approve()
        self.assertEqual((letter.state, other.state), ("format_check", "legal"))
        other.with_user(legal).action_review_approve()
        self.assertEqual(other.state, "format_check")

    @proves("OUT-17")
    def test_slip_prints_the_round_and_all_earlier_opinions(self):
        import pypdfium2

        document = self.draft(summary="Đề nghị Lãnh đạo xem xét, ký ban hành")
        document.action_submit_review("Kính trình")
        document.with_user(self.unit_head).action_review_return("Bổ sung số liệu quý III")
        document.action_submit_review("Đã bổ sung")
        document.with_user(self.unit_head).action_review_approve("Đồng ý nội dung")
        file = self.env["vanban.file"].browse(document.action_print_slip())
        self.assertEqual((file.role, file.stage), ("opinion", "rendition"))
        pdf = pypdfium2.PdfDocument(file._raw())
        self.addCleanup(pdf.close)
        text = " ".join(pdf[0].get_textpage().get_text_bounded().split())
        for words in (
            "PHIẾU TRÌNH GIẢI QUYẾT CÔNG VIỆC", "Trình lần thứ 2", "Đề nghị Lãnh đạo xem xét", "Bổ sung số liệu quý III",
            "Đồng ý nội dung", self.unit_head.name, document.subject, "Kính gửi: " + self.leader.name,
        ):  # fmt: skip
            self.assertIn(words, text)
        self.assertIn("Lần 1", text)
        # the blocks of F-05, each opinion with author, time and confirmation
        blocks = [text.index(f"{number}. {name}") for number, name in (
            (1, "Tóm tắt nội dung"), (2, "Ý kiến đề xuất của chuyên viên"), (3, "Ý kiến đề xuất của Lãnh đạo đơn vị"),
            (4, "Ý kiến của Phó Thủ trưởng"), (5, "Ý kiến của Thủ trưởng"),
        )]  # fmt: skip
        self.assertEqual(blocks, sorted(blocks))
        self.assertIn(f"Số: {document.id}/PTr-TC", text)
        self.assertIn("Đã bổ sung", text)
        self.assertIn("Đã xác nhận trên hệ thống", text)
        # block 5 can be switched off
        self.company.vanban_slip_head = False
        file = self.env["vanban.file"].browse(document.action_print_slip())
        short = pypdfium2.PdfDocument(file._raw())
        self.addCleanup(short.close)
        self.assertNotIn("Thủ trưởng cơ quan", short[0].get_textpage().get_text_bounded())
        document._grant(users=self.outsider, source="recipient")
        with self.assertRaises(AccessError):
            document.with_user(self.outsider).action_print_slip()
        # the draft itself stays the main file
        self.assertNotEqual(document.main_file_id, file)

    def test_reviewers_choose_neither_signer_nor_drafter(self):
        document = self.draft()
        document.action_submit_review("Kính trình")
        for person, vals in (
            (self.unit_head, {"signer_id": self.unit_head.id}), (self.unit_head, {"drafter_id": self.unit_head.id}),
            (self.unit_head, {"signer_name": "Người khác"}), (self.specialist, {"signer_id": self.chief.id}),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                document.with_user(person).write(vals)
        document.with_user(self.unit_head).action_review_return("Chọn lại người ký")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            document.with_user(self.unit_head).write({"signer_id": self.unit_head.id})
        document.with_user(self.specialist).write({"signer_id": self.chief.id})
        self.assertEqual(document.signer_id, self.chief)
