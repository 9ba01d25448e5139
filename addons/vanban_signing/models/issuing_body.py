from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CertificateBody(models.Model):
    """An agency that issues for another body too, e.g. the Office for its Committee, has the seal of each (TH Đ7.3; HCM Đ12b; BG Đ7)."""

    _inherit = "vanban.certificate"

    body_id = fields.Many2one(
        "res.partner", "Issuing body", ondelete="restrict", index="btree_not_null",
        help="The body whose documents this seal signs, when the agency issues for it (UBND). Empty: the agency itself.",
    )

    @api.constrains("body_id", "role", "department_id", "company_id")
    def _check_body(self):
        for certificate in self.filtered("body_id"):
            if certificate.role != "agency" or certificate.department_id:
                raise ValidationError(self.env._("Only the seal of an agency belongs to an issuing body, neither a person's nor a unit's."))
            if certificate.body_id == certificate.company_id.partner_id:
                raise ValidationError(self.env._("For the agency's own seal leave the issuing body empty."))


class DocumentIssuingBody(models.Model):
    _inherit = "vanban.document"

    def _issuing_body(self):
        """Whose document it is, when the agency issues it for another body; empty for its own and for incoming ones."""
        self.ensure_one()
        issuer = self.issuer_id.browse() if self.direction == "in" else self.issuer_id
        return issuer - self.sudo().company_id.partner_id  # safe: compared only

    def _require_own_seal(self, certificate):
        """In a run of several documents each gets the seal of its own body."""
        own = self._seal_certificate()
        if certificate != own:
            raise UserError(self.env._(
                "“%(document)s” is sealed with the certificate of “%(own)s”, not of “%(other)s”: start a run of its own.",
                document=self.display_name, own=own.name, other=certificate.name,
            ))
