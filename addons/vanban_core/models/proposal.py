from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

FIELDS = (
    "lead_department_id", "lead_user_id", "coordinate_department_ids", "coordinate_user_ids",
    "inform_department_ids", "inform_user_ids", "deadline", "coordinate_deadline", "direction_text",
)  # fmt: skip


class DistributionMixin(models.AbstractModel):
    """One distribution as a person fills it in: one lead, coordinators, those to be informed, deadlines, direction."""

    _name = "vanban.distribution.mixin"
    _description = "Distribution of an incoming document"

    # each concrete model names its own relation tables, because two of its fields point at the same model
    lead_department_id = fields.Many2one("hr.department", "Leading unit")
    lead_user_id = fields.Many2one("res.users", "Leading person")
    coordinate_department_ids = fields.Many2many("hr.department", "vanban_distribution_coordinate_department_rel", string="Coordinating units")
    coordinate_user_ids = fields.Many2many("res.users", "vanban_distribution_coordinate_user_rel", string="Coordinating persons")
    inform_department_ids = fields.Many2many("hr.department", "vanban_distribution_inform_department_rel", string="Units to inform")
    inform_user_ids = fields.Many2many("res.users", "vanban_distribution_inform_user_rel", string="Persons to inform")
    deadline = fields.Date()
    coordinate_deadline = fields.Date("Deadline of coordinators")
    direction_text = fields.Text("Leader's direction")

    def _lines(self, with_lead=True):
        """The distribution as the lines that ``action_distribute`` and ``action_assign`` take.

        :param with_lead: False under a unit that only coordinates: it has nobody to lead the matter
        :raise UserError: nobody, or both a unit and a person, is named as the lead (TH Đ8.4b)
        """
        self.ensure_one()
        if with_lead and bool(self.lead_department_id) == bool(self.lead_user_id):
            raise UserError(self.env._(
                "Exactly one lead must be named: choose one leading unit or one leading person."
            ))
        lines = [self._line("lead", self.lead_department_id, self.lead_user_id, self.deadline)] if with_lead else []
        coordinate_deadline = self.coordinate_deadline or self.deadline
        lines += [self._line("coordinate", unit, None, coordinate_deadline) for unit in self.coordinate_department_ids]
        lines += [self._line("coordinate", None, user, coordinate_deadline) for user in self.coordinate_user_ids]
        lines += [self._line("inform", unit, None, None) for unit in self.inform_department_ids]
        lines += [self._line("inform", None, user, None) for user in self.inform_user_ids]
        if not lines:
            raise UserError(self.env._("Choose at least one person."))
        return lines

    @api.model
    def _line(self, role, department, user, deadline):
        line = {"role": role, "deadline": fields.Date.to_string(deadline) if deadline else None, "note": None}
        if user:
            line["user_id"] = user.id
        else:
            line["department_id"] = department.id
        return line

    def _distribution_values(self):
        """Values to prefill another distribution with this one."""
        self.ensure_one()
        return {name: self[name] and self._fields[name].convert_to_write(self[name], self) for name in FIELDS}


class Proposal(models.Model):
    """How the clerk or the office chief proposes to distribute; kept for good beside what was decided (IN-25, IN-29)."""

    _name = "vanban.proposal"
    _inherit = ["vanban.distribution.mixin"]
    _description = "Proposal of distribution"
    _order = "id desc"

    document_id = fields.Many2one("vanban.document", required=True, ondelete="cascade", index=True)
    proposer_id = fields.Many2one("res.users", "Proposed by", required=True, default=lambda self: self.env.uid, readonly=True)
    date = fields.Datetime("Proposed on", required=True, default=fields.Datetime.now, readonly=True)
    note = fields.Text("Explanation")
    coordinate_department_ids = fields.Many2many(relation="vanban_proposal_coordinate_department_rel")
    coordinate_user_ids = fields.Many2many(relation="vanban_proposal_coordinate_user_rel")
    inform_department_ids = fields.Many2many(relation="vanban_proposal_inform_department_rel")
    inform_user_ids = fields.Many2many(relation="vanban_proposal_inform_user_rel")

    def write(self, vals):
        raise AccessError(self.env._("A proposal is not changed after it was submitted: make a new one."))


class DocumentProposal(models.Model):
    _inherit = "vanban.document"

    proposal_ids = fields.One2many("vanban.proposal", "document_id", "Proposals", readonly=True)
    proposal_id = fields.Many2one("vanban.proposal", "Latest proposal", compute="_compute_proposal_id")
    proposal_text = fields.Text("Proposal", compute="_compute_proposal_id")

    @api.depends("proposal_ids")
    def _compute_proposal_id(self):
        for document in self:
            # what a unit's clerk proposes to the own head is no proposal to the leadership
            proposal = document.proposal_ids.filtered(lambda row: not row.assignment_id)[:1]
            document.proposal_id = proposal
            document.proposal_text = document._proposal_summary(proposal) if proposal else False

    def _proposal_summary(self, proposal):
        """The proposal in a few lines, as it stood on the paper slip."""
        parts = (
            (self.env._("Lead"), proposal.lead_department_id, proposal.lead_user_id),
            (self.env._("Coordinate"), proposal.coordinate_department_ids, proposal.coordinate_user_ids),
            (self.env._("For information"), proposal.inform_department_ids, proposal.inform_user_ids),
        )
        lines = [
            f"{label}: {', '.join(units.mapped('name') + users.mapped('name'))}"
            for label, units, users in parts
            if units or users
        ]
        if proposal.deadline:
            lines.append(self.env._("Deadline: %(date)s", date=proposal.deadline.strftime("%d/%m/%Y")))
        lines += [text for text in (proposal.direction_text, proposal.note) if text]
        return "\n".join(lines)

    def action_submit_with_proposal(self, vals, comment=None, leader_id=None):
        """Submit for distribution together with the proposal (BHXH PL04-VT).

        :param vals: fields of ``vanban.distribution.mixin``; ids for relations
        :param leader_id: user to whom it is submitted; may be left out when the agency has one leader
        """
        self.ensure_one()
        self._check_proposal(vals)
        self.action_submit(comment, leader_id)
        self._propose(vals, comment)
        return True

    def _check_proposal(self, vals):
        unknown = set(vals) - set(FIELDS)
        if unknown:
            raise UserError(self.env._("Unknown fields of a proposal: %(names)s.", names=", ".join(sorted(unknown))))

    def _propose(self, vals, comment):
        """Keep a proposal of the current user; called after the right to submit was checked."""
        self._check_proposal(vals)
        # safe: the right to submit was checked by the step just taken
        return self.env["vanban.proposal"].sudo().create(
            {**vals, "document_id": self.id, "proposer_id": self.env.uid, "note": comment}
        )

    def action_accept_proposal(self):
        """Distribute exactly as proposed, with one action (IN-25).

        :raise UserError: no proposal was made, or it names no lead
        """
        self.ensure_one()
        self.check_access("read")
        proposal = self.proposal_id
        if not proposal:
            raise UserError(self.env._("Nobody has proposed a distribution yet: use “Distribute” and name the lead."))
        return self.action_distribute(proposal._lines(), direction_text=proposal.direction_text)
