from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .cascade_common import CascadeCase
from .proves import proves


@tagged("post_install", "-at_install")
class TestAcceptance(CascadeCase):
    """A doubtful document before the responsible person: who may answer, who is asked instead, and what is over afterwards."""

    def reported(self, to, check=True):
        document = self.incoming()
        if check:
            document.action_check()
        self.report(document, to)
        return document

    def report(self, document, to):
        self.env["vanban.reception.wizard"].with_user(self.clerk).with_context(active_id=document.id).create(
            {"step": "report", "reason": "Nghi ngờ con dấu", "responsible_id": to.id}
        ).action_apply()

    def readable(self, document, user):
        self.env.flush_all()
        self.env.invalidate_all()
        return bool(self.env["vanban.document"].with_user(user).search([("id", "=", document.id)]))

    def answer(self, document, user, opinion="Đồng ý tiếp nhận"):
        self.assertTrue(self.readable(document, user))
        self.env["vanban.comment.wizard"].with_user(user).create(
            {"step": "answer_acceptance", "res_id": document.id, "comment": opinion}
        ).action_apply()

    @proves("IN-07")
    def test_what_was_reported_before_its_check_is_checked_before_its_number(self):
        document = self.reported(self.chief, check=False)
        self.answer(document, self.chief)
        self.assertEqual((document.state, bool(document.check_ids)), ("checking", False))
        document.action_register()
        self.assertTrue(document.arrival_number)
        self.assertEqual((document.checked_by_id, document.check_ids.mapped("group")[0]), (self.clerk, "authenticity"))
        # what was checked before the report is not checked again
        other = self.reported(self.chief)
        self.answer(other, self.chief)
        rows = self.env["vanban.reception.check"].search_count([("document_id", "=", other.id)])
        other.action_register()
        self.assertEqual(self.env["vanban.reception.check"].search_count([("document_id", "=", other.id)]), rows)

    @proves("IN-11")
    def test_somebody_else_is_asked_instead(self):
        document = self.reported(self.chief)
        self.assertTrue(self.readable(document, self.chief))
        self.assertIn(",report,", document.allowed_actions, "the button stays while the document waits")
        arch = document.get_view(self.env.ref("vanban_core.document_incoming_view_form").id)["arch"]
        self.assertIn("state != 'waiting_opinion' or ',report,' not in (allowed_actions or '')", arch)
        self.report(document, self.leader)
        self.assertEqual((document.state, document.responsible_id), ("waiting_opinion", self.leader))
        self.assertEqual(document.activity_ids.user_id, self.leader, "the first one has nothing left to do")
        self.assertFalse(self.readable(document, self.chief), "nor to read")
        with self.assertRaises(AccessError):
            document.with_user(self.chief).action_answer_acceptance("Đồng ý")
        self.answer(document, self.leader)
        self.assertEqual((document.state, document.acceptance_opinion), ("checking", "Đồng ý tiếp nhận"))
        self.assertTrue(self.readable(document, self.leader), "whoever decided keeps reading")

    @proves("IN-11")
    def test_who_may_read_for_another_reason_goes_on_reading(self):
        document = self.reported(self.chief)
        document._grant(users=self.chief, source="opinion")
        self.report(document, self.leader)
        self.assertTrue(self.readable(document, self.chief))

    @proves("IN-11")
    def test_an_answered_report_does_not_lock_the_next_question(self):
        document = self.reported(self.chief)
        self.answer(document, self.chief, "Hỏi thêm lãnh đạo")
        document.action_ask_acceptance("Chánh Văn phòng đề nghị lãnh đạo quyết định", responsible_id=self.leader.id)
        self.assertEqual((document.responsible_id, document.acceptance_opinion), (self.leader, False))
        self.assertEqual(document.activity_ids.user_id, self.leader)
        self.answer(document, self.leader)
        self.assertEqual(document.state, "checking")

    @proves("IN-11", "ADM-07")
    def test_the_delegate_answers_within_the_term(self):
        self.delegation(self.leader, self.second_head, days=(0, 5))
        document, late = self.reported(self.leader), self.reported(self.leader)
        self.assertEqual(document.activity_ids.user_id, self.second_head)
        self.answer(document, self.second_head)
        row = self.logged(document, "answer_acceptance")
        self.assertEqual((row.user_id, row.principal_name), (self.second_head.id, self.leader.name))
        self.assertEqual(document.activity_ids.user_id, self.clerk)
        with freeze_time(self.today + timedelta(days=6)):
            self.assertTrue(self.readable(document, self.second_head))
            self.assertFalse(self.readable(late, self.second_head))
            self.refused(late.with_user(self.second_head).action_answer_acceptance, "Đồng ý")
            self.answer(late, self.leader)
        self.assertEqual(late.state, "checking")

    @proves("IN-11")
    def test_the_clerk_has_nothing_left_to_do_after_acting_on_the_answer(self):
        for step in (
            lambda document: document.action_register(),
            lambda document: document.action_refuse("Con dấu không đúng"),
            lambda document: document.action_return("Con dấu không đúng"),
            lambda document: document.action_recall_execute("Cơ quan gửi thu hồi"),
        ):
            document = self.reported(self.leader)
            self.answer(document, self.leader)
            self.assertEqual(document.activity_ids.user_id, self.clerk)
            step(document)
            self.env.invalidate_all()
            self.assertFalse(document.activity_ids, document.state)
