import hmac
from pathlib import Path

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vanban_core.models.language import in_vietnamese

from ..edxml import Limits
from .packet_held import INTEGRITY

# Channel of packets that never left the database.
LOCAL_CHANNEL = "-local-"
LIMIT_PARAMETER = "vanban_lienthong.max_packet_mb"


class PacketInReceive(models.Model):
    """Reception: bytes, digest and sender are stored and committed before the sender gets its receipt."""

    _inherit = "vanban.packet.in"

    @api.model
    def _limits(self):
        # safe: technical limits only
        megabytes = int(self.env["ir.config_parameter"].sudo().get_param(LIMIT_PARAMETER, 300))
        return Limits(packet_size=megabytes * 1024 * 1024, attachment_size=megabytes * 1024 * 1024)

    @api.model
    def _receive(self, stream, company, peer, delivery, channel):
        """Store one delivery; parse nothing.

        :param stream: binary file with the packet
        :param company: our agency, addressed by the transport
        :param peer: connection it came by, empty when the sender is not known there
        :param Delivery delivery: what the transport says; its digest is compared with the bytes
        :param channel: name of the key that proved the delivery, or LOCAL_CHANNEL
        :return: the row; for a repeated delivery the row that exists already
        :raise OverflowError: larger than allowed, nothing is stored
        """
        self = in_vietnamese(self)
        known = self._known(company, delivery)
        if known and known.sha256 == delivery.sha256:
            known._log("repeated", data={"message": delivery.message})
            return known
        path, size, digest = self._spool(stream, self._limits().packet_size)
        try:
            return self._keep(path, size, digest, company, peer, delivery, known, channel)
        finally:
            Path(path).unlink(missing_ok=True)

    @api.model
    def _lock_message(self, sender, message):
        """False while another request stores the same packet: a sender whose wait was too short comes twice."""
        query = SQL("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", f"vanban.packet.in/{sender}/{message}")
        [(locked,)] = self.env.execute_query(query)
        return locked

    @api.model
    def _known(self, company, delivery):
        return self.search([
            ("company_id", "=", company.id), ("sender_code", "=", delivery.sender), ("message", "=", delivery.message),
        ], limit=1)

    @api.model
    def _keep(self, path, size, digest, company, peer, delivery, known, channel):
        intact = hmac.compare_digest(digest, delivery.sha256) and size == delivery.size
        message = delivery.message
        if known or not intact:
            # Evidence of a damaged or contradicting delivery must not take the place of the sound one.
            message = f"{delivery.message}#{digest[:16]}"
            same = self.search([("company_id", "=", company.id), ("sender_code", "=", delivery.sender), ("message", "=", message)], limit=1)
            if same:
                return same
        packet = self.create({
            "company_id": company.id, "peer_id": peer.id, "sender_code": delivery.sender, "message": message,
            "channel_key": channel, "type": delivery.type if delivery.type in ("document", "status") else False,
            "sha256": digest, "size": size,
        })
        packet._store_content(path, "packet.edxml")
        packet._log("receive_packet", data={"message": message, "sha256": digest, "size": size})
        if not intact:
            packet._hold(INTEGRITY, self.env._(
                "Not intact (Không toàn vẹn): the bytes received differ from those that the sender signed. "
                "The sender repeats the packet by itself; nothing is taken over from this one."))
        elif known:
            packet._hold("MESSAGE_REUSED", self.env._(
                "The sender used the number of an earlier packet for other content. Ask the sender before taking it over."))
        else:
            packet._supersede_damaged()
            self._wake()
        return packet

    def _supersede_damaged(self):
        """The sound copy is here: damaged deliveries of it are decided."""
        damaged = self.search([
            ("company_id", "=", self.company_id.id), ("sender_code", "=", self.sender_code), ("state", "=", "quarantined"),
            ("reason_code", "=", INTEGRITY)])
        damaged = damaged.filtered(lambda row: row.message.rpartition("#")[0] == self.message)
        if damaged:
            damaged._flow("supersede", values={"duplicate_of_id": self.id})

    def _hold(self, code, reason, values=None):
        """Quarantine with a reason for the clerk."""
        self.ensure_one()
        self._flow("quarantine", comment=reason, values={**(values or {}), "reason_code": code, "reason": reason})
        if code != INTEGRITY:  # the sender repeats that one by itself
            self.env["vanban.notice"]._send(
                self.company_id._vanban_clerks(), self.env._("Packet held: %(reason)s", reason=reason), kind="alert",
                action="vanban_lienthong.action_packet_in_held")
