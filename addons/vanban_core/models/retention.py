import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class Retention(models.Model):
    """Retention period of a dossier (Luật Lưu trữ 2024; TT 10/2022; NĐ 30/2020 Đ.29.2c). Counted in whole years."""

    _name = "vanban.retention"
    _description = "Retention period"
    _order = "sequence, years desc, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Neutral code used in archival packages: “permanent” or the number of years.")
    kind = fields.Selection(
        [("permanent", "Permanent"), ("years", "A number of years"), ("event", "Until an event")], required=True, default="years"
    )
    years = fields.Integer()
    event = fields.Char("Until", help="For example: until the document is no longer in force.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint("UNIQUE(code)", "A retention period with this code already exists.")

    @api.constrains("kind", "years", "event")
    def _check_years(self):
        for retention in self:
            if retention.kind == "years" and not 1 <= retention.years <= 70:
                raise ValidationError(self.env._("A limited retention period is between 1 and 70 years."))
            if retention.kind == "event" and not retention.event:
                raise ValidationError(self.env._("Write until which event the dossier is kept."))

    def _expiry(self, end_date):
        """Last day of retention: 31 December of (year the work ended + years); None when it does not end by itself."""
        self.ensure_one()
        if self.kind != "years" or not end_date:
            return None
        return datetime.date(end_date.year + self.years, 12, 31)

    @api.ondelete(at_uninstall=False)
    def _unlink_unused(self):
        # safe: existence only
        if self.env["vanban.dossier"].sudo().search_count([("retention_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("This retention period is used by dossiers; archive it instead of deleting it."))
