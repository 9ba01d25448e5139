from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from .dossier_common import DossierCase


@tagged("post_install", "-at_install")
class TestFilePlan(DossierCase):
    @proves("DOS-01")
    def test_plan_is_prepared_copied_edited_and_approved(self):
        self.issue_plan()
        self.assertEqual(self.plan.state, "approved")
        self.assertEqual(self.plan.approver_id, self.leader)
        self.assertEqual(self.line.state, "approved")
        following = self.env["vanban.file.plan"].browse(self.plan.with_user(self.clerk).action_copy_to_next_year()["res_id"])
        self.assertEqual((following.year, following.state), (2027, "draft"))
        self.assertEqual(following.line_ids.mapped("symbol"), ["01.TH"])
        following.line_ids.with_user(self.clerk).write({"title": "Tập báo cáo tổng hợp năm 2027"})
        following.with_user(self.clerk).action_submit()
        following.with_user(self.leader).action_approve()
        self.assertEqual(following.line_ids.state, "approved")

    @proves("DOS-01")
    def test_entries_in_use_are_fixed(self):
        self.opened()
        with self.assertRaises(UserError):
            self.line.with_user(self.leader).unlink()
        with self.assertRaises(UserError):
            self.line.with_user(self.clerk).write({"title": "Khác"})
        with self.assertRaises(UserError):
            self.plan.with_user(self.clerk).unlink()
        with self.assertRaises(UserError):
            self.plan.with_user(self.clerk).write({"year": 2030})

    def test_only_the_head_issues_the_plan(self):
        self.plan.with_user(self.clerk).action_submit()
        with self.assertRaises(AccessError):
            self.plan.with_user(self.clerk).action_approve()
        with self.assertRaises(AccessError):
            self.plan.with_user(self.clerk).write({"state": "approved"})
        with self.assertRaises(UserError):
            self.plan.with_user(self.leader).action_return(" ")
        self.plan.with_user(self.leader).action_return("Thiếu hồ sơ nhân sự")
        self.assertEqual(self.plan.state, "draft")

    def test_an_empty_plan_is_not_submitted(self):
        empty = self.env["vanban.file.plan"].with_user(self.clerk).create({"year": 2031, "company_id": self.company.id})
        with self.assertRaises(UserError):
            empty.action_submit()

    @proves("DOS-03")
    def test_additions_during_the_year_need_approval(self):
        self.profile.adhoc_dossier = "approval"
        self.issue_plan()
        line = self.env["vanban.file.plan.line"].with_user(self.owner).create({
            "plan_id": self.plan.id, "symbol": "09.TH", "title": "Việc phát sinh", "retention_id": self.ten_years.id,
        })  # fmt: skip
        self.assertEqual(line.state, "proposed")
        with self.assertRaises(UserError):
            line.open_dossier()
        with self.assertRaises(AccessError):
            line.action_approve()
        alone = self.env["vanban.dossier"].with_user(self.owner).create({
            "title": "Việc phát sinh", "symbol": "10.TH", "year": 2026, "retention_id": self.ten_years.id,
            "company_id": self.company.id,
        })  # fmt: skip
        with self.assertRaises(UserError):
            alone.action_open()
        line.with_user(self.leader).action_approve()
        dossier = self.env["vanban.dossier"].browse(line.open_dossier())
        self.assertEqual(dossier.code, "000.00.01.H56.2026.09.TH")

    @proves("DOS-03")
    def test_self_opened_dossier_with_its_mandatory_data(self):
        self.profile.adhoc_dossier = "free"
        values = {"symbol": "11.TH", "year": 2026, "company_id": self.company.id}
        dossier = self.env["vanban.dossier"].with_user(self.owner).create(values)
        with self.assertRaises(UserError):
            dossier.action_open()
        dossier.write({"title": "Việc phát sinh", "retention_id": self.ten_years.id})
        dossier.action_open()
        self.assertEqual((dossier.state, dossier.user_id), ("open", self.owner))
        self.assertTrue(dossier.start_date)
