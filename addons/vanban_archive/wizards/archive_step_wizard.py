from odoo import fields, models

from odoo.addons.vanban_core.tools import vietnam_time

# step → (model, public method, comment mandatory)
STEPS = {
    "return": ("vanban.handover", "action_return", True),
    "cancel": ("vanban.handover", "action_cancel", True),
    "judge_passed": ("vanban.handover.check", "action_judge", True),
    "judge_failed": ("vanban.handover.check", "action_judge", True),
    "opinion": ("vanban.destruction", "action_record_opinion", True),
    "reject": ("vanban.destruction", "action_reject", True),
    "abort": ("vanban.destruction", "action_abort", True),
    "approve": ("vanban.destruction", "action_approve", False),
    "confirm_second": ("vanban.destruction", "action_confirm_second", False),
    "hold": ("vanban.dossier", "action_hold", True),
    "release_hold": ("vanban.dossier", "action_release_hold", True),
    "transfer": ("vanban.dossier", "action_transfer", True),
    "settle": ("vanban.fixity.finding", "action_settle", True),
}


class ArchiveStepWizard(models.TransientModel):
    """Steps of the archive that take a text: reason, judgement, opinion, number of the decision."""

    _name = "vanban.archive.step.wizard"
    _inherit = ["vanban.step.mixin"]
    _description = "Step of the archive with a text"
    _steps = STEPS

    step = fields.Selection(
        [
            ("return", "Return to the giving side"),
            ("cancel", "Cancel the hand-over"),
            ("judge_passed", "Judge: passed"),
            ("judge_failed", "Judge: failed"),
            ("opinion", "Opinion of the council"),
            ("reject", "Reject the destruction"),
            ("abort", "Abort the destruction"),
            ("approve", "Approve the destruction"),
            ("confirm_second", "Second confirmation"),
            ("hold", "Put on hold"),
            ("release_hold", "Release the hold"),
            ("transfer", "Transfer to the historical archive"),
            ("settle", "Damage settled"),
        ],
        required=True, readonly=True,
    )  # fmt: skip
    decision = fields.Char("Decision No.")
    decision_date = fields.Date("Date of the decision", default=lambda self: vietnam_time.today())

    def _apply(self, record, comment):
        if self.step == "approve":
            record.action_approve(self.decision, self.decision_date)
        elif self.step == "confirm_second":
            record.action_confirm_second(self.decision)
        elif self.step in ("judge_passed", "judge_failed"):
            record.action_judge(self.step == "judge_passed", comment)
        else:
            super()._apply(record, comment)
