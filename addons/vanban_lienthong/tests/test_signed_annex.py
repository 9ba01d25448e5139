"""Signatures beside annexes between two agencies, where the signing addon is installed: real tokens, real signatures."""

import dataclasses
import hashlib
from pathlib import Path
from tempfile import mkdtemp

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves
from odoo.addons.vanban_signing.tests.common import SigningCase

from ..edxml import Attachment, Business
from .common import LienthongCase

TABLE = "STT;Đơn vị;Số liệu\n1;Phòng Một;12\n".encode()


@tagged("post_install", "-at_install")
class TestSignedAnnex(LienthongCase, SigningCase):
    """With real tokens and real signatures."""

    def sealed(self):
        document = self.numbered_with(*((name, TABLE + name.encode()) for name in ("bieu.csv", "ghi-chu.txt")))
        document.action_seal()
        return document

    @proves("OUT-26", "SIGN-17", "LT-05")
    def test_the_signature_beside_an_annex_reaches_the_other_agency(self):
        document = self.sealed()
        document.action_issue()
        self.deliver()
        arrived = self.env["vanban.document"].search(
            [("company_id", "=", self.other.id), ("document_code", "=", document.document_code)]).with_user(self.other_clerk)
        files = arrived.file_ids.sorted("id")
        self.assertEqual(
            [(file.role, file.name) for file in files],
            [("main", "cong-van.pdf"), ("annex", "bieu.csv"), ("annex", "ghi-chu.txt"), ("signature", "bieu.csv.p7s"),
             ("signature", "ghi-chu.txt.p7s")])
        self.assertEqual(set(files.mapped("stage")), {"received"})
        self.assertEqual((arrived.declared_file_count, arrived.missing_file_count), (5, 0))
        annex, signature = files[1], files[3]
        self.assertEqual((signature.source_id, annex._raw()), (annex, TABLE + b"bieu.csv"))
        # verified on arrival, and by the clerk again
        record = self.env["vanban.verification"].search([("file_id", "=", annex.id)], limit=1)
        self.assertEqual((record.overall, record.signature_ids.kind), ("valid", "agency"), record.reason)
        shown = self.env["vanban.verification"].with_user(self.other_clerk).browse(annex.action_verify_beside()["res_id"])
        self.assertEqual(shown.overall, "valid")

    @proves("SIGN-20", "SIGN-21")
    def test_a_packet_whose_annex_was_exchanged(self):
        document = self.sealed()
        beside = document.file_ids.filtered(lambda file: file.name == "bieu.csv.p7s")._raw()
        packet = self.packet()
        # the signature stands before its file, and the file is not the one that was signed
        packet = dataclasses.replace(packet, attachments=(*packet.attachments, self.on_disk("bieu.csv.p7s", beside), self.on_disk("bieu.csv", TABLE)))
        received = self.receive(packet).document_id.with_user(self.clerk)
        annex = received.file_ids.filtered(lambda file: file.role == "annex")
        self.assertTrue(annex.is_signed_beside)
        record = self.env["vanban.verification"].search([("file_id", "=", annex.id)], limit=1)
        self.assertEqual(record.overall, "invalid")
        self.assertIn("không toàn vẹn", record.reason.lower())
        # the annex spoils the document: it has no value and is not accepted
        self.assertEqual(received.verification_overall, "invalid")
        self.assertIn("bieu.csv", received.verification_reason)
        received.action_check()
        self.assertEqual(received.state, "no_value")
        with self.assertRaises(UserError):
            received.action_register()

    def test_an_update_brings_the_signature_of_an_annex(self):
        document = self.received_document()
        document.action_register()
        beside = self.sealed().file_ids.filtered(lambda file: file.name == "bieu.csv.p7s")._raw()
        packet = self.packet(Business(2, "Bổ sung phụ lục", "H97.03,2026/03/09,118/STC-VP", document_info=True))
        packet = dataclasses.replace(
            packet, attachments=(packet.attachments[0], self.on_disk("bieu.csv", TABLE + b"bieu.csv"), self.on_disk("bieu.csv.p7s", beside)))
        self.receive(packet).with_user(self.clerk).action_recall_accept("Đã xem")
        annex = document.file_ids.filtered(lambda file: file.name == "bieu.csv")
        signature = document.file_ids.filtered(lambda file: file.role == "signature")
        self.assertEqual((signature.source_id, signature.name), (annex, "bieu.csv.p7s"))
        self.assertEqual(annex._report().overall, "valid")

    def on_disk(self, name, raw):
        path = Path(mkdtemp()) / hashlib.sha256(raw).hexdigest()
        path.write_bytes(raw)
        return Attachment(name, path, "Tài liệu kèm theo")
