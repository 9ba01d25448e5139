from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import vietnam_time
from .transition_mixin import Transition

ROLES = [("lead", "Lead (chủ trì)"), ("coordinate", "Coordinate (phối hợp)"), ("inform", "For information")]
OPEN = ("new", "received", "processing")


class Assignment(models.Model):
    """Who handles a document, in which role, until when; assignments cascade from agency to unit to person (NĐ 30 Đ.23)."""

    _name = "vanban.assignment"
    _inherit = ["vanban.transition.mixin", "mail.thread"]
    _description = "Assignment"
    _order = "deadline, id"
    _rec_name = "assignee_name"
    _mail_post_access = "read"
    _check_company_auto = True

    _transitions = (
        Transition("receive", ("new",), ("received",), who="_may_handle", effect="_effect_receive"),
        Transition("assign", ("new", "received", "processing"), ("processing",), who="_may_handle"),
        Transition("begin", ("new", "received"), ("processing",), who="_may_handle"),
        Transition("contribute", ("new", "received", "processing"), ("contributed",), who="_may_contribute", comment=True,
                   effect="_effect_contribute"),
        Transition("complete", ("new", "received", "processing"), ("done",), who="_may_handle", comment=True),
        Transition("reject", ("new", "received"), ("rejected",), who="_may_handle", comment=True, effect="_effect_reject"),
        Transition("waive", ("new", "received", "processing"), ("stopped",), who="_may_waive", comment=True),
        # the course of the document itself ends or revives assignments
        Transition("close", ("new", "received", "processing", "contributed"), ("done", "stopped")),
        Transition("reopen", ("done",), ("processing",)),
    )  # fmt: skip

    # what was assigned and directed stays as it was sent: only the flow writes these (HCM Đ16.4a)
    document_id = fields.Many2one("vanban.document", required=True, ondelete="restrict", index=True, readonly=True)
    company_id = fields.Many2one(related="document_id.company_id", store=True, precompute=True)
    parent_id = fields.Many2one("vanban.assignment", "Assigned under", ondelete="restrict", index=True, readonly=True)
    child_ids = fields.One2many("vanban.assignment", "parent_id", "Assigned further")
    role = fields.Selection(ROLES, required=True, default="lead", readonly=True)
    department_id = fields.Many2one("hr.department", "Unit", ondelete="restrict", index=True, readonly=True)
    user_id = fields.Many2one("res.users", "Person", ondelete="restrict", index=True, readonly=True)
    assignee_name = fields.Char("Assigned to", compute="_compute_assignee_name", store=True)
    note = fields.Text("Instruction", readonly=True)
    deadline = fields.Date(index=True, readonly=True)
    override_reason = fields.Text("Reason for the later deadline", readonly=True, help="Why it ends after the deadline given from above.")
    is_early = fields.Boolean("For early preparation", readonly=True, help="Read and prepare while the leader decides.")
    assigner_id = fields.Many2one(
        "res.users", "Assigned by", required=True, default=lambda self: self.env.user, ondelete="restrict", readonly=True
    )
    on_behalf_id = fields.Many2one("res.users", "On behalf of", ondelete="restrict", readonly=True)
    capacity = fields.Selection(
        [("own", "In person"), ("delegated", "By delegation"), ("proxy", "Entered for the leader"), ("direct", "By the clerk directly")],
        "Capacity of the assigner", default="own", readonly=True,
    )  # fmt: skip
    assigned_by = fields.Char("Decided by", compute="_compute_assigned_by")
    received_date = fields.Datetime("Received on", readonly=True)
    done_date = fields.Datetime("Completed on", readonly=True)
    contribution = fields.Text("Contribution or result", readonly=True)
    state = fields.Selection(
        [
            ("new", "New"),
            ("received", "Received"),
            ("processing", "In progress"),
            ("contributed", "Contributed"),
            ("done", "Completed"),
            ("rejected", "Given back"),
            ("stopped", "Stopped"),
        ],
        "Status", required=True, default="new", readonly=True, index=True,
    )  # fmt: skip
    lateness = fields.Selection(
        [("ok", "In time"), ("soon", "Due soon"), ("today", "Due today"), ("late", "Late"), ("none", "No deadline")],
        compute="_compute_lateness",
    )
    may_handle = fields.Boolean("Mine to handle", compute="_compute_may_handle")
    # columns of the work lists
    subject = fields.Char(related="document_id.subject")
    code = fields.Char(related="document_id.code", string="Number and symbol")
    urgency = fields.Selection(related="document_id.urgency", store=True)
    arrival_number = fields.Integer(related="document_id.arrival_number", string="Arrival number")
    document_state = fields.Selection(related="document_id.state", string="Status of the document")

    _for_someone = models.Constraint("CHECK(user_id IS NOT NULL OR department_id IS NOT NULL)", "Choose the unit or the person.")
    _open_index = models.Index("(user_id, role, deadline) WHERE state IN ('new', 'received', 'processing')")

    @api.depends("user_id", "department_id")
    def _compute_assignee_name(self):
        for item in self:
            item.assignee_name = item.user_id.name or item.department_id.name

    @api.depends("assigner_id", "on_behalf_id", "capacity")
    def _compute_assigned_by(self):
        """Both names, whenever one person decides in the power of another (IN-33, IN-34)."""
        for item in self.sudo():  # safe: names of those who decided, shown to readers of the assignment
            names = {"user": item.assigner_id.name, "principal": item.on_behalf_id.name}
            if not item.on_behalf_id:
                item.assigned_by = item.assigner_id.name
            elif item.capacity == "proxy":
                item.assigned_by = self.env._("%(principal)s directs, entered by %(user)s", **names)
            else:
                item.assigned_by = self.env._("%(user)s, by delegation of %(principal)s", **names)

    @api.depends("deadline", "state")
    def _compute_lateness(self):
        today = vietnam_time.today()
        for item in self:
            if not item.deadline or item.state not in OPEN:
                item.lateness = "none"
            elif item.deadline < today:
                item.lateness = "late"
            elif item.deadline == today:
                item.lateness = "today"
            else:
                item.lateness = "soon" if (item.deadline - today).days <= 2 else "ok"

    @api.depends_context("uid")
    @api.depends("user_id", "department_id", "state")
    def _compute_may_handle(self):
        for item in self:
            item.may_handle = item.state in OPEN and item._may_handle()

    # -------------------------------------------------------------- who may

    def _may_handle(self):
        """The person assigned, or the head of the unit assigned, or who stands for that head by delegation."""
        user = self.env.user
        if self.user_id:
            return self.user_id == user
        head = self._head()
        return head == user or head in user.vanban_delegator_ids

    def _head(self):
        """User who heads the unit assigned."""
        return self.department_id.sudo().manager_id.user_id.sudo(False)  # safe: who heads a unit is no secret

    def _principal(self):
        """The head for whom the current user acts here by delegation, if any."""
        head = self._head()
        return head if not self.user_id and head != self.env.user else head.browse()

    def _active_children(self):
        """Assignments below that were neither given back nor stopped."""
        return self.sudo().child_ids.filtered(lambda item: item.state not in ("rejected", "stopped")).sudo(False)  # safe: roles only

    def _may_contribute(self):
        return self.role == "coordinate" and self._may_handle()

    def _may_waive(self):
        return self.role != "lead" and (self.assigner_id == self.env.user or self.document_id._is_lead())

    # -------------------------------------------------------------- actions

    def action_receive(self):
        return self._transition("receive")

    def action_assign(self, lines, direction_text=None):
        """Assign further within the unit; a deadline may not pass that of this assignment (IN-31).

        :param lines: as in ``vanban.document.action_distribute``
        """
        self.ensure_one()
        document = self.document_id
        self._check_within_unit(lines)
        principal = self._principal()
        self._transition("assign", comment=direction_text, principal=principal)
        document._done_todos(self.env.user | principal)
        capacity = "delegated" if principal else "own"
        return self._assign(document, lines, direction_text, parent=self, on_behalf=principal, capacity=capacity).ids

    def _check_within_unit(self, lines):
        """Heads hand on within what they head; only those who distribute for the agency go beyond it (BG Đ9.2; part 4 of the matrix)."""
        user = self.env.user
        if not self._may_handle() or user.has_groups("vanban_core.group_leader,vanban_core.group_office_chief"):
            return  # whoever may not handle it is refused by the transition itself
        departments = self.env["hr.department"].sudo()  # safe: who belongs to which unit is no secret
        headed = departments.search([("manager_id.user_id", "in", (user | user.vanban_delegator_ids).ids)])
        if user.has_groups("vanban_core.group_unit_head,vanban_core.group_department_head"):
            headed |= user.sudo().employee_ids.department_id  # safe: own unit
        units = departments.search([("id", "child_of", headed.ids)]) if headed else headed
        for line in lines or ():
            named = departments.browse(line.get("department_id") or ()) or (
                self.env["res.users"].sudo().browse(line.get("user_id") or ()).employee_ids.department_id  # safe: as above
            )
            if not named & units:
                message = self.env._("You can assign only within the unit that you head. Give the assignment back if it belongs elsewhere.")
                self._log_refused("assign", message)
                raise AccessError(message)

    def message_post(self, **kwargs):
        """Readers of the document do not speak as its handlers (HCM Đ16.2a)."""
        if not self.env.su and not all(item._may_handle() or item.document_id._can_act() for item in self):
            raise AccessError(self.env._("Only those who handle the document write here."))
        return super().message_post(**kwargs)

    def action_start(self, dossier_id=None):
        """Begin: for the lead this starts the document, with its dossier."""
        for item in self:
            if item.role == "lead" and item.document_id.state == "distributed":
                item.document_id.action_start(dossier_id)
            elif item.state in ("new", "received"):
                item._transition("begin", values={"received_date": item.received_date or fields.Datetime.now()})
        return True

    def action_contribute(self, text, attachments=None):
        """Give the coordinator's contribution to the lead (IN-46).

        :param attachments: [{"name": str, "content_b64": str}], kept as annexes of the document
        """
        self.ensure_one()
        self._transition("contribute", comment=text, principal=self._principal(), values=self._reported(text))
        for attachment in attachments or ():
            # safe: being assigned gives the right to add one's contribution
            self.document_id.sudo().upload_file(attachment["name"], attachment["content_b64"], "annex", reason=self.assignee_name)
        return True

    def action_done(self, result):
        for item in self:
            item._transition("complete", comment=result, values=item._reported(result), principal=item._principal())
        return True

    def _reported(self, text):
        """What was reported before, after a reopening, stays above the new text."""
        return {
            "contribution": "\n".join(filter(None, (self.contribution, (text or "").strip()))), "done_date": fields.Datetime.now(),
        }

    def action_reject(self, reason):
        """Outside our functions: back to the assigner, the deadline stays (IN-38)."""
        for item in self:
            item._transition("reject", comment=reason, principal=item._principal())
        return True

    def action_waive(self, reason):
        return self._transition("waive", comment=reason)

    def action_create_reply(self):
        """Open a draft that answers the document, with link, recipient and subject filled in (IN-45).

        :return: id of the draft
        """
        self.ensure_one()
        if not self._may_handle() or self.state not in OPEN:
            raise UserError(self.env._("Only the person who handles the document can draft its reply."))
        return self.document_id._create_reply().id

    # -------------------------------------------------------------- effects

    def _effect_receive(self, comment):
        self.sudo().received_date = fields.Datetime.now()  # safe: right checked by the transition
        if self.role == "inform":
            self.document_id._done_todos(self.env.user)

    def _effect_contribute(self, comment):
        document = self.document_id
        document._done_todos(self.env.user)
        document._stop_acting("assignment", users=self.user_id)
        document._notify(self._whom_to_tell(), self.env._("%(name)s has contributed.", name=self.assignee_name))

    def _whom_to_tell(self):
        """Who collects this contribution: the lead beside it, then the lead of the document (IN-46)."""
        beside = self.sudo().parent_id.child_ids.filtered(lambda item: item.role == "lead")  # safe: colleagues on the same matter
        leads = (beside or self.document_id._lead_assignments().sudo()).filtered(
            lambda item: item.state in (*OPEN, "done") and not item._active_children()
        )
        return leads.user_id | self.env["res.users"].union(*(item._head() for item in leads if not item.user_id))

    def _effect_reject(self, comment):
        item = self.sudo()  # safe: right checked by the transition; what follows takes the document away from the user
        document = item.document_id
        note = self.env._("%(name)s gives the assignment back: %(reason)s", name=item.assignee_name, reason=comment)
        back_to = item.assigner_id if item.parent_id else document.submitted_to_id.vanban_delegate_ids or document.submitted_to_id
        document._notify(back_to or item.assigner_id, note)
        document._done_todos(self.env.user | item.user_id)
        self.env.flush_all()  # the to-do takes the name of the document while the user may still read it
        document._revoke("assignment", users=item.user_id, departments=None if item.user_id else item.department_id)
        if item.role == "lead" and not item.parent_id:
            document._give_back(comment)

    def _begin(self):
        for item in self.filtered(lambda item: item.state in ("new", "received")):
            item._transition("begin", values={"received_date": item.received_date or fields.Datetime.now()})

    def _close(self, target):
        """End whatever is still open because the document itself ended."""
        for item in self.filtered(lambda item: item.state in (*OPEN, *(("contributed",) if target == "stopped" else ()))):
            item._flow("close", target, values={"done_date": fields.Datetime.now()})

    def _reopen(self):
        for item in self.filtered(lambda item: item.state == "done"):
            item._flow("reopen", values={"done_date": False})
            item.document_id._grant(users=item.user_id, act=True, source="assignment")

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("An assignment is not deleted: it is given back, waived or completed, with its trace."))
