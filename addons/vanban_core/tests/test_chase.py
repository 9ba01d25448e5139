import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .follow_common import FollowCase
from .proves import proves


@tagged("post_install", "-at_install")
class TestChase(FollowCase):
    @proves("IN-49")
    def test_chase_up_reaches_the_responsible_and_the_head_and_is_counted(self):
        document = self.distributed([{"role": "lead", "user_id": self.specialist.id}])
        leader = document.with_user(self.leader)
        self.assertTrue(leader.can_chase)
        first = self.env["vanban.chase"].browse(leader.action_chase("remind", "Đề nghị xử lý ngay"))
        second = self.env["vanban.chase"].browse(leader.action_chase("criticise", "Chậm quá hạn, rút kinh nghiệm"))
        self.assertEqual((first.number, second.number, document.chase_count), (1, 2, 2))
        self.assertEqual({line.user_id: line.role for line in first.line_ids}, {self.specialist: "handler", self.unit_head: "head"})
        for user in (self.specialist, self.unit_head):
            self.assertEqual(len(self.notices(user, "chase")), 2)
        # the read mark is each recipient's own
        first.with_user(self.specialist).action_read()
        self.assertEqual(first.line_ids.filtered("read_date").user_id, self.specialist)
        unread = [("user_id", "=", self.specialist.id), ("read_date", "=", False)]
        mine = self.env["vanban.chase"].with_user(self.specialist).search([("line_ids", "any", unread)])
        self.assertEqual(mine, second)
        row = self.env["vanban.debt.report"].with_user(self.leader).search([("document_id", "=", document.id)])
        self.assertEqual(row.chase_count, 2)
        # the head may not read the document, but the words that are meant for him
        self.assertEqual(second.with_user(self.unit_head).text, "Chậm quá hạn, rút kinh nghiệm")

    def test_many_documents_from_a_list_are_one_notice_each(self):
        documents = self.env["vanban.document"].union(*(self.distributed([{"role": "lead", "user_id": self.specialist.id}]) for _n in range(3)))
        self.env["vanban.notice"].sudo().search([]).unlink()
        wizard = self.env["vanban.chase.wizard"].with_user(self.leader).with_context(active_model="vanban.document", active_ids=documents.ids)
        wizard.create({"kind": "inspect", "text": "Kiểm tra tiến độ quý IV"}).action_apply()
        self.assertEqual(documents.mapped("chase_count"), [1, 1, 1])
        self.assertEqual(len(self.notices(self.specialist, "chase")), 1)
        self.assertEqual(len(self.notices(self.unit_head, "chase")), 1)
        # from the list of assignments as well
        wizard = self.env["vanban.chase.wizard"].with_user(self.leader).with_context(
            active_model="vanban.assignment", active_ids=documents[0].assignment_ids.ids,
        )
        wizard.create({}).action_apply()
        self.assertEqual(documents.mapped("chase_count"), [2, 1, 1])

    def test_who_may_chase_and_how(self):
        document = self.distributed()
        for user in (self.specialist2, self.clerk):
            with self.assertRaises(AccessError):
                document.with_user(user).action_chase("remind", "Nhắc")
        with self.assertRaises(AccessError):
            document.with_user(self.outsider).action_chase("remind", "Nhắc")
        # the lead reminds the coordinators, but criticises nobody
        document.with_user(self.specialist).action_chase("remind", "Xin góp ý")
        with self.assertRaises(AccessError):
            document.with_user(self.specialist).action_chase("criticise", "Chậm")
        with self.assertRaises(UserError):
            document.with_user(self.leader).action_chase("criticise", "  ")
        with self.assertRaises(UserError):
            document.with_user(self.leader).action_chase("shout", "x")
        with self.assertRaises(UserError):
            self.incoming().action_chase("remind", "Chưa đăng ký")

    def test_before_the_distribution_whoever_has_to_decide_is_reminded(self):
        document = self.incoming(register=True)
        document.action_submit("Kính trình", leader_id=self.leader.id)
        chase = self.env["vanban.chase"].browse(document.with_user(self.chief).action_chase())
        self.assertEqual(chase.line_ids.filtered(lambda line: line.role == "handler").user_id, self.leader)

    def test_nobody_changes_a_chase_up(self):
        document = self.distributed()
        chase = self.env["vanban.chase"].browse(document.with_user(self.leader).action_chase())
        for user in (self.leader, self.admin_user, self.env.user):
            for call in (lambda record: record.write({"text": "khác"}), lambda record: record.unlink()):
                with self.assertRaises(AccessError):
                    call(chase.with_user(user))
        with self.assertRaises(AccessError):
            chase.sudo().write({"number": 7})
        with self.assertRaises(AccessError):
            self.env["vanban.chase"].with_user(self.leader).create({"document_id": document.id})
        line = chase.line_ids[0]
        with self.assertRaises(AccessError):
            line.with_user(line.user_id).write({"read_date": "2026-01-01 00:00:00"})
        self._refused(SQL("UPDATE vanban_chase SET text = 'khác' WHERE id = %s", chase.id))
        self._refused(SQL("DELETE FROM vanban_chase_line WHERE chase_id = %s", chase.id))
        chase.with_user(line.user_id).action_read()
        self.env.flush_all()
        self._refused(SQL("UPDATE vanban_chase_line SET read_date = NULL WHERE id = %s", line.id))

    def _refused(self, statement):
        with self.assertRaises(psycopg2.errors.InsufficientPrivilege), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env.cr.execute(statement)
