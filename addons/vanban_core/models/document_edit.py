import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import legacy_text, text_fold, vietnam_time

# longest values that the national interchange carries (QCVN 102:2016, NĐ 30/2020 PL VI); longer ones are kept here and cut nowhere
EXCHANGE_LENGTHS = {
    "code_number": 11, "code_notation": 30, "subject": 500, "signer_name": 50, "signer_position": 100, "issuer_name": 200,
    "document_code": 200,
}  # fmt: skip
LEGACY = ("subject", "issuer_name", "signer_name", "signer_position", "note")


class DocumentEdit(models.Model):
    """Typing with care: two people at one document, values too long for the interchange, text in old encodings."""

    _inherit = "vanban.document"

    edit_base = fields.Char(store=False, help="Values the editor saw before changing them (JSON), sent by the form.")
    length_warning = fields.Text(compute="_compute_length_warning")
    legacy_text = fields.Text(compute="_compute_legacy_text", help="What the text in an old encoding would read in Unicode.")

    @api.depends(*EXCHANGE_LENGTHS)
    def _compute_length_warning(self):
        for document in self:
            document.length_warning = "\n".join(
                self.env._(
                    "%(field)s: %(length)s characters, the interchange carries %(limit)s. The text is kept as it is.",
                    field=self._fields[name]._description_string(self.env), length=len(document[name]), limit=limit,
                )
                for name, limit in EXCHANGE_LENGTHS.items() if len(document[name] or "") > limit
            )

    @api.depends(*LEGACY)
    def _compute_legacy_text(self):
        for document in self:
            document.legacy_text = "\n".join(document._converted().values())

    def _converted(self):
        """{field: Unicode text} of the fields that seem to be in TCVN3 or VNI."""
        found = {}
        for name in LEGACY:
            encoding = text_fold.legacy_encoding(self[name] or "")
            if encoding:
                found[name] = legacy_text.convert(self[name], encoding)
        return found

    def action_convert_text(self):
        """Turn text in TCVN3 or VNI into Unicode (TCVN 6909:2001); the old wording stays in the log."""
        for document in self:
            document.check_access("write")
            converted = document._converted()
            if converted:
                before = {name: document[name] for name in converted}
                document.write(converted)
                document._log("convert_text", data={"before": before})
        return True

    def _closed_to_changes(self):
        """Why nothing of this document changes any more, in words; False while it may.

        The archive answers; asked by flows that write with full rights, e.g. an update sent by another agency.
        """
        self.ensure_one()
        return False

    @api.model
    def _check_days(self, vals):
        """An impossible day of a program or an import (30 February) is named, before anything is written."""
        for name, value in vals.items():
            field = self._fields.get(name)
            if not isinstance(value, str) or not value or field is None or field.type not in ("date", "datetime"):
                continue
            try:
                field.to_date(value) if field.type == "date" else field.to_datetime(value)
            except ValueError as error:
                raise UserError(self.env._(
                    "%(field)s: “%(value)s” is no day of the calendar. Write it as year-month-day, for instance 2026-02-28.",
                    field=field._description_string(self.env), value=value[:40],
                )) from error

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_days(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_days(vals)
        base = vals.get("edit_base")
        if base is not None:
            vals = {name: value for name, value in vals.items() if name != "edit_base"}
            self._check_edit(base, vals)
            self._log("edit", data={"fields": sorted(vals)})
        return super().write(vals)

    def _check_edit(self, base, vals):
        """Refuse to overwrite what somebody else has written since the form was opened; nothing typed is lost.

        :param str base: JSON ``{field: value}`` as the form showed them before the change
        """
        try:
            seen = json.loads(base or "{}")
        except ValueError:
            seen = {}
        if not isinstance(seen, dict) or len(self) != 1:
            return
        changed = [
            name for name, value in seen.items()
            if name in vals and name in self._fields and self._fields[name].type not in ("one2many", "many2many", "binary")
            and self._plain_value(name) != (value or False) and self._plain_value(name) != (vals[name] or False)
        ]
        if changed:
            last = self.env["vanban.log"].sudo().search(  # safe: names the colleague who handles the same document
                [("document_id", "=", self.id), ("action", "=", "edit"), ("outcome", "=", "done")], order="id desc", limit=1
            )
            message = self.env._(
                "%(user)s changed %(fields)s of this document on %(date)s, after you opened it. Nothing of yours is lost: "
                "copy what you typed, reload the page, and enter it again where it is still needed.",
                user=last.user_name or self.sudo().write_uid.name,  # safe: as above
                fields=", ".join(self._fields[name]._description_string(self.env) for name in changed),
                date=vietnam_time.to_local(self.write_date).strftime("%H:%M %d/%m/%Y"),
            )
            self._log_refused("edit_conflict", message)
            raise UserError(message)

    def _plain_value(self, name):
        """The stored value as the web client sends it."""
        value = self._fields[name].convert_to_write(self[name], self)
        if self._fields[name].type == "date":
            value = fields.Date.to_string(value)
        elif self._fields[name].type == "datetime":
            value = fields.Datetime.to_string(value)
        return value or False
