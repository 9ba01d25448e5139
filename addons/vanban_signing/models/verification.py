import json

from odoo import api, fields, models
from odoo.exceptions import AccessError

_TOKEN = object()
RESULTS = [("valid", "Valid"), ("invalid", "Invalid"), ("unknown", "Not determined")]
KINDS = [("personal", "Personal"), ("agency", "Agency"), ("timestamp", "Document timestamp"), ("other", "Not known")]


class Verification(models.Model):
    """One run of the verification of a file: who, when, result; every run is kept (BHXH Đ6; BG Đ8.1a; SIGN-19…22)."""

    _name = "vanban.verification"
    _inherit = ["vanban.log.mixin"]
    _description = "Verification of signatures"
    _order = "id desc"
    _rec_name = "overall"

    document_id = fields.Many2one("vanban.document", "Document", required=True, ondelete="restrict", index=True)
    file_id = fields.Many2one("vanban.file", "File", required=True, ondelete="restrict", index=True)
    file_name = fields.Char("File name", related="file_id.name")
    sha256 = fields.Char("SHA-256 of the bytes checked", required=True)
    date = fields.Datetime("Verified at", required=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        "res.users", "Verified by", required=True, default=lambda self: self.env.user, ondelete="restrict"
    )
    overall = fields.Selection(RESULTS, "Result", required=True)
    reason = fields.Text("Summary")
    readable = fields.Boolean("Readable")
    signature_ids = fields.One2many("vanban.verification.signature", "verification_id", "Signatures")
    report = fields.Text("Report (JSON)")

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("vanban_verification") is not _TOKEN:
            raise AccessError(self.env._("Results of verification are written by the verification itself."))
        return super().create(vals_list)

    def write(self, vals):
        raise AccessError(
            self.env._("A result of verification cannot be changed: verify again, the earlier result stays.")
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("A result of verification cannot be deleted."))

    @api.model
    def _store(self, file, report):
        """Keep a ``pades.report.Report`` about a ``vanban.file``."""
        data = report.to_dict()
        # safe: the flow has checked that the user may read the file; results are never written otherwise
        model = self.sudo().with_context(vanban_verification=_TOKEN)
        record = model.create(
            {
                "document_id": file.document_id.id,
                "file_id": file.id,
                "sha256": report.sha256,
                "user_id": self.env.uid,
                "overall": report.overall,
                "reason": report.reason,
                "readable": report.readable,
                "report": json.dumps(data, ensure_ascii=False),
                "signature_ids": [fields.Command.create(self._signature_values(one)) for one in data["signatures"]],
            }
        )
        record.with_user(self.env.user)._log(
            "verify",
            comment=report.reason,
            data={
                "file": file.sudo().name,
                "sha256": report.sha256,
                "result": report.overall,
            },
        )
        return self.browse(record.id)

    @api.model
    def _signature_values(self, one):
        certificate, timestamp = one["certificate"], one["timestamp"]
        values = {
            "sequence": one["index"],
            "field": one["field"],
            "kind": one["kind"],
            "signer": one["signer"].get("cn"),
            "organisation": one["signer"].get("organisation"),
            "title": one["signer"].get("title"),
            "serial": one["signer"].get("serial"),
            "issuer": one["signer"].get("issuer"),
            "certificate_sha256": one["signer"].get("sha256"),
            "format": one["format"],
            "signed_at": one["time_used"] or one["claimed_time"],
            "timestamp_at": timestamp.get("time"),
            "trust_class": certificate.get("trust_class"),
            "overall": one["overall"],
            "reason": one["reason"],
        }
        for name, group in one["groups"].items():
            values[f"{name}_state"], values[f"{name}_reason"] = group["state"], group["reason"]
        return values


class VerificationSignature(models.Model):
    """Result for one signature in the three groups: signature, authentication, timestamp."""

    _name = "vanban.verification.signature"
    _description = "Verified signature"
    _order = "verification_id, sequence"

    verification_id = fields.Many2one("vanban.verification", required=True, ondelete="cascade", index=True)
    document_id = fields.Many2one(related="verification_id.document_id", store=True)
    sequence = fields.Integer("No.")
    field = fields.Char("Field")
    kind = fields.Selection(KINDS, "Kind")
    signer = fields.Char("Signer")
    organisation = fields.Char("Organisation")
    title = fields.Char("Position")
    serial = fields.Char("Serial number")
    issuer = fields.Char("Issuer")
    certificate_sha256 = fields.Char("SHA-256 of the certificate")
    trust_class = fields.Char("Class of trust")
    format = fields.Char("Format")
    signed_at = fields.Char("Signing time")
    timestamp_at = fields.Char("Timestamp")
    overall = fields.Selection(RESULTS, "Result")
    reason = fields.Text("Summary")
    signature_state = fields.Selection(RESULTS, "Signature information")
    signature_reason = fields.Text("Signature: reason")
    authentication_state = fields.Selection(RESULTS, "Authentication details")
    authentication_reason = fields.Text("Authentication: reason")
    timestamp_state = fields.Selection(RESULTS, "Timestamp information")
    timestamp_reason = fields.Text("Timestamp: reason")

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("vanban_verification") is not _TOKEN:
            raise AccessError(self.env._("Results of verification are written by the verification itself."))
        return super().create(vals_list)

    def write(self, vals):
        raise AccessError(
            self.env._("A result of verification cannot be changed: verify again, the earlier result stays.")
        )
