import datetime

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError

ROUND = datetime.timedelta(minutes=10)
LONGEST = datetime.timedelta(days=1)
# a passing fault needs nobody's attention
TOLD_AT = 2


class DispatchFailure(models.Model):
    """A sending on which the program itself fails: seen on the document and in a box, tried ever more seldom (OUT-35)."""

    _inherit = "vanban.document"

    dispatch_failures = fields.Integer("Failed attempts to send", readonly=True, copy=False)
    dispatch_error = fields.Char("Why it is not sent", readonly=True, copy=False)
    dispatch_retry_date = fields.Datetime("Tried again on", readonly=True, copy=False)

    @api.model
    def _dispatch_due(self):
        """Condition on those whose pause is over."""
        return ["|", ("dispatch_retry_date", "=", False), ("dispatch_retry_date", "<=", fields.Datetime.now())]

    @staticmethod
    def _dispatch_pause(failures):
        """None after the first failure, then 10, 30, 70 … minutes, at most a day."""
        return min(ROUND * (2 ** min(failures - 1, 10) - 1), LONGEST)

    def _note_dispatch_failure(self, error):
        """Keep beside the document what the server's log says in full; called after the rollback of the attempt."""
        self.ensure_one()
        failures = self.dispatch_failures + 1
        self._write_fixed({
            "dispatch_failures": failures,
            "dispatch_error": f"{type(error).__name__}: {error}"[:250],
            "dispatch_retry_date": fields.Datetime.now() + self._dispatch_pause(failures),
        })
        self._log("dispatch_failed", comment=self.dispatch_error, data={"failures": failures})
        if failures == TOLD_AT:
            clerk = self.clerk_id
            named = self.with_user(SUPERUSER_ID).with_context(lang=clerk.lang)
            named._tell_supervised(clerk, named.env._("Sending stops on an error: see “Sending stopped”"), "status")

    def _dispatch_step(self):
        more = super()._dispatch_step()
        if self.dispatch_failures:
            self._forget_dispatch_failures()
        return more

    def _forget_dispatch_failures(self):
        self._write_fixed({"dispatch_failures": 0, "dispatch_error": False, "dispatch_retry_date": False})

    def action_dispatch_again(self):
        """The cause is put right: try at once instead of after the pause."""
        for document in self:
            document.check_access("read")
            if not document._may_clerk():
                message = self.env._("The sending of “%(document)s” is taken up again by a clerk of its agency.", document=document.display_name)
                document._log_refused("dispatch_again", message)
                raise AccessError(message)
        stopped = self.filtered(lambda document: document.dispatching and document.dispatch_error)
        stopped._write_fixed({"dispatch_retry_date": False})
        stopped._log("dispatch_again")
        if stopped:
            stopped._wake_dispatch()
        return True
