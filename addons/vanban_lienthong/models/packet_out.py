import uuid

from odoo import api, fields, models

from odoo.addons.vanban_core.models import at_once
from odoo.addons.vanban_core.models.transition_mixin import Transition

from ..edxml import names, statuses

WAITING = ("queued", "error")
UNDER_WAY = ("sent", "arrived", "accepted", "assigned", "processing", "completed", "recall_requested", "recall_rejected")
# Handed over, and not in the hands of a recall: the same bytes can go once more.
REPEATABLE = ("sent", "arrived", "accepted", "assigned", "processing", "completed")
FOLDED = (*UNDER_WAY, "rejected", "recall_agreed")
ANSWERS = (names.AGREED, names.REFUSED)
# What the core's recipient shows for each state of the delivery.
RECIPIENT_STATE = {"recall_agreed": "recalled", "error": "queued", "dead": "failed"}


class PacketOut(models.Model):
    """Outbox: one row per recipient of a packet, written in the transaction that issues the document."""

    _name = "vanban.packet.out"
    _description = "Packet to send"
    _inherit = ["vanban.transition.mixin"]
    _order = "id desc"
    _rec_name = "recipient_name"
    _transitions = (
        Transition("send", WAITING, ("sent",)),
        Transition("fail", WAITING, ("error",)),
        Transition("give_up", WAITING, ("dead",)),
        Transition("withdraw", (*WAITING, "dead"), ("cancelled",)),
        Transition("fold", (*FOLDED, "dead"), FOLDED),
        Transition("retry", ("error", "dead"), ("queued",), who="_is_clerk"),
        Transition("repeat", REPEATABLE, ("queued",), who="_is_clerk"),
        Transition("to_paper", ("error", "dead", "rejected"), ("paper",), who="_is_clerk", comment=True, effect="_effect_to_paper"),
        Transition("take_back", UNDER_WAY, ("recall_requested",), who="_may_approve_take_back", guard="_guard_take_back", comment=True,
                   effect="_effect_take_back"),
    )

    packet_id = fields.Many2one("vanban.packet", "Packet", required=True, readonly=True, ondelete="restrict", index=True)
    company_id = fields.Many2one("res.company", "Our agency", required=True, readonly=True, index=True)
    document_id = fields.Many2one("vanban.document", "Document", readonly=True, ondelete="restrict", index=True)
    type = fields.Selection(related="packet_id.type", store=True)
    business_type = fields.Selection(string="Business", related="packet_id.business_type", store=True)
    status_code = fields.Selection(string="Status reported", related="packet_id.status_code", store=True)
    recipient_id = fields.Many2one("vanban.recipient", "Recipient", readonly=True, ondelete="restrict", index=True)
    peer_id = fields.Many2one("vanban.peer", "Connection", required=True, readonly=True, ondelete="restrict", index=True)
    partner_id = fields.Many2one("res.partner", "Agency", related="peer_id.partner_id", store=True, index=True)
    recipient_name = fields.Char("Agency's name", related="partner_id.name", store=True)
    sender_code = fields.Char("Our code", required=True, readonly=True)
    recipient_code = fields.Char("Code of the recipient", required=True, readonly=True)
    urgency = fields.Integer(readonly=True, default=0)
    state = fields.Selection(
        [
            ("queued", "Waiting to be sent"),
            ("sent", "Sent"),
            ("arrived", "Arrived"),
            ("rejected", "Refused by the recipient"),
            ("accepted", "Accepted"),
            ("assigned", "Assigned"),
            ("processing", "Being processed"),
            ("completed", "Completed"),
            ("recall_requested", "Recall requested"),
            ("recall_agreed", "Recalled"),
            ("recall_rejected", "Recall refused"),
            ("error", "Not sent yet, will be repeated"),
            ("dead", "Could not be sent"),
            ("paper", "Sent on paper"),
            ("cancelled", "Withdrawn before sending"),
        ],
        "Status", required=True, default="queued", readonly=True, index=True,
    )  # fmt: skip
    state_date = fields.Datetime("Since", readonly=True, help="Time given by the recipient.")
    message = fields.Char("Packet number", required=True, readonly=True, index=True, default=lambda self: str(uuid.uuid4()))
    remote_id = fields.Char("Number at the recipient", readonly=True)
    queued_date = fields.Datetime("Queued", readonly=True, default=fields.Datetime.now)
    # the time to give up runs from here; the day of the packet stays that of its issue
    retried_date = fields.Datetime("Retried", readonly=True)
    sent_date = fields.Datetime("Sent on", readonly=True)
    attempts = fields.Integer(readonly=True)
    next_attempt = fields.Datetime("Next attempt", readonly=True, default=fields.Datetime.now)
    error = fields.Char("Last error", readonly=True)
    error_code = fields.Char(readonly=True)
    recall_asked = fields.Datetime("Recall asked on", readonly=True)
    status_ids = fields.One2many("vanban.packet.status", "out_id", "Reported by the recipient")

    _message_unique = models.Constraint("UNIQUE(message)", "Every packet has its own number.")
    # The delivery job reads only what still waits, urgent first.
    _waiting = models.Index("(urgency DESC, id) WHERE state IN ('queued', 'error')")
    _thread = models.Index("(peer_id, document_id, id)")
    # the list of what is not delivered; no company in it: who reads a document sees its row too
    _undelivered = models.Index("(id DESC) WHERE state IN ('queued', 'error', 'dead')")
    # of a day: the reconciliation
    _day = models.Index("(company_id, queued_date) WHERE type = 'document'")

    # ------------------------------------------------------------------ rights

    def _is_clerk(self):
        user = self.env.user
        return user.has_group("vanban_core.group_clerk") and self.company_id in user.company_ids

    # ----------------------------------------------------------------- writing

    @api.model
    def _enqueue(self, packet, targets, urgency=0):
        """One row for each (peer, recipient or None); the delivery starts as soon as the transaction commits."""
        return self._enqueue_many([(packet, peer, recipient) for peer, recipient in targets], urgency)

    @api.model
    def _enqueue_many(self, deliveries, urgency=0):
        """One row for each (packet, peer, recipient or None)."""
        # safe: the flow that issues or reports has checked its own right; codes of agencies are public
        companies = self.env["res.company"].sudo().union(*(one[0].company_id for one in deliveries))
        codes = {company: company.partner_id.vanban_written_code or "-" for company in companies}
        rows = self.sudo().create([
            {
                "packet_id": packet.id, "company_id": packet.company_id.id, "document_id": packet.document_id.id,
                "sender_code": codes[packet.company_id], "recipient_id": recipient.id if recipient else False, "peer_id": peer.id,
                "recipient_code": peer.sudo().partner_id.vanban_written_code or "-", "urgency": urgency,  # safe: public code
            }
            for packet, peer, recipient in deliveries
        ])
        self._wake()
        return rows

    @api.model
    def _wake(self, at=None):
        at_once.wake(self.env, self._name, "_cron_send", "vanban_lienthong.cron_send", at)

    # ---------------------------------------------------------------- statuses

    def _apply_statuses(self):
        """Fold the log of each row to its state and tell the recipient of the document."""
        for row in self.sudo():  # safe: server flow on statuses that were checked on arrival
            # what was given up may have arrived after all, its answer being lost
            if row.state not in FOLDED and not (row.state == "dead" and row.status_ids):
                continue
            # An answer to a recall is placed by our own clock: the question was asked by it, too.
            events = [
                statuses.Event(status.code, status.received_date if status.code in ANSWERS else status.date)
                for status in row.status_ids if not (status.description or "").startswith(names.ABOUT_UPDATE)
            ]
            folded = statuses.fold(events, row.recall_asked or None)
            if folded.state != row.state:
                row._flow("fold", folded.state, values={"state_date": folded.since or fields.Datetime.now()})
                if folded.state == "recall_rejected":
                    refusal = row.status_ids.filtered(lambda status: status.code == names.REFUSED).sorted("received_date")[-1:]
                    row._alarm(self.env._(
                        "%(agency)s does not cancel the recalled document: %(reason)s", agency=row.recipient_name, reason=refusal.description or ""))
            note = row.status_ids.sorted("date")[-1:].description
            row._tell_recipient(folded.handling if folded.state == "recall_rejected" else folded.state, note)

    def _tell_recipient(self, state, note=None):
        state = RECIPIENT_STATE.get(state, state)
        # whoever gets paper instead follows his paper copy, whatever the packet still reports
        told = self.recipient_id.filtered(lambda recipient: recipient.channel == "lienthong" and recipient.state != state)
        if told:
            told._progress(state, note)

    # ----------------------------------------------------------------- actions

    def action_retry(self):
        """Send again at once, after the cause was put right: the same bytes under the same number."""
        for row in self:
            row._transition("retry", values={"next_attempt": fields.Datetime.now(), "error": False, "attempts": 1,
                                             "retried_date": fields.Datetime.now()})
        for peer in self.sudo().peer_id:  # safe: health only
            peer._health_bearer().retry_at = False
        self._wake()
        return True

    def action_repeat(self):
        """Hand a packet over once more that the recipient does not have or does not confirm.

        The same bytes under the same number: if it is there after all, nothing becomes double.
        """
        for row in self:
            row._transition("repeat", values={"next_attempt": fields.Datetime.now(), "retried_date": fields.Datetime.now()})
        self._wake()
        return True

    def action_to_paper(self, reason):
        """Give up the electronic way for this recipient and send paper (QĐ 28 Điều 7)."""
        return self._transition("to_paper", comment=reason)

    def _effect_to_paper(self, comment):
        if self.recipient_id:
            self.recipient_id.sudo()._to_paper(comment)  # safe: right of the clerk checked by the transition
