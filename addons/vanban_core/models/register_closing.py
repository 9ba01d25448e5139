import base64
import calendar
import datetime
import hashlib
import tempfile

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import register_chain, vietnam_time
from .language import in_vietnamese

PERIODS = [("none", "No fixed period"), ("month", "Month"), ("quarter", "Quarter"), ("half", "Half-year"), ("year", "Year")]
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
# lines read at once while a book is written: memory stays the same whatever its size
BATCH = 1000
# larger books are written and printed by the scheduler: nobody waits at the screen for minutes
INTERACTIVE = 3000
CLOSING_TOKEN = object()


class RegisterClosing(models.Model):
    """A closed book (đóng sổ): its range of numbers, its printed form and its sealed file. Never changed (BG Đ8.2c, Đ10.1d).

    Two steps, so that registration never waits: first the range is fixed in the numbering transaction (from then on
    nothing can be put into it), then file and print are made from lines that no longer change.
    """

    _name = "vanban.register.closing"
    _description = "Closed register"
    _inherit = ["vanban.written.once"]
    _order = "year desc, id desc"

    register_id = fields.Many2one("vanban.register", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="register_id.company_id", store=True)
    year = fields.Integer(required=True, aggregator=None)
    volume = fields.Integer("Volume", required=True, aggregator=None)
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("To", required=True)
    number_from = fields.Integer("First number", required=True, aggregator=None)
    number_to = fields.Integer("Last number", required=True, aggregator=None)
    user_id = fields.Many2one("res.users", "Closed by", required=True, ondelete="restrict")
    closed_date = fields.Datetime("Closed on", required=True)
    state = fields.Selection([("fixed", "Being written"), ("sealed", "Closed")], "Status of the book", required=True, default="fixed")
    line_count = fields.Integer("Lines", aggregator=None)
    void_count = fields.Integer("Void numbers", aggregator=None)
    content = fields.Binary("Sealed file", attachment=True)
    file_name = fields.Char("File name")
    digest = fields.Char("Final digest", help="Digest of the last line of the chain; also in the log.")
    sha256 = fields.Char("SHA-256")
    print_id = fields.Many2one("vanban.register.print", "Printed book", ondelete="restrict")

    _volume_unique = models.Constraint("UNIQUE(register_id, year, volume)", "This book is already closed.")
    _range_index = models.Index("(register_id, year, number_to DESC)")

    @api.depends("register_id", "year", "volume")
    def _compute_display_name(self):
        for closing in self:
            closing.display_name = self.env._(
                "%(register)s %(year)s, book %(volume)s", register=closing.register_id.sudo().name, year=closing.year, volume=closing.volume,
            )
        self._hide_names()

    # ---------------------------------------------------------------- immutable

    @api.model
    def _flow_creates(self):
        return self.env.context.get("vanban_closing") is CLOSING_TOKEN

    def _flow_writes(self, vals):
        return self._flow_creates() and all(closing.state != "sealed" for closing in self)

    def _message_kept(self):
        return self.env._("A closed register stays as it was closed; nothing in it is changed by anybody.")

    # ------------------------------------------------------------------ sealing

    def _entries(self):
        return self.env["vanban.register.entry"].sudo().search([  # safe: right to the whole book checked when it was closed
            ("register_id", "=", self.register_id.id), ("year", "=", self.year),
            ("number", ">=", self.number_from), ("number", "<=", self.number_to),
        ], order="number, suffix, id")  # fmt: skip

    def _header(self, entries):
        register, company = self.register_id.sudo(), self.company_id.sudo()  # safe: what stands on the cover
        previous = self.sudo().search([  # safe: digest only
            ("register_id", "=", register.id), ("id", "<", self.id), ("state", "=", "sealed"),
        ], order="id desc", limit=1)
        return {
            "register": register.code, "name": register.name, "direction": register.direction, "agency": company.name,
            "unit": register.department_id.name or "", "agency_code": company.vanban_code or "", "year": self.year, "volume": self.volume,
            "date_from": str(self.date_from), "date_to": str(self.date_to), "number_from": self.number_from,
            "number_to": self.number_to, "lines": len(entries), "closed_by": self.user_id.sudo().name,
            "closed_on": f"{self.closed_date.isoformat()}Z", "previous": previous.digest or "",
            "columns": [name for name, _width in register._columns()],
        }  # fmt: skip

    def _rows(self, entries):
        register = self.register_id.sudo()  # safe: as for the lines
        for start in range(0, len(entries), BATCH):
            for entry in entries[start:start + BATCH].with_prefetch():
                yield register._sealed_row(entry)
            self.env.invalidate_all()

    def _seal(self):
        """Write file and print of the fixed range; repeated after a breakdown it does what is missing."""
        for closing in self.filtered(lambda closing: closing.state == "fixed"):
            entries = closing._entries()
            with tempfile.TemporaryFile() as stream:
                digest = register_chain.write(stream, closing._header(entries), closing._rows(entries))
                stream.seek(0)
                raw = stream.read()
            printed = closing.register_id.sudo()._print(entries, closing.date_from, closing.date_to, closing.volume)  # safe: as above
            code = closing.register_id.sudo().code.lower()
            # safe: the system itself completes its record, once
            closing.sudo().with_context(vanban_closing=CLOSING_TOKEN).write({
                "state": "sealed", "content": base64.b64encode(raw), "digest": digest, "sha256": hashlib.sha256(raw).hexdigest(),
                "file_name": f"so-{code}-{closing.year}-quyen-{closing.volume:02d}.jsonl",
                "line_count": len(entries), "print_id": printed.id,
                "void_count": entries.search_count([("id", "in", entries.ids), ("state", "=", "void")]),
            })
            closing._log("close_register", data={
                "register": closing.register_id.sudo().code, "year": closing.year, "volume": closing.volume, "from": closing.number_from,
                "to": closing.number_to, "lines": closing.line_count, "digest": digest, "sha256": closing.sha256,
            })
            closing._after_sealed()
        return True

    def _after_sealed(self):
        """Extension point: the book is closed and its bytes are final (an addon may sign them with the agency's seal)."""

    @api.model
    def _cron_seal(self):
        """Books too large to be written while somebody waits."""
        self = in_vietnamese(self)
        for closing in self.sudo().search([("state", "=", "fixed")]):  # safe: the system completes its records
            # each book is committed by itself, under the name of who closed it
            with closing.register_id.with_user(closing.user_id).sudo()._apart() as book:
                book.env["vanban.register.closing"].browse(closing.id)._seal()

    def action_seal(self):
        """Complete a closing that broke down after its range was fixed."""
        for closing in self:
            closing.register_id._check_may_close()
        return self._seal()

    # -------------------------------------------------------------------- check

    def action_check(self):
        """Check the sealed file against its chain and against the digest in this record; says so in words.

        :return: notification of the web client; ``params.type`` is ``success`` or ``danger``
        """
        self.ensure_one()
        self.check_access("read")
        raw = base64.b64decode(self.with_context(bin_size=False).sudo().content or b"")  # safe: reading right checked
        result = register_chain.check(raw.splitlines(keepends=True), self.digest)
        self._log("check_register", data={"sound": result.sound, "digest": result.digest})
        return {
            "type": "ir.actions.client", "tag": "display_notification",
            "params": {
                "title": self.display_name, "message": result.message, "sticky": not result.sound,
                "type": "success" if result.sound else "danger",
            },
        }  # fmt: skip

    def action_download(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url", "target": "self",
            "url": f"/web/content/{self._name}/{self.id}/content/{self.file_name}?download=true",
        }

    def action_print(self):
        self.ensure_one()
        return self.print_id.action_download()


class Register(models.Model):
    _inherit = "vanban.register"

    closing_ids = fields.One2many("vanban.register.closing", "register_id", "Closed books")
    closing_period = fields.Selection(
        PERIODS, "Printed and closed each", required=True, default=lambda self: self._default_closing_period(),
        help="Set by the agency's own rules; the clerk is reminded when a period has ended.",
    )  # fmt: skip
    closed_number = fields.Integer("Closed up to number", compute="_compute_closed", aggregator=None)
    closed_to = fields.Date("Closed up to", compute="_compute_closed")
    may_close = fields.Boolean(compute="_compute_may_close")

    @api.model
    def _default_closing_period(self):
        return "year" if self.env.company._vanban_profile()._value("register_print") == "required" else "none"

    def _compute_closed(self):
        year = vietnam_time.today().year
        for register in self:
            closing = register._last_closing(year)
            register.closed_number, register.closed_to = closing.number_to, closing.date_to

    @api.depends_context("uid")
    def _compute_may_close(self):
        for register in self:
            register.may_close = bool(register.id) and register._may_keep()

    def _last_closing(self, year):
        return self.env["vanban.register.closing"].sudo().search(  # safe: range only
            [("register_id", "=", self.id), ("year", "=", year)], order="number_to desc", limit=1)

    def _check_open(self, year, number):
        """Raise when the number lies in a closed book."""
        closing = self._last_closing(year)
        if closing and number <= closing.number_to:
            message = self.env._(
                "“%(register)s” of %(year)s is closed up to number %(number)s: nothing in it can be inserted, changed or dated back.",
                register=self.sudo().name, year=year, number=closing.number_to,
            )
            self._log_refused("write_closed", message)
            raise UserError(message)

    def _check_may_close(self):
        if not self._may_keep():
            message = self.env._("A register is closed by the clerk who keeps it: the agency's clerk, for a unit's register the clerk of the unit.")
            self._log_refused("close_register", message)
            raise AccessError(message)

    def action_close(self, date_to, year=None):
        """Print and close the register up to a day: all numbers after the last closed book (REG-04).

        :param date_to: last day, ``YYYY-MM-DD``, not later than today; all of one year
        :return: id of the closing
        :raise UserError: nothing to close, a gap without explanation, or numbers that are not settled; says which
        """
        self.ensure_one()
        self._check_may_close()
        try:
            last = fields.Date.to_date(date_to)
        except (TypeError, ValueError):
            last = None
        if not last or last > vietnam_time.today():
            raise UserError(self.env._("Give the last day of the book, not later than today."))
        with self._numbering() as book:
            fixed = book._fix_range(last)
            closing_id, count = fixed.id, fixed.number_to - fixed.number_from
        if count < INTERACTIVE:
            # the range is final now; the file is made in a transaction that sees it
            with self._apart() as book:
                book.env["vanban.register.closing"].browse(closing_id)._seal()
        else:
            self.env.ref("vanban_core.cron_seal_registers").sudo()._trigger()  # safe: only wakes the scheduler
        self._forget_reminder()
        return closing_id

    def _fix_range(self, last):
        self._lock_series(last.year)
        previous = self._last_closing(last.year)
        entries = self.env["vanban.register.entry"].sudo()  # safe: right checked by the caller
        book = [("register_id", "=", self.id), ("year", "=", last.year), ("number", ">", previous.number_to)]
        end = entries.search([*book, ("date", "<=", last), ("state", "!=", "reserved")], order="number desc", limit=1).number
        if not end:
            raise UserError(self._message_nothing(previous, last))
        inside = [*book, ("number", "<=", end)]
        self._check_settled(entries, inside, last.year, previous.number_to + 1, end)
        first = entries.search(inside, order="number, suffix, id", limit=1)
        # safe: right checked by the caller
        return self.env["vanban.register.closing"].sudo().with_context(vanban_closing=CLOSING_TOKEN).create({
            "register_id": self.id, "year": last.year, "volume": previous.volume + 1,
            "date_from": first.date if previous else datetime.date(last.year, 1, 1), "date_to": last,
            "number_from": previous.number_to + 1, "number_to": end, "user_id": self.env.uid, "closed_date": fields.Datetime.now(),
        }).with_context(vanban_closing=None)

    def _message_nothing(self, previous, last):
        if previous:
            return self.env._(
                "“%(register)s” is already closed up to number %(number)s (book %(volume)s, %(date)s); no later number is dated up to %(last)s.",
                register=self.name, number=previous.number_to, volume=previous.volume,
                date=previous.date_to.strftime("%d/%m/%Y"), last=last.strftime("%d/%m/%Y"),
            )
        return self.env._("“%(register)s” has no number up to %(last)s: there is nothing to close.",
                          register=self.name, last=last.strftime("%d/%m/%Y"))

    def _check_settled(self, entries, inside, year, first, end):
        """A book is closed when every number in it is explained and none can change any more."""
        missing = self._missing_numbers(year, first, end, limit=11)
        if missing:
            raise UserError(self.env._(
                "These numbers have no line: %(numbers)s. Explain each of them (“Explain a missing number”) before the book is closed.",
                numbers=self._shortened(missing),
            ))
        held = entries.search([*inside, ("state", "=", "reserved")], order="number", limit=11)
        if held:
            raise UserError(self.env._(
                "These numbers are still held by a sheet of emergency numbers: %(numbers)s. Enter their documents or settle the sheet.",
                numbers=self._shortened([entry._text() for entry in held]),
            ))
        pending = self.direction != "in" and entries.search(
            [*inside, ("state", "=", "used"), ("document_id.state", "in", ("numbered", "paper_done", "sealed"))], order="number", limit=11)
        if pending:
            raise UserError(self.env._(
                "These documents have their number but are not issued: %(numbers)s. Issue them, or give the numbers up, before the book is closed.",
                numbers=self._shortened([entry._text() for entry in pending]),
            ))

    @api.model
    def _shortened(self, numbers):
        return ", ".join(map(str, numbers[:10])) + ("…" if len(numbers) > 10 else "")

    def _sealed_row(self, entry):
        """JSON values of one line of the sealed file: the columns as printed, and what identifies the document."""
        document = entry.document_id
        return {
            "number": entry.number, "suffix": entry.suffix or "", "date": str(entry.date), "state": entry.state,
            "origin": entry.origin or "series", "reason": entry.reason or "", "columns": self._line(entry),
            "written": f"{entry.real_time.isoformat()}Z" if entry.real_time else "",
            "entered": f"{entry.entered_date.isoformat()}Z" if entry.entered_date else "",
            "document": document.id or 0, "document_code": document.document_code or "", "file": document.main_file_id.sha256 or "",
        }

    # ----------------------------------------------------------------- reminder

    def _period_end(self, today):
        """Last day of the last period that is over; False without a period."""
        self.ensure_one()
        months = MONTHS.get(self.closing_period)
        if not months:
            return False
        month = (today.month - 1) // months * months  # months of this year that are over, 0: the year before
        year = today.year if month else today.year - 1
        month = month or 12
        return datetime.date(year, month, calendar.monthrange(year, month)[1])

    @api.model
    def _cron_remind_closing(self):
        """When a period has ended, the clerk is told to print and close the book; once for each period."""
        self = in_vietnamese(self)
        today = vietnam_time.today()
        kind = self.env.ref("vanban_core.activity_close_register")
        for register in self.sudo().search([("closing_period", "!=", "none")]):  # safe: reminders of the system
            end = register._period_end(today)
            closed = register._last_closing(end.year)
            waiting = self.env["vanban.register.entry"].sudo().search_count([  # safe: existence only
                ("register_id", "=", register.id), ("year", "=", end.year), ("date", "<=", end), ("number", ">", closed.number_to),
            ], limit=1)  # fmt: skip
            if not waiting or register.activity_ids.filtered(lambda item: item.activity_type_id == kind):
                continue
            for clerk in register._keepers():
                register.activity_schedule(
                    "vanban_core.activity_close_register", today, user_id=clerk.id, automated=True,
                    summary=self.env._("Print and close “%(register)s” up to %(date)s", register=register.name, date=end.strftime("%d/%m/%Y")),
                )

    def _keepers(self):
        """Users to be reminded: the unit's clerk for its own book, else the agency's clerks."""
        group = "group_unit_clerk" if self.department_id else "group_clerk"
        users = self.env["res.users"].sudo().search([  # safe: who keeps the book
            ("group_ids", "in", self.env.ref(f"vanban_core.{group}").id), ("company_ids", "in", self.company_id.ids), ("share", "=", False),
        ])
        return users.filtered(lambda user: user.employee_ids.department_id & self.department_id) if self.department_id else users

    def _forget_reminder(self):
        self.sudo().activity_unlink(["vanban_core.activity_close_register"])  # safe: the reminded work is done
