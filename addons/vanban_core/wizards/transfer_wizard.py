from odoo import api, fields, models
from odoo.exceptions import UserError


class TransferWizard(models.TransientModel):
    """The clerk moves an assignment at somebody's request."""

    _name = "vanban.transfer.wizard"
    _description = "Move an assignment"

    assignment_id = fields.Many2one("vanban.assignment", required=True, readonly=True)
    present = fields.Char(related="assignment_id.assignee_name", related_sudo=False, string="Now with")
    deadline = fields.Date(related="assignment_id.deadline", related_sudo=False)
    company_id = fields.Many2one(related="assignment_id.company_id", related_sudo=False)
    user_id = fields.Many2one("res.users", "To the person", domain="[('company_ids', 'in', company_id), ('share', '=', False)]")
    department_id = fields.Many2one("hr.department", "To the unit", domain="[('company_id', 'in', [company_id, False])]")
    requester_id = fields.Many2one(
        "res.users", "At the request of", domain="[('company_ids', 'in', company_id), ('share', '=', False)]",
        help="The leader who ordered it, or the person who handles the document.",
    )  # fmt: skip
    reason = fields.Text()

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "vanban.assignment":
            values["assignment_id"] = self.env.context.get("active_id")
        return values

    def action_apply(self):
        self.ensure_one()
        if bool(self.user_id) == bool(self.department_id):
            raise UserError(self.env._("Choose either the person or the unit that takes the work over."))
        receiver = {"user_id": self.user_id.id} if self.user_id else {"department_id": self.department_id.id}
        self.assignment_id.action_transfer(receiver, self.requester_id.id, self.reason)
        return {"type": "ir.actions.act_window_close"}
