from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .proves import proves
from .register_common import RegisterCase


@tagged("post_install", "-at_install")
class TestUnitSubmission(RegisterCase):
    """Inside one agency: the clerk of a unit registers and submits to the head of that unit, who assigns further."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_parameter(cls, "incoming_series", "agency_and_unit")
        cls.other_clerk = cls._make_user("other_clerk", "vanban_core.group_unit_clerk")
        cls.env["hr.employee"].create({
            "name": cls.other_clerk.name, "user_id": cls.other_clerk.id, "company_id": cls.company.id, "department_id": cls.other_department.id,
        })

    def given(self):
        return self.unit_only(self.incoming(register=True))

    def waiting(self, user):
        self.env.flush_all()
        self.env.invalidate_all()
        action = self.env.ref("vanban_core.action_assignment_unit_submit")
        self.assertEqual(action.domain, "[('is_for_unit_clerk', '=', True)]")
        return self.env["vanban.assignment"].with_user(user).search([("is_for_unit_clerk", "=", True)])

    @proves("IN-32")
    def test_unit_clerk_registers_and_submits_to_the_head_of_the_unit(self):
        document = self.given()
        item = document.assignment_ids.with_user(self.unit_clerk)
        self.assertEqual(self.waiting(self.unit_clerk), item)
        self.assertFalse(self.waiting(self.other_clerk) | self.waiting(self.clerk))
        mine = document.with_user(self.unit_clerk)
        self.assertEqual(mine.unit_clerk_assignment_id, item)
        boxes = {box["key"]: box for group in self.env["vanban.work.box"].with_user(self.unit_clerk).get_boxes() for box in group["boxes"]}
        self.assertEqual(boxes["unit_submit"]["count"], 1)
        # registered in the unit first, then submitted
        with self.assertRaises(UserError) as caught:
            item.action_submit_in_unit("Kính trình")
        self.assertIn("register", str(caught.exception))
        self.assertEqual(mine.action_register_in_unit(), [1])
        wizard = self.env["vanban.unit.submit.wizard"].with_user(self.unit_clerk).with_context(
            active_model="vanban.document", active_id=document.id,
        ).create({"lead_user_id": self.specialist.id, "comment": "Đề xuất giao đồng chí chuyên viên"})
        self.assertEqual(wizard.head_name, self.unit_head.name)
        wizard.action_apply()
        self.assertEqual((item.unit_submitted_by_id, item.state), (self.unit_clerk, "new"))
        self.assertFalse(self.waiting(self.unit_clerk))
        # it reaches the head of this unit alone, with the proposal filled in
        self.assertTrue(document.activity_ids.filtered(lambda todo: "Đề xuất giao" in (todo.summary or "") + str(todo.note or "")))
        self.assertFalse(document.activity_ids.user_id & (self.chief | self.other_clerk))
        head = document.with_user(self.unit_head)
        shown = head.get_distribution()
        self.assertEqual([(line["role"], line["id"]) for line in shown["lines"]], [("lead", self.specialist.id)])
        self.assertTrue(shown["proposed"])
        self.assertEqual(head.unit_submission, "Đề xuất giao đồng chí chuyên viên")
        self.assertEqual(head.direction_ids[-1:].text, "Đề xuất giao đồng chí chuyên viên")
        head.my_assignment_id.action_assign(
            [{"role": line["role"], "user_id": line["id"], "deadline": line["deadline"] or None} for line in shown["lines"]], "Xử lý")
        self.assertEqual(document.lead_user_id, self.specialist)
        child = document.assignment_ids.filtered("parent_id")
        self.assertEqual((child.parent_id.id, child.user_id), (item.id, self.specialist))

    def test_only_the_clerk_of_that_unit_submits_and_only_once(self):
        document = self.given()
        item = document.assignment_ids
        for user in (self.other_clerk, self.clerk, self.specialist, self.leader):
            with self.assertRaises(AccessError):
                item.with_user(user).action_submit_in_unit("Kính trình")
        with self.assertRaises(AccessError):
            item.with_user(self.unit_clerk).write({"unit_submission": "giả", "unit_submitted_by_id": self.leader.id})
        with self.assertRaises(AccessError):
            self.env["vanban.proposal"].with_user(self.unit_clerk).create({"document_id": document.id, "assignment_id": item.id})
        document.with_user(self.unit_clerk).action_register_in_unit()
        item.with_user(self.unit_clerk).action_submit_in_unit()
        with self.assertRaises(UserError):
            item.with_user(self.unit_clerk).action_submit_in_unit()
        # the clerk does not assign in place of the head
        with self.assertRaises(AccessError):
            item.with_user(self.unit_clerk).action_assign([{"role": "lead", "user_id": self.specialist.id}])
        # what the unit proposes is no proposal to the leadership
        self.assertFalse(document.with_user(self.leader).proposal_id)

    def test_a_unit_without_head_is_named(self):
        self.department.manager_id = False
        document = self.given()
        document.with_user(self.unit_clerk).action_register_in_unit()
        with self.assertRaises(UserError) as caught:
            document.assignment_ids.with_user(self.unit_clerk).action_submit_in_unit()
        self.assertIn(self.department.name, str(caught.exception))

    @proves("IN-30", "IN-32")
    def test_under_a_coordinating_unit_nobody_leads(self):
        """Whatever its clerk proposes: the specialist of a coordinating unit would else lead the whole document."""
        document = self.incoming(register=True)
        document.action_submit("Kính trình", leader_id=self.leader.id)
        document.with_user(self.leader).action_distribute([
            {"role": "lead", "user_id": self.outsider.id}, {"role": "coordinate", "department_id": self.department.id},
        ], "Phối hợp")
        item = document.assignment_ids.filtered("department_id")
        document.with_user(self.unit_clerk).action_register_in_unit()
        with Form(self.env["vanban.unit.submit.wizard"].with_user(self.unit_clerk).with_context(
            active_model="vanban.document", active_id=document.id,
        )) as form:
            self.assertTrue(form._get_modifier("lead_user_id", "invisible"), "the form asks for nobody to lead")
        # a client may send it all the same
        item.with_user(self.unit_clerk).action_submit_in_unit("Đề xuất", {
            "lead_user_id": self.specialist.id, "coordinate_user_ids": (self.specialist | self.specialist2).ids,
        })
        head = document.with_user(self.unit_head)
        shown = head.get_distribution()
        self.assertEqual([(line["role"], line["id"]) for line in shown["lines"]],
                         [("coordinate", self.specialist.id), ("coordinate", self.specialist2.id)])
        self.assertTrue(shown["proposed"])
        with self.assertRaisesRegex(UserError, "chỉ phối hợp"), self.env.cr.savepoint():
            head.with_context(lang="vi_VN").my_assignment_id.action_assign([
                {"role": "lead", "user_id": self.specialist.id}, {"role": "coordinate", "user_id": self.specialist2.id}])
        with self.assertRaisesRegex(UserError, "at least one"), self.env.cr.savepoint():
            head.my_assignment_id.action_assign([])
        head.my_assignment_id.action_assign([{"role": line["role"], "user_id": line["id"]} for line in shown["lines"]])
        self.assertFalse(document.with_user(self.specialist)._is_lead())
        self.assertTrue(document.with_user(self.outsider)._is_lead())
        with self.assertRaises(AccessError):
            document.with_user(self.specialist).action_start()

    @proves("IN-32", "IN-52")
    def test_where_units_give_no_numbers_the_clerk_submits_at_once(self):
        self.set_parameter("incoming_series", "agency")
        document = self.given().with_user(self.unit_clerk)
        self.assertEqual(document._unit_register(), self.register_unit, "the unit still has the book of earlier years")
        self.assertFalse(document.may_register_in_unit)
        with Form(document, "vanban_core.document_incoming_view_form") as form:
            self.assertFalse(form.may_register_in_unit)
            self.assertTrue(form.unit_clerk_assignment_id)
        document.unit_clerk_assignment_id.action_submit_in_unit("Kính trình")
        self.assertTrue(document.sudo().assignment_ids.unit_submitted_date)
        self.set_parameter("incoming_series", "agency_and_unit")
        self.assertTrue(self.given().with_user(self.unit_clerk).may_register_in_unit)
