import base64
import csv
import io
import zipfile

import openpyxl

from odoo import fields, models
from odoo.exceptions import UserError

from ..wire.axis import Agency

_LIMIT_MB = 40
_COLUMNS = ("ma", "ten", "ma_qcvn102", "email")


class DirectoryImport(models.TransientModel):
    """Read agencies and their codes from a table file, for agencies without an axis that tells them."""

    _name = "vanban.directory.import"
    _description = "Read a directory from a file"

    content = fields.Binary("File of agencies", attachment=False)
    filename = fields.Char()
    report = fields.Text("Result", readonly=True)

    def action_import(self):
        """Take the lines over; the form then shows what came of them."""
        self.ensure_one()
        self.env["vanban.peer"]._require_admin()
        lines = list(self._lines())
        # safe: the right to keep the directory was checked above; nothing else is written
        result = self.env["vanban.directory"].sudo()._import(lines)
        self.content = False
        self.report = "\n".join([self.env._(
            "%(lines)s lines: %(new)s new agencies, %(changed)s changed, %(ended)s ended.", lines=len(lines),
            new=result["new"], changed=result["changed"], ended=result["ended"]), *result["remarks"]])
        return {"type": "ir.actions.act_window", "res_model": self._name, "res_id": self.id, "view_mode": "form", "target": "new"}

    def _lines(self):
        raw = base64.b64decode(self.content or b"")
        if len(raw) > _LIMIT_MB << 20:
            raise UserError(self.env._("The file is larger than %(limit)s MB.", limit=_LIMIT_MB))
        try:
            rows = self._sheet(raw) if raw.startswith(b"PK") else csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
            rows = iter(rows)
            head = [str(cell or "").strip().lower() for cell in next(rows, ())]
            if not {"ma", "ten"} <= set(head):
                raise UserError(self.env._("The file has no columns “ma” and “ten” in its first line."))
            places = [head.index(name) if name in head else None for name in _COLUMNS]
            for row in rows:
                cells = ["" if place is None or place >= len(row) else str(row[place] or "").strip() for place in places]
                if cells[0] and cells[1]:
                    yield Agency(cells[0], cells[1][:200], cells[2], email=cells[3][:100])
        except (UnicodeDecodeError, csv.Error, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
            raise UserError(self.env._("The file cannot be read: %(reason)s", reason=error)) from error

    @staticmethod
    def _sheet(raw):
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if sum(item.file_size for item in archive.infolist()) > 20 * (_LIMIT_MB << 20):
                raise ValueError("zip")
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        return book.worksheets[0].iter_rows(values_only=True)
