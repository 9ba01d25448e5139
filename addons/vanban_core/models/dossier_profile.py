from odoo import fields, models


class Profile(models.Model):
    _inherit = "vanban.profile"

    adhoc_dossier = fields.Selection(
        [("approval", "Only after approval of a new entry in the file plan"), ("free", "At once, with the mandatory data")],
        "Dossier not in the file plan", required=True, default="free",
        help="P-35. NĐ 30/2020 Art. 29.2c lets the person open it at once; some agencies want the file plan supplemented first.",
    )  # fmt: skip
