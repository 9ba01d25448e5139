import base64
import json

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import VanbanCase, make_pdf
from .proves import proves
from .scan_samples import letter, scan


def b64(raw):
    return base64.b64encode(raw).decode()


@tagged("post_install", "-at_install")
class TestReception(VanbanCase):
    """Scan standard, checks before acceptance, duplicates, suggestions, care with what is typed."""

    def document(self, **vals):
        return self.env["vanban.document"].with_user(self.clerk).create({
            "direction": "in", "company_id": self.company.id, "kind_id": self.kind.id, "subject": "Văn bản đến", "issuer_id": self.issuer.id,
            "issue_date": "2026-01-05", "medium": "paper", **vals,
        })

    def electronic(self, raw=None, **vals):
        """As the interchange makes it: declared data fixed, files as received."""
        document = self.env["vanban.document"].sudo().create({
            "direction": "in", "company_id": self.company.id, "kind_id": self.kind.id, "medium": "electronic", "issuer_id": self.issuer.id,
            "issuer_name": "Sở Tài chính", "subject": "V/v báo cáo tình hình thực hiện dự toán quý I năm 2026", "code_number": "125",
            "code_notation": "STC-VP", "issue_date": "2026-03-09", "signer_name": "Trần Văn Mẫu", **vals,
        })
        document._add_file("van-ban.pdf", raw or letter(), stage="received", original=True)
        return document.with_user(self.clerk)

    # ------------------------------------------------------------------ scans

    @proves("IN-15")
    def test_poor_scan_is_named_and_refused_where_the_profile_says_so(self):
        poor = b64(scan(dpi=150, colour=False))
        self.company.vanban_profile_id = self.env.ref("vanban_core.profile_bhxh")
        document = self.document()
        document.upload_file("quet.pdf", poor)
        self.assertIn("150 dpi", document.scan_report)
        self.assertIn("thang xám", document.scan_report)
        self.company.vanban_profile_id = self.env.ref("vanban_core.profile_thanhhoa")
        other = self.document()
        with self.assertRaises(UserError) as caught:
            other.upload_file("quet.pdf", poor)
        self.assertIn("150 dpi", str(caught.exception))
        self.assertIn("thang xám", str(caught.exception))
        self.assertFalse(other.file_ids)
        other.upload_file("quet.pdf", b64(scan()))
        self.assertFalse(other.scan_report)

    @proves("IN-16")
    def test_scan_over_the_limit_goes_on_as_paper(self):
        self.company.vanban_profile_id = self.env.ref("vanban_core.profile_bhxh")
        document = self.document()
        with self.assertRaises(UserError) as caught:
            document.with_context(lang="vi_VN").upload_file("day.pdf", b64(scan(dpi=40, pad=31 * 1024 * 1024)))
        self.assertIn("Xử lý bản giấy", str(caught.exception))
        wizard = self.env["vanban.reception.wizard"].with_user(self.clerk).with_context(active_id=document.id).create(
            {"step": "handle_on_paper", "reason": "Tệp quét 31 MB"}
        )
        wizard.action_apply()
        document.action_register()
        self.assertEqual((document.state, bool(document.arrival_number), len(document.file_ids)), ("paper_only", True, 0))
        # the ordinary flow goes on
        document.action_submit("Kính trình")
        self.assertEqual(document.state, "submitted")

    @proves("IN-17")
    def test_annexes_stay_on_paper_by_the_profile(self):
        self.company.vanban_profile_id = self.env.ref("vanban_core.profile_bhxh")
        document = self.document(paper_annex_count=2, paper_annex_note="02 phụ lục số liệu, đóng quyển")
        self.assertTrue(document.paper_annex_asked)
        document.upload_file("quet.pdf", b64(scan()))
        document.action_register()
        self.assertEqual((document.state, document.paper_annex_count), ("registered", 2))
        self.company.vanban_profile_id = self.env.ref("vanban_core.profile_bacgiang")
        self.assertFalse(self.document().paper_annex_asked)

    def test_digitised_document_without_the_agencys_signature(self):
        profile = self.company._vanban_profile()
        document = self.document()
        document.upload_file("quet.pdf", b64(scan()))
        self.assertEqual((document.digitised, document.legal_value), ("unsigned", "reference"))
        document.action_register()
        profile.scan_sign_policy = "refuse"
        with self.assertRaises(UserError):
            document.action_submit("Kính trình", leader_id=self.leader.id)
        profile.scan_sign_policy = "warn"
        document.action_submit("Kính trình", leader_id=self.leader.id)
        self.assertEqual(document.state, "submitted")
        self.assertTrue(self.env["vanban.log"].search_count([("document_id", "=", document.id), ("action", "=", "scan_unsigned")]))

    # ----------------------------------------------------------------- checks

    def test_check_runs_before_acceptance_and_is_stored(self):
        document = self.electronic()
        self.assertFalse(document.check_ids)
        document.action_register()
        self.assertEqual(document.checked_by_id, self.clerk)
        self.assertTrue(document.checked_date)
        self.assertIn("authenticity", document.check_ids.mapped("group"))
        with self.assertRaises(AccessError):
            document.check_ids.write({"result": "ok"})
        with self.assertRaises(AccessError):
            document.check_ids.sudo().unlink()
        with self.assertRaises(AccessError):
            document.check_ids.with_user(self.outsider).read(["result"])

    @proves("IN-08")
    def test_missing_file_asks_for_refusal_or_a_reason(self):
        document = self.electronic(declared_file_count=3)
        document.sudo()._add_file("phu-luc.pdf", make_pdf("Phu luc"), role="annex", stage="received", original=True)
        self.assertEqual(document.missing_file_count, 1)
        with self.assertRaises(UserError) as caught:
            document.with_context(lang="vi_VN").action_register()
        self.assertIn("1 tệp", str(caught.exception))
        with self.assertRaises(UserError):
            document.action_accept_incomplete("")
        document.action_accept_incomplete("Bên gửi xác nhận phụ lục 2 gửi sau")
        document.action_register()
        self.assertTrue(document.arrival_number)
        self.assertEqual(document.incomplete_reason, "Bên gửi xác nhận phụ lục 2 gửi sau")

    def test_declared_data_are_compared_field_by_field(self):
        agreeing = self.electronic()
        agreeing.action_check()
        self.assertFalse(agreeing.mismatch_fields, agreeing.check_ids.mapped(lambda row: (row.label, row.declared, row.found, row.result)))
        document = self.electronic(code_number="12", code_notation="QĐ-STC", signer_name="Lê Văn Khác", issue_date="2026-03-10")
        document.action_check()
        self.assertEqual(document.mismatch_fields, ",code_notation,code_number,issue_date,signer_name,")
        number = document.check_ids.filtered(lambda row: row.field_name == "code_number")
        self.assertEqual((number.declared, number.found, number.result), ("12", "125", "bad"))

    @proves("IN-11")
    def test_doubtful_document_is_reported_to_a_named_person(self):
        document = self.electronic()
        document.action_check()
        with self.assertRaises(UserError):
            document.action_report("Nghi ngờ", self.specialist.id)
        wizard = self.env["vanban.reception.wizard"].with_user(self.clerk).with_context(active_id=document.id).create(
            {"step": "report", "reason": "Nghi ngờ con dấu", "responsible_id": self.chief.id}
        )
        wizard.action_apply()
        self.assertEqual((document.state, document.responsible_id), ("waiting_opinion", self.chief))
        self.assertEqual(document.activity_ids.user_id, self.chief)
        self.assertFalse(document.with_user(self.leader).sudo(False)._may("answer_acceptance"), "only the person asked answers")
        document.with_user(self.chief).action_answer_acceptance("Đồng ý tiếp nhận")
        self.assertEqual((document.state, document.acceptance_opinion), ("checking", "Đồng ý tiếp nhận"))
        self.assertEqual(document.activity_ids.user_id, self.clerk, "the clerk who asked goes on")
        document.action_register()

    @proves("IN-12")
    def test_wrong_addressee_is_returned_with_one_click(self):
        document = self.electronic(addressee_codes="H98.77")
        self.assertTrue(document.wrong_addressee)
        view = self.env.ref("vanban_core.document_incoming_view_form")
        arch = document.with_context(lang="vi_VN").get_view(view.id)["arch"]
        warning = next(node for node in etree.fromstring(arch).iter("div") if "wrong_addressee" in (node.get("invisible") or ""))
        self.assertIn("Sai nơi nhận", "".join(warning.itertext()))
        self.assertTrue(warning.xpath(".//button[@name='action_return_wrong_address']"), "the return stands beside the warning")
        document.action_return_wrong_address()
        self.assertEqual(document.state, "returned")
        row = self.env["vanban.log"].search([("document_id", "=", document.id), ("action", "=", "return"), ("outcome", "=", "done")])
        self.assertEqual(row.comment, "Sai nơi nhận: văn bản được gửi tới H98.77.", "the sender reads it, whatever the clerk's language")
        right = self.electronic(addressee_codes="H98.77, H98.01")
        self.assertFalse(right.wrong_addressee)
        with self.assertRaises(UserError):
            right.action_return_wrong_address()

    @proves("IN-13")
    def test_electronic_document_never_waits_for_its_paper(self):
        document = self.electronic(medium="both")
        document.action_register()
        document.action_submit("Kính trình", leader_id=self.leader.id)
        document.with_user(self.leader).action_distribute([{"role": "lead", "user_id": self.specialist.id}], "Xử lý")
        self.assertEqual(document.state, "distributed")

    # ------------------------------------------------------------- duplicates

    def test_duplicate_is_seen_and_registered_only_with_a_reason(self):
        first = self.document(code_number="77", code_notation="STC-VP", document_code="H98.05,2026/01/05,77/STC-VP")
        first.upload_file("a.pdf", b64(make_pdf()))
        first.action_register()
        second = self.document(code_number="77", code_notation="STC-VP")
        second.upload_file("b.pdf", b64(make_pdf()))
        self.assertEqual(second.duplicate_ids, first)
        self.assertEqual(second.action_open_duplicate()["res_id"], first.id)
        with self.assertRaises(UserError):
            second.action_register()
        second.action_accept_duplicate("Bản gửi lại có thêm phụ lục")
        second.action_register()
        self.assertTrue(second.arrival_number)
        self.assertEqual(second.link_ids.target_id, first)
        other_issuer = self.document(code_number="77", code_notation="STC-VP", issuer_id=False, issuer_name="Sở Khác")
        self.assertFalse(other_issuer.duplicate_ids)
        by_code = self.document(document_code="H98.05,2026/01/05,77/STC-VP")
        self.assertEqual(by_code.duplicate_ids, first)

    def test_duplicate_look_up_uses_its_index(self):
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute(
            "EXPLAIN SELECT id FROM vanban_document WHERE company_id = 1 AND direction = 'in' AND code = '77/STC-VP' AND issue_date = '2026-01-05'"
        )
        plan = " ".join(row[0] for row in self.env.cr.fetchall())
        self.assertIn("arrival_code_index", plan)

    # ------------------------------------------------------------ suggestions

    def test_suggestions_are_offered_never_written(self):
        partner = self.env["res.partner"].create({"name": "Sở Tài chính tỉnh Mẫu", "is_company": True})
        found = self.env["vanban.document"].with_user(self.clerk).suggest_from_file(b64(letter()))
        values = {row["field"]: row["value"] for row in found["rows"]}
        self.assertEqual(values["issuer_id"], {"id": partner.id, "display_name": partner.display_name})
        self.assertEqual((values["code_number"], values["code_notation"], values["issue_date"]), ("125", "STC-VP", "2026-03-09"))
        self.assertEqual(values["kind_id"]["id"], self.kind.id)
        self.assertEqual(values["signer_name"], "Trần Văn Mẫu")
        document = self.document(code_number=False)
        document.upload_file("a.pdf", b64(letter()))
        self.assertTrue(document.get_suggestions()["rows"])
        self.assertFalse(document.code_number)
        with self.assertRaises(UserError):
            self.env["vanban.document"].with_user(self.specialist).suggest_from_file(b64(letter()))
        with self.assertRaises(AccessError):
            document.with_user(self.outsider).get_suggestions()
        self.assertEqual(self.env["vanban.document"].with_user(self.clerk).suggest_from_file("!!")["rows"], [])

    # ------------------------------------------------------------------ care

    @proves("DOC-06")
    def test_text_is_composed_and_old_encodings_are_offered_in_unicode(self):
        document = self.document(subject="Về việc báo cáo")  # decomposed
        self.assertEqual(document.subject, "Về việc báo cáo")
        document.subject = "VÒ viÖc b¸o c¸o c«ng t¸c"
        self.assertEqual(document.legacy_text, "Về việc báo cáo công tác")
        document.action_convert_text()
        self.assertEqual(document.subject, "Về việc báo cáo công tác")
        self.assertFalse(document.legacy_text)

    def test_values_too_long_for_the_interchange_are_kept_with_a_warning(self):
        document = self.document(subject="Về việc " + "báo cáo " * 80)
        self.assertIn("500", document.length_warning)
        self.assertGreater(len(document.subject), 500)

    def test_the_second_editor_is_told_and_loses_nothing(self):
        document = self.document(subject="Bản đầu")
        document.write({"subject": "Người thứ nhất sửa", "edit_base": json.dumps({"subject": "Bản đầu"})})
        colleague = self._make_user("clerk2", "vanban_core.group_clerk")
        mine = document.with_user(colleague)
        with self.assertRaises(UserError) as caught:
            mine.write({"subject": "Người thứ hai sửa", "edit_base": json.dumps({"subject": "Bản đầu"})})
        self.assertIn(self.clerk.name, str(caught.exception))
        self.assertEqual(document.subject, "Người thứ nhất sửa")
        # another field of the same document is no conflict
        mine.write({"signer_name": "Trần Văn Mẫu", "edit_base": json.dumps({"signer_name": False})})
        self.assertEqual(document.signer_name, "Trần Văn Mẫu")
        mine.write({"subject": "Người thứ hai sửa", "edit_base": "not json"})
