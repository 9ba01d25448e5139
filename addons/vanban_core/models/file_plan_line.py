from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .transition_mixin import Transition

IDENTITY = {"plan_id", "symbol", "title", "retention_id"}


class FilePlanLine(models.Model):
    """Entry of a file plan: one dossier expected in the year (columns of NĐ 30/2020, Phụ lục V)."""

    _name = "vanban.file.plan.line"
    _inherit = ["vanban.transition.mixin"]
    _description = "Entry of the file plan"
    _order = "plan_id, section, sequence, symbol, id"
    _rec_names_search = ["symbol", "title"]

    _transitions = (
        Transition("plan_approve", ("draft",), ("approved",), who="_may_approve"),
        Transition("approve", ("proposed",), ("approved",), who="_may_approve"),
        Transition("refuse", ("proposed",), ("refused",), who="_may_approve", comment=True),
    )

    plan_id = fields.Many2one("vanban.file.plan", "File plan", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    year = fields.Integer(related="plan_id.year", store=True, aggregator=False)
    plan_state = fields.Selection(related="plan_id.state", string="Status of the plan")
    sequence = fields.Integer(default=10)
    section = fields.Char("Heading", help="Heading of the plan: a unit or a field of work, for example “I. General affairs”.")
    symbol = fields.Char("Number and symbol", required=True, help="For example 01.TH")
    title = fields.Char(required=True)
    retention_id = fields.Many2one("vanban.retention", "Retention", required=True, ondelete="restrict")
    user_id = fields.Many2one("res.users", "Person in charge", ondelete="restrict")
    department_id = fields.Many2one("hr.department", "Unit", ondelete="restrict")
    note = fields.Char()
    state = fields.Selection(
        [("draft", "Draft"), ("proposed", "Proposed addition"), ("approved", "In force"), ("refused", "Refused")],
        "Status", required=True, default="draft", readonly=True, copy=False,
    )  # fmt: skip
    dossier_ids = fields.One2many("vanban.dossier", "plan_line_id", "Dossier")
    may_approve = fields.Boolean(compute="_compute_may_approve")

    _symbol_unique = models.Constraint("UNIQUE(plan_id, symbol)", "This number and symbol is already in the file plan.")

    @api.depends("symbol", "title")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.symbol or ''} – {line.title or ''}"

    @api.depends_context("uid")
    def _compute_may_approve(self):
        for line in self:
            line.may_approve = line._may_approve()

    def _may_approve(self):
        return self.plan_id._may_approve()

    @api.model
    def _initial_state(self, vals):
        plan = self.env["vanban.file.plan"].browse(vals.get("plan_id"))
        if plan.state == "closed":
            raise UserError(self.env._("The file plan of %(year)s is closed: nothing can be added to it.", year=plan.year))
        # what arises during the year is an addition that somebody approves (TT 01/2019; TH Đ13.1)
        return "proposed" if plan.state == "approved" else "draft"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["symbol"] = (vals.get("symbol") or "").strip()
        lines = super().create(vals_list)
        if not self.env.su and not lines.plan_id._may_prepare() and any(line.state == "draft" for line in lines):
            raise AccessError(self.env._("The file plan is still being prepared by the clerk; propose an entry when it is in force."))
        return lines

    def write(self, vals):
        if vals.keys() & IDENTITY:
            used = self.filtered(lambda line: line.state == "approved")
            if used:
                message = self.env._(
                    "“%(line)s” is in force: its symbol, title and retention can no longer be changed here. "
                    "Propose another entry, or change the data of the dossier itself.",
                    line=used[0].display_name,
                )
                used._log_refused("write_fixed", message)
                raise UserError(message)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_unused(self):
        # safe: existence only
        if self.sudo().dossier_ids:
            raise UserError(self.env._("The entry is already used by a dossier and cannot be deleted."))
        if any(line.state == "approved" for line in self) and not self[:1]._may_approve():
            raise UserError(self.env._("An entry in force can be removed only by the person who approves the file plan."))

    def action_approve(self):
        return self._transition("approve")

    def action_refuse(self, reason):
        return self._transition("refuse", comment=reason)

    def open_dossier(self, vals=None):
        """Open the dossier of this entry as the current user; for JSON-2.

        :param vals: further values of the dossier (members, medium, …)
        :return: id of the ``vanban.dossier``
        """
        self.ensure_one()
        dossier = self.env["vanban.dossier"].create({**(vals or {}), "plan_line_id": self.id})
        dossier.action_open()
        return dossier.id

    def action_open_dossier(self):
        """Open the dossier of this entry, or show it when it is already there."""
        self.ensure_one()
        dossier_id = self.dossier_ids[:1].id or self.open_dossier()
        return {
            "type": "ir.actions.act_window", "res_model": "vanban.dossier", "res_id": dossier_id, "views": [(False, "form")],
        }  # fmt: skip
