from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.proposal import FIELDS


class DistributeWizard(models.TransientModel):
    """Propose, decide, or pass on a distribution: one lead, coordinators, those to inform, deadlines."""

    _name = "vanban.distribute.wizard"
    _inherit = ["vanban.distribution.mixin"]
    _description = "Distribution"

    mode = fields.Selection(
        [("propose", "Propose"), ("forward", "Submit to a leader"), ("decide", "Distribute"), ("assign", "Assign within the unit")],
        required=True, default="decide", readonly=True,
    )  # fmt: skip
    document_id = fields.Many2one("vanban.document", required=True, readonly=True)
    assignment_id = fields.Many2one("vanban.assignment", readonly=True)
    assignment_role = fields.Selection(related="assignment_id.role")
    company_id = fields.Many2one(related="document_id.company_id", related_sudo=False)
    subject = fields.Char(related="document_id.subject", related_sudo=False)
    proposal_text = fields.Text(related="document_id.proposal_text", related_sudo=False)
    comment = fields.Text("Explanation")
    leader_ids = fields.Many2many("res.users", compute="_compute_leader_ids")
    leader_id = fields.Many2one("res.users", "Submit to", domain="[('id', 'in', leader_ids)]")
    prepare = fields.Boolean(
        "Units prepare meanwhile", default=True, help="The proposed units get a copy to read at once, without the right to act."
    )
    capacity = fields.Selection(related="document_id.distribution_capacity", related_sudo=False)
    principal_name = fields.Char("Decision of", compute="_compute_principal_name")
    paper = fields.Binary("Scan of the written direction", attachment=False, help="Needed only when the leader has not authorised you.")
    paper_name = fields.Char("Name of the scan")
    assignment_deadline = fields.Date("Deadline given", related="assignment_id.deadline", related_sudo=False)
    override_reason = fields.Text("Reason for the later deadline")
    coordinate_department_ids = fields.Many2many(relation="vanban_distribute_coordinate_department_rel")
    coordinate_user_ids = fields.Many2many(relation="vanban_distribute_coordinate_user_rel")
    inform_department_ids = fields.Many2many(relation="vanban_distribute_inform_department_rel")
    inform_user_ids = fields.Many2many(relation="vanban_distribute_inform_user_rel")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        active_model, active_id = self.env.context.get("active_model"), self.env.context.get("active_id")
        assignment_id = values.get("assignment_id") or (active_id if active_model == "vanban.assignment" else None)
        if assignment_id:
            assignment = self.env["vanban.assignment"].browse(assignment_id)
            values.update(
                mode="assign", assignment_id=assignment.id, document_id=assignment.document_id.id, deadline=assignment.deadline
            )
        elif active_model == "vanban.document" and active_id:
            document = self.env["vanban.document"].browse(active_id)
            values["document_id"] = document.id
            values["deadline"] = document.deadline
            if document.proposal_id:
                values.update(document.proposal_id._distribution_values())
        return values

    @api.depends("document_id", "mode")
    def _compute_leader_ids(self):
        for wizard in self:
            document = wizard.document_id
            if document and wizard.mode in ("propose", "forward"):
                wizard.leader_ids = document._leaders_above() if wizard.mode == "forward" else document._first_distributors()
            else:
                wizard.leader_ids = False

    @api.depends("document_id", "mode")
    def _compute_principal_name(self):
        """Whose decision is entered, when it is not the user's own."""
        for wizard in self:
            foreign = wizard.mode == "decide" and wizard.capacity in ("proxy", "delegated")
            wizard.principal_name = wizard.document_id.submitted_to_id.sudo().name if foreign else False  # safe: name of a leader

    @api.onchange("document_id")
    def _onchange_document_id(self):
        if self.mode in ("propose", "forward") and len(self.leader_ids) == 1:
            self.leader_id = self.leader_ids

    def action_apply(self):
        self.ensure_one()
        if self.mode in ("propose", "forward"):
            self._propose()
        elif self.mode == "assign":
            lines = self._lines(with_lead=self.assignment_role == "lead")
            for line in lines:
                line["override_reason"] = self.override_reason or None
            self.assignment_id.action_assign(lines, self.direction_text or None)
        else:
            paper = self.with_context(bin_size=False).paper
            self.document_id.action_distribute(
                self._lines(),
                direction_text=self.direction_text or None,
                on_behalf_of=self.document_id.submitted_to_id.id if self.capacity == "proxy" else None,
                paper={"name": self.paper_name or "but-phe.pdf", "content_b64": paper.decode()} if paper else None,
            )
        return {"type": "ir.actions.act_window_close"}

    def _propose(self):
        if self.lead_department_id and self.lead_user_id:
            raise UserError(self.env._("Exactly one lead must be named: choose one leading unit or one leading person."))
        values = {
            name: self[name].ids if self._fields[name].type == "many2many"
            else self[name].id if self._fields[name].type == "many2one"
            else self[name]
            for name in FIELDS
        }  # fmt: skip
        if self.mode == "forward":
            self.document_id.action_submit_to_leader(values, self.comment, self.leader_id.id or None, prepare=self.prepare)
        elif any(self[name] for name in FIELDS):
            self.document_id.action_submit_with_proposal(values, self.comment, self.leader_id.id or None)
        else:
            self.document_id.action_submit(self.comment, self.leader_id.id or None)
