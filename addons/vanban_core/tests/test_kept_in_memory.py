import time
from unittest.mock import patch

from odoo.tests import tagged

from ..models import kept_in_memory
from .common import VanbanCase


@tagged("post_install", "-at_install")
class TestKeptInMemory(VanbanCase):
    """A transaction that began before a change may put what it sees back into memory: it must not stay there."""

    def test_forgotten_at_the_change_after_the_commit_and_once_more(self):
        registry, times = self.env.registry, []
        clear = type(registry).clear_cache

        def noted(registry, *names):
            times.append(time.monotonic())
            return clear(registry, *names)

        with patch.object(type(registry), "clear_cache", noted), patch.object(kept_in_memory, "SETTLED", 0.2):
            self.company.vanban_profile_id = self.env.ref("vanban_core.profile_bhxh")
            at_the_change = len(times)
            self.env.cr.postcommit.run()
            self.assertEqual((at_the_change > 0, len(times)), (True, at_the_change + 1))
            limit = time.monotonic() + 10
            while len(times) < at_the_change + 2 and time.monotonic() < limit:
                time.sleep(0.05)
        self.assertEqual(len(times), at_the_change + 2)
        self.assertFalse(kept_in_memory._timers.get(registry.db_name))

    def test_what_decides_nothing_is_no_reason(self):
        with patch.object(type(self.env.registry), "clear_cache") as clear:
            self.company.phone = "0200 000 001"
            self.assertFalse(clear.called)
