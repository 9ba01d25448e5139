# pylint: disable=prefer-env-translation  # `_` is env._ here: the lists would not fit otherwise
import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class Personal(models.Model):
    """Personal electronic documents of a user, apart from the agency's records: nobody else sees them (BHXH Đ17.1d; TH Đ20.3; BG Đ19.3)."""

    _name = "vanban.personal"
    _inherit = ["vanban.log.mixin"]
    _description = "Personal document"
    _order = "write_date desc, id desc"

    name = fields.Char("Title", required=True)
    user_id = fields.Many2one(
        "res.users", "Owner", required=True, readonly=True, default=lambda self: self.env.user, ondelete="restrict", index=True, copy=False
    )
    note = fields.Html("Text")
    file = fields.Binary("File", attachment=True)
    file_name = fields.Char("File name")
    from_user_id = fields.Many2one("res.users", "Taken over from", readonly=True, ondelete="restrict", copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("user_id", self.env.uid) != self.env.uid and not self.env.su:
                raise AccessError(self.env._("A personal document belongs to the person who makes it."))
            self._check_file(vals)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and vals.keys() & {"user_id", "from_user_id"}:
            raise AccessError(self.env._("A personal document changes hands only by its owner's hand-over."))
        if "file" in vals and "file_name" not in vals:
            vals["file_name"] = self[:1].file_name
        self._check_file(vals)
        return super().write(vals)

    @api.model
    def _check_file(self, vals):
        """The same check of the bytes as for documents: no program under the name of a text."""
        if not vals.get("file"):
            return
        name = vals.get("file_name") or "document.pdf"
        try:
            raw = base64.b64decode(vals["file"], validate=True)
        except (binascii.Error, ValueError) as error:
            raise UserError(self.env._("The file “%(name)s” did not arrive whole. Please upload it again.", name=name)) from error
        self.env["vanban.document"]._inspect_file(name, raw)

    def action_hand_over(self, user_id):
        """The owner gives these documents to his successor when he leaves (TH Đ20.3)."""
        successor = self.env["res.users"].browse(user_id)
        if any(record.user_id != self.env.user for record in self):
            raise AccessError(self.env._("Only the owner hands his personal documents over."))
        if not successor.exists() or successor == self.env.user or not successor.has_group("vanban_core.group_user"):
            raise UserError(self.env._("Choose the colleague who takes over."))
        for record in self:
            record._log("hand_over", data={"to": successor.name})
        self.sudo().write({"user_id": successor.id, "from_user_id": self.env.uid})  # safe: the owner decided it just now
        return True


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.private
    def _vanban_leaving(self):
        """What a person who leaves still holds, for the minutes of hand-over: [(name, records)]; other parts add theirs."""
        self.ensure_one()
        sudo = self.sudo()  # safe: called for the minutes of hand-over; the names of personal documents are shown to their owner only
        _ = self.env._
        return [
            (_("Open assignments"), sudo.env["vanban.assignment"].search([
                ("user_id", "=", self.id), ("state", "in", ("new", "received", "processing"))])),
            (_("Drafts"), sudo.env["vanban.document"].search([
                ("drafter_id", "=", self.id), ("state", "in", ("draft", "consulting", "rework"))])),
            (_("Dossiers"), sudo.env["vanban.dossier"].search([
                ("user_id", "=", self.id), ("state", "in", ("planned", "open", "processing", "review", "closed"))])),
            (_("Personal documents"), sudo.env["vanban.personal"].search([("user_id", "=", self.id)])),
        ]
