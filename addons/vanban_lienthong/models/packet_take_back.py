from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..edxml import ResponseFor, StatusPacket, names
from .packet_out import REPEATABLE, UNDER_WAY


class PacketTakeBack(models.Model):
    """Asking one recipient for the document back (status 13): the clerk proposes it, who may approve a recall decides (TH Đ9.4; BG Đ8.1c)."""

    _inherit = "vanban.packet.out"

    take_back_reason = fields.Char("Why it is to be asked back", readonly=True, copy=False)
    take_back_proposer_id = fields.Many2one("res.users", "Proposed by", readonly=True, copy=False)
    may_approve_take_back = fields.Boolean(compute="_compute_may_approve_take_back")

    def _compute_may_approve_take_back(self):
        for row in self:
            row.may_approve_take_back = bool(row.take_back_reason) and row.state in REPEATABLE and row._may_approve_take_back()

    def _may_approve_take_back(self):
        return self.document_id._may_approve_recall()

    def _guard_take_back(self):
        self.document_id._guard_recall()

    def action_propose_take_back(self, reason):
        """The clerk's wish, with its reason; done at once by a clerk who may approve it himself."""
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Give the reason why the document is asked back."))
        for row in self:
            if not row._is_clerk():
                message = self.env._("Asking a document back is proposed by the clerk of the agency.")
                row._log_refused("propose_take_back", message)
                raise AccessError(message)
            if row.type != "document" or row.state not in UNDER_WAY or row.state == "recall_requested":
                raise UserError(self.env._("Only a document that has been sent and is not being recalled can be asked back."))
            row._guard_take_back()
            if row._may_approve_take_back():
                row.action_take_back(reason)
                continue
            row.sudo().write({"take_back_reason": reason[:500], "take_back_proposer_id": self.env.uid})  # safe: clerk checked above
            row._log("propose_take_back", comment=reason)
            document = row.document_id
            document._notify(document.signer_id, self.env._(
                "To approve: ask the document back from %(agency)s. Reason: %(reason)s", agency=row.recipient_name, reason=reason))
        return True

    def action_approve_take_back(self):
        """Ask for it back with the reason that the clerk gave."""
        for row in self:
            if not row.take_back_reason:
                raise UserError(self.env._("Nobody has proposed to ask this document back."))
            row.action_take_back(row.take_back_reason)
        return True

    def action_deny_take_back(self, reason):
        """Let it stay there; the clerk is told why."""
        for row in self:
            if not row._may_approve_take_back():
                message = self.env._("Asking a document back is decided by its signer, a leader or the Chief of Office.")
                row._log_refused("deny_take_back", message)
                raise AccessError(message)
            proposer = row.take_back_proposer_id
            if not proposer:
                raise UserError(self.env._("Nobody has proposed to ask this document back."))
            row.sudo().write({"take_back_reason": False, "take_back_proposer_id": False})  # safe: right checked above
            row._log("deny_take_back", comment=reason)
            row.document_id._notify(proposer, self.env._(
                "The document is not asked back from %(agency)s: %(reason)s", agency=row.recipient_name, reason=reason))
        return True

    def action_take_back(self, reason):
        """Ask this one recipient to give the electronic document back (status 13)."""
        for row in self:
            row._transition("take_back", comment=reason, values={
                "recall_asked": fields.Datetime.now(), "take_back_reason": False, "take_back_proposer_id": False})
        return True

    def _effect_take_back(self, comment):
        document = self.document_id.sudo()  # safe: identity of the document that this clerk sent
        company = self.company_id
        packet = StatusPacket(
            sender=company._vanban_organization(),
            response_for=ResponseFor(
                organ_id=self.recipient_code, code=document.code or "", document_id=document.document_code or "",
                promulgation_date=document.issue_date or None),
            status_code=names.TAKE_BACK, description=comment,
            timestamp=self.env["vanban.packet.builder"]._local(fields.Datetime.now()),
            staff=self.env["vanban.packet.builder"]._staff(self.env.user, company))
        stored = self.env["vanban.packet.builder"]._store_status(company, document, packet, self.peer_id)
        self._enqueue(stored, [(self.peer_id, None)])
        self._tell_recipient("recall_requested", comment)
