from odoo import api, fields, models

_SHOWN = "vanban_shown_secret"


class PeerSecret(models.TransientModel):
    """Enter or make the shared secret of a connection; it is shown once and never again."""

    _name = "vanban.peer.secret"
    _description = "Shared secret of a connection"

    peer_id = fields.Many2one("vanban.peer", "Connection", readonly=True, ondelete="cascade")
    transport_id = fields.Many2one("vanban.transport", "Axis", readonly=True, ondelete="cascade")
    member_id = fields.Many2one("vanban.hub.member", "Member", readonly=True, ondelete="cascade")
    client_id = fields.Many2one("vanban.share.client", "Related system", readonly=True, ondelete="cascade")
    secret = fields.Char("Shared secret", help="At least 32 characters; bring it to the other side on a safe way.")
    # never a row of the database: the answer to who made it carries it, and nothing else does
    shown_secret = fields.Char("New secret", compute="_compute_shown_secret")
    hub_address = fields.Char(related="member_id.hub_address")
    system_id = fields.Char(related="member_id.system_id")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        field = {"vanban.transport": "transport_id", "vanban.hub.member": "member_id", "vanban.share.client": "client_id"}.get(
            self.env.context.get("active_model"), "peer_id")
        values.setdefault(field, self.env.context.get("active_id"))
        return values

    @api.depends_context(_SHOWN)
    def _compute_shown_secret(self):
        self.shown_secret = self.env.context.get(_SHOWN) or False

    def action_apply(self):
        self.ensure_one()
        (self.transport_id or self.peer_id).action_set_secret((self.secret or "").strip())
        # The form's row would keep the secret until the next clean-up.
        self.sudo().secret = False  # safe: only empties the own form
        return {"type": "ir.actions.act_window_close"}

    def action_new(self):
        self.ensure_one()
        secret = (self.member_id or self.client_id or self.peer_id).action_new_secret()
        return {
            "type": "ir.actions.act_window", "name": self.env._("Shared secret"), "res_model": self._name, "res_id": self.id,
            "view_mode": "form", "target": "new", "context": {_SHOWN: secret},
        }
