from odoo import fields, models
from odoo.exceptions import UserError


class HubCutOff(models.TransientModel):
    """Opens after a member was cut off: in an emergency the press comes first, the reason after it."""

    _name = "vanban.hub.cut.off"
    _description = "Reason why a member was cut off"

    member_id = fields.Many2one("vanban.hub.member", "Member", required=True, readonly=True, ondelete="cascade")
    reason = fields.Char(size=200, help="Kept in the log and told to the member when it calls.")

    def action_apply(self):
        self.ensure_one()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Please write the reason: the member is told it when it calls."))
        self.member_id.action_block(self.reason.strip())
        return {"type": "ir.actions.act_window_close"}

    def action_undo(self):
        self.ensure_one()
        self.member_id.action_unblock()
        return {"type": "ir.actions.act_window_close"}
