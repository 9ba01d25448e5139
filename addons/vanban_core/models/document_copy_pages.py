import pikepdf

from odoo import models
from odoo.exceptions import UserError

from ..tools import copy_pages, html_paragraphs, number_format
from ..tools.copy_rules import CopyRuleError


class DocumentCopyPages(models.Model):
    """The file of a copy: the scan itself, or pages for the printer with the block of the copy (NĐ 30/2020 PL I.II, PL III mẫu 3.1, 3.2)."""

    _inherit = "vanban.document"

    def _keep_sources(self, sources):
        """What was copied stays with the copy, whatever becomes of the original's record."""
        reason = self.env._("What the copy is made from")
        stage = "scan" if self.copy_from == "paper" else "draft"
        for name, raw, file in sources:
            self._add_file(name, raw, role="source", stage=stage, source=file or None, reason=reason)

    def _make_copy_pages(self):
        """Make the main file anew: signer, recipients and extract as they are now."""
        self.ensure_one()
        sources = self.file_ids.filtered(lambda file: file.role == "source").sorted("id")
        if self.copy_to == "electronic" and self.kind_id.code != "trich_sao":
            self._take_scans(sources)
            return
        try:
            raw = self._copied_part(sources)
            if self.copy_to == "paper":
                raw = copy_pages.with_block(raw, self._copy_block())
        except CopyRuleError as error:
            raise UserError(self._copy_rule_message(error)) from error
        except (pikepdf.PdfError, RuntimeError, ValueError) as error:
            raise UserError(self.env._(
                "The pages of “%(document)s” cannot be copied: %(reason)s. Print and scan the document, and attach the scan.",
                document=self.sudo().copied_id.display_name, reason=error,  # safe: the drafter has just read it
            )) from error
        self._add_file(self._draft_name("pdf"), raw, stage="draft", reason=self.env._("Pages of the copy"))

    def _take_scans(self, sources):
        """Paper to electronic: the agency signs the scan as it came from the scanner (Đ.25.1c); nothing is laid out."""
        if self.main_file_id:
            return
        reason = self.env._("Scan that the agency certifies")
        self._add_file(sources[0].name, sources[0]._raw(), stage="scan", reason=reason)
        for file in sources[1:]:
            self._add_file(file.name, file._raw(), role="annex", stage="scan", reason=reason)

    def _copied_part(self, sources):
        if self.kind_id.code == "trich_sao" and not self.copy_part and html_paragraphs.paragraphs(self.body):
            return self._to_pdf(self._extract_template()._render(self), "docx")
        return copy_pages.merge([file._raw() for file in sources], self.copy_part or None)

    def _copy_block(self):
        template = self.template_id or self.env["vanban.template"]._find(self)
        return self._to_pdf(template._render(self), "docx")

    def _extract_template(self):
        """Layout of an extract; an agency that was set up before it existed gets the shipped one."""
        template = self.env["vanban.template"].sudo()  # safe: forms without content
        found = template.search([("code", "=", "noi_dung_trich_sao"), ("company_id", "in", (self.company_id.id, False))], limit=1)
        if not found:
            template._load_shipped()
            found = template.search([("code", "=", "noi_dung_trich_sao")], limit=1)
        return found

    def action_render(self):
        """Copies are put together from their original, whatever template other documents follow."""
        if not self.copied_id:
            return super().action_render()
        self.check_access("write")
        if self.state not in ("draft", "rework"):
            raise UserError(self.env._("“%(document)s” is no longer a draft: have it returned before changing its text.", document=self.display_name))
        self._make_copy_pages()
        return self.main_file_id.id

    def _check_render(self):
        super()._check_render()
        if self.copied_id:
            raise UserError(self.env._("The pages of a copy come from its original: no other file is put in."))

    def _judges_scans(self):
        return bool(self.copied_id) or super()._judges_scans()


class CopyTemplate(models.Model):
    _inherit = "vanban.template"

    def _context_of(self, document):
        context = super()._context_of(document)
        original = document.sudo().copied_id  # safe: its form is printed on the extract
        if not original:
            return context
        # the block of a copy has no text of its own; that of the extract stands in the form of its original
        context.update(paragraphs=[], extract_paragraphs=context["paragraphs"], urgency_mark="")
        own = original.direction != "in"
        place = original.company_id.vanban_place if own else ""
        date = number_format.date_text(original.issue_date) if original.issue_date else ""
        context["original"] = {
            "agency": (original.issuer_name or "").upper(),
            "code": original.code or "",
            "place_date": ", ".join(filter(None, (place, date))),
            "kind": (original.kind_id.name or "").upper() if original.kind_id.abbreviation else "",
            "subject": original.subject or "",
            "position": (original.signer_position or "").upper(),
            "signer": original.signer_name or "",
        }
        return context
