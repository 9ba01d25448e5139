from odoo import api, fields, models


class DocumentUpdateWizard(models.TransientModel):
    """What the clerk changes about an issued document and tells its recipients."""

    _name = "vanban.document.update"
    _description = "Change told to the recipients"

    document_id = fields.Many2one("vanban.document", required=True, readonly=True)
    urgency = fields.Selection("_selection_urgency", required=True)
    reply_required = fields.Boolean("Reply required")
    reply_due_date = fields.Date("Reply due")
    reason = fields.Text()

    @api.model
    def _selection_urgency(self):
        return self.env["vanban.document"]._fields["urgency"]._description_selection(self.env)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        document = self.env["vanban.document"].browse(values.get("document_id") or self.env.context.get("active_id") or [])
        if document:
            values.update({
                "document_id": document.id, "urgency": document.urgency, "reply_required": document.reply_required,
                "reply_due_date": document.reply_due_date})
        return values

    def action_apply(self):
        self.ensure_one()
        self.document_id.action_send_update({
            "urgency": self.urgency, "reply_required": self.reply_required,
            "reply_due_date": self.reply_due_date if self.reply_required else False}, self.reason)
        return {"type": "ir.actions.act_window_close"}
