from odoo import models

from ..edxml import names

# Step of the incoming document → what its sender is told.
REPORTED = {
    "register": names.ACCEPTED,
    "distribute": names.ASSIGNED,
    "start": names.PROCESSING,
    "done": names.COMPLETED,
    "file": names.COMPLETED,
    "refuse": names.REJECTED,
    "return": names.REJECTED,
}


class DocumentStatus(models.Model):
    """Statuses that go back to the sender come from the real work, never from a button of their own."""

    _inherit = "vanban.document"

    def _after_transition(self, transition, comment):
        super()._after_transition(transition, comment)
        code = REPORTED.get(transition.name)
        if code:
            self._report_status(code, comment if code == names.REJECTED else None)
        elif transition.name == "recall_execute":
            self._answer_recalls(comment)

    def _report_status(self, code, reason=None):
        """Tell the sender of these incoming documents, once for each code and only forward."""
        for document in self.filtered(lambda document: document.direction == "in"):
            packet = document.sudo().packet_in_id  # safe: whom to report to
            if packet.peer_id:
                self.env["vanban.packet.status"]._report(document, packet.peer_id, code, reason)

    def _answer_recalls(self, comment):
        """The document was cancelled by its own button: open requests of the sender are answered by that."""
        for document in self.filtered(lambda document: document.direction == "in"):
            packets = self.env["vanban.packet.in"].sudo().search([  # safe: requests about the document that was just cancelled
                ("target_id", "=", document.id), ("state", "=", "decision"), ("id", "!=", self.env.context.get("vanban_answering", 0)),
            ])
            for packet in packets.filtered(lambda packet: packet._is_recall()):
                if left := packet._to_cancel():  # it replaces others, too, and those are in force
                    packet.target_id = left[:1]
                    continue
                packet._flow("agree", comment=comment)
                packet._answer(names.AGREED, comment)
