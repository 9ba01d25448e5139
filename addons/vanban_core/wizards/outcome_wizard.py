from odoo import api, fields, models
from odoo.exceptions import UserError

# steps of the reception desk that a letter may tell the sender
TURNED_AWAY = ("refuse", "return")


class OutcomeWizard(models.TransientModel):
    """Close an incoming document with exactly one of the four outcomes, each with its own form (HCM Đ8.2)."""

    _name = "vanban.outcome.wizard"
    _description = "Outcome of an incoming document"

    document_id = fields.Many2one("vanban.document", required=True, readonly=True)
    outcome = fields.Selection(
        selection=lambda self: self.env["vanban.document"]._fields["outcome"]._description_selection(self.env)
    )
    note = fields.Text("Result")
    # transfer slip
    partner_id = fields.Many2one("res.partner", "Competent agency", domain="[('is_company', '=', True)]")
    content = fields.Text("Asked to do")
    deadline = fields.Date("Answer by")
    # return
    reason = fields.Text("Reason")
    missing = fields.Text("Missing conditions", help="One a line.")
    with_letter = fields.Boolean("Draft the letter of return")
    # reply
    reply_step = fields.Selection([("draft", "Draft the reply"), ("close", "Already handled: complete")], default="draft")
    with_statement = fields.Boolean("With a submission statement (Tờ trình)")
    reply_required = fields.Boolean(related="document_id.reply_required")
    reply_due_date = fields.Date(related="document_id.reply_due_date")
    has_reply = fields.Boolean(compute="_compute_has_reply")

    @api.depends("document_id")
    def _compute_has_reply(self):
        for wizard in self:
            wizard.has_reply = bool(wizard.document_id) and wizard.document_id._has_issued_reply()

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "vanban.document":
            values["document_id"] = self.env.context.get("active_id")
        document = self.env["vanban.document"].browse(values.get("document_id"))
        if document:
            values["with_letter"] = not document._sender_is_connected()
            values["reply_step"] = "close" if document._has_issued_reply() else "draft"
        return values

    def action_apply(self):
        self.ensure_one()
        if not self.outcome:
            raise UserError(self.env._("Choose exactly one outcome: reference, transfer, return or handle."))
        return getattr(self, f"_apply_{self.outcome}")()

    def _apply_reference(self):
        self.document_id.action_done("reference", self.note or None)
        return {"type": "ir.actions.act_window_close"}

    def _apply_transfer(self):
        return self._open(self.document_id.action_transfer_slip(self.partner_id.id, self.content, self.deadline)[0])

    def _apply_return(self):
        letter = self.document_id.action_send_back(self.reason, self.missing, self.with_letter)
        return self._open(letter) if letter else {"type": "ir.actions.act_window_close"}

    def _apply_reply(self):
        if self.reply_step == "close":
            self.document_id.action_done("reply", self.note or None)
            return {"type": "ir.actions.act_window_close"}
        return self._open(self.document_id.action_prepare_reply(self.with_statement)[0])

    def _open(self, document_id):
        return _open_draft(self.env["vanban.document"].browse(document_id))


class CommentWizard(models.TransientModel):
    """Refusing or returning at the reception desk: the letter to a sender who is not reached electronically."""

    _inherit = "vanban.comment.wizard"

    with_letter = fields.Boolean(
        "Draft the letter to the sender", compute="_compute_with_letter", store=True, readonly=False,
        help="Needed where the sender is not told through the interchange.",
    )

    @api.depends("step", "res_id")
    def _compute_with_letter(self):
        for wizard in self:
            wizard.with_letter = wizard.step in TURNED_AWAY and bool(wizard.res_id) and not wizard._record()._sender_is_connected()

    def _apply(self, record, comment):
        if self.step not in TURNED_AWAY or not self.with_letter:
            return super()._apply(record, comment)
        step = record.action_refuse if self.step == "refuse" else record.action_return
        return _open_draft(record.browse(step(comment, with_letter=True)))


def _open_draft(draft):
    return {
        "type": "ir.actions.act_window", "res_model": draft._name, "res_id": draft.id,
        "views": [(draft.get_formview_id(), "form")], "target": "current",
    }
