"""Delivery between two agencies that share one database (levels of the same system)."""
from .base import DeliveryError, Driver, register


@register
class LocalDriver(Driver):
    code = "local"
    label = "Agency in the same database"

    def send(self, delivery):
        # safe: the packet is handed to the other agency's reception desk, nothing else is touched
        company = self.env["res.company"].sudo()._vanban_by_code(delivery.recipient)
        if not company:
            raise DeliveryError(
                "recipient", self.env._("No agency with code %(code)s in this database.", code=delivery.recipient),
                retryable=False)
        peer = self.env["vanban.peer"].sudo()._of_sender(company, delivery.sender)
        inbox = self.env["vanban.packet.in"].sudo()  # safe: as above
        try:
            with open(delivery.path, "rb") as stream:
                packet = inbox._receive(stream, company, peer, delivery, "-local-")
        except OverflowError:
            raise DeliveryError("too_large", self.env._(
                "The packet is larger than the %(size)s MB that this system takes. Send paper, or make the attached files smaller and send again.",
                size=inbox._limits().packet_size >> 20), retryable=False) from None
        return str(packet.id)

    def known(self, messages):
        # safe: digests of our own packets, as the other agency of this database keeps them
        rows = self.env["vanban.packet.in"].sudo().search([
            ("channel_key", "=", "-local-"), ("message", "in", list(messages)),
            ("company_id.partner_id", "=", self.peer.partner_id.id)])
        return {row.message: row.sha256 for row in rows}

    def check(self):
        company = self.env["res.company"].sudo()._vanban_by_code(self.peer.code)  # safe: existence only
        if not company:
            raise DeliveryError("recipient", self.env._("No agency with code %(code)s in this database.", code=self.peer.code))
        return self.env._("The agency is in this database.")
