import base64
from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.common import VanbanCase, make_pdf
from odoo.addons.vanban_core.tests.proves import proves

from ..tools import vietnam_time


@tagged("post_install", "-at_install")
class TestInterface(VanbanCase):
    """What the web client relies on: upload with the form, the next step, the boxes, the course, the proposal."""

    def _form_values(self, **vals):
        return {
            "direction": "in", "company_id": self.company.id, "kind_id": self.kind.id, "subject": "Về việc thử nghiệm",
            "issuer_name": "Sở Gửi", "issue_date": "2026-01-05", "medium": "paper", **vals,
        }  # fmt: skip

    def _boxes(self, user):
        groups = self.env["vanban.work.box"].with_user(user).get_boxes()
        return {box["key"]: box for group in groups for box in group["boxes"]}

    def test_file_chosen_in_the_form_is_stored_with_it(self):
        content = base64.b64encode(make_pdf("Van ban giay")).decode()
        document = self.env["vanban.document"].with_user(self.clerk).create(
            self._form_values(upload=content, upload_name="quet.pdf")
        )
        self.assertEqual(document.main_file_id.name, "quet.pdf")
        self.assertEqual(document.main_file_id.stage, "scan")
        files = document.get_reader_files()
        self.assertEqual([file["id"] for file in files], document.main_file_id.ids)
        self.assertEqual(files[0]["mimetype"], "application/pdf")

    def test_bad_file_leaves_no_document(self):
        before = self.env["vanban.document"].search_count([])
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.env["vanban.document"].with_user(self.clerk).create(
                self._form_values(upload=base64.b64encode(b"MZ" + bytes(100)).decode(), upload_name="a.pdf")
            )
        self.assertEqual(self.env["vanban.document"].search_count([]), before)

    def test_allowed_actions_are_those_of_the_user(self):
        document = self.incoming()
        self.assertIn(",check,", document.with_user(self.clerk).allowed_actions)
        self.assertEqual(document.with_user(self.clerk).next_action, "check")
        self.assertFalse(document.with_user(self.admin_user).sudo(False).allowed_actions)

    @proves("IN-25")
    def test_proposal_is_accepted_with_one_action(self):
        document = self.incoming(register=True)
        deadline = vietnam_time.today() + timedelta(days=20)
        document.with_user(self.clerk).action_submit_with_proposal(
            {
                "lead_department_id": self.department.id, "coordinate_user_ids": self.specialist2.ids,
                "deadline": deadline, "direction_text": "Tham mưu trả lời",
            },
            "Đề xuất của văn thư", self.leader.id,
        )  # fmt: skip
        self.assertEqual(document.state, "submitted")
        self.assertEqual(document.proposal_id.proposer_id, self.clerk)
        document.with_user(self.leader).action_accept_proposal()
        lead = document.assignment_ids.filtered(lambda item: item.role == "lead")
        self.assertEqual((lead.department_id, lead.deadline), (self.department, deadline))
        self.assertEqual(document.assignment_ids.filtered(lambda item: item.role == "coordinate").user_id, self.specialist2)
        # the proposal stays beside the decision
        with self.assertRaises(AccessError):
            document.proposal_id.with_user(self.clerk).write({"direction_text": "khác"})

    @proves("IN-29")
    def test_leader_changes_the_proposal(self):
        document = self.incoming(register=True)
        document.with_user(self.clerk).action_submit_with_proposal({"lead_department_id": self.department.id}, None, self.leader.id)
        deadline = vietnam_time.today() + timedelta(days=9)
        wizard = self.env["vanban.distribute.wizard"].with_user(self.leader).with_context(
            active_model="vanban.document", active_id=document.id
        ).create({})
        self.assertEqual(wizard.lead_department_id, self.department, "prefilled from the proposal")
        wizard.lead_department_id = False
        with self.assertRaises(UserError):
            wizard.action_apply()
        wizard.write({"lead_user_id": self.specialist.id, "deadline": deadline, "direction_text": "Làm ngay"})
        wizard.action_apply()
        lead = document.assignment_ids
        self.assertEqual((lead.user_id, lead.deadline, lead.note), (self.specialist, deadline, "Làm ngay"))
        self.assertEqual(document.direction_text, "Làm ngay")
        self.assertEqual(document.proposal_ids.lead_department_id, self.department)

    def test_proposal_without_lead_is_refused(self):
        document = self.incoming(register=True)
        document.with_user(self.clerk).action_submit_with_proposal({"direction_text": "Xem"}, None, self.leader.id)
        with self.assertRaises(UserError):
            document.with_user(self.leader).action_accept_proposal()
        self.assertEqual(document.state, "submitted")

    def test_boxes_count_what_waits(self):
        before = self._boxes(self.clerk)
        self.incoming()
        after = self._boxes(self.clerk)
        self.assertEqual(after["arrived"]["count"], before["arrived"]["count"] + 1)
        self.assertIn("oldest_days", after["arrived"])
        for key in ("to_number", "to_seal", "to_issue", "recall"):
            self.assertIn(key, after)
        self.assertTrue({"lead", "coordinate", "inform", "draft"} <= self._boxes(self.specialist).keys())
        self.assertNotIn("arrived", self._boxes(self.specialist))

    def test_course_names_each_step_and_its_person(self):
        document = self.incoming(register=True)
        course = document.with_user(self.clerk).get_course()
        self.assertEqual(len(course), 3)
        self.assertEqual({step["user"] for step in course}, {self.clerk.name})
        self.assertTrue(all(step["seconds"] >= 0 for step in course))
        with self.assertRaises(AccessError):
            document.with_user(self.outsider).get_course()
        with self.assertRaises(AccessError):
            document.with_user(self.outsider).get_reader_files()

    def test_wizard_of_the_unit_head_assigns(self):
        document = self.incoming(register=True)
        document.with_user(self.clerk).action_submit_with_proposal({"lead_department_id": self.department.id}, None, self.leader.id)
        document.with_user(self.leader).action_accept_proposal()
        head = document.with_user(self.unit_head)
        self.assertEqual(head.my_assignment_step, "assign")
        wizard = self.env["vanban.distribute.wizard"].with_user(self.unit_head).with_context(
            active_model="vanban.document", active_id=document.id, default_assignment_id=head.my_assignment_id.id,
        ).create({"lead_user_id": self.specialist.id})
        self.assertEqual(wizard.mode, "assign")
        wizard.action_apply()
        self.assertEqual(document.with_user(self.specialist).my_assignment_step, "start")
        self.assertFalse(head.my_assignment_step)

    def test_comment_wizard_asks_for_the_reason(self):
        document = self.incoming()
        wizard = self.env["vanban.comment.wizard"].with_user(self.clerk).create({"step": "refuse", "res_id": document.id})
        with self.assertRaises(UserError):
            wizard.action_apply()
        wizard.comment = "Gửi sai nơi nhận"
        wizard.action_apply()
        self.assertEqual(document.state, "refused")
