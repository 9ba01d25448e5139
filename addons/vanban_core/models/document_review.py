from odoo import fields, models
from odoo.exceptions import UserError

from ..tools import vietnam_time
from .document_outgoing_transitions import REVIEW
from .review import CONTROLS

COMPETENT = ",".join(f"vanban_core.group_{name}" for name in ("leader", "office_chief", "unit_head", "department_head"))


class DocumentReview(models.Model):
    """Drafts on their way to signature: chain of the profile, rounds, opinions (NĐ 30/2020 Đ.10–13; TH Đ9.1; BG Đ10.1)."""

    _inherit = "vanban.document"

    # ------------------------------------------------------------------- chain

    def _by_order(self):
        return self.signer_capacity == "tl"

    def _final_review_state(self):
        """Where the document waits for its signature."""
        return "tl_agreed" if self._by_order() else "leader"

    def _reviewers(self, step, strict=True):
        """Users who may act in a step.

        :raise UserError: nobody is set up for the step (only when ``strict``)
        """
        self.ensure_one()
        return step._check_holders(self) if strict else step._holders(self)

    def _current_step(self):
        return self._review_steps().filtered(lambda step: step.state == self.state)[:1]

    def _may_review(self):
        """Whether the step in which the document stands belongs to the current user."""
        self.ensure_one()
        if not self._is_outgoing():
            return False
        if self.state == self._final_review_state():
            return self.signer_id == self.env.user
        if self.state not in REVIEW:
            return False
        step = self._current_step()
        if not step:
            # submitted before chains were kept, and the chain was changed since: its unit decides
            return self.env.user in self.department_id._vanban_heads()
        return self.env.user in self._reviewers(step, strict=False)

    def _may_approve(self):
        """At the last step the leader signs instead, unless the unit signs by order after his opinion."""
        return self._may_review() and self.state != self._final_review_state()

    def _advance(self, after=None, steps=None):
        """(state to go to, reviewers) after a step; steps that the drafter answers for himself are recorded and passed."""
        self.ensure_one()
        steps = self._review_steps() if steps is None else steps
        passed = self._round_reviews().filtered(lambda review: review.decision == "approve").reviewer_id
        for step in steps.filtered(lambda item: after is None or (item.sequence, item.id) > (after.sequence, after.id)):
            reviewers = self._reviewers(step)
            if step.state in ("review_dept", "review_unit"):
                if reviewers == self.drafter_id:
                    self.env["vanban.review"]._record(self, step.state, "approve", self.env._("The head of the unit drafted it."))
                    continue
                if reviewers <= passed:
                    continue
            return step.state, reviewers
        return self._final_review_state(), self.signer_id

    def _given_reviews(self):
        """Opinions on these drafts, oldest first; not by the one2many, which is kept in memory as the user may see it."""
        # safe: the server's own look; who may be shown them is asked by the caller
        return self.env["vanban.review"].sudo().search([("document_id", "in", self._origin.ids)], order="id")

    def _round_reviews(self):
        return self._given_reviews().filtered(lambda review: review.round == self.round)

    # ------------------------------------------------------------------ submit

    def _guard_submit_review(self):
        missing = [
            self._fields[name]._description_string(self.env)
            for name in ("kind_id", "subject", "department_id", "signer_id", "recipient_ids", "main_file_id")
            if not self[name] and not (name == "main_file_id" and self.without_file)
        ]
        if missing:
            raise UserError(self.env._("The draft cannot be submitted yet. Please fill in: %(fields)s.", fields=", ".join(missing)))
        if not self._is_readable_pdf():
            raise UserError(self.env._("The main file is not a PDF: press “Create PDF” first, so that everybody reviews the same pages."))
        if self.secrecy != "0":
            raise UserError(self._message_secret())
        self._check_signer()
        if self.reply_required and not self.reply_due_date and not all(self.recipient_ids.mapped("reply_due_date")):
            raise UserError(self.env._("The document asks for a reply: give the date by which it is due."))
        today = vietnam_time.today()
        if not self.kind_id._is_valid_on(today):
            raise UserError(self.env._("The kind “%(kind)s” is not in force today: choose another one.", kind=self.kind_id.name))
        self._check_link_or_dossier()

    def _is_readable_pdf(self):
        return self.main_file_id.mimetype == "application/pdf" or (self.without_file and not self.main_file_id)

    def _check_signer(self):
        """Signing belongs to those who hold a post for it in the agency (NĐ 30/2020 Đ.13)."""
        signer = self.signer_id.sudo()  # safe: whether somebody holds a post is no secret
        if self.company_id not in signer.company_ids or not signer.has_groups(COMPETENT):
            raise UserError(self.env._(
                "%(user)s holds no post with the right to sign in %(agency)s: choose a leader, the Chief of Office or the head of a unit.",
                user=signer.name, agency=self.company_id.name,
            ))

    def _check_link_or_dossier(self):
        needed = self.company_id._vanban_profile().out_link_required
        has_dossier = bool(self.sudo().dossier_item_ids)  # safe: existence only
        has_link = bool(self._linked("answers"))
        if needed == "dossier" and not has_dossier:
            raise UserError(self.env._("The rules of this agency ask for a dossier: put the draft into its dossier before submitting."))
        if needed == "link_or_dossier" and not (has_dossier or has_link):
            raise UserError(self.env._(
                "Link the incoming document that this draft answers, or open a dossier for it, before submitting."
            ))

    def action_submit_review(self, comment=None):
        """Submit the draft to the first step of the chain; each submission is a new round (Trình lần thứ n)."""
        for document in self:
            # the round begins only when the submission is allowed, but the steps look at it
            document._check_allowed_logged("submit_review")
            document._write_fixed({"round": document.round + 1})
            target, reviewers = document._advance(steps=document._keep_chain())
            document._transition("submit_review", target=target, comment=comment)
            document._hand_to(reviewers)
        return True

    def _effect_submit_review(self, comment):
        self._stop_acting("drafter", users=self.drafter_id)
        self._done_todos(self.drafter_id)

    def action_review_approve(self, comment=None):
        """Agree in one's own step and pass on to the next."""
        for document in self:
            document._check_allowed_logged("approve")
            step = document._current_step()
            document.env["vanban.review"]._record(document, document.state, "approve", comment)
            target, reviewers = document._advance(after=step or None)
            document._transition("approve", target=target, comment=comment)
            document._hand_to(reviewers)
        return True

    def _effect_step_reached(self, comment):
        self._stop_acting("review", users=self.env.user)
        self._done_todos()

    def action_review_return(self, comment, important=False):
        """Send the draft back with the reason: to the drafter, or for important changes of the leader through the office leader (HCM SĐ4a)."""
        for document in self:
            if important:
                document._return_important(comment)
                continue
            step = document.state
            document._check_return(comment)
            document.env["vanban.review"]._record(document, "leader" if step == "tl_agreed" else step, "return", comment)
            document._transition("review_return", comment=comment)
        return True

    def _check_return(self, comment, name="review_return"):
        try:
            self._check_allowed(self._transition_table()[name], (comment or "").strip())
        except Exception as error:
            self._log_refused(name, str(error))
            raise

    def _effect_rework(self, comment):
        self._stop_acting_of_all()
        self._done_todos()
        self._grant(users=self.drafter_id, act=True, source="drafter")
        self._notify(self.drafter_id, self.env._("Returned for revision: %(reason)s", reason=comment))

    def _hand_to(self, users, summary=None):
        to_sign = self.state == self._final_review_state()
        self._grant(users=users, act=True, source="review")
        if to_sign:
            # the registry may have to put in the scan of a document signed with ink
            self._grant(registry=True, source="registry")
        self._notify(users, summary or (self.env._("To sign") if to_sign else self.env._("Draft to review")))

    def _done_todos(self, users=None):
        """Close the to-dos of this step (of everybody, or of ``users``)."""
        todos = self.sudo().activity_ids  # safe: the step is over
        if users is not None:
            todos = todos.filtered(lambda todo: todo.user_id in users)
        todos.unlink()

    # -------------------------------------------------------------------- sign

    def _guard_sign(self):
        self._check_signer()
        if not self._is_readable_pdf():
            raise UserError(self.env._("The main file is not a PDF and cannot be signed."))
        missing = {"content"} - self._controls() if self._has_content_step() else set()
        if missing:
            raise UserError(self._message_missing_controls(missing))

    def _has_content_step(self):
        return any(CONTROLS[step.state] == "content" for step in self._review_steps())

    def _controls(self):
        """Controls recorded in the present round."""
        return {review.control for review in self._round_reviews() if review.decision == "approve"}

    def _message_missing_controls(self, missing):
        labels = dict(self.env["vanban.review"]._fields["control"]._description_selection(self.env))
        return self.env._(
            "Not recorded yet for “%(document)s”: %(controls)s. The document cannot go on before these checks are done.",
            document=self.display_name, controls=", ".join(labels[name] for name in sorted(missing)),
        )  # fmt: skip

    def _effect_signed(self, comment):
        now = fields.Datetime.now()
        principal = self.signer_id if self.env.user != self.signer_id else None
        self.env["vanban.review"]._record(self, "leader", "approve", comment, principal=principal)
        self._write_fixed({"signed_date": now, "issue_deadline": self._issue_deadline(now)})
        self._done_todos()
        self._stop_acting_of_all()
        self._grant(registry=True, act=True, source="registry")

    def action_sign_on_paper(self, filename, content_b64):
        """Record an ink signature: the clerk puts in the scan of the signed paper (OUT-19).

        :param filename: name of the scan (PDF)
        :param content_b64: its content; none for a class that is kept as metadata only (OUT-33)
        """
        self.ensure_one()
        self._check_allowed_logged("sign_paper")
        if self.without_file:
            if content_b64:
                raise UserError(self._message_not_digitised())
            return self._transition("sign_paper", values={"signed_on_paper": True, "medium": "paper"})
        raw = self._decode_upload(filename, content_b64)
        self._add_file(filename, raw, role="main", stage="scan", reason=self.env._("Scan of the paper signed with ink"))
        # the scan makes an electronic copy, unless the document is to go out on paper alone
        medium = "paper" if self._is_paper_only() else "both"
        return self._transition("sign_paper", values={"signed_on_paper": True, "medium": medium})
