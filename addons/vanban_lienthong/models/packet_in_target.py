import unicodedata

from odoo import api, models

from ..edxml import ResponseFor

GONE = ("refused", "returned", "recalled")


def plain_code(text):
    """Number and symbol without what other systems write differently: case, spaces, way of composing letters."""
    return "".join(unicodedata.normalize("NFC", text or "").upper().split())


class PacketInTarget(models.Model):
    """Which of our documents a packet is about: by identifier, else by agency, day, number and symbol (QĐ 28/2018 Phụ lục, ResponseFor)."""

    _inherit = "vanban.packet.in"

    def _find_target(self, packet):
        """What a recall or an update is about. Some systems name it in the header only, as number, symbol and day."""
        if packet.business.document_id:
            return self._find_incoming(ResponseFor(document_id=packet.business.document_id))
        return self._find_incoming(ResponseFor(
            code=packet.code, document_id=packet.document_id, promulgation_date=packet.promulgation_date))

    def _find_incoming(self, response):
        """Our incoming document from this sender; also one received under an earlier code of it, or from an agency merged into it.

        What counts is who sent it: the clerk may have put another issuer into the record.
        """
        domain = [
            ("company_id", "=", self.company_id.id), ("direction", "=", "in"), ("packet_in_id.partner_id", "in", self._sender_lineage().ids)]
        documents = self.env["vanban.document"]
        if response.document_id:
            documents = documents.search([*domain, ("document_code", "=", response.document_id.strip())], order="id desc")
        if not documents:
            documents = self._of_the_day(domain, response)
        return documents.filtered(lambda document: document.state not in GONE)[:1] or documents[:1]

    def _sender_lineage(self):
        return self.peer_id.partner_id._vanban_lineage()

    def _find_outgoing(self, response):
        """Our sent document; empty when several fit."""
        domain = [("company_id", "=", self.company_id.id), ("direction", "!=", "in"), ("issued_date", "!=", False)]
        documents = self.env["vanban.document"]
        if response.document_id:
            documents = documents.search([*domain, ("document_code", "=", response.document_id.strip())], limit=2)
        documents = documents or self._of_the_day(domain, response)
        return documents if len(documents) == 1 else documents.browse()

    @api.model
    def _of_the_day(self, domain, response):
        """Documents of ``domain`` with the number, symbol and day that ``response`` names."""
        documents = self.env["vanban.document"]
        code = plain_code(response.code)
        if not (code and response.promulgation_date):
            return documents
        found = documents.search_fetch([*domain, ("issue_date", "=", response.promulgation_date)], ["code"], order="id desc")
        return found.filtered(lambda document: plain_code(document.code) == code)
