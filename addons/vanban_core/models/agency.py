from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache

from ..tools import agency_code, vietnam_time
from .kept_in_memory import forget


class AgencyCode(models.Model):
    """Identification code of an agency with its time of validity (QĐ 20/2020/QĐ-TTg; codes change with mergers)."""

    _name = "vanban.agency.code"
    _description = "Identification code of an agency"
    _inherit = ["vanban.kept.in.memory"]
    _decisive = frozenset({"partner_id", "code", "date_from", "date_to"})
    _order = "partner_id, date_to desc nulls first, date_from desc, id desc"
    _rec_name = "code"

    partner_id = fields.Many2one("res.partner", "Agency", required=True, ondelete="cascade", index=True)
    code = fields.Char(required=True, index=True)
    spelling = fields.Char("Written as", readonly=True, help="In packets and towards an axis, where it differs from the code in capitals.")
    form = fields.Selection(
        [(agency_code.NEW, "QĐ 20/2020"), (agency_code.OLD, "QCVN 102:2016"), (agency_code.OTHER, "Other")],
        compute="_compute_form", store=True,
    )  # fmt: skip
    date_from = fields.Date("Valid from")
    date_to = fields.Date("Valid until")
    note = fields.Char()
    warning = fields.Char(compute="_compute_warning")
    suggestion = fields.Char("Probable code in the other form", compute="_compute_warning")

    _open_unique = models.UniqueIndex("(code) WHERE date_to IS NULL", "This code is already in force for another agency.")

    @api.depends("code")
    def _compute_form(self):
        for row in self:
            parsed = row._parsed()
            row.form = parsed.form if parsed else agency_code.OTHER

    @api.depends("code")
    def _compute_warning(self):
        for row in self:
            parsed = row._parsed()
            row.warning = " ".join(parsed.warnings) if parsed else False
            row.suggestion = agency_code.suggest(row.code) if parsed else False

    def _parsed(self):
        try:
            return agency_code.parse(self.code)
        except agency_code.AgencyCodeError:
            return None  # a form half filled in

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.update(self._written(vals.get("code")))
        self._refuse_taken(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        if "code" in vals:
            vals = {**vals, **self._written(vals["code"])}
        return super().write(vals)

    @api.model
    def _written(self, text):
        """Values of a row for the code ``text``: the form that is compared, and how it is written when that is different."""
        try:
            parsed = agency_code.parse(text)
        except agency_code.AgencyCodeError as error:
            raise ValidationError(str(error)) from error
        return {"code": parsed.text, "spelling": parsed.spelling if parsed.spelling != parsed.text else False}

    @api.model
    def _refuse_taken(self, vals_list):
        """A clear message before the unique index of codes in force speaks."""
        codes = [vals["code"] for vals in vals_list if not vals.get("date_to")]
        taken = self.search([("code", "in", codes), ("date_to", "=", False)], limit=1)
        if taken:
            raise ValidationError(self._message_taken(taken))

    @api.constrains("code", "date_from", "date_to")
    def _check_unique_in_force(self):
        same = self.search([("code", "in", self.mapped("code"))]).grouped("code")  # a directory is read by the thousand
        for row in self:
            if row.date_from and row.date_to and row.date_to < row.date_from:
                raise ValidationError(self.env._("Code %(code)s: the last day of validity lies before the first.", code=row.code))
            for other in same[row.code] - row:
                starts_in_time = not row.date_to or not other.date_from or other.date_from <= row.date_to
                ends_late = not row.date_from or not other.date_to or row.date_from <= other.date_to
                if starts_in_time and ends_late:
                    raise ValidationError(self._message_taken(other))

    def _message_taken(self, other):
        return self.env._(
            "Code %(code)s is already in force for “%(agency)s”: end it there first, or check the code.",
            code=other.code, agency=other.partner_id.display_name,
        )  # fmt: skip

    @api.model
    @ormcache("text")
    def _holders(self, text):
        """(id of the agency, first day, last day) of every row of a code; asked several times for every packet."""
        rows = self.sudo().search([("code", "=", text)])  # safe: the directory of agencies is public
        return tuple((row.partner_id.id, row.date_from, row.date_to) for row in rows)

    def _in_force(self, date=None):
        if not any(row.date_from or row.date_to for row in self):
            return self  # the usual case: no need to know the day
        date = date or vietnam_time.today()
        return self.filtered(
            lambda row: (not row.date_from or row.date_from <= date) and (not row.date_to or date <= row.date_to)
        )


class ResPartner(models.Model):
    _inherit = "res.partner"

    vanban_code_ids = fields.One2many("vanban.agency.code", "partner_id", "Identification codes")
    vanban_code = fields.Char(
        "Identification code", compute="_compute_vanban_code", inverse="_inverse_vanban_code", search="_search_vanban_code",
        help="Code in force today (QĐ 20/2020 before QCVN 102). A new value ends the code of the same form today.",
    )  # fmt: skip
    vanban_written_code = fields.Char("Identification code as written", compute="_compute_vanban_code")
    vanban_symbol = fields.Char("Symbol of the agency", help="Abbreviation as printed in its symbols, for instance STC.")

    @api.depends("vanban_code_ids.code", "vanban_code_ids.spelling", "vanban_code_ids.date_from", "vanban_code_ids.date_to")
    def _compute_vanban_code(self):
        order = {agency_code.NEW: 0, agency_code.OTHER: 1, agency_code.OLD: 2}
        for partner in self:
            rows = partner.sudo().vanban_code_ids._in_force().sorted(lambda row: order.get(row.form, 3))  # safe: codes are public
            partner.vanban_code = rows[:1].code
            partner.vanban_written_code = rows[:1].spelling or rows[:1].code

    def _inverse_vanban_code(self):
        today = vietnam_time.today()
        for partner in self:
            new = partner.vanban_code
            rows = partner.vanban_code_ids._in_force(today)
            if new:
                parsed = self.env["vanban.agency.code"]._written(new)["code"]
                if parsed in rows.mapped("code"):
                    continue
                form = agency_code.parse(parsed).form
                rows = rows.filtered(lambda row, form=form: row.form == form)
            had_code = bool(rows)
            # a code given only today is simply replaced, an older one keeps its history
            fresh = rows.filtered(lambda row: row.date_from and row.date_from >= today)
            (rows - fresh).write({"date_to": fields.Date.subtract(today, days=1)})
            fresh.unlink()
            if new:
                self.env["vanban.agency.code"].create({
                    "partner_id": partner.id, "code": new, "date_from": today if had_code else False,
                })

    def _search_vanban_code(self, operator, value):
        if operator not in ("in", "ilike", "like", "=ilike", "=like"):
            return NotImplemented
        today = vietnam_time.today()
        in_force = (
            (Domain("date_from", "=", False) | Domain("date_from", "<=", today))
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", today))
        )
        if operator == "in" and not any(value):
            return ~Domain("vanban_code_ids", "any", in_force)
        return Domain("vanban_code_ids", "any", Domain("code", operator, value) & in_force)

    @api.model
    def _vanban_by_code(self, code, date=None):
        """The agency that ``code`` identifies on ``date`` (today), in either form; empty when unknown."""
        try:
            text = agency_code.parse(code).text
        except agency_code.AgencyCodeError:
            return self.browse()
        holders = self.env["vanban.agency.code"]._holders(text)
        if any(first or last for _partner, first, last in holders):
            day = date or vietnam_time.today()
            holders = [one for one in holders if (not one[1] or one[1] <= day) and (not one[2] or day <= one[2])]
        return self.browse([partner for partner, _first, _last in holders[:1]])

    def unlink(self):
        # their codes go with them in the database, unseen by the model of codes
        held = self.sudo().vanban_code_ids  # safe: only whether there are any
        result = super().unlink()
        if held:
            forget(self.env)
        return result


class HrDepartment(models.Model):
    _inherit = "hr.department"

    vanban_symbol = fields.Char("Symbol of the unit", help="As printed in the symbol of official letters, for instance VP.")

    def _vanban_heads(self):
        """Users who head this unit or one above it, nearest first."""
        heads = self.env["res.users"]
        for department in self:
            level = department.sudo()  # safe: who heads a unit is no secret
            while level:
                heads |= level.manager_id.user_id
                level = level.parent_id
        return heads.sudo(False)


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "vanban.kept.in.memory"]
    _decisive = frozenset({"vanban_profile_id"})

    vanban_code = fields.Char(related="partner_id.vanban_code", readonly=False, string="Identification code")
    vanban_symbol = fields.Char("Symbol of the agency", help="Abbreviation fixed by the head, for instance SNV.")
    vanban_place = fields.Char("Place name", help="Printed before the date: “Hà Nội”.")
    vanban_parent_name = fields.Char("Governing agency", help="Printed above the name of the agency.")
    vanban_profile_id = fields.Many2one(
        "vanban.profile", "Regulation profile", default=lambda self: self.env.ref("vanban_core.profile_nd30", raise_if_not_found=False)
    )

    @api.constrains("vanban_symbol")
    def _check_vanban_symbol(self):
        for company in self:
            if company.vanban_symbol and any(char.isspace() or char in "/\\" for char in company.vanban_symbol):
                raise ValidationError(
                    self.env._("The symbol “%(symbol)s” may contain neither blanks nor slashes.", symbol=company.vanban_symbol)
                )

    def _vanban_profile(self):
        """The regulation profile in force for this agency."""
        self.ensure_one()
        profiles = self.env["vanban.profile"].sudo()  # safe: parameters only
        profile = profiles.browse(self._profile_id()) if isinstance(self.id, int) else self.sudo().vanban_profile_id  # safe: as above
        profile = profile or self.env.ref("vanban_core.profile_nd30", raise_if_not_found=False)
        if not profile:
            raise UserError(self.env._("“%(agency)s” has no regulation profile: choose one in the configuration.", agency=self.name))
        return profile

    @ormcache("self.id")
    def _profile_id(self):
        """Asked for at every step of every document: kept until an agency or profile changes."""
        return self.sudo().vanban_profile_id.id  # safe: a setting
