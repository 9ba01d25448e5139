from odoo import fields, models
from odoo.exceptions import UserError

from ..edxml import names


class DocumentIssue(models.Model):
    """Issuing writes the outbox in the same transaction; recall and replacement follow the document's own steps."""

    _inherit = "vanban.document"

    def _connected(self, rows=None):
        """{recipient: peer} of the recipients (all, or ``rows``) reached through the interchange."""
        peers = self.env["vanban.peer"].sudo()  # safe: which agency is connected
        rows = (self.recipient_ids if rows is None else rows).sudo()  # safe: own recipients
        rows = rows.filtered(lambda row: row.channel == "lienthong" and row.partner_id)
        peers._ensure(self.company_id, rows.partner_id)
        found = peers._of_many(self.company_id, rows.partner_id)
        return {row: found[row.partner_id] for row in rows if row.partner_id in found}

    def _check_transition(self, transition, comment):
        super()._check_transition(transition, comment)
        if transition.name == "issue":
            for document in self:
                document._check_interchange()

    def _needs_signatures(self):
        """What is sent “for information” (để biết, tham khảo) claims no legal value (TH Đ4.2; BĐ Đ3.2)."""
        network_only = all(row.channel == "lienthong" for row in self.sudo().recipient_ids)  # safe: own recipients
        return super()._needs_signatures() and not (self.interchange_reference and network_only)

    def _check_interchange(self):
        """Everything that must hold before a packet may leave; raises with the whole list."""
        rows = self.sudo().recipient_ids.filtered(lambda row: row.channel == "lienthong")  # safe: own recipients
        if not rows:
            return
        if self.secrecy != "0":
            raise UserError(self._message_secret())
        if self.kind_id.no_interchange:
            raise UserError(self.env._(
                "“%(kind)s” may not be sent through the network (P-54). Choose paper for: %(names)s.",
                kind=self.kind_id.name, names=", ".join(rows.mapped("name"))))
        connected = self._connected()
        lost = rows - self.env["vanban.recipient"].union(*connected)
        if lost:
            raise UserError(self.env._(
                "These recipients are no longer connected: %(names)s. Choose paper for them, or ask the administrator.",
                names=", ".join(lost.mapped("name"))))
        if not self.interchange_reference and not self._has_legal_signatures():
            raise UserError(self.env._(
                "Without valid signatures of the competent person and of the agency a document may only be sent "
                "“for information” (để biết, tham khảo): mark it so, or have it signed."))
        self.env["vanban.peer"].union(*connected.values())._check_may_sign(self.company_id)
        self._check_packet_complete(connected)

    def _has_legal_signatures(self):
        return self._has_valid_personal_signature() and self._has_valid_agency_signature()

    def _check_packet_complete(self, connected):
        builder = self.env["vanban.packet.builder"]
        partners = self.env["res.partner"].union(*(row.partner_id for row in connected))
        files = builder._files(self)
        if not files:
            raise UserError(self.env._("The document has no file that could be sent."))
        self._check_packet_size(connected, files)
        packet = builder._document_packet(self, partners, builder._business(self, names.NEW))
        missing = "\n".join(
            f"– {finding.message}" for finding in builder._findings(packet) if finding.path != "attachments")
        if missing:
            raise UserError(self.env._("The packet would be incomplete (QĐ 28/2018 Điều 10). Please complete:\n%(list)s", list=missing))

    def _check_packet_size(self, connected, files):
        """Better refused here than by the other side after an hour of attempts; base64 makes four bytes of three."""
        size = sum(files.mapped("size")) * 4 / 3
        small = [row for row, peer in connected.items() if 0 < peer.transport_id.max_packet_mb << 20 < size]
        if small:
            raise UserError(self.env._(
                "The packet would have %(size)s MB, more than these recipients take through the network: %(names)s. "
                "Choose paper for them, or make the attached files smaller.",
                size=f"{size / 1024 / 1024:.1f}".replace(".", ","), names=", ".join(row.name for row in small)))

    def _after_transition(self, transition, comment):
        super()._after_transition(transition, comment)
        if transition.name == "recall_approve":
            for document in self:
                document._queue_recall(comment)

    def _dispatch(self, rows):
        """What is sent to each recipient when the document is issued; the core decides when."""
        super()._dispatch(rows)
        self._queue_packets(rows.filtered(lambda row: row.channel == "lienthong"))

    def _dispatch_problems(self, rows):
        connected = self._connected(rows)
        lost = rows.filtered(lambda row: row.channel == "lienthong" and row.sudo() not in connected)  # safe: which rows are connected
        return {**super()._dispatch_problems(rows), **{
            row: self.env._("“%(name)s” is no longer connected: send paper, or ask the administrator.", name=row.name) for row in lost
        }}

    def _queue_packets(self, wanted):
        """One packet for all connected recipients, one row of the outbox for each."""
        if self.secrecy != "0":  # whoever calls: a second look costs nothing
            raise UserError(self._message_secret())
        connected = self._connected(wanted)
        if reasons := self._dispatch_problems(wanted):
            raise UserError("\n".join(reasons.values()))
        if not connected:
            return
        replaced = self._linked("replaces").filtered("document_code")[:1]
        # Who has the replaced document gets a replacement, who has not gets a new one.
        had = replaced.packet_out_ids.filtered(lambda row: row.type == "document").partner_id if replaced else self.env["res.partner"]
        for doc_type, rows in (
                (names.REPLACE, {row: peer for row, peer in connected.items() if row.partner_id in had}),
                (names.NEW, {row: peer for row, peer in connected.items() if row.partner_id not in had})):
            # some axes use the place of the signature otherwise: who does not ask for one gets a packet without;
            # a packet bears one date of answer
            alike = {}
            for row, peer in rows.items():
                alike.setdefault((peer._signs_packets(), row.answer_due), {})[row] = peer
            for (_signs, due), chosen in alike.items():
                self._queue_packet(doc_type, chosen, due or None, replaced if doc_type == names.REPLACE else None)

    def _queue_packet(self, doc_type, rows, due, replaced=None):
        builder = self.env["vanban.packet.builder"]
        partners = self.env["res.partner"].union(*(row.partner_id for row in rows))
        # What travels is Vietnamese, whatever language the clerk works in.
        reason = f"Thay thế văn bản số {replaced.code}" if replaced else ""
        with builder._attachments(self) as attachments:
            business = builder._business(self, doc_type, reason, replaced, partners)
            packet = builder._document_packet(self, partners, business, attachments, due=due)
            stored = builder._store_document(self, packet, self.env["vanban.peer"].union(*rows.values()))
        self.env["vanban.packet.out"]._enqueue(
            stored, [(peer, row) for row, peer in rows.items()], urgency=2 + int(self.urgency))
        self.env["vanban.recipient"].union(*rows)._progress("queued")
        self._log("send", data={"packet": stored.id, "sha256": stored.sha256, "recipients": [row.name for row in rows]})

    # ------------------------------------------------------------------ recall

    def _queue_recall(self, comment):
        """A notice to each agency that got the document; what has not left yet is withdrawn at once."""
        rows = self.sudo().delivery_ids.filtered(lambda row: row.business_type in ("0", "3"))  # safe: recall was approved
        # A row that was tried may have arrived although its answer was lost: it stays, the notice follows it.
        waiting = rows.filtered(lambda row: row.state in ("queued", "error", "dead") and not row._may_have_arrived())
        for row in waiting:
            row._flow("withdraw", comment=comment)
            row.recipient_id._progress("recalled", comment)
        told = (rows - waiting).filtered(lambda row: row.state not in ("rejected", "paper", "cancelled", "recall_agreed"))
        if not told:
            return
        reason = self.recall_reason or comment
        for signs in (False, True):
            self._queue_recall_packet(told.filtered(lambda row: row.peer_id._signs_packets() == signs), reason)  # noqa: B023 - used at once
        told.write({"recall_asked": fields.Datetime.now()})
        told._apply_statuses()

    def _queue_recall_packet(self, rows, reason):
        if not rows:
            return
        builder = self.env["vanban.packet.builder"]
        packet = builder._document_packet(
            self, rows.partner_id, builder._business(self, names.REVOKE, reason, self), moment=fields.Datetime.now())
        stored = builder._store_document(self, packet, rows.peer_id)
        self.env["vanban.packet.out"]._enqueue(stored, [(row.peer_id, None) for row in rows], urgency=6)
        self._log("send_recall", comment=reason, data={"packet": stored.id, "recipients": rows.mapped("recipient_name")})
