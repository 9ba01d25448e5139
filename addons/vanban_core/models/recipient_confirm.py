import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .document import URGENT
from .language import in_vietnamese
from .recipient import IN_FORCE

MEANS = [("phone", "By telephone"), ("in_person", "In person"), ("email", "By e-mail"), ("system", "Seen in the system"), ("other", "Otherwise")]
# whoever took the document over in a system has confirmed it himself; of paper only the hand-over to the post is known
OPEN = ("pending", "queued", "sent", "arrived", "failed", "rejected")


class RecipientConfirm(models.Model):
    """The sender of an urgent document makes sure that it reached the right person and place in time (TH Đ10.3b)."""

    _inherit = "vanban.recipient"

    confirmed_date = fields.Datetime("Arrival confirmed on", readonly=True, copy=False)
    confirmed_user_id = fields.Many2one("res.users", "Arrival confirmed by", readonly=True, copy=False, ondelete="restrict")
    confirmed_means = fields.Selection(MEANS, "Confirmed", readonly=True, copy=False)
    confirmed_note = fields.Char("Who confirmed", readonly=True, copy=False)
    arrival_alerted = fields.Boolean(readonly=True, copy=False)
    can_confirm_arrival = fields.Boolean(compute="_compute_can_confirm_arrival")

    # urgent ones that nobody made sure of yet: their list and box, from the oldest on, and the alert
    _unconfirmed_index = models.Index(
        f"(issued_date, document_id) WHERE issued_date IS NOT NULL AND urgency IN {URGENT} AND confirmed_date IS NULL"
        f" AND (state IN {OPEN} OR channel = 'paper')"
    )

    @api.depends_context("uid")
    @api.depends("state", "channel", "confirmed_date", "issued_date", "urgency", "replacement_id", "document_id.state")
    def _compute_can_confirm_arrival(self):
        """As the list of those to be confirmed, and who may do it."""
        for row in self:
            awaited = row.issued_date and row.urgency in URGENT and not row.confirmed_date and not row.replacement_id
            on_its_way = row.state in OPEN or row.channel == "paper"
            row.can_confirm_arrival = bool(
                awaited and on_its_way and row.document_id.state in IN_FORCE and row._may_confirm_arrival()
            )

    def _may_confirm_arrival(self):
        return self.document_id._is_clerk() or self.document_id.drafter_id == self.env.user

    def action_confirm_arrival(self, means, note=None):
        """The sender has made sure that the recipient has it.

        :param means: one of phone, in_person, email, system, other
        :param note: who confirmed it there
        """
        for row in self:
            problem = None
            if not row._may_confirm_arrival():
                problem = AccessError(self.env._("Arrival is confirmed by the clerk who sent the document or by its drafter."))
            elif not row.document_id.issued_date:
                problem = UserError(self.env._("“%(document)s” is not issued yet.", document=row.document_id.display_name))
            elif means not in dict(MEANS):
                problem = UserError(self.env._("Say by which means the arrival was confirmed."))
            elif row.confirmed_date:
                problem = UserError(self.env._("The arrival at “%(name)s” is already confirmed.", name=row.name))
            if problem:
                row._log_refused("confirm_arrival", str(problem))
                raise problem
        # safe: right checked just above; who, when and how is what the rule asks for
        self.sudo().write({
            "confirmed_date": fields.Datetime.now(), "confirmed_user_id": self.env.uid, "confirmed_means": means,
            "confirmed_note": (note or "").strip() or False,
        })
        self._log("confirm_arrival", comment=note, data={"means": means})
        return True

    @api.model
    def _overdue_for_confirmation(self, company, now):
        """Domain of what should have been confirmed by ``now``."""
        minutes = company._vanban_profile().urgent_minutes
        return Domain("issued_date", "<=", now - datetime.timedelta(minutes=minutes)) if minutes else Domain.FALSE

    @api.model
    def _cron_alert_unconfirmed(self):
        """Urgent documents whose arrival nobody confirmed in time: sender and head are told once."""
        self = in_vietnamese(self)
        now = fields.Datetime.now()
        for company in self.env["res.company"].search([]):  # pylint: disable=no-search-all
            rows = self.search(Domain([
                ("company_id", "=", company.id), ("confirmed_date", "=", False), ("arrival_alerted", "=", False), ("urgency", "in", URGENT),
                ("issued_date", "!=", False), ("replacement_id", "=", False), ("document_id.state", "in", IN_FORCE),
                "|", ("state", "in", OPEN), ("channel", "=", "paper"),
            ]) & self._overdue_for_confirmation(company, now))
            for document, own in rows.grouped("document_id").items():
                minutes = document._minutes_to_confirm()
                users = document.clerk_id | document.drafter_id | document.department_id._vanban_heads()
                names = ", ".join(own[:5].mapped("name")) + (" …" if len(own) > 5 else "")
                text = self.env._("Urgent, arrival not confirmed within %(minutes)s minutes (%(names)s)", minutes=minutes, names=names)
                document._tell_supervised(users, text, "alert")
                document._log("arrival_alert", data={"minutes": minutes, "recipients": own.mapped("name"), "users": users.mapped("login")})
                own.write({"arrival_alerted": True})
                self.env["ir.cron"]._commit_progress(1)


class DocumentConfirm(models.Model):
    _inherit = "vanban.document"

    def _minutes_to_confirm(self):
        """Time from the issue within which the arrival has to be confirmed; 0: the profile sets none."""
        self.ensure_one()
        return self.company_id._vanban_profile().urgent_minutes
