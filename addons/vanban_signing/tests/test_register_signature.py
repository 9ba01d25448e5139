import base64
import subprocess
import tempfile
from pathlib import Path

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves
from odoo.addons.vanban_core.tools import register_signature, vietnam_time
from odoo.addons.vanban_signing.pades import detached

from .common import SigningCase


@tagged("post_install", "-at_install")
class TestRegisterSignature(SigningCase):
    """A closed book carries the agency's signature, and an auditor checks it without this system."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.vanban_seal_provider = "hsm"
        cls.company.vanban_tsa_url = False

    def close(self, user=None):
        self.incoming(register=True)
        register = self.register_in.with_user(user or self.clerk)
        return self.env["vanban.register.closing"].browse(register.action_close(str(vietnam_time.today())))

    def files(self, closing, **changed):
        """Sealed file, signature and certificate as an auditor gets them."""
        folder = Path(tempfile.mkdtemp())
        self.addCleanup(subprocess.run, ["rm", "-r", str(folder)], check=True)
        signature = closing.signature_ids
        parts = {
            "so.jsonl": base64.b64decode(closing.content), "so.p7s": base64.b64decode(signature.content),
            "cq.cer": base64.b64decode(signature.certificate_content), **changed,
        }
        for name, raw in parts.items():
            (folder / name).write_bytes(raw)
        return [folder / name for name in ("so.jsonl", "so.p7s", "cq.cer")]

    @proves("REG-04")
    def test_closed_book_is_signed_by_the_custodian_and_checked_without_the_system(self):
        closing = self.close()
        signature = closing.signature_ids
        self.assertEqual((signature.user_id, signature.certificate_id, signature.sha256), (self.clerk, self.seal_certificate, closing.sha256))
        self.assertFalse(closing.with_user(self.clerk).signature_problem)
        report = detached.verify(
            base64.b64decode(closing.content), base64.b64decode(signature.content), self.env["vanban.trust.anchor"]._trust_store())
        self.assertEqual(report.overall, "valid", report.reason)
        verdict = register_signature.check(*self.files(closing))
        self.assertTrue(verdict.valid, verdict.message)
        self.assertIn("Sở Nội vụ tỉnh Mẫu", verdict.message)
        # one changed byte of the book, another agency's certificate, a broken container
        raw = base64.b64decode(closing.content)
        self.assertFalse(register_signature.check(*self.files(closing, **{"so.jsonl": raw.replace(b"1", b"2", 1)})).valid)
        other = self.store.token("seal-other").certificate.read_bytes()
        self.assertFalse(register_signature.check(*self.files(closing, **{"cq.cer": other})).valid)
        self.assertFalse(register_signature.check(*self.files(closing, **{"so.p7s": b"\x30\x00"})).valid)
        self.assertTrue(self.env["vanban.log"].search_count([
            ("model", "=", closing._name), ("res_id", "=", closing.id), ("action", "=", "use_certificate")]))
        with self.assertRaises(UserError):
            closing.with_user(self.clerk).action_sign_closing()

    def test_who_does_not_hold_the_device_closes_and_the_custodian_signs_later(self):
        closing = self.close(self.clerk2)
        self.assertEqual((closing.state, closing.signature_ids), ("sealed", self.env["vanban.register.signature"]))
        self.assertIn(self.company.name, closing.with_user(self.clerk2).signature_problem)
        for user in (self.clerk2, self.leader, self.admin_user):
            with self.assertRaises(AccessError):
                closing.with_user(user).action_sign_closing()
        self.assertTrue(closing.with_user(self.clerk).may_sign_closing)
        closing.with_user(self.clerk).action_sign_closing()
        self.assertEqual(closing.signature_ids.user_id, self.clerk)

    def test_without_a_device_at_the_server_the_screen_says_so(self):
        self.company.vanban_seal_provider = "agent"
        closing = self.close()
        self.assertEqual(closing.state, "sealed")
        self.assertFalse(closing.signature_ids)
        shown = closing.with_user(self.clerk).with_context(lang="en_US")
        self.assertIn("no key device at the server", shown.signature_problem)
        arch = self.env["vanban.register.closing"].with_user(self.clerk).get_view(
            self.env.ref("vanban_core.register_closing_view_form").id, "form")["arch"]
        self.assertIn("signature_problem", arch)

    def test_signature_is_read_by_keepers_and_written_by_nobody(self):
        signature = self.close().signature_ids
        self.assertTrue(signature.with_user(self.clerk2).read(["serial", "content"])[0]["content"])
        with self.assertRaises(AccessError):
            signature.with_user(self.specialist).read(["serial"])
        for user in (self.clerk, self.admin_user):
            with self.assertRaises(AccessError):
                signature.with_user(user).write({"serial": "1"})
            with self.assertRaises(AccessError):
                signature.with_user(user).unlink()
        with self.assertRaises(AccessError):
            signature.sudo().write({"content": base64.b64encode(b"x")})
        with self.assertRaises(AccessError):
            self.env["vanban.register.signature"].with_user(self.clerk).create({
                "closing_id": signature.closing_id.id, "company_id": self.company.id, "content": b"eA==", "file_name": "x", "sha256": "0",
                "certificate_id": self.seal_certificate.id, "serial": "1", "user_id": self.clerk.id,
            })
