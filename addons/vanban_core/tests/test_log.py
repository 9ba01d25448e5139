import json

import psycopg2

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..tools.log_chain import check_lines
from .common import PASSWORD, VanbanCase, VanbanSetUp
from .proves import proves


@tagged("post_install", "-at_install")
class TestLogOverHttp(VanbanSetUp, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_agency()

    @proves("SEC-04")
    def test_open_and_download_leave_rows_that_nobody_changes(self):
        document = self.incoming()
        self.authenticate(self.clerk.login, PASSWORD)
        self.make_jsonrpc_request("/web/dataset/call_kw/vanban.document/web_read", {
            "model": "vanban.document", "method": "web_read", "args": [document.ids, {"subject": {}}], "kwargs": {},
        })
        response = self.url_open(f"/web/content/vanban.file/{document.main_file_id.id}/content")
        self.assertTrue(response.content.startswith(b"%PDF-"))
        rows = self.env["vanban.log"].search([("document_id", "=", document.id)])
        self.assertLessEqual({"open", "download"}, set(rows.mapped("action")))
        self.assertEqual(set(rows.mapped("user_id")), {self.clerk.id})
        with self.assertRaises(AccessError):
            rows[0].sudo().write({"comment": "sửa"})
        with self.assertRaises(AccessError):
            rows[0].sudo().unlink()
        for statement in ("UPDATE vanban_log SET comment = 'x'", "DELETE FROM vanban_log", "TRUNCATE vanban_log"):
            with self.assertRaises(psycopg2.Error), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.env.cr.execute(statement)


@tagged("post_install", "-at_install")
class TestLog(VanbanCase):
    def test_exported_chain_is_checked_without_odoo(self):
        self.distributed()
        lines = self.env["vanban.log"]._export_jsonl().decode().splitlines()
        self.assertTrue(check_lines(lines).sound)
        changed = json.loads(lines[3])
        changed["row"]["user_name"] = "Kẻ khác"
        self.assertEqual(check_lines([*lines[:3], json.dumps(changed), *lines[4:]]).broken, 4)
        self.assertEqual(check_lines([*lines[:5], *lines[6:]]).broken, 6)

    def test_export_of_one_document_keeps_the_whole_chain(self):
        document = self.distributed()
        self.incoming()
        lines = self.env["vanban.log"]._export_jsonl([("document_id", "=", document.id)]).decode().splitlines()
        self.assertTrue(check_lines(lines).sound)
        shown = [json.loads(line)["row"] for line in lines if "row" in json.loads(line)]
        self.assertEqual({row["document_id"] for row in shown}, {document.id})

    def _rows(self, document, action):
        return self.env["vanban.log"].sudo().search([("document_id", "=", document.id), ("action", "=", action)], order="id")

    @proves("SEC-04")
    def test_rows_are_written_together_and_taken_back_with_what_they_speak_of(self):
        document = self.incoming()
        self.env.cr.flush()
        inserts = []
        execute = type(self.env.cr).execute

        def counted(cursor, query, *args, **kwargs):
            if "INSERT INTO vanban_log " in str(getattr(query, "code", query)):
                inserts.append(1)
            return execute(cursor, query, *args, **kwargs)

        self.patch(type(self.env.cr), "execute", counted)
        for number in range(3):
            document._log("thử", comment=str(number))
        self.assertFalse(inserts)
        self.assertEqual(self._rows(document, "thử").mapped("comment"), ["0", "1", "2"], "whoever asks sees them at once")
        self.assertEqual(len(inserts), 1)
        with self.assertRaises(ValueError), self.env.cr.savepoint():
            document._log("thử", comment="của bước bị hủy")
            raise ValueError
        document._log("thử", comment="sau đó")
        self.env.cr.flush()
        self.assertEqual(self._rows(document, "thử").mapped("comment"), ["0", "1", "2", "sau đó"])

    @proves("SEC-04")
    def test_rows_bear_the_name_of_the_day(self):
        document = self.incoming()
        before = document.with_user(self.clerk)._log("thử") or self._rows(document, "thử")
        self.assertEqual(before.user_name, self.clerk.name)
        self.clerk.partner_id.name = "Người dùng sau khi đổi tên"
        document.with_user(self.clerk)._log("thử")
        self.assertEqual(self._rows(document, "thử").mapped("user_name"), ["Người dùng clerk", "Người dùng sau khi đổi tên"])
