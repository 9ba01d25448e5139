from odoo import api, fields, models

from ..models.late_issue import KINDS
from ..models.recipient_confirm import MEANS


class IssuingWizard(models.TransientModel):
    """Asks for what the clerk's steps at issue need: number of copies, place of the kept copy, cause of a delay."""

    _name = "vanban.issuing.wizard"
    _description = "Step at issue"

    document_id = fields.Many2one("vanban.document", required=True, readonly=True)
    step = fields.Selection(
        [("print", "Print paper copies"), ("keep", "One paper copy kept"), ("late", "Late issue"), ("correct", "Draft a correction")],
        required=True, readonly=True,
    )  # fmt: skip
    copies = fields.Integer("Number of copies", compute="_compute_copies", store=True, readonly=False)
    place = fields.Char("Place", help="Box and folder in the clerk's office.")
    late_kind = fields.Selection(KINDS, "Cause")
    reason = fields.Char()
    errors = fields.Text("What is wrong, and what it should read")
    deadline = fields.Datetime(related="document_id.issue_deadline", related_sudo=False)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        values.setdefault("document_id", self.env.context.get("active_id"))
        return values

    @api.depends("document_id")
    def _compute_copies(self):
        for wizard in self:
            wizard.copies = wizard.document_id._copies_wanted() if wizard.document_id else 1

    def action_apply(self):
        self.ensure_one()
        if self.step == "print":
            return self.document_id.action_print_copies(self.copies)
        if self.step == "correct":
            draft = self.env["vanban.document"].browse(self.document_id.action_correct(self.errors))
            return {
                "type": "ir.actions.act_window", "res_model": "vanban.document", "res_id": draft.id,
                "views": [(draft.get_formview_id(), "form")],
            }
        if self.step == "keep":
            self.document_id.action_keep_copy(self.place)
        else:
            self.document_id.action_issue(self.late_kind, self.reason)
        return {"type": "ir.actions.act_window_close"}


class RecipientStepWizard(models.TransientModel):
    """Asks how arrival was confirmed, or how an answer came."""

    _name = "vanban.recipient.step.wizard"
    _description = "Step of a recipient"

    recipient_ids = fields.Many2many("vanban.recipient", required=True, readonly=True)
    step = fields.Selection([("confirm", "Confirm the arrival"), ("answer", "Record the answer")], required=True, readonly=True)
    means = fields.Selection(MEANS, "By which means")
    note = fields.Char("Remark")
    answer_id = fields.Many2one("vanban.document", "Answering document", domain="[('direction', '=', 'in')]")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "vanban.recipient":
            values["recipient_ids"] = [fields.Command.set(self.env.context.get("active_ids") or [self.env.context.get("active_id")])]
        return values

    def action_apply(self):
        self.ensure_one()
        if self.step == "confirm":
            self.recipient_ids.action_confirm_arrival(self.means, self.note)
        else:
            self.recipient_ids.action_record_answer(self.note, self.answer_id.id)
        return {"type": "ir.actions.act_window_close"}
