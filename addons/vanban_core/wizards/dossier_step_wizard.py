from odoo import fields, models

# step → (model, public method, comment mandatory)
STEPS = {
    "plan_return": ("vanban.file.plan", "action_return", True),
    "line_refuse": ("vanban.file.plan.line", "action_refuse", True),
    "reopen": ("vanban.dossier", "action_reopen", True),
    "take_out": ("vanban.dossier.item", "action_take_out", True),
    "keep": ("vanban.dossier.item", "action_keep", True),
}


class DossierStepWizard(models.TransientModel):
    """Steps of dossiers and file plans that need a reason."""

    _name = "vanban.dossier.step.wizard"
    _inherit = ["vanban.step.mixin"]
    _description = "Step of a dossier with a reason"
    _steps = STEPS

    step = fields.Selection(
        [
            ("plan_return", "Return the file plan"),
            ("line_refuse", "Refuse the addition"),
            ("reopen", "Re-open the dossier"),
            ("take_out", "Take out of the dossier"),
            ("keep", "Keep in the dossier"),
        ],
        required=True, readonly=True,
    )  # fmt: skip
