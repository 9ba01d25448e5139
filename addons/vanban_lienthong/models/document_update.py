from dataclasses import replace

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.vanban_core.tools import vietnam_time

from ..edxml import names
from .packet_out import REPEATABLE, WAITING

# What may still change once a document is issued; its text does not (NĐ 30/2020 Đ.18.3).
UPDATABLE = ("urgency", "reply_required", "reply_due_date")


class DocumentUpdate(models.Model):
    """Telling the recipients of an issued document what has changed about it (packet of type 2): another date for the reply, its urgency."""

    _inherit = "vanban.document"

    def action_send_update(self, vals, reason):
        """Change ``vals`` (fields of ``UPDATABLE``) and tell every agency that has the document or is about to get it.

        :raise AccessError: not a clerk of the agency     :raise UserError: nothing to tell, nobody to tell it to, no reason
        """
        self.ensure_one()
        self.check_access("read")
        reason = (reason or "").strip()
        changes = {name: value for name, value in vals.items() if name in UPDATABLE and self[name] != value}
        rows = self._rows_to_update()
        if not self._may_clerk():
            self._refuse_update(self.env._("What has changed is sent by the clerk of the agency."), AccessError)
        if self.direction == "in" or self.state not in ("issued", "delivered"):
            self._refuse_update(self.env._("Only a document that is issued and in force can be updated."))
        if unknown := vals.keys() - set(UPDATABLE):
            self._refuse_update(self.env._("This cannot be changed once the document is issued: %(names)s.", names=", ".join(sorted(unknown))))
        if not reason:
            self._refuse_update(self.env._("Write the reason: it is told to the recipients."))
        if not changes:
            self._refuse_update(self.env._("Nothing differs from what the recipients have."))
        if not rows:
            self._refuse_update(self.env._("No agency has this document through the interchange: inform the recipients on the way it was sent."))
        due = changes.get("reply_due_date", self.reply_due_date)
        if changes.get("reply_required", self.reply_required) and not due:
            self._refuse_update(self.env._("Give the day until which the reply is asked for."))
        if due and fields.Date.to_date(due) < vietnam_time.today():
            self._refuse_update(self.env._("The reply cannot be due before today."))
        before = {name: str(self[name] or "") for name in changes}
        self._write_fixed(changes)
        self._log("send_update", comment=reason, data={
            "before": before, "after": {name: str(value or "") for name, value in changes.items()}, "recipients": rows.mapped("recipient_name")})
        for (_signs, due), alike in rows.grouped(lambda row: (row.peer_id._signs_packets(), row.recipient_id.answer_due)).items():
            self._queue_update_packet(alike, due or None, reason)
        self._notify(self.signer_id | self.drafter_id, self.env._("The recipients are told of a change: %(reason)s", reason=reason))
        return True

    def _refuse_update(self, message, kind=UserError):
        self._log_refused("send_update", message)
        raise kind(message)

    def _rows_to_update(self):
        """Rows of the outbox whose recipients have the document or will get it; nobody is told who was asked to give it back."""
        return self.sudo().delivery_ids.filtered(  # safe: own deliveries; right and state are checked before anything is done
            lambda row: row.business_type in ("0", "3") and row.state in (*WAITING, *REPEATABLE))

    def _queue_update_packet(self, rows, due, reason):
        builder = self.env["vanban.packet.builder"]
        business = replace(builder._business(self, names.UPDATE, reason, self), document_info=True, document_receiver=False)
        packet = builder._document_packet(self, rows.partner_id, business, moment=fields.Datetime.now(), due=due)
        stored = builder._store_document(self, packet, rows.peer_id)
        self.env["vanban.packet.out"]._enqueue(stored, [(row.peer_id, None) for row in rows], urgency=4)


class PacketOut(models.Model):
    _inherit = "vanban.packet.out"

    def _take_answer_to_update(self, packet):
        """Whether the received status answers an update that was sent after this row, rather than a recall; then it is noted there."""
        self.ensure_one()
        if packet.status_code not in (names.AGREED, names.REFUSED):
            return False
        if self.recall_asked and not packet.description.startswith(names.ABOUT_UPDATE):
            return False
        update = self.search([
            ("document_id", "=", self.document_id.id), ("peer_id", "=", self.peer_id.id), ("type", "=", "document"),
            ("business_type", "=", str(names.UPDATE)), ("state", "=", "sent")], order="id", limit=1)
        if not update:
            return False
        agreed = packet.status_code == names.AGREED
        update._flow("fold", "completed" if agreed else "rejected", comment=packet.description, values={"state_date": fields.Datetime.now()})
        if not agreed:
            self._alarm(self.env._(
                "%(agency)s does not take the change over: %(reason)s", agency=self.recipient_name,
                reason=packet.description.removeprefix(names.ABOUT_UPDATE)))
        return True
