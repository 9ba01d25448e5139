from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..report import submission_slip
from ..tools import fonts, number_format, vietnam_time

# which block of the form an opinion belongs to; opinions of the leadership are told apart by the post
BLOCK_OF_STEP = {
    "review_dept": "proposal", "review_unit": "unit", "legal": "unit", "format_check": "unit", "office_review": "unit",
    "clerk_check": "unit",
}  # fmt: skip


class ResCompany(models.Model):
    _inherit = "res.company"

    vanban_slip_head = fields.Boolean(
        "Submission slip with the opinion of the head", default=True, help="Block 5 of the slip; without it only while it is empty (BHXH PL02-5)."
    )


class DocumentSlip(models.Model):
    """Submission slip of a draft (OUT-17; F-05)."""

    _inherit = "vanban.document"

    def action_print_slip(self):
        """Make the submission slip (Phiếu trình) with the round and every opinion so far.

        :return: id of the PDF (``vanban.file``, a rendition beside the draft)
        """
        self.ensure_one()
        self.check_access("read")
        self._check_may_see_opinions()
        if self.direction == "in" or not self.round:
            raise UserError(self.env._("The draft was not submitted yet: there is nothing to print on the slip."))
        try:
            raw = submission_slip.render(self._slip())
        except fonts.FontMissing as error:
            raise UserError(str(error)) from error
        name = f"phieu-trinh-lan-{self.round}.pdf"
        return self._add_file(name, raw, role="opinion", stage="rendition", reason=self.env._("Submission slip")).id

    def _check_may_see_opinions(self):
        """The slip is for those who have a part in the draft, not for its recipients."""
        if not self._has_part_in_draft():
            message = self.env._("The submission slip is printed by those who draft, review, sign or issue the document.")
            self._log_refused("print", message)
            raise AccessError(message)

    def _has_part_in_draft(self):
        user = self.env.user
        concerned = self.drafter_id | self.signer_id | self._given_reviews().reviewer_id
        return user in concerned or self._can_act() or self._may_clerk()

    def _slip(self):
        company = self.company_id.sudo()  # safe: printed at the head
        unit = self.department_id.sudo()  # safe: as above
        today = vietnam_time.today()
        return submission_slip.Slip(
            agency=company.name,
            unit=unit.name or "",
            place_date=f"{company.vanban_place or ''}, {number_format.date_text(today)}".lstrip(", "),
            number=f"{self.id}/PTr" + (f"-{unit.vanban_symbol}" if unit.vanban_symbol else ""),
            round=self.round,
            addressee=self.signer_name or self.signer_id.sudo().name or "",  # safe: as above
            subject=self.subject or "",
            attachments=self.sudo().file_ids.filtered(lambda file: file.role in ("main", "annex")).mapped("name"),  # safe: names only
            summary=self.summary or "",
            opinions=self._slip_opinions(),
            with_head=company.vanban_slip_head,
            urgency=self._urgency_text(),
        )

    def _slip_opinions(self):
        """{block: [(round, person, moment, opinion, confirmation)]}: submissions and reviews of every round, oldest first."""
        opinions = {}
        for number, row in enumerate(self._submissions(), start=1):
            opinions.setdefault("proposal", []).append((
                number, row.user_name, vietnam_time.text(row.date), row.comment or "Trình", "Đã trình trên hệ thống"))
        reviews = self._given_reviews()
        decisions = dict(reviews._fields["decision"]._description_selection(self.env(context={"lang": "vi_VN"})))
        for review in reviews:
            person = review.on_behalf_id or review.reviewer_id
            block = BLOCK_OF_STEP.get(review.step) or ("deputy" if self._is_deputy(person) else "head")
            name = f"{review.reviewer_id.name} (thay {person.name})" if review.on_behalf_id else person.name
            opinions.setdefault(block, []).append((
                review.round, name, vietnam_time.text(review.date), ". ".join(filter(None, (decisions[review.decision], review.comment))),
                "Đã xác nhận trên hệ thống",
            ))
        return opinions

    def _is_deputy(self, person):
        """Whether who decides is a deputy of the head: by the post, or because he signs for him (KT.)."""
        employee = person.with_company(self.company_id).employee_id
        title = employee.job_title or employee.job_id.name or ""
        return title.lower().startswith("phó") or (person == self.signer_id and self.signer_capacity == "kt")
