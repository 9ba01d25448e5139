import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..pades import images
from ..pades.errors import PadesError


class PictureWizard(models.TransientModel):
    """Takes the picture of a signature or seal as it was scanned, mends it, shows the result before it is kept (SIGN-09…12)."""

    _name = "vanban.picture.wizard"
    _description = "Picture of a signature or seal"

    certificate_id = fields.Many2one("vanban.certificate", "Certificate", required=True, readonly=True)
    role = fields.Selection(related="certificate_id.role")
    source = fields.Binary("Scanned picture", attachment=False)
    source_name = fields.Char("File name")
    preview = fields.Binary("As it will be signed", compute="_compute_preview")
    findings = fields.Text("What was mended", compute="_compute_preview")
    problem = fields.Char("Why it cannot be used", compute="_compute_preview")

    @api.depends("source", "certificate_id")
    def _compute_preview(self):
        for wizard in self:
            wizard.preview = wizard.findings = wizard.problem = False
            if not wizard.source:
                continue
            try:
                picture, findings = wizard._mended()
            except (PadesError, binascii.Error, ValueError) as error:
                wizard.problem = str(error)
                continue
            wizard.preview = base64.b64encode(picture.png)
            wizard.findings = "\n".join(findings) or self.env._("The picture is as it must be.")

    def _mended(self):
        certificate = self.certificate_id
        agency = certificate.role == "agency"
        profile = certificate.company_id._vanban_profile()
        look = self.env["vanban.signature.look"]._of(profile, "seal" if agency else "leader")
        return images.mend(
            base64.b64decode(self.with_context(bin_size=False).source or b""),
            "red" if agency else "blue",
            png_only=look.png_only,
            size_mm=certificate.diameter if agency else None,
        )

    def action_confirm(self):
        """Keep the mended picture."""
        self.ensure_one()
        self.certificate_id.check_access("write")
        if not self.preview:
            raise UserError(self.problem or self.env._("Choose the picture first."))
        self.certificate_id.picture = self.preview
        self.certificate_id._log("certificate_picture", data={"serial": self.certificate_id.serial})
        return {"type": "ir.actions.act_window_close"}
