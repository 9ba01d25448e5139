from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.vanban_core.models import at_once
from odoo.addons.vanban_core.models.transition_mixin import Transition
from odoo.addons.vanban_core.tools import vietnam_time

from ..edxml import names
from .packet import BUSINESS, STATUS
from .packet_held import INTEGRITY, TAKEN

OPEN = ("received", "quarantined", "decision")


class PacketIn(models.Model):
    """Inbox: the bytes as they came, stored before anything is read, and what became of them."""

    _name = "vanban.packet.in"
    _description = "Received packet"
    _inherit = ["vanban.packet.content", "vanban.transition.mixin"]
    _order = "id desc"
    _rec_name = "document_code"
    _transitions = (
        Transition("finish", ("received",), ("done",)),
        Transition("quarantine", ("received",), ("quarantined",)),
        Transition("double", ("received",), ("duplicate",)),
        Transition("supersede", ("quarantined",), ("duplicate",)),
        Transition("ask", ("received",), ("decision",)),
        Transition("answer_alone", ("received",), ("agreed",)),
        Transition("reread", ("quarantined",), ("received",), who="_is_clerk", guard="_guard_intact"),
        Transition("accept_remarks", ("quarantined",), ("received",), who="_is_clerk", comment=True, guard="_guard_intact"),
        Transition("refuse", ("quarantined",), ("refused",), who="_is_clerk", comment=True, guard="_guard_refuse"),
        Transition("discard", ("quarantined",), ("discarded",), who="_is_clerk", comment=True),
        Transition("agree", ("decision",), ("agreed",), who="_is_clerk"),
        Transition("disagree", ("decision",), ("disagreed",), who="_is_clerk", comment=True),
    )

    company_id = fields.Many2one("res.company", "Our agency", required=True, readonly=True, index=True)
    peer_id = fields.Many2one("vanban.peer", "Connection", readonly=True, ondelete="restrict", index=True)
    partner_id = fields.Many2one("res.partner", "Sender", related="peer_id.partner_id", store=True)
    sender_code = fields.Char("Code of the sender", readonly=True, index=True)
    sender_name = fields.Char("Name of the sender", readonly=True)
    channel_key = fields.Char("Key of the connection", readonly=True)
    message = fields.Char("Packet number", required=True, readonly=True)
    received_date = fields.Datetime("Received on", required=True, readonly=True, default=fields.Datetime.now, index=True)
    type = fields.Selection([("document", "Document"), ("status", "Status")], readonly=True)
    business_type = fields.Selection(BUSINESS, "Business", readonly=True)
    status_code = fields.Selection(STATUS, "Status reported", readonly=True)
    document_code = fields.Char("Document identifier", readonly=True, index=True)
    code = fields.Char("Number and symbol", readonly=True)
    subject = fields.Char("Abstract", readonly=True)
    urgency = fields.Selection(
        [("0", "Normal"), ("1", "Urgent (Khẩn)"), ("2", "Very urgent (Thượng khẩn)"), ("3", "Express (Hỏa tốc)"),
         ("4", "Express at a set hour (Hỏa tốc hẹn giờ)")], default="0", readonly=True, required=True,
    )  # fmt: skip
    state = fields.Selection(
        [
            ("received", "Received"),
            ("done", "Taken over"),
            ("duplicate", "Duplicate"),
            ("quarantined", "Held"),
            ("decision", "Waiting for decision"),
            ("agreed", "Carried out"),
            ("disagreed", "Refused with reason"),
            ("refused", "Returned to the sender"),
            ("discarded", "Set aside"),
        ],
        "Status", required=True, default="received", readonly=True, index=True,
    )  # fmt: skip
    reason_code = fields.Char(readonly=True)
    reason = fields.Text("Why it is held", readonly=True)
    request_reason = fields.Text("Reason given by the sender", readonly=True)
    steering_type = fields.Char(
        "Steering type", readonly=True, help="The number of SteeringType as the sender gave it; products read it differently.")
    remarks = fields.Text("Defects that were read over", readonly=True)
    remarks_accepted = fields.Boolean("Accepted in spite of defects", readonly=True)
    double_accepted = fields.Boolean("Accepted beside a document with the same identifier", readonly=True)
    document_id = fields.Many2one("vanban.document", "Document", readonly=True, ondelete="restrict", index=True)
    target_id = fields.Many2one("vanban.document", "Concerns", readonly=True, ondelete="restrict", index=True)
    duplicate_of_id = fields.Many2one("vanban.packet.in", "Duplicate of", readonly=True, ondelete="restrict")

    # The same delivery, repeated because its answer was lost, is one row.
    _message_once = models.UniqueIndex("(company_id, COALESCE(sender_code, ''), message)")
    # The same document sent again under another number is one document.
    _content_once = models.UniqueIndex(
        "(company_id, sender_code, document_code, COALESCE(business_type, ''), sha256) WHERE type = 'document' "
        "AND state IN ('done', 'decision', 'agreed', 'disagreed')")
    # Another one under the same identifier is taken over by a clerk's decision alone, also when both come at one moment.
    _identifier_once = models.UniqueIndex(
        "(company_id, sender_code, document_code) WHERE type = 'document' AND COALESCE(business_type, '0') = '0' AND document_code <> '' "
        "AND state IN ('done', 'decision', 'agreed', 'disagreed') AND double_accepted IS NOT TRUE AND remarks_accepted IS NOT TRUE")
    # the reception desk: urgent first
    _desk = models.Index("(urgency DESC, id DESC) WHERE type <> 'status' OR type IS NULL")
    _held = models.Index("(urgency DESC, id DESC) WHERE state = 'quarantined'")
    _to_read = models.Index("(id) WHERE state = 'received'")

    @api.depends_context("uid")
    @api.depends("document_code", "sender_name", "sender_code", "received_date")
    def _compute_display_name(self):
        """A packet that could not be read has no identifier: its sender and time tell it from others."""
        for packet in self:
            moment = vietnam_time.to_local(packet.received_date or fields.Datetime.now())
            packet.display_name = packet.document_code or self.env._(
                "Packet from %(sender)s, %(time)s", sender=packet.partner_id.name or packet.sender_name or packet.sender_code or "–",
                time=moment.strftime("%H:%M %d/%m/%Y"))
        self._hide_names()

    def _is_clerk(self):
        user = self.env.user
        return user.has_group("vanban_core.group_clerk") and self.company_id in user.company_ids

    # ----------------------------------------------------------------- actions

    def action_reread(self):
        """“Đọc lại”: read the kept bytes again, after the connection, the directory or the program was put right."""
        self._transition("reread", values={"reason": False, "reason_code": False})
        self._wake()
        return True

    def action_accept_remarks(self, reason):
        """Take the packet over although it has defects; the reason stays on record."""
        for packet in self:
            # what the clerk has not seen is held once more: an incomplete packet is not therefore a double one
            accepted = "double_accepted" if packet.reason_code == TAKEN else "remarks_accepted"
            packet._transition("accept_remarks", comment=reason, values={accepted: True, "reason": False, "reason_code": False})
        self._wake()
        return True

    def action_refuse(self, reason):
        """Return a held packet to its sender with the reason (status 02; 16 when it asks for something)."""
        for packet in self:
            packet._transition("refuse", comment=reason)
            packet._report_refusal(reason)
        return True

    def action_return_wrong_address(self):
        """One press: back to the sender because it named another agency (HCM Đ4.3; BG Đ8.1b)."""
        if any(packet.reason_code != "ADDRESSEE" for packet in self):
            raise UserError(self.env._("Only a packet that names another agency is returned for its address."))
        # what travels is Vietnamese, whatever language the clerk works in
        return self.action_refuse("Sai nơi nhận: văn bản không gửi cho cơ quan này")

    def _guard_intact(self):
        if self.reason_code == INTEGRITY:
            raise UserError(self.env._(
                "This packet was changed on its way: nothing of it is taken over, however often it is read. The sender repeats it "
                "by itself; if that does not come, ask the sender, then set this one aside."))

    def _guard_refuse(self):
        if self.reason_code == TAKEN:
            raise UserError(self.env._(
                "Document %(code)s is in this agency already. A return would tell the sender that it was refused: set this packet "
                "aside, or take it over with a reason.", code=self.document_code))
        if self.type == "status" and self.status_code != names.TAKE_BACK:
            raise UserError(self.env._("A status is not returned: read it again when its cause is put right, or set it aside."))
        if not self.peer_id or not self.document_code:
            raise UserError(self.env._(
                "The sender or the document of this packet could not be read, so nothing can be reported back. "
                "Inform the sender by other means and set the packet aside."))

    def action_discard(self, reason):
        """Set a held packet aside; its bytes are kept."""
        return self._transition("discard", comment=reason)

    def action_open_document(self):
        self.ensure_one()
        document = self.document_id or self.target_id
        if not document:
            raise UserError(self.env._("This packet has no document."))
        return {
            "type": "ir.actions.act_window", "res_model": "vanban.document", "res_id": document.id, "view_mode": "form",
            "views": [(document.get_formview_id(), "form")],
        }

    def _register_hook(self):
        super()._register_hook()
        for model, method, cron in ((self._name, "_cron_fetch", "cron_fetch"), (self._name, "_cron_read", "cron_read"),
                                    ("vanban.packet.out", "_cron_send", "cron_send")):
            at_once.at_start(self.env.registry, model, method, f"vanban_lienthong.{cron}")

    @api.model
    def _wake(self, at=None):
        at_once.wake(self.env, self._name, "_cron_read", "vanban_lienthong.cron_read", at)
