from odoo import fields, models
from odoo.tools import ormcache


class ResCompany(models.Model):
    _inherit = "res.company"
    _decisive = frozenset({"vanban_profile_id", "vanban_seal_provider"})

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

    @ormcache("self.id")
    def _signs_at_registration(self):
        """Whether arrivals may be signed in the step that registers them: kept until agency, profile or an appearance changes."""
        company = self.sudo()  # safe: settings
        if company.vanban_seal_provider != "hsm":
            return False
        looks, profile = self.env["vanban.signature.look"], self._vanban_profile()
        return any(looks._of(profile, case).at_registration for case in ("incoming", "scan"))
