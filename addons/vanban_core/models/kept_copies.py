import base64
import hashlib

from odoo import fields, models
from odoo.exceptions import UserError

from ..report import list_print
from ..tools import fonts, number_format

_COLUMNS = (
    ("STT", 12), ("Số, ký hiệu", 34), ("Ngày tháng", 24), ("Tên loại và trích yếu", 92), ("Đơn vị soạn thảo", 40), ("Nơi để", 34),
    ("Người lưu, ngày lưu", 31),
)  # fmt: skip


class RegisterPrint(models.Model):
    _inherit = "vanban.register.print"

    kind = fields.Selection([("book", "Register"), ("kept", "List of kept copies")], "Form", required=True, default="book")


class Register(models.Model):
    """“Danh mục văn bản lưu”: the paper copies kept at the clerk's office, by number, and those that are missing (TH Đ9.2c)."""

    _inherit = "vanban.register"

    def action_print_kept(self, date_from, date_to):
        """Print the list of kept copies of a period, with a check for gaps.

        :param date_from: first day, ``YYYY-MM-DD``; :param date_to: last day, of the same year
        :return: action that downloads the PDF
        :raise AccessError: not a clerk of the agency; :raise UserError: no outgoing register, no entries
        """
        self.ensure_one()
        self._check_may_print()
        if self.direction == "in":
            raise UserError(self.env._("Copies are kept of outgoing documents: choose a register of outgoing documents."))
        first, last = self._period(date_from, date_to)
        entries = self.env["vanban.register.entry"].sudo().search([  # safe: right to the whole book checked above
            ("register_id", "=", self.id), ("date", ">=", first), ("date", "<=", last), ("state", "=", "used"),
        ], order="number, suffix, id")
        if not entries:
            raise UserError(self.env._("“%(register)s” has no entries in this period.", register=self.name))
        missing = self._missing_copies(entries)
        try:
            raw = list_print.render(self._kept_list(entries, missing, first, last))
        except fonts.FontMissing as error:
            raise UserError(str(error)) from error
        # safe: see above; the record holds what was printed and cannot be changed afterwards
        book = self.env["vanban.register.print"].sudo().create({
            "kind": "kept", "register_id": self.id, "date_from": first, "date_to": last, "volume": 0, "user_id": self.env.uid,
            "number_from": entries[0].number, "number_to": entries[-1].number, "content": base64.b64encode(raw),
            "sha256": hashlib.sha256(raw).hexdigest(), "file_name": f"van-ban-luu-{self.code.lower()}-{first:%Y%m%d}-{last:%Y%m%d}.pdf",
        })
        self._log("print", data={"form": "kept", "from": first, "to": last, "missing": missing.mapped("number"), "sha256": book.sha256})
        return book.sudo(False).action_download()

    def _missing_copies(self, entries):
        """Numbers in use of which no paper copy was confirmed."""
        return entries.filtered(lambda entry: not entry.document_id.kept_copy_date)

    def _kept_list(self, entries, missing, first, last):
        company = self.company_id.sudo()  # safe: printed at the head
        rows = []
        for ordinal, entry in enumerate(entries - missing, start=1):
            document = entry.document_id
            rows.append((
                ordinal, document.code, number_format.short_date(entry.date), self._title(document), document.department_id.name or "",
                document.kept_copy_place or "", f"{document.kept_copy_user_id.name}, {self._local(document.kept_copy_date)}",
            ))
        gaps = ", ".join(entry._text() for entry in missing)
        return list_print.PrintedList(
            parent=company.vanban_parent_name or "", agency=company.name, title="Danh mục văn bản lưu",
            subtitle=f"{self.name}, từ {number_format.short_date(first)} đến {number_format.short_date(last)}",
            columns=_COLUMNS, rows=rows,
            summary=(
                f"Số văn bản đã cấp số: {len(entries)}; có bản lưu: {len(entries) - len(missing)}.",
                f"Thiếu bản lưu của các số: {gaps}." if gaps else "Bản lưu đủ, liên tục theo số.",
            ),
        )  # fmt: skip
