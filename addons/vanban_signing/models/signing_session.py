import base64
import datetime
import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError

from odoo.addons.vanban_core.models.language import in_vietnamese

from ..pades.sign import Pending

NO_ACCESS = "."

MINUTES, QUEUE_HOURS = 20, 24
_TOKEN = object()


class SigningSession(models.Model):
    """What was prepared for one signature: bytes, digest, person, purpose, term; used once (SIGN-26, SIGN-31, SIGN-33).

    The row stays as the record of the use of the certificate; the prepared bytes go when it is over.
    """

    _name = "vanban.signing.session"
    _inherit = ["vanban.log.mixin"]
    _description = "Signature in preparation"
    _order = "id desc"

    document_id = fields.Many2one("vanban.document", "Document", required=True, ondelete="restrict", index=True)
    file_id = fields.Many2one("vanban.file", "File", required=True, ondelete="restrict")
    signed_file_id = fields.Many2one("vanban.file", "Signed file", ondelete="restrict")
    purpose = fields.Selection(
        [("leader", "Competent person"), ("seal", "Agency"), ("annex", "Agency, on an annex")], "Purpose", required=True
    )
    user_id = fields.Many2one("res.users", "User", required=True, ondelete="restrict", index=True)
    certificate_id = fields.Many2one("vanban.certificate", "Certificate", required=True, ondelete="restrict")
    provider = fields.Char("Way of signing", required=True)
    line_id = fields.Many2one("vanban.signing.job.line", "Line of the run", ondelete="restrict", index="btree_not_null")
    field_name = fields.Char("Field in the file", help="Signature field that this signature fills; a file tool chooses it itself.")
    token_serial = fields.Char("Serial number of the device")
    # bytes of the document: for the server alone, certificate managers see the use of certificates without content
    prepared = fields.Binary("Prepared file", attachment=True, groups=NO_ACCESS)
    details = fields.Text("State of the signature", groups=NO_ACCESS)
    digest = fields.Char("Digest to sign (SHA-256)", required=True)
    base_length = fields.Integer("Length of the file before", required=True)
    base_sha256 = fields.Char("SHA-256 of the file before", required=True)
    expires = fields.Datetime("Expires", required=True, index=True)
    used_date = fields.Datetime("Signed on", readonly=True)
    # public once it is in the file; kept only while the timestamp service does not answer
    signature = fields.Binary("Signature waiting for its timestamp", attachment=False, groups=NO_ACCESS)
    outcome = fields.Selection(
        [("open", "Open"), ("queued", "Waiting for the timestamp"), ("done", "Done"), ("refused", "Refused"), ("expired", "Expired")],
        "Outcome",
        required=True,
        default="open",
    )
    message = fields.Char("Message")

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("vanban_session") is not _TOKEN:
            raise AccessError(self.env._("Signatures are prepared with the Sign button, not directly."))
        return super().create(vals_list)

    def write(self, vals):
        if self.env.context.get("vanban_session") is not _TOKEN:
            raise AccessError(self.env._("The record of signatures cannot be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("The record of signatures cannot be deleted."))

    @api.model
    def _open(self, file, purpose, certificate, provider, base, pending, field_name=False):
        """Keep a ``pades.sign.Pending`` for the current user; ``base`` are the bytes before this signature.

        Without ``pending`` the base itself is kept: a file tool gets it and returns the signed file.
        """
        # safe: the caller has checked that this user may sign this document for this purpose
        return (
            self.sudo()
            .with_context(vanban_session=_TOKEN)
            .create(
                {
                    "document_id": file.document_id.id,
                    "file_id": file.id,
                    "purpose": purpose,
                    "user_id": self.env.uid,
                    "certificate_id": certificate.id,
                    "provider": provider,
                    "line_id": self.env.context.get("vanban_signing_line"),
                    "field_name": field_name,
                    "prepared": base64.b64encode(pending.pdf if pending else base),
                    "details": json.dumps(pending.to_dict()) if pending else False,
                    "digest": pending.digest.hex() if pending else hashlib.sha256(base).hexdigest(),
                    "base_length": len(base),
                    "base_sha256": hashlib.sha256(base).hexdigest(),
                    "expires": fields.Datetime.now() + datetime.timedelta(minutes=MINUTES),
                }
            )
        )

    def _take(self):
        """The ``Pending`` of an own, open, unexpired session; locks the row so that it is used once.

        :return: ``Pending``, or the bytes that were sent when a file tool signs
        :raise UserError: used, expired, or not of this user
        """
        self.ensure_one()
        session = self.sudo()  # safe: the next lines check that it belongs to the current user
        if not session.exists() or session.user_id != self.env.user:
            message = self.env._("This signature was not prepared for you. Press “Sign” again.")
            self._log_refused("sign", message)
            raise UserError(message)
        try:
            session.lock_for_update()
        except LockError as error:
            raise UserError(self.env._("This signature is being completed at this moment. Reload the page.")) from error
        if session.outcome not in ("open", "queued") or session.expires < fields.Datetime.now():
            message = self.env._("This signature was already used or has expired. Press “Sign” again.")
            session.document_id._log_refused("sign", message)
            raise UserError(message)
        prepared = base64.b64decode(session.with_context(bin_size=False).prepared)
        return Pending.from_dict(json.loads(session.details), prepared) if session.details else prepared

    def _take_bytes(self):
        """The bytes sent to a file tool; the caller holds the ticket for them."""
        self.ensure_one()
        # safe: the single-use ticket is the right
        return base64.b64decode(self.sudo().with_context(bin_size=False).prepared or b"")

    def _set(self, vals):
        """Write what the flow learns about an open session."""
        # safe: called by the flow that has taken the session for the current user
        self.sudo().with_context(vanban_session=_TOKEN).write(vals)

    def _close(self, outcome, signed_file=None, message=None, token_serial=None):
        """End the session and drop the prepared bytes."""
        # safe: called by the flow that opened it
        self.sudo().with_context(vanban_session=_TOKEN).write(
            {
                "outcome": outcome,
                "signed_file_id": signed_file.id if signed_file else False,
                "message": message,
                "prepared": False,
                "details": False,
                "signature": False,
                "used_date": fields.Datetime.now(),
                **({"token_serial": token_serial} if token_serial else {}),
            }
        )

    def _queue(self, signature, token_serial=None):
        """The signature is there, the timestamp service is not: keep both phases' results and go on later."""
        if self.sudo().outcome == "queued":  # safe: own session
            return
        self._set(
            {
                "outcome": "queued",
                "signature": base64.b64encode(signature),
                "token_serial": token_serial,
                "expires": fields.Datetime.now() + datetime.timedelta(hours=QUEUE_HOURS),
                "message": self.env._("Waiting for the timestamp service"),
            }
        )
        # safe: own session, taken just before
        self.sudo().document_id._log("timestamp_queued", data={"digest": self.sudo().digest})

    @api.model
    def _cron_timestamps(self):
        """Give waiting signatures their timestamp; each in a transaction of its own, annexes before their document."""
        self = in_vietnamese(self)
        # safe: works on as the person who signed, with his rights
        waiting = self.sudo().search([("outcome", "=", "queued"), ("expires", ">", fields.Datetime.now())], order="id", limit=500)
        for session in waiting:
            session._retry_timestamp()
            if not self.env["ir.cron"]._commit_progress(1, remaining=len(waiting)):
                break

    def _retry_timestamp(self):
        own = self.with_user(self.user_id).with_company(self.certificate_id.company_id).with_context(vanban_timestamp_retry=True)
        document = own.env["vanban.document"]
        signature = self.with_context(bin_size=False).signature
        answer = document._complete_one(
            {"id": self.id, "signature_b64": signature.decode()}, token_serial=self.token_serial or None
        )
        if answer["ok"]:
            self.line_id._note(own, answer)
        elif not answer["queued"]:
            # safe: the flow that queued it; the document was changed meanwhile, or the certificate stopped
            self._close("refused", message=answer["message"][:500])
            self.line_id._note(own, answer)

    @api.model
    def _forget(self, documents):
        """Drop prepared bytes of documents that the archive destroys."""
        # safe: the archive has decided and checked; digests and outcome stay
        rows = self.sudo().search([("document_id", "in", documents.ids), ("prepared", "!=", False)])
        rows.with_context(vanban_session=_TOKEN).write({"prepared": False, "details": False, "signature": False})
        rows.filtered(lambda row: row.outcome in ("open", "queued")).with_context(vanban_session=_TOKEN).write({"outcome": "expired"})

    @api.autovacuum
    def _gc_expired(self):
        limit = fields.Datetime.now() - datetime.timedelta(minutes=MINUTES)
        for session in self.sudo().search(
            [("outcome", "in", ("open", "queued")), ("expires", "<", limit)], limit=1000
        ):  # safe: housekeeping
            session._close("expired")
