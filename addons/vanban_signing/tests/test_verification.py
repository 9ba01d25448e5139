import datetime
import hashlib
import io

from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.timestamps import TimeStamper

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from ..demo_pki import revoke
from ..demo_pki.services import Services
from ..pades import SEAL, sign
from ..pades.timestamp import http_timestamper
from .common import SigningCase, b64, draft_pdf, key_of


class OfAnother(TimeStamper):
    """A genuine service that is asked about another document: its token does not belong to this signature."""

    def __init__(self, service):
        super().__init__()
        self._service = service

    async def async_timestamp(self, message_digest, md_algorithm):
        return await self._service.async_timestamp(hashlib.sha256(b"another document").digest(), md_algorithm)


@tagged("post_install", "-at_install")
class TestVerification(SigningCase):
    def received(self, raw):
        document = (
            self.env["vanban.document"]
            .with_user(self.clerk)
            .create(
                {
                    "direction": "in",
                    "company_id": self.company.id,
                    "kind_id": self.kind.id,
                    "subject": "Về việc thử",
                    "issuer_id": self.issuer.id,
                    "code_number": "7",
                    "code_notation": "STC-VP",
                    "issue_date": "2026-01-05",
                }
            )
        )
        document.upload_file("den.pdf", b64(raw), stage="received")
        return document

    @proves("SIGN-19", "SIGN-22")
    def test_three_groups_are_shown_and_every_run_is_kept(self):
        document = self.outgoing("sealed")
        first = document.verification_ids.filtered(lambda run: run.file_id == document.main_file_id)
        action = document.action_verify()
        record = self.env["vanban.verification"].browse(action["res_id"])
        self.assertEqual((record.overall, len(record.signature_ids), record.user_id), ("valid", 2, self.clerk))
        for one in record.signature_ids:
            self.assertEqual(
                (one.signature_state, one.authentication_state, one.timestamp_state), ("valid", "valid", "unknown")
            )
            self.assertTrue(
                all(
                    (
                        one.signature_reason,
                        one.authentication_reason,
                        one.timestamp_reason,
                        one.serial,
                        one.issuer,
                        one.trust_class,
                    )
                )
            )
        # the file altered on disk behind the system's back
        attachment = document.main_file_id.sudo()._attachment()
        path = attachment._full_path(attachment.store_fname)
        raw = attachment.raw
        with open(path, "wb") as file:
            file.write(raw.replace(b"/Type", b"/Tipe", 1))
        try:
            attachment.invalidate_recordset()
            again = self.env["vanban.verification"].browse(document.action_verify()["res_id"])
        finally:
            with open(path, "wb") as file:
                file.write(raw)
        self.assertEqual(again.overall, "invalid")
        self.assertIn("oàn vẹn", again.reason)
        self.assertTrue(first.exists())
        with self.assertRaises(AccessError):
            again.sudo().write({"overall": "valid"})
        with self.assertRaises(AccessError):
            again.sudo().unlink()

    @proves("SIGN-20")
    def test_invalid_signature_gives_no_value(self):
        raw = self.outgoing("sealed").main_file_id._raw()
        writer = IncrementalPdfFileWriter(io.BytesIO(raw))
        field = next(ref.get_object() for ref in writer.root["/AcroForm"]["/Fields"] if ref.get_object()["/T"] == "so")
        field[pdf_name("/V")] = pdf_string("999")
        writer.update_container(field)
        out = io.BytesIO()
        writer.write(out)
        document = self.received(out.getvalue())
        document.action_check()
        self.assertEqual((document.state, document.verification_overall), ("no_value", "invalid"))
        with self.assertRaises(UserError):
            document.action_register()
        document.action_refuse("Chữ ký số không hợp lệ")

    @proves("SIGN-20", "SIGN-19")
    def test_an_invalid_timestamp_alone_gives_no_value(self):
        """Two groups are valid, the third is a genuine timestamp over something else."""
        services = Services(self.authority).__enter__()
        self.addCleanup(services.__exit__)
        raw = self.outgoing("numbered").main_file_id._raw()
        document = self.received(sign.sign(raw, SEAL, key_of("seal"), timestamper=OfAnother(http_timestamper(services.url("tsa")))))
        document.action_check()
        self.assertEqual((document.state, document.verification_overall), ("no_value", "invalid"))
        seal = document.verification_ids[:1].signature_ids.filtered(lambda one: one.kind == "agency")
        self.assertEqual((seal.signature_state, seal.authentication_state, seal.timestamp_state), ("valid", "valid", "invalid"))
        self.assertIn("ấu thời gian", seal.timestamp_reason)
        labels = dict(document._fields["state"]._description_selection(self.env(context={"lang": "vi_VN"})))
        self.assertEqual(labels["no_value"], "Không có giá trị")
        for step in (document.action_register, lambda: document.action_submit("Kính trình", leader_id=self.leader.id)):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                step()
        self.assertIn(",refuse,", document.allowed_actions)

    def test_valid_document_from_outside_is_registered(self):
        raw = self.outgoing("sealed").main_file_id._raw()
        document = self.received(raw)
        document.action_check()
        self.assertEqual((document.state, document.verification_overall), ("checking", "valid"))
        document.action_register()
        self.env.invalidate_all()
        self.assertTrue(document.arrival_number)

    def test_scan_without_signature_is_not_hindered(self):
        document = self.received(draft_pdf())
        document.action_register()
        self.env.invalidate_all()
        self.assertEqual(document.state, "registered")
        report = document.get_verification(run=True)
        self.assertEqual(report["overall"], "unknown")

    @proves("SIGN-21")
    def test_revoked_before_signing(self):
        from ..pades.trust import TrustStore
        from ..pades.verify import verify

        raw = self.outgoing("sealed").main_file_id._raw()
        import shutil
        import tempfile

        from ..demo_pki import open_authority

        copy = tempfile.mkdtemp()
        shutil.copytree(self.authority.folder, f"{copy}/ca")
        authority = open_authority(f"{copy}/ca")
        for when, state, words in (
            (-60, "invalid", "đã bị thu hồi tại thời điểm ký"),
            (60, "unknown", "không có dấu thời gian"),
        ):
            moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=when)
            revoke(authority, self.store.token("seal").certificate, moment)
            store = TrustStore([authority.certificate.read_bytes()], crls=[authority.crl.read_bytes()])
            report = verify(raw, store)
            self.assertEqual(report.overall, state)
            self.assertIn(words, report.reason)
        self.assertEqual(verify(raw, TrustStore([authority.certificate.read_bytes()])).overall, "unknown")

    @proves("IN-07")
    def test_a_received_file_is_verified_at_once_by_whatever_way(self):
        raw = self.outgoing("sealed").main_file_id._raw()
        document = self.received(raw)
        first = document.verification_ids
        self.assertEqual((len(first), first.overall, first.user_id), (1, "valid", self.clerk))
        document.action_register()
        self.env.invalidate_all()
        # a fresh result is not repeated, an old one is, before acceptance
        self.assertEqual(document.verification_ids, first)
        other = self.received(raw)
        self.env.cr.execute("UPDATE vanban_verification SET date = date - interval '2 hours' WHERE document_id = %s", [other.id])
        self.env.invalidate_all()
        other.action_check()
        self.assertEqual(len(other.verification_ids), 2)
        mailed = self.env["vanban.document"].with_user(self.clerk).create({"direction": "in", "company_id": self.company.id, "subject": "Qua thư"})
        mailed._add_file("thu.pdf", raw, role="main", stage="received")
        self.assertEqual(mailed.verification_overall, "valid")

    @proves("OUT-20")
    def test_clerk_is_told_of_an_invalid_personal_signature_and_returns_the_document(self):
        document = self.outgoing("signed")
        self.assertFalse(document.signature_problem)
        attachment = document.main_file_id.sudo()._attachment()
        path, raw = attachment._full_path(attachment.store_fname), attachment.raw
        with open(path, "wb") as file:
            file.write(raw.replace(b"/Type", b"/Tipe", 1))
        try:
            document.invalidate_recordset()
            self.assertTrue(document.signature_problem)
            for step in (document.action_clerk_check, document.action_allocate_number):
                with self.assertRaises(UserError):
                    step()
            self.assertFalse(document.code_number)
            self.assertIn(",clerk_return,", document.allowed_actions)
            arch = self.env["vanban.document"].get_view(self.env.ref("vanban_core.document_outgoing_view_form").id, "form")["arch"]
            self.assertIn("not signature_problem or", arch)
            document.action_clerk_return("Chữ ký số không hợp lệ")
        finally:
            with open(path, "wb") as file:
                file.write(raw)
        self.assertEqual(document.sudo().state, "rework")

    @proves("SIGN-20")
    def test_a_document_without_value_offers_the_return(self):
        raw = self.outgoing("sealed").main_file_id._raw()
        document = self.received(raw[:-900] + raw[-900:].replace(b"0", b"1", 3))
        document.action_check()
        self.assertEqual(document.state, "no_value")
        self.assertIn(",refuse,", document.allowed_actions)
        arch = self.env["vanban.document"].get_view(self.env.ref("vanban_core.document_incoming_view_form").id, "form")["arch"]
        self.assertIn("state != 'no_value' or", arch)
        with self.assertRaises(UserError):
            document.action_register()
        document.action_refuse("Chữ ký số không hợp lệ, trả lại nơi gửi")
        self.assertEqual(document.state, "refused")
