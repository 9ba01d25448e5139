import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..report import register_print
from ..tools import fonts, number_format, vietnam_time

TITLES = {"in": "Sổ đăng ký văn bản đến", "out": "Sổ đăng ký văn bản đi", "internal": "Sổ đăng ký văn bản nội bộ"}


class RegisterPrint(models.Model):
    """A printed book: which numbers, by whom, when, and its very bytes (NĐ 30/2020 Đ.16.2b, 22.3b; BG Đ8.2c). Never changed."""

    _name = "vanban.register.print"
    _description = "Printed register"
    _inherit = ["vanban.written.once"]
    _order = "id desc"
    _rec_name = "file_name"

    register_id = fields.Many2one("vanban.register", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="register_id.company_id", store=True)
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("To", required=True)
    number_from = fields.Integer("First number", aggregator=None)
    number_to = fields.Integer("Last number", aggregator=None)
    volume = fields.Integer("Volume", required=True, aggregator=None)
    page_count = fields.Integer("Pages")
    user_id = fields.Many2one("res.users", "Printed by", required=True, ondelete="restrict")
    content = fields.Binary(attachment=True)
    file_name = fields.Char("File name", required=True)
    sha256 = fields.Char("SHA-256", required=True)

    def _message_kept(self):
        return self.env._("A printed register is kept as it was printed: print it again instead.")

    def action_download(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/content/{self.file_name}?download=true",
            "target": "self",
        }


class Register(models.Model):
    _inherit = "vanban.register"

    print_ids = fields.One2many("vanban.register.print", "register_id", "Printed books")

    def action_print(self, date_from, date_to, volume=None):
        """Print the register of a period with cover and all columns of NĐ 30/2020, Phụ lục IV.

        :param date_from: first day, ``YYYY-MM-DD``
        :param date_to: last day, of the same year
        :param int volume: number of the book; the next one of the year when omitted
        :return: action that downloads the PDF (its ``url`` serves RPC clients, too)
        :raise UserError: the period is not possible
        """
        self.ensure_one()
        self._check_may_print()
        first, last = self._period(date_from, date_to)
        entries = self.env["vanban.register.entry"].sudo().search(  # safe: right to print the whole book checked above
            [("register_id", "=", self.id), ("date", ">=", first), ("date", "<=", last)], order="number, suffix, id",
        )
        if not entries:
            raise UserError(self.env._("“%(register)s” has no entries in this period.", register=self.name))
        return self._print(entries, first, last, volume or self._next_volume(first, last)).action_download()

    def _print(self, entries, first, last, volume):
        """The printed book of these lines; the caller checked the right to the whole register."""
        try:
            raw, pages = register_print.render(self._book(entries, first, last, volume))
        except fonts.FontMissing as error:
            raise UserError(str(error)) from error
        # safe: see above; the record holds what was printed and cannot be changed afterwards
        book = self.env["vanban.register.print"].sudo().create({
            "register_id": self.id, "date_from": first, "date_to": last, "volume": volume, "page_count": pages,
            "number_from": entries[0].number, "number_to": entries[-1].number, "user_id": self.env.uid,
            "content": base64.b64encode(raw), "sha256": hashlib.sha256(raw).hexdigest(),
            "file_name": f"so-{self.code.lower()}-{first:%Y%m%d}-{last:%Y%m%d}.pdf",
        })
        self._log("print", data={"from": first, "to": last, "entries": len(entries), "sha256": book.sha256})
        return book.sudo(False)

    def _check_may_print(self):
        user = self.env.user
        chief = user.has_group("vanban_core.group_office_chief") and self.company_id in user.company_ids
        if not (self._may_keep() or chief):
            message = self.env._("Registers are printed by the clerks and the Chief of Office of their agency.")
            self._log_refused("print", message)
            raise AccessError(message)

    def _period(self, date_from, date_to):
        try:
            first, last = fields.Date.to_date(date_from), fields.Date.to_date(date_to)
        except (TypeError, ValueError):
            first = last = None
        if not first or not last:
            raise UserError(self.env._("Give both days of the period in the form YYYY-MM-DD."))
        if last < first or first.year != last.year:
            raise UserError(self.env._("The period must lie within one year, and end after it begins."))
        return first, last

    def _next_volume(self, first, last):
        """Number of the book: the same period printed again keeps its number."""
        books = self.print_ids.sudo().filtered(lambda book: book.kind == "book" and book.date_from.year == first.year)  # safe: numbers only
        same = books.filtered(lambda book: (book.date_from, book.date_to) == (first, last))
        return same[:1].volume or max(books.mapped("volume"), default=0) + 1

    def _book(self, entries, first, last, volume):
        company, unit = self.company_id.sudo(), self.department_id.sudo()  # safe: printed on the cover
        numbers = [entry._text() for entry in (entries[0], entries[-1])]
        return register_print.Book(
            parent=company.name if unit else company.vanban_parent_name or "", agency=unit.name or company.name,
            title=self._book_title(), year=str(first.year),
            date_from=number_format.short_date(first), date_to=number_format.short_date(last),
            number_from=numbers[0], number_to=numbers[1], volume=number_format.number_text(volume),
            columns=self._columns(), rows=[self._line(entry) for entry in entries],
        )  # fmt: skip

    def _book_title(self):
        """Name of the book on its cover; extended for books of a kind of their own."""
        return TITLES[self.direction]

    def _columns(self):
        return register_print.INCOMING if self.direction == "in" else register_print.OUTGOING

    def _line(self, entry):
        """Texts of the ten columns of a line."""
        return self._line_in(entry) if self.direction == "in" else self._line_out(entry)

    @api.model
    def _local(self, moment):
        return number_format.short_date(vietnam_time.day(moment)) if moment else ""

    @api.model
    def _title(self, document):
        kind, subject = document.kind_id.name or "", document.subject or ""
        if subject[:3].lower() in ("về ", "v/v"):
            return f"{kind} {subject[:1].lower()}{subject[1:]}".strip()
        return ". ".join(filter(None, (kind, subject[:1].upper() + subject[1:])))

    @api.model
    def _remark(self, entry):
        document = entry.document_id
        if entry.state == "void":
            return f"{'Số trống' if entry.origin in ('gap', 'sheet') else 'Hủy số'}: {entry.reason}"
        remarks = [urgency] if (urgency := document._urgency_text()) else []
        if entry.origin == "inserted":
            remarks.append(f"Số chèn: {entry.reason}")
        if entry.entered_date and entry.origin == "sheet":
            remarks.append(f"Nhập bù ngày {self._local(entry.entered_date)}")
        if document.bypass_date:
            remarks.append("Xử lý khẩn cấp trước khi vào sổ")
        if document.state == "recalled":
            remarks.append(f"Đã thu hồi ngày {self._local(document.recall_date)}" if document.recall_date else "Đã thu hồi")
        return "; ".join([*remarks, *filter(None, [document.note])])

    def _line_in(self, entry):
        document = entry.document_id
        top = document.assignment_ids.filtered(lambda item: not item.parent_id and item.state not in ("rejected", "stopped"))
        received = [self._local(item.received_date) for item in top if item.role == "lead" and item.received_date]
        return [
            (not self.department_id and self._local(document.arrival_date)) or number_format.short_date(entry.date),
            entry._text(),
            document.issuer_name or "",
            document.code or "",
            number_format.short_date(document.issue_date),
            self._title(document),
            "; ".join(filter(None, top.sorted(lambda item: item.role != "lead").mapped("assignee_name"))),
            self._local(min(top.mapped("create_date"))) if top else "",
            received[0] if received else "",
            self._remark(entry),
        ]

    def _line_out(self, entry):
        document = entry.document_id
        rows = document.recipient_ids
        return [
            document.code or entry._text(),
            number_format.short_date(document.issue_date or entry.date),
            self._title(document),
            document.signer_name or "",
            "; ".join(rows.mapped("name")),
            "; ".join(filter(None, (document.department_id.name, document.drafter_id.name))),
            str(document.copy_count or sum(rows.filtered(lambda row: row.channel == "paper").mapped("copies")) or ""),
            self._local(document.issued_date),
            "",
            self._remark(entry),
        ]
