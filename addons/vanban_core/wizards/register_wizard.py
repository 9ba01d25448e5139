from odoo import api, fields, models

from ..tools import vietnam_time
from .comment_wizard import STEPS

STEPS.update({
    "void_entry": ("vanban.register.entry", "action_void", True),
    "settle_sheet": ("vanban.register.sheet", "action_settle", True),
    "refuse_paper": ("vanban.paper.move", "action_refuse", True),
})


class CommentWizard(models.TransientModel):
    _inherit = "vanban.comment.wizard"

    step = fields.Selection(
        selection_add=[
            ("void_entry", "Give the number up"), ("settle_sheet", "Settle the sheet: the remaining numbers were not used"),
            ("refuse_paper", "The paper was not received"),
        ],
        ondelete={"void_entry": "cascade", "settle_sheet": "cascade", "refuse_paper": "cascade"},
    )  # fmt: skip


class RegisterStepWizard(models.TransientModel):
    """Asks what a step on a register needs: closing it, taking numbers for a sheet, explaining a gap."""

    _name = "vanban.register.step.wizard"
    _description = "Step on a register"

    step = fields.Selection(
        [("close", "Print and close"), ("reserve", "Sheet of emergency numbers"), ("gap", "Explain a missing number")],
        required=True, readonly=True,
    )  # fmt: skip
    register_id = fields.Many2one("vanban.register", required=True, readonly=True)
    date_to = fields.Date("Up to", default=lambda self: vietnam_time.today())
    count = fields.Integer("How many numbers", default=20)
    year = fields.Integer(default=lambda self: vietnam_time.today().year)
    number = fields.Integer("Missing number")
    reason = fields.Text()

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "vanban.register":
            register = self.env["vanban.register"].browse(self.env.context.get("active_id"))
            values["register_id"] = register.id
            end = register._period_end(vietnam_time.today())
            closed = register._last_closing(end.year).date_to if end else False
            if end and (not closed or closed < end):
                values["date_to"] = end
        return values

    def action_apply(self):
        self.ensure_one()
        register = self.register_id
        if self.step == "close":
            return self._open("vanban.register.closing", register.action_close(self.date_to))
        if self.step == "reserve":
            return self._open("vanban.register.sheet", register.action_reserve_sheet(self.count, self.reason))
        register.action_explain_gap(self.year, self.number, self.reason)
        return {"type": "ir.actions.act_window_close"}

    def _open(self, model, record_id):
        return {"type": "ir.actions.act_window", "res_model": model, "res_id": record_id, "view_mode": "form", "views": [(False, "form")]}


class NumberWizard(models.TransientModel):
    """Asks for a number out of order: inserted between others, or written by hand on a sheet while the system was down."""

    _name = "vanban.number.wizard"
    _description = "Number out of order"

    step = fields.Selection([("insert", "Insert a number"), ("sheet", "Enter a number written by hand")], required=True, readonly=True)
    document_id = fields.Many2one("vanban.document", required=True, readonly=True)
    register_id = fields.Many2one("vanban.register", compute="_compute_register_id")
    after = fields.Integer("After number")
    date = fields.Date("Date of the document")
    sheet_id = fields.Many2one(
        "vanban.register.sheet", "Sheet",
        domain="['|', ('register_id', '=', register_id), ('register_id.sheet_of_id', '=', register_id), ('state', '=', 'open')]",
    )  # fmt: skip
    entry_id = fields.Many2one("vanban.register.entry", "Number", compute="_compute_entry_id")
    moment = fields.Datetime("Time written on the sheet")
    reason = fields.Char()

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "vanban.document":
            values["document_id"] = self.env.context.get("active_id")
        if values.get("step") == "sheet" and values.get("document_id"):
            register = self._register_of(self.env["vanban.document"].browse(values["document_id"]))
            values["sheet_id"] = register._with_sheet_books().sheet_ids.filtered(lambda sheet: sheet.open_count)[:1].id
        return values

    @api.model
    def _register_of(self, document):
        own = document.register_id if document.direction != "in" else None
        return own or self.env["vanban.register"]._find_for(document).sudo(False)

    @api.depends("document_id")
    def _compute_register_id(self):
        for wizard in self:
            wizard.register_id = self._register_of(wizard.document_id) if wizard.document_id else False

    @api.depends("sheet_id")
    def _compute_entry_id(self):
        for wizard in self:
            wizard.entry_id = wizard.sheet_id._next_entry() if wizard.sheet_id else False

    def action_apply(self):
        self.ensure_one()
        if self.step == "insert":
            self.document_id.action_insert_number(self.after, self.date, self.reason)
        else:
            self.document_id.action_take_sheet_number(self.entry_id.id, self.moment, self.reason)
        return {"type": "ir.actions.act_window_close"}


class PaperWizard(models.TransientModel):
    """Asks to whom the paper is handed."""

    _name = "vanban.paper.wizard"
    _description = "Hand the paper over"

    document_id = fields.Many2one("vanban.document", required=True, readonly=True)
    user_id = fields.Many2one("res.users", "To", required=True, domain="[('share', '=', False)]")
    note = fields.Char()

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "vanban.document":
            document = self.env["vanban.document"].browse(self.env.context.get("active_id"))
            values.update(document_id=document.id, user_id=document.paper_target_id.id)
        return values

    def action_apply(self):
        self.ensure_one()
        self.document_id.action_hand_paper(self.user_id.id, self.note)
        return {"type": "ir.actions.act_window_close"}


class BypassWizard(models.TransientModel):
    """Asks for what an emergency before registration needs: the leader who approves, or who handles the document at once."""

    _name = "vanban.bypass.wizard"
    _description = "Emergency before registration"

    step = fields.Selection([("ask", "Ask for emergency handling"), ("approve", "Approve emergency handling")], required=True, readonly=True)
    document_id = fields.Many2one("vanban.document", required=True, readonly=True)
    approver_ids = fields.Many2many("res.users", compute="_compute_approver_ids")
    approver_id = fields.Many2one("res.users", "Leader who decides", domain="[('id', 'in', approver_ids)]")
    user_id = fields.Many2one("res.users", "Who handles it", domain="[('share', '=', False)]")
    deadline = fields.Date()
    reason = fields.Text(required=True)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "vanban.document":
            values["document_id"] = self.env.context.get("active_id")
        return values

    @api.depends("document_id")
    def _compute_approver_ids(self):
        groups = self.env.ref("vanban_core.group_leader") | self.env.ref("vanban_core.group_office_chief")
        for wizard in self:
            wizard.approver_ids = self.env["res.users"].sudo().search([  # safe: who decides in this agency
                ("group_ids", "in", groups.ids), ("company_ids", "in", wizard.document_id.company_id.ids),
            ]).sudo(False)

    def action_apply(self):
        self.ensure_one()
        if self.step == "ask":
            self.document_id.action_ask_bypass(self.reason, self.approver_id.id)
        else:
            self.document_id.action_approve_bypass(self.reason, self.user_id.id, fields.Date.to_string(self.deadline) or None)
        return {"type": "ir.actions.act_window_close"}
