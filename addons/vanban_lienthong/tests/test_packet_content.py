import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.sql_db import connection_info_for, db_connect
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

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

    @proves("LT-12")
    def test_bytes_that_are_wanted_again_are_not_forgotten(self):
        """The hub forgets a packet that everybody has while its sender sends it once more: the bytes stay."""
        database, info = connection_info_for(self.env.cr.dbname)
        with psycopg2.connect(**info) as other, other.cursor() as cursor:
            cursor.execute("""INSERT INTO vanban_hub_packet (doc_id, type, original_sha256, sha256, size, has_content)
                              VALUES ('lay-lai', 'document', '0', '0', 1, true) RETURNING id""")
            [packet_id] = cursor.fetchone()
        self.addCleanup(other.close)

        def remove():
            with other, other.cursor() as cursor:
                cursor.execute("DELETE FROM vanban_hub_packet WHERE id = %s", [packet_id])

        self.addCleanup(remove)
        pool = db_connect(self.env.cr.dbname)
        with pool.cursor() as sending, pool.cursor() as vacuum:
            packet = api.Environment(sending, SUPERUSER_ID, {})["vanban.hub.packet"].browse(packet_id)
            hub = api.Environment(vacuum, SUPERUSER_ID, {})["vanban.hub.packet"]
            self.assertEqual(packet._held(), packet)
            hub._gc_content()
            self.assertTrue(hub.browse(packet_id).has_content)
            # with the view of before the sending
            sending.commit()
            with self.assertRaises(psycopg2.errors.SerializationFailure), mute_logger("odoo.sql_db"):
                hub.browse(packet_id).invalidate_recordset()
                hub._gc_content()
            vacuum.rollback()
        # and the other way round: who sends finds that the bytes are going, and keeps them anew
        with pool.cursor() as sending, pool.cursor() as vacuum:
            vacuum.execute("UPDATE vanban_hub_packet SET has_content = false WHERE id = %s", [packet_id])
            packet = api.Environment(sending, SUPERUSER_ID, {})["vanban.hub.packet"].browse(packet_id)
            self.assertTrue(packet.has_content)
            vacuum.commit()
            with self.assertRaises(psycopg2.errors.SerializationFailure), mute_logger("odoo.sql_db"):
                packet._held()
            sending.rollback()
            self.assertFalse(packet._held())
