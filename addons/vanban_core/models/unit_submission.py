from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .transition_mixin import Transition

WAITING = ("new", "received")


class UnitSubmission(models.Model):
    """Inside one agency: the unit's clerk registers what the unit was given and submits it to the head of the unit (BHXH PL04-VT, PL04-TTĐV)."""

    _inherit = "vanban.assignment"

    _transitions = (
        Transition("submit_in_unit", WAITING, WAITING, who="_may_submit_in_unit", guard="_guard_submit_in_unit", effect="_effect_submit_in_unit"),
    )

    unit_submitted_by_id = fields.Many2one("res.users", "Submitted in the unit by", ondelete="restrict", readonly=True)
    unit_submitted_date = fields.Datetime("Submitted in the unit on", readonly=True)
    unit_submission = fields.Text("Proposal of the unit's clerk", readonly=True)
    is_for_unit_clerk = fields.Boolean("To be submitted in my unit", compute="_compute_is_for_unit_clerk", search="_search_is_for_unit_clerk")

    @api.model
    def _units_of_clerk(self):
        """Units whose clerk the current user is."""
        user = self.env.user
        units = user.sudo().employee_ids.department_id  # safe: the user's own units
        return units if user.has_group("vanban_core.group_unit_clerk") else units.browse()

    def _may_submit_in_unit(self):
        user = self.env.user
        return bool(not self.user_id and self.department_id.sudo() & self._units_of_clerk()) and self.company_id in user.company_ids

    @api.depends_context("uid")
    @api.depends("state", "role", "user_id", "department_id", "unit_submitted_date")
    def _compute_is_for_unit_clerk(self):
        for item in self:
            item.is_for_unit_clerk = (
                item.state in WAITING and item.role != "inform" and not item.unit_submitted_date and item._may_submit_in_unit()
            )

    @api.model
    def _search_is_for_unit_clerk(self, operator, value):
        """Ids of the units first, so that the list is one indexed query."""
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return (
            Domain("department_id", "in", self._units_of_clerk().ids) & Domain("user_id", "=", False) & Domain("state", "in", WAITING)
            & Domain("role", "!=", "inform") & Domain("unit_submitted_date", "=", False)
        )

    def _guard_submit_in_unit(self):
        if self.unit_submitted_date:
            raise UserError(self.env._(
                "“%(document)s” was already submitted to the head of the unit by %(user)s.",
                document=self.document_id.display_name, user=self.unit_submitted_by_id.sudo().name,
            ))
        if not self._head():
            raise UserError(self.env._("“%(unit)s” has no head yet: ask the administrator to name one.", unit=self.department_id.name))
        if self.document_id.may_register_in_unit:
            raise UserError(self.env._("Enter “%(document)s” in the unit's register first.", document=self.document_id.display_name))

    def action_submit_in_unit(self, comment=None, proposal=None):
        """The unit's clerk submits to the head of the unit, with a proposal whom to assign (IN-32).

        :param proposal: fields of ``vanban.distribution.mixin``; the head finds them filled in and may change them
        :raise UserError: not in the unit's register yet, already submitted, or a unit without a head
        """
        for item in self:
            document = item.document_id
            document._check_proposal(proposal or {})
            item._transition("submit_in_unit", target=item.state if item.state in WAITING else "new", comment=comment, values={
                "unit_submitted_by_id": self.env.uid, "unit_submitted_date": fields.Datetime.now(), "unit_submission": (comment or "").strip(),
            })
            if proposal:
                # safe: the right to submit was checked by the transition
                self.env["vanban.proposal"].sudo().create({
                    **proposal, "document_id": document.id, "assignment_id": item.id, "proposer_id": self.env.uid, "note": comment,
                })
        return True

    def _effect_submit_in_unit(self, comment):
        """Turn of the head, or of who stands for that head today."""
        head = self._head()
        document = self.document_id
        document._done_todos(self.env.user)
        document._record_direction("opinion", comment, self)
        text = self.env._("Submitted by the unit's clerk: %(text)s", text=comment) if comment else self.env._("Submitted by the unit's clerk")
        document._notify(head.vanban_delegate_ids or head, text)


class UnitProposal(models.Model):
    _inherit = "vanban.proposal"

    assignment_id = fields.Many2one("vanban.assignment", "Inside the unit, under", ondelete="cascade", index="btree_not_null")


class DocumentUnitSubmission(models.Model):
    _inherit = "vanban.document"

    unit_clerk_assignment_id = fields.Many2one("vanban.assignment", compute="_compute_unit_clerk_assignment_id")
    unit_submission = fields.Text("Proposal of the unit's clerk", compute="_compute_unit_submission")

    @api.depends_context("uid")
    @api.depends("assignment_ids.state", "assignment_ids.unit_submitted_date")
    def _compute_unit_clerk_assignment_id(self):
        """What the current user, as clerk of a unit, has to submit to its head."""
        items = self.env["vanban.assignment"].search([("document_id", "in", self.ids), ("is_for_unit_clerk", "=", True)])
        by_document = items.grouped("document_id")
        for document in self:
            document.unit_clerk_assignment_id = by_document.get(document, items.browse())[:1]

    @api.depends_context("uid")
    @api.depends("assignment_ids.unit_submission")
    def _compute_unit_submission(self):
        """What the clerk of the unit writes to its head, the current user."""
        for document in self:
            document.unit_submission = document.my_assignment_id.unit_submission

    def _distribution_to_assign(self, assignment):
        """The head of the unit finds the proposal of the unit's clerk filled in."""
        values = super()._distribution_to_assign(assignment)
        proposal = self.env["vanban.proposal"].search([("assignment_id", "=", assignment.id)], limit=1)
        if proposal:
            lines = self._proposed_lines(proposal)
            if not values["with_lead"]:
                lines = self._without_lead(lines)
            values.update(
                lines=lines, direction_text=proposal.direction_text or "",
                proposed=any(line["role"] == ("lead" if values["with_lead"] else "coordinate") for line in lines),
                deadline=fields.Date.to_string(proposal.deadline or assignment.deadline) or "",
            )
        return values

    def _without_lead(self, lines):
        """Under a unit that only coordinates whoever was proposed as lead coordinates too, once for each person."""
        kept = {}
        for line in lines:
            kept.setdefault((line["kind"], line["id"]), {**line, "role": "coordinate" if line["role"] == "lead" else line["role"]})
        return list(kept.values())
