from odoo.tests import tagged

from .common import LienthongCase


@tagged("post_install", "-at_install")
class TestForget(LienthongCase):
    def test_destroyed_documents_leave_no_bytes(self):
        """What the archive destroys is not kept as a packet either; digests and course stay."""
        sent, received = self.issued(), self.received_document()
        packets = [sent.delivery_ids.packet_id, received.sudo().packet_in_id]
        digests = [packet.sha256 for packet in packets]
        (sent | received).sudo()._archive_forget("Hết thời hạn bảo quản")
        for packet, digest in zip(packets, digests, strict=True):
            self.assertFalse(packet.content)
            self.assertEqual(packet.sha256, digest)
