import datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .follow_common import FollowCase
from .proves import proves

D = datetime.date


@tagged("post_install", "-at_install")
class TestDeadline(FollowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["vanban.holiday"].action_load_year(2026)

    @proves("IN-39")
    def test_default_deadline_skips_weekends_and_holidays(self):
        self.company.vanban_profile_id = self.env.ref("vanban_core.profile_hcm")
        with freeze_time("2026-10-01 03:00:00"):  # Thursday in Vietnam
            document = self.distributed()
            self.assertEqual(document.deadline, D(2026, 10, 12))
            self.assertEqual(set(document.assignment_ids.mapped("deadline")), {D(2026, 10, 12)})

    @proves("CAL-07")
    def test_working_days_skip_the_holidays_of_april_and_may(self):
        self.set_profile(default_deadline_days=7)
        with freeze_time("2026-04-28 03:00:00"):  # Tuesday; 30/4 and 1/5 are off
            document = self.distributed()
        # Wed 29/4, Mon 4/5 … Fri 8/5, Mon 11/5
        self.assertEqual(document.deadline, D(2026, 5, 11))

    @proves("IN-40")
    def test_days_of_the_kind_are_proposed_and_can_be_changed(self):
        kind = self.env["vanban.document.kind"].create({
            "name": "Trả lời chế độ", "code": "tra_loi_che_do", "abbreviation": "TLCD", "deadline_days": 5,
        })
        with freeze_time("2026-10-05 03:00:00"):  # Monday
            document = self.incoming(register=True, kind_id=kind.id)
            document.action_submit("Kính trình", leader_id=self.leader.id)
            wizard = self.env["vanban.distribute.wizard"].with_user(self.leader).with_context(
                active_model="vanban.document", active_id=document.id, default_mode="decide",
            )
            values = wizard.default_get(["deadline", "document_id", "mode"])
            self.assertEqual(values["deadline"], D(2026, 10, 12))
            chosen = wizard.create({"lead_user_id": self.specialist.id, "deadline": "2026-10-08"})
            chosen.action_apply()
        self.assertEqual(document.deadline, D(2026, 10, 8))
        self.assertFalse(self.lead_item(document).term_days)

    @proves("IN-41")
    def test_clock_starts_when_the_specialist_receives(self):
        self.set_profile(deadline_start="received", default_deadline_days=5)
        with freeze_time("2026-10-05 03:00:00"):  # Monday
            document = self.distributed([{"role": "lead", "department_id": self.department.id}])
            self.assertEqual(document.deadline, D(2026, 10, 12))
        unit = document.assignment_ids
        with freeze_time("2026-10-07 03:00:00"):  # Wednesday
            unit.with_user(self.unit_head).action_assign([{"role": "lead", "user_id": self.specialist.id}])
            item = unit.child_ids
            item.with_user(self.specialist).action_receive()
        self.assertEqual(item.deadline, D(2026, 10, 14))
        self.assertEqual((item.arrival_date.date(), item.clock_date.date()), (D(2026, 10, 5), D(2026, 10, 7)))
        self.assertEqual((document.first_deadline, document.deadline), (D(2026, 10, 12), D(2026, 10, 14)))

    @proves("IN-41")
    def test_a_date_that_somebody_chose_does_not_move(self):
        self.set_profile(deadline_start="received", default_deadline_days=5)
        with freeze_time("2026-10-05 03:00:00"):
            document = self.distributed([{"role": "lead", "user_id": self.specialist.id, "deadline": "2026-10-09"}])
        with freeze_time("2026-10-08 03:00:00"):
            self.lead_item(document).with_user(self.specialist).action_receive()
        self.assertEqual(document.deadline, D(2026, 10, 9))
        # nor past what the document itself asks for
        with freeze_time("2026-10-05 03:00:00"):
            document = self.distributed([{"role": "lead", "user_id": self.specialist.id}], external_due_date="2026-10-07")
            self.assertEqual((document.external_due_date, document.deadline), (D(2026, 10, 7), D(2026, 10, 7)))

    @proves("IN-23")
    def test_arrival_after_the_cut_off_is_late_at_the_end_of_the_next_working_day(self):
        self.set_profile(register_sla="same_day", register_cutoff=16.5)
        late = [("route_late", "=", True)]
        clerk = self.env["vanban.document"].with_user(self.clerk)
        with freeze_time("2026-10-02 09:50:00"):  # Friday 16:50
            document = self.incoming()
        with freeze_time("2026-10-02 07:00:00"):  # Friday 14:00: the same day
            early = self.incoming()
        with freeze_time("2026-10-05 09:59:00"):  # Monday 16:59
            self.assertEqual(clerk.search(late), early)
        with freeze_time("2026-10-05 10:00:00"):  # Monday 17:00
            self.assertEqual(set(clerk.search(late)), {document, early})
            self.assertTrue(document.route_late)
            boxes = {box["key"]: box for group in self.env["vanban.work.box"].with_user(self.clerk).get_boxes() for box in group["boxes"]}
            self.assertEqual((boxes["route_late"]["count"], boxes["route_late"]["late"]), (2, 2))
            self.assertEqual(boxes["route_late"]["oldest_days"], 3)
            document.action_register()
            document.action_submit("Kính trình", leader_id=self.leader.id)
            self.assertTrue(document.route_late, "still with nobody who solves it")
            document.with_user(self.leader).action_distribute([{"role": "lead", "user_id": self.specialist.id}])
            self.assertFalse(document.route_late)

    @proves("IN-24")
    def test_urgent_document_is_first_told_at_once_and_alerted_when_idle(self):
        self.set_profile(urgent_minutes=30)
        with freeze_time("2026-10-05 02:00:00"):
            ordinary = self.distributed([{"role": "lead", "user_id": self.specialist.id, "deadline": "2026-10-06"}])
            urgent = self.distributed([{"role": "lead", "user_id": self.specialist.id, "deadline": "2026-10-30"}], urgency="3")
            newer = self.distributed([{"role": "lead", "user_id": self.specialist.id, "deadline": "2026-10-07"}])
        mine = [("is_mine", "=", True), ("state", "=", "new")]
        order = self.env["vanban.assignment"].with_user(self.specialist).search(mine).document_id
        self.assertEqual(order[0], urgent)
        self.assertEqual(self.env["vanban.document"].with_user(self.leader).search([("id", "in", (ordinary | urgent | newer).ids)])[0], urgent)
        pending = self.env["vanban.work.box"].with_user(self.specialist).get_pending()["items"]
        self.assertEqual(pending[0]["document_id"], urgent.id)
        told = self.notices(self.specialist, "task").filtered(lambda notice: notice.document_id == urgent)
        self.assertEqual(len(told), 1)
        alert = self.env.ref("vanban_core.cron_alert_urgent").method_direct_trigger
        with freeze_time("2026-10-05 02:29:00"):
            alert()
            self.assertFalse(self.notices(self.specialist, "alert"))
        with freeze_time("2026-10-05 02:31:00"):
            alert()
            alert()
        self.assertEqual(self.notices(self.specialist, "alert").document_id, urgent)
        self.assertTrue(self.notices(self.specialist, "alert").title.startswith("Văn bản khẩn dừng quá 30 phút"))
        self.assertEqual(len(self.notices(self.specialist, "alert")), 1)
        self.assertEqual(len(self.notices(self.unit_head, "alert")), 1, "the head of the unit is told, too")
        with freeze_time("2026-10-05 02:40:00"):
            urgent.with_user(self.specialist).action_start()
            alert()
            self.assertEqual(len(self.notices(self.specialist, "alert")), 1)
        with freeze_time("2026-10-05 03:11:00"):
            alert()
        self.assertEqual(len(self.notices(self.specialist, "alert")), 2, "each step has its own time")

    def test_extension_is_asked_for_decided_and_kept(self):
        with freeze_time("2026-10-05 03:00:00"):
            document = self.distributed([{"role": "lead", "user_id": self.specialist.id, "deadline": "2026-10-09"}])
            item = self.lead_item(document).with_user(self.specialist)
            for deadline, reason in (("2026-10-08", "Cần thêm số liệu"), ("2026-10-15", " "), (None, "Cần thêm số liệu")):
                with self.assertRaises(UserError):
                    item.action_request_extension(deadline, reason)
            with self.assertRaises(UserError):
                item.with_user(self.specialist2).action_request_extension("2026-10-15", "Không phải việc của tôi")
            request = self.env["vanban.deadline.extension"].browse(item.action_request_extension("2026-10-15", "Chờ số liệu của xã"))
            self.assertIn(self.leader, document.activity_ids.user_id)
            with self.assertRaises(AccessError):
                request.with_user(self.specialist).action_approve()
            with self.assertRaises(AccessError):
                request.with_user(self.specialist).write({"deadline": "2026-12-31"})
            self.assertEqual(document.deadline, D(2026, 10, 9))
            box = {
                box["key"]: box for group in self.env["vanban.work.box"].with_user(self.leader).get_boxes() for box in group["boxes"]
            }["extension"]
            self.assertEqual(box["count"], 1)
            request.with_user(self.leader).action_approve("2026-10-14", "Đồng ý đến 14/10")
            self.assertEqual((document.deadline, item.deadline, item.first_deadline), (D(2026, 10, 14), D(2026, 10, 14), D(2026, 10, 9)))
            second = self.env["vanban.deadline.extension"].browse(item.action_request_extension("2026-11-20", "Vẫn chờ"))
            second.with_user(self.leader).action_refuse("Phải xong trong tháng")
        self.assertEqual(document.deadline, D(2026, 10, 14))
        self.assertEqual(item.extension_ids.mapped("state"), ["refused", "approved"])
        self.assertIn("Phải xong trong tháng", self.notices(self.specialist, "deadline")[0].title)
        with self.assertRaises(UserError):
            second.sudo().unlink()
