from odoo import fields, models


class ProposeWizard(models.TransientModel):
    """Propose the destruction of the chosen dossiers (ARC-11, ARC-12)."""

    _name = "vanban.archive.propose.wizard"
    _description = "Propose destruction"

    dossier_ids = fields.Many2many(
        "vanban.dossier", string="Dossiers", required=True, default=lambda self: self.env.context.get("active_ids")
    )
    reason = fields.Text("Reason of the destruction", required=True)

    def action_apply(self):
        self.ensure_one()
        destruction = self.env["vanban.destruction"].propose(self.dossier_ids.ids, self.reason)
        return {
            "type": "ir.actions.act_window", "res_model": "vanban.destruction", "res_id": destruction, "views": [(False, "form")],
        }  # fmt: skip
