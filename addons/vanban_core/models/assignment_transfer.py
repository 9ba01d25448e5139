from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .assignment import OPEN
from .transition_mixin import Transition

REQUESTERS = "vanban_core.group_leader,vanban_core.group_office_chief"


class AssignmentTransfer(models.Model):
    """The clerk moves an assignment because a leader so orders or its handler asks (HCM Đ16.2a, SĐ-GC)."""

    _inherit = "vanban.assignment"

    _transitions = (Transition("transfer", OPEN, ("stopped",), who="_may_transfer", guard="_guard_transfer", comment=True),)

    transferred_from_id = fields.Many2one("vanban.assignment", "Moved from", ondelete="restrict", readonly=True)
    requester_id = fields.Many2one("res.users", "Moved at the request of", ondelete="restrict", readonly=True)
    transfer_reason = fields.Text("Reason of the move", readonly=True)
    may_transfer = fields.Boolean(compute="_compute_may_transfer")

    def _compute_may_transfer(self):
        for item in self:
            item.may_transfer = item._may("transfer")

    def _may_transfer(self):
        return self.document_id._is_registry()

    def _guard_transfer(self):
        if self._active_children():
            raise UserError(self.env._("The work was already assigned further: move the assignment below instead."))

    def action_transfer(self, receiver, requester_id, reason):
        """Move an open assignment to another person or unit; role, direction and deadline stay.

        :param receiver: {"user_id": id} or {"department_id": id}
        :param requester_id: the leader who ordered it, or the handler who asked for it
        :return: id of the new assignment
        """
        self.ensure_one()
        document = self.document_id
        requester = self._requester(requester_id)
        line = {"role": self.role, "deadline": self.deadline, "note": self.note, **(receiver or {})}
        self._check_receivers(document, [line])
        user, unit = line.get("user_id") or False, line.get("department_id") or False
        if (user, unit) == (self.user_id.id, self.department_id.id):
            raise UserError(self.env._("Choose another receiver: the work is already there."))
        self._transition("transfer", comment=reason, data={"requester": requester.sudo().name, "requester_id": requester.id})
        old = self.sudo()  # safe: the right of the clerk was checked by the transition
        old.done_date = fields.Datetime.now()
        done_with = old.user_id | old._head()
        document._done_todos(done_with)
        if not document.sudo().assignment_ids.filtered(  # safe: whether the old holder has another part in the matter
            lambda item: item.state not in ("rejected", "stopped") and (item.user_id, item.department_id) == (old.user_id, old.department_id)
        ):
            document._revoke("assignment", users=old.user_id, departments=None if old.user_id else old.department_id)
        new = old.create({
            "document_id": document.id, "parent_id": old.parent_id.id, "role": old.role, "user_id": user, "department_id": unit,
            "note": old.note, "deadline": old.deadline, "assigner_id": old.assigner_id.id, "on_behalf_id": old.on_behalf_id.id,
            "capacity": old.capacity, "transferred_from_id": old.id, "requester_id": requester.id, "transfer_reason": reason.strip(),
        })  # fmt: skip
        document._grant(users=new.user_id, departments=new.department_id if not new.user_id else None, act=new.role != "inform")
        new._announce()
        return new.id

    def _requester(self, user_id):
        """A leader of the agency or the handler; anybody else cannot have work moved."""
        requester = self.env["res.users"].browse(user_id or ())
        handlers = self.user_id | self._head() | self.assigner_id
        person = requester.sudo()  # safe: agency and role only
        leads = bool(requester) and self.document_id.company_id in person.company_ids and person.has_groups(REQUESTERS)
        if not requester or not (leads or requester in handlers):
            message = self.env._("Name who asked for the move: a leader of the agency, or the person who handles the document.")
            self._log_refused("transfer", message)
            raise UserError(message) if not requester else AccessError(message)
        return requester
