import hashlib

from odoo import models
from odoo.exceptions import UserError

from ..pades import LEADER, SEAL
from .provider import PERSONAL_SESSIONS

FIELD = {"leader": LEADER, "form": LEADER, "seal": SEAL, "annex": SEAL}
STAGE = {"leader": "signed", "form": "signed", "seal": "sealed", "annex": "sealed"}


class DocumentStore(models.Model):
    """The security boundary of signing: whatever way a signature came, it is stored only after these checks."""

    _inherit = "vanban.document"

    def _verify_and_store(self, session, raw, token_serial=None):
        """Check signed bytes against their session and keep them as a new immutable version; one transaction.

        Earlier bytes unchanged, every signature of the file valid, the new one by the enrolled certificate of this session.

        :raise UserError: any of it fails; logged, nothing is stored
        :return: the new ``vanban.file``
        """
        self.ensure_one()
        session.ensure_one()
        details = session.sudo()  # safe: the caller has taken the session for the current user
        report = self.env["vanban.trust.anchor"]._judge_file(raw, details.file_id.name)
        problem = self._problem_of(details, raw, report)
        if problem:
            self._log_refused("sign" if details.purpose in PERSONAL_SESSIONS else "seal", problem)
            raise UserError(problem)
        source = details.file_id
        stage = STAGE.get(details.purpose, "sealed")
        file = self._add_file(
            source.name,
            raw,
            role=source.role,
            stage=stage,
            original=stage == "sealed",
            source=source,
            reason=self.env._("Signed by %(name)s", name=details.certificate_id.name),
        )
        self.env["vanban.verification"]._store(file, report)
        session._close("done", file, token_serial=token_serial)
        self._log(
            "use_certificate",
            data={
                "purpose": details.purpose,
                "certificate": details.certificate_id.serial,
                "token": token_serial,
                "file": file.sudo().name,
                "sha256": file.sudo().sha256,
                "before": source.sha256,
            },
        )
        return file

    def _signable_now(self, session):
        """Files of which the one of this session must still be one; other purposes extend."""
        self.ensure_one()
        return self._annexes() if session.purpose == "annex" else self.main_file_id

    def _problem_of(self, session, raw, report):
        """Why the signed bytes are not accepted, or None."""
        if session.file_id not in session.document_id._signable_now(session):
            return self.env._("The document was changed after the signature was prepared. Press “Sign” again.")
        if hashlib.sha256(raw[: session.base_length]).hexdigest() != session.base_sha256:
            return self.env._(
                "The signed file does not continue the prepared one: bytes were changed. Press “Sign” again."
            )
        new = [one for one in report.signatures if one.field == (session.field_name or FIELD[session.purpose])]
        if len(new) != 1:
            return self.env._("The signed file lacks the expected signature. Press “Sign” again.")
        if new[0].signer.get("sha256") != session.certificate_id.sha256:
            return self.env._(
                "The certificate does not belong to the signer: sign with the registered certificate of %(name)s.",
                name=session.certificate_id.name,
            )
        if session.document_id.company_id.vanban_tsa_url and not new[0].timestamp.get("present"):
            return self.env._(
                "The signature carries no timestamp, which the agency asks for. Switch the timestamp on in the signing program."
            )
        if not new[0].covers_file:
            return self.env._("The signature does not cover the whole file. Press “Sign” again.")
        if report.overall != "valid":
            return self.env._("The signed file was not accepted: %(reason)s", reason=report.reason)
        return None

    def _signature_state(self, file, field):
        """``pades.report.SignatureReport`` of one field of a PDF, freshly verified together with the whole file; None when absent or bad."""
        if not file or file.mimetype != "application/pdf":
            return None
        report = file._report()
        if report.overall != "valid":
            return None
        names = self._field_names(field)
        return next((one for one in report.signatures if one.field in names), None)

    def _field_names(self, field):
        """Names that the field of a role (``LEADER``, ``SEAL``) has in this document's files: a file tool makes a field of its own."""
        purposes = [purpose for purpose, name in FIELD.items() if name == field and purpose != "form"]
        # safe: names of fields only, written by the server when it accepted the signature
        made = self.env["vanban.signing.session"].sudo().search(
            [("document_id", "=", self.id), ("purpose", "in", purposes), ("outcome", "=", "done"), ("field_name", "!=", False)]
        )
        return {field, *made.mapped("field_name")}

    def _has_valid_personal_signature(self):
        """Paper signature, or the electronic one of the document's signer with his registered certificate, verified now."""
        if super()._has_valid_personal_signature():
            return True
        return self._personal_signature_problem() is None

    def _personal_signature_problem(self):
        self.ensure_one()
        one = self._signature_state(self.main_file_id, LEADER)
        if one is None:
            return self.env._("no valid signature of the competent person")
        enrolled = (
            self.env["vanban.certificate"]
            .sudo()
            .search_count(
                [  # safe: compares fingerprints only
                    ("sha256", "=", one.signer.get("sha256")),
                    ("role", "=", "personal"),
                    ("user_id", "=", self.signer_id.id),
                ]
            )
        )
        return None if enrolled else self.env._("the certificate is not the registered one of the signer")

    def _has_valid_agency_signature(self):
        if super()._has_valid_agency_signature():
            return True
        one = self._signature_state(self.main_file_id, SEAL)
        if one is None:
            return False
        seals = self.env["vanban.certificate"]._seals_of(self.company_id, *self._sealer())
        # safe: compares fingerprints only. A seal of the unit registered later does not undo what was sealed before
        used = self.env["vanban.signing.session"].sudo().search([
            ("document_id", "=", self.id), ("purpose", "=", "seal"), ("outcome", "=", "done"),
        ]).certificate_id  # fmt: skip
        return one.signer.get("sha256") in (seals | used).mapped("sha256")

    def _archive_forget(self, reason):
        """Destruction in the archive: bytes prepared for a signature go too; the record of the signatures stays."""
        super()._archive_forget(reason)
        self.env["vanban.signing.session"]._forget(self)
