from odoo import models


class AskWizard(models.TransientModel):
    _inherit = "vanban.ask.wizard"

    def action_apply(self):
        """The slip is signed at once by a head who has a usable certificate; without one it stays as it is printed."""
        before = self.assignment_id.opinion_request_ids
        closed = super().action_apply()
        request = self.assignment_id.opinion_request_ids - before
        certificates, _missing = request.document_id._usable_certificates("form")
        return request.action_sign_slip() if certificates else closed
