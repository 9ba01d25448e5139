import logging

import psycopg2

from odoo import SUPERUSER_ID, api, fields, models

from odoo.addons.vanban_core.tools import vietnam_time

from ..edxml import names, statuses
from .packet import STATUS

_logger = logging.getLogger(__name__)
_BATCH = 500
# Packed in one step, as long as none of them fails.
_TOGETHER = 50


class PacketStatus(models.Model):
    """Log of statuses, ours and theirs: each once, with the time at which it really happened."""

    _name = "vanban.packet.status"
    _description = "Interchange status"
    _order = "date, id"
    _rec_name = "code"

    company_id = fields.Many2one("res.company", "Our agency", required=True, readonly=True, index=True)
    document_id = fields.Many2one("vanban.document", "Document", required=True, readonly=True, ondelete="restrict", index=True)
    direction = fields.Selection([("out", "Reported by us"), ("in", "Reported by the recipient")], required=True, readonly=True)
    code = fields.Selection(STATUS, "Status", required=True, readonly=True)
    date = fields.Datetime("Time", required=True, readonly=True, help="Time of the event, as its author gave it.")
    received_date = fields.Datetime("Received on", readonly=True)
    description = fields.Char(readonly=True)
    person = fields.Char("Person", readonly=True)
    peer_id = fields.Many2one("vanban.peer", "Connection", required=True, readonly=True, ondelete="restrict", index=True)
    partner_id = fields.Many2one("res.partner", "Agency", related="peer_id.partner_id", store=True)
    # of a received status: the row of the outbox it is about; of a reported one: the row that carries it
    out_id = fields.Many2one("vanban.packet.out", "Delivery", readonly=True, ondelete="restrict", index=True)
    packet_out_id = fields.Many2one("vanban.packet.out", "Sent with", readonly=True, ondelete="restrict")
    packet_in_id = fields.Many2one("vanban.packet.in", "Received with", readonly=True, ondelete="restrict")
    answer_to_id = fields.Many2one("vanban.packet.in", "Answers", readonly=True, ondelete="restrict")

    _reported_once = models.UniqueIndex("(document_id, peer_id, code, COALESCE(answer_to_id, 0)) WHERE direction = 'out'")
    _received_once = models.UniqueIndex("(out_id, code, date, COALESCE(description, '')) WHERE direction = 'in'")
    _pending = models.Index("(id) WHERE direction = 'out' AND packet_out_id IS NULL")

    @api.model
    def _report(self, document, peer, code, reason=None, answer_to=None, moment=None):
        """Note that ``code`` is to be reported about an incoming document; nothing when it was, or is out of order.
        ``moment`` (UTC) is when it happened, now unless given.

        Only one row is written: this runs inside the transaction that numbers or distributes the document. The
        packet is made by the delivery job, with the time noted here.
        """
        model = self.sudo()  # safe: statuses follow from steps that were allowed
        domain = [("document_id", "=", document.id), ("peer_id", "=", peer.id), ("direction", "=", "out")]
        if answer_to is None:
            if not statuses.may_follow(model.search(domain).mapped("code"), code):
                return model.browse()
        elif model.search_count([*domain, ("code", "=", code), ("answer_to_id", "=", answer_to.id)], limit=1):
            return model.browse()
        row = model.create({
            "company_id": document.company_id.id, "document_id": document.id, "direction": "out", "code": code,
            "date": moment or fields.Datetime.now(), "description": (reason or "")[:500] or False, "peer_id": peer.id,
            "person": False if self.env.uid == SUPERUSER_ID else self.env.user.name,
            "answer_to_id": answer_to.id if answer_to else False,
        })
        self.env["vanban.packet.out"]._wake()
        return row

    @api.model
    def _queue_pending(self):
        """Make the packets of statuses noted since the last turn, in their order."""
        rows = self.search([("direction", "=", "out"), ("packet_out_id", "=", False)], order="id", limit=_BATCH)
        rows = rows.try_lock_for_update().sorted("id")
        for start in range(0, len(rows), _TOGETHER):
            part = rows[start:start + _TOGETHER]
            if not self._packed(part) and len(part) > 1:
                for row in part:  # one status that cannot be packed waits, the others leave
                    self._packed(row)

    @api.model
    def _packed(self, rows):
        """Make the packets of ``rows``; False, and nothing made, when the program fails on one of them."""
        builder = self.env["vanban.packet.builder"]
        try:
            with self.env.cr.savepoint():
                packets = builder._store_statuses(
                    [(row.company_id, row.document_id, builder._status_packet(row), row.peer_id) for row in rows])
                outs = self.env["vanban.packet.out"]._enqueue_many(
                    [(packet, row.peer_id, None) for packet, row in zip(packets, rows, strict=True)], urgency=1)
                for row, out in zip(rows, outs, strict=True):
                    row.packet_out_id = out
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            raise  # the database, not the status
        except Exception:
            _logger.log(logging.ERROR if len(rows) == 1 else logging.INFO, "statuses %s could not be packed", rows.ids, exc_info=True)
            return False
        return True

    @api.model
    def _note_received(self, out, packet, packet_in):
        """Log one received status; False when the same was logged before."""
        moment = packet.timestamp
        date = vietnam_time.to_utc(moment) if moment else packet_in.received_date
        # A clock that runs ahead must not put events into the future.
        date = min(date, packet_in.received_date)
        # two requests may be answered in the same second, by the same code
        description = packet.description[:500] or False
        if self.search_count([("out_id", "=", out.id), ("code", "=", packet.status_code), ("date", "=", date),
                              ("description", "=", description), ("direction", "=", "in")], limit=1):
            return False
        staff = packet.staff
        self.create({
            "company_id": out.company_id.id, "document_id": out.document_id.id, "direction": "in",
            "code": packet.status_code, "date": date, "received_date": packet_in.received_date,
            "description": description, "peer_id": out.peer_id.id, "out_id": out.id,
            "packet_in_id": packet_in.id,
            "person": ", ".join(filter(None, (staff.staff, staff.department)))[:200] if staff else False,
        })
        return True

    @api.model
    def _label(self, code):
        return names.STATUS_CODES[code]
