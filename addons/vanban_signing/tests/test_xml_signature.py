import os
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from .common import AGENCY, SigningCase

PACKET = "<edXML><edXMLHeader><Subject>V/v mẫu</Subject></edXMLHeader></edXML>"


@tagged("post_install", "-at_install")
class TestXmlSignature(SigningCase):
    """Interchange packets signed with the agency's key device at the server (PKCS#11)."""

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.source, self.target = Path(folder.name) / "a.edxml", Path(folder.name) / "b.edxml"
        self.source.write_text(PACKET, encoding="utf-8")
        self.model = self.env["vanban.xml.signature"]
        self.company.vanban_seal_provider = "hsm"

    @proves("SIGN-31")
    def test_with_the_device(self):
        self.model._sign(self.company, self.source, self.target)
        report = self.model._verify(self.target)
        self.assertEqual((report.overall, report.signatures[0].signer["cn"]), ("valid", AGENCY), list(report.lines()))
        used = self.env["vanban.log"].search([("action", "=", "use_certificate")], limit=1)
        self.assertEqual(used.certificate_serial, self.seal_certificate.serial)
        self.assertTrue(used.token_serial)

    def test_only_while_somebody_answers_for_it(self):
        self.token.with_user(self.clerk).action_suspend("Nghi lộ mã PIN")
        with self.assertRaises(UserError):
            self.model._sign(self.company, self.source, self.target)
        self.assertFalse(self.target.exists())

    def test_no_key_at_the_server(self):
        self.company.vanban_seal_provider = "agent"
        with self.assertRaises(UserError):
            self.model._sign(self.company, self.source, self.target)

    def test_broken_key_file(self):
        self.company.partner_id.vanban_code_ids.unlink()
        self.company.vanban_code = "H96.02"
        (self.source.parent / "H96.02.pem").write_text("khong phai khoa", encoding="utf-8")
        with patch.dict(os.environ, {"VANBAN_PACKET_KEYS": str(self.source.parent)}), self.assertRaises(UserError):
            self.model._sign(self.company, self.source, self.target)
