import base64
import subprocess
import tempfile
from pathlib import Path

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from ..demo_pki.services import Services
from .common import SigningCase, b64, key_of

TABLE = "STT;Đơn vị;Số liệu\n1;Phòng Một;12\n".encode()


@tagged("post_install", "-at_install")
class TestDetached(SigningCase):
    def beside(self, document):
        return document.file_ids.filtered(lambda file: file.role == "signature")

    @proves("OUT-26", "SIGN-17")
    def test_every_separate_annex_is_signed_before_issue(self):
        document = self.numbered_with(("bieu.csv", TABLE), ("ghi-chu.txt", "Ghi chú kèm theo".encode()))
        document.action_seal()
        signatures = self.beside(document)
        self.assertEqual(signatures.mapped("name"), ["bieu.csv.p7s", "ghi-chu.txt.p7s"])
        annex = signatures[0].source_id
        self.assertEqual((annex._raw(), annex.is_signed_beside), (TABLE, True))
        # OpenSSL, which knows nothing of us, agrees
        folder = Path(tempfile.mkdtemp())
        for name, raw in (("data", TABLE), ("sig", signatures[0]._raw()), ("ca.pem", self.authority.certificate.read_bytes())):
            (folder / name).write_bytes(raw)
        command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "sig", "-content", "data", "-CAfile", "ca.pem", "-purpose", "any"]
        self.assertEqual(subprocess.run([*command, "-out", "out"], cwd=folder, capture_output=True).returncode, 0)
        (folder / "data").write_bytes(TABLE + b"x")
        self.assertNotEqual(subprocess.run([*command, "-out", "out"], cwd=folder, capture_output=True).returncode, 0)
        # shown in the panel as any signature
        record = self.env["vanban.verification"].browse(annex.action_verify_beside()["res_id"])
        self.assertEqual((record.overall, record.signature_ids.kind, record.file_id), ("valid", "agency", annex))
        # an annex without its signature that got in behind the flow keeps the document inside
        late = document.sudo()._add_file("muon.csv", TABLE + b"2;Hai;3\n", role="annex")
        with self.assertRaisesRegex(UserError, "muon.csv"):
            document.action_issue()
        self.assertEqual(document.state, "sealed")
        self.assertFalse(late.is_signed_beside)
        for act in (lambda: signatures[0].sudo().unlink(), lambda: signatures[0].sudo().write({"content": b64(b"x")})):
            with self.assertRaises(AccessError):
                act()

    @proves("OUT-26")
    def test_with_the_custodians_own_device_and_a_timestamp(self):
        self.company.vanban_seal_provider = "agent"
        document = self.numbered_with(("bieu.csv", TABLE))
        services = Services(self.authority).__enter__()
        self.addCleanup(services.__exit__)
        self.company.vanban_tsa_url = services.url("tsa")
        batch = document.action_seal_prepare()["batch"]
        self.assertEqual(len(batch), 2)
        key, wrong = key_of("seal"), key_of("seal-other")
        # the seal of another agency is refused and leaves nothing
        false = b64(wrong.sign(base64.b64decode(batch[0]["attrs_b64"])))
        refused = document.action_sign_complete_batch([{"id": batch[0]["id"], "signature_b64": false}])
        self.assertFalse(refused[0]["ok"])
        self.assertFalse(self.beside(document))
        # the main file alone, before its annex, is refused too
        rows = [{"id": row["id"], "signature_b64": b64(key.sign(base64.b64decode(row["attrs_b64"])))} for row in batch]
        self.assertFalse(document.action_sign_complete_batch(rows[1:])[0]["ok"])
        self.assertEqual(document.state, "numbered")
        done = document.action_sign_complete_batch(rows, b64(key.certificate))
        self.assertEqual([row["ok"] for row in done], [True, True], done)
        self.assertEqual(document.state, "sealed")
        report = self.beside(document).source_id._report()
        self.assertEqual(report.overall, "valid")
        self.assertTrue(report.signatures[0].timestamp["present"])

    def test_altered_annex_is_not_valid(self):
        document = self.numbered_with(("bieu.csv", TABLE))
        document.action_seal()
        annex = self.beside(document).source_id
        attachment = annex.sudo()._attachment()
        path = Path(attachment._full_path(attachment.store_fname))
        path.write_bytes(TABLE + b"9;Them;9\n")
        self.addCleanup(path.write_bytes, TABLE)
        self.assertEqual(annex._report().overall, "invalid")
