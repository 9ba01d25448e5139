from odoo.tests import tagged

from .common import VanbanCase


@tagged("post_install", "-at_install")
class TestPostChanges(VanbanCase):
    """A change of post changes what is read at once, by whichever record it is made (record rules are cached)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.unit_clerk = cls._make_user("unit_clerk", "vanban_core.group_unit_clerk")

    def setUp(self):
        super().setUp()
        self.document = self.distributed(lines=[{"role": "lead", "department_id": self.department.id}])

    def employee_of(self, user):
        return self.env["hr.employee"].search([("user_id", "=", user.id)])

    def reads(self, user):
        self.env.invalidate_all()  # as a new request
        return bool(self.env["vanban.document"].with_user(user).search([("id", "=", self.document.id)]))

    def test_a_new_employee_of_the_unit(self):
        self.assertFalse(self.reads(self.unit_clerk))
        employee = self.env["hr.employee"].create({
            "name": "Văn thư đơn vị", "user_id": self.unit_clerk.id, "company_id": self.company.id, "department_id": self.department.id,
        })
        self.assertTrue(self.reads(self.unit_clerk))
        other = self.env["hr.department"].create({"name": "Phòng khác", "company_id": self.company.id})
        employee.current_version_id.write({"department_id": other.id})
        self.assertFalse(self.reads(self.unit_clerk), "the version of the employee was changed, not the employee")

    def test_the_account_behind_the_head(self):
        self.assertTrue(self.reads(self.unit_head))
        self.assertFalse(self.reads(self.outsider))
        self.employee_of(self.unit_head).write({"user_id": self.outsider.id})
        self.assertFalse(self.reads(self.unit_head))
        self.assertTrue(self.reads(self.outsider))

    def test_another_head(self):
        self.department.manager_id = self.employee_of(self.specialist)
        self.assertTrue(self.reads(self.specialist))
        self.assertFalse(self.reads(self.unit_head))
