from odoo import fields, models

from ..edxml import ResponseFor, StatusPacket, names
from .packet_held import PacketHeld, PacketTooEarly

# Nothing is left to cancel in these states.
OVER = ("refused", "returned", "recalled", "no_value")


class PacketInDecision(models.Model):
    """Recall, take-back, update and replacement as the receiver sees them: the clerk decides, the answer goes by itself."""

    _inherit = "vanban.packet.in"

    def _ask_decision(self, target):
        """Put the request before the clerk, or answer at once when there is nothing left to cancel."""
        if not target and self._is_recall() and self._drop_untaken():
            return
        if not target:
            self._wait_for_older()
            raise PacketHeld("TARGET_UNKNOWN", self.env._(
                "The packet is about %(code)s, which this agency has not received from this sender. If the document is held "
                "in the inbox, decide about it first; then read this packet again.", code=self.document_code or "–"))
        values = {"target_id": target.id, "document_id": target.id}
        if self._is_recall() and target.state in OVER:
            self._flow("answer_alone", values=values)
            self._answer(names.AGREED, "Văn bản đã được hủy trên hệ thống từ trước")
            return
        self._flow("ask", values=values)
        target._notify_registry(self._request_summary())

    def _wait_for_older(self):
        """The document may be at work with another worker: what came before from this sender is read first."""
        if self.search_count([
            ("company_id", "=", self.company_id.id), ("sender_code", "=", self.sender_code), ("state", "=", "received"), ("id", "<", self.id),
            ("type", "!=", "status")], limit=1):
            raise PacketTooEarly

    def _drop_untaken(self):
        """Whether the document lies here as a packet that nobody took over: then it goes no further, and the sender hears so at once."""
        if not self.document_code:
            return False
        untaken = self.search([
            ("company_id", "=", self.company_id.id), ("type", "=", "document"), ("document_code", "=", self.document_code),
            ("peer_id", "=", self.peer_id.id), ("state", "in", ("quarantined", "discarded")), ("business_type", "in", ("0", "3"))])
        if not untaken:
            return False
        untaken.filtered(lambda row: row.state == "quarantined")._flow("discard", comment="Cơ quan gửi đã thu hồi văn bản")
        self._flow("answer_alone")
        self._send_status(names.AGREED, "Văn bản chưa được tiếp nhận; gói tin đã được hủy trên hệ thống")
        return True

    def _find_replaced(self, packet):
        """Our documents that the packet replaces here; looked up before its own is made, which may bear the same identifier."""
        own = {row.code for row in self.company_id.sudo().partner_id.vanban_code_ids}  # safe: own public codes
        replaced = self.env["vanban.document"]
        for replacement in packet.business.replacements:
            meant = {code.strip().upper() for code in replacement.organ_ids}
            if not meant or own & meant:
                replaced |= self._find_incoming(ResponseFor(document_id=replacement.document_id))
        return replaced

    def _take_replacement(self, replaced, document):
        """The new document is there; what becomes of those that it replaces is the clerk's decision."""
        for old in replaced:
            document._link(old, "replaces")
        open_ones = replaced.filtered(lambda old: old.state not in OVER)
        values = {"document_id": document.id, "target_id": (open_ones or replaced)[:1].id}
        if open_ones:
            self._flow("ask", values=values)
            open_ones._notify_registry(self._request_summary())
        else:
            self._flow("finish", values=values)

    def _is_recall(self):
        return self.business_type in ("1", "3") or self.status_code == names.TAKE_BACK

    def _request_summary(self):
        return self.env._("Recall, replacement or update to decide: %(reason)s", reason=self.request_reason or "")

    # ----------------------------------------------------------------- actions

    def action_recall_accept(self, reason=None):
        """Carry out: the document is cancelled here, its assignments stop, the sender is told (status 15)."""
        for packet in self:
            packet._transition("agree", comment=reason)
            why = (reason or "").strip() or packet.request_reason or "Theo thông báo của cơ quan ban hành"
            if packet._is_recall():
                packet._to_cancel().with_context(vanban_answering=packet.id).action_recall_execute(why)
            else:
                packet._merge_update(why)
            packet._answer(names.AGREED, why)
        return True

    def action_recall_reject(self, reason):
        """Refuse with a reason (status 16). The regulation obliges to cancel on a recall; the reason is kept."""
        for packet in self:
            packet._transition("disagree", comment=reason)
            packet._answer(names.REFUSED, reason)
        return True

    def _to_cancel(self):
        """What the request is about and is still in force here; a replacement may stand for several documents."""
        targets = self.target_id | self.document_id._linked("replaces") if self.business_type == str(names.REPLACE) else self.target_id
        return targets.filtered(lambda document: document.state not in OVER)

    def _answer(self, code, reason):
        if self.business_type == str(names.UPDATE):
            reason = names.ABOUT_UPDATE + reason
        self.env["vanban.packet.status"]._report(self.target_id, self.peer_id, code, reason, answer_to=self)

    def _report_refusal(self, reason):
        """For a held packet, which has no document here: status 02, or 16 to what it asks for."""
        if self.business_type == str(names.UPDATE):
            self._send_status(names.REFUSED, names.ABOUT_UPDATE + reason)
        elif self.business_type == str(names.REVOKE) or self.status_code == names.TAKE_BACK:
            self._send_status(names.REFUSED, reason)
        else:
            self._send_status(names.REJECTED, reason)

    def _send_status(self, code, reason):
        """A status about the document of a packet that was not taken over."""
        builder = self.env["vanban.packet.builder"]
        packet = StatusPacket(
            sender=self.company_id._vanban_organization(),
            response_for=ResponseFor(organ_id=self.sender_code or "", code=self.code or "", document_id=self.document_code),
            status_code=code, description=reason, timestamp=builder._local(fields.Datetime.now()),
            staff=builder._staff(self.env.user, self.company_id))
        stored = builder._store_status(self.company_id, self.env["vanban.document"], packet, self.peer_id)
        self.env["vanban.packet.out"]._enqueue(stored, [(self.peer_id, None)])
