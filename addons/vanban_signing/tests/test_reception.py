from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from .common import SigningCase, b64, draft_pdf


@tagged("post_install", "-at_install")
class TestReception(SigningCase):
    """What signatures say at the reception desk: stored with the check, compared with the declared data, shown as legal value."""

    def received(self, raw, **vals):
        document = self.env["vanban.document"].with_user(self.clerk).create({
            "direction": "in", "company_id": self.company.id, "kind_id": self.kind.id, "subject": "Về việc thử", "issuer_id": self.issuer.id,
            "code_number": "71", "code_notation": "SNV-VP", "issue_date": "2026-01-05", "medium": "electronic", **vals,
        })  # fmt: skip
        document.upload_file("den.pdf", b64(raw), stage="received")
        return document

    @proves("IN-07")
    def test_acceptance_runs_the_verification_first_and_stores_it(self):
        document = self.received(self.outgoing("sealed").main_file_id._raw())
        self.assertFalse(document.check_ids)
        document.action_register()
        self.env.invalidate_all()
        row = document.check_ids.filtered(lambda one: one.group == "authenticity")
        self.assertEqual((row.result, row.user_id, document.checked_by_id), ("ok", self.clerk, self.clerk))
        self.assertTrue(row.date and document.verification_ids)
        self.assertEqual(document.state, "registered")

    @proves("IN-07")
    def test_a_report_before_the_check_does_not_spare_the_verification(self):
        raw = self.outgoing("sealed").main_file_id._raw()
        document = self.received(raw[:-900] + raw[-900:].replace(b"0", b"1", 3))
        document.action_report("Nghi ngờ chữ ký", self.leader.id)
        document.with_user(self.leader).action_answer_acceptance("Tiếp nhận nếu chữ ký hợp lệ")
        verified = document.verification_ids
        try:  # assertRaises would take back what was verified in a transaction of its own
            document.action_register()
        except UserError:
            self.env.invalidate_all()
        self.assertEqual((document.verification_overall, document.arrival_number), ("invalid", 0))
        self.assertTrue(document.verification_ids - verified, "verified anew before the number")
        self.assertEqual(document.check_ids.filtered(lambda one: one.group == "authenticity").result, "bad")

    @proves("IN-09")
    def test_declared_data_are_held_against_the_signature(self):
        raw = self.outgoing("sealed").main_file_id._raw()
        document = self.received(raw, signer_name="Người Khác Hẳn", code_notation="QĐ-SNV")
        document.action_check()
        self.assertIn(",signer_name,", document.mismatch_fields)
        self.assertIn(",code_notation,", document.mismatch_fields)
        row = document.check_ids.filtered(lambda one: one.field_name == "signer_name")
        self.assertEqual((row.declared, row.result), ("Người Khác Hẳn", "bad"))
        name = next(one["name"] for one in document._signature_signers() if one["kind"] == "personal")
        self.assertEqual(row.found, name)
        # corrected and checked again, the mark is gone; the earlier result stays
        document.write({"signer_name": name, "code_notation": "SNV-VP"})
        document.action_run_checks()
        self.assertNotIn(",signer_name,", document.mismatch_fields)
        self.assertNotIn(",code_notation,", document.mismatch_fields)
        self.assertEqual(self.env["vanban.reception.check"].search_count([("document_id", "=", document.id), ("field_name", "=", "signer_name")]), 2)

    @proves("DOC-18")
    def test_legal_value_follows_the_signatures(self):
        unsigned = self.received(draft_pdf(), code_number="72")
        unsigned.action_check()
        self.assertEqual(unsigned.legal_value, "reference")
        label = dict(unsigned._fields["legal_value"]._description_selection(self.env(context={"lang": "vi_VN"})))["reference"]
        self.assertEqual(label, "Để biết, tham khảo – không thay bản giấy")
        signed = self.received(self.outgoing("sealed").main_file_id._raw())
        signed.action_check()
        self.env.invalidate_all()
        self.assertEqual(signed.legal_value, "equivalent")
