from odoo import models

RETRY = ("error", "dead")
# Handed over without a sign of arrival: the same bytes go once more.
SILENT = "sent"


class RecipientArrival(models.Model):
    """“Not arrived”: the row of the outbox behind a recipient is sent again, or given up for paper."""

    _inherit = "vanban.recipient"

    def _delivery(self):
        self.ensure_one()
        rows = self.document_id.sudo().delivery_ids  # safe: statuses of the own deliveries
        return rows.filtered(lambda row: row.recipient_id == self and row.type == "document").sorted("id")[-1:].sudo(False)

    def _can_resend(self):
        delivery = self._delivery()
        return delivery.sudo().state in (*RETRY, SILENT) if delivery else super()._can_resend()  # safe: a status

    def action_resend(self):
        self._check_clerk()
        for row in self:
            delivery = row._delivery()
            state = delivery.sudo().state  # safe: a status
            if state == SILENT:
                delivery.action_repeat()
            elif state in RETRY:
                delivery.action_retry()
            else:
                super(RecipientArrival, row).action_resend()
        return True

    def action_send_paper(self, reason=None):
        self._check_clerk()
        rest = self.browse()
        for row in self:
            delivery = row._delivery()
            if delivery.sudo().state in (*RETRY, "rejected"):  # safe: a status
                delivery.action_to_paper(reason or self.env._("Not arrived: sent on paper"))
            else:
                rest |= row
                if delivery.sudo().state == "queued" and not delivery.sudo().attempts:  # safe: right of the clerk checked above
                    delivery.sudo()._flow("withdraw", comment=reason)  # safe: as above; nothing of it has left
        return super(RecipientArrival, rest).action_send_paper(reason) if rest else True


class DocumentReturn(models.Model):
    _inherit = "vanban.document"

    def _sender_is_connected(self):
        return bool(self.sudo().packet_in_id.peer_id)  # safe: only whether the sender is connected
