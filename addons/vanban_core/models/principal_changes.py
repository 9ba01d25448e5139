"""Whoever is given, loses or changes a post reads accordingly at once: record rules are cached with each user's principals.

A post lies in several of Odoo's records (employee, its version, its resource, the unit), each of which can be written alone.
"""

from odoo import models

from .kept_in_memory import forget

POST = frozenset({
    "user_id", "department_id", "active", "employee_id", "resource_id", "manager_id", "parent_id", "company_id", "current_version_id",
})


class HrEmployee(models.Model):
    _name = "hr.employee"
    _inherit = ["hr.employee", "vanban.kept.in.memory"]
    _decisive = POST


class HrVersion(models.Model):
    _name = "hr.version"
    _inherit = ["hr.version", "vanban.kept.in.memory"]
    _decisive = POST


class ResourceResource(models.Model):
    _name = "resource.resource"
    _inherit = ["resource.resource", "vanban.kept.in.memory"]
    _decisive = POST


class HrDepartment(models.Model):
    _name = "hr.department"
    _inherit = ["hr.department", "vanban.kept.in.memory"]
    _decisive = POST | {"name"}


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        """The log shows the names that people and agencies have now."""
        result = super().write(vals)
        if "name" in vals and any(self._belongs_to(model) for model in ("res.users", "res.company")):
            forget(self.env)
        return result

    def _belongs_to(self, model):
        records = self.env[model].sudo().with_context(active_test=False)  # safe: existence only
        return bool(records.search_count([("partner_id", "in", self.ids)], limit=1))
