import json

from odoo import fields, models

USE = "use_certificate"


class Log(models.Model):
    """What a row about the use of a certificate says, as columns (BHXH Đ4.2; HCM Đ16.7d; BG Đ20.3; SIGN-31)."""

    _inherit = "vanban.log"

    certificate_serial = fields.Char("Certificate", compute="_compute_use")
    token_serial = fields.Char("Serial number of the device", compute="_compute_use")
    file_sha256 = fields.Char("Digest of the signed file", compute="_compute_use")

    def _compute_use(self):
        for row in self:
            try:
                data = json.loads(row.data or "{}")
            except ValueError:
                data = {}
            row.certificate_serial = data.get("certificate")
            row.token_serial = data.get("token")
            row.file_sha256 = data.get("sha256")


class Token(models.Model):
    _inherit = "vanban.token"

    def action_open_use(self):
        """Every use of certificates and every refusal that the user may see."""
        return self.env["ir.actions.act_window"]._for_xml_id("vanban_signing.action_certificate_use")
