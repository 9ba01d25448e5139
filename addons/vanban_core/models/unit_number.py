from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import vietnam_time


class DocumentUnitNumber(models.Model):
    """The unit's own incoming number beside the agency's, from the unit's series, with a stamp of its own (IN-52, P-17)."""

    _inherit = "vanban.document"

    unit_number = fields.Integer(
        "Unit's number", compute="_compute_unit_number", search="_search_unit_number", aggregator=None,
        help="Number in the register of your unit; of another unit when yours has none.",
    )  # fmt: skip
    unit_numbers = fields.Char("Numbers in the units", compute="_compute_unit_number")
    may_register_in_unit = fields.Boolean(compute="_compute_may_register_in_unit")

    def _unit_entries(self):
        """Lines in the registers of units, for all documents of ``self`` in one query; void ones left out."""
        return self.env["vanban.register.entry"].sudo().search([  # safe: numbers of documents that the user reads
            ("document_id", "in", self.ids), ("department_id", "!=", False), ("register_id.separate", "=", False),
            ("register_id.direction", "=", "in"), ("state", "=", "used"),
        ], order="id")  # fmt: skip

    @api.depends_context("uid")
    @api.depends("entry_ids.state", "entry_ids.department_id")
    def _compute_unit_number(self):
        lines = self._unit_entries().grouped("document_id")
        own = self.env.user.sudo().employee_ids.department_id  # safe: the user's own units
        for document in self:
            entries = lines.get(document.sudo(), self.env["vanban.register.entry"])
            mine = entries.filtered(lambda entry: entry.department_id in own)[:1] or entries[:1]
            document.unit_number = mine.number
            document.unit_numbers = "; ".join(f"{entry.department_id.name}: {entry._text()}" for entry in entries)

    @api.model
    def _search_unit_number(self, operator, value):
        if operator not in ("in", "<", ">", "<=", ">="):
            return NotImplemented
        if operator == "in" and not any(value):
            return [("entry_ids", "not any", [("department_id", "!=", False), ("state", "=", "used")])]
        units = self.env.user.sudo().employee_ids.department_id  # safe: the user's own units
        lines = self.env["vanban.register.entry"].sudo()._search([  # safe: only narrows down what the user may read
            ("number", operator, value), ("department_id", "in" if units else "!=", units.ids or False), ("state", "=", "used"),
        ])
        return [("entry_ids", "in", lines)]

    @api.depends_context("uid")
    @api.depends("arrival_number", "entry_ids.state")
    def _compute_may_register_in_unit(self):
        for document in self:
            numbered = document.id and document.arrival_number and document._has_unit_series()
            register = document._unit_register() if numbered else None
            document.may_register_in_unit = bool(register and not document._unit_entries().filtered(
                lambda entry, register=register: entry.register_id == register))

    def _has_unit_series(self):
        """Whether units of this agency give incoming numbers of their own (P-17)."""
        return self.company_id._vanban_profile()._value("incoming_series") != "agency"

    def _unit_register(self):
        """The incoming register of the current user's unit, where he is its clerk; empty otherwise."""
        user = self.env.user
        registers = self.env["vanban.register"].sudo()  # safe: choice of a book, no content
        if not user.has_group("vanban_core.group_unit_clerk") or self.company_id not in user.company_ids:
            return registers
        return registers.search([
            ("company_id", "=", self.company_id.id), ("direction", "=", "in"), ("separate", "=", False), ("sheet_of_id", "=", False),
            ("department_id", "in", user.sudo().employee_ids.department_id.ids or [0]),  # safe: the user's own units
        ], limit=1)  # fmt: skip

    def action_register_in_unit(self):
        """The unit's clerk enters the document in the register of the unit; the agency's number stays beside it.

        :return: the numbers, in the order of the records
        """
        numbers = []
        for document in self:
            document.check_access("read")
            register = document._unit_register()
            try:
                document._check_unit_registration(register)
            except (AccessError, UserError) as error:
                document._log_refused("register_unit", str(error))
                raise
            with register.sudo(False)._numbering() as book:
                numbered = document.with_env(book.env)
                # the line before is looked for again while nobody else can take a number of this series
                book._lock_series(vietnam_time.today().year)
                numbered._check_unit_registration(book)
                entry = book._take_number(numbered)
                numbered._log("register_unit", data={"register": book.code, "number": entry.number, "year": entry.year})
                numbers.append(entry.number)
        return numbers

    def _check_unit_registration(self, register):
        if self.direction != "in" or not register:
            raise AccessError(self.env._("A document is entered in a unit's register by the clerk of that unit, when the unit keeps one."))
        if not self._has_unit_series():
            raise UserError(self.env._("This agency keeps a single series of incoming numbers: units give no numbers of their own."))
        if not self.arrival_number:
            raise UserError(self.env._("The document is not registered by the agency's clerk yet: the unit's number comes after it."))
        double = self._unit_entries().filtered(lambda entry: entry.register_id.id == register.id)
        if double:
            raise UserError(self.env._(
                "The document already stands in “%(register)s” with number %(number)s.", register=register.sudo().name, number=double[0]._text()
            ))

    def _stamps(self):
        """What the incoming stamps (dấu ĐẾN) show, the agency's first.

        :return: list of ``{organisation, number (text), date, department_id (False for the agency)}``
        """
        self.ensure_one()
        self.check_access("read")
        entries = self.sudo().entry_ids.filtered(  # safe: numbers of a document that the user reads
            lambda entry: entry.state == "used" and entry.register_id.direction == "in"
        ).sorted("id")
        main = entries.filtered(lambda entry: entry.register_id == self.arrival_register_id)
        units = entries.filtered(lambda entry: entry.department_id and not entry.register_id.separate)
        return [
            {
                "organisation": self.company_id.sudo().name, "number": entry._text(), "date": entry.date, "department_id": False,  # safe: name
            }
            for entry in main[-1:]
        ] + [
            {
                "organisation": entry.department_id.name, "number": entry._text(), "date": entry.date,
                "department_id": entry.department_id.id,
            }
            for entry in units - main
        ]  # fmt: skip
