import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, sql

from .document import URGENT
from .recipient import IN_FORCE

_ON_THE_WAY = ("pending", "queued", "sent")
_LOST = ("failed", "rejected")
# issued, and nothing is awaited any more; a delivered document may still be returned by one who had accepted it
_OVER = ("recall_requested", "recalled")


class RecipientArrival(models.Model):
    """Issued, but no sign that it arrived: listed with its cause, reminded, sent again or sent on paper (OUT-35, OUT-36)."""

    _inherit = "vanban.recipient"

    not_arrived = fields.Boolean("Not arrived", compute="_compute_not_arrived", search="_search_not_arrived")
    not_arrived_cause = fields.Char("Cause", compute="_compute_not_arrived")
    can_resend = fields.Boolean(compute="_compute_can_resend")
    reminded_date = fields.Datetime("Reminded on", readonly=True, copy=False)
    reminded_user_id = fields.Many2one("res.users", "Reminded by", readonly=True, copy=False, ondelete="restrict")
    document_code = fields.Char(related="document_id.code", string="Number and symbol")
    document_subject = fields.Char(related="document_id.subject", string="Abstract")
    # stored, so that those who wait are found in the order of their lists without a look at the documents of all years
    issued_date = fields.Datetime(related="document_id.issued_date", string="Issued on", store=True, precompute=True)
    urgency = fields.Selection(related="document_id.urgency", store=True, precompute=True)

    # the list "not arrived" and its box, from the oldest on
    _waiting_index = models.Index(f"(issued_date, document_id) WHERE issued_date IS NOT NULL AND state IN {_ON_THE_WAY + _LOST}")

    def _auto_init(self):
        """An upgrade fills both columns in one statement: it would otherwise compute the recipients of all years one by one."""
        table, cr = self._table, self.env.cr
        if sql.table_exists(cr, table) and not sql.column_exists(cr, table, "issued_date"):
            sql.create_column(cr, table, "issued_date", "timestamp")
            sql.create_column(cr, table, "urgency", "varchar")
            cr.execute(SQL(
                "UPDATE vanban_recipient SET issued_date = vanban_document.issued_date, urgency = vanban_document.urgency"
                " FROM vanban_document WHERE vanban_document.id = vanban_recipient.document_id"
            ))
        return super()._auto_init()

    @api.model
    def _arrival_limits(self):
        """[(company, latest issue that should have arrived, the same for urgent ones)]"""
        now = fields.Datetime.now()
        limits = []
        for company in self.env.user.company_ids:
            profile = company.sudo()._vanban_profile()  # safe: parameters only
            limits.append((
                company, now - datetime.timedelta(hours=profile.arrival_hours),
                now - datetime.timedelta(minutes=profile.urgent_minutes or profile.arrival_hours * 60),
            ))
        return limits

    @api.depends("state", "note", "issued_date", "urgency", "replacement_id")
    def _compute_not_arrived(self):
        limits = {company: (late, urgent) for company, late, urgent in self._arrival_limits()}
        states = dict(self._fields["state"]._description_selection(self.env))
        for row in self:
            late, urgent = limits.get(row.company_id, (None, None))
            issued = row.issued_date
            limit = urgent if row.urgency != "0" else late
            overdue = bool(limit and issued and issued <= limit and row.state in _ON_THE_WAY)
            row.not_arrived = bool(issued) and (overdue or (row.state in _LOST and not row.replacement_id))
            silent = self.env._("No receipt yet (%(state)s)", state=states[row.state])
            cause = row.note or (states[row.state] if row.state in _LOST else silent)
            row.not_arrived_cause = cause if row.not_arrived else False

    @api.model
    def _search_not_arrived(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        # by what it is not: nearly each document is none of these, so that the database goes by the index of those that wait
        issued = Domain("issued_date", "!=", False) & Domain("state", "in", _ON_THE_WAY + _LOST) & Domain("document_id.state", "not in", _OVER)
        overdue = Domain.OR([
            Domain("company_id", "=", company.id)
            & (Domain("issued_date", "<=", late) | (Domain("urgency", "in", URGENT) & Domain("issued_date", "<=", urgent)))
            for company, late, urgent in self._arrival_limits()
        ])
        lost = Domain("state", "in", _LOST) & Domain("replacement_id", "=", False)
        return issued & (lost | (Domain("state", "in", _ON_THE_WAY) & overdue))

    def _compute_can_resend(self):
        for row in self:
            row.can_resend = row._can_resend()

    def _can_resend(self):
        """Whether it can be sent again electronically; the interchange answers."""
        return False

    def _check_clerk(self):
        for row in self:
            if not row.document_id._is_clerk():
                message = self.env._("Recipients are followed up by the clerk of the agency.")
                row._log_refused("follow_up", message)
                raise AccessError(message)
            if row.document_id.state not in IN_FORCE:
                message = self.env._(
                    "“%(document)s” is not issued, or it is being recalled: nobody is reminded of it or sent it again.",
                    document=row.document_id.display_name,
                )
                row._log_refused("follow_up", message)
                raise UserError(message)

    def action_remind(self):
        """Note that the recipient was reminded, and by whom; drafter and clerk see it."""
        self._check_clerk()
        self._log("remind_recipient")
        # safe: right of the clerk checked; beside the cause, which stays as it was told
        self.sudo().write({"reminded_date": fields.Datetime.now(), "reminded_user_id": self.env.uid})
        for row in self:
            row.document_id._tell_supervised(row.document_id.drafter_id, self.env._("%(name)s was reminded of", name=row.name), "status")
        return True

    def action_resend(self):
        self._check_clerk()
        raise UserError(self.env._("There is no electronic way to this recipient: send paper."))

    def action_send_paper(self, reason=None):
        """Give up the electronic way and hand a paper copy over."""
        self._check_clerk()
        for row in self:
            if row.channel != "lienthong":
                raise UserError(self.env._("“%(name)s” gets paper or an internal copy already.", name=row.name))
            if row._has_reached():
                raise UserError(self.env._("“%(name)s” has received it electronically: no paper is needed.", name=row.name))
            row._to_paper(reason or self.env._("Not arrived: sent on paper"))
        return True

    def action_open_document(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "res_model": "vanban.document", "res_id": self.document_id.id,
            "views": [(self.document_id.get_formview_id(), "form")],
        }
