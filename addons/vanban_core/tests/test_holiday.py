import datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import VanbanCase

D = datetime.date


@tagged("post_install", "-at_install")
class TestHoliday(VanbanCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.holiday = cls.env["vanban.holiday"]
        for year in (2026, 2027):
            cls.holiday.action_load_year(year)

    def test_tet_and_the_swapped_days_of_2026(self):
        # Friday 13/02 + 1: the week of Tết is off
        self.assertEqual(self.company._vanban_deadline(D(2026, 2, 13), 1), D(2026, 2, 23))
        # Friday 02/01 is off, Saturday 10/01 is worked instead
        self.assertEqual(self.company._vanban_deadline(D(2025, 12, 31), 1), D(2026, 1, 5))
        self.assertEqual(self.company._vanban_deadline(D(2026, 1, 9), 1), D(2026, 1, 10))
        # Monday 31/08 is off, Saturday 22/08 is worked instead
        self.assertEqual(self.company._vanban_deadline(D(2026, 8, 21), 1), D(2026, 8, 22))
        self.assertEqual(self.company._vanban_deadline(D(2026, 8, 28), 1), D(2026, 9, 3))
        self.assertEqual(self.company._vanban_working_days(D(2026, 8, 28), D(2026, 9, 3)), 1)

    def test_moment_of_the_server_is_taken_in_vietnam(self):
        # 18:00 UTC on Thursday is Friday in Vietnam
        self.assertEqual(self.company._vanban_deadline(datetime.datetime(2026, 11, 19, 18, 0), 1), D(2026, 11, 23))

    def test_a_calendar_kept_in_memory_follows_each_change(self):
        def due():
            return self.company._vanban_deadline(D(2026, 6, 9), 1)  # Tuesday

        self.assertEqual(due(), D(2026, 6, 10))
        day = self.holiday.create({"date": "2026-06-10", "kind": "holiday", "name": "Nghỉ do bão"})
        self.assertEqual(due(), D(2026, 6, 11))
        day.kind = "workday"
        self.assertEqual(due(), D(2026, 6, 10))
        day.kind = "holiday"
        self.assertEqual(due(), D(2026, 6, 11))
        day.unlink()
        self.assertEqual(due(), D(2026, 6, 10))

    def test_loading_twice_adds_nothing_and_keeps_corrections(self):
        day = self.holiday.search([("date", "=", "2026-11-24")])
        self.assertEqual(day.kind, "holiday")
        day.kind = "workday"
        self.assertEqual(self.holiday.action_load_year(2026), 0)
        self.assertEqual(day.kind, "workday")
        self.assertEqual(self.company._vanban_deadline(D(2026, 11, 23), 1), D(2026, 11, 24))

    def test_a_day_of_one_agency_only(self):
        self.holiday.create({"date": "2026-06-10", "kind": "holiday", "name": "Nghỉ do bão", "company_id": self.company.id})
        other = self.env["res.company"].create({"name": "Cơ quan khác"})
        self.assertEqual(self.company._vanban_deadline(D(2026, 6, 9), 1), D(2026, 6, 11))
        self.assertEqual(other._vanban_deadline(D(2026, 6, 9), 1), D(2026, 6, 10))

    def test_one_line_for_each_day(self):
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.holiday.create({"date": "2026-09-02", "name": "Trùng"})

    def test_bad_years_and_rights(self):
        for year in (1900, 3000, "2026", None):
            with self.assertRaises(UserError):
                self.holiday.action_load_year(year)
        with self.assertRaises(AccessError):
            self.holiday.with_user(self.clerk).action_load_year(2030)
        self.assertGreater(self.holiday.with_user(self.admin_user).action_load_year(2030), 5)

    def test_lateness_in_working_days(self):
        self.assertEqual(self.company._vanban_lateness(D(2026, 8, 28), today=D(2026, 9, 3)), ("late", 1))
        self.assertEqual(self.company._vanban_lateness(D(2026, 9, 3), today=D(2026, 8, 28)), ("soon", 1))
