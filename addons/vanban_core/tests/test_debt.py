import base64
import contextlib
import random

import psycopg2
import pypdfium2

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, mute_logger

from .follow_common import FollowCase


@tagged("post_install", "-at_install")
class TestDebt(FollowCase):
    def _ledger(self):
        return self.env["vanban.document"]._check_ledger(self.company)

    def test_a_document_is_owed_until_it_is_written_off_by_its_outcome(self):
        with freeze_time("2026-10-05 03:00:00"):
            document = self.distributed([{"role": "lead", "user_id": self.specialist.id, "deadline": "2026-10-07"}])
            self.assertEqual((document.debt_state, document.unit_id), ("open", self.department))
        with freeze_time("2026-10-12 03:00:00"):
            document.invalidate_recordset(["debt_state"])
            self.assertEqual(document.debt_state, "overdue")
            self.assertIn(document, self.env["vanban.document"].search([("debt_state", "in", ["overdue"])]))
            document.with_user(self.specialist).action_start()
            document.with_user(self.specialist).action_done("reference", "Lưu tham khảo")
            entry = document.debt_entry_id
            self.assertEqual(
                (entry.mode, entry.user_id, entry.handler_id, entry.department_id, entry.days_late),
                ("reference", self.specialist, self.specialist, self.department, 3),
            )
            document.with_user(self.clerk).action_restore("Hoàn thành nhầm")
            self.assertEqual((document.debt_state, document.debt_entry_id), ("overdue", self.env["vanban.debt.entry"]))
            self.assertEqual(document.debt_entry_ids.mapped("kind"), ["reopened", "written_off"])
        self.assertFalse(self._ledger()["faults"])

    def test_the_answering_document_stands_in_the_ledger(self):
        document = self.in_progress()
        reply = self.env["vanban.document"].browse(self.lead_item(document).with_user(self.specialist).action_create_reply())
        self.issue_on_paper(reply)
        document.with_user(self.specialist).action_done("reply")
        self.assertEqual((document.debt_entry_id.mode, document.debt_entry_id.reply_id), ("answered", reply))

    def test_lines_are_never_changed_not_even_by_sql(self):
        document = self.in_progress()
        document.with_user(self.specialist).action_done("reference", "Lưu")
        entry = document.debt_entry_id
        for user in (self.specialist, self.admin_user, self.env.user):
            for call in (lambda record: record.write({"mode": "answered"}), lambda record: record.unlink()):
                with self.assertRaises(AccessError):
                    call(entry.with_user(user))
        with self.assertRaises(AccessError):
            document.with_user(self.specialist).write({"debt_entry_id": False})
        for statement in (
            SQL("UPDATE vanban_debt_entry SET mode = 'answered' WHERE id = %s", entry.id),
            SQL("DELETE FROM vanban_debt_entry WHERE id = %s", entry.id),
        ):
            with self.assertRaises(psycopg2.errors.InsufficientPrivilege), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.env.cr.execute(statement)

    def test_a_hand_that_meddles_with_the_tables_is_found(self):
        document = self.in_progress()
        document.with_user(self.specialist).action_done("reference", "Lưu")
        self.assertFalse(self._ledger()["faults"])
        self.env.flush_all()
        self.env.cr.execute(SQL("UPDATE vanban_document SET debt_entry_id = NULL WHERE id = %s", document.id))
        self.env.invalidate_all()
        self.assertEqual(len(self._ledger()["faults"]), 2)

    def test_random_courses_always_add_up(self):
        """Whatever happens to documents, open, overdue and written off are what was registered."""
        chance = random.Random(20261121)
        documents = [self.incoming() for _n in range(14)]
        for step in range(90):
            document = chance.choice(documents)
            with freeze_time(f"2026-10-{1 + step // 5:02d} 03:00:00"):
                self._random_step(document, chance)
                if step % 10 == 9:
                    figures = self._ledger()
                    self.assertFalse(figures["faults"], figures)
        figures = self._ledger()
        self.assertEqual(figures["open"] + figures["overdue"] + figures["written_off"], figures["registered"])
        self.assertGreater(figures["written_off"], 2)
        self.assertGreater(figures["registered"], figures["written_off"])
        # the report counts the same in its own way
        totals = self.env["vanban.debt.report"]._read_group(
            [("company_id", "=", self.company.id)], [], ["registered:sum", "open:sum", "overdue:sum", "written_off:sum"],
        )[0]
        self.assertEqual(totals, tuple(figures[name] for name in ("registered", "open", "overdue", "written_off")))

    def _random_step(self, document, chance):
        clerk, leader = document.with_user(self.clerk), document.with_user(self.leader)
        specialist = document.with_user(self.specialist)
        steps = {
            "received": [lambda: clerk.action_register(), lambda: clerk.action_register(), lambda: clerk.action_refuse("Sai nơi nhận")],
            "checking": [lambda: clerk.action_register()],
            "registered": [lambda: clerk.action_submit("Trình", leader_id=self.leader.id)],
            "submitted": [lambda: leader.action_distribute([
                {"role": "lead", "user_id": self.specialist.id, "deadline": chance.choice((None, "2026-10-28", "2026-12-01"))},
            ])],
            "distributed": [
                lambda: specialist.action_start(), lambda: self.lead_item(document).with_user(self.specialist).action_reject("Không thuộc"),
            ],
            "in_progress": [
                lambda: specialist.action_done("reference", "Lưu"), lambda: specialist.action_done("reply", "Đã xong"),
                lambda: specialist.action_send_back("Thiếu", "Phụ lục", False), lambda: specialist.action_done("transfer", "Chuyển"),
            ],
            "done": [lambda: clerk.action_restore("Nhầm"), lambda: clerk.action_recall_execute("Thu hồi")],
        }.get(document.state)
        if steps:
            # A step may be refused; then nothing of it may stay.
            with contextlib.suppress(UserError), self.env.cr.savepoint():
                chance.choice(steps)()

    def test_ledger_and_lists_of_delays_are_printed(self):
        with freeze_time("2026-10-05 03:00:00"):
            lead = {"role": "lead", "user_id": self.specialist.id, "deadline": "2026-10-07"}
            self.distributed([lead], reply_required=True, reply_due_date="2026-10-08")
            self.incoming(register=True)
        with freeze_time("2026-10-20 03:00:00"):
            wizard = self.env["vanban.late.report.wizard"].with_user(self.clerk)
            for kind in ("debt", "processing", "issue", "reply"):
                printed = wizard.create({"kind": kind, "company_id": self.company.id})
                action = printed.action_print()
                self.assertTrue(action["url"].startswith("/web/content/"))
                self.assertIn("SỞ KIỂM THỬ TỈNH MẪU", self._pdf_text(printed))
            text = self._pdf_text(wizard.search([("kind", "=", "debt")], limit=1))
            self.assertIn("Đã đăng ký: 2. Còn nợ trong hạn: 1. Còn nợ quá hạn: 1.", text)
            self.assertIn("Trang 1/1", text)
            self.assertIn("Phòng Tổ chức (1)", text)
            with self.assertRaises(AccessError):
                self.env["vanban.late.report.wizard"].with_user(self.specialist).create({"company_id": self.company.id}).action_print()

    def _pdf_text(self, printed):
        pages = pypdfium2.PdfDocument(base64.b64decode(printed.content))
        return " ".join("\n".join(page.get_textpage().get_text_range() for page in pages).split())
