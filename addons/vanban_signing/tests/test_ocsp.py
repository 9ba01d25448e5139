import base64
import datetime
import functools
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from ..demo_pki import create_authority, pictures
from ..pades import SEAL, layout, prepare, sign
from .common import AGENCY, SigningCase, b64, draft_pdf


class SoftKey:
    """A key in memory with a certificate of an authority: somebody who signs with other software."""

    def __init__(self, authority, name, **more):
        self._key = rsa.generate_private_key(65537, 2048)
        attributes = {"common_name": name, "organization_name": "Đơn vị khác", "user_id": "CCCD:000000000009", **more}
        made = authority.issue(self._key.public_key(), attributes)
        self.certificate, self.serial = made.public_bytes(serialization.Encoding.DER), made.serial_number

    def sign(self, data):
        return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())


@functools.cache
def other_world():
    """An authority without any list, whose answers come from OpenSSL's own responder; a signer and a PDF signed by him."""
    authority = create_authority(Path(tempfile.mkdtemp(prefix="vanban-ocsp-")) / "ca", "CA có OCSP")
    key = SoftKey(authority, "Người ký khác")
    raw = prepare.prepare(draft_pdf(), layout.Placement(None, None, None, layout.corner(595, 842)), checked=True)
    return authority, key, sign.sign(raw, SEAL, key)


class OpenSsl:
    """``openssl ocsp`` as a responder on loopback; ``revoked``: serial number or None."""

    def __init__(self, authority, serial, revoked=False, minutes=60):
        self.folder = Path(tempfile.mkdtemp())
        now = datetime.datetime.now(datetime.UTC)
        day = f"{now - datetime.timedelta(seconds=5):%y%m%d%H%M%SZ}"
        state = f"R\t350101000000Z\t{day}" if revoked else "V\t350101000000Z\t"
        number = f"{serial:X}"
        (self.folder / "index.txt").write_text(f"{state}\t{number.zfill(len(number) + len(number) % 2)}\tunknown\t/CN=x\n")
        with socket.socket() as place:
            place.bind(("127.0.0.1", 0))
            self.port = place.getsockname()[1]
        ca = str(authority.certificate)
        command = ["openssl", "ocsp", "-index", "index.txt", "-port", str(self.port), "-rsigner", ca, "-rkey", str(authority.folder / "ca.key"),
                   "-CA", ca, "-nmin", str(minutes), "-ignore_err"]  # fmt: skip
        self.process = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        # a connection that asks nothing would block it: it says itself when it listens
        for line in self.process.stderr:
            if "waiting" in line:
                return
        raise AssertionError("openssl ocsp does not listen")

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/"

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()
        shutil.rmtree(self.folder, ignore_errors=True)


@tagged("post_install", "-at_install")
class TestOcsp(SigningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ca, cls.key, cls.signed = other_world()
        cls.other = cls.env["vanban.trust.anchor"].with_user(cls.manager).create(
            {"name": "CA có OCSP", "trust_class": "public", "content": b64(cls.ca.certificate.read_bytes())}
        )

    def responder(self, key=None, **options):
        made = OpenSsl(self.ca, (key or self.key).serial, **options)
        self.addCleanup(made.stop)
        self.other.ocsp_url = made.url
        return made

    def received(self):
        document = self.env["vanban.document"].with_user(self.clerk).create(
            {"direction": "in", "company_id": self.company.id, "kind_id": self.kind.id, "subject": "Về việc thử", "issuer_id": self.issuer.id,
             "code_number": "7", "code_notation": "STC-VP", "issue_date": "2026-01-05"}
        )  # fmt: skip
        document.upload_file("den.pdf", b64(self.signed), stage="received")
        return document

    def verdict(self, document):
        return self.env["vanban.verification"].browse(document.action_verify()["res_id"])

    @proves("SIGN-21")
    def test_the_answer_decides_and_is_kept(self):
        document = self.received()
        before = self.verdict(document)
        self.assertEqual(before.overall, "unknown")
        self.assertIn("thu hồi", before.reason)
        service = self.responder()
        # loopback is inside the network: only where the manager allows it
        self.assertEqual(self.verdict(document).overall, "unknown")
        self.assertFalse(self.other.revocation_ids)
        self.other.crl_private = True
        self.assertEqual(self.verdict(document).overall, "valid")
        row = self.other.revocation_ids
        self.assertEqual((row.kind, row.serial, row.revoked, row.url[: len(service.url)]), ("ocsp", f"{self.key.serial:x}", False, service.url))
        self.assertTrue(row.issued and row.next_date > row.issued)
        # while it is in force nobody is asked again, and it is evidence once
        service.stop()
        self.assertEqual(self.verdict(document).overall, "valid")
        self.assertEqual(self.other.revocation_ids, row)
        for act in (lambda: row.sudo().write({"revoked": True}), lambda: row.sudo().unlink()):
            with self.assertRaises(AccessError):
                act()

    @proves("SIGN-21")
    def test_revoked_by_answer_counts_for_every_file_and_for_signing(self):
        certificate = self.env["vanban.certificate"].with_user(self.manager).create(
            {"role": "personal", "company_id": self.company.id, "user_id": self.specialist.id, "content": b64(self.key.certificate)}
        )
        self.assertEqual(certificate.state, "active")
        # nobody answers: not determined, and said so
        self.other.write({"ocsp_url": "http://127.0.0.1:9/", "crl_private": True})
        told = certificate.action_ask_revocation()["params"]
        self.assertEqual(told["type"], "warning")
        self.assertIn("127.0.0.1", told["message"])
        self.responder(revoked=True)
        self.env.ref("vanban_signing.cron_ask_revocation").method_direct_trigger()
        self.assertTrue(self.other.revocation_ids.revoked)
        self.assertEqual(self.other.revocation_ids.certificate_id, certificate)
        certificate.invalidate_recordset()
        self.assertEqual(certificate.state, "revoked")
        with self.assertRaisesRegex(UserError, "thu hồi"):
            certificate._require_usable()
        # the clock of the signer alone does not make his signature older than the revocation
        self.assertNotEqual(self.verdict(self.received()).overall, "valid")
        with self.assertRaises(AccessError):
            certificate.with_user(self.specialist).action_ask_revocation()

    @proves("SIGN-21")
    def test_a_suspension_that_was_lifted(self):
        """An authority without lists: the later answer “good” ends what an earlier one said."""
        certificate = self.env["vanban.certificate"].with_user(self.manager).create(
            {"role": "personal", "company_id": self.company.id, "user_id": self.specialist.id, "content": b64(self.key.certificate)}
        )
        self.other.crl_private = True
        self.responder(revoked=True)
        self.assertEqual(certificate.action_ask_revocation()["params"]["type"], "danger")
        self.assertEqual(certificate.state, "revoked")
        time.sleep(1.1)  # answers are dated in whole seconds
        service = self.responder()
        # whoever verifies a file of the signer learns it, too, and everybody after him without asking
        self.assertEqual(self.verdict(self.received()).overall, "valid")
        service.stop()
        certificate.invalidate_recordset()
        self.assertEqual(certificate.state, "active")
        certificate._require_usable()

    @proves("OUT-26", "SIGN-17")
    def test_sealing_beside_an_annex_with_a_certificate_of_such_an_authority(self):
        key = SoftKey(self.ca, AGENCY, organization_name=AGENCY, user_id="MST:0000000077")
        self.seal_certificate.with_user(self.manager).action_suspend()
        self._enroll_raw(key)
        self.company.vanban_seal_provider = "agent"
        document = self.outgoing("leader")
        self.env["vanban.document"].browse(document.id).sudo()._add_file("bieu.csv", b"STT;So lieu\n1;12\n", role="annex")
        self.sign(document)
        document = document.with_user(self.clerk)
        document.action_clerk_check()
        document.action_allocate_number()
        self.env.invalidate_all()
        self.other.crl_private = True
        service = self.responder(key)
        batch = document.action_seal_prepare()["batch"]
        rows = [{"id": row["id"], "signature_b64": b64(key.sign(base64.b64decode(row["attrs_b64"])))} for row in batch]
        done = document.action_sign_complete_batch(rows, b64(key.certificate))
        self.assertEqual([row["ok"] for row in done], [True, True], done)
        self.assertEqual(document.state, "sealed")
        # the answer that was kept serves every later look at the annex
        service.stop()
        annex = document.file_ids.filtered(lambda file: file.role == "annex")
        record = self.env["vanban.verification"].browse(annex.action_verify_beside()["res_id"])
        self.assertEqual(record.overall, "valid", record.reason)

    def _enroll_raw(self, key):
        certificate = self.env["vanban.certificate"].with_user(self.manager).create(
            {"role": "agency", "company_id": self.company.id, "content": b64(key.certificate), "picture": b64(pictures.seal("Sở Nội vụ", "Tỉnh Mẫu"))}
        )
        token = self.env["vanban.token"].with_user(self.manager).create(
            {"name": "Thiết bị thứ hai", "company_id": self.company.id, "certificate_id": certificate.id}
        )
        token.with_user(self.leader).action_assign(self.clerk.id, "Quyết định 02/QĐ-SNV", "quyet-dinh.pdf", b64(b"%PDF-1.4 giao giu"))
        token.with_user(self.clerk).action_receive()
        return certificate

    def test_an_answer_of_a_stranger_is_not_taken(self):
        stranger = create_authority(Path(tempfile.mkdtemp()) / "ca", "CA lạ")
        service = OpenSsl(stranger, self.key.serial)
        self.addCleanup(service.stop)
        self.other.write({"ocsp_url": service.url, "crl_private": True})
        self.assertEqual(self.verdict(self.received()).overall, "unknown")
        self.assertFalse(self.other.revocation_ids)
