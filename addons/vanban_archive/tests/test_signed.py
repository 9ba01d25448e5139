"""Signed documents in the archive, where the signing addon is installed: real tokens, real signatures."""

import hashlib
import json
import subprocess
import tempfile
from pathlib import Path

from odoo.tests import tagged

from odoo.addons.vanban_core.models.document_files import FILE_TOKEN
from odoo.addons.vanban_core.tests.proves import proves
from odoo.addons.vanban_signing.tests.common import SigningCase

from ..package import check_package, unpack_package

TABLE = "STT;Đơn vị;Số liệu\n1;Phòng Một;12\n".encode()


@tagged("post_install", "-at_install")
class TestSignedDossier(SigningCase):
    """With real tokens and real signatures."""

    def submitted(self, *annexes):
        """An issued document with two real signatures, filed, its dossier closed and handed over."""
        document = self.numbered_with(*annexes)
        document.action_seal()
        document.action_issue()
        archivist = self._make_user("archivist", "vanban_archive.group_archivist")
        dossier = self.env["vanban.dossier"].with_user(self.specialist).create({
            "title": "Hồ sơ trả lời", "symbol": "01.TL", "year": 2020, "company_id": self.company.id, "start_date": "2020-01-05",
            "retention_id": self.env.ref("vanban_core.retention_10").id,
        })  # fmt: skip
        dossier.action_open()
        dossier.add_documents(document.ids)
        dossier.action_review()
        dossier.action_close({"end_date": "2020-12-01"})
        handover = self.env["vanban.handover"].browse(dossier.action_submit_to_archive())
        return document.sudo(), dossier, handover.with_user(archivist)

    def authenticity(self, handover):
        handover.action_check()
        return handover.check_ids.filtered(lambda check: check.kind == "authenticity")

    def archived(self, handover, dossier):
        """The stored package, unpacked: its folder."""
        handover.check_ids.filtered(lambda check: check.result == "manual").action_judge(True, "Đã quét mã độc")
        handover.action_accept()
        handover.action_sign_minutes()
        handover.with_user(self.specialist).action_sign_minutes()
        handover.action_archive()
        package = self.env["vanban.package"].browse(dossier.with_user(handover.env.user).build_package())
        self.assertEqual((package.result, package.findings), ("passed", False))
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (folder / "goi.zip").write_bytes(package._attachment().raw)
        path = unpack_package(folder / "goi.zip", folder)
        self.assertEqual(check_package(path, mets_sha256=package.mets_sha256).findings, [])
        return path

    @proves("ARC-07")
    def test_signature_beside_an_annex_is_handed_over_with_it(self):
        document, dossier, handover = self.submitted(("bieu.csv", TABLE))
        check = self.authenticity(handover)
        # main file and annex
        self.assertEqual((check.result, check.detail.startswith("2 ")), ("passed", True), check.detail)
        path = self.archived(handover, dossier)
        data = path / "representations/rep1/data"
        annex = document.file_ids.filtered(lambda file: file.name == "bieu.csv")
        self.assertEqual(
            {one.name: one.read_bytes() for one in data.iterdir()},
            {"File1.pdf": document.main_file_id._raw(), "File1_2.csv": TABLE, "File1_2.csv.p7s": annex._signature_beside()._raw()},
        )
        report = json.loads((path / "documentation/verification_File1_annex1.json").read_text())
        self.assertEqual((report["overall"], report["file_name"]), ("valid", "bieu.csv"))
        # OpenSSL knows nothing of the system and agrees, from the package alone
        command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "File1_2.csv.p7s", "-content", "File1_2.csv",
                   "-CAfile", str(self.authority.certificate), "-purpose", "any", "-out", "/dev/null"]  # fmt: skip
        done = subprocess.run(command, cwd=data, capture_output=True, check=False, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_an_odd_signature_that_came_in_is_judged_by_the_archivist(self):
        """Nobody at the agency can mend what another sent: it is kept as it came, beside the note of whoever took it over."""
        document, dossier, handover = self.submitted(("bieu.csv", TABLE))
        annex = document.file_ids.filtered(lambda file: file.name == "bieu.csv")
        signature = annex._signature_beside()
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (folder / "bieu.csv").write_bytes(TABLE)
        for command in (
            ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "own.pem", "-subj", "/CN=Ben gui Mau", "-days", "2"],
            ["cms", "-sign", "-nodetach", "-binary", "-in", "bieu.csv", "-signer", "own.pem", "-inkey", "key.pem", "-outform", "DER", "-out", "odd"],
        ):
            subprocess.run(["openssl", *command], cwd=folder, check=True, capture_output=True, timeout=60)
        odd = (folder / "odd").read_bytes()
        signature._attachment().with_context(vanban_file=FILE_TOKEN).write({"raw": odd})
        self.env.flush_all()
        # as a letter with this annex would have brought them
        self.env.cr.execute("UPDATE vanban_file SET stage = 'received' WHERE id IN %s", [(annex | signature)._ids])
        self.env.cr.execute("UPDATE vanban_file SET sha256 = %s WHERE id = %s", [hashlib.sha256(odd).hexdigest(), signature.id])
        self.env.invalidate_all()
        handover.action_check()
        results = {check.kind: check.result for check in handover.check_ids}
        self.assertEqual((results["readable"], results["authenticity"], results["integrity"]), ("manual", "manual", "passed"))
        path = self.archived(handover, dossier)
        self.assertIn(odd, [one.read_bytes() for one in (path / "representations/rep1/data").iterdir()])

    @proves("ARC-07")
    def test_an_annex_exchanged_behind_its_signature_fails_the_check(self):
        document, _dossier, handover = self.submitted(("bieu.csv", TABLE))
        annex = document.file_ids.filtered(lambda file: file.name == "bieu.csv")
        annex._attachment().with_context(vanban_file=FILE_TOKEN).write({"raw": TABLE + b"2;Hai;3\n"})
        check = self.authenticity(handover)
        self.assertEqual(check.result, "failed")
        self.assertIn("bieu.csv", check.detail)

    @proves("ARC-07")
    def test_signatures_are_verified_at_acceptance_and_travel_with_the_package(self):
        document, dossier, handover = self.submitted()
        self.assertEqual(self.authenticity(handover).result, "passed")
        path = self.archived(handover, dossier)
        inside = (path / "representations/rep1/data/File1.pdf").read_bytes()
        report = json.loads((path / "documentation/verification_File1.json").read_text())
        self.assertEqual(inside, document.main_file_id._raw(), "signed bytes unaltered")
        self.assertEqual(report["overall"], "valid")
        self.assertEqual(len(report["signatures"]), 2)

    @proves("ARC-07")
    def test_a_forged_document_fails_the_check(self):
        document, _dossier, handover = self.submitted()
        file = document.main_file_id
        raw = file._raw()
        file._attachment().with_context(vanban_file=FILE_TOKEN).write({"raw": raw.replace(b"/MediaBox", b"/MediaBoy", 1)})
        check = self.authenticity(handover)
        self.assertEqual(check.result, "failed")
        self.assertIn("Không toàn vẹn", check.detail)
