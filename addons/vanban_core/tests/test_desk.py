from lxml import etree

from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools.safe_eval import safe_eval

from ..models.transition_mixin import STATE_TOKEN
from .follow_common import FollowCase
from .proves import proves


@tagged("post_install", "-at_install")
class TestDesk(FollowCase):
    def _boxes(self, user):
        groups = self.env["vanban.work.box"].with_user(user).get_boxes()
        return {box["key"]: box for group in groups for box in group["boxes"]}

    @proves("UI-03")
    def test_boxes_of_an_officer(self):
        self.distributed()
        self.distributed([{"role": "lead", "user_id": self.specialist2.id}, {"role": "coordinate", "user_id": self.specialist.id}])
        self.draft(pdf=False)
        retention = self.env.ref("vanban_core.retention_10")
        plan = self.env["vanban.file.plan"].with_user(self.clerk).create({"year": 2026, "company_id": self.company.id})
        lines = self.env["vanban.file.plan.line"].with_user(self.clerk).create([
            {
                "plan_id": plan.id, "symbol": f"0{number}.TH", "title": f"Tập báo cáo {number}", "section": "I. Tổng hợp",
                "retention_id": retention.id, "user_id": self.specialist.id,
            }
            for number in (1, 2, 3)
        ])
        plan.action_submit()
        plan.with_user(self.leader).action_approve()
        lines[0].with_user(self.specialist).open_dossier({"start_date": "2026-01-05"})
        boxes = self._boxes(self.specialist)
        box = self.env["vanban.work.box"].with_user(self.specialist).with_context(lang="vi_VN")
        named = {row["key"]: row["name"] for group in box.get_boxes() for row in group["boxes"]}
        for key, name, count in (
            ("lead", "Xử lý chính", 1), ("coordinate", "Phối hợp xử lý", 1), ("draft", "Văn bản dự thảo", 1),
            ("dossier", "Hồ sơ công việc", 1), ("file_plan", "Danh mục hồ sơ", 3),
        ):
            self.assertEqual((named[key], boxes[key]["count"]), (name, count))
        # the own dossiers by group of the plan and by state
        action = self.env.ref("vanban_core.action_dossier_work")
        self.assertEqual(safe_eval(action.context), {"search_default_by_section": 1, "search_default_by_state": 1})
        search = etree.fromstring(self.env["vanban.dossier"].with_user(self.specialist).get_view(view_type="search")["arch"])
        for name, field in (("by_section", "plan_section"), ("by_state", "state")):
            self.assertIn(field, search.xpath(f"//filter[@name='{name}']/@context")[0])

    @proves("UI-07")
    def test_queues_of_the_clerk_with_counts_and_oldest_age(self):
        with freeze_time("2026-10-01 03:00:00"):
            self.incoming()
        with freeze_time("2026-10-05 03:00:00"):
            self.incoming(register=True)
            waiting = self.incoming()
            waiting.action_check()
            waiting.action_ask_acceptance("Nghi ngờ chữ ký", responsible_id=self.leader.id)
            self.signed_on_paper()
            recipient = self.env["res.partner"].create({"name": "Xã Mẫu", "is_company": True})
            self.on_paper(recipient_ids=[fields.Command.create({"partner_id": recipient.id})]).with_user(self.clerk).action_issue()
        with freeze_time("2026-10-08 03:00:00"):
            boxes = self._boxes(self.clerk)
            found = {key: (boxes[key]["count"], boxes[key]["oldest_days"]) for key in (
                "arrived", "waiting_opinion", "to_submit", "route_late", "to_number", "issue_late", "not_arrived",
            )}
        self.assertEqual(found, {
            "arrived": (2, 7), "waiting_opinion": (1, 3), "to_submit": (1, 3), "route_late": (3, 7), "to_number": (1, 3),
            "issue_late": (1, 2), "not_arrived": (1, 3),
        })

    @proves("UI-07")
    def test_queues_after_the_number(self):
        with freeze_time("2026-10-01 03:00:00"):
            numbered = self.signed_on_paper()
            numbered.with_user(self.clerk).action_allocate_number()
            printed = self.signed_on_paper(medium="both")
            printed.with_user(self.clerk).action_allocate_number()
            issued = self.on_paper()
            issued.with_user(self.clerk).action_issue()
        with freeze_time("2026-10-05 03:00:00"):
            sealed = self.signed_on_paper()
            sealed.with_user(self.clerk).action_allocate_number()
            # the seal itself is the business of another addon
            sealed.sudo().with_context(vanban_state=STATE_TOKEN).write({"state": "sealed", "sealed_date": fields.Datetime.now()})
            issued.with_user(self.specialist).action_request_recall("Sai số liệu")
        with freeze_time("2026-10-08 03:00:00"):
            boxes = self._boxes(self.clerk)
            found = {key: (boxes[key]["count"], boxes[key]["oldest_days"]) for key in ("to_print", "to_seal", "to_issue", "recall")}
        self.assertEqual(found, {"to_print": (2, 7), "to_seal": (2, 7), "to_issue": (1, 3), "recall": (1, 7)})

    @proves("OUT-35")
    def test_not_arrived_names_the_cause_and_offers_what_can_be_done(self):
        with freeze_time("2026-10-05 03:00:00"):
            draft = self.on_paper()
            draft.with_user(self.clerk).action_issue()
        rows = self.env["vanban.recipient"].with_user(self.clerk)
        with freeze_time("2026-10-05 20:00:00"):
            self.assertFalse(rows.search([("not_arrived", "=", True)]) & draft.recipient_ids)
        with freeze_time("2026-10-06 04:00:00"):
            found = rows.search([("not_arrived", "=", True)])
            self.assertEqual(found, draft.recipient_ids)
            cause = found.not_arrived_cause
            self.assertTrue(cause)
            found.action_remind()
            self.assertEqual((found.not_arrived_cause, found.reminded_user_id.id), (cause, self.clerk.id))
            self.assertEqual(found.reminded_date, fields.Datetime.now())
            self.assertTrue(self.notices(self.specialist, "status"))
            found.action_hand_over("Giao tận tay")
            self.assertFalse(rows.search([("not_arrived", "=", True)]))

    def test_everything_that_waits_stands_in_one_list(self):
        """Two documents, a draft and a task: four items, the latest deadline last."""
        self.distributed([{"role": "lead", "user_id": self.specialist.id, "deadline": "2099-03-01"}])
        self.distributed([
            {"role": "lead", "user_id": self.specialist2.id, "deadline": "2099-02-01"},
            {"role": "coordinate", "user_id": self.specialist.id, "deadline": "2099-02-01"},
        ])
        draft = self.draft(pdf=False)
        self.env["mail.activity"].with_user(self.specialist).create({
            "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id, "summary": "Chuẩn bị họp giao ban",
            "user_id": self.specialist.id, "date_deadline": "2099-01-15",
        })
        pending = self.env["vanban.work.box"].with_user(self.specialist).get_pending()
        self.assertEqual(pending["count"], 4)
        self.assertEqual([item["deadline"] for item in pending["items"]], ["2099-01-15", "2099-02-01", "2099-03-01", False])
        self.assertEqual(pending["items"][-1]["document_id"], draft.id)
        for item in pending["items"]:
            action = self.env["vanban.work.box"].with_user(self.specialist).get_pending_action(item["model"], item["id"])
            self.assertEqual(action["res_id"], item["id"])
        self.assertEqual(self.env["vanban.work.box"].with_user(self.outsider).get_pending()["count"], 0)
