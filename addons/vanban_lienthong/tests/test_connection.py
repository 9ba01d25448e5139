from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from .common import LienthongCase


@tagged("post_install", "-at_install")
class TestConnection(LienthongCase):
    def test_checks_of_a_connection(self):
        https = self.env.ref("vanban_lienthong.transport_https")
        partner = self.env["res.partner"].create({"name": "Sở Xây dựng", "is_company": True})
        values = {"company_id": self.company.id, "partner_id": partner.id, "transport_id": https.id}
        for wrong in ({}, {"url": "https://a.example"}, {"url": "https://a.example", "key_id": "a b"},
                      {"url": "https://a.example", "key_id": "khoa", "ca_pem": "không phải PEM"},
                      {"partner_id": self.company.partner_id.id, "url": "https://a.example", "key_id": "khoa"}):
            with self.subTest(str(wrong)), self.assertRaises(ValidationError):
                self.env["vanban.peer"].create({**values, **wrong})
        peer = self.env["vanban.peer"].create({**values, "url": "http://vanban.example.vn", "key_id": "khoa"})
        with self.assertRaisesRegex(UserError, "32"):
            peer.with_user(self.admin_user).action_set_secret("ngắn quá")
        peer.with_user(self.admin_user).action_set_secret("y" * 40)
        with self.assertRaisesRegex(UserError, "https"):
            peer.with_user(self.admin_user).action_check_connection()
        with self.assertRaises(AccessError):
            peer.with_user(self.clerk).action_check_connection()

    def test_a_connection_kept_in_memory_follows_each_change(self):
        third = self.env["res.company"].create({"name": "Sở Y tế tỉnh Mẫu", "vanban_code": "H97.04", "vanban_symbol": "SYT"})
        found = self.env["vanban.peer"]._of
        self.assertFalse(found(self.company, third.partner_id))
        peer = self._connect(self.company, third)
        self.assertEqual(found(self.company, third.partner_id), peer)
        peer.active = False
        self.assertFalse(found(self.company, third.partner_id))
        peer.active = True
        self.assertEqual(found(self.company, third.partner_id), peer)
        peer.unlink()
        self.assertFalse(found(self.company, third.partner_id))

    def test_local_connection_is_checked(self):
        self.assertTrue(self.peer.with_user(self.admin_user).action_check_connection())

    @proves("LT-03")
    def test_code_that_changes(self):
        """Old packets keep the old code, new ones carry the new; messages under the old code still find their document."""
        document = self.issued()
        self.run_job("cron_send")
        old_packet = document.delivery_ids.packet_id
        self.company.partner_id.vanban_code_ids.write({"date_from": "2020-01-01"})
        self.company.vanban_code = "H97.20"
        self.assertEqual(self.company.vanban_code, "H97.20")
        later = self.issued()
        from ..edxml import read_packet

        with old_packet._content_path() as path:
            self.assertEqual(read_packet(path, None).sender.organ_id, "H96.02")
        with later.delivery_ids.packet_id._content_path() as path:
            self.assertEqual(read_packet(path, None).sender.organ_id, "H97.20")
        self.receive(self.status_packet(document, "03"))
        self.assertEqual(document.delivery_ids.state, "accepted")

    def test_file_drop(self):
        """Two folders carried by hand: sent here, received there, doubles found, forged markers refused."""
        import json
        import os
        import tempfile
        from pathlib import Path
        from unittest.mock import patch

        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        root = Path(folder.name)
        transport = self.env.ref("vanban_lienthong.transport_file")
        for peer, key in ((self.peer, "khoa-a"), (self.peer_back, "khoa-b")):
            peer.write({"transport_id": transport.id, "key_id": key})
            peer.with_user(self.admin_user).sudo().action_set_secret("z" * 40)
        # both sides share one secret under one name; here the folder of A is carried to B
        with patch.dict(os.environ, {"VANBAN_DROP_DIR": folder.name}):
            self.peer_back.key_id = "khoa-a"
            self.peer_back.with_user(self.admin_user).sudo().action_set_secret("z" * 40)
            document = self.issued()
            self.run_job("cron_send")
            outgoing, incoming = root / "khoa-a" / "out", root / "khoa-a" / "in"
            self.assertEqual(document.delivery_ids.state, "sent")
            files = sorted(outgoing.iterdir())
            self.assertEqual([path.suffix for path in files], [".edxml", ".json"])
            incoming.mkdir(parents=True, exist_ok=True)
            for path in files:
                (incoming / path.name).write_bytes(path.read_bytes())
            forged = json.loads(files[1].read_text())
            forged["message"] = "gia-mao-0001"
            (incoming / "gia-mao-0001.json").write_text(json.dumps(forged))
            (incoming / "gia-mao-0001.edxml").write_bytes(files[0].read_bytes())
            self.run_job("cron_fetch")
            self.run_job("cron_read")
        arrived = self.env["vanban.packet.in"].search([("company_id", "=", self.other.id), ("type", "=", "document")])
        self.assertEqual((len(arrived), arrived.state), (1, "done"))
        self.assertEqual([path.name for path in incoming.glob("*.rejected")], ["gia-mao-0001.rejected"])
        self.assertFalse(list(incoming.glob("*.json")))
