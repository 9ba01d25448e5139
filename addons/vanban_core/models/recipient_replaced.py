from odoo import fields, models


class RecipientReplaced(models.Model):
    """Whoever refused a document or could not be reached has been served once the document that replaces it is issued to him (OUT-35)."""

    _inherit = "vanban.recipient"

    replacement_id = fields.Many2one("vanban.document", "Replaced by", readonly=True, copy=False, index="btree_not_null", ondelete="restrict")

    def _target(self):
        """Who is addressed, by whatever name he stands in the list."""
        self.ensure_one()
        return self.partner_id, self.department_id, self.user_id


class DocumentReplaced(models.Model):
    _inherit = "vanban.document"

    def _effect_issue(self, comment):
        super()._effect_issue(comment)
        for document in self:
            document._mark_replaced()

    def _mark_replaced(self):
        """Also those who have it: one of them may still return it."""
        replaced = self._linked("replaces").recipient_ids
        if not replaced:
            return
        served = {row._target() for row in self.recipient_ids}
        # safe: the mark alone, on the rows of the document that this one replaces
        replaced.sudo().filtered(lambda row: row._target() in served).write({"replacement_id": self.id})
