import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

_TOKEN = object()
MAX_BYTES = 20 * 1024 * 1024


class TokenHandover(models.Model):
    """One change of custody: date, both parties, paper. Rows are only added (SIGN-04…06)."""

    _name = "vanban.token.handover"
    _description = "Custody record"
    _order = "id desc"

    token_id = fields.Many2one("vanban.token", "Device", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="token_id.company_id")
    kind = fields.Selection(
        [("assign", "Assigned in writing"), ("receive", "Received"), ("lend", "Given for a term"), ("take_back", "Taken back"),
         ("hand_over", "Handed over"), ("suspend", "Suspended"), ("resume", "Put into use again"), ("revoke", "Revoked")],
        "Kind", required=True,
    )  # fmt: skip
    date = fields.Datetime("Date", required=True, default=fields.Datetime.now)
    from_id = fields.Many2one("res.users", "From", ondelete="restrict")
    to_id = fields.Many2one("res.users", "To", ondelete="restrict")
    recorder_id = fields.Many2one(
        "res.users", "Recorded by", required=True, default=lambda self: self.env.user, ondelete="restrict"
    )
    reference = fields.Char("Document")
    file_name = fields.Char("File name")
    content = fields.Binary("File", attachment=True)
    has_file = fields.Boolean("Has its paper")
    until = fields.Date("Term ends")
    condition = fields.Char("Condition of the device")
    reason = fields.Text("Reason or incident")

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("vanban_handover") is not _TOKEN:
            raise AccessError(self.env._("The custody record is written by the steps of custody, not by hand."))
        return super().create(vals_list)

    def write(self, vals):
        raise AccessError(self.env._("The custody record is only added to: its rows cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("The custody record is only added to: its rows cannot be deleted."))

    @api.model
    def _record(
        self,
        token,
        kind,
        to_user,
        reference=None,
        filename=None,
        content_b64=None,
        until=None,
        condition=None,
        reason=None,
    ):
        try:
            raw = base64.b64decode(content_b64 or "", validate=True)
        except (binascii.Error, ValueError) as error:
            raise UserError(self.env._("The file did not arrive whole. Please attach it again.")) from error
        if len(raw) > MAX_BYTES:
            raise UserError(self.env._("The file is too large (over %(size)s MB).", size=MAX_BYTES // 2**20))
        # safe: the transition that follows in the same transaction checks the right; without it nothing is kept
        return (
            self.sudo()
            .with_context(vanban_handover=_TOKEN)
            .create(
                {
                    "token_id": token.id,
                    "kind": kind,
                    "from_id": (token.temporary_id if kind == "take_back" else token.custodian_id).id,
                    "to_id": to_user.id,
                    "recorder_id": self.env.uid,
                    "reference": (reference or "").strip() or False,
                    "file_name": filename,
                    "content": base64.b64encode(raw) if raw else False,
                    "has_file": bool(raw),
                    "until": until,
                    "condition": condition,
                    "reason": reason,
                }
            )
        )
