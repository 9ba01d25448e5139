import json

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .follow_common import FollowCase
from .proves import proves


@tagged("post_install", "-at_install")
class TestNotice(FollowCase):
    def _bus(self):
        self.env.cr.precommit.run()
        rows = self.env["bus.bus"].sudo().search([]).mapped("message")
        return [message for message in map(json.loads, rows) if message["type"] == "vanban.notice"]

    @proves("UI-01")
    def test_assignment_message_and_deadline_are_announced_once_with_a_link(self):
        before = len(self._bus())
        document = self.distributed()
        told = self.notices(self.specialist)
        self.assertEqual((len(told), told.kind, told.document_id), (1, "task", document))
        self.assertGreater(len(self._bus()), before, "live, not at the next reload")
        self.assertEqual(told.with_user(self.specialist).action_open()["res_id"], document.id)
        self.lead_item(document).with_user(self.specialist).message_post(body="Đã liên hệ đơn vị gửi", message_type="comment")
        message = self.notices(self.leader, "message")
        self.assertEqual((len(message), message.document_id), (1, document))
        self.assertFalse(self.notices(self.specialist, "message"), "nobody is told of his own words")

    def test_mail_only_for_those_who_want_it_and_without_content(self):
        self.specialist.write({"email": "cv@example.test", "vanban_notice_mail": "on"})
        self.specialist2.write({"email": "cv2@example.test", "vanban_notice_mail": "off"})
        mails = self.env["mail.mail"].sudo()
        before = mails.search([])
        document = self.distributed()
        new = mails.search([]) - before
        self.assertEqual(len(new), 1, new.mapped("email_to"))
        self.assertIn("cv@example.test", new.email_to)
        self.assertIn("/odoo/thong-bao/", new.body_html)
        self.assertNotIn(self.specialist2.partner_id, document.message_partner_ids)

    def test_three_hundred_people_are_told_in_few_statements(self):
        users = self.env["res.users"].search([("share", "=", False)], limit=8)
        document = self.incoming(register=True)
        vals = [{"user_id": user.id, "title": "Việc mới", "document_id": document.id, "kind": "task"} for user in users]
        notice = self.env["vanban.notice"].with_user(self.clerk)
        notice._send_many(vals[:1])
        self.env.flush_all()
        count = self.env.cr.sql_log_count
        notice._send_many([{**row, "title": f"Việc {row['user_id']}"} for row in vals])
        self.env.flush_all()
        self.assertLess(self.env.cr.sql_log_count - count, 12 + 2 * len(vals))

    def test_own_notices_only(self):
        self.distributed()
        theirs = self.notices(self.specialist)
        self.assertFalse(self.env["vanban.notice"].with_user(self.specialist2).search([("user_id", "=", self.specialist.id)]))
        with self.assertRaises(AccessError):
            theirs.with_user(self.specialist2).action_read()
        for method, args in (("write", [{"title": "x"}]), ("unlink", [])):
            with self.assertRaises(AccessError):
                getattr(theirs.with_user(self.specialist), method)(*args)
        with self.assertRaises(AccessError):
            self.env["vanban.notice"].with_user(self.specialist).create({"user_id": self.specialist2.id, "title": "Giả mạo"})
