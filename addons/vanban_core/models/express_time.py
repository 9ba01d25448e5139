from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools import vietnam_time

EXPRESS_AT = "4"


class ExpressTime(models.Model):
    """Hỏa tốc hẹn giờ: the hour at which the document must have arrived stands in its mark (F-11; TH Đ10.3; BHXH Đ8.1c)."""

    _inherit = "vanban.document"

    express_time = fields.Datetime("Must arrive by", copy=False, help="Hour printed in the mark “HỎA TỐC HẸN GIỜ”.")

    def _guard_submit_review(self):
        super()._guard_submit_review()
        if self.urgency == EXPRESS_AT and not self.express_time:
            raise UserError(self.env._(
                "“%(document)s” is express at a set hour: give the hour at which it must have arrived.", document=self.display_name
            ))
        if self.urgency == EXPRESS_AT and self.express_time <= fields.Datetime.now():
            raise UserError(self.env._(
                "“Must arrive by” of “%(document)s” is over: give an hour that is still to come.", document=self.display_name
            ))

    def _express_mark(self):
        """``HẸN GIỜ: 16 giờ 30 ngày 28/11/2026`` behind HỎA TỐC; empty for other levels."""
        if self.urgency != EXPRESS_AT or not self.express_time:
            return ""
        hour = vietnam_time.to_local(self.express_time)
        return f"HẸN GIỜ: {hour:%H} giờ {hour:%M} ngày {hour:%d/%m/%Y}"

    def _minutes_to_confirm(self):
        """Until the hour that is set, when it comes before the usual limit (OUT-36)."""
        minutes = super()._minutes_to_confirm()
        if self.urgency != EXPRESS_AT or not self.express_time:
            return minutes
        left = max(0, int((self.express_time - self.issued_date).total_seconds() // 60))
        return min(minutes, left) if minutes else left


class ExpressRecipient(models.Model):
    _inherit = "vanban.recipient"

    @api.model
    def _overdue_for_confirmation(self, company, now):
        express = Domain("urgency", "=", EXPRESS_AT) & Domain("document_id.express_time", "<=", now)
        return super()._overdue_for_confirmation(company, now) | express


class ExpressTemplate(models.Model):
    _inherit = "vanban.template"

    def _context_of(self, document):
        context = super()._context_of(document)
        if context.get("urgency_mark") and (hour := document._express_mark()):
            context["urgency_mark"] = f"{context['urgency_mark']} {hour}"
        return context
