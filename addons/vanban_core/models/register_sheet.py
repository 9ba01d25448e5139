import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..report import emergency_sheet
from ..tools import fonts, number_format, vietnam_time

MOST_NUMBERS = 50


class RegisterSheet(models.Model):
    """Numbers printed beforehand for the hours when the system is down; written by hand, entered afterwards in sequence.

    The numbers are taken from the series at once, so that no two documents can ever bear the same: each has its line in
    the register, first as held, then as used (with its real time) or void (with the reason).
    """

    _name = "vanban.register.sheet"
    _description = "Sheet of emergency numbers"
    _inherit = ["vanban.written.once"]
    _order = "id desc"

    register_id = fields.Many2one("vanban.register", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="register_id.company_id", store=True)
    direction = fields.Selection(related="register_id.direction")
    year = fields.Integer(required=True)
    ordinal = fields.Integer("Sheet no.", required=True, aggregator=None)
    number_from = fields.Integer("First number", required=True, aggregator=None)
    number_to = fields.Integer("Last number", required=True, aggregator=None)
    reason = fields.Char(required=True)
    user_id = fields.Many2one("res.users", "Printed by", required=True, ondelete="restrict")
    printed_date = fields.Datetime("Printed on", required=True, default=lambda self: fields.Datetime.now())
    entry_ids = fields.One2many("vanban.register.entry", "sheet_id", "Numbers")
    open_count = fields.Integer("Numbers left", compute="_compute_open_count")
    state = fields.Selection([("open", "In use"), ("settled", "Settled")], compute="_compute_open_count", search="_search_state")

    _ordinal_unique = models.Constraint("UNIQUE(register_id, year, ordinal)", "This sheet exists already.")

    @api.depends("register_id", "year", "ordinal")
    def _compute_display_name(self):
        for sheet in self:
            sheet.display_name = self.env._(
                "Sheet %(ordinal)s/%(year)s (%(first)s–%(last)s)",
                ordinal=sheet.ordinal, year=sheet.year, first=sheet.number_from, last=sheet.number_to,
            )
        self._hide_names()

    @api.depends("entry_ids.state")
    def _compute_open_count(self):
        counts = dict(self.env["vanban.register.entry"].sudo()._read_group(  # safe: a count only
            [("sheet_id", "in", self.ids), ("state", "=", "reserved")], ["sheet_id"], ["__count"]))
        for sheet in self:
            sheet.open_count = counts.get(sheet.sudo(), 0)
            sheet.state = "open" if sheet.open_count else "settled"

    def _search_state(self, operator, value):
        if operator != "in" or len(value) != 1:
            return NotImplemented
        return [("entry_ids", "any" if "open" in value else "not any", [("state", "=", "reserved")])]

    def _message_kept(self):
        return self.env._("A sheet of emergency numbers stays as it was printed; settle it instead.")

    def _next_entry(self):
        """The first number of the sheet that is neither used nor explained."""
        self.ensure_one()
        return self.env["vanban.register.entry"].sudo().search(  # safe: a line without content
            [("sheet_id", "=", self.id), ("state", "=", "reserved")], order="number", limit=1)

    def action_settle(self, reason):
        """The numbers that are left were not used: each line gets the explanation."""
        for sheet in self:
            if not sheet.register_id._may_keep():
                message = self.env._("The sheet is settled by the clerk who keeps the register.")
                sheet._log_refused("settle_sheet", message)
                raise AccessError(message)
            if not (reason or "").strip():
                raise UserError(self.env._("Write why the numbers were not used."))
            rest = sheet.sudo().entry_ids.filtered(lambda entry: entry.state == "reserved")  # safe: right checked above
            rest._write_line({"state": "void", "reason": self.env._(
                "%(sheet)s: not used – %(reason)s", sheet=sheet.display_name, reason=reason.strip())})
            sheet._log("settle_sheet", comment=reason, data={"numbers": rest.mapped("number")})
        return True

    def action_print(self):
        """The sheet as PDF: the numbers, and columns to be filled in by hand."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/vanban/emergency-sheet/{self.id}", "target": "new"}

    def _pdf(self):
        self.ensure_one()
        self.check_access("read")
        company, register = self.company_id.sudo(), self.register_id.sudo()  # safe: names printed on the sheet
        try:
            return emergency_sheet.render(emergency_sheet.Sheet(
                parent=company.vanban_parent_name or "", agency=register.department_id.name or company.name,
                register=f"{register.name} ({register.code})", year=str(self.year), ordinal=str(self.ordinal),
                printed=number_format.short_date(vietnam_time.day(self.printed_date)), printed_by=self.user_id.sudo().name,
                incoming=register.direction == "in",
                numbers=[entry._text() for entry in self.sudo().entry_ids.sorted("number")],
            ))  # fmt: skip
        except fonts.FontMissing as error:
            raise UserError(str(error)) from error

    def get_pdf(self):
        """The sheet as PDF (base64 text), for clients that do not open a page."""
        return base64.b64encode(self._pdf()).decode()


class Register(models.Model):
    _inherit = "vanban.register"

    sheet_ids = fields.One2many("vanban.register.sheet", "register_id", "Sheets of emergency numbers")

    def action_reserve_sheet(self, count, reason):
        """Take ``count`` numbers for a printed sheet; one sheet at a time, each number explained in the end.

        :return: id of the sheet
        """
        self.ensure_one()
        self._check_exception("reserve_sheet", reason)
        if not isinstance(count, int) or not 0 < count <= MOST_NUMBERS:
            raise UserError(self.env._("A sheet holds 1 to %(most)s numbers.", most=MOST_NUMBERS))
        if self.sheet_ids.filtered(lambda sheet: sheet.open_count):
            raise UserError(self.env._("The sheet printed before is still in use: enter its documents and settle it first."))
        with self._numbering() as book:
            sheet = book._take_block(count, reason.strip())
        return sheet.id

    def _take_block(self, count, reason):
        today = vietnam_time.today()
        rows = self.env.execute_query(SQL(
            "UPDATE vanban_register_counter SET next_number = next_number + %s WHERE register_id = %s AND year = %s"
            " RETURNING next_number - %s", count, self.id, today.year, count,
        ))
        if not rows:
            raise UserError(self.env._("The series of %(year)s is not opened yet.", year=today.year))
        self.env["vanban.register.counter"].invalidate_model(["next_number"])
        first = rows[0][0]
        sheets = self.env["vanban.register.sheet"].sudo()  # safe: right to the exception checked by the caller
        sheet = sheets.create({
            "register_id": self.id, "year": today.year, "number_from": first, "number_to": first + count - 1, "reason": reason,
            "ordinal": sheets.search_count([("register_id", "=", self.id), ("year", "=", today.year)]) + 1, "user_id": self.env.uid,
        })
        self.env["vanban.register.entry"].sudo().create([  # safe: as above
            {
                "register_id": self.id, "year": today.year, "number": number, "date": today, "state": "reserved", "origin": "sheet",
                "sheet_id": sheet.id, "reason": sheet.display_name,
            }
            for number in range(first, first + count)
        ])
        self._log("reserve_sheet", comment=reason, data={"from": first, "to": first + count - 1, "year": today.year})
        return sheet


class RegisterEntrySheet(models.Model):
    _inherit = "vanban.register.entry"

    def _use(self, document, moment, note=None):
        """The number was written on paper at ``moment`` (UTC): it is entered now, in sequence. Inside ``_numbering()``."""
        self.ensure_one()
        register = self.register_id
        register._lock_series(self.year)
        self.invalidate_recordset()
        if self.state != "reserved" or self.sheet_id._next_entry() != self.sudo():
            raise UserError(self.env._(
                "The numbers of the sheet are entered in sequence. Next is number %(number)s: enter its document, or explain why it was not used.",
                number=self.sheet_id._next_entry()._text() if self.sheet_id.open_count else "–",
            ))
        used = self.sheet_id.sudo().entry_ids.filtered("real_time")  # safe: times only
        earliest = max([self.sheet_id.printed_date.replace(second=0), *used.mapped("real_time")])
        now = fields.Datetime.now()
        if not earliest <= moment <= now:
            raise UserError(self.env._(
                "The time written on the sheet lies between %(first)s (the number before it) and now.",
                first=vietnam_time.text(earliest),
            ))
        date = vietnam_time.day(moment)
        if date.year != self.year:
            raise UserError(self.env._("Number %(number)s belongs to %(year)s.", number=self._text(), year=self.year))
        self._write_line({
            "state": "used", "document_id": document.id, "date": date, "real_time": moment, "entered_date": now,
            "reason": (note or "").strip() or self.sheet_id.display_name,
        })
        self._log("use_sheet_number", comment=note, data={"number": self._text(), "written": moment, "document": document.id})
        return self


class DocumentSheetNumber(models.Model):
    _inherit = "vanban.document"

    has_emergency_sheet = fields.Boolean(compute="_compute_has_emergency_sheet")

    def _compute_has_emergency_sheet(self):
        """Whether the agency has numbers on a sheet in use, so that the button for them is of any use."""
        held = {company.id for (company,) in self.env["vanban.register.entry"].sudo()._read_group(  # safe: existence only
            [("state", "=", "reserved"), ("company_id", "in", self.company_id.ids)], ["company_id"])}
        for document in self:
            document.has_emergency_sheet = document.company_id.id in held

    def action_take_sheet_number(self, entry_id, moment, note=None):
        """Enter afterwards the number that was written on paper while the system was down.

        :param entry_id: line held by an open sheet of the document's register, the next in its sequence
        :param moment: real time, ``YYYY-MM-DD HH:MM:SS`` in UTC
        :return: the number as written
        """
        self.ensure_one()
        entry = self.env["vanban.register.entry"].browse(entry_id).exists()
        register = (self.register_id if self.direction != "in" else None) or self.env["vanban.register"]._find_for(self)
        moment = fields.Datetime.to_datetime(moment)
        if not entry or entry.sudo().register_id not in register._with_sheet_books() or not moment:  # safe: which book only
            raise UserError(self.env._("Choose the number on the sheet of “%(register)s” and its time.", register=register.name))
        if self.direction == "in":
            self._verify_before_numbering()
        else:
            self._check_allowed_logged("number")
        with register.browse(entry.sudo().register_id.id)._numbering() as book:  # safe: as above
            document, line = self.with_env(book.env), entry.with_env(book.env).sudo()  # safe: the transition checks the right to number

            def take(numbered):
                return line._use(numbered, moment, note)

            if document.direction == "in":
                document._register_in(book, take)
                document._write_fixed({"arrival_date": moment})
            else:
                document._number_in(book, take)
        if self.direction != "in":
            self._fill_number_apart()
        return entry.sudo()._text()  # safe: a number only
