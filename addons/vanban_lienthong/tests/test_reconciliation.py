from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from ..drivers import DRIVERS, DeliveryError
from .common import LienthongCase


@tagged("post_install", "-at_install")
class TestReconciliation(LienthongCase):
    """Sent against what the other has, received against the register; every difference has a remedy that works."""

    def compare(self, company=None, clerk=None):
        day = (fields.Datetime.now() + timedelta(hours=7)).date()
        report = self.env["vanban.reconciliation"]._make(company or self.company, day)
        return report.with_user(clerk or self.clerk)

    def due_now(self):
        self.env["vanban.packet.out"].search([]).write({"next_attempt": fields.Datetime.now()})
        self.env["vanban.peer"].search([]).write({"retry_at": False})

    def test_nothing_to_find(self):
        self.issued()
        self.deliver()
        report = self.compare()
        self.assertEqual((report.sent_count, report.delivered_count, report.confirmed_count), (1, 1, 1))
        self.assertEqual((report.state, report.difference_count), ("clean", 0))

    def test_lost_at_the_recipient(self):
        """The recipient said “stored” but has it no more: the comparison names it, one press sends the same bytes."""
        document = self.issued()
        row = document.delivery_ids.with_user(self.clerk)
        with patch.object(DRIVERS["local"], "send", return_value="1"):
            self.run_job("cron_send")
        self.assertEqual(row.state, "sent")
        report = self.compare()
        line = report.line_ids
        self.assertEqual((line.kind, line.remedy, line.document_id, line.settled), ("lost", "resend", document, False))
        line.action_remedy()
        self.deliver()
        received = self.env["vanban.packet.in"].search([("company_id", "=", self.other.id), ("type", "=", "document")])
        self.assertEqual((received.sha256, received.message), (row.packet_id.sha256, row.message))
        self.assertTrue(line.settled)
        report.action_compare()
        self.assertEqual(report.state, "clean")

    def test_repeated_although_it_was_there(self):
        row = self.issued().delivery_ids.with_user(self.clerk)
        self.run_job("cron_send")
        row.action_repeat()
        self.deliver()
        self.assertEqual(row.state, "arrived")
        self.assertEqual(self.env["vanban.packet.in"].search_count([("company_id", "=", self.other.id), ("type", "=", "document")]), 1)

    def test_unsent_and_dead(self):
        waiting, dead = self.issued(), self.issued()
        with patch.object(DRIVERS["local"], "send", side_effect=[
                DeliveryError("http_500", "Lỗi bên nhận"), DeliveryError("recipient", "Không có cơ quan nhận", retryable=False)]):
            self.run_job("cron_send")
        report = self.compare()
        self.assertEqual({line.document_id: line.kind for line in report.line_ids}, {waiting: "waiting", dead: "dead"})
        self.assertEqual((report.sent_count, report.delivered_count), (2, 0))
        for line in report.line_ids:
            line.action_remedy()
        self.due_now()
        self.deliver()
        self.assertEqual(report.open_count, 0)

    def test_not_confirmed_where_nobody_can_be_asked(self):
        row = self.issued().delivery_ids.with_user(self.clerk)
        with patch.object(DRIVERS["local"], "send", return_value="1"):
            self.run_job("cron_send")
        row.sudo().sent_date = fields.Datetime.now() - timedelta(hours=2)
        with patch.object(DRIVERS["local"], "known", return_value=None):
            report = self.compare()
        self.assertEqual((report.line_ids.kind, report.line_ids.remedy), ("silent", "resend"))
        with patch.object(DRIVERS["local"], "known", side_effect=DeliveryError("timeout", "Không trả lời", unreachable=True)):
            report.action_compare()
        self.assertEqual(report.not_asked, self.peer.name)

    def test_other_bytes_at_the_recipient(self):
        row = self.issued().delivery_ids
        self.run_job("cron_send")
        with patch.object(DRIVERS["local"], "known", return_value={row.message: "0" * 64}):
            report = self.compare()
        self.assertEqual((report.line_ids.kind, report.line_ids.remedy), ("altered", "ask"))
        self.assertEqual(report.line_ids.action_remedy()["res_id"], row.id)

    def test_received_against_registered(self):
        document = self.received_document()
        held = self.receive(b"khong phai goi tin")
        report = self.compare()
        lines = {line.kind: line for line in report.line_ids}
        self.assertEqual(set(lines), {"unregistered", "held"})
        self.assertEqual(lines["unregistered"].action_remedy()["res_id"], document.id)
        self.assertEqual(lines["held"].action_remedy()["res_id"], held.id)
        document.action_register()
        held.with_user(self.clerk).action_discard("Gói tin hỏng, đã báo nơi gửi")
        report.invalidate_recordset()
        self.assertEqual(report.state, "settled")
        report.action_compare()
        self.assertEqual((report.received_count, report.registered_count, report.state), (1, 1, "clean"))

    def test_scheduled_and_told(self):
        document = self.received_document()
        document.sudo().packet_in_id.received_date = fields.Datetime.now() - timedelta(days=1)
        self.run_job("cron_reconcile")
        self.run_job("cron_reconcile")
        report = self.env["vanban.reconciliation"].search([("company_id", "=", self.company.id)])
        self.assertEqual((len(report), report.line_ids.kind), (1, "unregistered"))
        notice = self.env["vanban.notice"].search([("user_id", "=", self.clerk.id), ("action", "=", "vanban_lienthong.action_reconciliation")])
        self.assertTrue(notice)

    def test_on_paper(self):
        self.received_document()
        raw = self.compare()._pdf()
        self.assertTrue(raw.startswith(b"%PDF"))
        self.assertGreater(len(raw), 2000)

    def test_only_the_clerks_of_the_agency(self):
        self.received_document()
        report = self.compare()
        for user in (self.specialist, self.leader, self.admin_user, self.other_clerk):
            with self.subTest(user.login):
                for step in (lambda row: row.read(["date"]), lambda row: row.action_compare(), lambda row: row._pdf()):
                    with self.assertRaises(AccessError):
                        step(report.with_user(user))
                with self.assertRaises(AccessError):
                    report.line_ids.with_user(user).action_remedy()
        with self.assertRaises(AccessError):
            report.write({"difference_count": 0})
        with self.assertRaises(AccessError):
            report.line_ids.unlink()


@tagged("post_install", "-at_install")
class TestMonitor(LienthongCase):
    def monitor(self, user):
        return self.env["vanban.interchange.monitor"].with_user(user).get_monitor()

    def box(self, found, key):
        return next(box for box in found["boxes"] if box["key"] == key)

    def test_what_is_stuck(self):
        self.issued()
        with patch.object(DRIVERS["local"], "send", side_effect=DeliveryError("connection", "Không kết nối được", unreachable=True)):
            self.run_job("cron_send")
        self.receive(b"khong phai goi tin")
        found = self.monitor(self.admin_user)
        self.assertEqual((self.box(found, "out_waiting")["count"], self.box(found, "in_held")["count"]), (1, 1))
        self.assertTrue(self.box(found, "out_waiting")["oldest"] and self.box(found, "in_held")["bad"])
        self.assertEqual({(row["side"], row["code"], row["count"]) for row in found["errors"]}, {("out", "connection", 1), ("in", "NOT_XML", 1)})
        [connection] = [row for row in found["connections"] if row["id"] == self.peer.id and row["model"] == "vanban.peer"]
        self.assertEqual((connection["health"], connection["waiting"]), ("failing", 1))
        self.assertTrue(connection["since"])
        # an administrator sees figures, not the lists behind them
        self.assertFalse(any(box["action"] for box in found["boxes"]))
        self.assertTrue(all(box["action"] for box in self.monitor(self.clerk)["boxes"] if not box["key"].endswith("_day")))

    def test_own_agency_only(self):
        self.receive(b"khong phai goi tin")
        self.assertEqual(self.box(self.monitor(self.other_clerk), "in_held")["count"], 0)
        with self.assertRaises(AccessError):
            self.monitor(self.specialist)

    @proves("LT-18")
    def test_an_idle_connection_that_fails(self):
        """Nothing waits to be sent, yet after ten minutes the administrators know; the end of the outage is seen as well."""
        self.peer.last_ok = fields.Datetime.now() - timedelta(minutes=5)
        with patch.object(DRIVERS["local"], "check", side_effect=DeliveryError("connection", "Không kết nối được", unreachable=True)):
            self.run_job("cron_watch")
            self.assertTrue(self.peer.failing_since)
            self.assertFalse(self.peer.activity_ids)
            self.peer.failing_since -= timedelta(minutes=10)
            self.run_job("cron_watch")
            self.run_job("cron_watch")
        alarms = self.peer.activity_ids.filtered(lambda todo: todo.user_id == self.admin_user)
        self.assertEqual(len(alarms), 1)
        notices = self.env["vanban.notice"].search([("user_id", "=", self.admin_user.id), ("kind", "=", "alert")])
        self.assertEqual(len(notices), 1)
        self.peer.probe_at = fields.Datetime.now()  # its turn to be tried has come again
        self.run_job("cron_watch")
        self.assertFalse(self.peer.failing_since or self.peer.activity_ids)
        logged = self.env["vanban.log"].search([("action", "in", ("connection_lost", "connection_back"))]).mapped("action")
        self.assertEqual(sorted(logged), ["connection_back", "connection_lost"])

    @proves("LT-18")
    def test_failing_connections_do_not_hide_the_others(self):
        """The watch tries so many at a time: those that do not answer give their turn to the ones not tried yet."""
        model = self.env["vanban.peer"]
        partners = self.env["res.partner"].create([{"name": f"Cơ quan {n}", "is_company": True} for n in range(4)])
        dead = model.create([
            {"company_id": self.company.id, "partner_id": partner.id, "transport_id": self.transport.id} for partner in partners])
        now = fields.Datetime.now()
        dead.last_ok = now - timedelta(days=1)
        (self.peer | self.peer_back).last_ok = now - timedelta(minutes=5)
        real = type(model)._probe

        def watch():
            with patch.object(type(model), "_probe", lambda model: real(model, limit=4)):
                self.run_job("cron_watch")

        watch()
        self.assertEqual(dead.mapped("health"), ["ok"] * 4, "an unknown code is no outage")
        self.assertTrue(all(dead.mapped("probe_at")))
        watch()
        self.assertGreaterEqual(min((self.peer | self.peer_back).mapped("last_ok")), now)
        with patch.object(DRIVERS["local"], "check", side_effect=DeliveryError("connection", "Không kết nối được", unreachable=True)):
            self.peer.last_ok = now - timedelta(minutes=5)
            self.run_job("cron_watch")
        self.assertTrue(self.peer.failing_since)
        self.assertFalse(self.peer.retry_at, "who has something to send does not wait for the watch")
        self.assertGreater(self.peer.probe_at, fields.Datetime.now())
        # what is known is told before trials take the time of the job
        self.peer.failing_since -= timedelta(minutes=10)
        told = []
        with patch.object(type(model), "_probe", lambda model: told.append(len(self.peer.activity_ids))):
            self.run_job("cron_watch")
        self.assertEqual(told, [1])
        # back again, at the next trial
        self.peer.probe_at = fields.Datetime.now()
        self.run_job("cron_watch")
        self.assertFalse(self.peer.failing_since or self.peer.probe_at)

    def test_compared_when_the_day_can_be_judged(self):
        """The daily comparison begins when the packets of the last minutes of the day have had their hour (01:15 in Vietnam)."""
        moment = self.env.ref("vanban_lienthong.cron_reconcile").nextcall
        self.assertEqual((moment.hour, moment.minute), (18, 15))
