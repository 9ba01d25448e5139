from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from .common import LienthongCase


@tagged("post_install", "-at_install")
class TestManyRecipients(LienthongCase):
    """A document to all kinds of recipients, and one to more of them than a click can serve."""

    def agencies(self, count):
        """Connected agencies."""
        partners = self.env["res.partner"].create([
            {"name": f"Cơ quan số {number}", "is_company": True, "vanban_code": f"H95.{number}"} for number in range(1, count + 1)
        ])
        peers = self.env["vanban.peer"].create([
            {"company_id": self.company.id, "partner_id": partner.id, "transport_id": self.transport.id} for partner in partners
        ])
        return partners, peers

    @proves("OUT-28")
    def test_each_recipient_in_its_own_way(self):
        partners, _peers = self.agencies(2)
        paper = self.env["res.partner"].create({"name": "Cơ quan chưa kết nối", "is_company": True})
        document = self.issued(recipient_ids=[
            *[fields.Command.create({"partner_id": partner.id}) for partner in partners],
            fields.Command.create({"user_id": self.specialist2.id}), fields.Command.create({"partner_id": paper.id}),
        ])
        self.assertEqual(document.state, "issued")
        self.assertEqual(document.delivery_ids.partner_id, partners)
        self.assertEqual(len(document.delivery_ids), 2)
        states = {row.name: (row.channel, row.state) for row in document.recipient_ids}
        self.assertEqual(states, {
            partners[0].name: ("lienthong", "queued"), partners[1].name: ("lienthong", "queued"),
            self.specialist2.name: ("internal", "arrived"), paper.name: ("paper", "pending"),
        })
        moves = [("model", "=", "vanban.recipient"), ("res_id", "in", document.recipient_ids.ids), ("action", "=", "progress")]
        log = self.env["vanban.log"].search(moves)
        self.assertEqual(len(log), 3)

    def test_a_long_list_is_queued_in_the_background_and_a_lost_connection_stops_nobody_else(self):
        partners, peers = self.agencies(24)
        document = self.numbered(recipient_ids=[fields.Command.create({"partner_id": partner.id}) for partner in partners])
        with self.signatures_valid():
            document.action_issue()
            self.assertTrue(document.dispatching)
            self.assertFalse(document.delivery_ids)
            with self.assertRaises(UserError), self.env.cr.savepoint():
                document.action_issue()
            peers[5].active = False
            self.env.ref("vanban_core.cron_dispatch").sudo().method_direct_trigger()
            self.env.invalidate_all()
        self.assertFalse(document.dispatching)
        lost = document.recipient_ids.filtered(lambda row: row.partner_id == partners[5])
        self.assertEqual(lost.state, "failed")
        self.assertIn(partners[5].name, lost.note)
        self.assertEqual(set((document.recipient_ids - lost).mapped("state")), {"queued"})
        self.assertEqual(sorted(document.delivery_ids.partner_id.ids), sorted((partners - partners[5]).ids))
        self.assertEqual((len(document.delivery_ids), len(document.delivery_ids.packet_id)), (23, 1))
        # connected again: the clerk sends it again from “Not arrived”
        peers[5].active = True
        self.assertTrue(lost.with_user(self.clerk).can_resend)
        with self.signatures_valid():
            lost.with_user(self.clerk).action_resend()
        self.assertEqual((lost.state, len(document.delivery_ids)), ("queued", 24))

    def test_everybody_of_one_long_list_gets_the_same_packet(self):
        partners, _peers = self.agencies(21)
        document = self.numbered(recipient_ids=[fields.Command.create({"partner_id": partner.id}) for partner in partners])
        with self.signatures_valid():
            document.action_issue()
            for _turn in range(2):  # the second run finds nothing left to do
                self.env.ref("vanban_core.cron_dispatch").sudo().method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(len(document.delivery_ids), 21)
        self.assertEqual(len(document.delivery_ids.packet_id), 1)
