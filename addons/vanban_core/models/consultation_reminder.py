from collections import defaultdict

from odoo import api, models

from ..tools import time_limits, vietnam_time


class ConsultationReminder(models.Model):
    """Opinions that are owed are reminded of by the same job and limits as assignments."""

    _inherit = "vanban.reminder"

    @api.model
    def _remind_company(self, company, today=None):
        told = super()._remind_company(company, today)
        limits = self._limits(company, today or vietnam_time.today())
        rows = self.env["vanban.consultation"].search([
            ("company_id", "=", company.id), ("state", "=", "sent"), ("deadline", "<=", limits[0]), ("reminder_level", "<", 4),
        ])
        by_level, notices = defaultdict(rows.browse), []
        for row in rows:
            level = time_limits.reminder_level(row.deadline, *limits)
            if level > row.reminder_level:
                by_level[level] |= row
                # whoever asked learns of what is late
                users = row._answerers() | (row.author_id if level >= 3 else row.author_id.browse())
                notices += [self._consultation_notice(user, row) for user in users.filtered("active")]
        for level, reached in by_level.items():
            reached.sudo().reminder_level = level  # safe: the job notes how far it came
        self.env["vanban.notice"]._send_many(notices)
        return told + len({vals["user_id"] for vals in notices})

    @api.model
    def _consultation_notice(self, user, row):
        env = self.with_context(lang=user.lang or self.env.lang).env
        return {
            "user_id": user.id, "kind": "deadline", "document_id": row.document_id.id, "body": row.question,
            "title": env._(
                "Opinion of %(name)s due on %(date)s: %(document)s",
                name=row.asked_name, date=f"{row.deadline:%d/%m/%Y}", document=row.document_id.display_name,
            ),
        }  # fmt: skip
