import hashlib
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.vanban_core.tests.proves import proves

from ..drivers import DRIVERS
from ..edxml import Organization, read_packet
from ..wire.axis import VxpClient
from ..wire.axis.standin import Account, AxisServer
from ..wire.session import DeliveryError
from .common import LienthongCase

OWN, OTHER = Account("he-thong-a", "a" * 40, ("H96.02",)), Account("he-thong-b", "b" * 40, ("H97.03", "H98.01"))
DIRECTORY = [
    {"code": "H96.02", "name": "Sở Nội vụ tỉnh Mẫu"},
    {"code": "H97.03", "name": "Sở Tài chính tỉnh Mẫu", "code102": "000.00.03.H97"},
    {"code": "H98.01", "name": "Sở Đường sắt tỉnh Mẫu", "code102": "000.00.01.H98", "mail": "vanthu@duongsat.example.vn"},
]


class AxisCase(LienthongCase):
    """Agency A and an axis: the other agencies are reached through it, not by connections of their own."""

    DRIVER = "vxp"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.peer | cls.peer_back).unlink()

    def setUp(self):
        super().setUp()
        server = AxisServer([replace(OWN), replace(OTHER)], [dict(row) for row in DIRECTORY])
        server.__enter__()
        self.addCleanup(server.__exit__)
        self.axis = server.axis
        self.transport = self.env["vanban.transport"].create({
            "name": "Trục liên thông", "driver": self.DRIVER, "url": server.url, "system_id": OWN.system,
            "company_ids": [(6, 0, self.company.ids)], "timeout": 5,
        })
        self.transport.with_user(self.admin_user).action_set_secret(OWN.secret)
        # the agency at the other end, with a client of its own
        self.far = DRIVERS[self.DRIVER].client_class(server.url, OTHER.system, OTHER.secret, timeout=5)

    def read_directory(self):
        self.transport.with_user(self.admin_user).action_fetch_directory()
        self.run_job("cron_directory")

    def issued_to_two(self):
        """A document of agency A that waits to be sent through the axis to both of the others."""
        self.read_directory()
        return self.issued(recipient_ids=[
            (0, 0, {"partner_id": partner.id}) for partner in self.env["res.partner"]._vanban_by_code("H98.01") | self.issuer])

    def put_on_axis(self, raw, sender="H97.03", kind="edoc"):
        code, doc_id = self.axis.accept(self.axis.account(OTHER.system), sender, ["H96.02"], kind, raw)
        self.assertEqual(code, "0")
        return doc_id

    def inbox(self):
        return self.env["vanban.packet.in"].search([("company_id", "=", self.company.id)])

    def told(self):
        """Rows of the log about packets that were not fetched."""
        return self.env["vanban.log"].search([("action", "=", "fetch_packet"), ("outcome", "=", "refused")])


class AxisContract:
    """What every axis driver must do."""

    @proves("LT-01")
    def test_document_there_and_back(self):
        self.read_directory()
        partner = self.env["res.partner"]._vanban_by_code("H98.01")
        self.assertEqual(partner.name, "Sở Đường sắt tỉnh Mẫu")
        document = self.numbered(recipient_ids=[(0, 0, {"partner_id": partner.id})])
        self.assertEqual(document.recipient_ids.mapped("channel"), ["lienthong"])
        with self.signatures_valid():
            document.action_issue()
        self.run_job("cron_send")
        row = document.delivery_ids
        self.assertEqual((row.state, row.peer_id.transport_id), ("sent", self.transport))
        [item] = self.far.waiting("document")
        self.assertEqual((item.sender, item.recipient, item.doc_id), ("H96.02", "H98.01", row.remote_id))
        kept = self.axis.packets[0].path.read_bytes()
        self.assertEqual(hashlib.sha256(kept).hexdigest(), row.packet_id.sha256)
        # the other side reports that it arrived
        status = self.status_packet(document, "01", sender=Organization("H98.01", "Sở Đường sắt tỉnh Mẫu"))
        self.put_on_axis(self.raw(status), "H98.01", "status")
        self.run_job("cron_fetch")
        self.run_job("cron_read")
        self.assertEqual(row.state, "arrived")

    def test_received_and_answered(self):
        self.read_directory()
        doc_id = self.put_on_axis(self.raw(self.packet()))
        self.run_job("cron_fetch")
        packet = self.inbox()
        self.assertEqual((packet.message, packet.sender_code, packet.channel_key), (doc_id, "H97.03", self.transport._key()))
        self.assertEqual(self.axis.packets[0].status, "done")
        self.run_job("cron_read")
        document = packet.document_id
        self.assertEqual((document.state, document.issuer_id.name), ("received", "Sở Tài chính tỉnh Mẫu"))
        self.run_job("cron_send")
        [status] = self.far.waiting("status")
        self.assertEqual(status.recipient, "H97.03")
        self.run_job("cron_fetch")
        self.assertEqual(len(self.inbox()), 1)

    def test_stored_before_it_is_confirmed(self):
        """A crash between storing and confirming: the packet comes again and is recognised."""
        self.read_directory()
        self.put_on_axis(self.raw(self.packet()))
        with patch.object(type(self.far), "acknowledge", side_effect=lambda *_a, **_k: None):
            self.run_job("cron_fetch")
            self.run_job("cron_fetch")
        self.assertEqual(len(self.inbox()), 1)
        self.run_job("cron_fetch")
        self.assertEqual((len(self.inbox()), self.axis.packets[0].status), (1, "done"))

    @proves("LT-14")
    def test_axis_delivers_twice(self):
        self.read_directory()
        self.axis.faults.duplicate = True
        self.put_on_axis(self.raw(self.packet()))
        self.run_job("cron_fetch")
        self.run_job("cron_read")
        self.assertEqual(sorted(self.inbox().mapped("state")), ["done", "duplicate"])
        self.assertEqual(len(self.inbox().document_id), 1)

    def test_outage_pauses_the_whole_axis(self):
        document = self.issued_to_two()
        self.axis.faults.down = True
        self.run_job("cron_send")
        # one attempt, with one recipient or with both: no second one while the axis is silent
        self.assertEqual(sum(document.delivery_ids.mapped("attempts")), 2 if DRIVERS[self.DRIVER].several else 1)
        self.assertEqual(self.transport.failures, 1)
        self.assertTrue(self.transport.failing_since)
        self.transport.failing_since = fields.Datetime.subtract(fields.Datetime.now(), minutes=11)
        self.run_job("cron_watch")
        self.assertIn(self.admin_user, self.transport.activity_ids.user_id)
        self.axis.faults.down = False
        self.transport.with_user(self.admin_user).action_check_connection()
        document.delivery_ids.filtered(lambda row: row.state == "error").with_user(self.clerk).action_retry()
        self.run_job("cron_send")
        self.assertEqual(set(document.delivery_ids.mapped("state")), {"sent"})
        self.assertFalse(self.transport.failing_since)

    def test_one_who_is_not_reached_stops_no_other(self):
        document = self.issued_to_two()
        self.axis.locked.add("H98.01")
        self.run_job("cron_send")
        states = {row.recipient_code: row.state for row in document.delivery_ids}
        self.assertEqual(states, {"H98.01": "error", self.issuer.vanban_code: "sent"})
        self.assertEqual([packet.recipient for packet in self.axis.packets], [self.issuer.vanban_code])

    def test_all_recipients_in_one_call(self):
        """Where the axis takes several recipients, the bytes go there once."""
        document = self.issued_to_two()
        self.run_job("cron_send")
        self.assertEqual(set(document.delivery_ids.mapped("state")), {"sent"})
        self.assertEqual({packet.recipient for packet in self.axis.packets}, {"H98.01", self.issuer.vanban_code})
        self.assertEqual(self.axis.sent, 1 if DRIVERS[self.DRIVER].several else 2)

    def test_answer_lost_after_accepting(self):
        """Nobody knows whether it arrived: the identical bytes go again."""
        self.read_directory()
        document = self.numbered(recipient_ids=[(0, 0, {"partner_id": self.issuer.id})])
        with self.signatures_valid():
            document.action_issue()
        self.axis.faults.lose_answers = 1
        self.run_job("cron_send")
        self.assertEqual(document.delivery_ids.state, "error")
        document.delivery_ids.with_user(self.clerk).action_retry()
        self.run_job("cron_send")
        self.assertEqual(document.delivery_ids.state, "sent")
        first, second = (packet.path.read_bytes() for packet in self.axis.packets)
        self.assertEqual(first, second)

    def test_final_error_goes_to_the_clerk(self):
        self.read_directory()
        document = self.numbered(recipient_ids=[(0, 0, {"partner_id": self.issuer.id})])
        with self.signatures_valid():
            document.action_issue()
        self.axis.faults.error = "18"
        self.run_job("cron_send")
        self.assertEqual((document.delivery_ids.state, document.delivery_ids.error_code), ("dead", "axis_18"))
        self.assertIn("không biết cơ quan nhận", document.delivery_ids.error)

    def test_sender_not_in_the_directory(self):
        self.put_on_axis(self.raw(self.packet()))
        self.run_job("cron_fetch")
        self.run_job("cron_read")
        packet = self.inbox()
        self.assertEqual((packet.state, packet.reason_code), ("quarantined", "SENDER_UNKNOWN"))
        self.read_directory()
        packet.with_user(self.clerk).action_reread()
        self.run_job("cron_read")
        self.assertEqual(packet.state, "done")

    def test_sender_other_than_the_axis_says(self):
        self.read_directory()
        self.put_on_axis(self.raw(self.packet()), "H98.01")
        self.run_job("cron_fetch")
        self.run_job("cron_read")
        self.assertEqual((self.inbox().state, self.inbox().reason_code), ("quarantined", "SENDER_DIFFERS"))

    def test_what_nobody_foresaw_holds_up_nothing_else(self):
        """A packet on which the program itself fails stays on the axis; those behind it and other connections are fetched."""
        self.read_directory()
        first = self.put_on_axis(self.raw(self.packet()))
        self.put_on_axis(self.raw(self.packet(document_id="H97.03,2026/03/09,119/STC-VP", code_number="119")))
        model = type(self.env["vanban.packet.in"])
        real = model._receive

        def receive(inbox, stream, company, peer, delivery, channel):
            if delivery.message == first:
                raise ZeroDivisionError
            return real(inbox, stream, company, peer, delivery, channel)

        with patch.object(model, "_receive", receive), mute_logger("odoo.addons.vanban_lienthong.models.concurrency"):
            self.run_job("cron_fetch")
            self.run_job("cron_fetch")
        self.assertEqual(len(self.inbox()), 1)
        self.assertEqual([packet.status for packet in self.axis.packets], ["processing", "done"])
        self.assertIn(first, self.transport.last_error)
        self.assertEqual(len(self.told()), 1, "once, not at every turn")
        self.run_job("cron_fetch")
        self.run_job("cron_read")
        self.assertEqual((len(self.inbox()), set(self.inbox().mapped("state"))), (2, {"done"}))
        self.assertEqual({packet.status for packet in self.axis.packets}, {"done"})

    @proves("LT-18")
    def test_one_that_cannot_be_fetched_holds_up_nothing_else(self):
        """It stays on the axis; documents behind it and the queue of statuses are fetched, the administrators hear of it once."""
        document = self.issued_to_two()
        self.run_job("cron_send")
        first = self.put_on_axis(self.raw(self.packet()))
        self.put_on_axis(self.raw(self.packet(document_id="H97.03,2026/03/09,119/STC-VP", code_number="119")))
        self.put_on_axis(self.raw(self.status_packet(document, "01")), kind="status")
        for code in ("10", "20", "500"):
            self.axis.faults.broken = {first: code}
            self.run_job("cron_fetch")
        self.assertEqual(sorted(self.inbox().mapped("type")), ["document", "status"])
        self.assertEqual((self.transport.left_behind, self.transport.failing_since), (first, False))
        self.assertIn(first, self.transport.last_error)
        self.assertEqual(len(self.told()), 1, "once, not at every turn")
        notices = self.env["vanban.notice"].search([("user_id", "=", self.admin_user.id), ("kind", "=", "alert")])
        self.assertEqual([first in title for title in notices.mapped("title")], [True])
        self.axis.faults.broken = {}
        self.run_job("cron_fetch")
        self.assertEqual((len(self.inbox()), self.transport.left_behind), (3, False))

    def test_a_confirmation_that_is_refused_holds_up_nothing_else(self):
        self.read_directory()
        self.put_on_axis(self.raw(self.packet()))
        self.put_on_axis(self.raw(self.packet(document_id="H97.03,2026/03/09,119/STC-VP", code_number="119")))
        refused = DeliveryError("axis_10", "tệp gói tin không hợp lệ", retryable=False)
        with patch.object(type(self.far), "acknowledge", side_effect=refused):
            self.run_job("cron_fetch")
        self.assertEqual(len(self.inbox()), 2)
        self.run_job("cron_fetch")
        self.assertEqual((len(self.inbox()), {packet.status for packet in self.axis.packets}), (2, {"done"}))

    @proves("LT-18")
    def test_a_page_instead_of_answers_is_an_outage(self):
        """The axis is under maintenance: no pause for each packet, the same alarm after the same time; its return ends it."""
        self.issued_to_two()
        for status in (200, 404, 500):
            self.axis.faults.page = status
            self.run_job("cron_fetch")
            self.assertTrue(self.transport.failing_since and self.transport.last_error)
            self.assertFalse(self.transport.retry_at)
            self.axis.faults.page = 0
            self.run_job("cron_fetch")
            self.assertFalse(self.transport.failing_since)
        self.axis.faults.page = 200
        self.run_job("cron_send")
        self.transport.failing_since = fields.Datetime.subtract(self.transport.failing_since, minutes=11)
        self.run_job("cron_watch")
        self.assertIn(self.admin_user, self.transport.activity_ids.user_id)
        self.assertFalse(self.transport.retry_at)

    def test_too_large_for_whoever_stands_before_the_axis(self):
        """HTTP 413 does not change by repeating: the clerk decides at once."""
        document = self.issued_to_two()
        self.axis.faults.page = 413
        self.run_job("cron_send")
        self.assertEqual({(row.state, row.error_code) for row in document.delivery_ids}, {("dead", "too_large")})

    def test_connection_on_which_the_program_fails(self):
        """The others are asked all the same."""
        self.read_directory()
        broken = self.env["vanban.transport"].create({
            "name": "Trục hỏng", "driver": self.DRIVER, "url": self.transport.url, "system_id": "hong", "timeout": 5, "sequence": 1})
        self.put_on_axis(self.raw(self.packet()))
        driver = DRIVERS[self.DRIVER]
        real = driver.collect

        def collect(transport, limit, wanted):
            if transport == broken:
                raise KeyError("data")
            return real(transport, limit, wanted)

        with patch.object(driver, "collect", collect), mute_logger("odoo.addons.vanban_lienthong.models.concurrency"):
            self.run_job("cron_fetch")
        self.assertEqual(len(self.inbox()), 1)
        self.assertTrue(broken.last_error)

    def test_too_large(self):
        self.read_directory()
        self.env["ir.config_parameter"].set_param("vanban_lienthong.max_packet_mb", "1")
        self.put_on_axis(self.raw(self.packet()) + b" " * 1_100_000)
        self.run_job("cron_fetch")
        self.assertFalse(self.inbox())
        self.assertEqual(self.axis.packets[0].status, "fail")
        self.assertEqual(len(self.told()), 1)


@tagged("post_install", "-at_install")
class TestVxp(AxisContract, AxisCase):
    DRIVER = "vxp"

    def sent_to_two(self):
        """{code: row} of a document on the axis for two agencies, handed over a while ago."""
        document = self.issued_to_two()
        self.run_job("cron_send")
        rows = document.delivery_ids
        self.assertEqual(set(rows.mapped("state")), {"sent"})
        rows.sudo().sent_date = fields.Datetime.subtract(fields.Datetime.now(), minutes=20)
        return {row.recipient_code: row for row in rows}

    @proves("LT-07", "OUT-35")
    def test_asked_where_a_packet_is(self):
        """What was not confirmed is looked for on the axis: still there, fetched, or refused; the clerk decides about the last."""
        rows = self.sent_to_two()
        self.run_job("cron_ask_axis")
        self.assertEqual({row.axis_state for row in rows.values()}, {"waiting"})
        self.assertIn("axis", [step["key"] for step in rows["H98.01"].timeline])
        for item in self.far.waiting("document"):
            if item.recipient == "H98.01":
                self.far.acknowledge(item)
        lost = next(packet for packet in self.axis.packets if packet.recipient == self.issuer.vanban_code)
        lost.status, lost.words = "fail", "Hệ thống bên nhận không đọc được"
        self.run_job("cron_ask_axis")
        self.assertEqual(rows["H98.01"].axis_state, "waiting", "asked again within the hour")
        for row in rows.values():
            row.sudo().axis_asked = fields.Datetime.subtract(fields.Datetime.now(), hours=2)
        self.run_job("cron_ask_axis")
        self.assertEqual((rows["H98.01"].state, rows["H98.01"].axis_state), ("sent", "fetched"))
        row = rows[self.issuer.vanban_code]
        self.assertEqual(row.state, "dead")
        self.assertIn("Hệ thống bên nhận không đọc được", row.error)
        self.assertEqual((row.recipient_id.state, row.recipient_id.not_arrived), ("failed", True))
        self.assertTrue(row.document_id.activity_ids.filtered(lambda todo: "không đọc được" in (todo.note or "") + (todo.summary or "")))
        # the same bytes once more, and it is alive again
        row.with_user(self.clerk).action_retry()
        self.run_job("cron_send")
        self.assertEqual(row.state, "sent")

    def test_an_axis_that_is_not_asked(self):
        """Silence of the axis changes nothing, and what it never heard of is no failure."""
        rows = self.sent_to_two()
        self.axis.faults.down = True
        self.run_job("cron_ask_axis")
        self.assertEqual([row.axis_asked for row in rows.values()], [False, False])
        self.axis.faults.down = False
        self.axis.packets.clear()
        self.run_job("cron_ask_axis")
        self.assertEqual({(row.state, row.axis_state) for row in rows.values()}, {("sent", False)})

    def test_a_page_full_of_what_stays(self):
        """Those that cannot be fetched fill the axis' page: what is behind them is fetched all the same."""
        self.read_directory()
        numbers = [self.put_on_axis(self.raw(self.packet(document_id=f"H97.03,2026/03/09,{number}/STC-VP", code_number=str(number))))
                   for number in range(118, 124)]
        self.axis.list_limit = 2
        self.axis.faults.broken = dict.fromkeys(numbers[:3], "10")
        self.run_job("cron_fetch")
        self.assertEqual(sorted(self.inbox().mapped("message")), sorted(numbers[3:]))
        self.axis.faults.broken = {}
        self.run_job("cron_fetch")
        self.assertEqual(sorted(self.inbox().mapped("message")), sorted(numbers))

    @proves("LT-18")
    def test_one_number_that_the_axis_does_not_tell_of(self):
        """The others are asked all the same; the reconciliation says that not everything could be asked."""
        untold = self.sent_to_two()
        other = self.issued(recipient_ids=[(0, 0, {"partner_id": self.issuer.id})])
        self.run_job("cron_send")
        row = other.delivery_ids.sudo()
        row.sent_date = fields.Datetime.subtract(fields.Datetime.now(), minutes=20)
        day = (fields.Datetime.now() + timedelta(hours=7)).date()
        for code in ("22", "500"):
            self.axis.faults.broken = {untold["H98.01"].remote_id: code}
            (row + sum(untold.values(), row.browse()).sudo()).axis_asked = False
            row.axis_state = False
            self.run_job("cron_ask_axis")
            self.assertEqual((row.axis_state, {one.axis_state for one in untold.values()}), ("waiting", {False}))
            self.assertTrue(all(one.axis_asked for one in untold.values()), "asked again in an hour")
            report = self.env["vanban.reconciliation"]._make(self.company, day)
            self.assertEqual(report.line_ids.filtered(lambda line: line.packet_out_id == row).kind, "not_fetched")
            self.assertEqual(report.not_asked, self.transport.name)

    def test_an_odd_count(self):
        """An answer in another shape is an error of the connection, not of the program."""
        with patch.object(VxpClient, "_call", return_value={"status": "OK", "count": "nhiều"}), self.assertRaisesRegex(UserError, "không phải là số"):
            self.transport.with_user(self.admin_user).action_check_connection()

    @proves("LT-18")
    def test_daily_comparison_with_the_axis(self):
        rows = self.sent_to_two()
        self.axis.packets[:] = [packet for packet in self.axis.packets if packet.recipient == "H98.01"]
        day = (fields.Datetime.now() + timedelta(hours=7)).date()
        report = self.env["vanban.reconciliation"]._make(self.company, day)
        kinds = {line.packet_out_id: line.kind for line in report.line_ids}
        self.assertEqual(kinds, {rows["H98.01"]: "not_fetched", rows[self.issuer.vanban_code]: "lost"})
        self.assertFalse(report.not_asked)
        self.axis.faults.down = True
        report.with_user(self.clerk).action_compare()
        self.assertEqual(report.not_asked, self.transport.name)

    def move_directory(self, *rows):
        for row in rows:
            self.axis.register(self.axis.account(OTHER.system), row)

    @proves("LT-03")
    def test_what_changed_between_two_readings(self):
        """The whole directory once a day, and every hour what changed in it; who is struck off is gone."""
        self.read_directory()
        self.run_job("cron_directory")
        version = self.transport.directory_version
        self.assertTrue(version.isdecimal())
        self.move_directory({"code": "H98.07", "name": "Chi cục Đường sắt phía Nam"}, {"code": "H98.01", "name": "Sở Giao thông tỉnh Mẫu"})
        read = self.transport.directory_date
        self.run_job("cron_directory")
        find = self.env["res.partner"]._vanban_by_code
        self.assertEqual((find("H98.07").name, find("H98.01").name), ("Chi cục Đường sắt phía Nam", "Sở Giao thông tỉnh Mẫu"))
        self.assertEqual(find("H98.07").vanban_transport_ids, self.transport)
        self.assertEqual(find("H97.03").vanban_transport_ids, self.transport, "what did not change is still reached")
        self.assertGreater(int(self.transport.directory_version), int(version))
        self.assertEqual(self.transport.directory_date, read)
        self.far.delete_agency("H98.07")
        self.run_job("cron_directory")
        self.assertFalse(find("H98.07"))

    def test_an_axis_that_cannot_say_what_changed(self):
        self.read_directory()
        refused = DeliveryError("axis_10", "không có lệnh này")
        with patch.object(VxpClient, "changes", side_effect=refused) as asked:
            self.run_job("cron_directory")
            self.run_job("cron_directory")
        self.assertEqual(asked.call_count, 1, "asked again only after the next whole reading")
        self.read_directory()
        self.run_job("cron_directory")
        self.assertTrue(self.transport.directory_version.isdecimal())

    @proves("LT-03")
    def test_own_agencies_are_entered_at_the_axis(self):
        self.company.write({"name": "Sở Nội vụ tỉnh Mẫu mới", "email": "vanthu@snv.example.vn"})
        wizard = self.env["vanban.axis.registration"].with_user(self.admin_user).with_context(active_id=self.transport.id).create({})
        self.assertEqual((wizard.transport_id, wizard.company_ids), (self.transport, self.company))
        wizard.action_register()
        [line] = [agency for agency in self.far.agencies() if agency.code == "H96.02"]
        self.assertEqual((line.name, line.email, line.parent), ("Sở Nội vụ tỉnh Mẫu mới", "vanthu@snv.example.vn", "H96"))
        self.assertTrue(self.env["vanban.log"].sudo().search_count([("action", "=", "axis_register")]))
        wizard.action_delete()
        self.assertNotIn("H96.02", [agency.code for agency in self.far.agencies()])
        with self.assertRaisesRegex(UserError, "19"):
            wizard.action_delete()  # the axis says why: it is no longer ours there
        with self.assertRaises(AccessError):
            self.env["vanban.axis.registration"].with_user(self.clerk).with_context(active_id=self.transport.id).create({})

    @proves("LT-03")
    def test_odd_code_goes_out_as_the_axis_writes_it(self):
        """A code in small letters is found however it is typed, and named to the axis and in the packet as the axis names it."""
        account = self.axis.account(OTHER.system)
        account.codes += ("vxp.saas.03",)
        self.axis.directory.append({"code": "vxp.saas.03", "name": "Đơn vị thuê dịch vụ"})
        self.read_directory()
        partner = self.env["res.partner"]._vanban_by_code("VXP.saas.03")
        self.assertEqual((partner.vanban_code, partner.vanban_written_code), ("VXP.SAAS.03", "vxp.saas.03"))
        document = self.issued(recipient_ids=[(0, 0, {"partner_id": partner.id})])
        self.run_job("cron_send")
        self.assertEqual(document.delivery_ids.state, "sent")
        [item] = self.far.waiting("document")
        self.assertEqual(item.recipient, "vxp.saas.03")
        packet = read_packet(self.axis.packets[0].path, None)
        self.assertEqual([to.organ_id for to in packet.recipients], ["vxp.saas.03"])
        # it answers in the same spelling
        status = self.status_packet(document, "01", sender=Organization("vxp.saas.03", "Đơn vị thuê dịch vụ"))
        self.axis.accept(account, "vxp.saas.03", ["H96.02"], "status", self.raw(status))
        self.run_job("cron_fetch")
        self.run_job("cron_read")
        self.assertEqual(document.delivery_ids.state, "arrived")

    def test_asked_again_soon_while_packets_move(self):
        """A few seconds after a packet, within the set pause when nothing has moved for long."""
        self.transport.ask_seconds = 40
        now = fields.Datetime.now()

        def pause(seconds):
            self.transport.moved_date = seconds is not None and now - timedelta(seconds=seconds)
            with freeze_time(now):
                return (self.transport._ask_again(self.transport.ask_seconds) - now).total_seconds()

        self.assertEqual([pause(seconds) for seconds in (None, 0, 20, 100, 1000)], [40, 3, 5, 25, 40])
        self.transport.moved_date = False
        self.sent_to_two()
        self.assertTrue(self.transport.moved_date, "who got something may answer soon")

    def test_account(self):
        with self.assertRaises(ValidationError):
            self.env["vanban.transport"].create({"name": "Trục", "driver": "vxp"})
        with self.assertRaises(AccessError):
            self.transport.with_user(self.clerk).action_set_secret("x" * 40)
        with self.assertRaises(AccessError):
            self.transport.with_user(self.clerk).action_fetch_directory()
        self.transport.with_user(self.admin_user).action_set_secret("z" * 40)
        with self.assertRaisesRegex(UserError, "khóa bí mật"):
            self.transport.with_user(self.admin_user).action_check_connection()
        # the secret lies nowhere in the database
        self.env.cr.execute("SELECT count(*) FROM ir_config_parameter WHERE value LIKE %s", ["%" + "z" * 40 + "%"])
        self.assertEqual(self.env.cr.fetchone(), (0,))


@tagged("post_install", "-at_install")
class TestRest(AxisContract, AxisCase):
    DRIVER = "rest"

    def test_one_login_for_many_packets(self):
        self.read_directory()
        partners = self.env["res.partner"].union(*map(self.env["res.partner"]._vanban_by_code, ("H97.03", "H98.01")))
        document = self.numbered(recipient_ids=[(0, 0, {"partner_id": partner.id}) for partner in partners])
        with self.signatures_valid():
            document.action_issue()
        self.axis.tokens.clear()
        self.run_job("cron_send")
        self.assertEqual(document.delivery_ids.mapped("state"), ["sent", "sent"])
        self.assertEqual(len(self.axis.tokens), 1)
