from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.common import make_pdf
from odoo.addons.vanban_core.tests.proves import proves

from .common import LienthongCase


@tagged("post_install", "-at_install")
class TestRights(LienthongCase):
    @proves("LT-02")
    def test_only_the_focal_clerk_receives_and_sends(self):
        packet = self.receive(self.packet())
        unit_clerk = self._make_user("unit_clerk", "vanban_core.group_unit_clerk")
        for user in (self.specialist, self.leader, self.admin_user, unit_clerk):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    packet.with_user(user).read(["code"])
        self.assertEqual(packet.with_user(self.clerk).code, "118/STC-VP")
        self.assertFalse(self.env["vanban.packet.in"].with_user(self.other_clerk).search([("id", "=", packet.id)]))
        for user in (self.specialist, unit_clerk):
            self.assertFalse(self.env["vanban.document"].with_user(user).search([("id", "=", packet.document_id.id)]))
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                packet.document_id.with_user(user).action_register()
        document = self.numbered()
        for user in (self.specialist, unit_clerk):
            with self.signatures_valid(), self.assertRaises(AccessError), self.env.cr.savepoint():
                document.with_user(user).action_issue()
        sent = self.issued()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            sent.recipient_ids.with_user(self.specialist).action_resend()

    def test_outbox_is_read_with_the_document(self):
        row = self.issued().delivery_ids
        self.assertTrue(row.with_user(self.specialist).recipient_name)
        with self.assertRaises(AccessError):
            row.with_user(self.outsider).read(["recipient_name"])

    def test_state_and_inbox_are_closed_to_rpc(self):
        row = self.issued().delivery_ids
        packet = self.receive(self.packet())
        for record in (row, packet):
            with self.assertRaises(AccessError):
                record.with_user(self.clerk).write({"state": "done"})
            with self.assertRaises(AccessError):
                record.sudo().write({"state": "discarded"})
        with self.assertRaises(AccessError):
            self.env["vanban.packet.in"].with_user(self.clerk).create({
                "company_id": self.company.id, "message": "gia-mao", "sha256": "0", "size": 1})

    def test_secret_is_never_readable(self):
        https = self.env.ref("vanban_lienthong.transport_https")
        self.peer.write({"transport_id": https.id, "url": "https://vanban.example.vn", "key_id": "khoa-1"})
        with self.assertRaises(AccessError):
            self.peer.with_user(self.clerk).action_set_secret("x" * 40)
        self.peer.with_user(self.admin_user).action_set_secret("x" * 40)
        self.assertTrue(self.peer.has_secret)
        values = self.peer.with_user(self.admin_user).read()[0]
        self.assertNotIn("x" * 40, str(values))
        with self.assertRaises(AccessError):
            self.env["ir.config_parameter"].with_user(self.admin_user).search([]).mapped("value")

    def test_the_main_file_of_a_received_document_stays_as_received(self):
        document = self.received_document()
        original = document.main_file_id
        with self.assertRaises(UserError):
            document.with_user(self.clerk).upload_file("khac.pdf", self.b64(make_pdf("Khac")))
        document.with_user(self.clerk).upload_file("phu-luc.pdf", self.b64(make_pdf("Phu luc")), "annex")
        self.assertEqual(document.main_file_id, original)
        metadata = document.with_user(self.clerk).get_metadata()
        relations = next(group for group in metadata["groups"] if group["key"] == "relations")
        self.assertIn(document.sudo().packet_in_id.display_name, [row["document"] for row in relations["rows"]])
