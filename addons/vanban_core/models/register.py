from contextlib import contextmanager
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, ormcache

from ..tools import vietnam_time
from .numbering_cursor import read_committed

# what decides in which book a document is numbered, and what its lines and the log say of the book
CHOICE = frozenset({
    "active", "class_ids", "code", "company_id", "department_id", "direction", "issuer_ids", "kind_ids", "separate", "sequence",
})


class Facts(NamedTuple):
    """What the lines of a book say of it; ids, ``department_id`` False where the book is the agency's."""

    code: str
    company_id: int
    department_id: int


class Register(models.Model):
    """A register book (sổ đăng ký văn bản) with its own yearly series (NĐ 30/2020 Đ.15, Đ.22; Phụ lục IV)."""

    _name = "vanban.register"
    _description = "Register"
    _inherit = ["vanban.log.mixin", "mail.thread", "mail.activity.mixin", "vanban.kept.in.memory"]
    _decisive = CHOICE
    _order = "company_id, direction, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=False)
    code = fields.Char("Code", required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    direction = fields.Selection([("in", "Incoming"), ("out", "Outgoing"), ("internal", "Internal")], required=True)
    company_id = fields.Many2one("res.company", "Agency", required=True, default=lambda self: self.env.company)
    department_id = fields.Many2one("hr.department", "Unit", help="Unit whose own register this is; empty for the agency's register.")
    kind_ids = fields.Many2many("vanban.document.kind", string="Kinds", help="Kinds numbered here; empty: all that have no register of their own.")
    class_ids = fields.Many2many(
        "vanban.document.class", string="Classes", help="Classes of the catalogue registered separately here, by their code in every version of it."
    )
    issuer_ids = fields.Many2many(
        "res.partner", string="Issuing bodies", help="Only documents of these bodies are numbered here; empty: whoever issues them."
    )
    separate = fields.Boolean("Registered separately", help="Kinds that need not pass the agency's clerk (đăng ký riêng).")
    counter_ids = fields.One2many("vanban.register.counter", "register_id", "Years")
    entry_ids = fields.One2many("vanban.register.entry", "register_id", "Entries")
    entry_count = fields.Integer("Number of entries", compute="_compute_entry_count")

    _code_unique = models.Constraint("UNIQUE(company_id, code)", "Another register of the agency already has this code.")

    def _compute_entry_count(self):
        counts = dict(self.env["vanban.register.entry"]._read_group([("register_id", "in", self.ids)], ["register_id"], ["__count"]))
        for register in self:
            register.entry_count = counts.get(register, 0)

    @api.model_create_multi
    def create(self, vals_list):
        registers = super().create(vals_list)
        year = vietnam_time.today().year
        self.env["vanban.register.counter"].sudo().create([  # safe: an empty series for the register just made
            {"register_id": register.id, "year": number_year} for register in registers for number_year in (year, year + 1)
        ])
        return registers

    def write(self, vals):
        if vals.keys() & {"direction", "company_id", "department_id"} and any(register.entry_count for register in self):
            raise UserError(self.env._("The register already has entries: its agency, unit and direction are fixed. Open a new register."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_unused(self):
        if self.env["vanban.register.entry"].sudo().search_count([("register_id", "in", self.ids)], limit=1):  # safe: existence only
            raise UserError(self.env._("A register with entries cannot be deleted; archive it instead."))

    @api.model
    def _find(self, company, direction, kind, department=None, issuer=None, apart=None, class_code=None):
        """The register in which a document is numbered: the most particular of those that fit it (NĐ 30 Đ.15; TH Đ7.3).

        :param department: incoming: the unit whose own series is meant; outgoing: the drafting unit, which may have one
        :param issuer: issuing body (``res.partner``)
        :param apart: whether the document belongs into a register of its own kind (default: as the kind says)
        :param class_code: code of the document's class in the agency's catalogue
        :raise UserError: no register is set up
        """
        apart = bool(kind and kind._is_kept_apart()) if apart is None else apart
        kind, department, issuer = (record.id if record else False for record in (kind, department, issuer))
        found = self._fitting_id(company.id, direction, kind, department, issuer, apart, class_code or False)
        register = self.sudo().browse(found)  # safe: choice of a book
        if not register:
            raise UserError(self.env._(
                "There is no register for this document (%(direction)s, %(agency)s). Ask the administrator to open one.",
                direction=dict(self._fields["direction"]._description_selection(self.env))[direction], agency=company.name,
            ))
        return register

    @api.model
    @ormcache("company_id", "direction", "kind_id", "department_id", "issuer_id", "apart", "class_code")
    def _fitting_id(self, company_id, direction, kind_id, department_id, issuer_id, apart, class_code):
        """Id of the book, or False. Kept in memory until a book changes: every registration asks."""
        registers = self.sudo().search([("company_id", "=", company_id), ("direction", "=", direction)])  # safe: choice of a book, no content
        kind = self.env["vanban.document.kind"].browse(kind_id or ())
        department = self.env["hr.department"].browse(department_id or ())
        issuer = self.env["res.partner"].browse(issuer_id or ())
        fitting = registers.filtered(lambda book: book._fits(kind, department, issuer, apart, class_code))
        return max(fitting, key=lambda book: book._particularity(class_code), default=self.browse()).id

    @api.model
    def _find_for(self, document):
        """The register of ``document`` by its kind, issuing body and, when it goes out, its drafting unit."""
        incoming = document.direction == "in"
        return self._find(
            document.company_id, document.direction, document.kind_id,
            None if incoming else document.department_id, document.issuer_id, document._is_registered_apart(),
            document.sudo().class_id.code,  # safe: a catalogue
        )

    def _fits(self, kind, department, issuer, apart, class_code=None):
        if self.separate:
            # its own register takes a kind or class only while it (or the other) is so flagged
            unit = True
            kinds = apart and (kind and kind in self.kind_ids or self._takes_class(class_code))
        elif self.direction == "in":
            unit = self.department_id == (department or self.department_id.browse())
            kinds = not self.kind_ids or kind in self.kind_ids
        else:
            unit = not self.department_id or self.department_id == department
            kinds = not self.kind_ids or kind in self.kind_ids
        return bool(unit and kinds and (not self.issuer_ids or (issuer and issuer in self.issuer_ids)))

    def _takes_class(self, class_code):
        """By code: each version of the catalogue has rows of its own."""
        return bool(class_code and class_code in self.class_ids.mapped("code"))

    def _particularity(self, class_code=None):
        limits = bool(self.issuer_ids) + bool(self.kind_ids) + bool(self.department_id)
        return (self.separate, self._takes_class(class_code), limits, bool(self.issuer_ids))

    @contextmanager
    def _numbering(self):
        """Numbering transaction: yields ``self`` on a second connection in READ COMMITTED and commits at the end.

        Everything that belongs to a registration happens in it, the counter last. Nothing slow (file, token, network).
        The caller's own transaction must not have written the same rows; it sees the result after it ends.
        """
        self.env.flush_all()
        with self.env.registry.cursor() as cr:
            read_committed(cr)
            cr.execute(SQL("SET LOCAL lock_timeout = '30s'"))
            register = self.with_env(self.env(cr=cr))
            register.env.user.fetch(["company_id"])  # asked by whatever is created; an account has very many columns
            yield register
            register.env.flush_all()
        self.env.invalidate_all(flush=False)

    @contextmanager
    def _apart(self):
        """``self`` on a connection of its own, committed at the end: sees what a numbering transaction has just committed."""
        self.env.flush_all()
        with self.env.registry.cursor() as cr:
            register = self.with_env(self.env(cr=cr))
            yield register
            register.env.flush_all()
        self.env.invalidate_all(flush=False)

    def _lock_series(self, year):
        """Hold the series of a year: nobody takes, inserts or closes numbers meanwhile. Inside ``_numbering()`` only."""
        self.ensure_one()
        self.env.execute_query(SQL(
            "SELECT id FROM vanban_register_counter WHERE register_id = %s AND year = %s FOR UPDATE", self.id, year,
        ))

    def _take_number(self, document, date=None):
        """Allot the next number of the year to ``document`` and return its entry.

        Call inside ``_numbering()`` as the last step: the counter's row stays locked until the commit, so that numbers
        follow each other without gap, whoever fails.
        """
        self.ensure_one()
        if date is None:
            date = vietnam_time.today()
        facts = self._facts()
        rows = self.env.execute_query(SQL(
            "UPDATE vanban_register_counter SET next_number = next_number + 1"
            " WHERE register_id = %s AND year = %s RETURNING next_number - 1", self.id, date.year,
        ))
        if not rows:
            # the first number of a year that nobody prepared: the unique constraint settles a race
            self.env.execute_query(SQL(
                "INSERT INTO vanban_register_counter (register_id, year, next_number) VALUES (%s, %s, 1)"
                " ON CONFLICT (register_id, year) DO NOTHING RETURNING id", self.id, date.year,
            ))
            return self._take_number(document, date)
        self.env["vanban.register.counter"].invalidate_model(["next_number"])
        return self.env["vanban.register.entry"].sudo().create({  # safe: right checked by the transition that numbers
            "register_id": self.id, "year": date.year, "number": rows[0][0], "document_id": document.id, "date": date,
            "company_id": facts.company_id, "department_id": facts.department_id,
        })

    @ormcache("self.id")
    def _facts(self):
        """Kept in memory: asked anew on each connection that numbers."""
        return Facts(self.code, self.company_id.id, self.department_id.id)

    def action_open_entries(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "name": self.name, "res_model": "vanban.register.entry",
            "view_mode": "list,form", "domain": [("register_id", "=", self.id)],
        }


class RegisterCounter(models.Model):
    _name = "vanban.register.counter"
    _description = "Yearly series of a register"
    _order = "year desc"
    _log_access = False

    register_id = fields.Many2one("vanban.register", required=True, ondelete="cascade")
    year = fields.Integer(required=True)
    next_number = fields.Integer("Next number", required=True, default=1)

    _year_unique = models.Constraint("UNIQUE(register_id, year)", "The register already has a series for this year.")

    def write(self, vals):
        message = self.env._("Numbers are allotted by the system alone: a series can be neither set back nor moved forward by hand.")
        self.register_id._log_refused("write_number", message)
        raise AccessError(message)
