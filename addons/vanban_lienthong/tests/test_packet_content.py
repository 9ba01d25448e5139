import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.sql_db import connection_info_for, db_connect
from odoo.tests import TransactionCase, tagged

from odoo.addons.vanban_core.tests.proves import proves


@tagged("post_install", "-at_install")
class TestPacketContent(TransactionCase):
    @proves("LT-12")
    def test_the_collector_of_garbage_never_meets_a_file_without_its_row(self):
        """Odoo's collector locks the table of attachments and removes the files that no row names: while a packet is being stored it
        must not get that lock from the moment at which the file lies in the store."""
        seen = []

        def collector(_attachments, name):
            _database, info = connection_info_for(self.env.cr.dbname)
            other = psycopg2.connect(**info)
            try:
                with other.cursor() as cursor, self.assertRaises(psycopg2.errors.LockNotAvailable):
                    cursor.execute("LOCK ir_attachment IN SHARE MODE NOWAIT")
            finally:
                other.close()
            seen.append(name)

        raw = b"<?xml version='1.0'?><edXML/>"
        digest = hashlib.sha256(raw).hexdigest()
        # a transaction of its own, in which nothing else has touched an attachment before
        with TemporaryDirectory() as folder, db_connect(self.env.cr.dbname).cursor() as cr:
            path = Path(folder) / "packet"
            path.write_bytes(raw)
            env = api.Environment(cr, SUPERUSER_ID, {})
            packet = env["vanban.packet.in"].create({
                "company_id": env.ref("base.main_company").id, "sender_code": "H97.03", "message": "kho-tep", "sha256": digest, "size": len(raw)})
            env.flush_all()
            with patch.object(type(env["ir.attachment"]), "_mark_for_gc", collector):
                packet._store_content(path, "packet.edxml")
            with packet._content_path() as stored:
                self.assertEqual(Path(stored).read_bytes(), raw)
            cr.rollback()
        Path(stored).unlink()
        self.assertEqual(len(seen), 1)
