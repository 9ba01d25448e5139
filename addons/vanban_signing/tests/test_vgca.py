import asyncio
import io
import re

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.common import make_pdf
from odoo.addons.vanban_core.tests.proves import proves

from ..pades import container, sign
from .common import SigningCase, b64, draft_pdf, key_of


def as_the_tool(raw, label="leader", field="Signature1", box=(60, 60, 240, 110)):
    """What the tool does with a file: its own field, its own appearance, a signature of the older kind."""

    async def signed():
        key = key_of(label)
        writer = IncrementalPdfFileWriter(io.BytesIO(raw))
        if field not in [name for name, _value, _ref in fields.enumerate_sig_fields(writer.prev)]:
            fields.append_signature_field(writer, fields.SigFieldSpec(field, on_page=-1, box=box))
        meta = signers.PdfSignatureMetadata(
            field_name=field, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED
        )
        external = sign._external(key.certificate, ())
        prepared, _tbs, stream = await signers.PdfSigner(meta, signer=external).async_digest_doc_for_signing(writer, bytes_reserved=16384)
        attributes = await external.signed_attrs(prepared.document_digest, "sha256", use_pades=False)
        prepared.fill_with_cms(stream, await container.build(external, attributes.dump(), key.sign(attributes.dump()), None))
        return stream.getvalue()

    return asyncio.run(signed())


@tagged("post_install", "-at_install")
class TestVgca(SigningCase):
    def setUp(self):
        super().setUp()
        self.company.vanban_vgca = True
        self.tickets = self.env["vanban.signing.ticket"]

    def calls(self, *documents, user=None, purpose="sign"):
        jobs = self.env["vanban.signing.job"].with_user(user or self.leader)
        ids = [document.id for document in documents]
        self.job = jobs.browse(jobs.start(ids, purpose, "vgca")["id"])
        self.assertEqual(self.job.prepare(20)["batch"], [])
        return self.job.tool_calls()

    def secret(self, address):
        return re.search(r"/vanban/signing/(?:file|upload)/([\w-]{43})$", address)[1]

    def fetch(self, address):
        ticket = self.tickets._redeem("download", self.secret(address))
        raw = ticket.session_ids._take_bytes()
        ticket._use()
        return raw

    def give_back(self, address, raw):
        ticket = self.tickets._redeem("upload", self.secret(address))
        return ticket.job_id._take_signed_file(ticket, raw) if ticket else None

    @proves("SIGN-34", "SIGN-27")
    def test_whole_way_with_the_tool(self):
        self.company.vanban_seal_provider = "vgca"
        document = self.outgoing()
        (call,) = self.calls(document)
        self.assertTrue(call["address"].endswith("/SignApproved"))
        self.assertEqual(call["frame"]["SessionId"], "")
        signed = as_the_tool(self.fetch(call["frame"]["FileName"]))
        self.assertEqual(self.give_back(call["frame"]["FileUploadHandler"], signed), (True, ""))
        self.assertEqual(document.sudo().state, "signed")
        self.assertEqual(self.job.describe()["state"], "done")
        document = document.with_user(self.clerk)
        self.assertTrue(document._has_valid_personal_signature())
        document.action_clerk_check()
        document.action_allocate_number()
        self.env.invalidate_all()
        self.assertEqual(document.main_file_id.stage, "numbered")
        (call,) = self.calls(document, user=self.clerk, purpose="seal")
        self.assertTrue(call["address"].endswith("/SignIssued"))
        self.assertEqual(call["frame"]["DocNumber"], document.code_number)
        sealed = as_the_tool(self.fetch(call["frame"]["FileName"]), "seal", "co_quan")
        self.assertEqual(self.give_back(call["frame"]["FileUploadHandler"], sealed), (True, ""))
        self.assertEqual(document.state, "sealed")
        self.assertTrue(document._has_valid_agency_signature())
        self.assertEqual([one.overall for one in document.main_file_id._report().signatures], ["valid", "valid"])

    def test_many_documents_in_one_call(self):
        documents = [self.outgoing(), self.outgoing(), self.outgoing()]
        (call,) = self.calls(*documents)
        self.assertTrue(call["address"].endswith("/SignFiles"))
        files = call["frame"]["Files"]
        upload = call["frame"]["FileUploadHandler"]
        raws = [as_the_tool(self.fetch(item["URL"])) for item in files]
        self.assertEqual(self.give_back(upload, raws[1])[0], True)
        self.assertEqual(self.give_back(upload, raws[1])[0], False)  # the same file again
        self.assertEqual(self.give_back(upload, raws[0])[0], True)
        ended = self.job.tool_returned(call["sessions"], "Người dùng hủy")
        self.assertEqual([line["state"] for line in ended["lines"]], ["done", "done", "failed"])
        self.assertEqual(ended["lines"][2]["message"], "Người dùng hủy")
        self.assertIsNone(self.give_back(upload, raws[2]))
        self.assertEqual([document.sudo().state for document in documents], ["signed", "signed", "leader"])

    @proves("SIGN-17")
    def test_annexes_first_then_the_document(self):
        self.company.vanban_seal_provider = "vgca"
        document = self.outgoing()
        document.sudo()._add_file("phu-luc.pdf", make_pdf("Phu luc"), role="annex")
        self.sign(document)
        document = document.with_user(self.clerk)
        document.action_clerk_check()
        document.action_allocate_number()
        self.env.invalidate_all()
        calls = self.calls(document, user=self.clerk, purpose="seal")
        self.assertEqual([call["address"].rsplit("/", 1)[1] for call in calls], ["SignAppendix", "SignIssued"])
        for call in calls:
            signed = as_the_tool(self.fetch(call["frame"]["FileName"]), "seal", "co_quan")
            self.assertEqual(self.give_back(call["frame"]["FileUploadHandler"], signed), (True, ""))
            ended = self.job.tool_returned(call["sessions"])
        self.assertEqual((ended["state"], ended["done"], document.state), ("done", 1, "sealed"))

    @proves("SIGN-15", "SIGN-16", "IN-22")
    def test_received_and_digitised_documents_have_functions_of_their_own(self):
        self.company.vanban_seal_provider = "vgca"
        self.company._vanban_profile().action_load_preset("bhxh")
        for number, stage, function in (("7", "received", "SignIncome"), ("8", "scan", "SignCopy")):
            document = self.env["vanban.document"].with_user(self.clerk).create({
                "direction": "in", "company_id": self.company.id, "kind_id": self.kind.id, "subject": "Về việc thử", "issuer_id": self.issuer.id,
                "code_number": number, "code_notation": "STC-VP", "issue_date": "2026-01-05", "medium": "paper" if stage == "scan" else "electronic",
            })  # fmt: skip
            document.upload_file("den.pdf", b64(make_pdf(f"Van ban den {stage}")), stage=stage)
            document.action_register()
            self.env.invalidate_all()
            (call,) = self.calls(document, user=self.clerk, purpose="authenticate")
            self.assertTrue(call["address"].endswith(f"/{function}"), call["address"])
            sent = self.fetch(call["frame"]["FileName"])
            signed = as_the_tool(sent, "seal", "xac_thuc_1")
            self.assertEqual(self.give_back(call["frame"]["FileUploadHandler"], signed), (True, ""))
            self.env.invalidate_all()
            self.assertEqual(document.authentication, "agency")
            self.assertEqual(document.main_file_id._report().overall, "valid")

    @proves("SIGN-08", "SIGN-16")
    def test_a_scan_of_signed_paper_is_certified_as_a_copy(self):
        self.company.vanban_seal_provider = "vgca"
        document = self.outgoing("leader").with_user(self.clerk)
        document.action_sign_on_paper("ban-ky-giay.pdf", b64(draft_pdf()))
        document.action_clerk_check()
        document.action_allocate_number()
        self.env.invalidate_all()
        (call,) = self.calls(document, user=self.clerk, purpose="seal")
        self.assertTrue(call["address"].endswith("/SignCopy"), call["address"])
        signed = as_the_tool(self.fetch(call["frame"]["FileName"]), "seal", "co_quan")
        self.assertEqual(self.give_back(call["frame"]["FileUploadHandler"], signed), (True, ""))
        self.assertEqual((document.state, document.main_file_id._report().overall), ("sealed", "valid"))

    @proves("SIGN-23")
    def test_tool_without_timestamp_is_refused_when_one_is_asked_for(self):
        self.company.vanban_tsa_url = "https://tsa.example.vn"
        document = self.outgoing()
        (call,) = self.calls(document)
        done, message = self.give_back(call["frame"]["FileUploadHandler"], as_the_tool(self.fetch(call["frame"]["FileName"])))
        self.assertFalse(done)
        self.assertRegex(message, "timestamp|dấu thời gian")
        self.assertEqual(document.sudo().state, "leader")

    @proves("SIGN-01")
    def test_wrong_files_are_refused_and_nothing_is_stored(self):
        document = self.outgoing()
        wrong = {
            "not a PDF": lambda raw: b"MZ" + raw,
            "another file": lambda raw: as_the_tool(draft_pdf()),
            "rewritten": lambda raw: as_the_tool(raw.replace(b"/Type /Page", b"/Type  /Page", 1)),
            "unsigned": lambda raw: raw + b"\n%%EOF\n",
            "signed twice": lambda raw: as_the_tool(as_the_tool(raw), field="Signature2"),
            "in the field of the agency": lambda raw: as_the_tool(raw, field="co_quan"),
            "by another person": lambda raw: as_the_tool(raw, "chief"),
            "by the agency": lambda raw: as_the_tool(raw, "seal"),
            "cut off": lambda raw: as_the_tool(raw)[:-2000],
        }
        for name, make in wrong.items():
            (call,) = self.calls(document)
            done, message = self.give_back(call["frame"]["FileUploadHandler"], make(self.fetch(call["frame"]["FileName"])))
            self.assertFalse(done, name)
            self.assertTrue(message, name)
            described = self.job.describe()
            self.assertEqual((described["failed"], described["lines"][0]["message"]), (1, message), name)
            # the address is of no use any more
            self.assertIsNone(self.give_back(call["frame"]["FileUploadHandler"], b"x"), name)
            self.assertEqual((document.sudo().state, document.sudo().main_file_id.stage), ("leader", "draft"), name)
        refused = self.env["vanban.log"].search_count(
            [("document_id", "=", document.id), ("action", "=", "sign"), ("outcome", "=", "refused")])
        self.assertGreaterEqual(refused, len(wrong))

    def test_addresses_serve_once_and_expire(self):
        document = self.outgoing()
        (call,) = self.calls(document)
        source, upload = call["frame"]["FileName"], call["frame"]["FileUploadHandler"]
        # only the digest of the secret is stored, and one kind does not open the other
        self.assertFalse(self.tickets.sudo().search_count([("secret_sha256", "in", [self.secret(source), self.secret(upload)])]))
        self.assertFalse(self.tickets._redeem("upload", self.secret(source)))
        self.assertFalse(self.tickets._redeem("download", self.secret(upload)))
        self.assertFalse(self.tickets._redeem("download", "A" * 43))
        raw = self.fetch(source)
        self.assertFalse(self.tickets._redeem("download", self.secret(source)))
        self.tickets.sudo().search([("job_id", "=", self.job.id)]).expires = "2020-01-01"
        self.assertIsNone(self.give_back(upload, as_the_tool(raw)))
        (call,) = self.calls(document)
        self.job.cancel()
        self.assertFalse(self.tickets._redeem("download", self.secret(call["frame"]["FileName"])))
        with self.assertRaises(UserError):
            self.env["vanban.signing.job"].with_user(self.leader).browse(self.job.id).step()

    def test_right_is_asked_again_when_the_file_comes_back(self):
        document = self.outgoing()
        (call,) = self.calls(document)
        signed = as_the_tool(self.fetch(call["frame"]["FileName"]))
        document.with_user(self.leader).action_review_return("Sửa lại")
        done, _message = self.give_back(call["frame"]["FileUploadHandler"], signed)
        self.assertFalse(done)
        self.assertEqual(document.sudo().state, "rework")
