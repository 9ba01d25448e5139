from odoo import models


class DocumentReception(models.Model):
    """What the reception desk of the core asks about signatures: answered from the last stored verification."""

    _inherit = "vanban.document"

    def _verify_origin(self):
        super()._verify_origin()
        for file in self.file_ids.filtered(lambda one: one.role in ("main", "annex")):
            if file._has_signature():
                file._verify()
        self.invalidate_recordset(["verification_id", "verification_overall", "verification_reason"])

    def _authenticity(self):
        if self.verification_overall:
            return self.verification_overall, self.verification_reason
        return "unknown", self.env._("The file carries no digital signature.")

    def _signature_signers(self):
        return [
            {"kind": one.kind, "name": one.signer or "", "organisation": one.organisation or ""}
            for one in self.verification_id.signature_ids if one.overall != "invalid"
        ]
