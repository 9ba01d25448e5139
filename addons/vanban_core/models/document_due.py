import datetime

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools import time_limits, vietnam_time
from .language import in_vietnamese

# not yet passed on to anybody who solves it
UNROUTED = ("received", "checking", "waiting_opinion", "registered", "submitted")
IN_WORK = ("distributed", "in_progress")
_ALERT = "direction = 'in' AND urgency <> '0' AND idle_alerted IS NOT TRUE AND state IN "


class DocumentDue(models.Model):
    """Time limits of an incoming document before anybody works on it, and of each step when it is urgent (IN-23, IN-24)."""

    _inherit = "vanban.document"

    route_deadline = fields.Datetime(
        "To be passed on by", compute="_compute_route_deadline", store=True, help="Latest moment to register, submit and transfer."
    )
    route_late = fields.Boolean("Late registration or transfer", compute="_compute_route_late", search="_search_route_late")
    step_date = fields.Datetime("In this step since", readonly=True, copy=False, default=fields.Datetime.now)
    idle_alerted = fields.Boolean("Alert raised in this step", readonly=True, copy=False, default=False)

    _unrouted_index = models.Index("(route_deadline) WHERE state IN ('received', 'checking', 'waiting_opinion', 'registered', 'submitted')")
    # the list "late" and its box, and who is to be told: what is finished is not looked at
    _in_work_index = models.Index(
        "(deadline, id) WHERE direction = 'in' AND state IN ('registered', 'submitted', 'distributed', 'in_progress')"
    )
    _issued_index = models.Index("(issued_date, id) WHERE state = 'issued'")
    _urgent_index = models.Index(f"(step_date) WHERE {_ALERT} {UNROUTED + IN_WORK}")

    @api.depends("arrival_date", "urgency", "direction", "company_id")
    def _compute_route_deadline(self):
        for document in self:
            document.route_deadline = document.direction == "in" and document.arrival_date and document._route_deadline()

    def _route_deadline(self):
        minutes, rule, cutoff, day_end = self.company_id._vanban_profile()._arrival_times()
        if self.urgency != "0" and minutes:
            return self.arrival_date + datetime.timedelta(minutes=minutes)
        calendar = self.env["vanban.holiday"]._calendar(self.company_id.id)
        return vietnam_time.to_utc(time_limits.registration(vietnam_time.to_local(self.arrival_date), rule or "prompt", cutoff, day_end, *calendar))

    @api.depends("route_deadline", "state")
    def _compute_route_late(self):
        now = fields.Datetime.now()
        for document in self:
            document.route_late = bool(
                document.direction == "in" and document.state in UNROUTED and document.route_deadline and document.route_deadline <= now
            )

    @api.model
    def _search_route_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("direction", "=", "in") & Domain("state", "in", UNROUTED) & Domain("route_deadline", "<=", fields.Datetime.now())
        return late if True in value else ~late

    def write(self, vals):
        """Every move starts the time of the new step; it travels with the state, in the same statement."""
        if "state" in vals:
            vals = {**vals, "step_date": fields.Datetime.now(), "idle_alerted": False}
        return super().write(vals)

    # ----------------------------------------------------------------- urgent

    @api.model
    def _cron_alert_urgent(self):
        """Urgent documents that stand still: alert whoever has them and whoever supervises, once for each step."""
        self = in_vietnamese(self)
        now = fields.Datetime.now()
        for company in self.env["res.company"].search([]):  # pylint: disable=no-search-all
            minutes = company._vanban_profile().urgent_minutes
            if not minutes:
                continue
            domain = [
                ("company_id", "=", company.id), ("direction", "=", "in"), ("urgency", "!=", "0"), ("idle_alerted", "=", False),
                ("state", "in", UNROUTED + IN_WORK), ("step_date", "<=", now - datetime.timedelta(minutes=minutes)),
            ]
            while documents := self.search(domain, limit=200, order="step_date"):
                documents._alert_idle(minutes)
                self.env["ir.cron"]._commit_progress(len(documents))

    def _alert_idle(self, minutes):
        for document in self:
            users = document._idle_holders()
            text = self.env._("Urgent and standing still for more than %(minutes)s minutes", minutes=minutes)
            document._tell_supervised(users | document._supervisors(), text, "alert")
            document._log("idle_alert", data={"minutes": minutes, "users": users.mapped("login")})
        self._write_fixed({"idle_alerted": True})

    def _idle_holders(self):
        """Who has to do the present step."""
        self.ensure_one()
        if self.state == "submitted":
            return self.submitted_to_id
        if self.state in IN_WORK:
            items = self.sudo().assignment_ids.filtered(  # safe: finds whom to tell
                lambda item: item.role != "inform" and item.state in ("new", "received", "processing") and not item.child_ids
            )
            return items._handlers().sudo(False)
        return self._role_holders("vanban_core.group_clerk")

    def _supervisors(self):
        """Heads of the units at work, and the Chief of Office."""
        self.ensure_one()
        heads = self.env["res.users"]
        if self.state in IN_WORK:
            heads = self.sudo().assignment_ids._heads().sudo(False)  # safe: finds whom to tell
        return heads | self._role_holders("vanban_core.group_office_chief")

    def _role_holders(self, group):
        """Active users of the document's agency who hold a role."""
        return self.env["res.users"].sudo().search([  # safe: finds whom to tell
            ("all_group_ids", "in", self.env.ref(group).id), ("company_ids", "in", self.company_id.ids), ("share", "=", False),
        ]).sudo(False)
