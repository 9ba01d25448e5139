# pylint: disable=prefer-env-translation  # `_` is env._ here: the lists would not fit otherwise
import json

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools.misc import format_datetime

from ..tools import vietnam_time

# acts that tell how a document was used; its steps come from the transitions
USES = ("open", "download", "print", "export", "metadata")


class DocumentMetadata(models.Model):
    """All metadata of a document in seven groups: content, format, context, structure, relations, signatures, history (HCM Đ3.3)."""

    _name = "vanban.document"
    _inherit = ["vanban.document", "vanban.metadata.mixin"]

    metadata_note_ids = fields.One2many("vanban.metadata.note", "document_id", "Supplementary metadata", readonly=True)

    responsible = fields.Html("Answerable for it", compute="_compute_responsible", sanitize=False)

    @api.depends("state", "review_ids")
    def _compute_responsible(self):
        """Drafter, reviewers, signer and clerk with times, for the form (OUT-46)."""
        for document in self:
            rows = [
                Markup('<div class="row g-1"><span class="col-5 col-md-4 text-muted">%s</span><span class="col-7 col-md-5">%s</span>'
                       '<span class="col-12 col-md-3 text-muted small">%s</span></div>')
                % (row["role"], row["name"], format_datetime(self.env, row["date"], dt_format="dd/MM/yyyy HH:mm"))
                for row in document._responsible()
            ]
            document.responsible = Markup("").join(rows) or False

    def _may_add_metadata(self):
        return super()._may_add_metadata() or self._can_act()

    def get_metadata(self):
        """Everything that describes the document, for screen and export.

        :return: ``{title, standard, groups: [{key, name, entries: [{number, code, parent, name, type, value}], columns: [[key, label]],
            rows: [{key: text}]}], supplement: [{name, value, author, date}], warnings: [text]}``
        :raise AccessError: no right to read the document; the attempt is logged
        """
        self.ensure_one()
        self._check_metadata_access()
        self._log("metadata")
        section = "in" if self.direction == "in" else "out"
        document = self.sudo()  # safe: reading right was just checked; names of colleagues, dossiers' codes and traces belong to the document
        entries, warnings = self.env["vanban.metadata.field"]._entries(document.company_id, section, document._metadata_values())
        standard = self.env["vanban.metadata.field"]._of(document.company_id, section)[:1]
        _ = self.env._
        groups = [
            {"key": "content", "name": _("Content"), "entries": entries},
            {"key": "format", "name": _("Format"), **document._metadata_files()},
            {"key": "context", "name": _("Context"), "entries": document._metadata_context()},
            {"key": "structure", "name": _("Structure"), **document._metadata_structure()},
            {"key": "relations", "name": _("Relations"), **self._metadata_relations()},
            {"key": "signature", "name": _("Signature data"), **document._metadata_signatures()},
            {"key": "history", "name": _("History of creation and use"), **document._metadata_history()},
        ]
        return {
            "title": self.display_name, "standard": dict(standard._fields["standard"].selection).get(standard.standard, ""),
            "groups": groups, "supplement": self._supplement(), "warnings": warnings,
        }

    def _label(self, name):
        return dict(self._fields[name]._description_selection(self.env)).get(self[name])

    def _metadata_values(self):
        """{path of the field in the standard: value}; several values (dossiers, recipients) as a list."""
        self.ensure_one()
        items = self.dossier_item_ids
        values = {
            "DocCode": self.document_code, "FileCode.OrganId": items.dossier_id.mapped("agency_code"),
            "FileCode.FileCatalog": [str(item.dossier_id.year) for item in items],
            "FileCode.FileNotation": [item.dossier_id.symbol for item in items],
            "DocOrdinal": [str(item.ordinal) for item in items], "TypeName": self.kind_id.name, "CodeNumber": self.code_number,
            "CodeNotation": self.code_notation, "IssuedDate": fields.Date.to_string(self.issue_date),
            "OrganName": self.issuer_name or (self.direction != "in" and self.company_id.name), "Subject": self.subject, "Language": self.language,
            "PageAmount": str(self.page_count or ""), "Description": self.note, "SignerInfo.Position": self.signer_position,
            "SignerInfo.FullName": self.signer_name, "Priority": str(min(int(self.urgency), 3)),
        }
        if self.direction == "in":
            values |= {
                "ArrivalDate": fields.Date.to_string(vietnam_time.day(self.arrival_date))
                if self.arrival_date else None,
                "ArrivalNumber": str(self.arrival_number or ""), "ToPlaces": "; ".join(self.assignment_ids.mapped("assignee_name")),
                "TraceHeaderList": "\n".join(filter(None, (self.direction_text, self._label("state")))),
                "DueDate": fields.Date.to_string(self.deadline),
            }
        else:
            values |= {
                "To.OrganId": [row.partner_id.vanban_code or "" for row in self.recipient_ids], "To.OrganName": self.recipient_ids.mapped("name"),
                "IssuedAmount": str(self.copy_count or sum(self.recipient_ids.mapped("copies")) or ""),
                "DueDate": fields.Date.to_string(self.reply_due_date),
            }
        return values

    def _metadata_files(self):
        """Every file with name, type, size, digest, who put it in and when (DOC-04)."""
        file = self.env["vanban.file"]
        roles, stages = (dict(file._fields[name]._description_selection(self.env)) for name in ("role", "stage"))
        _ = self.env._
        return {
            "columns": [["name", _("File name")], ["role", _("Role")], ["stage", _("Stage")], ["version", _("Version")], ["mimetype", _("Type")],
                        ["size", _("Size (bytes)")], ["pages", _("Pages")], ["sha256", "SHA-256"], ["author", _("Added by")], ["date", _("Added on")],
                        ["destroyed", _("Destroyed on")]],
            "rows": [{
                "name": row.name, "role": roles[row.role], "stage": stages[row.stage], "version": row.version, "mimetype": row.mimetype,
                "size": row.size, "pages": row.page_count or None, "sha256": row.sha256, "author": row.author_id.name,
                "date": self._moment(row.create_date),
                "destroyed": self._moment(row.destroyed_date),
            } for row in self.file_ids],
        }  # fmt: skip

    def _metadata_context(self):
        """Agency, units, persons, books and conditions in which the document came to be."""
        names = (
            "company_id", "direction", "department_id", "drafter_id", "signer_id", "clerk_id", "register_id", "arrival_register_id",
            "lead_department_id", "lead_user_id", "medium", "urgency", "secrecy", "restricted", "state", "document_code",
        )  # fmt: skip
        entries = []
        for name in names:
            field = self._fields[name]
            value = self[name]
            if field.type == "many2one":
                value = value.display_name
            elif field.type == "selection":
                value = self._label(name)
            elif field.type == "boolean":
                value = self.env._("yes") if value else None
            entries.append({"code": name, "name": field._description_string(self.env), "value": value or None})
        return entries

    def _metadata_structure(self):
        """Main file, parts, and the place in every dossier (DOC-20)."""
        _ = self.env._
        return {
            "entries": [
                {"code": "main_file", "name": _("Main file"), "value": self.main_file_id.name or None},
                {"code": "annexes", "name": _("Annexes"), "value": self.file_ids.filtered(lambda file: file.role == "annex").mapped("name") or None},
            ],
            "columns": [["dossier", _("Dossier code")], ["title", _("Title")], ["ordinal", _("No.")], ["code", _("Code in the dossier")]],
            "rows": [
                {"dossier": item.dossier_id.code, "title": item.dossier_id.title, "ordinal": item.ordinal, "code": item.code or None}
                for item in self.dossier_item_ids
            ],
        }

    def _metadata_relations(self):
        """Linked documents, both ways; of what the user may not read, only that there is something."""
        kinds = dict(self.env["vanban.document.link"]._fields["kind"]._description_selection(self.env))
        _ = self.env._
        rows = [{"relation": kinds[link.kind], "way": "→", "document": link.target_id.display_name} for link in self.link_ids]
        rows += [{"relation": kinds[link.kind], "way": "←", "document": link.document_id.display_name} for link in self.back_link_ids]
        return {"columns": [["relation", _("Relation")], ["way", _("Direction")], ["document", _("Document")]], "rows": rows}

    def _metadata_signatures(self):
        """Signatures of the document; the signing addon puts in the certificates and results of verification."""
        _ = self.env._
        return {
            "entries": [
                {"code": "signed_date", "name": _("Signed on"), "value": self._moment(self.signed_date)},
                {"code": "sealed_date", "name": _("Sealed on"), "value": self._moment(self.sealed_date)},
                {"code": "signed_on_paper", "name": _("Signed on paper"), "value": _("yes") if self.signed_on_paper else None},
            ],
            "columns": [], "rows": [],
        }

    def _metadata_history(self):
        """Steps with person and time, and how often it was opened, downloaded, printed."""
        log = self.env["vanban.log"].sudo()  # safe: the traces of a document that the user may read
        domain = [("document_id", "=", self.id), ("outcome", "=", "done")]
        uses = dict(log._read_group([*domain, ("action", "in", USES)], ["action"], ["__count"]))
        states = dict(self._fields["state"]._description_selection(self.env))
        names = dict(zip(USES, (
            self.env._("Opened"), self.env._("Downloaded"), self.env._("Printed"), self.env._("Exported"), self.env._("Metadata shown"),
        ), strict=True))
        _ = self.env._
        return {
            "entries": [{"code": action, "name": names[action], "value": str(uses[action])} for action in USES if uses.get(action)],
            "columns": [["date", _("Time")], ["action", _("Act")], ["user", _("Person")], ["principal", _("On behalf of")],
                        ["comment", _("Comment")]],
            "rows": [{
                "date": self._moment(row.date), "action": states.get(json.loads(row.data or "{}").get("to"), row.action),
                "user": row.user_name, "principal": row.principal_name or None, "comment": comment or None,
            } for row, comment in self._shown_steps()],
        }

    def _responsible(self):
        """Drafter, reviewers, signer and issuing clerk with times (OUT-46): [{role, name, date}]."""
        self.ensure_one()
        document = self.sudo()  # safe: names of those who answer for a document that the user may read
        steps = dict(self.env["vanban.review"]._fields["step"]._description_selection(self.env))
        _ = self.env._
        rows = [(_("Drafter"), document.drafter_id.name, document.create_date)]
        rows += [(steps[review.step], review.reviewer_id.name, review.date) for review in self._given_reviews()]
        rows += [(_("Signer"), document.signer_name or document.signer_id.name, document.signed_date),
                 (_("Issuing clerk"), document.clerk_id.name, document.issued_date)]
        return [{"role": role, "name": name, "date": date} for role, name, date in rows if name and date]
