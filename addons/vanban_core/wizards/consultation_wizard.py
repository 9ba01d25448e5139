from odoo import fields, models
from odoo.exceptions import UserError

from ..models.consultation import POSITIONS


class ConsultWizard(models.TransientModel):
    """The drafter asks units and persons for their opinion (OUT-05)."""

    _name = "vanban.consult.wizard"
    _description = "Ask for opinions"

    document_id = fields.Many2one("vanban.document", required=True, readonly=True, default=lambda self: self.env.context.get("active_id"))
    company_id = fields.Many2one(related="document_id.company_id")
    department_ids = fields.Many2many("hr.department", string="Units asked", domain="[('company_id', '=', company_id)]")
    user_ids = fields.Many2many("res.users", string="Persons asked", domain="[('company_ids', 'in', company_id), ('share', '=', False)]")
    question = fields.Text("What is asked")
    deadline = fields.Date("Answer by")

    def action_apply(self):
        self.ensure_one()
        asked = [{"department_id": unit.id} for unit in self.department_ids] + [{"user_id": user.id} for user in self.user_ids]
        self.document_id.action_consult(asked, self.question, self.deadline)
        return {"type": "ir.actions.act_window_close"}


class PositionWizard(models.TransientModel):
    """The lead unit takes its position on an opinion (OUT-06)."""

    _name = "vanban.position.wizard"
    _description = "Position on an opinion"

    consultation_id = fields.Many2one("vanban.consultation", required=True, readonly=True, default=lambda self: self.env.context.get("active_id"))
    asked_name = fields.Char(related="consultation_id.asked_name")
    content = fields.Text(related="consultation_id.content")
    position = fields.Selection(POSITIONS, "Position of the lead unit")
    explanation = fields.Text("Explanation of the position")

    def action_apply(self):
        self.ensure_one()
        if not self.position:
            raise UserError(self.env._("Choose the position: accepted, accepted in part or not accepted."))
        self.consultation_id.action_decide(self.position, self.explanation)
        return {"type": "ir.actions.act_window_close"}
