from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.chase import KINDS


class ChaseWizard(models.TransientModel):
    """Chase up one document, or all that were chosen in a list."""

    _name = "vanban.chase.wizard"
    _description = "Chase up"

    document_ids = fields.Many2many("vanban.document", required=True, readonly=True)
    document_count = fields.Integer(compute="_compute_document_count")
    kind = fields.Selection(KINDS, "Manner", required=True, default="remind")
    text = fields.Text("What is said")

    @api.depends("document_ids")
    def _compute_document_count(self):
        for wizard in self:
            wizard.document_count = len(wizard.document_ids)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        model, ids = self.env.context.get("active_model"), self.env.context.get("active_ids") or []
        if model == "vanban.document":
            values["document_ids"] = [fields.Command.set(ids)]
        elif model in ("vanban.assignment", "vanban.debt.report"):
            values["document_ids"] = [fields.Command.set(self.env[model].browse(ids).document_id.ids)]
        return values

    def action_apply(self):
        self.ensure_one()
        if not self.document_ids:
            raise UserError(self.env._("Choose the documents to be chased up."))
        chases = self.document_ids.action_chase(self.kind, self.text)
        return {
            "type": "ir.actions.client", "tag": "display_notification",
            "params": {
                "type": "success", "message": self.env._("%(count)s documents chased up.", count=len(chases)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
