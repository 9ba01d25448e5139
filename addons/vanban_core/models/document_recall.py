from odoo import fields, models
from odoo.exceptions import UserError


class DocumentRecall(models.Model):
    """Recall and replacement of an issued document (NĐ 30/2020 Đ.18.4; TH Đ9.4): frozen here, cancelled at the receivers."""

    _inherit = "vanban.document"

    recall_requester_id = fields.Many2one("res.users", "Recall requested by", readonly=True, copy=False, ondelete="restrict")
    recall_approver_id = fields.Many2one("res.users", "Recall approved by", readonly=True, copy=False, ondelete="restrict")
    recall_approved_date = fields.Datetime("Recall approved on", readonly=True, copy=False)

    # ----------------------------------------------------------------- who may

    def _may_request_recall(self):
        return self._is_outgoing() and (self._may_clerk() or self._is_drafter() or self._may_approve_recall())

    def _may_approve_recall(self):
        """Leader or Chief of Office of the agency, or the signer."""
        user = self.env.user
        if not self._is_outgoing() or self.company_id not in user.company_ids:
            return False
        return self.signer_id == user or user.has_groups("vanban_core.group_leader,vanban_core.group_office_chief")

    # ------------------------------------------------------------------ guards

    def _guard_recall(self):
        if not self.company_id._vanban_profile().recall:
            raise UserError(self.env._("The rules of this agency know no recall: issue a correcting or replacing document instead."))

    def _guard_recall_approve(self):
        if self.recall_approved_date:
            raise UserError(self.env._("The recall of “%(document)s” is already approved and under way.", document=self.display_name))

    # ----------------------------------------------------------------- effects

    def _effect_recall_request(self, comment):
        self._write_fixed({
            "recall_reason": comment, "recall_requester_id": self.env.uid, "recall_approved_date": False, "recall_approver_id": False,
        })
        self._grant(users=self.signer_id, act=True, source="recall")
        self._notify(self.signer_id, self.env._("Recall to approve: %(reason)s", reason=comment))

    def _effect_recall_approve(self, comment):
        self._write_fixed({"recall_approved_date": fields.Datetime.now(), "recall_approver_id": self.env.uid})
        self._stop_acting("recall", users=self.signer_id)
        self._done_todos()
        rows = self.sudo().recipient_ids  # safe: the recall was approved; statuses of its own recipients
        electronic = rows.filtered(lambda row: row.channel == "lienthong" and row.state not in ("pending", "failed", "rejected"))
        internal = rows.filtered(lambda row: row.channel == "internal")
        electronic._progress("recall_requested", comment or self.recall_reason)
        self._revoke("recipient")
        (rows - electronic)._progress("recalled", comment or self.recall_reason)
        self._notify(internal.user_id, self.env._("Recalled: %(code)s", code=self.code))

    def _effect_recall_deny(self, comment):
        self._done_todos()
        self._notify(self.recall_requester_id, self.env._("Recall refused: %(reason)s", reason=comment))
        self._resume_dispatch()
        self._settle_delivery()

    # ----------------------------------------------------------------- actions

    def action_request_recall(self, reason):
        """Ask for the recall of an issued document; its number is never used again."""
        return self._transition("recall_request", comment=reason)

    def action_approve_recall(self, comment=None):
        """Approve: connected receivers are asked to take it out, internal readers lose it, paper is called back."""
        self._transition("recall_approve", comment=comment)
        self._settle_delivery()
        return True

    def action_deny_recall(self, reason):
        """Refuse the recall; the document stays issued."""
        return self._transition("recall_deny", comment=reason)

    def action_replace(self):
        """Open a draft that replaces this issued document (NĐ 30/2020 Đ.18.3).

        :return: id of the draft
        """
        self.ensure_one()
        self.check_access("read")
        if self.direction == "in" or not self.issued_date:
            raise UserError(self.env._("Only an issued document can be replaced."))
        draft = self.create({
            "direction": self.direction,
            "company_id": self.company_id.id,
            "kind_id": self.kind_id.id,
            "department_id": self.department_id.id,
            "issuer_id": self.issuer_id.id,
            "subject": self.subject,
            "signer_id": self.signer_id.id,
            "signer_capacity": self.signer_capacity,
            "signer_position": self.signer_position,
            "urgency": self._own_urgency(),
            "template_id": self.template_id.id,
            "body": self.body,
            "reply_required": self.reply_required,
            "restricted": self.restricted,
            "recipient_ids": self._copied_recipients(),
            **self._replacement_vals(),
        })
        draft._link(self, "replaces")
        for answered in self._linked("answers"):
            draft._link(answered, "answers")
        draft._follow_dossiers_of(self)
        self._log("create_replacement", data={"draft": draft.id})
        return draft.id

    def action_draft_replacement(self):
        """As ``action_replace``, and shows the draft."""
        draft = self.browse(self.action_replace())
        return {
            "type": "ir.actions.act_window", "res_model": self._name, "res_id": draft.id, "views": [(draft.get_formview_id(), "form")],
        }
