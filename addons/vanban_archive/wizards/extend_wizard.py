from odoo import fields, models


class ExtendWizard(models.TransientModel):
    """Re-appraisal of expired dossiers: a new retention period with its reason (ARC-11)."""

    _name = "vanban.archive.extend.wizard"
    _description = "Extend the retention"

    dossier_ids = fields.Many2many(
        "vanban.dossier", string="Dossiers", required=True, default=lambda self: self.env.context.get("active_ids")
    )
    retention_id = fields.Many2one("vanban.retention", "Keep for another", required=True)
    reason = fields.Text(required=True)

    def action_apply(self):
        self.ensure_one()
        for dossier in self.dossier_ids:
            dossier.action_extend(self.retention_id.id, self.reason)
        return {"type": "ir.actions.act_window_close"}
