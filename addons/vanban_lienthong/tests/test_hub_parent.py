from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.vanban_core.tests.proves import proves

from ..edxml import OtherInfo
from ..wire.axis import VxpClient
from ..wire.axis.standin import Account, AxisServer
from .hub_common import HubCase

FAR = Account("tinh-khac", "t" * 40, ("Q99.01",))


@tagged("post_install", "-at_install")
class TestHubParent(HubCase):
    """Onward to the axis above and back from it."""

    def test_refused_by_the_parent_axis_and_tried_again(self):
        with AxisServer([Account("truc-con", "c" * 40, ("Q95.11", "Q95.12")), FAR]) as server:
            self.parent(server, "Q99.01")
            self.client(self.east).send(self.letter(recipient="Q99.01"), "Q95.11", ["Q99.01"], "document")
            server.axis.faults.error = "18"
            self.run_job("cron_hub")
            row = self.deliveries()
            self.assertEqual(row.state, "dead")
            boxes = {box["key"]: box for box in self.env["vanban.interchange.monitor"].with_user(self.admin_user).get_monitor()["boxes"]}
            self.assertEqual((boxes["hub_failed"]["count"], boxes["hub_failed"]["bad"]), (1, True))
            server.axis.faults.error = ""
            self.env["vanban.hub.packet"]._gc_content()
            self.assertTrue(row.has_content, "kept for another attempt")
            with self.assertRaises(AccessError):
                row.with_user(self.clerk).action_retry()
            row.with_user(self.admin_user).action_retry()
            self.run_job("cron_hub")
            self.assertEqual(row.state, "forwarded")
            with self.assertRaises(UserError):
                row.with_user(self.admin_user).action_retry()

    def test_onward_and_back(self):
        """A member writes to an agency of another province through the parent axis, which answers."""
        with AxisServer([Account("truc-con", "c" * 40, ("Q95.11", "Q95.12")), FAR]) as server:
            parent = self.env["vanban.transport"].create({
                "name": "Trục cấp trên", "driver": "vxp", "url": server.url, "system_id": "truc-con", "timeout": 5})
            parent.with_user(self.admin_user).action_set_secret("c" * 40)
            self.env["res.partner"].create({
                "name": "Sở ở tỉnh khác", "is_company": True, "vanban_code_ids": [(0, 0, {"code": "Q99.01"})],
                "vanban_transport_ids": [(4, parent.id)]})
            east = self.client(self.east)
            self.assertIn("Q99.01", [agency.code for agency in east.agencies()])
            letter = self.letter(recipient="Q99.01")
            east.send(letter, "Q95.11", ["Q99.01"], "document")
            server.axis.faults.error = "20"
            self.run_job("cron_hub")
            row = self.deliveries()
            self.assertEqual((row.state, row.attempts), ("forward", 1))
            server.axis.faults.error = ""
            row.next_attempt = parent.retry_at = fields.Datetime.now() - timedelta(seconds=1)
            self.run_job("cron_hub")
            self.assertEqual(row.state, "forwarded")
            far = VxpClient(server.url, FAR.system, FAR.secret, timeout=5)
            [item] = far.waiting("document")
            self.assertEqual((item.sender, item.doc_id), ("Q95.11", row.remote_id))
            back = self.letter(sender="Q99.01", recipient="Q95.11")
            far.send(back, "Q99.01", ["Q95.11"], "document")
            self.run_job("cron_fetch")
            [item] = east.waiting("document")
            self.assertEqual(item.sender, "Q99.01")

    @proves("LT-18")
    def test_for_a_member_that_is_cut_off(self):
        """What the parent axis has for it waits there; what nobody will ever take is refused to its sender; the others get theirs."""
        with AxisServer([Account("truc-con", "c" * 40, ("Q95.11", "Q95.12")), FAR]) as server:
            parent = self.parent(server, "Q99.01")
            self.west.with_user(self.admin_user).action_block()
            far = VxpClient(server.url, FAR.system, FAR.secret, timeout=5)
            for recipient, changes in (("Q95.12", {}), ("Q95.11", {}), ("Q95.11", {"other": OtherInfo(0, sphere="Mật")})):
                far.send(self.letter("Q99.01", recipient, **changes), "Q99.01", [recipient], "document")

            def states():
                return [packet.status for packet in server.axis.packets]

            busy = patch.object(type(self.env["vanban.packet.in"]), "_lock_message", return_value=False)
            with busy:
                self.run_job("cron_fetch")
            self.assertEqual(states(), ["initial", "processing", "fail"])
            self.assertIn(server.axis.packets[1].doc_id, parent.left_behind)
            self.run_job("cron_fetch")
            self.assertEqual((states(), parent.left_behind), (["initial", "done", "fail"], False))
            told = self.env["vanban.log"].search([("action", "=", "fetch_packet"), ("outcome", "=", "refused")]).mapped("comment")
            self.assertIn("bí mật nhà nước", " ".join(told))
            self.west.with_user(self.admin_user).action_unblock()
            self.run_job("cron_fetch")
            self.assertEqual(states(), ["done", "done", "fail"])
            self.assertEqual(self.client(self.west).count(), 1)

    @proves("LT-18")
    def test_parent_axis_gives_a_page(self):
        """An error page instead of answers is an outage of the parent axis."""
        with AxisServer([Account("truc-con", "c" * 40, ("Q95.11", "Q95.12")), FAR]) as server:
            parent = self.parent(server, "Q99.01")
            self.client(self.east).send(self.letter(recipient="Q99.01"), "Q95.11", ["Q99.01"], "document")
            server.axis.faults.page = 500
            self.run_job("cron_hub")
            self.assertEqual((self.deliveries().state, parent.health, parent.retry_at), ("forward", "failing", False))

    def parent(self, server, *codes):
        """The parent axis as a transport, its directory holding agencies with these codes."""
        parent = self.env["vanban.transport"].create({
            "name": "Trục cấp trên", "driver": "vxp", "url": server.url, "system_id": "truc-con", "timeout": 5})
        parent.with_user(self.admin_user).action_set_secret("c" * 40)
        self.env["res.partner"].create([{
            "name": f"Sở ở tỉnh khác {code}", "is_company": True, "vanban_code_ids": [(0, 0, {"code": code})],
            "vanban_transport_ids": [(4, parent.id)]} for code in codes])
        return parent

    def test_what_nobody_foresaw_holds_up_nothing_else(self):
        """Onward: a packet on which the program itself fails is tried later, those behind it go; nothing goes twice."""
        with AxisServer([Account("truc-con", "c" * 40, ("Q95.11", "Q95.12")), FAR]) as server:
            self.parent(server, "Q99.01")
            east = self.client(self.east)
            for subject in ("V/v thứ nhất", "V/v thứ hai"):
                east.send(self.letter(recipient="Q99.01", subject=subject), "Q95.11", ["Q99.01"], "document")
            second, first = self.deliveries()
            real, sent = VxpClient.send, []

            def send(client, path, *rest):
                sent.append(path)
                if len(sent) == 1:
                    raise UnicodeEncodeError("latin-1", "ă", 0, 1, "no such letter")
                return real(client, path, *rest)

            with patch.object(VxpClient, "send", send), mute_logger("odoo.addons.vanban_lienthong.models.concurrency"):
                self.run_job("cron_hub")
            self.assertEqual((first.state, first.attempts, second.state), ("forward", 1, "forwarded"))
            self.assertTrue(first.error and first.next_attempt > fields.Datetime.now())
            first.next_attempt = fields.Datetime.now() - timedelta(seconds=1)
            self.run_job("cron_hub")
            self.assertEqual((first.state, len(sent)), ("forwarded", 2))
            self.assertEqual(len(VxpClient(server.url, FAR.system, FAR.secret, timeout=5).waiting("document")), 2)

    def test_parent_axis_down(self):
        """One attempt shows that it is silent; the monitoring page knows, and everything goes when it is back."""
        with AxisServer([Account("truc-con", "c" * 40, ("Q95.11", "Q95.12")), FAR]) as server:
            parent = self.parent(server, "Q99.01")
            east = self.client(self.east)
            for subject in ("V/v thứ nhất", "V/v thứ hai"):
                east.send(self.letter(recipient="Q99.01", subject=subject), "Q95.11", ["Q99.01"], "document")
            server.axis.faults.down = True
            self.run_job("cron_hub")
            rows = self.deliveries()
            self.assertEqual((sorted(rows.mapped("attempts")), set(rows.mapped("state"))), ([0, 1], {"forward"}))
            self.assertEqual(parent.health, "failing")
            server.axis.faults.down = False
            parent.with_user(self.admin_user).action_check_connection()
            rows.next_attempt = fields.Datetime.now() - timedelta(seconds=1)
            self.run_job("cron_hub")
            self.assertEqual((set(self.deliveries().mapped("state")), parent.health), ({"forwarded"}, "ok"))
