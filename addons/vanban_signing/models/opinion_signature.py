from odoo import api, fields, models
from odoo.exceptions import UserError


class OpinionRequest(models.Model):
    """Phiếu xin ý kiến and phiếu đề nghị carry the digital signature of the head of the unit who asks (BHXH PL02-1, PL02-2)."""

    _inherit = "vanban.opinion.request"

    signed_file_id = fields.Many2one("vanban.file", "Signed slip", compute="_compute_signed_file_id")
    may_sign_slip = fields.Boolean(compute="_compute_signed_file_id")

    @api.depends_context("uid")
    @api.depends("state", "file_id")
    def _compute_signed_file_id(self):
        signed = self.env["vanban.file"].search([("source_id", "in", self.file_id.ids), ("stage", "=", "signed")]).grouped("source_id")
        for request in self:
            request.signed_file_id = signed.get(request.file_id, self.env["vanban.file"])[:1]
            request.may_sign_slip = request._slip_to_sign()

    def _slip_to_sign(self):
        """Whoever asked signs the slip, once, while the request waits."""
        return self.state == "sent" and self.author_id == self.env.user and bool(self.file_id) and not self.signed_file_id

    def action_sign_slip(self):
        """Open the signing window for the slip of this request."""
        self.ensure_one()
        self.check_access("read")
        if not self._slip_to_sign():
            raise UserError(self.env._("The slip is signed by the head who asks, once, before it is answered."))
        return self.file_id.action_sign_form()


class FileOpinion(models.Model):
    _inherit = "vanban.file"

    @api.depends_context("uid")
    def _compute_may_sign_form(self):
        super()._compute_may_sign_form()
        requests = self.env["vanban.opinion.request"].search([("file_id", "in", self.ids)]).grouped("file_id")
        for file in self.filtered(lambda file: file in requests):
            file.may_sign_form = requests[file][:1]._slip_to_sign()
