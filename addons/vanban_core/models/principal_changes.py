"""Whoever is given, loses or changes a post reads accordingly at once: record rules are cached with each user's principals.

A post lies in several of Odoo's records (employee, its version, its resource, the unit), each of which can be written alone.
"""

from odoo import api, models

POST = {"user_id", "department_id", "active", "employee_id", "resource_id", "manager_id", "parent_id", "company_id", "current_version_id"}


class PostMixin(models.AbstractModel):
    _name = "vanban.post.mixin"
    _description = "Record that says who has which post"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if any(vals.keys() & POST for vals in vals_list):
            self.env.registry.clear_cache()
        return records

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & POST:
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result


class HrEmployee(models.Model):
    _name = "hr.employee"
    _inherit = ["hr.employee", "vanban.post.mixin"]


class HrVersion(models.Model):
    _name = "hr.version"
    _inherit = ["hr.version", "vanban.post.mixin"]


class ResourceResource(models.Model):
    _name = "resource.resource"
    _inherit = ["resource.resource", "vanban.post.mixin"]


class HrDepartment(models.Model):
    _name = "hr.department"
    _inherit = ["hr.department", "vanban.post.mixin"]
