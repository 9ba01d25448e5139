from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    vanban_seal_provider = fields.Selection(
        [("hsm", "Key device at the server"), ("agent", "Custodian's own machine")],
        "Seal with",
        default="hsm",
        required=True,
    )
    vanban_picture_required = fields.Boolean(
        "Signatures need a picture",
        default=True,
        help="Without a picture of signature or seal nothing is signed (SIGN-09).",
    )
    vanban_tsa_url = fields.Char("Timestamp service", help="RFC 3161. When set, nothing is signed without a timestamp.")
