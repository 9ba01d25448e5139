from odoo import api, fields, models
from odoo.tools import ormcache

from .kept_in_memory import forget


class Principal(models.Model):
    """Somebody who can be given a document: a user, a unit (its head and unit clerks), the registry or the whole of an agency.

    ``members`` are all employees of a unit. ``distributor`` is a user together with whoever distributes for that user by a delegation in force.

    The record rules look documents up by principal, with one index, instead of walking through assignments.
    """

    _name = "vanban.principal"
    _description = "Principal of access"
    _rec_name = "kind"

    kind = fields.Selection(
        [
            ("user", "User"), ("unit", "Unit"), ("members", "Everybody of a unit"), ("registry", "Registry"), ("agency", "Whole agency"),
            ("distributor", "Who distributes for a user"),
        ],
        required=True,
    )
    user_id = fields.Many2one("res.users", ondelete="cascade")
    department_id = fields.Many2one("hr.department", "Unit", ondelete="cascade")
    company_id = fields.Many2one("res.company", "Agency", ondelete="cascade")

    _user_unique = models.UniqueIndex("(user_id) WHERE kind = 'user'")
    _distributor_unique = models.UniqueIndex("(user_id) WHERE kind = 'distributor'")
    _unit_unique = models.UniqueIndex("(department_id) WHERE kind = 'unit'")
    _members_unique = models.UniqueIndex("(department_id) WHERE kind = 'members'")
    _agency_unique = models.UniqueIndex("(company_id, kind) WHERE kind IN ('registry', 'agency')")

    @api.depends("kind", "user_id", "department_id", "company_id")
    def _compute_display_name(self):
        for principal in self:
            record = principal.user_id or principal.department_id or principal.company_id
            principal.display_name = record.sudo().display_name  # safe: a name shown to those who may see the list

    @ormcache("self.id")
    def _label(self):
        """The name for the log, which asks at every document: kept until somebody or something is renamed."""
        return self.display_name

    @api.model
    def _for(self, kind, records):
        """Return the principals of ``records`` (users, units or agencies), made when missing."""
        if not records:
            return self.sudo().browse()
        field = {"user": "user_id", "distributor": "user_id", "unit": "department_id", "members": "department_id"}.get(kind, "company_id")
        sudo = self.sudo()  # safe: principals carry no content; the caller decides what they are given
        if len(records) == 1 and (known := sudo._id_of(kind, field, records.id)):
            return sudo.browse(known)
        found = sudo.search([("kind", "=", kind), (field, "in", records.ids)])
        missing = records - found[field]
        if missing:
            found |= sudo.create([{"kind": kind, field: record.id} for record in missing])
            forget(self.env)  # record rules are cached with the principals of each user
        return found

    @api.model
    @ormcache("kind", "record_id")
    def _id_of(self, kind, field, record_id):
        return self.search([("kind", "=", kind), (field, "=", record_id)], limit=1).id

    @api.model
    def _ensure_all(self):
        env = self.sudo().with_context(active_test=False).env  # safe: at installation, principals only
        self._for("user", env["res.users"].search([("share", "=", False)]))
        self._for("unit", env["hr.department"].search([("active", "in", (True, False))]))
        companies = env["res.company"].search([("active", "in", (True, False))])
        self._for("registry", companies)
        self._for("agency", companies)


class ResUsers(models.Model):
    _inherit = "res.users"

    vanban_principal_ids = fields.Many2many(
        "vanban.principal", string="Principals", compute="_compute_vanban_principal_ids", compute_sudo=True
    )

    def _compute_vanban_principal_ids(self):
        principal = self.env["vanban.principal"]
        departments = self.env["hr.department"]
        for user in self:
            agencies = user.company_ids if user.has_group("vanban_core.group_user") else user.company_ids.browse()
            stands_for = user | user.vanban_delegator_ids
            units = departments.search([("manager_id.user_id", "in", stands_for.ids)])
            if user.has_group("vanban_core.group_unit_clerk"):
                units |= user.employee_ids.department_id
            found = principal.search([
                "|", "&", ("kind", "=", "user"), ("user_id", "=", user.id), "&", ("kind", "=", "distributor"), ("user_id", "in", stands_for.ids),
            ])
            if units:
                found |= principal.search([("kind", "=", "unit"), ("department_id", "in", units.ids)])
            if own := user.employee_ids.department_id:
                found |= principal.search([("kind", "=", "members"), ("department_id", "in", own.ids)])
            kinds = ["agency"] + (["registry"] if user.has_group("vanban_core.group_clerk") else [])
            if agencies:
                found |= principal.search([("kind", "in", kinds), ("company_id", "in", agencies.ids)])
            user.vanban_principal_ids = found

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        self.env["vanban.principal"]._for("user", users.filtered(lambda user: not user.share))
        return users

    def _vanban_roles(self):
        return {user: set(user.sudo().all_group_ids.filtered("privilege_id").mapped("full_name")) for user in self}  # safe: for the log

    def write(self, vals):
        before = self._vanban_roles() if "group_ids" in vals else {}
        result = super().write(vals)
        for user, roles in before.items():
            now = user._vanban_roles()[user]
            if roles != now:
                self.env["vanban.log"]._note(user, "change_roles", {"given": sorted(now - roles), "taken": sorted(roles - now)})
        if "share" in vals or "group_ids" in vals or "company_ids" in vals:
            self.env["vanban.principal"]._for("user", self.filtered(lambda user: not user.share))
            forget(self.env)
        return result


class HrDepartment(models.Model):
    _inherit = "hr.department"

    @api.model_create_multi
    def create(self, vals_list):
        departments = super().create(vals_list)
        self.env["vanban.principal"]._for("unit", departments)
        return departments

    def write(self, vals):
        before = {department: department.sudo().manager_id.name for department in self} if "manager_id" in vals else {}  # safe: for the log
        result = super().write(vals)
        for department, name in before.items():
            self.env["vanban.log"]._note(department, "change_head", {"from": name, "to": department.sudo().manager_id.name})  # safe: as above
        return result


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env["vanban.principal"]._for("registry", companies)
        self.env["vanban.principal"]._for("agency", companies)
        return companies
