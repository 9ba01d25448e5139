from odoo import models


class CommentWizard(models.TransientModel):
    _inherit = "vanban.comment.wizard"

    def action_apply(self):
        """After an opinion on a draft: straight on to the signature of its form, when the author has a certificate to sign with."""
        done = super().action_apply()
        if self.step != "consult_answer":
            return done
        row = self._record()
        can_sign = row.may_sign_opinion and row.document_id._usable_certificates("form")[0]
        return row.action_sign_opinion() if can_sign else done
