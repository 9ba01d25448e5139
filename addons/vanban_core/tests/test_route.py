import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .cascade_common import CascadeCase
from .common import make_pdf
from .proves import proves


@tagged("post_install", "-at_install")
class TestRoute(CascadeCase):
    @proves("IN-26")
    def test_reports_go_the_short_way_where_allowed(self):
        self.profile("bhxh")
        report = self.incoming(register=True, kind_id=self.env.ref("vanban_core.kind_bc").id)
        self.assertEqual(report.with_user(self.clerk).next_action, "distribute")
        report.with_user(self.clerk).action_distribute([self.lead_of(department=self.department)], "Theo dõi, tổng hợp")
        self.assertEqual((report.state, report.assignment_ids.capacity), ("distributed", "direct"))
        row = self.logged(report, "distribute")
        self.assertEqual((row.user_id, row.outcome), (self.clerk.id, "done"))
        letter = self.incoming(register=True)
        self.refused(letter.with_user(self.clerk).action_distribute, [self.lead_of(department=self.department)])
        self.assertEqual((letter.state, self.logged(letter, "distribute").outcome), ("registered", "refused"))
        self.profile("nd30")
        other = self.incoming(register=True, kind_id=self.env.ref("vanban_core.kind_bc").id)
        with self.assertRaises(UserError):
            other.with_user(self.clerk).action_distribute([self.lead_of(department=self.department)])
        with self.assertRaises(AccessError):
            other.with_user(self.specialist).action_distribute([self.lead_of(department=self.department)])

    @proves("IN-38")
    def test_what_the_clerk_distributed_comes_back_to_the_clerk(self):
        self.profile("bhxh")
        report = self.incoming(register=True, kind_id=self.env.ref("vanban_core.kind_bc").id)
        report.with_user(self.clerk).action_distribute([self.lead_of(department=self.department, deadline=self.day(9))])
        report.assignment_ids.with_user(self.unit_head).action_reject("Không thuộc chức năng")
        self.assertIn(report, self.queue(self.clerk))
        report.with_user(self.clerk).action_distribute([self.lead_of(department=self.second_unit)])
        again = report.assignment_ids.filtered(lambda item: item.state == "new")
        self.assertEqual((again.department_id, str(again.deadline)), (self.second_unit, self.day(9)))

    @proves("IN-27")
    def test_everything_else_goes_to_the_chief_of_office(self):
        self.profile("bhxh")
        document = self.incoming(register=True)
        with self.assertRaises(UserError):
            document.with_user(self.clerk).action_submit("Kính trình", leader_id=self.leader.id)
        document.with_user(self.clerk).action_submit("Kính trình")
        self.assertEqual(document.submitted_to_id, self.chief)
        self.assertIn(document, self.queue(self.chief))
        self.assertNotIn(document, self.queue(self.leader))

    @proves("IN-25")
    def test_the_chief_accepts_the_clerk_s_proposal(self):
        self.profile("bhxh")
        document = self.incoming(register=True)
        document.with_user(self.clerk).action_submit_with_proposal(
            {"lead_department_id": self.department.id, "coordinate_department_ids": self.second_unit.ids, "deadline": self.day(7)}, "Đề xuất"
        )
        seen = document.with_user(self.chief).get_distribution()
        self.assertEqual([(line["role"], line["id"]) for line in seen["lines"]], [
            ("lead", self.department.id), ("coordinate", self.second_unit.id)])
        self.assertTrue(seen["proposed"])
        document.with_user(self.chief).action_accept_proposal()
        self.assertEqual(document.lead_department_id, self.department)

    @proves("IN-28")
    def test_chief_submits_to_a_leader_and_the_unit_prepares(self):
        self.profile("bhxh")
        document = self.incoming(register=True)
        document.action_submit("Kính trình")
        wizard = self.env["vanban.distribute.wizard"].with_user(self.chief).with_context(
            active_model="vanban.document", active_id=document.id, default_mode="forward"
        ).create({"lead_department_id": self.department.id, "direction_text": "Tham mưu trả lời", "leader_id": self.leader.id})
        self.assertEqual(wizard.leader_ids, self.leader)
        wizard.action_apply()
        self.assertEqual((document.state, document.submitted_to_id), ("submitted", self.leader))
        self.assertIn(document, self.queue(self.leader))
        self.assertNotIn(document, self.queue(self.chief))
        copy = document.assignment_ids
        self.assertEqual((copy.department_id, copy.is_early, copy.role), (self.department, True, "inform"))
        head = document.with_user(self.unit_head)
        self.assertEqual(head.subject, document.subject, "reads the copy")
        self.assertIn(self.unit_head, document.activity_ids.user_id)
        with self.assertRaises(AccessError):
            head.action_distribute([self.lead_of(department=self.department)])
        with self.assertRaises(AccessError):
            head.write({"note": "sửa"})
        with self.assertRaises(AccessError):
            document.with_user(self.chief).action_distribute([self.lead_of(department=self.department)])
        document.with_user(self.leader).action_accept_proposal()
        self.assertEqual(copy.state, "stopped", "the decision takes the place of the copy")
        self.assertEqual(document.lead_department_id, self.department)
        # the chief may as well transfer at once
        other = self.incoming(register=True)
        other.action_submit("Kính trình")
        other.with_user(self.chief).action_distribute([self.lead_of(department=self.department)])
        self.assertEqual(other.state, "distributed")

    @proves("IN-32")
    def test_each_level_has_its_own_clerk_and_head(self):
        self.profile("bhxh")
        central = (self.chief, self.leader)
        province = self.env["res.company"].create({
            "name": "Cơ quan cấp tỉnh Mẫu", "vanban_symbol": "CTM", "vanban_code": "H98.01.07",
            "vanban_profile_id": self.company.vanban_profile_id.id,
        })
        self.env["vanban.register"].create({"name": "Sổ đến", "code": "DEN", "direction": "in", "company_id": province.id})
        clerk, director = (self._make_user(f"province_{role}", f"vanban_core.group_{role}") for role in ("clerk", "leader"))
        (clerk | director).write({"company_id": province.id, "company_ids": [(6, 0, province.ids)]})
        document = self.incoming(user=clerk, company_id=province.id)
        document.with_user(clerk).with_company(province).action_register()
        document.with_user(clerk).action_submit("Kính trình")
        self.assertEqual(document.submitted_to_id, director)
        self.assertIn(document, self.queue(director))
        for user in central:
            self.assertNotIn(document, self.queue(user))
            self.assertFalse(self.env["vanban.document"].with_user(user).search([("id", "=", document.id)]))

    @proves("IN-29")
    def test_leader_adjusts_and_the_proposal_stays(self):
        document = self.incoming(register=True)
        document.with_user(self.clerk).action_submit_with_proposal({"lead_department_id": self.department.id}, "Đề xuất A", self.leader.id)
        with self.assertRaises(UserError):
            document.with_user(self.leader).action_distribute([], "Xử lý")
        document.with_user(self.leader).action_distribute(
            [self.lead_of(department=self.second_unit, deadline=self.day(8))], "Làm theo hướng B")
        item = document.assignment_ids
        self.assertEqual((item.department_id, str(item.deadline)), (self.second_unit, self.day(8)))
        self.assertEqual((item.note, item.state), ("Làm theo hướng B", "new"))
        self.assertEqual(document.proposal_ids.lead_department_id, self.department)
        self.assertEqual((document.direction_ids.text, document.direction_ids.author_id), ("Làm theo hướng B", self.leader))

    @proves("IN-33")
    def test_clerk_enters_the_leader_s_decision(self):
        line = [self.lead_of(department=self.department)]
        document = self.submitted()
        with self.assertRaises(AccessError):
            document.with_user(self.clerk).action_distribute(line, "Giao", on_behalf_of=self.leader.id)
        self.profile("hcm").write({"dossier_on_start": "none"})
        document = self.incoming(register=True)
        document.action_submit("Kính trình")
        principal = document.submitted_to_id
        self.assertEqual(principal, self.chief)
        clerk = document.with_user(self.clerk)
        self.refused(clerk.action_distribute, line, "Giao", on_behalf_of=principal.id)
        self.assertEqual(self.logged(document, "distribute").outcome, "refused")
        granted = self.delegation(principal, self.clerk, scope="proxy")
        self.assertIn(document, self.queue(self.clerk))
        clerk.action_distribute(line, "Giao Phòng Tổ chức", on_behalf_of=principal.id)
        item = document.assignment_ids
        self.assertEqual((item.assigner_id, item.on_behalf_id, item.capacity), (self.clerk, principal, "proxy"))
        text = item.with_context(lang="vi_VN").assigned_by
        self.assertTrue(principal.name in text and self.clerk.name in text, text)
        row = self.logged(document, "distribute")
        self.assertEqual((row.user_id, row.principal_name), (self.clerk.id, principal.name))
        # without authorisation only with what the leader wrote on paper
        granted.with_user(principal).action_revoke("Hết việc")
        paper = {"name": "but-phe.pdf", "content_b64": base64.b64encode(make_pdf("But phe")).decode()}
        other = self.incoming(register=True)
        other.action_submit("Kính trình")
        with self.assertRaises(UserError):
            other.with_user(self.clerk).action_distribute(line, "Giao", on_behalf_of=principal.id)
        other.with_user(self.clerk).action_distribute(line, "Giao", on_behalf_of=principal.id, paper=paper)
        self.assertEqual(other.assignment_ids.capacity, "proxy")
        self.assertIn("but-phe.pdf", other.file_ids.mapped("name"))
