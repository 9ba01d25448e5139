from odoo import api, fields, models
from odoo.exceptions import UserError


class UnitSubmitWizard(models.TransientModel):
    """The unit's clerk submits to the head of the unit and proposes whom to assign."""

    _name = "vanban.unit.submit.wizard"
    _description = "Submit to the head of the unit"

    assignment_id = fields.Many2one("vanban.assignment", required=True, readonly=True)
    department_id = fields.Many2one(related="assignment_id.department_id", related_sudo=False)
    assignment_role = fields.Selection(related="assignment_id.role", related_sudo=False)
    head_name = fields.Char("Submit to", compute="_compute_head_name")
    people_ids = fields.Many2many("res.users", compute="_compute_head_name")
    lead_user_id = fields.Many2one("res.users", "Leading person", domain="[('id', 'in', people_ids)]")
    coordinate_user_ids = fields.Many2many("res.users", string="Coordinating persons", domain="[('id', 'in', people_ids)]")
    deadline = fields.Date()
    comment = fields.Text("Explanation")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "vanban.document" and not values.get("assignment_id"):
            document = self.env["vanban.document"].browse(self.env.context.get("active_id"))
            values["assignment_id"] = document.unit_clerk_assignment_id.id
        if assignment := self.env["vanban.assignment"].browse(values.get("assignment_id") or ()):
            values.setdefault("deadline", assignment.deadline)
        return values

    @api.depends("assignment_id")
    def _compute_head_name(self):
        users = self.env["res.users"].sudo()  # safe: names of colleagues in the unit
        for wizard in self:
            unit = wizard.assignment_id.department_id
            wizard.head_name = wizard.assignment_id._head().sudo().name if wizard.assignment_id else False  # safe: as above
            wizard.people_ids = users.search([("employee_ids.department_id", "child_of", unit.ids), ("share", "=", False)]) if unit else users

    def action_apply(self):
        self.ensure_one()
        if not self.assignment_id:
            raise UserError(self.env._("There is nothing to submit in your unit: the document was not given to it, or it was submitted before."))
        proposal = {}
        if self.lead_user_id or self.coordinate_user_ids:
            proposal = {
                "lead_user_id": self.lead_user_id.id, "coordinate_user_ids": self.coordinate_user_ids.ids, "deadline": self.deadline,
            }
        self.assignment_id.action_submit_in_unit(self.comment, proposal)
        return {"type": "ir.actions.act_window_close"}
