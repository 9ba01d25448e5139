import json
import os
import tempfile
from pathlib import Path
from unittest.mock import patch

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



@tagged("post_install", "-at_install")
class TestFileDrop(LienthongCase):
    """Two folders carried by hand: sent here, received there."""

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.enterContext(patch.dict(os.environ, {"VANBAN_DROP_DIR": folder.name}))
        # both sides share one secret under one name
        for peer in (self.peer, self.peer_back):
            peer.write({"transport_id": self.env.ref("vanban_lienthong.transport_file").id, "key_id": "khoa-a"})
            peer.with_user(self.admin_user).sudo().action_set_secret("z" * 40)
        self.outgoing, self.incoming = self.root / "H96.02=khoa-a" / "out", self.root / "H97.03=khoa-a" / "in"
        self.admin_user.company_ids += self.other

    def carried(self):
        """Carry what A has sent to the folder of B; the files there."""
        self.run_job("cron_send")
        self.incoming.mkdir(parents=True, exist_ok=True)
        return [path.replace(self.incoming / path.name) for path in sorted(self.outgoing.iterdir())]

    def read(self):
        self.run_job("cron_fetch")
        self.run_job("cron_read")
        return self.env["vanban.packet.in"].search([("company_id", "=", self.other.id), ("type", "=", "document")])

    def told(self, words):
        """How often the log and a notice to the administrator say it."""
        rows = self.env["vanban.log"].search([("action", "=", "fetch_packet"), ("outcome", "=", "refused")]).mapped("comment")
        notices = self.env["vanban.notice"].search([("user_id", "=", self.admin_user.id), ("kind", "=", "alert")]).mapped("title")
        return sum(words in row for row in rows), sum(words in title for title in notices)

    def test_file_drop(self):
        """Doubles found; markers that do not verify are set aside, and said."""
        document = self.issued()
        packet, marker = self.carried()
        self.assertEqual((document.delivery_ids.state, packet.suffix, marker.suffix), ("sent", ".edxml", ".json"))
        forged = json.loads(marker.read_text())
        for name in ("gia-mao-0001", "tên lạ"):
            forged["message"] = name
            (self.incoming / f"{name}.json").write_text(json.dumps(forged))
            (self.incoming / f"{name}.edxml").write_bytes(packet.read_bytes())
        arrived = self.read()
        self.assertEqual((len(arrived), arrived.state), (1, "done"))
        self.assertEqual(sorted(path.name for path in self.incoming.glob("*.rejected")), ["gia-mao-0001.rejected", "tên lạ.rejected"])
        self.assertFalse(list(self.incoming.glob("*.json")))
        self.read()
        for name in ("gia-mao-0001.json", "tên lạ.json"):
            self.assertEqual(self.told(name), (1, 1), name)

    def test_too_large_is_set_aside(self):
        """The only copy of a packet is not deleted because it is too large here."""
        self.issued()
        packet, marker = self.carried()
        self.env["ir.config_parameter"].set_param("vanban_lienthong.max_packet_mb", "0")
        self.assertFalse(self.read())
        aside = marker.with_suffix(".rejected")
        self.assertTrue(packet.is_file() and aside.is_file() and not marker.exists())
        self.assertEqual(self.told(marker.stem), (1, 1))
        self.assertTrue(self.env["vanban.log"].search_count([("action", "=", "packet_too_large")]))
        # allowed now, and given its name again
        self.env["ir.config_parameter"].set_param("vanban_lienthong.max_packet_mb", "300")
        aside.replace(marker)
        self.assertEqual(self.read().state, "done")

    def test_packet_still_on_its_way(self):
        self.issued()
        packet, marker = self.carried()
        raw = packet.read_bytes()
        packet.unlink()
        self.assertFalse(self.read())
        self.assertTrue(marker.is_file())
        packet.write_bytes(raw)
        self.assertEqual(self.read().state, "done")

    def test_each_connection_has_its_folder(self):
        """One name of a key at two of our agencies, names that differ by a sign only, a code that changes; older folders stay in use."""
        def home(peer, key=None):
            peer.key_id = key or peer.key_id
            return peer._driver()._home().name

        names = [home(peer, key) for peer in (self.peer, self.peer_back) for key in ("khoa.a", "khoa_a", "khoa-a", "...")]
        self.assertEqual(len(set(names)), 8)
        self.assertTrue(all(name.startswith(("H96.02=", "H97.03=")) for name in names))
        self.assertEqual((home(self.peer, "khoa.a"), home(self.peer_back, "khoa_a")), ("H96.02=khoa.a", "H97.03=khoa_a"))
        # an installation that ran before: the folder belongs to the oldest connection of that name
        (self.root / "khoa_a").mkdir()
        self.assertEqual((home(self.peer), home(self.peer_back)), ("khoa_a", "H97.03=khoa_a"))
        (self.root / "H97.03=khoa_a").mkdir()
        self.other.partner_id.vanban_code_ids.write({"date_from": "2020-01-01"})
        self.other.vanban_code = "H97.30"
        self.assertEqual(home(self.peer_back), "H97.03=khoa_a")
