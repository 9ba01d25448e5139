from odoo import api, fields, models
from odoo.exceptions import UserError

# step → (public method of the document, whether a person must be named)
STEPS = {
    "report": ("action_report", True),
    "accept_incomplete": ("action_accept_incomplete", False),
    "accept_duplicate": ("action_accept_duplicate", False),
    "handle_on_paper": ("action_handle_on_paper", False),
}


class ReceptionWizard(models.TransientModel):
    """The reason of a step at the reception desk, and, for a report, the person asked."""

    _name = "vanban.reception.wizard"
    _description = "Step at the reception desk"

    step = fields.Selection(
        [
            ("report", "Report to the responsible person"),
            ("accept_incomplete", "Accept although files are missing"),
            ("accept_duplicate", "Not a duplicate"),
            ("handle_on_paper", "Handle on paper"),
        ],
        required=True, readonly=True,
    )  # fmt: skip
    document_id = fields.Many2one("vanban.document", required=True, readonly=True, default=lambda self: self.env.context.get("active_id"))
    candidate_ids = fields.Many2many("res.users", compute="_compute_candidate_ids")
    responsible_id = fields.Many2one("res.users", "Responsible person", domain="[('id', 'in', candidate_ids)]")
    reason = fields.Text()

    @api.depends("document_id", "step")
    def _compute_candidate_ids(self):
        for wizard in self:
            wizard.candidate_ids = wizard.document_id._responsibles() if wizard.step == "report" else False

    def action_apply(self):
        self.ensure_one()
        method, named = STEPS[self.step]
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Please write the reason: this step cannot be done without one."))
        arguments = [reason, self.responsible_id.id] if named else [reason]
        getattr(self.document_id, method)(*arguments)
        return {"type": "ir.actions.act_window_close"}


class UseFormWizard(models.TransientModel):
    """The head's decision on the form of use of one document (DOC-16)."""

    _name = "vanban.use.form.wizard"
    _description = "Decision on the form of use"

    document_id = fields.Many2one("vanban.document", required=True, readonly=True, default=lambda self: self.env.context.get("active_id"))
    current = fields.Selection(related="document_id.use_form", related_sudo=False, string="By the catalogue")
    use_form = fields.Selection(
        [("electronic", "Electronic only"), ("both", "Electronic and paper"), ("paper", "Paper only")], "Form decided", required=True
    )
    reason = fields.Text(required=True)

    def action_apply(self):
        self.ensure_one()
        self.document_id.action_decide_use_form(self.use_form, self.reason)
        return {"type": "ir.actions.act_window_close"}


class DistributeWizard(models.TransientModel):
    _inherit = "vanban.distribute.wizard"

    @api.model
    def default_get(self, fields_list):
        """What is addressed personally goes to the person or unit named on it (IN-20)."""
        values = super().default_get(fields_list)
        document = self.env["vanban.document"].browse(values.get("document_id"))
        if document.addressed_personally and not values.get("lead_user_id") and not values.get("lead_department_id"):
            if document.addressed_user_id:
                values["lead_user_id"] = document.addressed_user_id.id
            elif document.addressed_department_id:
                values["lead_department_id"] = document.addressed_department_id.id
        return values
