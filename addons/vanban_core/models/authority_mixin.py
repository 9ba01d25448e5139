from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..tools import vietnam_time
from .transition_mixin import Transition

# what the flow itself writes
WRITTEN_BY_FLOW = {"state", "revoked_date", "confirmed_by_id"}


class AuthorityMixin(models.AbstractModel):
    """An authority given in writing for a term: drafted, put in force, revoked; in force only between its days (NĐ 30/2020 Đ.13).

    Whoever inherits says who may put it in force (``_may_put_in_force``, ``_guard_confirm``), who may end it (``_may_revoke``), and in
    which words a change is refused (``_message_fixed``, ``_message_kept``).
    """

    _name = "vanban.authority.mixin"
    _inherit = ["vanban.transition.mixin"]
    _description = "Authority given in writing for a term"
    _transitions = (
        Transition("confirm", ("draft",), ("confirmed",), who="_may_put_in_force", guard="_guard_confirm", effect="_effect_changed"),
        Transition("revoke", ("draft", "confirmed"), ("revoked",), who="_may_revoke", comment=True, effect="_effect_changed"),
    )

    company_id = fields.Many2one("res.company", "Agency", required=True, default=lambda self: self.env.company, index=True)
    date_from = fields.Date("From", required=True, default=lambda self: vietnam_time.today())
    date_to = fields.Date("Until")
    note = fields.Text("Limits and conditions")
    state = fields.Selection(
        [("draft", "Draft"), ("confirmed", "Confirmed"), ("revoked", "Revoked")], "Status", required=True, default="draft", readonly=True
    )
    revoked_date = fields.Datetime("Revoked on", readonly=True)
    status = fields.Selection(
        [("draft", "Draft"), ("planned", "Not begun"), ("active", "In force"), ("expired", "Expired"), ("revoked", "Revoked")],
        "Validity", compute="_compute_status",
    )  # fmt: skip
    may_confirm = fields.Boolean(compute="_compute_may")
    may_revoke = fields.Boolean(compute="_compute_may")

    @api.depends("state", "date_from", "date_to")
    def _compute_status(self):
        today = vietnam_time.today()
        for authority in self:
            if authority.state != "confirmed" or not authority.date_from:
                authority.status = authority.state
            elif today < authority.date_from:
                authority.status = "planned"
            else:
                authority.status = "expired" if authority.date_to and authority.date_to < today else "active"

    @api.depends_context("uid")
    @api.depends("state", "company_id")
    def _compute_may(self):
        for authority in self:
            authority.may_confirm = authority._may("confirm")  # a new one, too: the button saves it first
            authority.may_revoke = bool(authority.id) and authority._may("revoke")

    def _effect_changed(self, comment):
        """What follows when it comes into force or ends."""

    def write(self, vals):
        if vals.keys() - WRITTEN_BY_FLOW and (fixed := self.filtered(lambda row: row.state != "draft")):
            message = self._message_fixed()
            fixed._log_refused("write_fixed", message)
            raise AccessError(message)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts_only(self):
        if any(authority.state != "draft" for authority in self):
            raise AccessError(self._message_kept())

    def action_revoke(self, reason):
        """End it at once: what rests on it is refused or goes back from now on."""
        return self._transition("revoke", comment=reason, values={"revoked_date": fields.Datetime.now()})
