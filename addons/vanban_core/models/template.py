import base64
import csv
import io
import re

from docxtpl import DocxTemplate, RichText

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import file_open

from ..tools import file_check, html_paragraphs, template_fields, vietnam_time

URGENCY_MARKS = {"1": "KHẨN", "2": "THƯỢNG KHẨN", "3": "HỎA TỐC", "4": "HỎA TỐC"}
CAPACITIES = {"tm": "TM.", "q": "Q.", "kt": "KT.", "tl": "TL.", "tuq": "TUQ."}


class Template(models.Model):
    """A Word file that the agency edits itself, filled with the data of a draft (NĐ 30/2020, Phụ lục I and III; DOC-17).

    The fields in braces are those of ``tools.template_fields``; a file that uses another one is refused when it is saved.
    """

    _name = "vanban.template"
    _description = "Document template"
    _order = "sequence, id"

    name = fields.Char(required=True)
    code = fields.Char("Code")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind_id = fields.Many2one("vanban.document.kind", "Kind", ondelete="cascade", help="Empty: for every kind without its own.")
    company_id = fields.Many2one("res.company", "Agency", ondelete="cascade", help="Empty: for all agencies.")
    content = fields.Binary("Word file (.docx)", required=True, attachment=True)
    file_name = fields.Char("File name")
    valid_from = fields.Date("In force from")
    valid_to = fields.Date("In force until")
    default_body = fields.Html("Text to begin with", help="What a new draft starts from; the drafter completes it.")
    standard = fields.Char("Standard of form", default="NĐ 30/2020/NĐ-CP")

    @api.constrains("content")
    def _check_content(self):
        for template in self:
            raw = base64.b64decode(template.with_context(bin_size=False).content or b"")
            try:
                file_check.check("mau.docx", raw, allowed={"docx"})
                unknown = template_fields.unknown(raw)
            except file_check.FileRefused as error:
                raise ValidationError(str(error)) from error
            except Exception as error:  # the template engine raises many kinds for a file edited by hand
                raise ValidationError(self.env._(
                    "The fields in braces of template “%(name)s” cannot be read: %(reason)s", name=template.name, reason=error
                )) from error
            if unknown:
                raise ValidationError(self.env._(
                    "Template “%(name)s” uses fields that the system does not fill: %(unknown)s. Correct them in Word and upload it again. "
                    "Fields there are: %(known)s.",
                    name=template.name, unknown=", ".join(unknown), known=", ".join(sorted(template_fields.FIELDS)),
                ))

    @api.model
    def _load_shipped(self):
        """At installation: the templates made by ``tools.template_builder``, for kinds and in the order of the list beside them."""
        known = set(self.with_context(active_test=False).search([("code", "!=", False)]).mapped("code"))
        with file_open("vanban_core/data/templates/templates.csv", "r") as stream:
            rows = [row for row in csv.DictReader(stream) if row["code"] not in known]
        values = []
        for row in rows:
            with file_open(f"vanban_core/data/templates/{row['file']}.docx", "rb") as stream:
                content = base64.b64encode(stream.read())
            values.append({
                "name": row["name"], "code": row["code"], "content": content, "file_name": f"{row['file']}.docx",
                "kind_id": self.env.ref(f"vanban_core.{row['kind']}").id if row["kind"] else False,
                "sequence": int(row["sequence"]), "default_body": row["body"] or False,
                "standard": row["standard"],
            })
        self.create(values)

    @api.model
    def _find(self, document):
        """Template for a draft, when none was chosen.

        :raise UserError: there is none
        """
        found = self._fitting(document.kind_id, document.company_id)
        if not found:
            raise UserError(self.env._("There is no template for “%(kind)s”: choose one, or upload a Word file.", kind=document.kind_id.name))
        return found[0]

    @api.model
    def _fitting(self, kind, company):
        """Templates in force today: of the kind before the general ones; by sequence; of the agency before the common ones."""
        today = vietnam_time.today()
        found = self.search([
            ("kind_id", "in", [kind.id, False]), ("company_id", "in", [company.id, False]),
            "|", ("valid_from", "=", False), ("valid_from", "<=", today),
            "|", ("valid_to", "=", False), ("valid_to", ">=", today),
        ])
        return found.sorted(lambda template: (not template.kind_id, template.sequence, not template.company_id, template.id))

    def _render(self, document):
        """Bytes of the .docx filled with the data of ``document``.

        :raise UserError: the template does not fit
        """
        self.ensure_one()
        raw = base64.b64decode(self.sudo().with_context(bin_size=False).content)  # safe: a form, no content
        out = io.BytesIO()
        try:
            template = DocxTemplate(io.BytesIO(raw))
            template.render(self._context_of(document), jinja_env=template_fields.environment(), autoescape=True)
            template.save(out)
        except Exception as error:  # the template engine raises many kinds for a file edited by hand
            raise UserError(self.env._(
                "Template “%(name)s” cannot be filled: %(reason)s. Check its fields in braces.", name=self.name, reason=error
            )) from error
        return out.getvalue()

    @api.model
    def _context_of(self, document):
        company = document.company_id.sudo()  # safe: what is printed at the head of every document
        to_rows = document.recipient_ids.filtered(lambda row: not row.for_information)
        is_letter = not document.kind_id.abbreviation
        copies = document.recipient_ids - to_rows if is_letter else document.recipient_ids
        unit = document.department_id.sudo().vanban_symbol  # safe: as above
        lines = (["Như trên;"] if is_letter and to_rows else []) + [f"{name};" for name in copies.mapped("name")]
        position = (document.signer_position or "").upper()
        # a body for which the agency issues has no agency above it on its head (NĐ 30/2020, PL I, II.2)
        body = document.issuer_id.sudo() - company.partner_id  # safe: as above
        annex_kind, annex_title = self._annex_heading(document.annex_title)
        return {
            "parent_name": "" if body else (company.vanban_parent_name or "").upper(),
            "agency_name": (document.issuer_name or company.name).upper(),
            "issuer_title": document.issuer_name or company.name,
            "notation": document.code_notation or "",
            "place": company.vanban_place or company.city or "",
            "kind_name": (document.kind_id.name or "").upper(),
            # number and date stay open in what is attached (NĐ 30/2020, PL I, IV.2)
            "kind_title": f"{document.kind_id.name or ''} số …/{document.code_notation or ''} ngày … tháng … năm …",
            "subject": self._bare_subject(document.subject) if is_letter else (document.subject or ""),
            "authority": f"{document.authority_title or document.signer_position or ''} {(body or company).name}".strip().upper(),
            "to_list": to_rows.mapped("name"),
            "addressed": document.kind_id.code in ("to_trinh", "bao_cao"),
            "paragraphs": [self._rich(paragraph) for paragraph in html_paragraphs.paragraphs(document.body)],
            "receiver_lines": [*lines, "Lưu: VT" + (f", {unit}." if unit else ".")],
            "capacity_lines": self._capacity_lines(document, position),
            "signer_name": document.signer_name or "",
            "drafter_name": document.drafter_id.sudo().name or "",  # safe: a name
            "unit_name": document.department_id.sudo().name or "",  # safe: as above
            "drafter_mark": self._drafter_mark(document),
            "contact_line": self._contact_line(company.partner_id),
            "annex_kind": annex_kind,
            "annex_title": annex_title,
            "annex_paragraphs": [self._rich(paragraph) for paragraph in html_paragraphs.paragraphs(document.annex_body)],
            "urgency_mark": URGENCY_MARKS.get(document.urgency, ""),
            "document": {"subject": document.subject or "", "summary": document.summary or "", "round": document.round},
        }

    @api.model
    def _drafter_mark(self, document):
        """``NVA.(12)``: initials of the drafter and number of copies (ô 12); empty while the copies are not known."""
        initials = "".join(word[0] for word in (document.drafter_id.sudo().name or "").split()).upper()  # safe: a name
        return f"{initials}.({document.copy_count})" if document.copy_count else ""

    @api.model
    def _contact_line(self, partner):
        """Address, telephone and mail of the agency (ô 13)."""
        labelled = (("Địa chỉ", ", ".join(filter(None, (partner.street, partner.street2, partner.city)))),
                    ("ĐT", partner.phone), ("Email", partner.email), ("Website", partner.website))  # fmt: skip
        return "; ".join(f"{label}: {value}" for label, value in labelled if value) if partner.street else ""

    @api.model
    def _annex_heading(self, title):
        """(“QUY CHẾ”, “Làm việc của …”) of “Quy chế làm việc của …”: kind and title stand on lines of their own."""
        title = (title or "").strip()
        names = self.env["vanban.document.kind"].search([("group", "=", "administrative")]).mapped("name")
        for name in sorted(names, key=len, reverse=True):
            if title.lower().startswith(f"{name.lower()} "):
                rest = title[len(name) + 1:].strip()
                return name.upper(), rest[:1].upper() + rest[1:]
        return "", title

    @api.model
    def _bare_subject(self, subject):
        """The letter prints “V/v” itself, whatever the drafter began with."""
        return re.sub(r"^\s*(v/v|về việc)\s*:?\s*", "", subject or "", flags=re.IGNORECASE)

    @api.model
    def _capacity_lines(self, document, position):
        """``["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"]`` or ``["GIÁM ĐỐC"]`` (PL I, II.7)."""
        mark = CAPACITIES.get(document.signer_capacity)
        if not mark:
            return [position]
        title = (document.authority_title or "").upper()
        if mark == "Q." or not title:
            return [f"{mark} {title or position}"]
        return [f"{mark} {title}", position]

    @api.model
    def _rich(self, paragraph):
        rich = RichText()
        ground = paragraph.kind != "heading" and paragraph.text.lstrip().lower().startswith(("căn cứ ", "xét đề nghị ", "theo đề nghị "))
        for run in paragraph.runs:
            # grounds are printed in italics (PL I, II.6)
            rich.add(run.text, bold=run.bold, italic=run.italic or ground, underline=run.underline, size=28, font="Times New Roman")
        return {"heading": paragraph.kind == "heading", "rich": rich, "text": paragraph.text}
