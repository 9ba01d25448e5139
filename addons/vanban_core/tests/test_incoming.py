from datetime import UTC, datetime

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import VanbanCase
from .proves import proves


@tagged("post_install", "-at_install")
class TestIncoming(VanbanCase):
    @proves("IN-01")
    def test_unregistered_document_cannot_be_submitted(self):
        document = self.incoming()
        for state in ("received", "checking"):
            self.assertEqual(document.state, state)
            with self.assertRaises(UserError) as caught:
                document.with_context(lang="vi_VN").action_submit("Kính trình", leader_id=self.leader.id)
            self.assertIn("Văn bản chưa đăng ký", str(caught.exception))
            document.action_check() if state == "received" else None
        self.assertFalse(document.assignment_ids | document.sudo().assignment_ids)

    @proves("IN-05", "IN-06")
    def test_numbers_follow_reception_paper_and_electronic_in_one_series(self):
        first, second, third = (self.incoming(medium=medium) for medium in ("electronic", "paper", "electronic"))
        numbers = [document.action_register()[0] for document in (first, second, third)]
        self.assertEqual(numbers, [1, 2, 3])
        self.assertEqual((first | second | third).mapped("arrival_register_id"), self.register_in)
        for vals in ({"arrival_number": 9}, {"arrival_date": "2026-01-01 00:00:00"}, {"registered_date": "2026-01-01 00:00:00"}):
            with self.assertRaises(AccessError):
                first.write(vals)
        self.assertLess(abs((first.registered_date - datetime.now(UTC).replace(tzinfo=None)).total_seconds()), 60, "the server's own time")

    @proves("IN-05")
    def test_series_restarts_with_the_year_of_vietnam(self):
        with freeze_time("2026-12-31 16:59:00"):  # 23:59 in Vietnam
            self.assertEqual(self.incoming().action_register(), [1])
            self.assertEqual(self.incoming().action_register(), [2])
        with freeze_time("2026-12-31 17:01:00"):  # 00:01 of 1 January 2027 in Vietnam
            document = self.incoming()
            self.assertEqual(document.action_register(), [1])
            self.assertEqual(document.entry_ids.year, 2027)

    @proves("IN-04")
    def test_forced_duplicate_number_is_rejected_by_the_database(self):
        document = self.incoming(register=True)
        entry = document.entry_ids
        with self.assertRaises(psycopg2.IntegrityError) as caught, mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env["vanban.register.entry"].sudo().create({
                "register_id": entry.register_id.id, "year": entry.year, "number": entry.number,
                "date": entry.date, "document_id": self.incoming().id,
            })
        self.assertIn("vanban_register_entry_number_unique", str(caught.exception))

    @proves("DOC-01")
    def test_missing_data_is_named(self):
        document = self.incoming(subject=False, issuer_id=False, issuer_name=False)
        with self.assertRaises(UserError) as caught:
            document.with_context(lang="vi_VN").action_register()
        self.assertIn("Trích yếu", str(caught.exception))
        self.assertFalse(document.arrival_number)
        for name, label in (("kind_id", "Loại văn bản"), ("subject", "Trích yếu"), ("issue_date", "Ngày văn bản")):
            one = self.incoming(**{name: False})
            with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
                one.with_context(lang="vi_VN").action_register()
            self.assertIn(label, str(caught.exception))
            self.assertFalse(one.entry_ids)

    def test_future_issue_date_is_refused(self):
        document = self.incoming(issue_date="2099-01-01")
        with self.assertRaises(UserError):
            document.action_register()

    @proves("IN-10")
    def test_refusal_needs_its_reason_and_keeps_it(self):
        document = self.incoming()
        with self.assertRaises(UserError):
            document.action_refuse("")
        document.action_refuse("Thiếu phụ lục")
        self.assertEqual(document.state, "refused")
        row = self.env["vanban.log"].search([("document_id", "=", document.id), ("action", "=", "refuse"), ("outcome", "=", "done")])
        self.assertEqual((row.comment, row.user_id), ("Thiếu phụ lục", self.clerk.id))

    @proves("SEC-06")
    def test_secret_document_takes_no_file(self):
        document = self.env["vanban.document"].with_user(self.clerk).create({
            "direction": "in", "company_id": self.company.id, "secrecy": "1", "subject": "Tài liệu",
        })
        with self.assertRaises(UserError):
            document.upload_file("mat.pdf", "JVBERi0=")
        with self.assertRaises(UserError):
            self.incoming().write({"secrecy": "2"})

    @proves("IN-11")
    def test_doubtful_document_waits_for_the_responsible_person(self):
        document = self.incoming()
        document.action_check()
        document.action_ask_acceptance("Nghi ngờ chữ ký", responsible_id=self.leader.id)
        self.assertEqual(document.state, "waiting_opinion")
        self.assertIn(self.leader, document.activity_ids.user_id)
        document.with_user(self.leader).action_answer_acceptance("Đồng ý tiếp nhận")
        self.assertEqual(document.state, "checking")

    @proves("LT-09", "LT-10")
    def test_recall_stops_work_and_keeps_the_line_of_the_register(self):
        document = self.distributed()
        document.with_user(self.clerk).action_recall_execute("Cơ quan ban hành thu hồi")
        self.assertEqual(document.state, "recalled")
        self.assertEqual(set(document.assignment_ids.mapped("state")), {"stopped"})
        self.assertEqual(document.entry_ids.state, "used")
