from odoo import fields, models

# the regulations that call a scan without the agency's signature incomplete (BHXH Đ3.2b; TH Đ3.11)
SCAN_SIGNED = ("bhxh", "thanhhoa")


class ProfileReception(models.Model):
    """Parameters of the reception desk that the table of the regulations implies."""

    _inherit = "vanban.profile"

    scan_sign_policy = fields.Selection(
        [("off", "Not needed"), ("warn", "Warn"), ("refuse", "Refuse to pass on")],
        "Digitised document without the agency's signature", default="warn", required=True,
    )  # fmt: skip
    ocr = fields.Boolean("Read the words of scans", default=True, help="Character recognition in the background, for search and suggestions.")

    def _load_preset(self, preset):
        super()._load_preset(preset)
        self.scan_sign_policy = "refuse" if preset in SCAN_SIGNED else "off" if self._value("scan_sign") == "off" else "warn"
