from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from ..models import document_dispatch
from .outgoing_common import OutgoingCase
from .proves import proves

CLOSED = "Hộp thư đóng"


@tagged("post_install", "-at_install")
class TestDispatch(OutgoingCase):
    """Long lists of recipients are served by the scheduled action, each recipient exactly once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.env["res.users"].union(*(
            new_test_user(cls.env, f"nhan_{number}", groups="vanban_core.group_specialist", name=f"Người nhận {number}",
                          company_id=cls.company.id, company_ids=[(6, 0, cls.company.ids)])
            for number in range(25)
        ))

    def to_many(self, **vals):
        rows = [fields.Command.create({"user_id": user.id}) for user in self.people]
        return self.on_paper(recipient_ids=[*rows, fields.Command.create({"partner_id": self.issuer.id})], **vals)

    def run_cron(self):
        self.env.ref("vanban_core.cron_dispatch").method_direct_trigger()
        self.env.invalidate_all()

    def refused(self, call, words=""):
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            call()
        self.assertIn(words, str(caught.exception))

    def test_everybody_gets_it_once_and_paper_waits(self):
        document = self.to_many()
        clerk = document.with_user(self.clerk)
        clerk.action_issue()
        self.assertEqual(document.state, "issued")
        self.assertTrue(document.dispatching)
        self.assertEqual(clerk.get_dispatch(), {"running": True, "total": 25, "done": 0, "failed": 0, "percent": 0})
        self.refused(clerk.action_issue)  # a second click
        with patch.object(document_dispatch, "BATCH", 10):
            self.run_cron()
        self.assertFalse(document.dispatching)
        rows = document.recipient_ids.filtered("user_id")
        self.assertEqual(set(rows.mapped("state")), {"arrived"})
        self.assertEqual((document.recipient_ids - rows).mapped("state"), ["pending"])
        moves = [("model", "=", "vanban.recipient"), ("res_id", "in", rows.ids), ("action", "=", "progress")]
        log = self.env["vanban.log"].search(moves)
        self.assertEqual(sorted(log.mapped("res_id")), sorted(rows.ids))
        self.assertEqual(set(log.mapped("user_name")), {self.clerk.name})
        self.run_cron()
        self.assertEqual(self.env["vanban.log"].search_count(moves), 25)
        self.assertTrue(document.with_user(self.people[0]).has_access("read"))

    def test_one_that_fails_does_not_stop_the_others_and_is_sent_again(self):
        document = self.to_many()
        document.with_user(self.clerk).action_issue()
        deliver = type(document)._deliver_internally
        broken = self.people[3]

        def refuse(self, rows):
            if broken in rows.user_id:
                raise UserError(CLOSED)
            return deliver(self, rows)

        with patch.object(type(document), "_deliver_internally", refuse):
            self.run_cron()
        row = document.recipient_ids.filtered(lambda row: row.user_id == broken)
        self.assertEqual((row.state, row.note), ("failed", CLOSED))
        others = document.recipient_ids.filtered("user_id") - row
        self.assertEqual(set(others.mapped("state")), {"arrived"})
        self.assertFalse(document.dispatching)
        self.assertTrue(row.not_arrived and row.can_resend)
        with self.assertRaises(AccessError):
            row.with_user(self.specialist).action_resend()
        row.with_user(self.clerk).action_resend()
        self.assertEqual(row.state, "arrived")

    def test_it_goes_on_after_a_stop(self):
        document = self.to_many()
        document.with_user(self.clerk).action_issue()
        served = document.recipient_ids.filtered("user_id")[:7]
        document.sudo()._dispatch(served)  # as far as an earlier run had come
        self.run_cron()
        todos = self.env["mail.activity"].search([
            ("res_model", "=", "vanban.document"), ("res_id", "=", document.id), ("user_id", "in", self.people.ids),
        ])
        self.assertEqual(sorted(todos.user_id.ids), sorted(self.people.ids))
        self.assertEqual(len(todos), 25)

    def test_recalled_meanwhile_nothing_more_leaves(self):
        document = self.to_many()
        document.with_user(self.clerk).action_issue()
        document.with_user(self.clerk).action_request_recall("Nhầm")
        self.run_cron()
        self.assertFalse(document.dispatching)
        self.assertEqual(set(document.recipient_ids.filtered("user_id").mapped("state")), {"pending"})

    def test_a_recall_that_is_refused_lets_the_rest_be_served(self):
        document = self.to_many()
        document.with_user(self.clerk).action_issue()
        served = document.recipient_ids.filtered("user_id")[:5]
        document.sudo()._dispatch(served)
        document.with_user(self.clerk).action_request_recall("Nhầm")
        told = [("document_id", "=", document.id), ("kind", "=", "status"), ("user_id", "=", self.clerk.id)]
        self.run_cron()
        self.assertFalse(document.dispatching)
        # nothing was finished: neither the log nor the clerk is told so
        finished = [("document_id", "=", document.id), ("action", "=", "dispatched")]
        self.assertEqual((self.env["vanban.log"].search_count(finished), self.env["vanban.notice"].search_count(told)), (0, 0))
        document.with_user(self.leader).action_deny_recall("Nội dung đúng")
        self.assertEqual((document.state, document.dispatching), ("issued", True))
        self.run_cron()
        self.assertFalse(document.dispatching)
        self.assertEqual(set(document.recipient_ids.filtered("user_id").mapped("state")), {"arrived"})
        self.assertEqual((self.env["vanban.log"].search_count(finished), self.env["vanban.notice"].search_count(told)), (1, 1))

    def test_one_document_that_fails_does_not_stop_the_others(self):
        broken, sound = self.to_many(urgency="2"), self.to_many()
        for document in (broken, sound):
            document.with_user(self.clerk).action_issue()
        deliver = type(broken)._deliver_internally

        def fail(self, rows):
            if self == broken:
                raise ValueError(CLOSED)
            return deliver(self, rows)

        with patch.object(type(broken), "_deliver_internally", fail), self.assertLogs(document_dispatch._logger, "ERROR"):
            self.run_cron()
        self.assertEqual((broken.dispatching, sound.dispatching), (True, False))
        self.assertEqual(set(broken.recipient_ids.mapped("state")), {"pending"})
        self.assertEqual(set(sound.recipient_ids.filtered("user_id").mapped("state")), {"arrived"})
        # the next round tries it again
        self.run_cron()
        self.assertFalse(broken.dispatching)
        self.assertEqual(set(broken.recipient_ids.filtered("user_id").mapped("state")), {"arrived"})

    @proves("OUT-35")
    def test_a_sending_that_always_fails_is_seen_and_tried_ever_more_seldom(self):
        broken = self.to_many()
        broken.with_user(self.clerk).action_issue()

        def fail(self, rows):
            raise ValueError(CLOSED)

        def attempts():
            return self.env["vanban.log"].search_count([("document_id", "=", broken.id), ("action", "=", "dispatch_failed")])

        box = self.env["vanban.document"].with_user(self.clerk)
        domain = safe_eval(self.env.ref("vanban_core.action_outgoing_stopped").domain)
        self.assertFalse(box.search(domain))
        with patch.object(type(broken), "_deliver_internally", fail), self.assertLogs(document_dispatch._logger, "ERROR"):
            self.run_cron()
            self.run_cron()
            self.assertEqual(attempts(), 2)
            self.run_cron()  # within the pause it is left alone
        self.assertEqual((attempts(), broken.dispatch_failures), (2, 2))
        self.assertGreater(broken.dispatch_retry_date, fields.Datetime.now())
        # the clerk finds it: in a box of the first page, in its list, on the document, and was told once
        self.assertEqual(box.search(domain), broken)
        self.assertIn(CLOSED, broken.with_user(self.clerk).dispatch_error)
        groups = self.env["vanban.work.box"].with_user(self.clerk).get_boxes()
        boxes = [box for group in groups for box in group["boxes"] if box["key"] == "stopped"]
        self.assertEqual(boxes and boxes[0]["count"], 1)
        arch = box.get_view(broken.get_formview_id())["arch"]
        self.assertIn("dispatch_stopped", arch)
        told = self.env["vanban.notice"].search([("user_id", "=", self.clerk.id), ("document_id", "=", broken.id), ("kind", "=", "status")])
        self.assertEqual(len(told), 1)
        # who is no clerk cannot take it up; nobody writes its marks
        for user in (self.specialist, self.outsider):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                call_kw(self.env(user=user.id, su=False)["vanban.document"], "action_dispatch_again", ([broken.id],), {})
        with self.assertRaises(UserError), self.env.cr.savepoint():
            call_kw(self.env(user=self.clerk.id, su=False)["vanban.document"], "write", ([broken.id], {"dispatch_error": "x"}), {})
        # the cause put right, “Try again now” does not wait for the pause
        call_kw(self.env(user=self.clerk.id, su=False)["vanban.document"], "action_dispatch_again", ([broken.id],), {})
        self.run_cron()
        self.assertFalse(broken.dispatching)
        self.assertEqual(set(broken.recipient_ids.filtered("user_id").mapped("state")), {"arrived"})
        self.assertEqual((broken.dispatch_failures, broken.dispatch_error, broken.dispatch_retry_date), (0, False, False))

    def test_the_pause_grows_to_a_day(self):
        pauses = [self.env["vanban.document"]._dispatch_pause(count).total_seconds() / 60 for count in (1, 2, 3, 4, 30)]
        self.assertEqual(pauses, [0, 10, 30, 70, 1440])

    def test_its_marks_are_closed_to_clients(self):
        document = self.to_many()
        document.with_user(self.clerk).action_issue()
        for user in (self.clerk, self.specialist):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                call_kw(self.env(user=user.id, su=False)["vanban.document"], "write", ([document.id], {"dispatching": False}), {})
        for method in ("_dispatch_step", "_cron_dispatch", "_dispatch"):
            with self.assertRaises(AccessError):
                call_kw(self.env(user=self.clerk.id, su=False)["vanban.document"], method, ([document.id],), {})
        with self.assertRaises(AccessError):
            call_kw(self.env(user=self.outsider.id, su=False)["vanban.document"], "get_dispatch", ([document.id],), {})
