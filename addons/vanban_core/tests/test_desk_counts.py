from unittest.mock import patch

from odoo.fields import Domain
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from ..models import work_count
from ..tools import vietnam_time
from .follow_common import FollowCase
from .proves import proves


@tagged("post_install", "-at_install")
class TestDeskCounts(FollowCase):
    def _boxes(self, user):
        groups = self.env["vanban.work.box"].with_user(user).get_boxes()
        return {box["key"]: box for group in groups for box in group["boxes"]}

    def _asked(self, method, user):
        """Number of statements of a call: what holds for everybody (rules, menus) is known, nothing of the records is."""
        getattr(self.env["vanban.work.box"].with_user(user), method)()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        getattr(self.env["vanban.work.box"].with_user(user), method)()
        return self.env.cr.sql_log_count - before

    @proves("UI-07")
    def test_a_queue_is_counted_exactly_up_to_a_bound_and_its_age_beyond(self):
        def shown():
            box = self._boxes(self.clerk)["arrived"]
            return box["count_text"], box["oldest_days"]

        with patch.object(work_count, "MOST", 3):
            with freeze_time("2026-10-07 03:00:00"):
                self.incoming()
                self.incoming()
            with freeze_time("2026-10-01 03:00:00"):
                self.incoming()
            with freeze_time("2026-10-08 03:00:00"):
                self.assertEqual(shown(), ("3", 7))
                self.incoming()
                self.assertEqual(shown(), ("3+", 7), "the oldest is looked for among all of them")
                self.assertEqual(self._boxes(self.clerk)["arrived"]["count"], 4)
        with freeze_time("2026-10-08 03:00:00"):
            self.assertEqual(shown(), ("4", 7))

    @proves("UI-03")
    def test_late_ones_are_counted_beyond_the_bound(self):
        """The first ones have time; those that came last are late."""
        with freeze_time("2026-10-01 03:00:00"):
            for _each in range(3):
                self.distributed([{"role": "lead", "user_id": self.specialist.id, "deadline": "2026-12-01"}])
        with freeze_time("2026-10-02 03:00:00"):
            for _each in range(2):
                self.distributed([{"role": "lead", "user_id": self.specialist.id, "deadline": "2026-10-06"}])
        with freeze_time("2026-10-08 03:00:00"):
            for most, count, late in ((9, "5", "2"), (2, "2+", "2"), (1, "1+", "1+")):
                with patch.object(work_count, "MOST", most):
                    box = self._boxes(self.specialist)["lead"]
                    self.assertEqual((box["count_text"], box["late_text"]), (count, late))

    @proves("UI-07")
    def test_the_clerk_s_desk_asks_once_per_model(self):
        """However many boxes there are and however much lies in them."""
        empty = self._asked("get_boxes", self.clerk)
        for _each in range(4):
            self.incoming()
        self.incoming(register=True)
        self.signed_on_paper()
        self.on_paper().with_user(self.clerk).action_issue()
        self.assertEqual(self._asked("get_boxes", self.clerk), empty)
        self.assertLess(empty, len(self._boxes(self.clerk)))

    def test_the_list_of_what_is_to_do_does_not_ask_for_each_row(self):
        for _each in range(2):
            self.distributed([{"role": "lead", "user_id": self.specialist.id, "deadline": "2099-03-01"}])
        few = self._asked("get_pending", self.specialist)
        for _each in range(4):
            self.distributed([{"role": "lead", "user_id": self.specialist.id, "deadline": "2099-03-01"}])
        self.assertLessEqual(self._asked("get_pending", self.specialist), few)

    @proves("OUT-35")
    def test_recipients_know_when_and_how_urgently_they_were_written_to(self):
        """What their lists are ordered by follows the document."""
        draft = self.draft(pdf=False)
        self.assertEqual(set(draft.recipient_ids.mapped("urgency")), {"0"})
        draft.with_user(self.specialist).urgency = "2"
        self.assertEqual(set(draft.recipient_ids.mapped("urgency")), {"2"})
        issued = self.on_paper()
        self.assertEqual(set(issued.recipient_ids.mapped("issued_date")), {False})
        issued.with_user(self.clerk).action_issue()
        self.env.flush_all()
        waiting = self.env["vanban.recipient"].search([("document_id", "=", issued.id), ("issued_date", "=", issued.issued_date)])
        self.assertTrue(waiting)
        self.assertEqual(waiting, issued.recipient_ids)

    def _fill(self, record):
        """Many rows like one that no box holds: of a table with hardly any the planner may go through all by their key."""
        columns = SQL(", ").join(
            SQL.identifier(name) for name, in self.env.execute_query(SQL(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id'", record._table)))
        table = SQL.identifier(record._table)
        self.env.cr.execute(SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s, generate_series(1, 2000) WHERE id = %s", table, columns, columns, table, record.id))
        self.env.cr.execute(SQL("ANALYZE %s", table))

    def test_the_indexes_of_the_boxes_answer_what_the_orm_asks(self):
        """Without any other index the planner takes the one made for the box: its condition is implied by the question."""
        draft = self.draft(pdf=False)
        self.env.flush_all()
        box_model = self.env["vanban.work.box"].with_user(self.clerk)
        boxes = {box.key: box for box in box_model._boxes()}
        for key, index in (
            ("late", "vanban_document_in_work_index"), ("reply_late", "vanban_document_unanswered_index"),
            ("route_late", "vanban_document_unrouted_index"), ("not_arrived", "vanban_recipient_waiting_index"),
            ("to_confirm", "vanban_recipient_unconfirmed_index"), ("answers", "vanban_recipient_waiting_answer"),
        ):
            action = self.env.ref(boxes[key].action)
            model = self.env[action.res_model].with_user(self.clerk)
            domain = Domain(safe_eval(action.domain, {"uid": self.clerk.id}))
            question = box_model._count_sql(model, boxes[key], domain, vietnam_time.today())
            with self.subTest(box=key), self.env.cr.savepoint() as savepoint:
                self.env.cr.execute(SQL("SET LOCAL enable_seqscan = off"))
                self.env.cr.execute(SQL(
                    "SELECT indexname FROM pg_indexes WHERE tablename = %s AND indexname <> %s"
                    " AND indexname NOT IN (SELECT conname FROM pg_constraint)", model._table, index))
                for (other,) in self.env.cr.fetchall():
                    self.env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(other)))
                self._fill(draft if model._name == draft._name else draft.recipient_ids[:1])
                plan = "\n".join(row[0] for row in self.env.execute_query(SQL("EXPLAIN %s", question)))
                savepoint.rollback()
                self.assertIn(index, plan)
