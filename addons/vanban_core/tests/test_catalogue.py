import base64
import contextlib

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import VanbanCase, make_pdf
from .proves import proves


@tagged("post_install", "-at_install")
class TestCatalogue(VanbanCase):
    """Classes of documents with their form of use: shipped, versioned, applied (requirements part 6)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.vanban_profile_id = cls.env.ref("vanban_core.profile_bhxh")
        cls.shipped = cls.env["vanban.class.list"].search([("profile_id", "=", cls.company.vanban_profile_id.id)])

    def one(self, code):
        return self.shipped.class_ids.filtered(lambda item: item.code == code)

    def paper(self, **vals):
        return self.incoming_without_file(medium="paper", **vals)

    def incoming_without_file(self, **vals):
        return self.env["vanban.document"].with_user(self.clerk).create({
            "direction": "in", "company_id": self.company.id, "kind_id": self.kind.id, "subject": "Văn bản giấy", "issuer_id": self.issuer.id,
            "issue_date": "2026-01-05", **vals,
        })

    def test_annex_is_shipped_whole(self):
        self.assertEqual(len(self.shipped), 1)
        self.assertEqual(len(self.shipped.class_ids), 37)
        self.assertEqual(self.one("A.I.2").scan_rule, "forbidden")
        self.assertEqual(self.one("B.II.2*").use_form, "both_single")
        # “bản điện tử gửi theo thành phần nơi nhận”: of section III in this class alone
        self.assertEqual(self.shipped.class_ids.filtered("paper_kept_only"), self.one("B.III.1"))

    @proves("DOC-15")
    def test_class_sets_form_of_use_submission_and_scan_rule(self):
        document = self.paper(class_id=self.one("A.II.1").id)
        self.assertEqual((document.use_form, document.submission_form, document.scan_rule), ("both", "both", "required"))
        draft = self.env["vanban.document"].with_user(self.specialist).create({
            "direction": "out", "company_id": self.company.id, "kind_id": self.kind.id, "subject": "Đề án", "class_id": self.one("B.III.1").id,
        })
        self.assertEqual((draft.use_form, draft.medium), ("both", "both"))
        draft.class_id = self.one("B.II.5")
        self.assertEqual((draft.use_form, draft.medium), ("electronic", "electronic"))

    @proves("ADM-06")
    def test_version_follows_the_date_of_the_document(self):
        action = self.shipped.with_user(self.clerk).action_new_version()
        version = self.env["vanban.class.list"].browse(action["res_id"])
        version.valid_from = "2026-07-01"
        version.class_ids.filtered(lambda item: item.code == "A.II.1").use_form = "electronic"
        before = self.paper(class_id=self.one("A.II.1").id, issue_date="2026-06-30")
        self.assertEqual((before.class_id.list_id, before.use_form), (self.shipped, "both"))
        after = self.paper(class_id=self.one("A.II.1").id, issue_date="2026-07-01")
        self.assertEqual((after.class_id.list_id, after.use_form), (version, "electronic"))
        # a corrected date takes the version of that date
        after.issue_date = "2026-06-30"
        self.assertEqual(after.class_id.list_id, self.shipped)
        with self.assertRaises(UserError):
            self.shipped.sudo().valid_from = "2026-05-01"
        with self.assertRaises(UserError):
            self.one("A.II.1").sudo().use_form = "paper"

    @proves("DOC-16")
    def test_head_decides_another_form_with_a_reason(self):
        draft = self.env["vanban.document"].with_user(self.unit_head).create({
            "direction": "out", "company_id": self.company.id, "kind_id": self.kind.id, "subject": "Báo cáo", "class_id": self.one("B.II.5").id,
        })
        self.assertEqual(draft.use_form, "electronic")
        draft._grant(users=self.specialist, act=True)
        # no assertRaises: it would roll back the trace of the refusal
        with contextlib.suppress(AccessError):
            draft.with_user(self.specialist).action_decide_use_form("both", "Quan trọng")
        self.assertEqual(draft.use_form, "electronic")
        with self.assertRaises(UserError):
            draft.with_user(self.unit_head).action_decide_use_form("both", " ")
        wizard = self.env["vanban.use.form.wizard"].with_user(self.unit_head).with_context(active_id=draft.id).create(
            {"use_form": "both", "reason": "Văn bản quan trọng, cần lưu bản giấy"}
        )
        wizard.action_apply()
        self.assertEqual((draft.use_form, draft.medium, draft.use_form_user_id), ("both", "both", self.unit_head))
        row = self.env["vanban.log"].search([("document_id", "=", draft.id), ("action", "=", "decide_use_form"), ("outcome", "=", "done")])
        self.assertEqual(row.comment, "Văn bản quan trọng, cần lưu bản giấy")
        refused = self.env["vanban.log"].search_count([
            ("document_id", "=", draft.id), ("action", "=", "decide_use_form"), ("outcome", "=", "refused"), ("user_id", "=", self.specialist.id),
        ])
        self.assertEqual(refused, 1)

    @proves("IN-18")
    def test_class_that_is_not_digitised_takes_no_file(self):
        document = self.paper(class_id=self.one("A.I.2").id)
        with self.assertRaises(UserError) as caught:
            document.upload_file("quet.pdf", base64.b64encode(make_pdf()).decode())
        self.assertIn("A.I.2", str(caught.exception))
        self.assertFalse(document.file_ids)
        document.action_register()
        self.assertEqual((document.state, bool(document.arrival_number)), ("paper_only", True))
        other = self.paper()
        other.upload_file("quet.pdf", base64.b64encode(make_pdf()).decode())
        with self.assertRaises(ValidationError):
            other.class_id = self.one("A.I.2")

    @proves("IN-14", "IN-19")
    def test_listed_class_needs_its_scan_other_classes_do_not(self):
        action = self.shipped.with_user(self.clerk).action_new_version()
        version = self.env["vanban.class.list"].browse(action["res_id"])
        version.write({"valid_from": "2026-01-01"})
        version.class_ids.filtered(lambda item: item.code == "A.II.8").scan_rule = "optional"
        listed = self.paper(class_id=self.one("A.II.2").id)
        with self.assertRaises(UserError):
            listed.action_register()
        listed.upload_file("quet.pdf", base64.b64encode(make_pdf()).decode())
        listed.action_register()
        self.assertEqual(listed.state, "registered")
        optional = self.paper(class_id=self.one("A.II.8").id)
        self.assertEqual(optional.scan_rule, "optional")
        optional.action_register()
        self.assertEqual(optional.state, "paper_only")
        electronic = self.incoming_without_file(medium="electronic")
        with self.assertRaises(UserError):
            electronic.action_register()

    @proves("IN-20")
    def test_addressed_personally_needs_no_scan_and_goes_to_the_person_named(self):
        document = self.paper(class_id=self.one("A.II.1").id, addressed_personally=True, addressed_user_id=self.specialist.id)
        self.assertEqual(document.scan_rule, "optional")
        document.action_register()
        self.assertEqual(document.state, "paper_only")
        wizard = self.env["vanban.distribute.wizard"].with_user(self.clerk).with_context(
            active_model="vanban.document", active_id=document.id, default_mode="propose"
        ).create({})
        self.assertEqual(wizard.lead_user_id, self.specialist)

    def test_lists_of_other_agencies_are_closed(self):
        other = self.env["res.company"].create({"name": "Sở Khác tỉnh Mẫu", "vanban_code": "H98.77"})
        foreign = self.env["vanban.class.list"].create({"name": "Danh mục khác", "company_id": other.id, "valid_from": "2026-01-01"})
        with self.assertRaises(AccessError):
            foreign.with_user(self.clerk).read(["name"])
        with self.assertRaises(AccessError):
            self.shipped.with_user(self.clerk).name = "khác"
        with self.assertRaises(AccessError):
            self.one("A.II.1").with_user(self.specialist).name = "khác"
