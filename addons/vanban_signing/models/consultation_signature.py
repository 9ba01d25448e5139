from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.vanban_core.models.document_outgoing_transitions import NOT_NUMBERED


class ConsultationSignature(models.Model):
    """Phiếu tham gia ý kiến carries the digital signature of the leader or head of the unit who gave the opinion (BHXH PL02-3)."""

    _inherit = "vanban.consultation"

    signed_file_id = fields.Many2one("vanban.file", "Signed form of the opinion", compute="_compute_signed_file_id")
    may_sign_opinion = fields.Boolean(compute="_compute_signed_file_id")

    @api.depends_context("uid")
    @api.depends("state", "file_id")
    def _compute_signed_file_id(self):
        signed = self.env["vanban.file"].search([("source_id", "in", self.file_id.ids), ("stage", "=", "signed")]).grouped("source_id")
        for row in self:
            row.signed_file_id = signed.get(row.file_id, self.env["vanban.file"])[:1]
            row.may_sign_opinion = row._opinion_to_sign()

    def _opinion_to_sign(self):
        """Whoever gave the opinion signs its form, once, while the draft has not become a numbered document."""
        return (
            self.state == "answered" and self.answerer_id == self.env.user and bool(self.file_id) and not self.signed_file_id
            and self.document_id.state in NOT_NUMBERED
        )

    def action_sign_opinion(self):
        """Open the signing window for the form of this opinion."""
        self.ensure_one()
        self.check_access("read")
        if not self._opinion_to_sign():
            raise UserError(self.env._("The form is signed once, by the person who gave the opinion, before the document is numbered."))
        return self.file_id.action_sign_form()


class FileConsultation(models.Model):
    _inherit = "vanban.file"

    @api.depends_context("uid")
    def _compute_may_sign_form(self):
        super()._compute_may_sign_form()
        rows = self.env["vanban.consultation"].search([("file_id", "in", self.ids)]).grouped("file_id")
        for file in self.filtered(lambda file: file in rows):
            file.may_sign_form = rows[file][:1]._opinion_to_sign()
