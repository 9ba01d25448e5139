from odoo import api, fields, models
from odoo.exceptions import UserError


class AskWizard(models.TransientModel):
    """The head of a unit asks the leadership for directions (IN-53)."""

    _name = "vanban.ask.wizard"
    _description = "Ask for directions"

    assignment_id = fields.Many2one("vanban.assignment", required=True, readonly=True)
    document_id = fields.Many2one(related="assignment_id.document_id", related_sudo=False)
    form = fields.Selection([("opinion", "Request for an opinion"), ("request", "Proposal to the leadership")], required=True, default="opinion")
    leader_ids = fields.Many2many("res.users", compute="_compute_leader_ids")
    leader_id = fields.Many2one("res.users", "Asked of", domain="[('id', 'in', leader_ids)]")
    content = fields.Text("What is reported and asked")
    proposal = fields.Text("Opinion proposed")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "vanban.document" and not values.get("assignment_id"):
            document = self.env["vanban.document"].browse(self.env.context.get("active_id"))
            values["assignment_id"] = document.my_assignment_id.id
        if assignment := self.env["vanban.assignment"].browse(values.get("assignment_id") or ()):
            document = assignment.document_id
            leaders = document._level_holders("leader") | document._level_holders("chief")
            values.setdefault("leader_id", ((assignment.on_behalf_id or document.submitted_to_id) & leaders)[:1].id)
        return values

    @api.depends("assignment_id")
    def _compute_leader_ids(self):
        for wizard in self:
            document = wizard.document_id
            wizard.leader_ids = document and (document._level_holders("leader") | document._level_holders("chief"))

    def action_apply(self):
        self.ensure_one()
        if not self.assignment_id:
            raise UserError(self.env._("Directions are asked for by the head of the unit that handles the document."))
        self.assignment_id.action_ask_leader(self.content, self.proposal, self.leader_id.id or None, self.form)
        return {"type": "ir.actions.act_window_close"}
