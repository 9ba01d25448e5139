import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..pades import detached
from ..pades.sign import Pending

PDF = "application/pdf"


class SigningSessionDetached(models.Model):
    _inherit = "vanban.signing.session"

    purpose = fields.Selection(selection_add=[("detached", "Agency, beside an annex that is not PDF")], ondelete={"detached": "cascade"})


class FileDetached(models.Model):
    """A table, a picture or a text that is annexed as it is: its signature (CMS, .p7s) lies beside it as a file of its own."""

    _inherit = "vanban.file"

    role = fields.Selection(selection_add=[("signature", "Signature beside a file")], ondelete={"signature": "set default"})
    is_signed_beside = fields.Boolean(compute="_compute_is_signed_beside")

    @api.depends("mimetype")
    def _compute_is_signed_beside(self):
        signed = self.search([("source_id", "in", self.ids), ("role", "=", "signature")]).source_id
        for file in self:
            file.is_signed_beside = file in signed

    def _signature_beside(self):
        return self.search([("source_id", "=", self.id), ("role", "=", "signature")], limit=1)

    def _has_signature(self):
        return super()._has_signature() or (self.mimetype != PDF and bool(self._signature_beside()))

    def action_verify_beside(self):
        """Verify the signature beside this file and show the result."""
        self.ensure_one()
        return self.document_id.action_verify(self.id)

    def _report(self):
        beside = self._signature_beside() if self.mimetype != PDF else self.browse()
        if not beside:
            return super()._report()
        report = self.env["vanban.trust.anchor"]._judge_file(self._place(), self.name, beside=beside._raw())
        if report.sha256 != self.sha256 or not beside._is_intact():
            report.overall = "invalid"
            report.reason = f"Không toàn vẹn: tệp lưu trữ không còn đúng bản đã ký. {report.reason}"
        return report


class DocumentDetached(models.Model):
    """The agency signs annexes that are not PDF too, and nothing is issued with an unsigned annex (OUT-26; SIGN-17)."""

    _inherit = "vanban.document"

    def _annexes(self):
        return super()._annexes() - self.file_ids.filtered(lambda file: file.role == "signature").source_id

    def _guard_signatures(self):
        super()._guard_signatures()
        if not self._is_paper_only() and (unsigned := self._annexes()):
            raise UserError(
                self.env._("These annexes lack the digital signature of the agency: %(names)s. Seal the document before it is issued.",
                           names=", ".join(unsigned.mapped("name")))
            )  # fmt: skip

    def _pdf_to_verify(self, file_id=None):
        file = self.env["vanban.file"].browse(file_id).exists() if file_id else self.main_file_id
        if file and file.document_id == self and file.mimetype != PDF:
            self.check_access("read")
            if file.is_signed_beside:
                return file
        return super()._pdf_to_verify(file_id)

    def _open_annex(self, file, certificate, provider):
        if file.mimetype == PDF:
            return super()._open_annex(file, certificate, provider)
        if self._is_file_tool(provider):
            raise UserError(
                self.env._(
                    "“%(name)s” is not a PDF: this signing program signs only PDF. Convert the annex, or use the signing agent.", name=file.name
                )
            )
        raw, der, chain = file._raw(), certificate._der(), certificate._chain()
        digest = hashlib.sha256(raw).digest()
        pending = Pending(raw, detached.begin(digest, der, chain), digest, 0, 0, der, chain)
        return self.env["vanban.signing.session"]._open(file, "detached", certificate, provider, raw, pending), pending

    def _container_of(self, session, pending, signature):
        if session.sudo().purpose != "detached":  # safe: own session
            return super()._container_of(session, pending, signature)
        return detached.finish(pending.attributes, signature, pending.certificate, pending.chain, self._timestamper())

    def _verify_and_store(self, session, raw, token_serial=None):
        if session.sudo().purpose != "detached":  # safe: own session
            return super()._verify_and_store(session, raw, token_serial)
        details = session.sudo()  # safe: the caller has taken the session for the current user
        file = details.file_id.with_env(self.env)
        report = self.env["vanban.trust.anchor"]._judge_file(file._raw(), file.name, beside=raw)
        if problem := self._detached_problem(details, file, report):
            self._log_refused("seal", problem)
            raise UserError(problem)
        beside = self._add_file(
            f"{file.name}.p7s", raw, role="signature", stage="sealed", original=True, source=file,
            reason=self.env._("Signed by %(name)s", name=details.certificate_id.name),
        )  # fmt: skip
        self.env["vanban.verification"]._store(file, report)
        session._close("done", beside, token_serial=token_serial)
        self._log(
            "use_certificate",
            data={"purpose": "detached", "certificate": details.certificate_id.serial, "token": token_serial, "file": file.name,
                  "sha256": beside.sha256, "before": file.sha256},
        )  # fmt: skip
        return beside

    def _detached_problem(self, session, file, report):
        """Why the container is not accepted, or None."""
        if file not in self._annexes() or report.sha256 != session.base_sha256:
            return self.env._("The document was changed after the signature was prepared. Press “Sign” again.")
        one = report.signatures[0]
        if one.signer.get("sha256") != session.certificate_id.sha256:
            return self.env._(
                "The certificate does not belong to the signer: sign with the registered certificate of %(name)s.", name=session.certificate_id.name
            )
        if session.document_id.company_id.vanban_tsa_url and not one.timestamp.get("present"):
            return self.env._(
                "The signature carries no timestamp, which the agency asks for. Switch the timestamp on in the signing program."
            )
        if report.overall != "valid":
            return self.env._("The signed file was not accepted: %(reason)s", reason=report.reason)
        return None
