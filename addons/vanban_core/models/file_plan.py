from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools import vietnam_time
from .transition_mixin import Transition


class FilePlan(models.Model):
    """Yearly file plan of an agency (Danh mục hồ sơ, NĐ 30/2020 Đ.28): drafted, approved by the head, then in force."""

    _name = "vanban.file.plan"
    _inherit = ["vanban.transition.mixin", "mail.thread"]
    _description = "File plan"
    _order = "year desc, id desc"

    _transitions = (
        Transition("submit", ("draft",), ("submitted",), who="_may_prepare", guard="_guard_has_lines"),
        Transition("approve", ("submitted",), ("approved",), who="_may_approve", effect="_effect_approve"),
        Transition("return", ("submitted",), ("draft",), who="_may_approve", comment=True),
        Transition("close", ("approved",), ("closed",), who="_may_approve"),
    )

    name = fields.Char(compute="_compute_name", store=True)
    company_id = fields.Many2one("res.company", "Agency", required=True, default=lambda self: self.env.company, index=True)
    year = fields.Integer(required=True, default=lambda self: vietnam_time.today().year, aggregator=False)
    decision = fields.Char("Decision", help="Number and symbol of the decision that issues the file plan.")
    state = fields.Selection(
        [("draft", "Draft"), ("submitted", "Submitted"), ("approved", "In force"), ("closed", "Closed")],
        "Status", required=True, default="draft", readonly=True, copy=False, tracking=True,
    )  # fmt: skip
    approver_id = fields.Many2one("res.users", "Approved by", readonly=True, copy=False)
    approved_date = fields.Date("Approved on", readonly=True, copy=False)
    line_ids = fields.One2many("vanban.file.plan.line", "plan_id", "Entries", copy=False)
    line_count = fields.Integer("Number of entries", compute="_compute_line_count")
    may_approve = fields.Boolean(compute="_compute_may_approve")

    _year_unique = models.Constraint("UNIQUE(company_id, year)", "This agency already has a file plan for the year.")

    @api.depends("year")
    def _compute_name(self):
        for plan in self:
            plan.name = self.env._("File plan %(year)s", year=plan.year)

    def _compute_line_count(self):
        counts = dict(self.env["vanban.file.plan.line"]._read_group([("plan_id", "in", self.ids)], ["plan_id"], ["__count"]))
        for plan in self:
            plan.line_count = counts.get(plan, 0)

    @api.depends_context("uid")
    def _compute_may_approve(self):
        for plan in self:
            plan.may_approve = plan._may_approve()

    @api.constrains("year")
    def _check_year(self):
        for plan in self:
            if not 1945 <= plan.year <= 2200:
                raise ValidationError(self.env._("Write the year of the file plan with four digits."))

    def _may_prepare(self):
        user = self.env.user
        groups = ("group_clerk", "group_office_chief", "group_leader", "group_unit_head")
        return any(user.has_group(f"vanban_core.{group}") for group in groups)

    def _may_approve(self):
        user = self.env.user
        return user.has_group("vanban_core.group_leader") or user.has_group("vanban_core.group_office_chief")

    def _guard_has_lines(self):
        if not self.line_ids:
            raise UserError(self.env._("The file plan has no entries yet. Add the dossiers expected in the year first."))

    def _effect_approve(self, comment):
        self.sudo().write({  # safe: the approver's right was just checked by the transition
            "approver_id": self.env.uid, "approved_date": vietnam_time.today(),
        })
        self.line_ids.filtered(lambda line: line.state == "draft")._transition("plan_approve")

    def action_submit(self):
        return self._transition("submit")

    def action_approve(self):
        """The head issues the plan; every entry becomes usable."""
        return self._transition("approve")

    def action_return(self, reason):
        return self._transition("return", comment=reason)

    def action_close(self):
        return self._transition("close")

    def action_copy_to_next_year(self):
        """Prepare the plan of the following year from this one; returns an action that opens it."""
        self.ensure_one()
        if not self._may_prepare():
            raise AccessError(self.env._("Only the clerk, the chief of office, a unit head or a leader prepares a file plan."))
        plan = self.copy({"year": self.year + 1, "decision": False})
        kept = self.line_ids.filtered(lambda line: line.state != "refused")
        self.env["vanban.file.plan.line"].create([
            {
                "plan_id": plan.id, "sequence": line.sequence, "section": line.section, "symbol": line.symbol,
                "title": line.title, "retention_id": line.retention_id.id, "user_id": line.user_id.id,
                "department_id": line.department_id.id, "note": line.note,
            }
            for line in kept
        ])  # fmt: skip
        return {
            "type": "ir.actions.act_window", "res_model": self._name, "res_id": plan.id, "views": [(False, "form")],
        }  # fmt: skip

    def write(self, vals):
        fixed = self.filtered(lambda plan: plan.state != "draft")
        if fixed and vals.keys() & {"year", "company_id"}:
            raise UserError(self.env._("The year of a file plan that was submitted cannot be changed. Prepare another plan."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_draft_only(self):
        if any(plan.state != "draft" for plan in self):
            raise UserError(self.env._("A file plan that was submitted or approved cannot be deleted; close it instead."))
