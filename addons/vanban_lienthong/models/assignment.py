from odoo import models

from ..edxml import names

FIRST_ACTIONS = ("assign", "begin", "contribute", "complete")


class Assignment(models.Model):
    _inherit = "vanban.assignment"

    def _after_transition(self, transition, comment):
        super()._after_transition(transition, comment)
        if transition.name in FIRST_ACTIONS:
            # safe: only the status of the document that the assignee works on
            self.sudo().document_id.sudo(False)._report_status(names.PROCESSING)
