from odoo import api, fields, models
from odoo.exceptions import UserError


class ContributeWizard(models.TransientModel):
    """A coordinator's opinion, with files if needed."""

    _name = "vanban.contribute.wizard"
    _description = "Contribution of a coordinator"

    assignment_id = fields.Many2one("vanban.assignment", required=True, readonly=True)
    contribution = fields.Text("Opinion")
    attachment_ids = fields.Many2many("ir.attachment", string="Files")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "vanban.assignment":
            values["assignment_id"] = self.env.context.get("active_id")
        return values

    def action_apply(self):
        self.ensure_one()
        text = (self.contribution or "").strip()
        if not text:
            raise UserError(self.env._("Write the opinion of your unit before sending it to the lead."))
        files = [
            {"name": attachment.name, "content_b64": attachment.datas.decode()} for attachment in self.attachment_ids
        ]
        self.assignment_id.action_contribute(text, attachments=files or None)
        return {"type": "ir.actions.act_window_close"}
