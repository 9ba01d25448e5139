# pylint: disable=prefer-env-translation  # `_` is env._ here: the lists would not fit otherwise
import json

from odoo import fields, models


class DossierMetadata(models.Model):
    """Metadata of a dossier: the fields of the standard, its contents in order, its course (NĐ 30/2020, Phụ lục VI, Phần II, Mục III)."""

    _name = "vanban.dossier"
    _inherit = ["vanban.dossier", "vanban.metadata.mixin"]

    metadata_note_ids = fields.One2many("vanban.metadata.note", "dossier_id", "Supplementary metadata", readonly=True)

    def _may_add_metadata(self):
        return super()._may_add_metadata() or self._may_file()

    def get_metadata(self):
        """As ``vanban.document.get_metadata()``."""
        self.ensure_one()
        self._check_metadata_access()
        self._log("metadata")
        dossier = self.sudo()  # safe: reading right was just checked
        entries, warnings = self.env["vanban.metadata.field"]._entries(dossier.company_id, "dossier", dossier._metadata_values())
        standard = self.env["vanban.metadata.field"]._of(dossier.company_id, "dossier")[:1]
        log = self.env["vanban.log"].sudo()  # safe: as above
        steps = log.search([("model", "=", self._name), ("res_id", "=", self.id), ("outcome", "=", "done")], order="id")
        states = dict(self._fields["state"]._description_selection(self.env))
        _ = self.env._
        groups = [
            {"key": "content", "name": _("Content"), "entries": entries},
            {"key": "structure", "name": _("Structure"), "columns": [
                ["ordinal", _("No.")], ["code", _("Code in the dossier")], ["name", _("Name and abstract")], ["date", _("Date")],
                ["author", _("Author")], ["pages", _("Pages")],
            ], "rows": [
                {"ordinal": item.ordinal, "code": item.code or None, "name": item.display_name, "date": fields.Date.to_string(item.date),
                 "author": item.author, "pages": item.page_count}
                for item in self.item_ids  # under the record rules: not what a mere reader keeps here
            ]},
            {"key": "history", "name": _("History of creation and use"), "columns": [
                ["date", _("Time")], ["action", _("Act")], ["user", _("Person")], ["comment", _("Comment")],
            ], "rows": [
                {"date": self._moment(row.date), "action": states.get(json.loads(row.data or "{}").get("to"), row.action),
                 "user": row.user_name, "comment": row.comment or None}
                for row in steps if row.action == "create" or row.action in self._transition_table()
            ]},
        ]  # fmt: skip
        return {
            "title": self.display_name, "standard": dict(standard._fields["standard"].selection).get(standard.standard, ""),
            "groups": groups, "supplement": self._supplement(), "warnings": warnings,
        }

    def _metadata_values(self):
        label = {name: dict(self._fields[name]._description_selection(self.env)).get(self[name]) for name in ("access_level", "language")}
        return {
            "FileCode.OrganId": self.agency_code or self.company_id.vanban_code, "FileCode.FileCatalog": str(self.year or ""),
            "FileCode.FileNotation": self.symbol, "Title": self.title, "Maintenance": self.retention_id.display_name, "Rights": label["access_level"],
            "Creator": self.user_id.name, "Language": label["language"], "StartDate": fields.Date.to_string(self.start_date),
            "EndDate": fields.Date.to_string(self.end_date), "DocTotal": str(self.document_count), "PageTotal": str(self.page_count),
            "Description": self.note,
        }
