import string

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import vietnam_time
from .transition_mixin import Transition


class Register(models.Model):
    """What departs from the plain order of numbers: always a right of its own, a reason, a row of the log (REG-06)."""

    _inherit = "vanban.register"

    def _may_keep(self):
        """Whether the user keeps this book: the agency's clerk, for a unit's book also the clerk of that unit."""
        self.ensure_one()
        user = self.env.user
        book = self.sudo()  # safe: whose book it is
        if book.company_id not in user.company_ids:
            return False
        return user.has_group("vanban_core.group_clerk") or (
            user.has_group("vanban_core.group_unit_clerk") and bool(book.department_id & user.sudo().employee_ids.department_id)  # safe: own unit
        )

    def _may_except(self):
        """Whether the user holds the right to exceptions of numbering in this agency."""
        self.ensure_one()
        user = self.env.user
        return user.has_group("vanban_core.group_number_exception") and self.sudo().company_id in user.company_ids  # safe: which agency

    def _check_exception(self, action, reason):
        message = None
        if not self._may_except():
            message = self.env._("Only a person with the right to exceptions of numbering may do this. Numbers are allotted by the system in order.")
            self._log_refused(action, message)
            raise AccessError(message)
        if not (reason or "").strip():
            raise UserError(self.env._("An exception of numbering needs its reason: it is shown in the register and in the log."))

    def _insert(self, document, after, date, reason):
        """A line between ``after`` and the next number, with the next free letter. Inside ``_numbering()``.

        :param int after: number of the register after which it stands
        :param date: its date, between those of its neighbours
        """
        self.ensure_one()
        self._lock_series(date.year)
        self._check_open(date.year, after)
        entries = self.env["vanban.register.entry"].sudo()  # safe: right to the exception checked by the caller
        book = [("register_id", "=", self.id), ("year", "=", date.year)]
        lines = entries.search([*book, ("number", "=", after)])
        if not lines:
            raise UserError(self.env._(
                "“%(register)s” has no number %(number)s in %(year)s: choose the number after which the document stands.",
                register=self.name, number=after, year=date.year,
            ))
        following = entries.search([*book, ("number", ">", after), ("origin", "!=", "sheet")], order="number", limit=1)
        first, last = max(lines.mapped("date")), following.date or vietnam_time.today()
        if not first <= date <= last:
            raise UserError(self.env._(
                "After number %(number)s the date lies between %(first)s and %(last)s.",
                number=after, first=first.strftime("%d/%m/%Y"), last=last.strftime("%d/%m/%Y"),
            ))
        taken = set(lines.mapped("suffix"))
        suffix = next((letter for letter in string.ascii_lowercase if letter not in taken), None)
        if suffix is None:
            raise UserError(self.env._("No letter is left after number %(number)s.", number=after))
        return entries.create({
            "register_id": self.id, "year": date.year, "number": after, "suffix": suffix, "date": date, "document_id": document.id,
            "origin": "inserted", "reason": reason, "entered_date": fields.Datetime.now(),
        })

    def _missing_numbers(self, year, first, last, limit=100):
        """Numbers between ``first`` and ``last`` without any line, at most ``limit``."""
        entries = self.env["vanban.register.entry"].sudo()  # safe: numbers only
        present = {number for (number,) in entries._read_group(
            [("register_id", "=", self.id), ("year", "=", year), ("number", ">=", first), ("number", "<=", last)], ["number"],
        )}
        if len(present) == last - first + 1:
            return []
        return [number for number in range(first, last + 1) if number not in present][:limit]

    def action_explain_gap(self, year, number, reason):
        """Put an explanation into the place of a number that has no line (data taken over, damage).

        :return: id of the line
        """
        self.ensure_one()
        self._check_exception("explain_gap", reason)
        with self._numbering() as book:
            book._lock_series(year)
            book._check_open(year, number)
            series = book.counter_ids.sudo().filtered(lambda counter: counter.year == year)  # safe: next number only
            if not 0 < number < series.next_number or not book._missing_numbers(year, number, number):
                raise UserError(self.env._(
                    "Number %(number)s of %(year)s is no gap of “%(register)s”.", number=number, year=year, register=self.name
                ))
            entries = book.env["vanban.register.entry"].sudo()  # safe: right checked above
            neighbour = entries.search([("register_id", "=", book.id), ("year", "=", year), ("number", "<", number)], order="number desc", limit=1)
            line = entries.create({
                "register_id": book.id, "year": year, "number": number, "state": "void", "origin": "gap", "reason": reason.strip(),
                "date": neighbour.date or fields.Date.to_date(f"{year}-01-01"), "entered_date": fields.Datetime.now(),
            })
            book._log("explain_gap", comment=reason, data={"number": number, "year": year})
            return line.id


class DocumentNumberException(models.Model):
    _inherit = "vanban.document"

    _transitions = (
        Transition("void_arrival", ("registered", "paper_only", "submitted"), ("checking",), comment=True),
        Transition("void_number", ("numbered", "paper_done", "sealed"), ("cancelled",), comment=True, effect="_effect_cancel"),
    )

    def _lose_number(self, entry, reason):
        """The number of this document was voided: back to the check (incoming), or given up (outgoing)."""
        self.ensure_one()
        document = self.sudo()  # safe: the right to the exception was checked with the line
        if document.direction == "in":
            if document.arrival_register_id == entry.register_id:
                document._flow("void_arrival", comment=reason, values={
                    "arrival_number": 0, "arrival_register_id": False, "registered_date": False,
                }, data={"number": entry._text()})
        elif document.register_id == entry.register_id:
            document._flow("void_number", comment=reason, data={"number": entry._text()})

    def action_insert_number(self, after, date, reason):
        """Number this outgoing document out of order, as ``15a`` after 15; logged, never into a closed book.

        Incoming numbers follow the order of reception and are never inserted.

        :param int after: existing number of its register
        :param date: ``YYYY-MM-DD``
        :return: number and symbol, e.g. ``"15a/QĐ-SNV"``
        """
        self.ensure_one()
        register = self.register_id or self.env["vanban.register"]._find_for(self)
        register._check_exception("insert_number", reason)
        if self.direction == "in":
            raise UserError(self.env._("Incoming numbers follow the order of reception: none is inserted between them."))
        day = fields.Date.to_date(date)
        if not day or day > vietnam_time.today():
            raise UserError(self.env._("Give the date of the document, not later than today."))
        self._check_allowed_logged("number")
        with register._numbering() as book:
            document = self.with_env(book.env)
            code = document._number_in(book, lambda numbered: book._insert(numbered, after, day, reason.strip()))
            document._log("insert_number", comment=reason, data={"register": book.code, "code": code, "after": after})
        self._fill_number_apart()
        return code
