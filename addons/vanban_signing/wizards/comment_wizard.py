from odoo import fields, models

from odoo.addons.vanban_core.wizards.comment_wizard import STEPS


class CommentWizard(models.TransientModel):
    _inherit = "vanban.comment.wizard"
    _steps = {**STEPS, "close_seal": ("vanban.certificate", "action_close_seal", True)}

    step = fields.Selection(selection_add=[("close_seal", "Close the seal for good")], ondelete={"close_seal": "cascade"})

    def action_apply(self):
        """After an opinion on a draft: straight on to the signature of its form, when the author has a certificate to sign with."""
        done = super().action_apply()
        if self.step != "consult_answer":
            return done
        row = self._record()
        can_sign = row.may_sign_opinion and row.document_id._usable_certificates("form")[0]
        return row.action_sign_opinion() if can_sign else done
