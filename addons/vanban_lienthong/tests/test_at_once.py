import datetime

from odoo import fields
from odoo.tests import BaseCase, tagged

from odoo.addons.vanban_core.models import at_once


@tagged("post_install", "-at_install")
class TestAtOnce(BaseCase):
    """Repetitions that fall due soon: one timer for each job, of the earliest moment; what lies far away is the scheduler's."""

    KEY = ("no database", "model", "method", "cron")

    def tearDown(self):
        with at_once._lock:
            known = at_once._timers.pop(self.KEY, None)
        if known:
            known[1].cancel()
        super().tearDown()

    def test_the_earliest_moment_counts(self):
        now = fields.Datetime.now()
        later, sooner = now + datetime.timedelta(hours=2), now + datetime.timedelta(hours=1)
        at_once._set_timer(self.KEY, later, 7200)
        first = at_once._timers[self.KEY][1]
        at_once._set_timer(self.KEY, sooner, 3600)
        self.assertEqual(at_once._timers[self.KEY][0], sooner)
        self.assertTrue(first.finished.is_set(), "the timer of the later moment is given up")
        second = at_once._timers[self.KEY][1]
        at_once._set_timer(self.KEY, later, 7200)
        self.assertEqual(at_once._timers[self.KEY], (sooner, second))
