from odoo import fields, models
from odoo.exceptions import UserError

#: Printed at the head of the document (NĐ 30/2020, PL I, ô 10b; TH Đ10.3a).
MARKS = {"1": "KHẨN", "2": "THƯỢNG KHẨN", "3": "HỎA TỐC", "4": "HỎA TỐC"}
AT_A_SET_HOUR = "4"


class DocumentExpress(models.Model):
    """The urgency mark as it is printed, with the hour of what is express at a set hour (BHXH Đ8.1c; TH Đ10.3a)."""

    _inherit = "vanban.document"

    express_until = fields.Datetime(
        "To arrive by", copy=False, help="Hour by which an express document must have reached the receiver; printed in its urgency mark."
    )

    def _urgency_mark(self):
        """“HỎA TỐC”, and for a set hour a second line “14 giờ 30, 05/01/2026”; empty without urgency."""
        self.ensure_one()
        mark = MARKS.get(self.urgency, "")
        if self.urgency != AT_A_SET_HOUR or not self.express_until:
            return mark
        moment = fields.Datetime.context_timestamp(self.with_context(tz="Asia/Ho_Chi_Minh"), self.express_until)
        return f"{mark}\n{moment:%H} giờ {moment:%M}, {moment:%d/%m/%Y}"

    def _guard_submit_review(self):
        if self.urgency == AT_A_SET_HOUR and not self.express_until:
            raise UserError(self.env._("Express at a set hour: say by which hour “%(document)s” must arrive.", document=self.display_name))
        super()._guard_submit_review()
