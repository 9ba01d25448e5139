from odoo import models


class Recipient(models.Model):
    _inherit = "vanban.recipient"

    def _channel(self):
        """A connected agency gets its packet; everybody else stays with the core's choice."""
        company = self.document_id.company_id or self.env.company
        partner = self.partner_id._origin or self.partner_id
        if partner and not self._has_paper_class() and self.env["vanban.peer"]._is_reachable(company, partner):
            return "lienthong"
        return super()._channel()

    def _has_paper_class(self):
        """Nor does a kind travel that the rules keep off the network (LT-15)."""
        return super()._has_paper_class() or bool(self.partner_id and self.document_id.kind_id.no_interchange)
