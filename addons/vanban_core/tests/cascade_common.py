from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError

from ..tools import vietnam_time
from .common import VanbanCase


class CascadeCase(VanbanCase):
    """An agency with two units, and the steps that bring a document to its distribution."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = vietnam_time.today()
        cls.second_head = cls._make_user("second_head", "vanban_core.group_unit_head,vanban_core.group_department_head")
        cls.second_unit = cls.env["hr.department"].create({"name": "Phòng Công chức", "company_id": cls.company.id})
        employees = cls.env["hr.employee"].create([
            {"name": user.name, "user_id": user.id, "company_id": cls.company.id, "department_id": cls.second_unit.id}
            for user in (cls.second_head, cls.outsider)
        ])
        cls.second_unit.manager_id = employees[0]

    def profile(self, code):
        """Put the agency under the parameters of a preset; the signature on scans is proved elsewhere."""
        self.company.vanban_profile_id = self.env.ref(f"vanban_core.profile_{code}")
        self.company.vanban_profile_id.scan_sign_policy = "off"
        return self.company.vanban_profile_id

    def day(self, days):
        return fields.Date.to_string(self.today + timedelta(days=days))

    def submitted(self, to=None, **vals):
        document = self.incoming(register=True, **vals)
        document.action_submit("Kính trình", leader_id=(to or self.leader).id)
        return document

    def queue(self, user):
        """Documents that wait for ``user``, as the menu's list finds them."""
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["vanban.document"].with_user(user).search([("direction", "=", "in"), ("is_for_me", "=", True)])

    def delegation(self, principal, delegate, days=(0, 5), confirm=True, **vals):
        row = self.env["vanban.delegation"].with_user(principal).create({
            "company_id": self.company.id, "delegate_id": delegate.id, "date_from": self.day(days[0]), "date_to": self.day(days[1]),
            "document": "12/UQ-SNV ngày 05/01/2026", **vals,
        })
        if confirm:
            row.action_confirm()
        return row

    def lead_of(self, user=None, department=None, **values):
        return {"role": "lead", **({"user_id": user.id} if user else {"department_id": department.id}), **values}

    def logged(self, document, action):
        return self.env["vanban.log"].sudo().search([("document_id", "=", document.id), ("action", "=", action)], order="id desc", limit=1)

    def refused(self, call, *args, **kwargs):
        """The message of a refusal; unlike ``assertRaises`` it keeps what was logged apart."""
        try:
            call(*args, **kwargs)
        except UserError as error:
            return str(error)
        raise self.failureException("not refused")
