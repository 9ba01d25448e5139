from dataclasses import replace
from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.vanban_core.tests.proves import proves

from ..edxml import Attachment, Organization, OtherInfo
from .common import LienthongCase


@tagged("post_install", "-at_install")
class TestHostile(LienthongCase):
    """Everything that should not be taken over blindly: kept, held with a reason, nothing half done."""

    def assertHeld(self, packet, code):
        self.assertEqual((packet.state, packet.reason_code), ("quarantined", code))
        self.assertGreater(len(packet.reason), 20)
        self.assertFalse(packet.document_id)
        with packet._content_path() as path, open(path, "rb") as stream:
            self.assertTrue(stream.read())

    def test_bad_packets(self):
        good = self.raw(self.packet())
        body = good.index(b"JVBER")
        start, end = good.index(b"<Attachment>"), good.index(b"</AttachmentEncoded>")
        cases = {
            "DTD": good.replace(b'?>\n', b'?>\n<!DOCTYPE edXML [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n', 1),
            "NAME_PATH": good.replace(b"<AttachmentName>118", b"<AttachmentName>../../118", 1),
            "NAMESPACE": good.replace(b"http://www.mic.gov.vn/TBT/QCVN_102_2016", b"http://www.go.vn/eDoc"),
            "BASE64_TRUNCATED": good[:body] + good[body + 5:],
            "TOO_MANY_ATTACHMENTS": good[:start] + good[start:end] * 10_000 + good[end:],
            "MALFORMED": good[:-200],
            "NOT_XML": b"day khong phai goi tin",
        }
        before = self.env["vanban.document"].search_count([])
        for code, raw in cases.items():
            with self.subTest(code):
                self.assertHeld(self.receive(raw), code)
        self.assertEqual(self.env["vanban.document"].search_count([]), before)
        # and the next good packet passes
        self.assertEqual(self.receive(good).state, "done")

    @proves("LT-12")
    def test_changed_byte_is_not_intact(self):
        good = self.raw(self.packet())
        changed = good.replace(b"JVBER", b"JVBES", 1)
        import hashlib

        packet = self.receive(changed, message="goi-tin-0001", sha256=hashlib.sha256(good).hexdigest())
        self.assertHeld(packet, "INTEGRITY")
        self.assertIn("Không toàn vẹn", packet.reason)
        # the repetition of the sound packet is taken over
        self.assertEqual(self.receive(good, message="goi-tin-0001").state, "done")

    @proves("LT-14")
    def test_same_identifier(self):
        first = self.receive(self.packet())
        self.assertEqual(first.state, "done")
        again = self.receive(self.raw(self.packet(attachments=())), read=True)
        self.assertHeld(again, "IDENTIFIER_TAKEN")
        self.assertIn("Trùng mã định danh", again.reason)
        self.assertEqual(again.duplicate_of_id, first)
        self.assertEqual(self.env["vanban.document"].search_count([("packet_in_id", "!=", False)]), 1)

    def test_same_bytes_twice(self):
        raw = self.raw(self.packet())
        first = self.receive(raw, message="goi-tin-0001")
        same = self.receive(raw, message="goi-tin-0001")
        self.assertEqual(same, first)
        other = self.receive(raw, message="goi-tin-0002")
        self.assertEqual((other.state, other.duplicate_of_id), ("duplicate", first))
        self.assertEqual(self.env["vanban.document"].search_count([("packet_in_id", "!=", False)]), 1)
        log = self.env["vanban.log"].search([("model", "=", "vanban.packet.in"), ("res_id", "=", first.id)])
        self.assertIn("repeated", log.mapped("action"))
        self.assertIn("duplicate", log.mapped("action"))

    def test_number_of_a_packet_reused(self):
        self.receive(self.packet(), message="goi-tin-0001")
        other = self.receive(self.packet(document_id="H97.03,2026/03/10,119/STC-VP"), message="goi-tin-0001")
        self.assertHeld(other, "MESSAGE_REUSED")

    def test_sender_that_is_another(self):
        third = self.env["res.company"].create({"name": "Sở Y tế tỉnh Mẫu", "vanban_code": "H97.04"})
        self._connect(self.company, third)
        self.assertHeld(self.receive(self.packet(sender=Organization("H97.04", "Sở Y tế"))), "SENDER_DIFFERS")
        self.assertHeld(self.receive(self.packet(sender=Organization("H97.99", "Ai đó"))), "SENDER_UNKNOWN")

    def test_wrong_addressee(self):
        self.assertHeld(self.receive(self.packet(recipients=(Organization("H97.55", "Sở khác"),))), "ADDRESSEE")

    @proves("SEC-06")
    def test_marked_secret(self):
        self.assertHeld(self.receive(self.packet(other=OtherInfo(sphere="Tối mật"))), "SECRET")

    def test_program_instead_of_a_document(self):
        packet = self.packet(pdf=b"MZ\x90\x00" + b"x" * 100)
        held = self.receive(packet)
        self.assertHeld(held, "FILE_EXECUTABLE")
        held.with_user(self.clerk).action_accept_remarks("Đã hỏi bên gửi")
        self.run_job("cron_read")
        self.assertHeld(held, "CONTENT")

    def test_what_nobody_foresaw_holds_up_nothing_else(self):
        """A packet on which the program itself fails is held with a reason; those behind it are read."""
        first = self.receive(self.packet(), read=False)
        second = self.receive(self.packet(
            document_id="H97.03,2026/03/09,119/STC-VP", code_number="119"), read=False)
        real = type(first)._take_over

        def take_over(packet, content):
            if packet == first:
                raise ZeroDivisionError
            return real(packet, content)

        with patch.object(type(first), "_take_over", take_over), mute_logger("odoo.addons.vanban_lienthong.models.concurrency"):
            self.run_job("cron_read")
        self.assertEqual((first.state, first.reason_code, second.state), ("quarantined", "UNFORESEEN", "done"))
        first.with_user(self.clerk).action_reread()
        self.run_job("cron_read")
        self.assertEqual(first.state, "done")

    def test_what_could_not_be_read_has_a_name(self):
        packet = self.receive(b"khong phai goi tin")
        self.assertRegex(packet.display_name, r"Sở Tài chính tỉnh Mẫu.*\d\d:\d\d \d\d/\d\d/\d{4}")
        self.assertEqual(self.receive(self.packet()).display_name, "H97.03,2026/03/09,118/STC-VP")

    def test_broken_pdf_leaves_nothing(self):
        before = self.env["vanban.document"].search_count([])
        self.assertEqual(self.receive(self.packet(pdf=b"%PDF-1.7\nbroken\n%%EOF\n")).state, "quarantined")
        self.assertEqual(self.env["vanban.document"].search_count([]), before)

    def test_taken_over_in_spite_of_defects(self):
        raw = self.raw(self.packet()).replace(b"<AttachmentName>118", b"<AttachmentName>../../118", 1)
        packet = self.receive(raw)
        self.assertHeld(packet, "NAME_PATH")
        packet.with_user(self.clerk).action_accept_remarks("Đã kiểm tra với bên gửi")
        self.run_job("cron_read")
        self.assertEqual(packet.state, "done")
        self.assertEqual(packet.document_id.main_file_id.name, "118_STC-VP.signed.pdf")

    @proves("IN-10")
    def test_returned_with_a_reason(self):
        packet = self.receive(self.packet(recipients=(Organization("H97.55", "Sở khác"),)))
        packet.with_user(self.clerk).action_refuse("Gửi nhầm cơ quan")
        self.assertEqual(packet.state, "refused")
        out = self.env["vanban.packet.out"].search([("status_code", "=", "02"), ("company_id", "=", self.company.id)])
        self.assertEqual((out.peer_id, out.state), (self.peer, "queued"))

    def test_read_again_after_the_connection_was_added(self):
        self.peer.active = False
        raw = self.raw(self.packet())
        packet = self.receive(raw)
        self.assertHeld(packet, "SENDER_UNKNOWN")
        self.peer.active = True
        packet.with_user(self.clerk).action_reread()
        self.run_job("cron_read")
        self.assertEqual(packet.state, "done")

    def test_defects_are_read_over_with_remarks(self):
        raw = self.raw(self.packet()).replace(b"<edXML:PromulgationDate>2026/03/09", b"<edXML:PromulgationDate>09/03/2026")
        packet = self.receive(raw)
        self.assertEqual(packet.state, "done")
        self.assertIn("09/03/2026", packet.remarks)
        self.assertEqual(packet.document_id.issue_date, date(2026, 3, 9))

    def test_evidence_cannot_be_changed(self):
        packet = self.receive(self.packet())
        attachment = self.env["ir.attachment"].search([
            ("res_model", "=", "vanban.packet.in"), ("res_field", "=", "content"), ("res_id", "=", packet.id)])
        self.assertTrue(attachment)
        for change in (
                lambda: packet.write({"content": b"eA=="}), lambda: packet.write({"sha256": "0"}), packet.unlink,
                lambda: attachment.write({"raw": b"x"}), attachment.unlink):
            with self.assertRaises(AccessError):
                change()

    def test_several_files(self):
        base = self.packet()
        first = base.attachments[0]
        packet = replace(base, attachments=(
            first, Attachment("phu luc.pdf", first.path, "Phụ lục"), Attachment("bang ke.pdf", first.path)))
        document = self.receive(packet).document_id
        self.assertEqual(document.file_ids.sorted("id").mapped("role"), ["main", "annex", "annex"])
        self.assertEqual(document.main_file_id.name, first.name)
