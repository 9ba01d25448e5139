from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import VanbanCase
from .proves import proves


@tagged("post_install", "-at_install")
class TestDistribution(VanbanCase):
    def _submitted(self, **vals):
        document = self.incoming(register=True, **vals)
        document.action_submit("Kính trình", leader_id=self.leader.id)
        return document

    @proves("IN-30")
    def test_exactly_one_lead(self):
        document = self._submitted()
        people = (self.specialist, self.specialist2, self.outsider)
        for roles in (("coordinate", "coordinate", "inform"), ("lead", "lead", "inform")):
            with self.assertRaises(UserError):
                document.with_user(self.leader).action_distribute(
                    [{"role": role, "user_id": user.id} for role, user in zip(roles, people, strict=True)]
                )
        self.assertEqual(document.state, "submitted")
        document.with_user(self.leader).action_distribute(
            [{"role": role, "user_id": user.id} for role, user in zip(("lead", "coordinate", "inform"), people, strict=True)]
        )
        self.assertEqual(document.lead_user_id, self.specialist)

    @proves("IN-29")
    def test_distribution_without_receiver_is_refused(self):
        document = self._submitted()
        with self.assertRaises(UserError):
            document.with_user(self.leader).action_distribute([], "Xử lý")
        document.with_user(self.leader).action_distribute(
            [{"role": "lead", "department_id": self.department.id, "deadline": "2099-12-01"}], "Xử lý trước hạn",
        )
        item = document.assignment_ids
        self.assertEqual((item.note, str(item.deadline), item.assigner_id), ("Xử lý trước hạn", "2099-12-01", self.leader))

    def test_only_the_person_to_whom_it_was_submitted_distributes(self):
        document = self._submitted()
        with self.assertRaises(AccessError):
            document.with_user(self.clerk).action_distribute([{"role": "lead", "user_id": self.specialist.id}])

    @proves("IN-31")
    def test_cascade_within_the_unit_keeps_the_deadline(self):
        document = self._submitted()
        document.with_user(self.leader).action_distribute(
            [{"role": "lead", "department_id": self.department.id, "deadline": "2099-12-01"}]
        )
        unit = document.assignment_ids.with_user(self.unit_head)
        with self.assertRaises(UserError):
            unit.action_assign([{"role": "lead", "user_id": self.specialist.id, "deadline": "2099-12-02"}])
        unit.action_assign([
            {"role": "lead", "user_id": self.specialist.id, "deadline": "2099-11-30"},
            {"role": "coordinate", "user_id": self.specialist2.id},
        ])
        self.assertEqual(len(unit.child_ids), 2)
        self.assertEqual(document.lead_user_id, self.specialist)
        document.with_user(self.specialist).action_start()
        self.assertEqual(document.state, "in_progress")

    @proves("IN-38")
    def test_lead_gives_back_and_the_deadline_stays(self):
        document = self._submitted()
        document.with_user(self.leader).action_distribute(
            [{"role": "lead", "user_id": self.specialist.id, "deadline": "2099-12-01"}]
        )
        item = document.assignment_ids.with_user(self.specialist)
        with self.assertRaises(UserError):
            item.action_reject("")
        item.action_reject("Không thuộc chức năng")
        self.assertEqual((document.state, str(document.deadline)), ("submitted", "2099-12-01"))
        self.assertFalse(self.env["vanban.document"].with_user(self.specialist).search([("id", "=", document.id)]))

    @proves("IN-42")
    def test_exactly_one_outcome(self):
        document = self.distributed(lines=[{"role": "lead", "user_id": self.specialist.id}])
        lead = document.with_user(self.specialist)
        lead.action_start()
        with self.assertRaises(UserError):
            lead.action_done(None)
        lead.action_done("reference", "Lưu tham khảo")
        self.assertEqual((document.state, document.outcome), ("done", "reference"))

    @proves("IN-46")
    def test_contribution_reaches_the_lead(self):
        document = self.distributed()
        document.with_user(self.specialist).action_start()
        item = document.assignment_ids.filtered(lambda item: item.role == "coordinate").with_user(self.specialist2)
        with self.assertRaises(UserError):
            document.with_user(self.specialist).action_done("reply")
        item.action_contribute("Nhất trí với dự thảo")
        self.assertEqual(item.state, "contributed")
        self.assertIn(self.specialist, document.activity_ids.user_id)
        document.with_user(self.specialist).action_done("reply")
        self.assertEqual(document.state, "done")

    @proves("IN-50")
    def test_reply_required_closes_only_with_reply_or_reason(self):
        document = self.distributed(
            lines=[{"role": "lead", "user_id": self.specialist.id}], reply_required=True, reply_due_date="2099-01-01"
        )
        lead = document.with_user(self.specialist)
        lead.action_start()
        with self.assertRaises(UserError):
            lead.action_done("reply")
        lead.action_done("reply", "Đã trả lời bằng điện thoại theo chỉ đạo")
        self.assertEqual(document.state, "done")

    @proves("SEC-11")
    def test_restored_right(self):
        document = self.distributed(lines=[{"role": "lead", "user_id": self.specialist.id}])
        document.with_user(self.specialist).action_start()
        document.with_user(self.specialist).action_done("reference")
        document.with_user(self.clerk).action_restore("Kết thúc nhầm")
        self.assertEqual((document.state, document.assignment_ids.state), ("in_progress", "processing"))
