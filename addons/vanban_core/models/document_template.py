import base64
import binascii
import os
import pathlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import config

from ..tools import html_paragraphs, office_pdf
from .document_outgoing_transitions import EDITABLE

OFFICE = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/msword": "doc",
    "application/rtf": "rtf",
}


class DocumentTemplate(models.Model):
    """From data to pages: template → Word source → PDF of the draft, each a version that is kept (OUT-07, DOC-17)."""

    _inherit = "vanban.document"

    template_id = fields.Many2one("vanban.template", "Template", ondelete="restrict")
    body = fields.Html("Text", help="Text of the document; the template lays it out.")
    annex_title = fields.Char("Title of the attached text", help="“Quy chế …” that a decision issues, or the title of an annex.")
    annex_body = fields.Html("Attached text", help="Regulation issued with the document, or its annex.")
    authority_title = fields.Char(
        "Signs in place of", help="Title of the head for whom the signer signs (KT., TL., TUQ.): “Giám đốc”."
    )

    @api.onchange("template_id")
    def _onchange_template_id(self):
        """A new draft begins with the text of its template; what somebody wrote stays."""
        if self.template_id.default_body and html_paragraphs.paragraphs(self.body) == []:
            self.body = self.template_id.default_body

    def action_render_annex(self):
        """Make the annex as a file of its own, with page numbers of its own (NĐ 30/2020 PL I, IV).

        :return: id of the PDF (``vanban.file``)
        :raise UserError: no longer a draft, text missing, or LibreOffice failed
        """
        self.ensure_one()
        self._check_render()
        if not html_paragraphs.paragraphs(self.annex_body):
            raise UserError(self.env._("Enter the text of the annex first."))
        self._check_upload("annex")
        template = self.env["vanban.template"]._fitting(self.kind_id, self.company_id).filtered(lambda one: one.code == "phu_luc")[:1]
        if not template:
            raise UserError(self.env._("There is no template for annexes: upload the Word file of the annex instead."))
        raw = template._render(self)
        pdf = self._to_pdf(raw, "docx")
        reason = self.env._("Made from template “%(name)s”", name=template.name)
        source = self._add_file(f"phu-luc-{self.id}.docx", raw, role="source", stage="draft", reason=reason)
        # made again, it takes the place of the earlier one: only the last is sealed and sent
        name = f"phu-luc-{self.id}.pdf"
        earlier = self.file_ids.filtered(lambda file: file.role == "annex" and file.name == name).sorted("id")[-1:]
        return self._add_file(name, pdf, role="annex", stage="draft", reason=reason, source=earlier or source).id

    def action_render(self):
        """Make the next version of the draft from the template: Word source and PDF.

        :return: id of the PDF (``vanban.file``)
        :raise UserError: no longer a draft, data missing, or LibreOffice failed
        """
        self.ensure_one()
        self._check_render()
        missing = [
            self._fields[name]._description_string(self.env)
            for name in ("kind_id", "subject", "signer_id", "recipient_ids", "body")
            if not self[name]
        ]
        if missing:
            raise UserError(self.env._("The document cannot be laid out yet. Please fill in: %(fields)s.", fields=", ".join(missing)))
        template = self.template_id or self.env["vanban.template"]._find(self)
        raw = template._render(self)
        return self._store_version(raw, "docx", self.env._("Made from template “%(name)s”", name=template.name))

    def action_convert_source(self):
        """Make the PDF of the newest Word file that was uploaded (as source or as main document).

        :return: id of the PDF (``vanban.file``)
        """
        self.ensure_one()
        self._check_render()
        annex = f"phu-luc-{self.id}.docx"
        source = self.file_ids.filtered(
            lambda file: file.role in ("source", "main") and file.mimetype in OFFICE and file.name != annex
        ).sorted("id")[-1:]
        if not source:
            raise UserError(self.env._("Upload the Word file of the draft first."))
        pdf = self._to_pdf(source._raw(), OFFICE[source.mimetype])
        return self._add_file(self._draft_name("pdf"), pdf, stage="draft", reason=source.name, source=source).id

    def _check_render(self):
        self.check_access("write")
        if self.direction == "in" or (self.state not in EDITABLE and not self._may_review()):
            raise UserError(self.env._("“%(document)s” is no longer a draft: have it returned before changing its text.", document=self.display_name))

    def _store_version(self, raw, extension, reason):
        # the slow part first: nothing is stored when the conversion fails
        pdf = self._to_pdf(raw, extension)
        source = self._add_file(self._draft_name(extension), raw, role="source", stage="draft", reason=reason)
        return self._add_file(self._draft_name("pdf"), pdf, stage="draft", reason=reason, source=source).id

    def _draft_name(self, extension):
        return f"{self.kind_id.code or 'van-ban'}-{self.id}.{extension}"

    def _to_pdf(self, raw, extension):
        try:
            return office_pdf.to_pdf(raw, extension, profile_root=self._office_folder())
        except office_pdf.OfficeError as error:
            self._log_refused("render", str(error))
            raise UserError(str(error)) from error

    def _office_folder(self):
        return pathlib.Path(config["data_dir"]).resolve() / f"vanban-office-{os.getuid()}"

    def _decode_upload(self, name, content_b64):
        try:
            return base64.b64decode(content_b64 or "", validate=True)
        except (binascii.Error, ValueError) as error:
            raise UserError(self.env._("The file “%(name)s” did not arrive whole. Please upload it again.", name=name)) from error
