import datetime

from odoo import api, fields, models

from ..wire.signature import TOLERANCE


class PacketNonce(models.Model):
    """Nonces seen lately: a recorded request cannot be played again."""

    _name = "vanban.packet.nonce"
    _description = "Nonce of a received request"
    _log_access = False
    _rec_name = "nonce"

    key_id = fields.Char(required=True)
    nonce = fields.Char(required=True)
    date = fields.Datetime(required=True, index=True)

    _once = models.Constraint("UNIQUE(key_id, nonce)", "This request was already received.")

    @api.model
    def _use(self, key_id, nonce):
        """True when the nonce is new; it is used from now on, whatever becomes of the request."""
        if self.search_count([("key_id", "=", key_id), ("nonce", "=", nonce)], limit=1):
            return False
        self.create({"key_id": key_id, "nonce": nonce, "date": fields.Datetime.now()})
        return True

    @api.autovacuum
    def _gc_nonces(self):
        limit = 10_000
        # The clock check refuses what is older, so older nonces need no memory.
        old = self.search([("date", "<", fields.Datetime.now() - datetime.timedelta(seconds=4 * TOLERANCE))], limit=limit)
        old.unlink()
        return len(old), len(old) == limit
