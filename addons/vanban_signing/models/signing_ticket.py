import datetime
import hashlib
import secrets

from odoo import api, fields, models

from .signing_session import MINUTES


class SigningTicket(models.Model):
    """An address with a secret in it, for a tool without a login of ours: fetch one prepared file, or return signed ones.

    Only the SHA-256 of the secret is kept. A download ticket serves once, and only the bytes of its digest; an upload ticket
    takes only files that begin with bytes sent out in its run.
    """

    _name = "vanban.signing.ticket"
    _description = "Single-use address for a signing tool"

    kind = fields.Selection([("download", "Fetch"), ("upload", "Return")], required=True, readonly=True)
    secret_sha256 = fields.Char("SHA-256 of the secret", required=True, readonly=True, index=True)
    job_id = fields.Many2one("vanban.signing.job", "Run", required=True, readonly=True, ondelete="cascade", index=True)
    session_ids = fields.Many2many("vanban.signing.session", string="Signatures", readonly=True)
    sha256 = fields.Char("SHA-256 of the bytes to send", readonly=True)
    expires = fields.Datetime("Expires", required=True, readonly=True, index=True)
    used_date = fields.Datetime("Used on", readonly=True)
    tries = fields.Integer("Files refused", readonly=True)

    @api.model
    def _issue(self, kind, job, sessions):
        """A fresh secret for the address."""
        secret = secrets.token_urlsafe(32)
        # safe: the caller has checked that the run is the current user's
        self.sudo().create(
            {
                "kind": kind,
                "secret_sha256": hashlib.sha256(secret.encode()).hexdigest(),
                "job_id": job.id,
                "session_ids": [fields.Command.set(sessions.ids)],
                "sha256": sessions.base_sha256 if kind == "download" else False,
                "expires": fields.Datetime.now() + datetime.timedelta(minutes=MINUTES),
            }
        )
        return secret

    @api.model
    def _redeem(self, kind, secret):
        """The ticket of this secret, locked, or an empty record: unknown, used, expired, or its run is over."""
        digest = hashlib.sha256((secret or "").encode()).hexdigest()
        # safe: the secret is the right; it was given to the signer's own tool
        ticket = self.sudo().search([("kind", "=", kind), ("secret_sha256", "=", digest), ("used_date", "=", False)], limit=1)
        if len(ticket.session_ids) == 1:
            # several files of one call may come side by side; each of their signatures is locked by itself
            ticket = ticket.try_lock_for_update()
        alive = ticket and ticket.expires >= fields.Datetime.now() and ticket.job_id.state == "open"
        return ticket if alive else ticket.browse()

    def _use(self):
        self.used_date = fields.Datetime.now()

    @api.autovacuum
    def _gc_tickets(self):
        limit = fields.Datetime.now() - datetime.timedelta(days=1)
        self.sudo().search([("expires", "<", limit)], limit=1000).unlink()  # safe: housekeeping
