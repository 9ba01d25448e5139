import datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves
from odoo.addons.vanban_core.tools import vietnam_time

from .common import SigningCase, b64

PAPER = ("Biên bản 02/BB-SNV", "bien-ban.pdf", b64(b"%PDF-1.4 bien ban"))


@tagged("post_install", "-at_install")
class TestCustody(SigningCase):
    @proves("SIGN-04", "SIGN-05")
    def test_change_of_custodian_needs_minutes_and_assignment(self):
        token = self.token.with_user(self.clerk)
        with self.assertRaises(UserError):
            token.action_hand_over("Biên bản")
        token.action_hand_over(*PAPER)
        self.assertFalse(token.holder_id)
        with self.assertRaises(UserError):
            token.with_user(self.leader).action_assign(self.clerk2.id)
        token.with_user(self.leader).action_assign(
            self.clerk2.id, "Quyết định 03/QĐ-SNV", "qd.pdf", b64(b"%PDF-1.4 qd")
        )
        self.assertFalse(token.holder_id)
        with self.assertRaises(AccessError):
            token.with_user(self.clerk).action_receive()
        token.with_user(self.clerk2).action_receive()
        self.assertEqual(token.holder_id, self.clerk2)
        kinds = token.handover_ids.sorted("id").mapped("kind")
        self.assertEqual(kinds, ["assign", "receive", "hand_over", "assign", "receive"])
        with self.assertRaises(AccessError):
            token.handover_ids[0].sudo().write({"reference": "x"})
        document = self.outgoing("numbered")
        with self.assertRaises(AccessError):
            document.with_user(self.clerk).action_seal()
        document.with_user(self.clerk2).action_seal()
        self.assertEqual(document.state, "sealed")

    @proves("SIGN-06")
    def test_lending_needs_written_permission_and_ends(self):
        token = self.token.with_user(self.clerk)
        today = vietnam_time.today()
        with self.assertRaises(UserError):
            token.action_lend(self.clerk2.id, today, "Nghỉ phép")
        token.action_lend(self.clerk2.id, today, "Nghỉ phép", *PAPER)
        self.assertEqual(token.holder_id, self.clerk2)
        token.sudo().with_context(tracking_disable=True).temporary_until = today - datetime.timedelta(days=1)
        token.invalidate_recordset(["holder_id"])
        self.assertFalse(token.holder_id)
        token.action_take_back()
        self.assertEqual(token.holder_id, self.clerk)

    def test_only_the_head_assigns_and_only_to_a_clerk(self):
        self.token.with_user(self.clerk).action_hand_over(*PAPER)
        with self.assertRaises(AccessError):
            self.token.with_user(self.specialist).action_assign(self.clerk2.id, *PAPER)
        with self.assertRaises(UserError):
            self.token.with_user(self.leader).action_assign(self.specialist.id, *PAPER)
        with self.assertRaises(AccessError):
            self.token.with_user(self.manager).write({"custodian_id": self.manager.id, "state": "in_custody"})

    def test_custodian_cannot_be_written_by_hand(self):
        with self.assertRaises(AccessError):
            self.token.with_user(self.manager).write({"custodian_id": self.clerk2.id})

    def test_suspended_device_does_not_seal(self):
        document = self.outgoing("numbered")
        self.token.with_user(self.clerk).action_suspend("Nghi lộ mã PIN")
        with self.assertRaises(AccessError):
            document.action_seal()
        self.token.with_user(self.leader).action_resume("Đã kiểm tra")
        document.action_seal()
