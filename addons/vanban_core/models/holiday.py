import datetime

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from ..tools import vietnam_time, working_days

# The Prime Minister's swap of 2026 that the library does not know: Friday 2 January off, Saturday 10 January worked.
KNOWN_SWAPS = {2026: [("2026-01-02", "holiday", "Nghỉ Tết Dương lịch (hoán đổi)"), ("2026-01-10", "workday", "Làm bù ngày 02/01/2026")]}
YEARS = range(2010, 2101)


class Holiday(models.Model):
    """Days off and make-up working days: the table that all deadlines are counted with.

    Seeded from the Vietnamese calendar and corrected by the yearly decision; an agency may add days of its own.
    """

    _name = "vanban.holiday"
    _description = "Holiday or make-up working day"
    _inherit = ["vanban.kept.in.memory"]
    _order = "date desc"

    date = fields.Date(required=True, index=True)
    kind = fields.Selection([("holiday", "Day off"), ("workday", "Make-up working day")], required=True, default="holiday")
    name = fields.Char(required=True)
    company_id = fields.Many2one("res.company", "Agency", ondelete="cascade", help="Empty: for all agencies.")
    source = fields.Selection(
        [("library", "Computed calendar"), ("decision", "Decision of the competent authority"), ("manual", "Entered by hand")],
        required=True, default="manual",
    )  # fmt: skip

    _date_unique = models.UniqueIndex("(date, COALESCE(company_id, 0))", "This date is already in the list.")

    def _message_taken(self, day):
        return self.env._("%(date)s is already in the list (%(name)s): change that line.", date=day.date, name=day.name)

    @api.depends("date", "name")
    def _compute_display_name(self):
        for day in self:
            day.display_name = f"{fields.Date.to_string(day.date)} {day.name}" if day.date else day.name

    @api.model_create_multi
    def create(self, vals_list):
        # said in words before the unique index speaks
        dates = {fields.Date.to_date(vals.get("date")): vals.get("company_id") or False for vals in vals_list}
        for day in self.search([("date", "in", list(dates))]):
            if day.company_id.id == dates[day.date]:
                raise ValidationError(self._message_taken(day))
        return super().create(vals_list)

    @api.model
    @tools.ormcache("company_id")
    def _calendar(self, company_id):
        """(holidays, workdays) of an agency as frozensets of dates; its own line wins over the common one."""
        # safe: the calendar is public; cached for everybody
        rows = self.sudo().search_fetch([("company_id", "in", [False, company_id])], ["date", "kind", "company_id"], order="id")
        kinds = {}
        for row in sorted(rows, key=lambda row: bool(row.company_id)):
            kinds[row.date] = row.kind
        return (
            frozenset(date for date, kind in kinds.items() if kind == "holiday"),
            frozenset(date for date, kind in kinds.items() if kind == "workday"),
        )

    @api.model
    def action_load_year(self, year):
        """Add the days off and make-up days of a year; lines that exist are left as they are.

        :param int year: 2010 to 2100
        :return: number of days added
        :raise UserError: no such year
        """
        if not isinstance(year, int) or year not in YEARS:
            raise UserError(self.env._("Please give a year between %(first)s and %(last)s.", first=YEARS[0], last=YEARS[-1]))
        self.check_access("create")
        return len(self._load_years([year]))

    @api.model
    def _load_years(self, years):
        rows = {}
        for year in years:
            for date, kind, name in self._known_days(year):
                rows.setdefault(date, (kind, name))
        existing = set(self.search([("company_id", "=", False), ("date", "in", list(rows))]).mapped("date"))
        return self.create([
            {"date": date, "kind": kind, "name": name, "source": "library"}
            for date, (kind, name) in sorted(rows.items()) if date not in existing
        ])

    @api.model
    def _known_days(self, year):
        """[(date, kind, name)] from the library, plus the swaps that it does not know."""
        import holidays

        for text, kind, name in KNOWN_SWAPS.get(year, ()):
            yield fields.Date.from_string(text), kind, name
        # neighbouring years: a swapped Saturday counts only when the year it is swapped with is loaded
        table = holidays.country_holidays("VN", years=(year - 1, year, year + 1), language="vi")
        for date, name in sorted(table.items()):
            if date.year == year:
                yield date, "holiday", name
        for date in sorted(getattr(table, "weekend_workdays", ())):
            if date.year == year:
                yield date, "workday", "Ngày làm bù"

    @api.model
    def _seed(self):
        """Previous, current and the two next years, at installation."""
        year = vietnam_time.today().year
        self._load_years(range(year - 1, year + 3))

    @api.model
    def _cron_load(self):
        """Yearly: keep two years ahead loaded."""
        self._seed()


class ResCompany(models.Model):
    _inherit = "res.company"

    def _vanban_deadline(self, start_date, working_days_count):
        """The n-th working day of this agency after ``start_date`` (date or datetime of Vietnam) → date."""
        self.ensure_one()
        if isinstance(start_date, datetime.datetime):
            start_date = vietnam_time.day(start_date)
        return working_days.add(start_date, working_days_count, *self.env["vanban.holiday"]._calendar(self.id))

    def _vanban_working_days(self, start_date, end_date):
        """Working days after ``start_date`` up to ``end_date``."""
        self.ensure_one()
        return working_days.count(start_date, end_date, *self.env["vanban.holiday"]._calendar(self.id))

    def _vanban_lateness(self, deadline, today=None, warn=2):
        """``("late"|"today"|"soon"|"in_time", working days)`` of a deadline."""
        self.ensure_one()
        today = today or vietnam_time.today()
        return working_days.lateness(deadline, today, *self.env["vanban.holiday"]._calendar(self.id), warn=warn)
