from odoo.exceptions import AccessError
from odoo.tests import tagged

from .follow_common import FollowCase


@tagged("post_install", "-at_install")
class TestFollowRpc(FollowCase):
    """What an ordinary account may try with deadlines, chase-ups, ledger and notices through ``call_kw``."""

    def test_strangers_see_nothing(self):
        document = self.distributed([{"role": "lead", "user_id": self.specialist.id, "deadline": "2099-01-05"}])
        document.with_user(self.specialist).action_start()
        document.with_user(self.leader).action_chase()
        item = self.lead_item(document)
        item.with_user(self.specialist).action_request_extension("2099-12-31", "Chờ số liệu")
        document.with_user(self.specialist).action_done("reference", "Lưu")
        for model in ("vanban.chase", "vanban.chase.line", "vanban.deadline.extension", "vanban.debt.entry", "vanban.debt.report", "vanban.reminder"):
            self.assertFalse(self.rpc(self.outsider, model, "search_read", [["document_id", "=", document.id]], ["id"]), model)
            self.refused(self.admin_user, model, "write", [1], {"document_id": document.id})
            self.refused(self.outsider, model, "create", [{"document_id": document.id}])
        self.refused(self.outsider, "vanban.document", "action_chase", [document.id], "remind", "x")
        self.refused(self.outsider, "vanban.assignment", "action_report_progress", [item.id], "x")
        self.refused(self.outsider, "vanban.assignment", "action_request_extension", [item.id], "2099-12-31", "x")

    def test_private_parts_of_the_flow_cannot_be_called(self):
        document = self.in_progress()
        for model, method in (
            ("vanban.notice", "_send_many"), ("vanban.reminder", "_cron_remind"), ("vanban.document", "_debt_line"),
            ("vanban.document", "_write_off"), ("vanban.assignment", "_set_deadline"), ("vanban.document", "_chase"),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.rpc(self.specialist, model, method, [document.id])

    def test_flow_fields_are_not_written_by_clients(self):
        document = self.in_progress()
        item = self.lead_item(document)
        for vals in ({"chase_count": 0}, {"route_deadline": "2099-01-01 00:00:00"}, {"reply_issued_date": "2026-01-01 00:00:00"}, {"unit_id": False}):
            self.refused(self.clerk, "vanban.document", "write", [document.id], vals)
        for vals in ({"deadline": "2099-01-01"}, {"reminder_level": 4}, {"term_days": 90}):
            self.refused(self.specialist, "vanban.assignment", "write", [item.id], vals)
