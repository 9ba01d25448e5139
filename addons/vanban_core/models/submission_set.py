import base64

from odoo import fields, models
from odoo.exceptions import UserError

from ..report import submission_slip
from ..tools import fonts, print_set
from .document_template import OFFICE

PICTURES = ("image/jpeg", "image/png")


class SubmissionSet(models.TransientModel):
    """A printed set on its way to the browser of whoever asked for it.

    It holds pages that not every reader of the draft may see (the incoming document), so it is no file of the draft.
    """

    _name = "vanban.submission.set"
    _description = "Printed submission set"

    document_id = fields.Many2one("vanban.document", required=True, readonly=True, ondelete="cascade")
    name = fields.Char(required=True, readonly=True)
    content = fields.Binary(required=True, readonly=True, attachment=False)


class DocumentSubmissionSet(models.Model):
    """Bộ hồ sơ trình in giấy (F-43): slip, draft, incoming documents and annexes as one PDF (HCM Đ8.2.4, SĐ-GC; BHXH PL05; BĐ Đ4.2)."""

    _inherit = "vanban.document"

    def action_print_submission_set(self):
        """Print the submitted set on paper for the leader, beside the electronic submission (OUT-45).

        :return: an action that opens the PDF
        """
        self.ensure_one()
        self.check_access("read")
        self._check_may_see_opinions()
        if self.direction == "in" or not self.round:
            raise UserError(self.env._("The draft was not submitted yet: there is no set to print."))
        try:
            parts = [(self.env._("Submission slip"), submission_slip.render(self._slip())), *self._submission_parts()]
            raw = print_set.merge(parts)
        except (fonts.FontMissing, print_set.SetError) as error:
            raise UserError(str(error)) from error
        name = f"bo-ho-so-trinh-lan-{self.round}.pdf"
        # safe: made for the current user of what he may read; only he can read the row
        made = self.env["vanban.submission.set"].sudo().create({"document_id": self.id, "name": name, "content": base64.b64encode(raw)})
        self._log("print", data={"set": name, "parts": [title for title, _raw in parts]})
        return {"type": "ir.actions.act_url", "target": "new", "url": f"/web/content/vanban.submission.set/{made.id}/content/{name}"}

    def _submission_files(self):
        """Files of the set in their order: the draft, what it answers with its annexes, the draft's own annexes."""
        incoming = self.link_ids.target_id.filtered(lambda document: document.has_access("read") and document.direction == "in")
        files = self.main_file_id
        for document in incoming:
            files |= document.main_file_id | document._current_annexes()
        return files | self._current_annexes()

    def _current_annexes(self):
        """Annexes without those of which a later version was made (sealed, converted)."""
        annexes = self.file_ids.filtered(lambda file: file.role == "annex").sorted("id")
        return annexes - annexes.source_id

    def _submission_parts(self):
        """[(title, PDF)]; files that have no pages are named on a page at the end."""
        parts, unprintable = [], []
        for file in self._submission_files():
            raw = file._raw()
            if file.mimetype == "application/pdf":
                parts.append((file.name, raw))
            elif file.mimetype in OFFICE:
                parts.append((file.name, self._to_pdf(raw, OFFICE[file.mimetype])))
            elif file.mimetype in PICTURES:
                parts.append((file.name, print_set.picture_page(raw)))
            else:
                unprintable.append(file.name)
        if unprintable:
            parts.append((self.env._("On the screen only"), print_set.note_page(unprintable)))
        return parts
