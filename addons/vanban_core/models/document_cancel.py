from odoo import models

from .document_outgoing_transitions import EDITABLE, NOT_NUMBERED
from .transition_mixin import Transition


class DocumentCancel(models.Model):
    """A draft is given up: by its drafter until he submits it, then with the consent of the unit's head (requirements, 5.3).

    Who drafted it asks, with the reason; who decides presses the same button as always. A numbered document is recalled.
    """

    _inherit = "vanban.document"

    _transitions = (
        Transition("cancel", NOT_NUMBERED, ("cancelled",), who="_may_cancel", comment=True, effect="_effect_cancel"),
        Transition("ask_cancel", NOT_NUMBERED, NOT_NUMBERED, who="_may_ask_cancel", comment=True, effect="_effect_ask_cancel"),
    )

    # ----------------------------------------------------------------- who may

    def _may_cancel(self):
        if not self._is_outgoing():
            return False
        if self._is_drafter() and self.state in EDITABLE and not self.round:
            return True
        return self.env.user in self._consents_to_cancel() or self._may_review()

    def _may_ask_cancel(self):
        return self._is_drafter() and not self._may_cancel()

    def _consents_to_cancel(self):
        """Heads of the drafting unit and of those above it; where nobody heads one, the signer."""
        return self.department_id._vanban_heads() or self.signer_id

    # ----------------------------------------------------------------- effects

    def _effect_ask_cancel(self, comment):
        heads = self._consents_to_cancel()[:1]
        self._grant(users=heads, source="review")
        self._notify(heads, self.env._("%(name)s asks to cancel the draft: %(reason)s", name=self.env.user.name, reason=comment))

    def _effect_cancel(self, comment):
        self._write_fixed({"cancel_reason": comment})
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])  # safe: nobody has anything left to do on it
        self._stop_acting_of_all()
        if self.drafter_id != self.env.user:
            self._notify(self.drafter_id, self.env._("Cancelled: %(reason)s", reason=comment))

    # ----------------------------------------------------------------- actions

    def action_cancel(self, reason):
        """Give a draft up; a numbered document can only be recalled."""
        return self._transition("cancel", comment=reason)

    def action_ask_cancel(self, reason):
        """Ask who heads the unit to give the draft up; its state stays as it is until he decides."""
        for document in self:
            document._transition("ask_cancel", target=document.state, comment=reason)
        return True
