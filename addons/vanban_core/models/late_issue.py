from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import vietnam_time

KINDS = [("subjective", "Subjective"), ("objective", "Objective")]


class LateIssue(models.Model):
    """Issue after its time limit: why (chủ quan, khách quan) and by how much (BHXH Đ9.1c; TH Đ6.2; HCM Đ11.4)."""

    _inherit = "vanban.document"

    issue_late_kind = fields.Selection(KINDS, "Cause of the late issue", readonly=True, copy=False)
    issue_late_reason = fields.Char("Reason of the late issue", readonly=True, copy=False)
    issue_late_hours = fields.Float("Hours late", readonly=True, copy=False, digits=(16, 1))

    _late_issue_index = models.Index("(company_id, issued_date) WHERE issue_late_kind IS NOT NULL")

    def _guard_issue(self):
        super()._guard_issue()
        if self.issue_late and not self.issue_late_kind:
            raise UserError(self.env._(
                "“%(document)s” should have been issued by %(deadline)s: choose whether the cause is subjective or objective, "
                "write the reason, then issue.",
                document=self.display_name, deadline=self.env["vanban.recipient"]._local_time(self.issue_deadline),
            ))

    def action_issue(self, late_kind=None, late_reason=None):
        """As before; a late issue needs its cause (``subjective``/``objective``) and reason (OUT-44)."""
        late = self.filtered("issue_late")
        reason = (late_reason or "").strip()
        if late and (late_kind or reason):
            if late_kind not in dict(KINDS) or not reason:
                raise UserError(self.env._("A late issue needs both: its cause (subjective or objective) and its reason."))
            for document in late:
                document._check_may_issue()
            late._write_fixed({"issue_late_kind": late_kind, "issue_late_reason": reason})
        return super().action_issue()

    def _check_may_issue(self):
        transition = self._transition_table()["issue"]
        if not self._has_right(transition):
            self._check_allowed_logged("issue")

    def _effect_issue(self, comment):
        super()._effect_issue(comment)
        if self.issue_late_kind:
            hours = (self.issued_date - self.issue_deadline).total_seconds() / 3600
            self._write_fixed({"issue_late_hours": round(hours, 1)})
            self._log("issue_late", comment=self.issue_late_reason, data={"cause": self.issue_late_kind, "hours": round(hours, 1)})


class Recipient(models.Model):
    _inherit = "vanban.recipient"

    @api.model
    def _local_time(self, moment):
        """Vietnam's wall time as text."""
        return vietnam_time.to_local(moment).strftime("%H:%M %d/%m/%Y") if moment else ""
