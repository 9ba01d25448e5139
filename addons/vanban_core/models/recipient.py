from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .transition_mixin import Transition

CHANNELS = [("lienthong", "Electronic, interchange"), ("internal", "Internal"), ("paper", "Paper")]
PAPER_REASONS = [
    ("no_technical", "The recipient has no technical conditions"),
    ("law", "Paper is required by law for other transactions"),
    ("paper_class", "Kind of document sent on paper"),
    ("individual", "Individual who must carry it out"),
    ("failed", "Electronic delivery failed"),
]
STATES = [
    ("pending", "Not sent"),
    ("queued", "Waiting to be sent"),
    ("sent", "Sent"),
    ("arrived", "Has arrived"),
    ("accepted", "Accepted"),
    ("assigned", "Assigned"),
    ("processing", "Being processed"),
    ("completed", "Completed"),
    ("rejected", "Rejected"),
    ("failed", "Delivery failed"),
    ("recall_requested", "Recall requested"),
    ("recalled", "Recalled"),
]
ORDER = ("pending", "queued", "sent", "arrived", "accepted", "assigned", "processing", "completed")
REACHED = {
    "lienthong": {"accepted", "assigned", "processing", "completed"},
    "internal": {"arrived", "accepted", "assigned", "processing", "completed"},
    "paper": {"accepted", "completed"},
}
# states of a document that is out and not in the hands of a recall
IN_FORCE = ("issued", "delivered")
# only code that holds this object may change an addressee after issue
RECIPIENT_TOKEN = object()
ALL = tuple(state for state, _label in STATES)
FIXED_AFTER_ISSUE = {
    "document_id", "partner_id", "department_id", "user_id", "name", "channel", "paper_reason", "copies",
    "for_information", "reply_due_date",
}  # fmt: skip


class Recipient(models.Model):
    """One concrete addressee of an outgoing document with its channel and what became of it there."""

    _name = "vanban.recipient"
    _description = "Recipient of a document"
    _inherit = ["vanban.transition.mixin"]
    _order = "document_id, sequence, id"
    _rec_name = "name"
    # statuses come from the outside world or from the clerk's hand-over book, never from a free write
    _transitions = (
        Transition("progress", ALL, ALL),
        Transition("hand_over", ("pending", "sent"), ("accepted",), who="_may_hand_over"),
        Transition("confirm", ("arrived",), ("accepted",), who="_may_confirm"),
    )

    # who reads a recipient reads its document (record rule): a condition on the document needs no second look at who may
    document_id = fields.Many2one("vanban.document", required=True, ondelete="cascade", index=True, bypass_search_access=True)
    company_id = fields.Many2one(related="document_id.company_id", store=True, precompute=True)
    sequence = fields.Integer(default=10)
    partner_id = fields.Many2one("res.partner", "Agency or person", ondelete="restrict", index=True)
    department_id = fields.Many2one("hr.department", "Unit", ondelete="restrict", check_company=True)
    user_id = fields.Many2one("res.users", "User", ondelete="restrict")
    name = fields.Char("Recipient", compute="_compute_name", store=True, readonly=False, required=True, precompute=True)
    channel = fields.Selection(CHANNELS, compute="_compute_channel", store=True, readonly=False, required=True, precompute=True)
    paper_reason = fields.Selection(PAPER_REASONS, "Reason for paper", compute="_compute_channel", store=True, readonly=False, precompute=True)
    copies = fields.Integer(default=1)
    for_information = fields.Boolean("For information", help="Named under “Nơi nhận” only, not after “Kính gửi”.")
    state = fields.Selection(STATES, "Status", required=True, default="pending", readonly=True, copy=False, index=True)
    state_date = fields.Datetime("Since", readonly=True, copy=False)
    sent_date = fields.Datetime("Sent on", readonly=True, copy=False)
    note = fields.Char(copy=False)
    reply_due_date = fields.Date("Reply due")
    is_resolved = fields.Boolean("Specific", compute="_compute_is_resolved")

    _specific_once = models.UniqueIndex(
        # paper beside the electronic document is a line of its own
        "(document_id, partner_id, channel) WHERE partner_id IS NOT NULL AND paper_reason IS DISTINCT FROM 'failed'",
        "This agency or person is already among the recipients.",
    )

    @api.depends("partner_id", "department_id", "user_id")
    def _compute_name(self):
        for row in self:
            target = row.partner_id or row.department_id or row.user_id
            row.name = target.sudo().name if target else row.name  # safe: names of addressees only

    @api.depends("partner_id", "department_id", "user_id")
    def _compute_channel(self):
        for row in self:
            row.channel = row._channel()
            row.paper_reason = (row.paper_reason or row._default_paper_reason()) if row.channel == "paper" else False

    @api.depends("partner_id", "department_id", "user_id")
    def _compute_is_resolved(self):
        for row in self:
            row.is_resolved = bool(row.partner_id or row.department_id or row.user_id)

    def _channel(self):
        """Channel chosen by itself: own units and people internally, everybody else on paper.

        The interchange addon answers ``"lienthong"`` for connected agencies.
        """
        self.ensure_one()
        return "internal" if (self.department_id or self.user_id) and not self._has_paper_class() else "paper"

    def _has_paper_class(self):
        """Whether the document may reach this recipient on paper only: by its class nobody, else no other agency (OUT-33)."""
        document = self.document_id
        if not document:
            return False
        off_system = document.class_id and not document.class_id.send_on_system
        return bool(off_system or (self.partner_id and document._is_paper_only()))

    def _is_connected(self):
        """Whether this document can reach the recipient electronically (then paper needs a reason of its own)."""
        self.ensure_one()
        return self._channel() != "paper"

    def _refresh_channel(self):
        """An agency that became reachable since the draft was written gets the electronic document, unless it leaves on paper only."""
        paper = self.filtered(lambda row: row.channel == "paper" and row.paper_reason == "no_technical")
        by_class = paper.filtered(lambda row: row._has_paper_class() or row.document_id._network_problem(row))
        by_class.write({"paper_reason": "paper_class"})
        for row in paper - by_class:
            if row._is_connected():
                row.write({"channel": row._channel(), "paper_reason": False})

    def _default_paper_reason(self):
        self.ensure_one()
        if self.partner_id and not self.partner_id.is_company:
            return "individual"
        return "paper_class" if self._has_paper_class() else "no_technical"

    # ------------------------------------------------------------------- rules

    @api.constrains("partner_id", "department_id", "user_id")
    def _check_one_target(self):
        for row in self:
            if sum(map(bool, (row.partner_id, row.department_id, row.user_id))) > 1:
                raise ValidationError(self.env._("A recipient is one agency, one unit or one person, not several at once."))

    @api.constrains("channel", "paper_reason", "partner_id")
    def _check_paper_reason(self):
        for row in self:
            if row.channel == "paper" and not row.paper_reason:
                raise ValidationError(self.env._("“%(name)s” is to get paper: choose the reason from the list.", name=row.name))
            if row.channel == "paper" and row.paper_reason == "no_technical" and row._is_connected():
                raise ValidationError(
                    self.env._(
                        "“%(name)s” receives electronic documents: paper needs another reason from the list "
                        "(required by law, kind sent on paper, individual who carries it out).",
                        name=row.name,
                    )
                )
            if row.channel == "internal" and not (row.department_id or row.user_id):
                raise ValidationError(self.env._("“%(name)s” is no unit or person of the agency: choose another channel.", name=row.name))

    @api.model_create_multi
    def create(self, vals_list):
        documents = self.env["vanban.document"].browse({vals["document_id"] for vals in vals_list if vals.get("document_id")})
        self._check_editable(documents)
        rows = super().create(vals_list)
        # the document may also come from a default that the client sends
        rows._check_editable(rows.document_id)
        rows._check_failure_happened()
        return rows

    def write(self, vals):
        if vals.keys() & FIXED_AFTER_ISSUE:
            self._check_editable(self.document_id)
        if "document_id" in vals and any(row.document_id.id != vals["document_id"] for row in self):
            raise AccessError(self.env._("A recipient stays with its document: remove it here and add it there."))
        result = super().write(vals)
        if "paper_reason" in vals:
            self._check_failure_happened()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_before_issue(self):
        self._check_editable(self.document_id)

    def _check_failure_happened(self):
        """That a sending failed is known to the system alone; nobody chooses it before anything was sent (OUT-31)."""
        if self.env.context.get("vanban_recipient") is RECIPIENT_TOKEN:
            return
        for row in self.filtered(lambda row: row.paper_reason == "failed"):
            raise UserError(self.env._(
                "Nothing has been sent to “%(name)s” yet, so no sending has failed: choose another reason for the paper. "
                "This one is set by “Send paper” in the list “Not arrived”.", name=row.name,
            ))

    def _check_editable(self, documents):
        if self.env.context.get("vanban_recipient") is RECIPIENT_TOKEN:
            return
        for document in documents.sudo():  # safe: state only
            if document.issued_date or document.state == "cancelled":
                message = self.env._(
                    "“%(document)s” is issued: its recipients can no longer be changed. Send a further copy instead.",
                    document=document.display_name,
                )
                documents._log_refused("write_recipient", message)
                raise AccessError(message)

    # -------------------------------------------------------------------- flow

    def _progress(self, state, note=None):
        """Move to ``state`` as the other side reported; an older report that comes late is kept in the log only.

        The server's own flow only; also tells the document when all recipients have it.
        """
        now = fields.Datetime.now()
        # safe: server flow on statuses; sudo with the caller's user keeps the actor in the log
        moved = self.sudo().filtered(lambda row: row._is_forward(state))
        values = {"state_date": now}
        if state in ("queued", "sent"):
            values["sent_date"] = now
        if note:
            values["note"] = note
        moved._flow("progress", state, note, values)
        if state == "rejected":
            moved.sudo(False)._tell_rejected(note)
        if late := self - moved.sudo(False):
            late._log("progress_late", comment=note, data={"reported": state})
        moved.document_id._settle_delivery()
        return True

    def _tell_rejected(self, note):
        """Drafter and clerks are told why, so that they put it right and send anew (HCM Đ5.3; BG Đ8.1b)."""
        for row in self:
            document = row.document_id.sudo()  # safe: whom to tell
            text = self.env._("%(name)s refused it: %(reason)s", name=row.name, reason=(note or "").strip() or "–")
            users = (document.drafter_id | document._role_holders("vanban_core.group_clerk")).sudo(False)
            document.sudo(False)._tell_supervised(users, text, "status")

    def _to_paper(self, note=None):
        """Give the electronic way up after issue: the clerk hands the paper copy over instead. The server's own flow only."""
        rows = self.sudo().with_context(vanban_recipient=RECIPIENT_TOKEN)  # safe: the caller's flow decided it; logged
        for row in rows:
            row._flow("progress", "pending", note, {
                "channel": "paper", "paper_reason": "failed", "state_date": fields.Datetime.now(), "note": note or row.note,
            })
        return True

    def _is_forward(self, state):
        if state in ORDER and self.state in ORDER:
            return ORDER.index(state) > ORDER.index(self.state)
        if self.state == "recalled":
            return False
        return state != self.state

    def _has_reached(self):
        self.ensure_one()
        return self.state in REACHED[self.channel]

    def _may_hand_over(self):
        return self.channel == "paper" and self.document_id._is_clerk()

    def _may_confirm(self):
        user = self.env.user
        return self.channel == "internal" and (self.user_id == user or user in self.department_id._vanban_heads())

    def action_hand_over(self, note=None):
        """Paper: the clerk records that the copy was handed over or posted."""
        for row in self:
            if not row.document_id.issued_date:
                raise UserError(self.env._("“%(document)s” is not issued yet.", document=row.document_id.display_name))
        now = fields.Datetime.now()
        self._transition("hand_over", comment=note, values={"note": note or False, "state_date": now, "sent_date": now})
        self.document_id._settle_delivery()
        return True

    def action_confirm(self):
        """Internal: the addressee confirms the receipt."""
        self._transition("confirm", values={"state_date": fields.Datetime.now()})
        self.document_id._settle_delivery()
        return True
