import datetime

from odoo.tests import freeze_time, tagged

from .follow_common import FollowCase
from .proves import proves

D = datetime.date


@tagged("post_install", "-at_install")
class TestReminder(FollowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_profile(remind_days=3, escalate_head_days=1, escalate_leader_days=3)

    def _run(self, day):
        """One run on that day; the titles by login."""
        self.env["vanban.notice"].sudo().search([]).unlink()
        with freeze_time(f"{day} 03:00:00"):
            self.env.ref("vanban_core.cron_remind").method_direct_trigger()
        told = {}
        for notice in self.env["vanban.notice"].sudo().search([("kind", "=", "deadline"), ("user_id.company_id", "=", self.company.id)]):
            told.setdefault(notice.user_id, []).append(notice)
        return told

    @proves("WORK-09")
    def test_before_on_and_after_the_day_each_once(self):
        with freeze_time("2026-10-05 03:00:00"):
            document = self.distributed([{"role": "lead", "user_id": self.specialist.id, "deadline": "2026-10-16"}])  # a Friday
        self.assertFalse(self._run(D(2026, 10, 12)))
        soon = self._run(D(2026, 10, 13))
        self.assertEqual(set(soon), {self.specialist, self.unit_head}, "three working days before: the person and the head")
        self.assertEqual(soon[self.specialist][0].document_id, document)
        self.assertFalse(self._run(D(2026, 10, 13)), "once only")
        self.assertEqual(set(self._run(D(2026, 10, 16))), {self.specialist, self.unit_head})
        self.assertFalse(self._run(D(2026, 10, 18)), "the weekend counts for nothing")
        self.assertEqual(set(self._run(D(2026, 10, 19))), {self.specialist, self.unit_head})
        late = self._run(D(2026, 10, 21))
        self.assertEqual(set(late), {self.specialist, self.unit_head, self.leader}, "three working days late: the leader")
        self.assertFalse(self._run(D(2026, 10, 30)))
        self.assertEqual(sorted(set(self.env["vanban.reminder"].search([("document_id", "=", document.id)]).mapped("level"))), ["1", "2", "3", "4"])

    def test_many_deadlines_are_one_notice_for_each_person(self):
        with freeze_time("2026-10-05 03:00:00"):
            for day in ("06", "07", "16"):
                self.distributed([{"role": "lead", "user_id": self.specialist.id, "deadline": f"2026-10-{day}"}])
        told = self._run(D(2026, 10, 9))
        self.assertEqual(len(told[self.specialist]), 1)
        notice = told[self.specialist][0].with_context(lang="vi_VN")
        self.assertEqual(notice.body.count("\n"), 1, "two that are due, the third is a week away")
        action = notice.with_user(self.specialist).action_open()
        self.assertEqual(action["res_model"], "vanban.assignment")
        self.assertTrue(notice.read_date)

    def test_a_new_deadline_is_reminded_anew(self):
        with freeze_time("2026-10-05 03:00:00"):
            document = self.distributed([{"role": "lead", "user_id": self.specialist.id, "deadline": "2026-10-07"}])
            self.assertTrue(self._run(D(2026, 10, 7)))
            request = self.lead_item(document).with_user(self.specialist).action_request_extension("2026-10-20", "Chờ số liệu")
            self.env["vanban.deadline.extension"].browse(request).with_user(self.leader).action_approve()
        self.assertFalse(self._run(D(2026, 10, 9)))
        self.assertIn(self.specialist, self._run(D(2026, 10, 20)))

    def test_completed_and_informed_are_left_alone(self):
        with freeze_time("2026-10-05 03:00:00"):
            document = self.in_progress()
            document.with_user(self.specialist).action_done("reference", "Lưu")
            self.distributed([
                {"role": "lead", "user_id": self.specialist2.id, "deadline": "2026-10-30"},
                {"role": "inform", "user_id": self.specialist.id, "deadline": "2026-10-06"},
            ])
        self.assertNotIn(self.specialist, self._run(D(2026, 10, 7)))

    def test_head_who_may_not_read_learns_the_number_only(self):
        with freeze_time("2026-10-05 03:00:00"):
            self.distributed([{"role": "lead", "user_id": self.specialist.id, "deadline": "2026-10-06"}], subject="Việc riêng của cán bộ")
        told = self._run(D(2026, 10, 6))
        self.assertNotIn("Việc riêng", told[self.unit_head][0].title + (told[self.unit_head][0].body or ""))
        self.assertFalse(told[self.unit_head][0].document_id)
