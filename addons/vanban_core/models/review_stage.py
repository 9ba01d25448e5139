from odoo import api, fields, models
from odoo.exceptions import UserError

from .document_outgoing_transitions import EDITABLE, REVIEW


class ReviewStage(models.Model):
    """A step of the chain as it was when the draft was submitted: what an administrator changes later holds for later drafts."""

    _name = "vanban.review.stage"
    _inherit = ["vanban.append.only", "vanban.review.rule"]
    _description = "Review step of a draft"
    _order = "document_id, round, sequence, id"

    document_id = fields.Many2one("vanban.document", required=True, ondelete="restrict", index=True)
    round = fields.Integer(required=True)
    reviewers = fields.Char("Reviewer", compute="_compute_course")
    progress = fields.Selection(
        [("done", "Gone through"), ("passed", "Passed over"), ("current", "Now"), ("waiting", "To come"), ("returned", "Returned")],
        "Progress", compute="_compute_course",
    )  # fmt: skip

    @api.depends_context("lang", "uid")
    @api.depends("state", "title")
    def _compute_display_name(self):
        super()._compute_display_name()
        self._hide_names()

    @api.depends("document_id.state", "document_id.review_ids")
    def _compute_course(self):
        reviews = self.document_id._given_reviews()
        for stage in self:
            document = stage.document_id
            given = reviews.filtered(
                lambda review, stage=stage: review.document_id == stage.document_id and review.round == stage.round and review.step == stage.state
            )[-1:]
            is_current = stage.round == document.round and stage.state == document.state
            if given and not is_current:
                stage.progress = "done" if given.decision == "approve" else "returned"
                stage.reviewers = given.reviewer_id.name
            else:
                # the head of a unit without departments answers for both steps at once
                kept = document.sudo().review_stage_ids.filtered(lambda one, document=document: one.round == document.round)  # safe: order
                passed = stage in kept._reached(document)
                stage.progress = "current" if is_current else "passed" if passed else "waiting"
                stage.reviewers = ", ".join(stage._holders(document).sudo().mapped("name"))  # safe: names of colleagues


    def _reached(self, document):
        """The steps of this round up to the one in which ``document`` stands; all of them once it is signed."""
        here = self.filtered(lambda stage: stage.state == document.state)[:1]
        if here:
            return self.filtered(lambda stage: (stage.sequence, stage.id) <= (here.sequence, here.id))
        return self if document.state == "tl_agreed" or document.state not in (*EDITABLE, *REVIEW) else self.browse()


class DocumentChain(models.Model):
    """Which steps a draft takes: resolved from the data at the submission and kept with it (P-23 … P-27)."""

    _inherit = "vanban.document"

    review_stage_ids = fields.One2many("vanban.review.stage", "document_id", "Review chain", readonly=True)
    current_stage_ids = fields.One2many("vanban.review.stage", compute="_compute_current_stage_ids", string="Steps of this round")
    competence = fields.Selection(
        [("office", "The office"), ("leadership", "The standing leadership")], "Matter of",
        help="Who approves: the office leader, or the standing leadership after him (HCM SĐ4, SĐ5).",
    )  # fmt: skip
    asked_leader_id = fields.Many2one(
        "res.users", "Leader asked", ondelete="restrict",
        help="Whose opinion a document signed by order waits for; empty: that of any leader.",
    )  # fmt: skip
    two_levels = fields.Boolean(compute="_compute_two_levels")

    @api.depends("review_stage_ids", "round")
    def _compute_current_stage_ids(self):
        for document in self:
            document.current_stage_ids = document.review_stage_ids.filtered(lambda stage, document=document: stage.round == document.round)

    @api.depends("company_id", "direction")
    def _compute_two_levels(self):
        for document in self:
            company = document.company_id.sudo()  # safe: configuration
            document.two_levels = document.direction != "in" and company._vanban_profile()._has_two_levels(company)

    @api.model
    def _derived(self, vals, company=None):
        derived = super()._derived(vals, company)
        company = (company or self.company_id).sudo()  # safe: configuration
        if vals.get("signer_id") and "competence" not in vals and company._vanban_profile()._has_two_levels(company):
            derived["competence"] = self._competence_of(self.env["res.users"].browse(vals["signer_id"]))
        return derived

    @api.model
    def _competence_of(self, signer):
        return "leadership" if signer.sudo().has_group("vanban_core.group_leader") else "office"  # safe: whether a post is held

    # ------------------------------------------------------------------- chain

    def _resolved_steps(self):
        """Steps that the data give for this draft now. TL. without prior opinion goes round the leader."""
        self.ensure_one()
        steps = self.company_id._vanban_profile()._chain_steps(self)
        if self._by_order() and not self.prior_opinion:
            steps = steps.filtered(lambda step: step.state != "leader")
        return steps

    def _review_steps(self):
        """The chain kept at the submission of this round; of a draft that is not under way, the one it would take."""
        self.ensure_one()
        kept = self.sudo().review_stage_ids.filtered(lambda stage: stage.round == self.round)  # safe: steps of the same document
        return kept if kept and self.state not in EDITABLE else self._resolved_steps()

    def _keep_chain(self):
        """Write the chain of the present round beside the draft.

        :raise UserError: nobody is set up for one of its steps
        """
        self.ensure_one()
        steps = self._resolved_steps()
        for step in steps:
            step._check_holders(self)
        return self.env["vanban.review.stage"].sudo().create([  # safe: the drafter's right to submit was checked
            {
                "document_id": self.id, "round": self.round, "sequence": step.sequence, "state": step.state, "title": step.title,
                "who": step.who, "group_id": step.group_id.id, "department_id": step.department_id.id,
                "user_ids": [fields.Command.set(step.user_ids.ids)], "initials_by": step.initials_by,
                "initials_for": step.initials_for, "important_returns": step.important_returns,
            }
            for step in steps.sudo()  # safe: configuration
        ])

    def _guard_submit_review(self):
        super()._guard_submit_review()
        self._check_competence()
        self._check_asked_leader()

    def _check_asked_leader(self):
        asked = self.asked_leader_id.sudo()  # safe: whether somebody holds a post
        if self._by_order() and self.prior_opinion and asked and (
            not asked.has_group("vanban_core.group_leader") or self.company_id not in asked.company_ids
        ):
            raise UserError(self.env._(
                "%(user)s is no leader of %(agency)s: choose another leader to ask.", user=asked.name, agency=self.company_id.name,
            ))

    def _check_competence(self):
        """Matters of the office are signed by its leader, those of the standing leadership by one of its members (P-27; HCM SĐ4–6)."""
        if not self.two_levels:
            return
        if not self.competence:
            raise UserError(self.env._("Say whether the draft is a matter of the office or of the standing leadership."))
        if self._competence_of(self.signer_id) != self.competence:
            signer = self.signer_id.sudo().name  # safe: the name is on the draft
            if self.competence == "leadership":
                raise UserError(self.env._(
                    "A matter of the standing leadership is not signed by %(user)s: choose one of its members as signer, "
                    "or mark the draft as a matter of the office.", user=signer,
                ))
            raise UserError(self.env._(
                "A matter of the office is signed by its leader, not by %(user)s: choose another signer, "
                "or mark the draft as a matter of the standing leadership.", user=signer,
            ))

    def _check_fixed(self, vals):
        """What the chain was chosen by does not change while the draft is on its way: returned to the drafter, it takes a new one."""
        super()._check_fixed(vals)
        if self.env.su:
            return
        named = [name for name in ("kind_id", "prior_opinion", "asked_leader_id", "competence") if name in vals]
        for document in self if named else ():
            changed = document._changed_names(vals, named)
            if changed and document.direction != "in" and document.state in (*REVIEW, "tl_agreed"):
                message = self.env._(
                    "“%(document)s” is under review: %(fields)s decide who reviews it and stay. Return it to the drafter if they are wrong.",
                    document=document.display_name,
                    fields=", ".join(self._fields[name]._description_string(self.env) for name in changed),
                )
                document._log_refused("write_fixed", message)
                raise UserError(message)

    # --------------------------------------------------------- important returns

    def _important_stage(self):
        """The step to which important changes of the leader go; empty when the chain has none."""
        return self._review_steps().filtered(lambda step: step.important_returns and step.state != "leader")[:1]

    def _may_return_important(self):
        return self._is_outgoing() and self.state == "leader" and self._may_review() and bool(self._important_stage())

    def _return_important(self, comment):
        """The leader's directions on an important matter go to the office leader, who has them carried out (HCM SĐ4a)."""
        self.ensure_one()
        stage = self._important_stage()
        if not stage:
            raise UserError(self.env._(
                "The chain of “%(document)s” has no step for important changes: return it to the drafter.", document=self.display_name
            ))
        self._check_return(comment, "review_return_important")
        self.env["vanban.review"]._record(self, self.state, "return", comment, important=True)
        self._transition("review_return_important", target=stage.state, comment=comment)
        self._hand_to(stage._check_holders(self), self.env._("Important changes asked by the leader: %(reason)s", reason=comment))
