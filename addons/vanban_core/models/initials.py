from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .document_outgoing_transitions import REVIEW


class Initials(models.Model):
    """Initials put on the paper copy of a draft: who, when, in which step; never on an electronic document (BHXH Đ9.1a, PL05)."""

    _name = "vanban.initials"
    _inherit = ["vanban.append.only"]
    _description = "Initials on a paper copy"
    _order = "document_id, id"
    _rec_name = "user_id"

    document_id = fields.Many2one("vanban.document", required=True, ondelete="restrict", index=True)
    round = fields.Integer(required=True)
    stage_id = fields.Many2one("vanban.review.stage", "Step", required=True, ondelete="restrict")
    user_id = fields.Many2one("res.users", "Initialled by", required=True, ondelete="restrict")
    date = fields.Datetime("Initialled on", required=True, default=fields.Datetime.now)
    file_id = fields.Many2one("vanban.file", "Version initialled", ondelete="restrict")


class DocumentInitials(models.Model):
    """Initials on paper (P-26): the step says who puts them, on which documents; the electronic copy has none."""

    _inherit = "vanban.document"

    initials_ids = fields.One2many("vanban.initials", "document_id", "Initials", readonly=True)
    may_initial = fields.Boolean(compute="_compute_may_initial")

    @api.depends_context("uid")
    @api.depends("state", "medium", "initials_ids")
    def _compute_may_initial(self):
        for document in self:
            document.may_initial = bool(document.id) and document._is_outgoing() and bool(document._stage_to_initial())

    def _has_paper_initials(self):
        """Initials exist where the profile knows them and a paper copy is made."""
        on_paper = self.medium in ("paper", "both")
        return on_paper and self.company_id.sudo()._vanban_profile()._value("paper_initials") == "yes"  # safe: configuration

    def _stage_to_initial(self):
        """The first step in which the current user still has to initial the present version, before the document is signed."""
        none = self.env["vanban.review.stage"]
        if self.state not in (*REVIEW, "tl_agreed") or not self._has_paper_initials():
            return none
        given = self.sudo().initials_ids.filtered(  # safe: only compared
            lambda row: row.user_id == self.env.user and row.file_id == self.main_file_id
        ).stage_id
        steps = self._review_steps()
        if steps._name != none._name:
            return none  # submitted before chains were kept
        for stage in steps._reached(self) - given:
            if not stage._meets_initials(self):
                continue
            if self._is_own_stage(stage) if stage.initials_by == "reviewer" else self._is_office_leader():
                return stage
        return none

    def _is_own_stage(self, stage):
        """Whether the current user reviewed in ``stage``, does so now, or is the one for whom it was passed over."""
        given = self._round_reviews().filtered(lambda review: review.step == stage.state)
        if given:
            return self.env.user in given.reviewer_id or (stage.state == self.state and self._may_review())
        return self._may_review() if stage.state == self.state else self.env.user in stage._holders(self)

    def _is_office_leader(self):
        user = self.env.user
        return user.has_group("vanban_core.group_office_chief") and self.company_id in user.company_ids

    def _hand_to(self, users, summary=None):
        """The Chief of Office who initials a paper copy without being a reviewer reads it from this step on."""
        super()._hand_to(users, summary)
        stage = self._current_step()
        if self._has_paper_initials() and stage.initials_by == "office" and stage._meets_initials(self):
            chiefs = self.env["res.users"].sudo().search([  # safe: finds who holds the post in this agency
                ("all_group_ids", "in", self.env.ref("vanban_core.group_office_chief").ids), ("company_ids", "in", self.company_id.ids),
                ("share", "=", False),
            ]).sudo(False)
            self._grant(users=chiefs, source="review")
            self._notify(chiefs - users, self.env._("Paper copy to initial"))

    def action_initial(self):
        """Record that the current user initialled the paper copy of the present version."""
        for document in self:
            document.check_access("read")
            stage = document._stage_to_initial()
            if not stage:
                document._refuse_initials()
            document.env["vanban.initials"].sudo().create({  # safe: the step and its person were checked just above
                "document_id": document.id, "round": document.round, "stage_id": stage.id, "user_id": document.env.uid,
                "file_id": document.main_file_id.id,
            })
            document._log("initial", data={"step": stage.state, "round": document.round})
        return True

    def _refuse_initials(self):
        if not self._has_paper_initials():
            message = self.env._(
                "“%(document)s” is electronic only: initials are put on paper copies alone, and only where the rules of the agency know them.",
                document=self.display_name,
            )
            self._log_refused("initial", message)
            raise UserError(message)
        message = self.env._(
            "Initials on “%(document)s” are put by those whom the review chain names, in their step, once on each version and before it is signed.",
            document=self.display_name,
        )
        self._log_refused("initial", message)
        raise AccessError(message)
