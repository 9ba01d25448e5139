import base64
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.common import make_pdf
from odoo.addons.vanban_core.tests.proves import proves

from ..drivers import DRIVERS
from .common import LienthongCase


@tagged("post_install", "-at_install")
class TestOutcome(LienthongCase):
    """Outcomes of a document that came through the interchange: what the sender and the competent agency get."""

    def _in_progress(self):
        document = self.received_document()
        document.action_register()
        document.action_submit("Kính trình", leader_id=self.leader.id)
        document.with_user(self.leader).action_distribute([{"role": "lead", "user_id": self.specialist.id}])
        document.with_user(self.specialist).action_start()
        return document.with_user(self.specialist)

    def _issue(self, draft):
        draft = draft.with_user(self.specialist)
        draft.write({"signer_id": self.leader.id})
        draft.upload_file("du-thao.pdf", base64.b64encode(make_pdf("Phieu")).decode())
        draft.action_submit_review("Kính trình")
        draft.with_user(self.unit_head).action_review_approve("Đồng ý")
        draft.with_user(self.format_checker).action_review_approve("Đúng thể thức")
        clerk = draft.with_user(self.clerk)
        clerk.action_sign_on_paper("ban-quet.pdf", base64.b64encode(make_pdf("Ban quet")).decode())
        clerk.action_clerk_check()
        clerk.action_allocate_number()
        with self.signatures_valid():
            clerk.action_issue()

    def _received_by(self, company):
        return self.env["vanban.packet.in"].search([("company_id", "=", company.id), ("type", "=", "document")]).document_id

    @proves("IN-43")
    def test_competent_agency_gets_the_document_and_the_sender_the_notice(self):
        third = self.env["res.company"].create({"name": "Sở Y tế tỉnh Mẫu", "vanban_code": "H97.04", "vanban_symbol": "SYT"})
        self._connect(self.company, third)
        self._connect(third, self.company)
        document = self._in_progress()
        slip, notice = self.env["vanban.document"].browse(document.action_transfer_slip(third.partner_id.id, "Giải quyết theo thẩm quyền"))
        self._issue(slip)
        self._issue(notice)
        self.deliver()
        theirs = self._received_by(third)
        self.assertEqual((theirs.kind_id, theirs.code), (self.env.ref("vanban_core.kind_pc"), slip.code))
        self.assertIn(document.main_file_id.sha256, theirs.file_ids.mapped("sha256"), "the document itself came along")
        told = self._received_by(self.other)
        self.assertEqual((told.kind_id, told.code), (self.env.ref("vanban_core.kind_pb"), notice.code))
        self.assertEqual(document._linked("transfers", back=True), slip | notice)
        self.assertEqual((document.state, document.debt_entry_id.mode), ("done", "transferred"))
        self.assertIn("06", self.reported(document), "and its sender's system knows it is completed")

    @proves("IN-10")
    def test_refused_document_is_explained_to_clerk_and_drafter_and_sent_anew(self):
        document = self.issued()
        self.deliver()
        theirs = self._received_by(self.other).with_user(self.other_clerk)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            theirs.action_refuse(" ")
        self.assertNotEqual(theirs.state, "refused")
        wizard = self.env["vanban.comment.wizard"].with_user(self.other_clerk).create(
            {"step": "refuse", "res_id": theirs.id, "comment": "Chữ ký số không hợp lệ"})
        self.assertFalse(wizard.with_letter, "the interchange tells the sender, no letter is needed")
        wizard.action_apply()
        row = self.env["vanban.log"].sudo().search([
            ("document_id", "=", theirs.id), ("action", "=", "refuse"), ("outcome", "=", "done")])
        self.assertEqual((row.comment, row.user_id), ("Chữ ký số không hợp lệ", self.other_clerk.id))
        self.assertTrue(row.date)
        self.deliver()
        for user in (self.clerk, self.specialist):
            line = document.with_user(user).recipient_ids
            self.assertEqual((line.state, line.note), ("rejected", "Chữ ký số không hợp lệ"))
            told = self.env["vanban.notice"].sudo().search([("user_id", "=", user.id), ("document_id", "=", document.id)])
            self.assertTrue(told.filtered(lambda notice: "Chữ ký số không hợp lệ" in notice.title), user.name)
        # put right and sent anew: another document, which says what it replaces
        draft = self.env["vanban.document"].browse(document.with_user(self.specialist).action_replace())
        self._issue(draft)
        self.deliver()
        again = self._received_by(self.other) - theirs.sudo()
        self.assertEqual((again.code, again.state), (draft.code, "received"))

    @proves("IN-44")
    def test_sender_is_told_of_the_return_with_the_missing_conditions(self):
        document = self._in_progress()
        self.assertFalse(document.action_send_back("Hồ sơ chưa đủ", "Bản sao quyết định"), "no letter: the interchange tells")
        self.assertEqual(document.state, "returned")
        self.deliver()
        row = self.env["vanban.packet.status"].search([("document_id", "=", document.id), ("direction", "=", "out")], order="id desc", limit=1)
        self.assertEqual(row.code, "02")
        self.assertIn("Bản sao quyết định", row.description)
        self.assertTrue(row.packet_out_id)

    @proves("OUT-35")
    def test_undelivered_recipient_is_sent_again_or_gets_paper(self):
        document = self.issued()
        row = document.recipient_ids.with_user(self.clerk)
        document.delivery_ids.sudo()._flow("give_up", values={"error": "Trục liên thông không trả lời"})
        row._progress("failed", "Trục liên thông không trả lời")
        found = row.search([("not_arrived", "=", True)])
        self.assertEqual((found, found.not_arrived_cause, found.can_resend), (row, "Trục liên thông không trả lời", True))
        found.action_resend()
        self.assertEqual(document.delivery_ids.state, "queued")
        document.delivery_ids.sudo()._flow("give_up", values={"error": "Vẫn không trả lời"})
        found.action_send_paper("Gửi giấy")
        self.assertEqual((row.channel, document.delivery_ids.state), ("paper", "paper"))

    @proves("OUT-35")
    def test_silent_recipient_gets_the_same_bytes_once_more(self):
        """Handed over, nothing heard within the time of the profile: on the list with its cause, one press sends it again."""
        document = self.issued()
        with patch.object(DRIVERS["local"], "send", return_value="1"):
            self.run_job("cron_send")
        row, delivery = document.recipient_ids.with_user(self.clerk), document.delivery_ids
        self.assertFalse(row.search([("not_arrived", "=", True), ("id", "=", row.id)]))
        document._write_fixed({"issued_date": fields.Datetime.subtract(fields.Datetime.now(), days=9)})
        found = row.search([("not_arrived", "=", True), ("id", "=", row.id)])
        self.assertEqual((found, found.can_resend, bool(found.not_arrived_cause), delivery.late), (row, True, True, True))
        digest, message = delivery.packet_id.sha256, delivery.message
        found.action_resend()
        self.assertEqual(delivery.state, "queued")
        self.deliver()
        received = self.env["vanban.packet.in"].search([("company_id", "=", self.other.id), ("type", "=", "document")])
        self.assertEqual((received.sha256, received.message, delivery.state), (digest, message, "arrived"))
        self.assertFalse(row.search([("not_arrived", "=", True), ("id", "=", row.id)]))

    def test_several_are_sent_again_with_one_press(self):
        documents = [self.issued(), self.issued()]
        rows = (documents[0].recipient_ids | documents[1].recipient_ids).with_user(self.clerk)
        deliveries = documents[0].delivery_ids | documents[1].delivery_ids
        # the first could not even be queued, the second was given up
        documents[0].delivery_ids.sudo()._flow("withdraw")
        documents[0].delivery_ids.sudo().recipient_id = False
        documents[1].delivery_ids.sudo()._flow("give_up", values={"error": "Trục liên thông không trả lời"})
        rows._progress("failed", "Không gửi được")
        with self.signatures_valid():
            rows.action_resend()
        self.assertEqual(documents[1].delivery_ids.state, "queued")
        self.assertEqual((documents[0].delivery_ids - deliveries).state, "queued")
        self.assertEqual(rows[0].state, "queued")

    def test_paper_follows_its_own_course_and_only_whom_the_packet_did_not_reach(self):
        waiting, sent = self.issued(), self.issued(urgency="1")
        # nothing has left yet: the packet is taken out of the outbox, or the agency would get both
        waiting.recipient_ids.with_user(self.clerk).action_send_paper("Giao tận tay")
        self.assertEqual((waiting.recipient_ids.channel, waiting.delivery_ids.state), ("paper", "cancelled"))
        self.run_job("cron_send")
        self.assertEqual((sent.recipient_ids.state, waiting.delivery_ids.state), ("sent", "cancelled"))
        row = sent.recipient_ids.with_user(self.clerk)
        row.action_send_paper("Chưa thấy phản hồi")
        self.assertEqual((row.channel, row.state), ("paper", "pending"))
        # the packet arrives after all and is taken over there: the paper copy is still to be handed over
        self.deliver()
        received = self.env["vanban.document"].search([("company_id", "=", self.other.id), ("document_code", "=", sent.document_code)])
        received.with_user(self.other_clerk).action_register()
        self.deliver()
        self.assertEqual((sent.delivery_ids.state, row.state, sent.state), ("accepted", "pending", "issued"))
        self.assertEqual(sent.delivery_ids.mapped("recipient_id"), sent.recipient_ids)
        row.action_hand_over("Bưu điện")
        self.assertEqual((row.state, sent.state), ("accepted", "delivered"))

    def test_no_paper_for_whom_has_taken_it_over(self):
        document = self.issued()
        self.deliver()
        received = self.env["vanban.document"].search([("company_id", "=", self.other.id), ("document_code", "=", document.document_code)])
        received.with_user(self.other_clerk).action_register()
        self.deliver()
        row = document.recipient_ids.with_user(self.clerk)
        self.assertEqual(row.state, "accepted")
        with self.assertRaises(UserError):
            row.action_send_paper("Cho chắc")
        self.assertEqual(row.channel, "lienthong")
