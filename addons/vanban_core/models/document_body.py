from odoo import api, fields, models
from odoo.exceptions import UserError


class DocumentBody(models.Model):
    """The Office issues for its Committee, too: the drafter chooses the body, series and symbol follow (TH Đ7.3; HCM Đ12b; BG Đ7)."""

    _inherit = "vanban.document"

    issuing_body_ids = fields.Many2many("res.partner", compute="_compute_issuing_body_ids", string="Bodies for which the agency issues")
    has_other_bodies = fields.Boolean(compute="_compute_issuing_body_ids")

    def _guard_submit_review(self):
        super()._guard_submit_review()
        if self.issuer_id and self.issuer_id not in self.issuing_body_ids:
            raise UserError(self.env._(
                "“%(body)s” is no body for which “%(agency)s” issues: choose another one, or have a register of outgoing documents opened for it.",
                body=self.issuer_id.sudo().name, agency=self.company_id.sudo().name,  # safe: printed at the head
            ))

    @api.depends("company_id", "direction")
    def _compute_issuing_body_ids(self):
        registers = self.env["vanban.register"].sudo().search(  # safe: for whom the agency issues is printed on every document
            [("company_id", "in", self.company_id.ids), ("direction", "!=", "in"), ("issuer_ids", "!=", False)]
        )
        for document in self:
            books = registers.filtered(lambda book, document=document: book.company_id == document.company_id)
            others = books.issuer_ids if document.direction != "in" else books.issuer_ids.browse()
            own = document.company_id.sudo().partner_id  # safe: the agency itself
            document.issuing_body_ids = (own | others).sudo(False)
            document.has_other_bodies = bool(others - own)
