from odoo import api, fields, models

from odoo.addons.vanban_core.models.language import in_vietnamese
from odoo.addons.vanban_core.tools import vietnam_time


class ArchiveNotice(models.Model):
    """An announced list: dossiers due for hand-over (F-29, ARC-02) or whose retention ends (F-31, ARC-10)."""

    _name = "vanban.archive.notice"
    _inherit = ["vanban.log.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Notice of the archive"
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    kind = fields.Selection([("handover", "Due for hand-over"), ("expiry", "Retention ends")], required=True, readonly=True)
    company_id = fields.Many2one("res.company", "Agency", required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Addressed to", required=True, readonly=True)
    date = fields.Date("Announced on", required=True, readonly=True, default=lambda self: vietnam_time.today())
    due_date = fields.Date("First date", readonly=True)
    dossier_ids = fields.Many2many("vanban.dossier", string="Dossiers", readonly=True)

    @api.depends("kind", "date")
    def _compute_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for notice in self:
            notice.name = f"{labels.get(notice.kind)} – {fields.Date.to_string(notice.date)}"

    @api.model
    def _announce(self, kind, company, user, dossiers, due_date):
        # safe: a list that the system makes from what the addressee is responsible for
        notice = self.sudo().create({
            "kind": kind, "company_id": company.id, "user_id": user.id, "dossier_ids": [(6, 0, dossiers.ids)], "due_date": due_date,
        })  # fmt: skip
        summary = (
            notice.env._("%(count)s dossiers are due for hand-over to the archive", count=len(dossiers))
            if kind == "handover"
            else notice.env._("The retention of %(count)s dossiers ends soon", count=len(dossiers))
        )
        notice.activity_schedule("mail.mail_activity_data_todo", user_id=user.id, date_deadline=due_date, summary=summary)
        notice._log("notice", data={"kind": kind, "dossiers": dossiers.mapped("code"), "to": user.name})
        return notice

    @api.model
    def _cron_notices(self):
        """Announce, each day, what comes due within the number of days of the agency's profile; each dossier once."""
        self = in_vietnamese(self)
        for company in self.env["res.company"].sudo().search([("vanban_code", "!=", False)]):  # safe: a scheduled action of the system
            self._announce_handover(company)
            self._announce_expiry(company)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    @api.model
    def _announce_handover(self, company):
        """Tell each keeper, and the head of each unit, which of the closed dossiers are due (ARC-02)."""
        profile = company.vanban_profile_id
        before = fields.Date.add(vietnam_time.today(), days=profile.handover_notice_days or 30)
        # safe: as above
        dossiers = self.env["vanban.dossier"].sudo().search([
            ("company_id", "=", company.id), ("state", "=", "closed"), ("handover_due_date", "<=", before),
            ("handover_notice_date", "=", False), ("paper_authoritative", "=", False),
        ])
        addressees = {}
        for dossier in dossiers:
            head = dossier.department_id.manager_id.user_id
            for user in dossier.user_id | head:
                addressees[user] = addressees.get(user, dossiers.browse()) | dossier
        for user, own in addressees.items():
            self._announce("handover", company, user, own, min(own.mapped("handover_due_date")))
        dossiers._write_fixed({"handover_notice_date": vietnam_time.today()})
        return dossiers

    @api.model
    def _announce_expiry(self, company):
        """Tell the archivists which retention periods end within the notice time (ARC-10)."""
        profile = company.vanban_profile_id
        before = fields.Date.add(vietnam_time.today(), days=profile.retention_notice_days or 30)
        # safe: as above
        dossiers = self.env["vanban.dossier"].sudo().search([
            ("company_id", "=", company.id), ("state", "in", ("archived", "expired")), ("expiry_date", "<=", before),
            ("expiry_notice_date", "=", False),
        ])
        archivists = company._archivists()
        if dossiers and archivists:
            for user in archivists:
                self._announce("expiry", company, user, dossiers, min(dossiers.mapped("expiry_date")))
            dossiers._write_fixed({"expiry_notice_date": vietnam_time.today()})
        return dossiers
