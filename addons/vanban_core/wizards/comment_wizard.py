from odoo import api, fields, models

# step → (model, public method, comment mandatory)
STEPS = {
    "refuse": ("vanban.document", "action_refuse", True),
    "return": ("vanban.document", "action_return", True),
    "ask_acceptance": ("vanban.document", "action_ask_acceptance", True),
    "answer_acceptance": ("vanban.document", "action_answer_acceptance", True),
    "declare_no_value": ("vanban.document", "action_declare_no_value", True),
    "keep_on_paper": ("vanban.document", "action_keep_on_paper", True),
    "restore": ("vanban.document", "action_restore", True),
    "recall_execute": ("vanban.document", "action_recall_execute", True),
    "submit_review": ("vanban.document", "action_submit_review", False),
    "approve": ("vanban.document", "action_review_approve", False),
    "review_return": ("vanban.document", "action_review_return", True),
    "waive": ("vanban.assignment", "action_waive", True),
    "request_recall": ("vanban.document", "action_request_recall", True),
    "cancel": ("vanban.document", "action_cancel", True),
    "ask_cancel": ("vanban.document", "action_ask_cancel", True),
    "reject": ("vanban.assignment", "action_reject", True),
    "assignment_done": ("vanban.assignment", "action_done", True),
    "direction": ("vanban.document", "action_add_direction", True),
    "answer": ("vanban.opinion.request", "action_answer", True),
    "withdraw": ("vanban.opinion.request", "action_withdraw", True),
    "consult_answer": ("vanban.consultation", "action_answer", True),
    "consult_waive": ("vanban.consultation", "action_waive", True),
    "revoke": ("vanban.delegation", "action_revoke", True),
    "revoke_power": ("vanban.signing.power", "action_revoke", True),
}


class CommentWizard(models.TransientModel):
    """One small form for every step that takes a reason or a comment."""

    _name = "vanban.comment.wizard"
    _inherit = ["vanban.step.mixin"]
    _description = "Step of a document with a comment"
    _steps = STEPS

    step = fields.Selection(
        [
            ("refuse", "Refuse acceptance"),
            ("return", "Return to sender"),
            ("ask_acceptance", "Ask whether to accept"),
            ("answer_acceptance", "Decide on acceptance"),
            ("declare_no_value", "Declare without value"),
            ("keep_on_paper", "Handle on paper"),
            ("restore", "Reopen processing"),
            ("recall_execute", "Carry out the recall"),
            ("submit_review", "Submit for review"),
            ("approve", "Agree and pass on"),
            ("review_return", "Return for revision"),
            ("waive", "Waive the contribution"),
            ("request_recall", "Request recall"),
            ("cancel", "Cancel the draft"),
            ("ask_cancel", "Ask to cancel the draft"),
            ("reject", "Send back: outside our functions"),
            ("assignment_done", "Report the result"),
            ("direction", "Add a direction or opinion"),
            ("answer", "Answer the request for directions"),
            ("withdraw", "Withdraw the request"),
            ("consult_answer", "Give the opinion asked for"),
            ("consult_waive", "Go on without the opinion"),
            ("revoke", "Revoke the delegation"),
            ("revoke_power", "Revoke the power to sign"),
        ],
        required=True, readonly=True,
    )  # fmt: skip
    may_be_important = fields.Boolean(compute="_compute_may_be_important")
    important = fields.Boolean(
        "Important: through the office leader", help="The office leader gets the draft first; unticked it goes straight to the drafter."
    )

    @api.depends("step", "res_id")
    def _compute_may_be_important(self):
        for wizard in self:
            wizard.may_be_important = wizard.step == "review_return" and bool(wizard.res_id) and wizard._record()._may("review_return_important")

    def _apply(self, record, comment):
        if self.step == "review_return" and self.important:
            record.action_review_return(comment, important=True)
        else:
            super()._apply(record, comment)
