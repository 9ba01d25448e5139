import base64

from odoo import models
from odoo.exceptions import AccessError, UserError

from ..pades import sign, timestamp
from ..pades.errors import PadesError
from .provider import PERSONAL_SESSIONS

REFUSED = (UserError, AccessError)


class DocumentSigningPhases(models.Model):
    """Two phases of every signature: prepared on the server, made where the key is, completed on the server (SIGN-26)."""

    _inherit = "vanban.document"

    # ---------------------------------------------------------------- first phase

    def action_sign_prepare(self):
        """First phase for the current user and one or many documents.

        :return: ``{"certificate": SHA-256 hex, "certificate_name", "certificate_serial", "batch": [{"id": session, "document_id", "name",
            "digest_hex", "attrs_b64"}], "errors": [{"document_id", "name", "message"}]}``; the batch is what the agent's ``/sign`` takes
        """
        certificate = self._own_certificate()
        return self._prepare_batch(
            certificate,
            lambda document: [document._batch_row(*row) for row in document._prepare_leader(certificate)],
        )

    def _prepare_batch(self, certificate, work):
        batch, errors = [], []
        for document in self:
            try:
                with self.env.cr.savepoint():
                    batch += work(document)
            except REFUSED as error:
                if len(self) == 1:
                    raise
                errors.append({"document_id": document.id, "name": document.display_name, "message": str(error)})
        return {
            "certificate": certificate.sha256,
            "certificate_name": certificate.name,
            "certificate_serial": certificate.serial,
            "batch": batch,
            "errors": errors,
        }

    def _batch_row(self, session, pending):
        return {
            "id": session.id,
            "document_id": self.id,
            "name": f"{self.display_name} – {session.sudo().file_id.name}",  # safe: own session
            "digest_hex": pending.digest.hex(),
            "attrs_b64": base64.b64encode(pending.attributes).decode(),
        }

    def _own_certificate(self):
        """The signer's certificate whose key is in a device; one at a remote service is used by a run (``vanban.signing.job``)."""
        certificates, missing = self._usable_certificates("sign")
        in_device = certificates.filtered(lambda one: not one.service_id)
        if certificates:
            return in_device[:1] or certificates[:1]
        self._log_refused("sign", missing)
        raise UserError(missing)

    def _is_file_tool(self, provider):
        return self.env["vanban.signing.provider"]._by_name(provider)._capability == "file"

    def _open_session(self, file, purpose, certificate, provider, raw, field, look, reason=None):
        """Begin one signature on prepared bytes: (session, ``Pending``), or (session, None) when a file tool will sign them.

        :param field: signature field of ``raw`` that a hash provider fills
        :param look: ``pades.appearance.Appearance``
        """
        sessions = self.env["vanban.signing.session"]
        if self._is_file_tool(provider):
            return sessions._open(file, purpose, certificate, provider, raw, None), None
        pending = self._begin(raw, field, certificate, look, reason=reason)
        return sessions._open(file, purpose, certificate, provider, raw, pending, field), pending

    def _begin(self, raw, field, certificate, appearance, reason):
        return sign.begin(
            raw,
            field,
            certificate._der(),
            chain=certificate._chain(),
            appearance=appearance,
            name=certificate.name,
            reason=reason,
            timestamped=bool(self.company_id.sudo().vanban_tsa_url),  # safe: a setting
        )

    # --------------------------------------------------------------- second phase

    def action_sign_complete(self, session_id, signature_b64, certificate_b64=None):
        """Second phase: put the signature of the device into the file, check everything, go on to “signed”.

        :return: id of the signed ``vanban.file``; False when it waits for its timestamp
        :raise UserError: not acceptable; logged, nothing is stored
        """
        session = self.env["vanban.signing.session"].browse(session_id)
        return self._complete(session, signature_b64, certificate_b64).id

    def action_sign_complete_batch(self, results, certificate_b64=None, token_serial=None):
        """Second phase for many: each document succeeds or fails on its own.

        :param results: as the agent answered: ``[{"id": session, "signature_b64"} | {"id", "error"}]``
        :return: ``[{"id", "document_id", "ok", "queued", "message"}]``
        """
        return [self._complete_one(result, certificate_b64, token_serial) for result in results]

    def _complete_one(self, result, certificate_b64=None, token_serial=None):
        session = self.env["vanban.signing.session"].browse(int(result.get("id") or 0))
        try:
            if not result.get("signature_b64"):
                raise UserError(result.get("error") or self.env._("The device gave no signature."))
            with self.env.cr.savepoint():
                file = self._complete(session, result["signature_b64"], certificate_b64, token_serial)
        except REFUSED as error:
            return {"id": session.id, "document_id": False, "ok": False, "queued": False, "message": str(error)}
        # safe: just completed by this user
        document_id = session.sudo().document_id.id
        message = "" if file else self._queued_message()
        return {"id": session.id, "document_id": document_id, "ok": bool(file), "queued": not file, "message": message}

    def _complete(self, session, signature_b64, certificate_b64=None, token_serial=None):
        """Signature of the device → stored file, or an empty ``vanban.file`` when it waits for its timestamp."""
        pending = session._take()
        details = session.sudo()  # safe: taken for the current user just above
        document = self.env["vanban.document"].browse(details.document_id.id)
        action = "sign" if details.purpose in PERSONAL_SESSIONS else "seal"
        if not isinstance(pending, sign.Pending):
            raise UserError(self.env._("This signature is made by a tool that returns the whole file."))
        document._require_own(details.certificate_id, certificate_b64, action)
        document._check_completion(details.purpose)
        try:
            signature = base64.b64decode(signature_b64 or "")
        except ValueError as error:
            raise UserError(self.env._("The device gave no signature.")) from error
        raw = document._finish_file(session, pending, signature, action, token_serial)
        return document._store_signed(session, raw, token_serial) if raw else self.env["vanban.file"]

    def _check_completion(self, purpose):
        """Right, state and guards again before the second phase; other purposes extend."""
        self._check_allowed_logged("sign" if purpose == "leader" else "seal")

    def _store_signed(self, session, raw, token_serial=None):
        """Signed bytes of any provider, through the security boundary, to the next state."""
        if session.sudo().purpose != "leader":  # safe: own session
            return self._complete_seal(session, raw, token_serial)
        file = self._verify_and_store(session, raw, token_serial)
        # safe: own session
        data = {"certificate": session.sudo().certificate_id.serial, "capacity": self.signer_capacity}
        self._transition("sign", data=data)
        return file

    def _require_own(self, certificate, certificate_b64, action):
        """The certificate that the client used must be the enrolled one (SIGN-01)."""
        if certificate_b64 and base64.b64decode(certificate_b64) != certificate._der():
            message = self.env._(
                "The certificate does not belong to the signer: sign with the registered certificate of %(name)s.",
                name=certificate.name,
            )
            self._log_refused(action, message)
            raise UserError(message)
        certificate._require_usable()

    # ------------------------------------------------------------------ timestamp

    def _finish_file(self, session, pending, signature, action, token_serial=None):
        """Signed bytes, with a timestamp when a service is configured; None when the signature waits for it (SIGN-23).

        :raise UserError: the signature does not fit, or no timestamp and the agency refuses instead of waiting
        """
        try:
            return self._container_of(session, pending, signature)
        except PadesError as error:
            if error.code == "timestamp" and self.company_id.sudo().vanban_tsa_policy == "queue":  # safe: a setting
                session._queue(signature, token_serial)
                return None
            self._log_refused(action, str(error))
            raise UserError(str(error)) from error
        except ValueError as error:
            self._log_refused(action, str(error))
            raise UserError(str(error)) from error

    def _container_of(self, session, pending, signature):
        """Bytes to store from both phases; other purposes extend. :raise PadesError: ``timestamp`` and others"""
        return sign.finish(pending, signature, timestamper=self._timestamper())

    def _timestamper(self):
        company = self.company_id.sudo()  # safe: settings
        if not company.vanban_tsa_url:
            return None
        if company.vanban_tsa_policy == "queue" and not self.env.context.get("vanban_timestamp_retry"):
            # somebody waits at the screen, and the signature can wait in the queue: the patience is the job's
            return timestamp.http_timestamper(company.vanban_tsa_url, timeout=15, tries=1)
        return timestamp.http_timestamper(company.vanban_tsa_url)

    def _queued_message(self):
        return self.env._("Signed; the timestamp service does not answer. The document goes on by itself as soon as it does.")

    def _queued_notice(self):
        """What a button shows when the signature waits."""
        params = {"type": "warning", "sticky": True, "message": self._queued_message()}
        return {"type": "ir.actions.client", "tag": "display_notification", "params": params}

    def _check_not_queued(self, action):
        # safe: only whether such a session exists
        if self.env["vanban.signing.session"].sudo().search_count(
            [("document_id", "=", self.id), ("outcome", "=", "queued"), ("purpose", "=" if action == "sign" else "!=", "leader")], limit=1
        ):
            raise UserError(self._queued_message())
