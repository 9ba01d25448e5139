import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

_PREFIX = re.compile(r"[A-ZĐ]{1,4}")


class RegisterPrefix(models.Model):
    """Emergency numbers from a series of their own (KC01, KC02 …), where the agency does not want them among the others.

    The series is a book beside the register: it is printed, closed and explained like any other, and no document gets into
    it but from a sheet. The ordinary series goes on without held numbers in between.
    """

    _inherit = "vanban.register"

    sheet_prefix = fields.Char(
        "Prefix of emergency numbers", help="For instance KC: numbers on sheets are KC01, KC02 … of a series of their own. Empty: of this series."
    )
    number_prefix = fields.Char("Prefix of the numbers", readonly=True)
    sheet_of_id = fields.Many2one("vanban.register", "Emergency series of", readonly=True, ondelete="restrict", index="btree_not_null")
    sheet_book_ids = fields.One2many("vanban.register", "sheet_of_id", "Series of emergency numbers")

    @api.constrains("sheet_prefix")
    def _check_sheet_prefix(self):
        for register in self.filtered("sheet_prefix"):
            if not _PREFIX.fullmatch(register.sheet_prefix):
                raise ValidationError(self.env._("The prefix of emergency numbers is one to four capital letters, for instance KC."))

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                for name in ("number_prefix", "sheet_of_id"):
                    vals.pop(name, None)
        registers = super().create(vals_list)
        registers._open_sheet_books()
        return registers

    def write(self, vals):
        if vals.keys() & {"number_prefix", "sheet_of_id"} and not self.env.su:
            raise UserError(self.env._("The series of emergency numbers is opened by the register to which it belongs."))
        if vals.get("sheet_prefix") and self.filtered("sheet_of_id"):
            raise UserError(self.env._("A series of emergency numbers has no further one."))
        result = super().write(vals)
        if vals.get("sheet_prefix"):
            self._open_sheet_books()
        return result

    def _open_sheet_books(self):
        """The book of each prefix is there before the first sheet is printed."""
        for register in self.filtered("sheet_prefix"):
            if not register._sheet_book():
                register.sudo().create({  # safe: the right to the register was checked; a book without entries beside it
                    "name": f"{register.name} ({register.sheet_prefix})", "code": f"{register.code}-{register.sheet_prefix}",
                    "direction": register.direction, "company_id": register.company_id.id, "department_id": register.department_id.id,
                    "closing_period": register.closing_period, "number_prefix": register.sheet_prefix, "sheet_of_id": register.id,
                })

    def _sheet_book(self):
        """The book from which sheets of this register take their numbers."""
        if not self.sheet_prefix:
            return self
        return self._every_sheet_book().filtered(lambda book: book.number_prefix == self.sheet_prefix)[:1]

    def _every_sheet_book(self):
        """Archived ones too: an archived series still holds its prefix, code and numbers."""
        return self.browse(self.with_context(active_test=False).sheet_book_ids.ids)

    def _with_sheet_books(self):
        return self | self._every_sheet_book()

    def _fits(self, *args, **kwargs):
        # only a sheet leads into a series of emergency numbers
        return not self.sheet_of_id and super()._fits(*args, **kwargs)

    def action_reserve_sheet(self, count, reason):
        """Where the register has a prefix, the sheet takes numbers of that series."""
        self.ensure_one()
        book = self._sheet_book()
        if not book.active and book != self:
            raise UserError(self.env._(
                "The series of emergency numbers “%(series)s” is archived: restore it, or take the prefix %(prefix)s from the register.",
                series=book.name, prefix=self.sheet_prefix,
            ))
        return super(RegisterPrefix, book).action_reserve_sheet(count, reason)


class RegisterEntryPrefix(models.Model):
    _inherit = "vanban.register.entry"

    def _text(self):
        return (self.register_id.sudo().number_prefix or "") + super()._text()  # safe: printed on the document


class DocumentPrefix(models.Model):
    _inherit = "vanban.document"

    arrival_text = fields.Char("Arrival number as written", compute="_compute_arrival_text")

    @api.depends("arrival_number", "arrival_register_id")
    def _compute_arrival_text(self):
        """With its prefix, where the number is of an emergency series; empty for ordinary numbers."""
        for document in self:
            prefix = document.arrival_register_id.sudo().number_prefix  # safe: printed on the document
            line = document.sudo().entry_ids.filtered(  # safe: as above
                lambda entry, document=document: entry.register_id == document.arrival_register_id and entry.state == "used"
            ) if prefix else None
            document.arrival_text = line[-1:]._text() if line else False
