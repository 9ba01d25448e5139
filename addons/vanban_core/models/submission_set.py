import base64

from odoo import models
from odoo.exceptions import UserError

from ..report import submission_slip
from ..tools import fonts, print_set
from .document_template import OFFICE

# each one may take a minute of a request
MAX_CONVERTED = 10
PICTURES = ("image/jpeg", "image/png")


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

    def _submission_parts(self):
        """[(title, PDF)]; files that have no pages, and those that cannot be read, are named on pages at the end."""
        files = self._submission_files()
        print_set.check_size(sum(files.mapped("size")))
        parts, unprintable, broken, converted = [], [], [], 0
        for file in files:
            raw = file._raw()
            if file.mimetype == "application/pdf" and not print_set.is_readable(raw):
                broken.append(file.name)
            elif file.mimetype == "application/pdf":
                parts.append((file.name, raw))
            elif file.mimetype in OFFICE and converted < MAX_CONVERTED:
                converted += 1
                try:
                    parts.append((file.name, self._to_pdf(raw, OFFICE[file.mimetype])))
                except UserError:
                    # damaged, or too much for the converter: the others are printed all the same
                    broken.append(file.name)
            elif file.mimetype in PICTURES:
                try:
                    parts.append((file.name, print_set.picture_page(raw)))
                except (OSError, ValueError):
                    broken.append(file.name)
            else:
                unprintable.append(file.name)
        if unprintable:
            parts.append((self.env._("On the screen only"), print_set.note_page(unprintable)))
        if broken:
            # the leader must not take the set for complete
            parts.append((self.env._("Could not be read"), print_set.note_page(broken, "Tài liệu không đọc được, không có trong bộ in")))
            self._log("print_incomplete", data={"files": broken})
        return parts
