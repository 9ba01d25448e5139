import datetime

from odoo import api, fields, models

from odoo.addons.vanban_core.models.language import in_vietnamese
from odoo.addons.vanban_core.tools import vietnam_time

#: Days before the end of a certificate on which its holder and the certificate manager are told, once each.
NOTICES = (60, 30, 7)


class Certificate(models.Model):
    """Announces the end of certificates in time (BHXH Đ18; SIGN-03)."""

    _name = "vanban.certificate"
    _inherit = ["vanban.certificate", "mail.thread", "mail.activity.mixin"]

    notice_days = fields.Integer(
        "Last announced (days before)", readonly=True, copy=False, help="0: not announced yet."
    )
    days_left = fields.Integer("Days left", compute="_compute_days_left")

    @api.depends("valid_to")
    def _compute_days_left(self):
        now = fields.Datetime.now()
        for certificate in self:
            certificate.days_left = (certificate.valid_to - now).days if certificate.valid_to else 0

    @api.model
    def _cron_announce_end(self):
        """Tell about every certificate that passed 60, 30 or 7 days since the last run; repeated runs tell nothing twice."""
        self = in_vietnamese(self)
        now = fields.Datetime.now()
        soon = self.search([
            ("valid_to", ">", now), ("valid_to", "<=", now + datetime.timedelta(days=max(NOTICES))), ("suspended", "=", False),
        ])  # fmt: skip
        for certificate in soon:
            due = min(days for days in NOTICES if certificate.valid_to <= now + datetime.timedelta(days=days))
            # who has a newer certificate already needs no reminder
            if (certificate.notice_days and certificate.notice_days <= due) or certificate._has_successor():
                continue
            certificate._announce_end()
            certificate.notice_days = due
            certificate._log("certificate_ending", data={"serial": certificate.serial, "days": due})

    def _has_successor(self):
        return bool(self.search_count([
            ("role", "=", self.role), ("user_id", "=", self.user_id.id), ("company_id", "=", self.company_id.id),
            ("department_id", "=", self.department_id.id), ("body_id", "=", self.body_id.id),
            ("valid_to", ">", self.valid_to), ("suspended", "=", False),
        ], limit=1))  # fmt: skip

    def _announce_end(self):
        people, end = self._holders() | self._managers(), vietnam_time.day(self.valid_to)
        note = self.env._(
            "The certificate of “%(name)s” (serial %(serial)s) ends on %(date)s, in %(days)s days. Ask for its renewal in time: "
            "after that nothing can be signed with it.",
            name=self.name, serial=self.serial, date=end.strftime("%d/%m/%Y"), days=self.days_left,
        )  # fmt: skip
        for user in people:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                end,
                self.env._("Certificate ends"),
                note=note,
                user_id=user.id,
                automated=True,
            )

    def _holders(self):
        """Who signs with it: the person, or who holds the device."""
        return (
            self.user_id
            if self.role == "personal"
            else self.token_ids.mapped("holder_id") | self.token_ids.mapped("custodian_id")
        )

    def _managers(self):
        group = self.env.ref("vanban_signing.group_certificate_manager")
        return self.env["res.users"].search(
            [("group_ids", "in", group.ids), ("company_ids", "in", self.company_id.ids), ("share", "=", False)]
        )

    @api.model
    def _leaders(self, company):
        group = self.env.ref("vanban_core.group_leader")
        # safe: only who is told
        return (
            self.env["res.users"]
            .sudo()
            .search([("group_ids", "in", group.ids), ("company_ids", "in", company.ids), ("share", "=", False)])
        )
