from odoo import api, fields, models
from odoo.exceptions import UserError

from .transition_mixin import Transition

AFTER_DECISION = ("signed", "clerk_check", "numbered", "paper_done", "sealed", "issued", "delivered")


class DocumentCopyFlow(models.Model):
    """The way of a copy: who may decide signs it, the clerk numbers, certifies and issues it (NĐ 30/2020 Đ.25, Đ.27).

    On paper the person signs with ink on the printed sheet. An electronic copy carries the agency's signature alone; the decision
    of the person stands in the course.
    """

    _inherit = "vanban.document"
    _transitions = (
        Transition("order_copy", ("leader",), ("signed",), who="_may_order_copy", guard="_guard_order_copy", effect="_effect_signed"),
    )

    # -------------------------------------------------------------- who and what next

    def _may_order_copy(self):
        return bool(self.copied_id) and self.copy_to == "electronic" and self.signer_id == self.env.user

    def _may_sign(self):
        """No copy carries a person's digital signature."""
        return not self.copied_id and super()._may_sign()

    def _may_record_ink(self):
        return super()._may_record_ink() and (not self.copied_id or self.copy_to == "paper")

    def _may_paper_done(self):
        return super()._may_paper_done() and (not self.copied_id or self.copy_to == "paper")

    def _may_seal(self):
        """A paper copy gets the stamp, an electronic one the digital signature of the agency."""
        return (not self.copied_id or self.copy_to == "electronic") and super()._may_seal()

    def _next_actions(self):
        if not self.copied_id:
            return super()._next_actions()
        return ["submit_review", "order_copy", "sign_paper", "clerk_check", "number", "paper_done", "seal", "issue", "recall_approve"]

    # ------------------------------------------------------------------ submit

    def _review_steps(self):
        """The text is reviewed already: only who decides on copies looks at a copy."""
        steps = super()._review_steps()
        return steps.browse() if self.copied_id else steps

    def _keep_chain(self):
        return self.env["vanban.review.stage"] if self.copied_id else super()._keep_chain()

    def _advance(self, after=None, steps=None):
        return ("leader", self.signer_id) if self.copied_id else super()._advance(after, steps)

    def _final_review_state(self):
        return "leader" if self.copied_id else super()._final_review_state()

    def _may_review(self):
        if self.copied_id:
            return self.state == "leader" and self.signer_id == self.env.user
        return super()._may_review()

    def action_submit_review(self, comment=None):
        for copy in self.filtered("copied_id"):
            # what the decision is about shows the signer and the recipients chosen last
            copy._check_allowed_logged("submit_review")
            copy._make_copy_pages()
            # who certifies a copy compares it with its original (Đ.27.2)
            copy.sudo().copied_id._grant(users=copy.signer_id, source="copy")  # safe: read only, and only the chosen signer
        return super().action_submit_review(comment)

    def _guard_submit_review(self):
        if self.kind_id.group == "copy" and not self.copied_id:
            raise UserError(self.env._(
                "A copy is made from its original: open the incoming or issued document and press “Copy the document”."
            ))
        super()._guard_submit_review()

    def _check_link_or_dossier(self):
        """A copy belongs where its original is."""
        if not self.copied_id:
            super()._check_link_or_dossier()

    # ---------------------------------------------------------------- decision

    def _guard_order_copy(self):
        self._check_signer()
        self._check_original()

    def _guard_sign(self):
        super()._guard_sign()
        if self.copied_id:
            self._check_original()

    def _check_original(self):
        """Recalled or classified in the meantime: no copy leaves any more."""
        problem = self.sudo().copied_id._copy_problem()  # safe: state of the original of one's own copy
        if problem:
            raise UserError(problem)

    def action_order_copy(self, comment=None):
        """The person who decides on copies lets the electronic copy be certified by the agency (Đ.25.1c, Đ.27)."""
        return self._transition("order_copy", comment=comment, values={"copy_ordered_date": fields.Datetime.now()})

    def action_copy_signed(self):
        """The clerk records that the printed sheets of a paper copy are signed with ink; a scan of them may be added."""
        return self.action_sign_on_paper(None, None)

    def action_sign_on_paper(self, filename, content_b64):
        if not self.copied_id:
            return super().action_sign_on_paper(filename, content_b64)
        self.ensure_one()
        self._check_allowed_logged("sign_paper")
        if content_b64:
            raw = self._decode_upload(filename, content_b64)
            self._add_file(filename, raw, role="paper", stage="scan", reason=self.env._("Scan of the paper signed with ink"))
        now = fields.Datetime.now()
        return self._transition("sign_paper", values={"signed_on_paper": True, "copy_ordered_date": now})

    def _has_valid_personal_signature(self):
        """An electronic copy is signed by the agency alone; the person's part is the recorded decision."""
        if self.copied_id and self.copy_to == "electronic":
            return bool(self.copy_ordered_date and self.signed_date)
        return super()._has_valid_personal_signature()

    def _effect_clerk_return(self, comment):
        self.filtered("copied_id")._write_fixed({"copy_ordered_date": False})
        super()._effect_clerk_return(comment)

    def _controls(self):
        """The content of a copy is that of its original: nobody reviews it again."""
        controls = super()._controls()
        return controls | {"content"} if self.copied_id else controls

    # ------------------------------------------------------------- paper, seal, issue

    def _printable_file(self):
        if self.copied_id:
            return self.main_file_id if self.copy_to == "paper" else self.env["vanban.file"]
        return super()._printable_file()

    def _is_printable(self):
        """The sheets of a copy are printed to be signed with ink, then numbered by hand."""
        if self.copied_id and self.copy_to == "paper":
            return self.state == "leader" or self.state in AFTER_DECISION
        return super()._is_printable()

    def _needs_kept_copy(self):
        """One sheet of a paper copy is kept when it is stamped; an electronic copy keeps itself."""
        return False if self.copied_id and self.copy_to == "electronic" else super()._needs_kept_copy()

    def _guard_seal(self):
        if self.copied_id:
            self._check_original()
            if self.copy_to == "paper":
                raise UserError(self.env._("A paper copy is stamped by hand: record “Numbered by hand and stamped”."))
        super()._guard_seal()

    def _guard_issue(self):
        if self.copied_id:
            self._check_original()
        super()._guard_issue()

    def _after_transition(self, transition, comment):
        super()._after_transition(transition, comment)
        if transition.name == "issue":
            for copy in self.filtered("copied_id"):
                names = copy.recipient_ids.mapped("name")
                # safe: a line in the original's own log
                copy.copied_id.sudo()._log("copy_issued", data={"copy": copy.code, "kind": copy.kind_id.code, "recipients": names})


class CopyRegister(models.Model):
    _inherit = "vanban.register"

    @api.model
    def _copies_book(self, company):
        """The book of copies: one yearly series for all three forms (NĐ 30/2020 PL I.II.II.1c)."""
        books = self.sudo().search([  # safe: choice of a book, no content
            ("company_id", "=", company.id), ("direction", "=", "out"), ("kind_ids.group", "=", "copy"),
        ], order="sequence, id")
        return books.filtered(lambda book: set(book.kind_ids.mapped("group")) == {"copy"})[:1]

    def _book_title(self):
        if self.kind_ids and set(self.kind_ids.mapped("group")) == {"copy"}:
            return "Sổ đăng ký bản sao văn bản"
        return super()._book_title()

    @api.model
    def _ensure_copies_book(self, company):
        """Open the book of copies of an agency that has none; before the first copy, for numbering runs on another connection."""
        book = self._copies_book(company)
        if not book:
            kinds = self.env["vanban.document.kind"].search([("group", "=", "copy")])
            book = self.sudo().create({  # safe: the decree itself asks for this series
                "name": self.env._("Register of copies"), "code": "BANSAO", "direction": "out", "company_id": company.id, "kind_ids": kinds.ids,
            })
        return book

    @api.model
    def _find_for(self, document):
        if not document.copied_id:
            return super()._find_for(document)
        book = self._copies_book(document.company_id)
        if not book:
            raise UserError(self.env._(
                "“%(agency)s” has no register of copies: ask the administrator to open one for sao y, sao lục and trích sao together.",
                agency=document.company_id.sudo().name,  # safe: a name
            ))
        return book
