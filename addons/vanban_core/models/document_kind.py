from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ..tools import number_format, vietnam_time

GROUPS = [
    ("administrative", "Administrative document"),
    ("normative", "Legal normative act"),
    ("copy", "Copies of documents"),
    ("specialised", "Specialised document"),
    ("party", "Party and mass organisations"),
    ("other", "Other"),
]


class DocumentKind(models.Model):
    """Kind of document (tên loại): the 29 administrative kinds of NĐ 30/2020 Đ.7 and what lies beyond them."""

    _name = "vanban.document.kind"
    _inherit = ["vanban.kept.in.memory"]
    _decisive = frozenset({"digitise", "own_register"})
    _description = "Document kind"
    _order = "sequence, id"
    _rec_names_search = ["name", "abbreviation"]

    name = fields.Char("Kind", required=True)
    code = fields.Char("Code", required=True, help="Stable key for data exchange and templates, for instance cong_van.")
    number = fields.Integer("Number in NĐ 30", help="1 to 29 in the list of Article 7; 0 for other kinds.")
    abbreviation = fields.Char(help="As in NĐ 30/2020, Annex III; empty for official letters.")
    group = fields.Selection(GROUPS, required=True, default="administrative")
    sequence = fields.Integer(default=100)
    active = fields.Boolean(default=True)
    valid_from = fields.Date("In force from")
    valid_to = fields.Date("In force until")
    source = fields.Char("Legal basis")

    notation_pattern = fields.Char(
        "Symbol pattern", required=True, default="{kind}-{agency}",
        help="Built from {kind}, {agency}, {unit} and {year}; for instance {agency}-{unit} for official letters.",
    )  # fmt: skip
    pattern_ids = fields.One2many("vanban.document.kind.pattern", "kind_id", "Patterns of agencies")
    is_numbered = fields.Boolean("Takes a number", default=True)
    own_series = fields.Boolean("Own number series", help="Numbered apart from the other kinds (NĐ 30/2020, Article 15).")
    own_register = fields.Boolean(
        "Registered separately", help="Incoming documents of this kind may be handled through their own register."
    )
    direct_distribution = fields.Boolean(
        "Clerk distributes directly", help="Periodic and ad-hoc reports may go to the handling unit without the leader."
    )
    restricted = fields.Boolean(help="Personnel, finance, complaints: only those who handle it may read it.")
    use_form = fields.Selection(
        [("electronic", "Electronic only"), ("both", "Electronic and paper"), ("paper", "Paper only")],
        "Form of use", required=True, default="electronic",
    )  # fmt: skip
    digitise = fields.Selection(
        [("required", "Must be digitised"), ("optional", "May be digitised"), ("forbidden", "Must not be digitised")],
        "Digitising of paper", required=True, default="required",
    )  # fmt: skip
    deadline_days = fields.Integer("Deadline (working days)", help="Usual time for handling this kind; 0: that of the profile.")
    legal_required = fields.Boolean("Legal appraisal required")
    template_ids = fields.One2many("vanban.template", "kind_id", "Templates")

    _code_unique = models.Constraint("UNIQUE(code)", "A kind with this code already exists.")

    @api.constrains("notation_pattern")
    def _check_notation_pattern(self):
        for kind in self:
            try:
                number_format.fill_pattern(kind.notation_pattern, kind="A", agency="B", unit="C", year="2026")
            except ValueError as error:
                raise ValidationError(str(error)) from error

    @api.constrains("valid_from", "valid_to")
    def _check_validity(self):
        for kind in self:
            if kind.valid_from and kind.valid_to and kind.valid_to < kind.valid_from:
                raise ValidationError(self.env._("“%(kind)s”: the last day in force lies before the first.", kind=kind.name))

    @api.depends("name", "abbreviation")
    def _compute_display_name(self):
        for kind in self:
            kind.display_name = f"{kind.name} ({kind.abbreviation})" if kind.abbreviation else kind.name

    def _is_kept_apart(self):
        """Whether documents of this kind belong into a register of their own."""
        return bool(self._rules()[0]) if isinstance(self.id, int) else self.own_register

    def _digitising(self):
        """``digitise``, or False without a kind."""
        return self._rules()[1] if isinstance(self.id, int) else self.digitise

    @ormcache("self.id")
    def _rules(self):
        """Asked at every document that arrives: kept until a kind changes."""
        kind = self.sudo()  # safe: a catalogue
        return kind.own_register, kind.digitise

    def _is_valid_on(self, date):
        """Whether the kind is in force on ``date``."""
        self.ensure_one()
        return (not self.valid_from or self.valid_from <= date) and (not self.valid_to or date <= self.valid_to)

    def _notation(self, company, department=None, date=None, issuer=None):
        """Symbol of a document of this kind, e.g. ``QĐ-SNV`` or ``SNV-VP`` (NĐ 30/2020, PL I, II.3; DOC-22).

        :param issuer: issuing body (``res.partner``) when it is not the agency itself, as a council that uses its seal

        :raise ValidationError: the agency has no symbol
        """
        self.ensure_one()
        company = company.sudo()  # safe: the symbol of the agency is printed on every document
        patterns = self.pattern_ids.filtered(lambda pattern: pattern.company_id == company)
        body = issuer if issuer and issuer != company.partner_id else self.env["res.partner"]
        own = (patterns.filtered(lambda pattern: body and pattern.issuer_id == body) or patterns.filtered(lambda pattern: not pattern.issuer_id))[:1]
        if not company.vanban_symbol:
            raise ValidationError(
                self.env._("“%(agency)s” has no symbol yet: set it in the configuration of the agency.", agency=company.name)
            )
        return number_format.fill_pattern(
            own.pattern or self.notation_pattern,
            kind=own.abbreviation or self.abbreviation,
            agency=(own.issuer_id and own.agency_symbol) or body.sudo().vanban_symbol or own.agency_symbol or company.vanban_symbol,  # safe: as above
            unit=department.sudo().vanban_symbol if department else "",  # safe: as above
            year=(date or vietnam_time.today()).year,
        )


class DocumentKindPattern(models.Model):
    """What one agency does differently with the symbol of one kind."""

    _name = "vanban.document.kind.pattern"
    _description = "Symbol pattern of an agency"
    _rec_name = "pattern"

    kind_id = fields.Many2one("vanban.document.kind", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", "Agency", required=True, ondelete="cascade", default=lambda self: self.env.company)
    issuer_id = fields.Many2one("res.partner", "Issuing body", ondelete="cascade", help="Empty: the agency itself and bodies without a pattern.")
    pattern = fields.Char("Symbol pattern", required=True)
    abbreviation = fields.Char(help="Only when the agency uses another one than the kind.")
    agency_symbol = fields.Char("Agency or title", help="For instance CTUBND when the Chairman himself issues.")

    _once = models.UniqueIndex(
        "(kind_id, company_id, COALESCE(issuer_id, 0))", "This agency already has a pattern for the kind and issuing body."
    )

    @api.constrains("pattern")
    def _check_pattern(self):
        for line in self:
            try:
                number_format.fill_pattern(line.pattern, kind="A", agency="B", unit="C", year="2026")
            except ValueError as error:
                raise ValidationError(str(error)) from error
