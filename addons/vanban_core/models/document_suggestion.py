import base64
import binascii
import io

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import file_check, file_text, letter_fields, ocr, text_fold

PDF = "application/pdf"
# fields that may be suggested, in the order in which they are shown
SUGGESTED = (
    "kind_id", "issuer_id", "code_number", "code_notation", "issue_date", "subject", "urgency", "signer_name", "signer_position",
    "signer_capacity", "external_due_date",
)  # fmt: skip
_DIRECTORY = 20_000
_QUICK_SECONDS = 60


class DocumentSuggestion(models.Model):
    """What the letter says of itself, offered to the clerk beside the form; nothing is written until the clerk takes it."""

    _inherit = "vanban.document"

    @api.model
    def suggest_from_file(self, content_b64, recognise=False):
        """Suggestions from a file that is not stored yet.

        :param str content_b64: the file chosen in the form
        :param bool recognise: read the pictures of the first and last page, too (some seconds)
        :return: ``{"rows": [{field, label, value, text}], "scan": bool}``; ``scan``: pictures only, recognition is possible
        """
        self._check_reception_user()
        try:
            raw = base64.b64decode(content_b64 or "", validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        if not raw.lstrip().startswith(b"%PDF-") or len(raw) > self._max_file_bytes():
            return {"rows": [], "scan": False}
        try:
            file_check.check("a.pdf", raw, max_bytes=self._max_file_bytes())
        except file_check.FileRefused:
            return {"rows": [], "scan": False}  # storing it will say why
        return self._suggestions(raw, recognise)

    def get_suggestions(self, recognise=False):
        """Suggestions from the main file of a stored document, or from its rendition with text; see ``suggest_from_file``."""
        self.ensure_one()
        self.check_access("read")
        file = self.main_file_id
        if not file or self.direction != "in" or file.mimetype != PDF or not self.can_edit:
            return {"rows": [], "scan": False}
        rendition = self.file_ids.filtered(lambda one: one.role == "rendition" and one.source_id == file).sorted("id")[-1:]
        return self._suggestions((rendition or file)._raw(), recognise)

    @api.model
    def _check_reception_user(self):
        if not self.env.su and not self.env.user.has_groups(
            "vanban_core.group_clerk,vanban_core.group_unit_clerk,vanban_core.group_format_checker,vanban_core.group_office_staff"
        ):
            raise UserError(self.env._("Suggestions are read for those who receive documents."))

    @api.model
    def _suggestions(self, raw, recognise):
        found = self._fields_of(raw)
        scan = not found and not file_text.has_text(file_text.extract(raw, PDF, max_chars=4000))
        if scan and recognise:
            found = self._fields_of(self._quick_ocr(raw))
        return {"rows": self._suggestion_rows(found), "scan": scan and ocr.available()}

    @api.model
    def _fields_of(self, raw):
        try:
            return letter_fields.fields_of_pdf(raw)
        except Exception:  # noqa: BLE001 - a text layer may be odd in many ways; then there is nothing to suggest
            return {}

    @api.model
    def _quick_ocr(self, raw):
        """The first and the last page with a text layer."""
        import pikepdf

        buffer = io.BytesIO()
        with pikepdf.open(io.BytesIO(raw)) as source, pikepdf.new() as part:
            part.pages.append(source.pages[0])
            if len(source.pages) > 1:
                part.pages.append(source.pages[-1])
            part.save(buffer)
        try:
            return ocr.recognise(buffer.getvalue(), timeout=_QUICK_SECONDS)
        except ocr.OcrError as error:
            raise UserError(str(error)) from error

    @api.model
    def _suggestion_rows(self, found):
        """``letter_fields`` → rows for the form; many2one values as ``{id, display_name}``, dates in ISO form."""
        values = dict(found)
        kind = self.env["vanban.document.kind"].search([("code", "=", found.get("kind"))], limit=1) if found.get("kind") else None
        if kind:
            values["kind_id"] = {"id": kind.id, "display_name": kind.display_name}
        partner = self._issuer_in_directory(found.get("issuer_name"), found.get("parent_name"))
        if partner:
            values["issuer_id"] = {"id": partner.id, "display_name": partner.display_name}
        elif found.get("issuer_name"):
            values["issuer_name"] = found["issuer_name"]
        rows = []
        for name in (*SUGGESTED, "issuer_name"):
            if name != "issuer_name" or not partner:
                value = values.get(name)
                if value:
                    field = self._fields[name]
                    rows.append({
                        "field": name, "label": field._description_string(self.env), "value": value, "text": self._suggestion_text(field, value),
                    })
        if found.get("secrecy"):
            rows.insert(0, {"field": False, "label": self._fields["secrecy"]._description_string(self.env), "value": False,
                            "text": self._message_secret()})
        return rows

    def _suggestion_text(self, field, value):
        if field.type == "many2one":
            return value["display_name"]
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        if field.type == "date":
            return fields.Date.to_date(value).strftime("%d/%m/%Y")
        return value

    @api.model
    def _issuer_in_directory(self, name, parent):
        """The agency whose name is the one in the letter's head, with or without the words of the higher agency."""
        wanted, above = self._agency_key(name), set(self._agency_key(parent).split())
        if not wanted:
            return self.env["res.partner"]
        best, fewest = self.env["res.partner"], None
        for partner in self.env["res.partner"].search_fetch([("is_company", "=", True)], ["name"], limit=_DIRECTORY):
            key = self._agency_key(partner.name)
            if key == wanted:
                return partner
            rest = key.removeprefix(wanted + " ") if key.startswith(wanted + " ") else None
            if rest is not None and above and set(rest.split()) <= above and (fewest is None or len(rest) < fewest):
                best, fewest = partner, len(rest)
        return best

    @api.model
    def _agency_key(self, name):
        return text_fold.fold(name or "").replace("uy ban nhan dan", "ubnd")
