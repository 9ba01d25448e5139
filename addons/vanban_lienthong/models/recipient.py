from odoo import models


class Recipient(models.Model):
    _inherit = "vanban.recipient"

    def _channel(self):
        """A connected agency gets its packet; everybody else stays with the core's choice."""
        company = self.document_id.company_id or self.env.company
        if self.partner_id and self.env["vanban.peer"]._is_reachable(company, self.partner_id._origin or self.partner_id):
            return "lienthong"
        return super()._channel()
