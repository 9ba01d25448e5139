from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import vietnam_time
from .assignment import OPEN


class DocumentDistribution(models.Model):
    """Distribution of an incoming document: one lead, coordinators, deadlines, directions (NĐ 30/2020 Đ.23)."""

    _inherit = "vanban.document"

    direction_text = fields.Text("Leader's direction", readonly=True, copy=False)
    assignment_ids = fields.One2many("vanban.assignment", "document_id", "Assignments")
    lead_department_id = fields.Many2one("hr.department", "Lead unit", compute="_compute_lead", store=True)
    lead_user_id = fields.Many2one("res.users", "Lead person", compute="_compute_lead", store=True, index=True)

    @api.depends("assignment_ids.role", "assignment_ids.state", "assignment_ids.user_id", "assignment_ids.department_id")
    def _compute_lead(self):
        for document in self:
            leads = document.assignment_ids.filtered(lambda item: item.role == "lead" and item.state not in ("rejected", "stopped"))
            document.lead_user_id = leads.filtered("user_id").sorted("id")[-1:].user_id
            document.lead_department_id = leads.filtered("department_id").sorted("id")[:1].department_id

    def action_distribute(self, lines, direction_text=None, on_behalf_of=None, paper=None):
        """Distribute to units and persons.

        :param lines: [{"role": "lead"|"coordinate"|"inform", "department_id" or "user_id": id,
            "deadline": "YYYY-MM-DD" or None, "note": str or None}], exactly one lead
        :param on_behalf_of: id of the leader whose decision is entered, where the agency allows such entry (IN-33)
        :param paper: {"name": str, "content_b64": str}, scan of what the leader wrote; stands for an authorisation
        :return: ids of the assignments
        """
        self.ensure_one()
        capacity = self._capacity_checked()
        principal = self._principal_of_entry(capacity, on_behalf_of, paper)
        early = self.sudo().assignment_ids.filtered(lambda item: item.is_early and item.state in OPEN)  # safe: the decision replaces them
        lines = self._with_kept_deadline(lines)
        values = {"direction_text": direction_text or False, "deadline": self._deadline_of(lines)}
        if capacity == "direct":
            values["submitted_to_id"] = self.env.uid
        self._transition("distribute", comment=direction_text, principal=principal, values=values, data={"capacity": capacity})
        early._close("stopped")
        self._done_todos(self.env.user | self.submitted_to_id)
        items = self.env["vanban.assignment"]._assign(self, lines, direction_text, on_behalf=principal, capacity=capacity)
        if paper and capacity == "proxy":
            # safe: the scan belongs to the entry just made
            self.sudo().upload_file(paper["name"], paper["content_b64"], "annex", stage="scan", reason=self.env._("Direction written on paper"))
        return items.ids

    def _capacity_checked(self):
        """The capacity in which the current user distributes; a refusal says why and is logged."""
        capacity = self._distribution_capacity()
        if capacity:
            return capacity
        if self.direction == "in" and self.state in ("registered", "paper_only") and self._is_registry():
            message = self.env._(
                "“%(document)s” cannot be distributed by the clerk: only kinds marked for it may go the short way, and only where the "
                "agency allows it. Submit the document for distribution.", document=self.display_name,
            )
            self._log_refused("distribute", message)
            raise UserError(message)
        self._check_allowed_logged("distribute")
        return None

    def _principal_of_entry(self, capacity, user_id, paper):
        """Whose decision it is, when it is not the current user's own.

        :raise UserError: entered for somebody else without authorisation or paper
        """
        if capacity == "delegated":
            return self.submitted_to_id
        if capacity != "proxy" and not user_id:
            return None
        message = None
        if not self.company_id._vanban_profile().proxy_entry:
            message = self.env._("This agency does not allow decisions to be entered on behalf of a leader.")
        elif capacity != "proxy":
            message = self.env._("You distribute this document yourself: leave “On behalf of” empty.")
        elif user_id != self.submitted_to_id.id:
            message = self.env._("The document was submitted to %(user)s: only that decision can be entered.", user=self.submitted_to_id.name)
        elif not paper and not self.env["vanban.delegation"]._in_force(
            "proxy", delegate=self.env.user, principal=self.submitted_to_id, company=self.company_id
        ):
            message = self.env._(
                "%(user)s has not authorised you to enter decisions. Ask for an authorisation, or attach the scan of the written direction.",
                user=self.submitted_to_id.name,
            )
        if message:
            self._log_refused("distribute", message)
            raise UserError(message)
        return self.submitted_to_id

    def _effect_distribute(self, comment):
        """The queue ends; whoever decided keeps reading."""
        self._revoke("queue")
        self._grant(users=self.env.user, source="distribution")

    def _with_kept_deadline(self, lines):
        """Work that was given back keeps the deadline set before; it does not start anew (IN-38; HCM Đ4.3)."""
        returned = self.sudo().assignment_ids.filtered(lambda item: item.state == "rejected" and not item.parent_id)  # safe: existence
        kept = fields.Date.to_string(self.deadline) if returned and self.deadline else None
        return [{**line, "deadline": line.get("deadline") or (kept if line.get("role") != "inform" else None)} for line in lines or ()]

    def _deadline_of(self, lines):
        """Deadline of the document: the lead's; after it was given back the one set before; else the default (IN-38, IN-39)."""
        named = next((line.get("deadline") for line in lines or () if line.get("role") == "lead"), None)
        return fields.Date.to_date(named) or self.deadline or self._default_deadline()

    def _default_deadline(self):
        """The agency's own default, never later than what the document itself sets; False when there is neither."""
        self.ensure_one()
        today = vietnam_time.today()
        days = self.kind_id.deadline_days or self.company_id.vanban_profile_id.default_deadline_days
        internal = self.company_id._vanban_deadline(today, days) if days else False
        dates = [date for date in (internal, self.external_due_date, self.reply_due_date) if date and date >= today]
        return min(dates) if dates else False

    def _lead_assignments(self):
        """Lead assignments in force, from agency level down to the person."""
        self.ensure_one()
        return self.sudo().assignment_ids.filtered(  # safe: decides who may act; not shown
            lambda item: item.role == "lead" and item.state not in ("rejected", "stopped")
        ).sudo(False)

    def _is_lead(self):
        """Whether the current user leads: the last person or unit head of the lead chain."""
        self.ensure_one()
        return any(item._may_handle() for item in self._lead_assignments().sudo() if not item._active_children())

    def _give_back(self, reason):
        """The lead unit found the matter outside its functions: back to who distributes, deadline kept (BG Đ9.2c)."""
        if self.state == "distributed":
            self._flow("give_back", comment=reason)
            self._grant(distributors=self.submitted_to_id, act=True, source="queue")
            others = self.sudo().assignment_ids.filtered(lambda item: item.state in ("new", "received"))  # safe: redistribution follows
            others._close("stopped")

    def _create_reply(self):
        """Draft that answers this document (IN-45)."""
        self.ensure_one()
        user = self.env.user
        draft = self.create({
            "direction": "out",
            "company_id": self.company_id.id,
            "kind_id": self.env.ref("vanban_core.kind_cv").id,
            "subject": self.env._("reply to %(code)s on %(subject)s", code=self.code, subject=self.subject or "")[:500],
            "drafter_id": user.id,
            "urgency": self._own_urgency(),
            "reply_required": False,
            "recipient_ids": [(0, 0, {"partner_id": self.issuer_id.id, "name": self.issuer_name})] if self.issuer_name else [],
        })
        draft._link(self, "answers")
        self._log("create_reply", data={"draft": draft.id})
        return draft
