import atexit
import functools
import os
import re
import shutil
import tempfile
from pathlib import Path
from unittest.mock import patch

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves
from odoo.addons.vanban_signing.demo_pki import create_authority
from odoo.addons.vanban_signing.models.xml_signature import _SoftwareKey
from odoo.addons.vanban_signing.pades import xmldsig

from .common import LienthongCase

NAMES = {"H96.02": "Sở Nội vụ tỉnh Mẫu", "H97.03": "Sở Tài chính tỉnh Mẫu"}


@functools.cache
def keys():
    """(authority, folder with a software key for each of the two agencies)."""
    folder = Path(tempfile.mkdtemp(prefix="vanban-packet-keys-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    authority = create_authority(folder / "ca")
    for code, name in NAMES.items():
        key = rsa.generate_private_key(65537, 2048)
        certificate = authority.issue(key.public_key(), {"common_name": name, "organization_name": name})
        (folder / f"{code}.pem").write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            + certificate.public_bytes(serialization.Encoding.PEM))
    return authority, folder


@tagged("post_install", "-at_install")
class TestPacketSignature(LienthongCase):
    """Packets signed by the sender's key at the server, judged by the recipient before anything is taken over."""

    def setUp(self):
        super().setUp()
        authority, folder = keys()
        self.anchor = self.env["vanban.trust.anchor"].create({
            "name": "CA thử nghiệm", "content": self.b64(authority.certificate.read_bytes()), "trust_class": "public_duty"})
        self.anchor.action_load_crl(self.b64(authority.crl.read_bytes()))
        environment = patch.dict(os.environ, {"VANBAN_PACKET_KEYS": str(folder)})
        environment.start()
        self.addCleanup(environment.stop)
        self.peer.write({"packet_signature": "required", "packet_signer": NAMES["H97.03"]})
        self.peer_back.write({"packet_signature": "required", "packet_signer": "SỞ NỘI VỤ  tỉnh Mẫu"})

    def inbox_of_other(self):
        return self.env["vanban.packet.in"].search([("company_id", "=", self.other.id), ("type", "=", "document")])

    def signed(self, packet, code="H97.03"):
        """The bytes of a packet with the signature of an agency."""
        return xmldsig.sign(self.raw(packet), _SoftwareKey((keys()[1] / f"{code}.pem").read_bytes()), inside="edXMLHeader")

    @proves("LT-12", "IN-07")
    def test_there_and_back(self):
        document = self.issued()
        self.deliver()
        received = self.inbox_of_other()
        self.assertEqual((received.state, received.signature_state, received.signature_signer), ("done", "valid", NAMES["H96.02"]))
        self.assertIn("hợp lệ", received.signature_reason)
        logged = self.env["vanban.log"].search([("action", "=", "check_signature"), ("res_id", "=", received.id)])
        self.assertEqual(len(logged), 1)
        self.assertIn(NAMES["H96.02"], logged.data)
        used = self.env["vanban.log"].search([("action", "=", "use_certificate")])
        self.assertTrue(any("packet" in row.data for row in used))
        # the status that comes back is signed as well
        self.assertEqual(document.delivery_ids.state, "arrived")
        status = self.env["vanban.packet.in"].search([("company_id", "=", self.company.id), ("type", "=", "status")])
        self.assertEqual((status.signature_state, status.signature_signer), ("valid", NAMES["H97.03"]))

    @proves("LT-12")
    def test_altered_packet(self):
        """Whoever changes the packet and the digest beside it is found out all the same."""
        raw = self.signed(self.packet())
        self.assertIn("quý I năm".encode(), raw)
        packet = self.receive(raw.replace("quý I năm".encode(), "quý 2 năm".encode()))
        self.assertEqual((packet.state, packet.reason_code, packet.signature_state), ("quarantined", "SIGNATURE_INVALID", "invalid"))
        self.assertIn("bị thay đổi sau khi ký", packet.reason)
        self.assertFalse(packet.document_id)
        # a clerk cannot wave it through; it goes back with the reason
        packet.with_user(self.clerk).action_accept_remarks("Vẫn nhận")
        self.run_job("cron_read")
        self.assertEqual((packet.state, packet.reason_code), ("quarantined", "SIGNATURE_INVALID"))
        self.assertFalse(self.env["vanban.document"].search([("packet_in_id", "=", packet.id)]))

    def test_unsigned_where_required(self):
        packet = self.receive(self.packet())
        self.assertEqual((packet.state, packet.reason_code, packet.signature_state), ("quarantined", "SIGNATURE_MISSING", "none"))
        self.peer.packet_signature = "optional"
        packet.with_user(self.clerk).action_reread()
        self.run_job("cron_read")
        self.assertEqual((packet.state, packet.signature_state), ("done", "none"))

    def test_signed_by_somebody_else(self):
        packet = self.receive(self.signed(self.packet(), "H96.02"))
        self.assertEqual((packet.state, packet.reason_code), ("quarantined", "SIGNATURE_OTHER"))
        self.assertIn(NAMES["H96.02"], packet.reason)

    def test_certificate_nobody_trusts(self):
        self.anchor.active = False
        raw = self.signed(self.packet())
        packet = self.receive(raw)
        self.assertEqual((packet.state, packet.reason_code, packet.signature_state), ("quarantined", "SIGNATURE_UNKNOWN", "unknown"))
        self.anchor.active = True
        packet.with_user(self.clerk).action_reread()
        self.run_job("cron_read")
        self.assertEqual((packet.state, packet.signature_state), ("done", "valid"))

    def test_off_and_required_in_one_issue(self):
        """Who does not use signatures gets the packet without one, in the same issue."""
        third = self.env["res.company"].create({"name": "Sở Y tế tỉnh Mẫu", "vanban_code": "H98.04"})
        self._connect(self.company, third)
        document = self.issued(recipient_ids=[
            (0, 0, {"partner_id": self.other.partner_id.id}), (0, 0, {"partner_id": third.partner_id.id})])
        found = {}
        for row in document.delivery_ids:
            with row.packet_id._content_path() as path:
                found[row.peer_id.partner_id] = bool(re.search(rb"<ds:Signature ", Path(path).read_bytes()))
        self.assertEqual(found, {self.other.partner_id: True, third.partner_id: False})

    def test_no_key_at_the_server(self):
        document = self.numbered()
        with patch.dict(os.environ, {"VANBAN_PACKET_KEYS": "/nonexistent"}), self.signatures_valid(), self.assertRaises(UserError):
            document.action_issue()
        self.assertFalse(document.delivery_ids)
        self.peer.packet_signature = "optional"
        with patch.dict(os.environ, {"VANBAN_PACKET_KEYS": "/nonexistent"}), self.signatures_valid():
            document.action_issue()
        self.assertTrue(document.delivery_ids)
        self.assertTrue(self.env["vanban.log"].search([("action", "=", "sign_packet"), ("outcome", "=", "refused")]))

    def test_settings(self):
        with self.assertRaisesRegex(ValidationError, "(?i)certificate|chứng thư"):
            self.peer.write({"packet_signature": "required", "packet_signer": "  "})
        with self.assertRaises(AccessError):
            self.peer.with_user(self.clerk).write({"packet_signature": "off"})
        packet = self.receive(self.signed(self.packet()))
        with self.assertRaises(AccessError):
            packet.with_user(self.clerk).write({"signature_state": "invalid"})
