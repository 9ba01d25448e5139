from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.vanban_core.tests.proves import proves

from .common import SigningCase, b64, draft_pdf


@tagged("post_install", "-at_install")
class TestIssuingBody(SigningCase):
    """One clerk's office issues for the Committee and for itself, each with its series, symbol and seal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.committee = cls.env["res.partner"].create({"name": "UBND tỉnh Mẫu", "is_company": True, "vanban_symbol": "UBND"})
        cls.book = cls.env["vanban.register"].create({
            "name": "Sổ văn bản đi của UBND", "code": "DIUB", "direction": "out", "company_id": cls.company.id,
            "issuer_ids": [fields.Command.set(cls.committee.ids)],
        })

    def committee_seal(self, clerk):
        certificate = self._enroll("seal-body", "agency", body_id=self.committee.id, picture=self.seal_certificate.picture)
        token = self.env["vanban.token"].with_user(self.manager).create({
            "name": "Thiết bị ký số UBND", "company_id": self.company.id, "certificate_id": certificate.id,
        })
        token.with_user(self.leader).action_assign(clerk.id, "Quyết định 02/QĐ-SNV", "quyet-dinh.pdf", b64(b"%PDF-1.4 giao giu"))
        token.with_user(clerk).action_receive()
        return certificate

    def of_committee(self):
        return self.outgoing("numbered", raw=draft_pdf(notation="UBND-VP"), issuer_id=self.committee.id, code_notation="UBND-VP")

    def seals(self, document):
        return [one.signer["sha256"] for one in document.main_file_id._report().signatures if one.field == "co_quan"]

    @proves("OUT-48")
    def test_series_symbol_and_seal_are_those_of_the_issuing_body(self):
        certificate = self.committee_seal(self.clerk)
        own, theirs = self.outgoing("numbered"), self.of_committee()
        self.assertEqual((own.code, own.register_id), ("01/SNV-VP", self.register_out))
        self.assertEqual((theirs.code, theirs.register_id), ("01/UBND-VP", self.book))
        for document in (own, theirs):
            document.action_seal()
            self.assertEqual(document.state, "sealed")
            self.assertTrue(document._has_valid_agency_signature())
        self.assertEqual((self.seals(own), self.seals(theirs)), ([self.seal_certificate.sha256], [certificate.sha256]))
        theirs.action_issue()
        self.assertEqual(theirs.state, "issued")

    def test_the_offices_seal_never_signs_for_the_committee(self):
        document = self.of_committee()
        # nobody holds a device of the Committee: the custodian of the Office's own does not help
        self.assertNotIn(",seal,", document.allowed_actions or "")
        with self.assertRaisesRegex(AccessError, "UBND tỉnh Mẫu"):
            document.action_seal()
        certificate = self.committee_seal(self.clerk2)
        document.invalidate_recordset()
        with self.assertRaisesRegex(AccessError, "UBND tỉnh Mẫu"):
            document.action_seal()
        own = self.outgoing("numbered")
        with self.assertRaises(AccessError):
            own.with_user(self.clerk2).action_seal()
        document.with_user(self.clerk2).action_seal()
        self.assertEqual(self.seals(document), [certificate.sha256])

    def test_a_run_of_both_gives_each_the_seal_of_its_body_only(self):
        certificate = self.committee_seal(self.clerk)
        own, theirs = self.outgoing("numbered"), self.of_committee()
        self.company.vanban_seal_provider = "agent"
        with self.assertRaisesRegex(UserError, "seal it apart"):
            theirs._prepare_seal(self.seal_certificate, "agent")
        with self.assertRaisesRegex(UserError, "seal it apart"):
            own._prepare_seal(certificate, "agent")
        self.assertTrue(own._prepare_seal(self.seal_certificate, "agent"))
        self.assertTrue(theirs._prepare_seal(certificate, "agent"))

    def test_whose_seal_a_certificate_is_cannot_be_turned_round(self):
        with self.assertRaisesRegex(ValidationError, "leave the issuing body empty"), self.env.cr.savepoint():
            self._enroll("seal-body", "agency", body_id=self.company.partner_id.id)
        certificate = self.committee_seal(self.clerk)
        with self.assertRaises(AccessError):
            certificate.with_user(self.manager).body_id = False

    def test_the_drafter_chooses_the_body_on_the_form(self):
        saved = self.env["vanban.document"].with_user(self.specialist).create({
            "direction": "out", "company_id": self.company.id, "kind_id": self.kind.id, "subject": "về việc báo cáo quý IV",
            "signer_id": self.leader.id,
        })
        self.assertEqual(saved.issuing_body_ids, self.company.partner_id | self.committee)
        self.assertEqual((saved.issuer_id, saved.code_notation), (self.company.partner_id, "SNV"))
        form = Form(saved, view="vanban_core.document_outgoing_view_form")
        form.issuer_id = self.committee
        form.save()
        self.assertEqual((saved.issuer_id, saved.code_notation), (self.committee, "UBND"))
