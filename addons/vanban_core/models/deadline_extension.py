from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import vietnam_time
from .assignment import OPEN
from .transition_mixin import Transition


class DeadlineExtension(models.Model):
    """A handler asks for more time, the assigner decides; every request stays (HCM Đ8.1; TH Đ8.4b)."""

    _name = "vanban.deadline.extension"
    _inherit = ["vanban.transition.mixin"]
    _description = "Extension of a deadline"
    _order = "id desc"
    _rec_name = "assignment_id"

    _transitions = (
        Transition("approve", ("requested",), ("approved",), who="_may_decide", guard="_guard_approve", effect="_effect_approve"),
        Transition("refuse", ("requested",), ("refused",), who="_may_decide", comment=True, effect="_effect_refuse"),
        Transition("withdraw", ("requested",), ("withdrawn",), who="_may_withdraw"),
    )

    assignment_id = fields.Many2one("vanban.assignment", required=True, readonly=True, ondelete="restrict", index=True)
    document_id = fields.Many2one("vanban.document", required=True, readonly=True, ondelete="restrict", index=True)
    urgency = fields.Selection(related="document_id.urgency")
    company_id = fields.Many2one(related="document_id.company_id", store=True)
    requester_id = fields.Many2one("res.users", "Requested by", required=True, readonly=True, ondelete="restrict")
    request_date = fields.Datetime("Requested on", required=True, readonly=True, default=fields.Datetime.now)
    old_deadline = fields.Date("Present deadline", readonly=True)
    deadline = fields.Date("Requested deadline", required=True, readonly=True)
    granted_deadline = fields.Date("Granted deadline", readonly=True)
    reason = fields.Text(required=True, readonly=True)
    decider_id = fields.Many2one("res.users", "Decided by", readonly=True, ondelete="restrict")
    decision_date = fields.Datetime("Decided on", readonly=True)
    decision = fields.Text("Words of the decision", readonly=True)
    may_decide = fields.Boolean(compute="_compute_may_decide")
    state = fields.Selection(
        [("requested", "Waiting for decision"), ("approved", "Granted"), ("refused", "Refused"), ("withdrawn", "Withdrawn")],
        "Status", required=True, default="requested", readonly=True, index=True,
    )  # fmt: skip

    _once = models.UniqueIndex("(assignment_id) WHERE state = 'requested'", "An extension was already requested and waits for its decision.")

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_may_decide(self):
        for extension in self:
            extension.may_decide = extension._may("approve")

    def _may_decide(self):
        """Whoever assigned it; for the agency's distribution also the Chief of Office. Nobody decides on his own request."""
        user = self.env.user
        if user == self.requester_id:
            return False
        item = self.assignment_id.sudo()  # safe: who assigned
        chief = not item.parent_id and user.has_group("vanban_core.group_office_chief") and self.company_id in user.company_ids
        return user in item.assigner_id | item.on_behalf_id or chief

    def _may_withdraw(self):
        return self.env.user == self.requester_id

    def _guard_approve(self):
        if self.assignment_id.sudo().state not in OPEN:  # safe: state only
            raise UserError(self.env._("The assignment is already over: there is nothing to extend."))

    # ---------------------------------------------------------------- actions

    def action_approve(self, deadline=None, comment=None):
        """Grant the requested day, or another one.

        :param deadline: "YYYY-MM-DD" when less (or more) is granted than was asked for
        :raise UserError: past, or later than what the assignment itself hangs under
        """
        for extension in self:
            day = fields.Date.to_date(deadline) or extension.deadline
            extension.assignment_id._check_new_deadline(day)
            extension._transition("approve", comment=comment, values={
                "granted_deadline": day, "decider_id": self.env.uid, "decision_date": fields.Datetime.now(), "decision": comment or False,
            })
        return True

    def action_refuse(self, reason):
        return self._transition("refuse", comment=reason, values={
            "decider_id": self.env.uid, "decision_date": fields.Datetime.now(), "decision": reason,
        })

    def action_withdraw(self):
        return self._transition("withdraw")

    def _effect_approve(self, comment):
        self.assignment_id._set_deadline(self.granted_deadline)
        self._tell(self.env._("Deadline extended to %(day)s", day=self.granted_deadline.strftime("%d/%m/%Y")))

    def _effect_refuse(self, comment):
        self._tell(self.env._("Extension refused: %(reason)s", reason=comment))

    def _tell(self, text):
        self.env["vanban.notice"]._send(self.requester_id, text, document=self.document_id, kind="deadline")

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A request for extension is kept with its decision."))


class AssignmentExtension(models.Model):
    _inherit = "vanban.assignment"

    extension_ids = fields.One2many("vanban.deadline.extension", "assignment_id", "Extensions")
    extension_count = fields.Integer("Times extended", compute="_compute_extension_count")

    @api.depends("extension_ids.state")
    def _compute_extension_count(self):
        for item in self:
            item.extension_count = len(item.extension_ids.filtered(lambda extension: extension.state == "approved"))

    def action_request_extension(self, deadline, reason):
        """Ask the assigner for more time.

        :param deadline: "YYYY-MM-DD"
        :return: id of the request
        """
        self.ensure_one()
        day, reason = fields.Date.to_date(deadline), (reason or "").strip()
        if self.state not in OPEN or not self._may_handle():
            raise UserError(self.env._("Only the person who handles the assignment can ask for more time, while it is open."))
        if not self.deadline:
            raise UserError(self.env._("The assignment has no deadline: there is nothing to extend."))
        if not reason:
            raise UserError(self.env._("Please write why more time is needed."))
        if not day or day <= self.deadline:
            raise UserError(self.env._("Ask for a day after the present deadline %(day)s.", day=self.deadline.strftime("%d/%m/%Y")))
        self._check_new_deadline(day)
        if self.env["vanban.deadline.extension"].search_count([("assignment_id", "=", self.id), ("state", "=", "requested")], limit=1):
            raise UserError(self.env._("An extension was already requested and waits for its decision."))
        # safe: the right of the handler was checked just above; a request changes nothing by itself
        extension = self.env["vanban.deadline.extension"].sudo().create({
            "assignment_id": self.id, "document_id": self.document_id.id, "requester_id": self.env.uid,
            "old_deadline": self.deadline, "deadline": day, "reason": reason,
        })
        extension = extension.sudo(False)
        extension._log("request_extension", comment=reason, data={"from": str(self.deadline), "to": str(day)})
        self.document_id._notify(self.assigner_id, self.env._(
            "%(name)s asks for more time until %(day)s: %(reason)s", name=self.env.user.name, day=day.strftime("%d/%m/%Y"), reason=reason,
        ))
        return extension.id

    def _check_new_deadline(self, day):
        if day < vietnam_time.today():
            raise UserError(self.env._("The deadline %(date)s is already past.", date=day.strftime("%d/%m/%Y")))
        parent = self.parent_id.sudo()  # safe: a date only
        if parent.deadline and day > parent.deadline and not parent.term_days:
            raise UserError(self.env._(
                "The deadline %(child)s lies after the deadline %(parent)s that you were given. Choose an earlier day.",
                child=day.strftime("%d/%m/%Y"), parent=parent.deadline.strftime("%d/%m/%Y"),
            ))

    def _set_deadline(self, day):
        """Move the deadline after a decision; what the leader of the whole document was given moves the document's, too."""
        # safe: the decision was checked; the deadline is the flow's own
        self.sudo().write({"deadline": day, "term_days": 0})
        if self.role == "lead" and (not self.parent_id or (self.document_id.deadline and self._leads_document() and day > self.document_id.deadline)):
            self.document_id._write_fixed({"deadline": day})
