import pytz

from odoo import models
from odoo.exceptions import AccessError, UserError

from ..report import submission_slip
from ..tools import fonts, number_format
from .register import VIETNAM


class DocumentSlip(models.Model):
    """Submission slip of a draft (OUT-17)."""

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
        return self._add_file(name, raw, role="paper", stage="rendition", reason=self.env._("Submission slip")).id

    def _check_may_see_opinions(self):
        """The slip is for those who have a part in the draft, not for its recipients."""
        if not self._has_part_in_draft():
            message = self.env._("The submission slip is printed by those who draft, review, sign or issue the document.")
            self._log_refused("print", message)
            raise AccessError(message)

    def _has_part_in_draft(self):
        user = self.env.user
        concerned = self.drafter_id | self.signer_id | self.sudo().review_ids.reviewer_id  # safe: only compared with the user
        return user in concerned or self._can_act() or self._may_clerk()

    def _slip(self):
        company = self.company_id.sudo()  # safe: printed at the head
        today = self.env["vanban.register"]._today()
        reviews = self.sudo().review_ids  # safe: opinions on a draft that the user may read
        steps = dict(reviews._fields["step"]._description_selection(self.env))
        decisions = dict(reviews._fields["decision"]._description_selection(self.env))
        return submission_slip.Slip(
            agency=company.name,
            unit=self.department_id.sudo().name or "",  # safe: as above
            place_date=f"{company.vanban_place or ''}, {number_format.date_text(today)}".lstrip(", "),
            round=self.round,
            addressee=self.signer_name or self.signer_id.sudo().name or "",  # safe: as above
            subject=self.subject or "",
            attachments=self.sudo().file_ids.filtered(lambda file: file.role in ("main", "annex")).mapped("name"),  # safe: names only
            summary=self.summary or "",
            opinions=[
                (
                    review.round, steps[review.step],
                    review.reviewer_id.name + (f" (thay {review.on_behalf_id.name})" if review.on_behalf_id else ""),
                    review.date.replace(tzinfo=pytz.utc).astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M"),
                    decisions[review.decision], review.comment or "",
                )
                for review in reviews.sorted("id")
            ],
        )  # fmt: skip
