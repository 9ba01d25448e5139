from datetime import date
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.vanban_core.tests.proves import proves
from odoo.addons.vanban_core.tools import vietnam_time

from ..drivers import DRIVERS, DeliveryError
from .common import LienthongCase


@tagged("post_install", "-at_install")
class TestDocumentUpdate(LienthongCase):
    """The sender tells of a change about an issued document; each recipient takes it over or refuses."""

    def sent(self, **vals):
        document = self.issued(reply_required=True, reply_due_date=fields.Date.add(vietnam_time.today(), days=10), **vals)
        self.deliver()
        return document.with_user(self.clerk)

    def inbox(self):
        return self.env["vanban.packet.in"].search([("company_id", "=", self.other.id), ("type", "=", "document")], order="id")

    def tell(self, document, user=None, **vals):
        """As the clerk does: through the form."""
        later = {"reply_due_date": fields.Date.add(vietnam_time.today(), days=25), "reason": "Gia hạn trả lời", **vals}
        wizard = self.env["vanban.document.update"].with_user(user or self.clerk).with_context(active_id=document.id).create(later)
        wizard.action_apply()
        return later["reply_due_date"]

    @proves("LT-17")
    def test_another_date_reaches_the_recipient(self):
        document = self.sent()
        received = self.inbox().document_id.with_user(self.other_clerk)
        received.action_register()
        due = self.tell(document)
        self.assertEqual((document.reply_due_date, document.recipient_ids.answer_due), (due, due))
        self.deliver()
        packet = self.inbox()[-1]
        self.assertEqual((packet.business_type, packet.state, packet.target_id), ("2", "decision", received))
        self.assertIn(due.strftime("%d/%m/%Y"), packet.changes)
        self.assertEqual(packet.request_reason, "Gia hạn trả lời")
        packet.with_user(self.other_clerk).action_recall_accept()
        self.assertEqual((received.reply_due_date, received.state), (due, "registered"))
        self.deliver()
        update = document.delivery_ids.filtered(lambda row: row.business_type == "2")
        first = document.delivery_ids - update
        self.assertEqual((update.state, first.state), ("completed", "accepted"))
        log = self.env["vanban.log"].sudo().search([("action", "=", "send_update"), ("document_id", "=", document.id)])
        self.assertEqual((log.comment, str(due) in log.data), ("Gia hạn trả lời", True))

    @proves("LT-08")
    def test_answer_to_an_update_is_no_answer_to_a_recall(self):
        document = self.sent()
        self.tell(document)
        self.deliver()
        document.action_request_recall("Ban hành nhầm")
        document.with_user(self.leader).action_approve_recall()
        self.deliver()
        update, recall = self.inbox()[-2:].with_user(self.other_clerk)
        update.action_recall_accept("Đã ghi")
        self.deliver()
        first = document.delivery_ids.filtered(lambda row: row.business_type == "0")
        self.assertEqual(first.state, "recall_requested")
        recall.action_recall_accept("Đã hủy")
        self.deliver()
        self.assertEqual(first.state, "recall_agreed")

    def test_refused_by_the_recipient(self):
        document = self.sent()
        self.tell(document)
        self.deliver()
        self.inbox()[-1].with_user(self.other_clerk).action_recall_reject("Đã trả lời từ hôm qua")
        self.deliver()
        update = document.delivery_ids.filtered(lambda row: row.business_type == "2")
        self.assertEqual(update.state, "rejected")
        self.assertEqual((document.delivery_ids - update).state, "arrived")
        todos = document.sudo().activity_ids
        self.assertTrue(any("Đã trả lời từ hôm qua" in f"{todo.note} {todo.summary}" for todo in todos), todos.mapped("note"))

    def test_refused_by_us(self):
        document = self.sent()
        for user, kind, vals in (
                (self.specialist, AccessError, {}), (self.leader, AccessError, {}), (self.clerk, UserError, {"reason": " "}),
                (self.clerk, UserError, {"reply_due_date": date(2020, 1, 1)}),
                (self.clerk, UserError, {"reply_due_date": document.reply_due_date})):
            with self.subTest(user=user.login, vals=vals), self.assertRaises(kind), self.env.cr.savepoint():
                self.tell(document, user, **vals)
        with self.assertRaises(AccessError):
            document.with_user(self.other_clerk).action_send_update({"urgency": "1"}, "Lý do")
        with self.assertRaisesRegex(UserError, "subject"):
            document.action_send_update({"subject": "Trích yếu khác"}, "Lý do")
        with self.assertRaises(UserError):
            self.numbered().action_send_update({"urgency": "1"}, "Lý do")
        self.assertEqual(len(document.delivery_ids), 1)

    @proves("LT-06")
    def test_arrival_is_when_the_bytes_arrived(self):
        """Held for two days or not: the sender hears when it arrived, not when somebody decided."""
        packet = self.receive(self.packet(document_id="H97.03,2026/03/09,119/STC-VP"), read=False)
        packet.sudo().received_date = fields.Datetime.subtract(fields.Datetime.now(), days=2)
        moment = packet.received_date
        self.run_job("cron_read")
        status = self.env["vanban.packet.status"].search([("document_id", "=", packet.document_id.id), ("direction", "=", "out")])
        self.assertEqual((status.code, status.date), ("01", moment))

    @proves("LT-08")
    def test_recall_follows_what_may_have_arrived(self):
        """Given up without an answer: the notice goes after it. Given up with a plain no: nobody has to be told."""
        for error, told in ((DeliveryError("timeout", "Không trả lời"), True), (DeliveryError("recipient", "Không có", retryable=False), False)):
            document = self.issued()
            self.env["vanban.transport"].search([]).give_up_hours = 1
            row = document.delivery_ids
            row.sudo().queued_date = fields.Datetime.subtract(fields.Datetime.now(), hours=2)
            with patch.object(DRIVERS["local"], "send", side_effect=error), mute_logger("odoo.addons.vanban_lienthong"):
                self.run_job("cron_send")
            self.assertEqual(row.state, "dead")
            document.action_request_recall("Ban hành nhầm")
            document.with_user(self.leader).action_approve_recall()
            notices = document.delivery_ids.filtered(lambda row: row.business_type == "1")
            self.assertEqual((bool(notices), row.state), (told, "dead" if told else "cancelled"))

    @proves("OUT-28")
    def test_too_large_for_the_other_side(self):
        self.transport.max_packet_mb = 4
        for megabytes, fits in ((3, True), (4, False)):
            document = self.numbered()
            self.env.flush_all()
            self.env.cr.execute("UPDATE vanban_file SET size = %s WHERE id = %s", [megabytes << 20, document.main_file_id.id])
            self.env.invalidate_all()
            with self.signatures_valid():
                if fits:
                    document.action_issue()
                else:
                    with self.assertRaisesRegex(UserError, self.issuer.name):
                        document.action_issue()
            self.assertEqual(bool(document.issued_date), fits)
