from odoo import fields, models


class Profile(models.Model):
    _inherit = "vanban.profile"

    handover_due = fields.Selection(
        [
            ("year", "Within one year after the work ended"),
            ("q1", "In the first quarter of the following year"),
        ],
        "Hand-over to the archive", required=True, default="year", help="P-37; construction dossiers: three months after settlement.",
    )  # fmt: skip
    handover_notice_days = fields.Integer("Notice before hand-over (days)", default=30, help="P-38")
    retention_notice_days = fields.Integer("Notice before retention expires (days)", default=30, help="P-39")
