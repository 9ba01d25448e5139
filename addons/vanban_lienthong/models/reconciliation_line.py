from odoo import api, fields, models

from .packet_out import REPEATABLE
from .reconciliation import KINDS, REMEDY, UNREGISTERED

_ON_ITS_WAY = ("queued", "error", "dead")


class ReconciliationLine(models.Model):
    """One difference with what to do about it; it is settled by the work itself, not by a tick."""

    _name = "vanban.reconciliation.line"
    _description = "Difference of a reconciliation"
    _order = "reconciliation_id, id"
    _rec_name = "kind"

    reconciliation_id = fields.Many2one("vanban.reconciliation", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="reconciliation_id.company_id", store=True)
    kind = fields.Selection(KINDS, "Difference", required=True, readonly=True)
    packet_out_id = fields.Many2one("vanban.packet.out", "Packet sent", readonly=True, ondelete="restrict", index="btree_not_null")
    packet_in_id = fields.Many2one("vanban.packet.in", "Packet received", readonly=True, ondelete="restrict", index="btree_not_null")
    document_id = fields.Many2one("vanban.document", "Document", readonly=True, ondelete="restrict", index="btree_not_null")
    partner_id = fields.Many2one("res.partner", "Other agency", readonly=True, ondelete="restrict")
    detail = fields.Char(readonly=True)
    attempts = fields.Integer("Attempts until then", readonly=True)
    document_name = fields.Char("Document or packet", compute="_compute_document_name")
    remedy = fields.Selection(
        [("resend", "Send again"), ("ask", "Ask the recipient"), ("reread", "Read again"), ("decide", "Decide"), ("register", "Register")],
        "What to do", compute="_compute_remedy")
    remedy_label = fields.Char(compute="_compute_remedy")
    settled = fields.Boolean(compute="_compute_settled")

    @api.depends("document_id", "packet_in_id")
    def _compute_document_name(self):
        for line in self.sudo():  # safe: names for the clerks of the agency, who may read the report
            packet = line.packet_in_id
            line.document_name = line.document_id.display_name or " ".join(filter(None, (packet.code, packet.subject))) or packet.message

    @api.depends("kind")
    def _compute_remedy(self):
        labels = dict(self._fields["remedy"]._description_selection(self.env))
        for line in self:
            line.remedy = REMEDY[line.kind]
            line.remedy_label = labels[line.remedy]

    @api.depends(
        "kind", "packet_out_id.state", "packet_out_id.attempts", "packet_out_id.sent_date", "packet_out_id.status_ids.received_date",
        "reconciliation_id.made_date", "packet_in_id.state", "document_id.state")
    def _compute_settled(self):
        for line in self.sudo():  # safe: states of the agency's own packets
            out, received = line.packet_out_id, line.packet_in_id
            if line.kind == "unregistered":
                line.settled = line.document_id.state not in UNREGISTERED
            elif received:
                line.settled = received.state not in ("received", "quarantined", "decision")
            elif line.kind in ("lost", "altered"):
                # What the recipient reported before the comparison proves nothing: a restored database forgets it.
                line.settled = out.state not in _ON_ITS_WAY and line._happened_since(out)
            else:
                line.settled = out.state not in _ON_ITS_WAY and (line.kind not in ("silent", "not_fetched") or out.state != "sent")

    def _happened_since(self, out):
        """A status of the recipient, or (when it was lost) a delivery, after the comparison."""
        made = self.reconciliation_id.made_date
        again = out.attempts > self.attempts or bool(out.sent_date and out.sent_date > made)
        return (self.kind == "lost" and again) or any(row.received_date and row.received_date > made for row in out.status_ids)

    def action_remedy(self):
        """The one button of a line: send again, or open what has to be decided or registered."""
        self.ensure_one()
        if self.remedy == "resend":
            if self.packet_out_id.state in REPEATABLE:
                return self.packet_out_id.action_repeat()
            if self.packet_out_id.state in ("error", "dead"):
                return self.packet_out_id.action_retry()
            # A row that merely waits its turn is shown, nothing else can be done about it.
            return self._open(self.packet_out_id)
        if self.remedy == "reread":
            self.packet_in_id._wake()
            return True
        if self.remedy == "register":
            return self.packet_in_id.action_open_document()
        return self._open(self.packet_out_id or self.packet_in_id)

    def _open(self, record):
        return {"type": "ir.actions.act_window", "res_model": record._name, "res_id": record.id, "view_mode": "form"}
