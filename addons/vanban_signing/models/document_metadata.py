from odoo import models

NAMES = ("signer", "organisation", "title", "serial", "issuer", "format", "signed_at", "timestamp_at", "reason")


class Document(models.Model):
    """Signature data among the metadata: every signature of the current main file as it was verified last (HCM Đ3.3)."""

    _inherit = "vanban.document"

    def _metadata_signatures(self):
        group = super()._metadata_signatures()
        # safe: reading right to the document was checked; results of verification of its own file
        last = self.env["vanban.verification"].sudo().search([("file_id", "=", self.main_file_id.id)], order="id desc", limit=1)
        results = dict(self.env["vanban.verification.signature"]._fields["overall"]._description_selection(self.env))
        group["columns"] = [
            ["signer", self.env._("Signer")], ["organisation", self.env._("Organisation")], ["title", self.env._("Position")],
            ["serial", self.env._("Serial number")], ["issuer", self.env._("Issuer")], ["format", self.env._("Format")],
            ["signed_at", self.env._("Signing time")], ["timestamp_at", self.env._("Timestamp")], ["result", self.env._("Result")],
            ["reason", self.env._("Summary")],
        ]
        group["rows"] = [
            {name: signature[name] or None for name in NAMES} | {"result": results.get(signature.overall)}
            for signature in last.signature_ids
        ]
        return group
