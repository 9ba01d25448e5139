from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from odoo.addons.vanban_core.tests.proves import proves

from ..drivers import DRIVERS, DeliveryError
from ..edxml import read_packet
from .common import LienthongCase


@tagged("post_install", "-at_install")
class TestOutage(LienthongCase):
    """What the outbox does while the other side does not answer."""

    def down(self, error):
        return patch.object(DRIVERS["local"], "send", side_effect=error)

    def arrived(self):
        return self.env["vanban.packet.in"].search([("company_id", "=", self.other.id), ("type", "=", "document")])

    def due_now(self):
        self.env["vanban.packet.out"].search([]).write({"next_attempt": fields.Datetime.now()})
        self.env["vanban.peer"].search([]).write({"retry_at": False})

    @proves("LT-18")
    def test_down_then_up(self):
        documents = [self.issued(), self.issued()]
        rows = documents[0].delivery_ids | documents[1].delivery_ids
        with self.down(DeliveryError("connection", "Không kết nối được", unreachable=True)) as send:
            self.run_job("cron_send")
            # one attempt shows that nobody answers: the other packet does not try in vain
            self.assertEqual(send.call_count, 1)
        self.assertEqual(sorted(rows.mapped("state")), ["error", "queued"])
        self.assertTrue(self.peer.failing_since)
        self.assertGreater(self.peer.retry_at, fields.Datetime.now())
        self.peer.failing_since = fields.Datetime.now() - timedelta(minutes=11)
        self.run_job("cron_watch")
        self.run_job("cron_watch")
        alarms = self.peer.activity_ids.filtered(lambda todo: todo.user_id == self.admin_user)
        self.assertEqual(len(alarms), 1)
        self.due_now()
        self.deliver()
        self.assertEqual(set(rows.mapped("state")), {"arrived"})
        self.assertEqual(len(self.arrived()), 2)
        self.assertFalse(self.peer.failing_since)

    @proves("LT-18")
    def test_an_error_page_is_an_outage(self):
        """Something answers, but no packet passes: nothing pauses, the alarm is the same, and the first success ends it."""
        rows = (self.issued() | self.issued()).delivery_ids
        for error in (DeliveryError("answer", "Trang bảo trì"), DeliveryError("receipt", "Biên nhận sai"), DeliveryError("http_500", "Lỗi")):
            self.due_now()
            self.peer.failing_since = False
            with self.down(error) as send:
                self.run_job("cron_send")
                self.assertEqual(send.call_count, 2, error.code)
            self.assertEqual((bool(self.peer.failing_since), self.peer.retry_at, self.peer.last_error), (True, False, str(error)))
        self.peer.failing_since = fields.Datetime.now() - timedelta(minutes=11)
        self.run_job("cron_watch")
        self.assertEqual(len(self.peer.activity_ids.filtered(lambda todo: todo.user_id == self.admin_user)), 1)
        self.due_now()
        self.deliver()
        self.assertEqual(set(rows.mapped("state")), {"arrived"})
        self.assertFalse(self.peer.failing_since or self.peer.activity_ids)

    @proves("LT-18")
    def test_idle_connections_are_tried_whatever_one_of_them_raises(self):
        """One on which the program fails, one that gives an error page, one that refuses us: each keeps its error."""
        third = self.env["res.company"].create({"name": "Sở Y tế tỉnh Mẫu", "vanban_code": "H98.04"})
        connections = self.peer | self.peer_back | self._connect(self.company, third)
        for minutes, connection in enumerate(connections):
            connection.last_ok = fields.Datetime.now() - timedelta(minutes=60 - minutes)
        errors = dict(zip(connections.ids, (
            ValueError("x"), DeliveryError("answer", "Trang bảo trì"), DeliveryError("recipient", "Không có cơ quan này")), strict=True))

        def check(driver):
            raise errors[driver.peer.id]

        with patch.object(DRIVERS["local"], "check", check), mute_logger("odoo.addons.vanban_lienthong.models.concurrency"):
            self.run_job("cron_watch")
        self.assertEqual(connections.mapped("last_error")[1:], ["Trang bảo trì", "Không có cơ quan này"])
        self.assertTrue(all(connection.last_error and connection.probe_at > fields.Datetime.now() for connection in connections))
        self.assertEqual([bool(connection.failing_since) for connection in connections], [False, True, False])

    def test_larger_than_this_system_takes(self):
        """Between two agencies of one database, too: final, in words."""
        document = self.issued()
        self.env["ir.config_parameter"].set_param("vanban_lienthong.max_packet_mb", "0")
        self.run_job("cron_send")
        row = document.delivery_ids
        self.assertEqual((row.state, row.error_code, row.attempts), ("dead", "too_large", 1))
        self.assertIn(self.clerk, document.sudo().activity_ids.user_id)

    def test_unknown_outcome_repeats_the_same_bytes(self):
        document = self.issued()
        row = document.delivery_ids
        real = DRIVERS["local"].send
        sent = []

        def answer_lost(driver, delivery):
            real(driver, delivery)
            with open(delivery.path, "rb") as stream:
                sent.append((delivery.message, stream.read()))
            if len(sent) == 1:
                raise DeliveryError("timeout", "Không trả lời kịp", unreachable=True)
            return "1"

        with patch.object(DRIVERS["local"], "send", answer_lost):
            self.run_job("cron_send")
            self.assertEqual(row.state, "error")
            self.due_now()
            self.run_job("cron_send")
        self.assertEqual(row.state, "sent")
        self.assertEqual(sent[0], sent[1])
        self.deliver()
        self.assertEqual(len(self.arrived()), 1)

    def test_final_error_tells_the_clerk(self):
        document = self.issued()
        with self.down(DeliveryError("recipient", "Không có cơ quan nhận", retryable=False)):
            self.run_job("cron_send")
        row = document.delivery_ids
        self.assertEqual((row.state, document.recipient_ids.state), ("dead", "failed"))
        self.assertIn(self.clerk, document.sudo().activity_ids.user_id)
        # the clerk sends it again after the directory was put right
        row.with_user(self.clerk).action_retry()
        self.deliver()
        self.assertEqual(row.state, "arrived")

    def test_given_up_after_the_time_limit(self):
        row = self.issued().delivery_ids.sudo()
        row.queued_date = fields.Datetime.now() - timedelta(hours=73)
        with self.down(DeliveryError("http_500", "Lỗi bên nhận")):
            self.run_job("cron_send")
        self.assertEqual(row.state, "dead")

    def test_given_up_but_arrived(self):
        """Its answer was lost until the time was over: the recipient's own status tells that it is there."""
        document = self.issued()
        row, real = document.delivery_ids.sudo(), DRIVERS["local"].send
        row.queued_date = fields.Datetime.now() - timedelta(hours=73)

        def answer_lost(driver, delivery):
            real(driver, delivery)
            raise DeliveryError("timeout", "Không trả lời kịp", unreachable=True)

        with patch.object(DRIVERS["local"], "send", answer_lost):
            self.run_job("cron_send")
        self.assertEqual((row.state, document.recipient_ids.state), ("dead", "failed"))
        self.run_job("cron_read")
        self.peer.retry_at = False
        self.deliver()
        self.assertEqual((row.state, document.recipient_ids.state), ("arrived", "arrived"))

    def test_order_for_each_agency_and_document(self):
        """A status never overtakes the one before it."""
        document = self.received_document()
        document.action_register()
        with self.down(DeliveryError("http_500", "Lỗi bên nhận")) as send:
            self.run_job("cron_send")
            self.assertEqual(send.call_count, 1)
        self.due_now()
        self.deliver()
        rows = self.env["vanban.packet.out"].search([("document_id", "=", document.id)], order="sent_date, id")
        self.assertEqual(rows.sorted("id").mapped("status_code"), ["01", "03"])
        self.assertEqual(set(rows.mapped("state")), {"sent"})

    @proves("OUT-30")
    def test_urgent_first(self):
        plain = self.issued()
        urgent = self.issued(urgency="3")
        order = self.env["vanban.packet.out"]._due()
        self.assertEqual(order, [urgent.delivery_ids.id, plain.delivery_ids.id])
        # the level travels with it
        for document, level in ((urgent, 3), (plain, 0)):
            with document.delivery_ids.packet_id._content_path() as path:
                self.assertEqual(read_packet(path, None).other.priority, level)

    @proves("OUT-30")
    def test_urgent_first_in_the_queue_of_what_is_to_be_issued(self):
        """Ready later, issued first: the order of the clerk's list."""
        plain, urgent = self.on_paper(), self.on_paper(urgency="1")
        action = self.env.ref("vanban_core.action_outgoing_to_issue")
        domain = [*safe_eval(action.domain or "[]", {"uid": self.clerk.id}), ("id", "in", (plain | urgent).ids)]
        self.assertEqual(self.env["vanban.document"].with_user(self.clerk).search(domain).ids, [urgent.id, plain.id])

    @proves("LT-18", "OUT-30")
    def test_a_silent_agency_holds_nobody_up(self):
        """Who did not answer last time comes after the others, unless it is urgent; what came meanwhile is not overlooked."""
        silent = self.peer
        third = self.env["res.company"].create({"name": "Sở Y tế tỉnh Mẫu", "vanban_code": "H98.04"})
        self._connect(self.company, third)
        first, waiting = self.issued(), self.issued()
        answering = self.issued(recipient_ids=[(0, 0, {"partner_id": third.partner_id.id})])
        silent.failures = 1
        rows = (answering | first | waiting).delivery_ids
        self.assertEqual(self.env["vanban.packet.out"]._due()[0], answering.delivery_ids.id)
        urgent = self.issued(urgency="1")
        self.assertEqual(self.env["vanban.packet.out"]._due()[:2], [urgent.delivery_ids.id, answering.delivery_ids.id])
        real, tried = DRIVERS["local"].send, []

        def send(driver, delivery):
            tried.append(delivery.recipient)
            if delivery.recipient == "H97.03":
                raise DeliveryError("timeout", "Không trả lời kịp", unreachable=True)
            return real(driver, delivery)

        with patch.object(DRIVERS["local"], "send", send):
            self.run_job("cron_send")
        self.assertEqual(tried, ["H97.03", "H98.04"], "one attempt at the silent one, the others at once")
        self.assertEqual(set(rows.filtered(lambda row: row.peer_id != silent).mapped("state")), {"sent"})

    def test_what_nobody_foresaw_holds_up_nothing_else(self):
        """A packet or status on which the program itself fails waits; those behind it leave."""
        first, second = self.issued(), self.issued()
        real = DRIVERS["local"].send

        def send(driver, delivery):
            if delivery.message == first.delivery_ids.message:
                raise UnicodeEncodeError("latin-1", "ă", 0, 1, "no such letter")
            return real(driver, delivery)

        with patch.object(DRIVERS["local"], "send", send), mute_logger("odoo.addons.vanban_lienthong.models.concurrency"):
            self.run_job("cron_send")
        self.assertEqual((first.delivery_ids.state, first.delivery_ids.error_code, second.delivery_ids.state), ("error", "unforeseen", "sent"))
        self.assertFalse(self.peer.failing_since, "the connection works")
        # the two arrive there; the status of one cannot be packed
        self.due_now()
        builder = type(self.env["vanban.packet.builder"])
        pack = builder._status_packet

        def broken(model, row):
            if row.document_id.document_code == first.document_code:
                raise ZeroDivisionError
            return pack(model, row)

        with patch.object(builder, "_status_packet", broken), mute_logger("odoo.addons.vanban_lienthong.models.packet_status"):
            self.deliver()
        self.assertEqual((first.delivery_ids.state, second.delivery_ids.state), ("sent", "arrived"))
        self.deliver()
        self.assertEqual(first.delivery_ids.state, "arrived")

    @proves("OUT-35")
    def test_paper_instead(self):
        document = self.issued()
        with self.down(DeliveryError("recipient", "Không có cơ quan nhận", retryable=False)):
            self.run_job("cron_send")
        row = document.delivery_ids.with_user(self.clerk)
        row.action_to_paper("Chưa đủ điều kiện kỹ thuật")
        self.assertEqual(row.state, "paper")
        recipient = document.recipient_ids
        self.assertEqual((recipient.channel, recipient.paper_reason, recipient.state), ("paper", "failed", "pending"))
        self.assertEqual(recipient.note, "Chưa đủ điều kiện kỹ thuật")
        recipient.with_user(self.clerk).action_hand_over("Bưu điện")
        self.assertEqual(document.state, "delivered")
