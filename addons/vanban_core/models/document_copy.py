import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import copy_rules
from ..tools.copy_rules import CopyRuleError

MEDIA = [("paper", "Paper"), ("electronic", "Electronic")]
FORMS = [("sao_y", "Certified copy (sao y)"), ("sao_luc", "Copy of a certified copy (sao lục)"), ("trich_sao", "Certified extract (trích sao)")]
KINDS = {"sao_y": "vanban_core.kind_sy", "sao_luc": "vanban_core.kind_sl", "trich_sao": "vanban_core.kind_trs"}
# bản gốc: an issued document of ours, a registered one of others, both in force
ISSUED = ("issued", "delivered")
WITHOUT_FORCE = ("received", "checking", "waiting_opinion", "refused", "returned", "no_value", "recalled", "attached")
FIXED_OF_COPY = ("kind_id", "medium", "issuer_id", "template_id", "direction")


class DocumentLink(models.Model):
    _inherit = "vanban.document.link"

    kind = fields.Selection(selection_add=[("copies", "Copy of")], ondelete={"copies": "set default"})


class DocumentCopy(models.Model):
    """Sao y, sao lục, trích sao: a copy is an outgoing document of its own kind, made from its original (NĐ 30/2020 Đ.25–27)."""

    _inherit = "vanban.document"

    received_form = fields.Selection(
        [("original", "Original or authentic copy"), *FORMS], "Received as", default="original",
        help="What came in: the document itself, or a copy of it. Further copies depend on it (NĐ 30/2020 Đ.25).",
    )  # fmt: skip
    copied_id = fields.Many2one("vanban.document", "Copy of", readonly=True, copy=False, index="btree_not_null", ondelete="restrict")
    copy_from = fields.Selection(MEDIA, "Copied from", readonly=True, copy=False)
    copy_to = fields.Selection(MEDIA, "Copied to", readonly=True, copy=False)
    copy_part = fields.Char("Copied pages", readonly=True, copy=False)
    copy_reason = fields.Char("Purpose of the copy", readonly=True, copy=False)
    copy_ordered_date = fields.Datetime("Copy decided on", readonly=True, copy=False)
    made_copy_ids = fields.One2many("vanban.document", "copied_id", "Copies made")
    made_copy_count = fields.Integer("Number of copies made", compute="_compute_made_copy_count")
    can_copy = fields.Boolean(compute="_compute_can_copy")

    @api.depends("made_copy_ids")
    @api.depends_context("uid")
    def _compute_made_copy_count(self):
        counts = dict(self._read_group([("copied_id", "in", self.ids)], ["copied_id"], ["__count"]))
        for document in self:
            document.made_copy_count = counts.get(document, 0)

    @api.depends("state", "secrecy")
    def _compute_can_copy(self):
        for document in self:
            document.can_copy = bool(document.id) and not document._copy_problem()

    # ------------------------------------------------------------ what may be copied

    def _copy_problem(self):
        """Why this document cannot be copied at all, or None."""
        self.ensure_one()
        if self.secrecy != "0":
            return self.env._(
                "“%(document)s” is a state secret: it is copied by the rules on state secrets only, not here.", document=self.display_name
            )
        if self.direction == "in":
            if not self.arrival_number or self.state in WITHOUT_FORCE:
                return self.env._(
                    "“%(document)s” is not registered or no longer in force: only a registered document is copied.", document=self.display_name
                )
        elif self.state not in ISSUED:
            return self.env._(
                "“%(document)s” is a draft, not issued yet or recalled: only an issued document is copied.", document=self.display_name
            )
        return None

    def _is_restricted(self):
        """Marked itself, or of a kind that not everybody reads."""
        return self.restricted or self.kind_id.restricted

    def _copy_media(self):
        """In which media the agency holds the original itself."""
        self.ensure_one()
        if self.direction == "in":
            return {"both": {"paper", "electronic"}}.get(self.medium, {self.medium})
        media = {"paper"} if self.signed_on_paper or self.medium == "paper" else {"electronic"}
        # a stamped print of the electronic original is an authentic paper copy (NĐ 30/2020 Đ.18.5)
        return media | {"paper"} if self.printed_copies or self.kept_copy_date else media

    def _held_form(self):
        """``original``, or the form of copy that this document itself is."""
        self.ensure_one()
        if self.kind_id.code in copy_rules.FORMS:
            return self.kind_id.code
        return (self.direction == "in" and self.received_form) or "original"

    def _check_copy(self, form, taken_from, made_into):
        problem = self._copy_problem()
        if not problem and taken_from not in self._copy_media():
            problem = self.env._(
                "The agency does not hold “%(document)s” in this form: it can be copied from %(media)s.", document=self.display_name,
                media=", ".join(label for key, label in self._fields["copy_from"]._description_selection(self.env) if key in self._copy_media()),
            )
        if not problem:
            try:
                copy_rules.check(form, self._held_form(), taken_from, made_into)
            except CopyRuleError as error:
                problem = self._copy_rule_message(error)
        if problem:
            self._log_refused("copy", problem)
            raise UserError(problem)

    def _copy_rule_message(self, error):
        """Words for what ``copy_rules`` refuses."""
        if error.key == "form":
            return self.env._("Choose the form of the copy: sao y, sao lục or trích sao.")
        if error.key == "source":
            return self.env._(
                "Sao y and trích sao are made from the original or an authentic copy, sao lục from a sao y (NĐ 30/2020 Đ.3, Đ.25). "
                "See under “Received as” what “%(document)s” is.", document=self.display_name,
            )
        if error.key == "medium":
            return self.env._(
                "This form of copy is not made between these media (NĐ 30/2020 Đ.25): an electronic document is passed on electronically as it is; "
                "only an extract is made from electronic to electronic."
            )
        if error.key == "too_long":
            return self.env._("A copy has %(count)s pages at most: copy the parts one by one.", count=error.detail)
        return self.env._("“%(pages)s” are no pages of this document: write for instance 1, 3-5.", pages=error.detail)

    # ---------------------------------------------------------------- make

    def action_copy(self, vals):
        """Draft a copy of this document; it is submitted, decided on, numbered and issued like any outgoing document.

        :param dict vals: ``form`` (sao_y, sao_luc, trich_sao), ``taken_from`` and ``made_into`` (paper, electronic), ``signer_id``,
            ``recipients`` (list of ``{partner_id | department_id | user_id}``), and when wanted ``copies`` (for each, on paper),
            ``signer_capacity``, ``authority_title``, ``pages`` ("1, 3-5") or ``text`` (HTML) of an extract, ``reason``,
            ``scan_name`` and ``scan`` (base64 PDF of the paper, when the system holds none)
        :return: id of the draft
        """
        self.ensure_one()
        self.check_access("read")
        form, taken_from, made_into = (vals.get(name) for name in ("form", "taken_from", "made_into"))
        self._check_copy(form, taken_from, made_into)
        pages, text = (vals.get("pages") or "").strip(), vals.get("text")
        if form == "trich_sao" and bool(pages) == bool(text):
            raise UserError(self.env._("Say what is extracted: either its pages or its text."))
        sources = self._copy_sources(taken_from, vals.get("scan_name"), vals.get("scan"))
        self.env["vanban.register"]._ensure_copies_book(self.company_id)
        draft = self.create(self._copy_vals(vals, form, made_into, text))
        draft._write_fixed({
            "copied_id": self.id, "copy_from": taken_from, "copy_to": made_into, "copy_reason": (vals.get("reason") or "").strip() or False,
            "copy_part": pages if form == "trich_sao" else False,
        })
        draft._link(self, "copies")
        draft._keep_sources(sources)
        draft._make_copy_pages()
        self._log("copy", comment=vals.get("reason"), data={"draft": draft.id, "form": form, "from": taken_from, "to": made_into})
        return draft.id

    def _copy_vals(self, vals, form, made_into, text):
        kind = self.env.ref(KINDS[form])
        employee = self.env.user.sudo().with_company(self.company_id).employee_id  # safe: own unit
        return {
            "direction": "out",
            "company_id": self.company_id.id,
            "kind_id": kind.id,
            "subject": self._copy_subject(kind),
            "department_id": employee.department_id.id or self.sudo().department_id.id,  # safe: a unit of the agency
            "signer_id": vals.get("signer_id"),
            "signer_capacity": vals.get("signer_capacity") or False,
            "authority_title": vals.get("authority_title") or False,
            "medium": made_into,
            # whoever may not read the original reads no copy of it either
            "restricted": self._is_restricted(),
            "body": text if form == "trich_sao" else False,
            "recipient_ids": [
                fields.Command.create(self._copy_recipient(row, made_into, vals.get("copies") or 1)) for row in vals.get("recipients") or ()
            ],
        }

    def _copy_subject(self, kind):
        name = f"{self.kind_id.name} " if self.kind_id and self.kind_id.code not in ("khac", *copy_rules.FORMS) else "văn bản "
        named = self._named().removeprefix("văn bản ").replace(" Về ", " về ", 1)
        return f"{kind.name} {name[:1].lower()}{name[1:]}{named}"[:500]

    def _copy_recipient(self, row, made_into, copies):
        target = {name: row[name] for name in ("partner_id", "department_id", "user_id") if row.get(name)}
        if made_into == "paper":
            return {**target, "channel": "paper", "paper_reason": "paper_class", "copies": max(1, min(int(copies), 1000))}
        return target

    def _copy_sources(self, taken_from, scan_name=None, scan=None):
        """[(name, bytes, file or empty)] of what is copied: a scan that was handed in, or the files of the document."""
        none = self.env["vanban.file"]
        if scan:
            try:
                raw = base64.b64decode(scan, validate=True)
            except (binascii.Error, ValueError) as error:
                raise UserError(self.env._("The file “%(name)s” did not arrive whole. Please upload it again.", name=scan_name)) from error
            name = scan_name or "ban-quet.pdf"
            if self._inspect_file(name, raw).mimetype != "application/pdf":
                raise UserError(self.env._("“%(name)s” is not a PDF: scan the paper to PDF and attach it again.", name=name))
            return [(name, raw, none)]
        files = self.main_file_id | self._current_annexes()
        if taken_from == "paper" and "electronic" not in self._copy_media():
            files = files.browse([file._scanned().id for file in files])
        problem = None
        if not self.main_file_id:
            problem = self.env._("The system holds no scan of “%(document)s”: attach the scan of the paper.", document=self.display_name)
        elif strange := files.filtered(lambda file: file.mimetype != "application/pdf"):
            problem = self.env._(
                "These files are not PDF and cannot be copied page by page: %(names)s. Print and scan the document, and attach the scan.",
                names=", ".join(strange.mapped("name")),
            )
        if problem:
            self._log_refused("copy", problem)
            raise UserError(problem)
        return [(file.name, file._raw(), file) for file in files]

    # -------------------------------------------------------------- what is fixed

    def _check_fixed(self, vals):
        super()._check_fixed(vals)
        if self.env.su:
            return
        for copy in self.filtered("copied_id"):
            touched = copy._changed_names(vals, FIXED_OF_COPY)
            if "restricted" in vals and not vals["restricted"] and copy.sudo().copied_id._is_restricted():  # safe: a mark only
                touched.append("restricted")
            if vals.get("body") and (copy.kind_id.code != "trich_sao" or copy.copy_part):
                touched.append("body")
            if touched:
                message = self.env._(
                    "“%(document)s” is a copy: %(fields)s follow from its original. Cancel the draft and make another copy.",
                    document=copy.display_name, fields=", ".join(copy._fields[name]._description_string(self.env) for name in touched),
                )
                copy._log_refused("write_fixed", message)
                raise AccessError(message)

    def _check_upload(self, role):
        if self.copied_id:
            raise UserError(self.env._("The pages of a copy come from its original: no other file is put in."))
        super()._check_upload(role)

    def action_open_copies(self):
        """The copies made of this document, those that the user may read."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("vanban_core.action_copies")
        return {**action, "domain": [("copied_id", "=", self.id)], "context": {}}


class CopyFile(models.Model):
    _inherit = "vanban.file"

    def _scanned(self):
        """The bytes from the scanner, before anybody signed them."""
        file = self
        while file.source_id and file.source_id.document_id == self.document_id and file.stage != "scan":
            file = file.source_id
        return file
