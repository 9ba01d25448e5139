import pypdfium2

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from .common import AGENCY, SigningCase, text_of


@tagged("post_install", "-at_install")
class TestCopySeal(SigningCase):
    """Electronic copies carry the agency's signature alone, at the top right of the first page (NĐ 30/2020 PL I.II.I.3)."""

    def copy(self, form="sao_y", taken_from="paper", **vals):
        original = self.incoming(register=True, medium=taken_from)
        copy_id = original.with_user(self.clerk).action_copy({
            "form": form, "taken_from": taken_from, "made_into": "electronic", "signer_id": self.leader.id,
            "recipients": [{"user_id": self.specialist.id}], **vals,
        })
        copy = self.env["vanban.document"].browse(copy_id).with_user(self.clerk)
        copy.department_id = self.department
        copy.action_submit_review("Kính trình")
        return copy

    def numbered(self, **vals):
        copy = self.copy(**vals)
        copy.with_user(self.leader).action_order_copy()
        copy.action_clerk_check()
        copy.action_allocate_number()
        return copy

    @proves("OUT-19", "SIGN-08")
    def test_scan_is_certified_with_form_agency_and_time(self):
        copy = self.numbered()
        scan = copy.main_file_id
        copy.action_seal()
        self.assertEqual((copy.state, copy.main_file_id.stage), ("sealed", "sealed"))
        sealed = copy.main_file_id._raw()
        # the scan of the original stays beside it, byte for byte
        self.assertEqual((scan.stage, scan.sha256), ("scan", copy.sudo().copied_id.main_file_id.sha256))
        self.assertTrue(scan._is_intact())
        text = text_of(sealed)
        self.assertIn("Sao y", text)
        self.assertIn(AGENCY, text)
        self.assertRegex(text, r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00")
        report = copy.main_file_id._report()
        self.assertEqual([one.overall for one in report.signatures], ["valid"])
        self.assertTrue(copy._has_valid_agency_signature())
        copy.action_issue()
        self.assertIn(copy.state, ("issued", "delivered"))
        self.assertTrue(self.env["vanban.document"].with_user(self.specialist).search([("id", "=", copy.id)]))

    def test_extract_of_an_electronic_document(self):
        copy = self.numbered(form="trich_sao", taken_from="electronic", text="<p>Điều 3. Văn phòng thi hành.</p>")
        self.assertEqual(copy.code, "01/TrS-SNV")
        copy.action_seal()
        text = text_of(copy.main_file_id._raw())
        self.assertIn("Trích sao", text)
        self.assertIn("Điều 3.", text)
        copy.action_issue()
        self.assertIn(copy.state, ("issued", "delivered"))

    def test_not_before_the_decision_and_not_by_a_person(self):
        copy = self.copy()
        with self.assertRaises(UserError):
            copy.action_seal()
        # a person's digital signature has no place on a copy
        with self.assertRaises(AccessError):
            copy.with_user(self.leader).action_sign_prepare()
        self.assertEqual(copy.state, "leader")
        copy.with_user(self.leader).action_order_copy()
        copy.action_clerk_check()
        self.assertFalse(copy.signature_problem)
        copy.action_allocate_number()
        # only the custodian of the device
        with self.assertRaises(AccessError):
            copy.with_user(self.clerk2).action_seal()

    def test_paper_copy_takes_no_digital_seal(self):
        original = self.incoming(register=True, medium="paper")
        copy = self.env["vanban.document"].browse(original.with_user(self.clerk).action_copy({
            "form": "sao_y", "taken_from": "paper", "made_into": "paper", "signer_id": self.leader.id,
            "recipients": [{"partner_id": self.issuer.id}],
        })).with_user(self.clerk)
        copy.department_id = self.department
        copy.action_submit_review("Kính trình")
        copy.action_copy_signed()
        copy.action_clerk_check()
        copy.action_allocate_number()
        with self.assertRaises(AccessError):
            copy.action_seal()
        copy.action_paper_done()
        copy.action_issue()
        self.assertEqual(copy.state, "issued")

    def test_signed_original_is_printed_with_its_signatures(self):
        """Electronic to paper: what the original shows in its signatures stands on the sheet, the block after it."""
        original = self.outgoing("sealed", raw=None)
        original.action_issue()
        copy = self.env["vanban.document"].browse(original.with_user(self.clerk).action_copy({
            "form": "sao_y", "taken_from": "electronic", "made_into": "paper", "signer_id": self.leader.id,
            "recipients": [{"partner_id": self.issuer.id}],
        }))
        raw = copy.main_file_id._raw()
        self.assertNotIn(b"/ByteRange", raw)
        self.assertIn("SAO Y", text_of(raw))
        self.assertIn(original.code.split("/")[0], text_of(raw))
        # the picture of the seal is on the page
        pdf = pypdfium2.PdfDocument(raw)
        try:
            picture = pdf[0].render(scale=1).to_pil().convert("RGB")
        finally:
            pdf.close()
        red = sum(count for count, (r, g, b) in picture.getcolors(picture.width * picture.height) if r > 150 and g < 110 and b < 110)
        self.assertGreater(red, 200)
