import hashlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor

from odoo.tests import TransactionCase, tagged

from .proves import proves

WRITERS = 8


@tagged("post_install", "-at_install")
class TestAttachmentStore(TransactionCase):
    @proves("IN-04")
    def test_same_bytes_stored_at_once(self):
        """Several clerks may attach the same file in the same moment: nobody hears of a collision, the file is whole."""
        attachments = self.env["ir.attachment"]
        attachments._storage()  # fills the cache: threads must not share the cursor
        for _round in range(5):
            raw = os.urandom(8 << 20)
            checksum = hashlib.sha1(raw, usedforsecurity=False).hexdigest()
            start = threading.Barrier(WRITERS)

            def store(_number, raw=raw, checksum=checksum, start=start):
                start.wait(30)
                return attachments._file_write(raw, checksum)

            with ThreadPoolExecutor(WRITERS) as pool:
                names = set(pool.map(store, range(WRITERS)))
            self.assertEqual(len(names), 1)
            path = attachments._full_path(names.pop())
            with open(path, "rb") as stored:
                self.assertEqual(stored.read(), raw)
            self.assertFalse([name for name in os.listdir(os.path.dirname(path)) if name.startswith(f"{checksum}.")])
            os.unlink(path)
