import hashlib
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..edxml import Written


class PeerSignature(models.Model):
    """Whether packets of a connection carry the agency's XML signature, and whose signature comes back (LT-12)."""

    _inherit = "vanban.peer"

    packet_signature = fields.Selection(
        [("off", "Not used"), ("optional", "Checked when present"), ("required", "Required")],
        "Signature of packets", required=True, default="off",
        help="Our packets are signed with the agency's key at the server unless it is not used. Incoming packets with a wrong "
        "signature are held; where it is required, also those without a valid one.")
    packet_signer = fields.Char(
        "Name on their certificate", help="Holder or organisation of the certificate with which the other agency signs its packets.")

    @api.constrains("packet_signature", "packet_signer")
    def _check_packet_signature(self):
        for peer in self:
            if peer.packet_signature != "off" and "vanban.xml.signature" not in self.env:
                raise ValidationError(self.env._("Signatures of packets need the signing application: install it first."))
            if peer.packet_signature == "required" and not (peer.packet_signer or "").strip():
                raise ValidationError(self.env._(
                    "“%(name)s”: enter the name on the certificate of the other agency, so that nobody else's signature counts.",
                    name=peer.name))

    def _signs_packets(self):
        # safe: a setting of the connection
        return "vanban.xml.signature" in self.env and any(peer.packet_signature != "off" for peer in self.sudo())

    def _requires_signature(self):
        return self.sudo().filtered(lambda peer: peer.packet_signature == "required")  # safe: as above

    def _check_may_sign(self, company):
        """Raises UserError when one of these connections requires a signature and the agency has no key in force."""
        if self._requires_signature():
            self.env["vanban.xml.signature"]._key(company)

    def _sign_packet(self, company, path, waits):
        """(path, Written) of the signed packet beside ``path``; None when it leaves unsigned, which is logged.

        A status or a recall never waits for a key: the recipient holds it when it insists.

        :param bool waits: the packet may wait until there is a key again
        :raise UserError: a packet that waits and for which a connection requires the signature
        """
        target = Path(path).with_name("signed.edxml")
        try:
            self.env["vanban.xml.signature"]._sign(company, path, target)
        except UserError as error:
            if waits and self._requires_signature():
                raise
            self.env["vanban.log"]._log_refused("sign_packet", str(error))
            return None
        with open(target, "rb") as stream:
            return target, Written(target.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest())
