from .outgoing_common import OutgoingCase


class RegisterCase(OutgoingCase):
    """Registers of a unit and of separately registered kinds, and people with the rights to them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper = cls._make_user("keeper", "vanban_core.group_clerk,vanban_core.group_number_exception")
        cls.unit_clerk = cls._make_user("unit_clerk", "vanban_core.group_unit_clerk")
        cls.env["hr.employee"].create({
            "name": cls.unit_clerk.name, "user_id": cls.unit_clerk.id, "company_id": cls.company.id, "department_id": cls.department.id,
        })
        cls.other_department = cls.env["hr.department"].create({"name": "Văn phòng", "company_id": cls.company.id})
        cls.register_unit = cls.env["vanban.register"].create({
            "name": "Sổ đến Phòng Tổ chức", "code": "DEN-TC", "direction": "in", "company_id": cls.company.id,
            "department_id": cls.department.id,
        })

    def set_parameter(self, key, value):
        """Change a parameter of the agency's profile, as its administrator does."""
        self.company._vanban_profile().parameter_ids.filtered(lambda row: row.key == key).value = value

    def logged(self, action, **domain):
        """The last row of the log with this action."""
        return self.env["vanban.log"].sudo().search([("action", "=", action), *((k, "=", v) for k, v in domain.items())], limit=1)

    def unit_only(self, document):
        """Distribute to the unit, so that its clerk sees the document."""
        document.action_submit("Kính trình", leader_id=self.leader.id)
        document.with_user(self.leader).action_distribute([{"role": "lead", "department_id": self.department.id}], "Giao phòng")
        return document
