import unicodedata
from dataclasses import replace
from datetime import date
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.vanban_core.tests.proves import proves

from ..edxml import Attachment, Business, Organization, OtherInfo, Replacement, ResponseFor, read_packet
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
        # no button lets it in
        as_clerk = packet.with_user(self.clerk)
        for press in (as_clerk.action_reread, lambda: as_clerk.action_accept_remarks("Vẫn nhận"), lambda: as_clerk.action_refuse("Trả lại")):
            with self.assertRaises(UserError):
                press()
            self.run_job("cron_read")
            self.assertHeld(packet, "INTEGRITY")
        # the repetition of the sound packet is taken over, and decides the damaged one
        sound = self.receive(good, message="goi-tin-0001")
        self.assertEqual(sound.state, "done")
        self.assertEqual((packet.state, packet.duplicate_of_id), ("duplicate", sound))

    @proves("LT-14")
    def test_same_identifier(self):
        first = self.receive(self.packet())
        self.assertEqual(first.state, "done")
        again = self.receive(self.raw(self.packet(attachments=())), read=True)
        self.assertHeld(again, "IDENTIFIER_TAKEN")
        self.assertIn("Trùng mã định danh", again.reason)
        self.assertEqual(again.duplicate_of_id, first)
        self.assertEqual(self.env["vanban.document"].search_count([("packet_in_id", "!=", False)]), 1)
        # a return would turn the document that is here into a refused one at the sender
        with self.assertRaises(UserError):
            again.with_user(self.clerk).action_refuse("Đã có")
        self.assertEqual(self.reported(first.document_id), ["01"])
        # nor is it another document because it calls itself a replacement, of something else
        third = self.receive(self.packet(business=Business(3, "Thay thế", replacements=(Replacement("H97.03,2026/01/05,9/STC-VP"),))))
        self.assertHeld(third, "IDENTIFIER_TAKEN")
        third.with_user(self.clerk).action_accept_remarks("Đã hỏi cơ quan gửi")
        self.run_job("cron_read")
        self.assertEqual(third.state, "done")

    @proves("LT-14")
    def test_same_identifier_at_the_same_moment(self):
        """Two workers that do not see each other: the database lets one in, the other looks again."""
        first, second = (self.receive(self.packet(subject=subject), read=False) for subject in ("Bản một", "Bản hai"))
        first._process()
        self.env.flush_all()
        with patch.object(type(second), "_is_double", return_value=False), mute_logger("odoo.sql_db"), \
                self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            second._process()
            self.env.flush_all()
        self.env.invalidate_all()
        self.run_job("cron_read")
        self.assertHeld(second, "IDENTIFIER_TAKEN")

    @proves("LT-14")
    def test_accepted_defects_open_no_door_for_a_double(self):
        """The incomplete packet is taken over after the complete one has come: that is a second question."""
        first = self.packet().attachments[0]
        raw = self.raw(self.packet(attachments=(first, Attachment("phu-luc.pdf", first.path, "Phụ lục"))))
        incomplete = self.receive(raw[:raw.rindex(b"<Attachment>")] + raw[raw.index(b"</AttachmentEncoded>"):])
        self.assertHeld(incomplete, "FILE_ABSENT")
        self.assertEqual(self.receive(raw).state, "done")
        incomplete.with_user(self.clerk).action_accept_remarks("Đã xin bản giấy")
        self.run_job("cron_read")
        self.assertHeld(incomplete, "IDENTIFIER_TAKEN")

    def test_status_is_not_returned(self):
        document = self.issued()
        status = self.receive(self.status_packet(document, "03", response_for=ResponseFor("H96.02", "9/X", "H96.02,2026/01/01,9/X")))
        self.assertHeld(status, "STATUS_TARGET")
        with self.assertRaises(UserError):
            status.with_user(self.clerk).action_refuse("Không rõ")

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

    @proves("IN-12")
    def test_wrong_addressee(self):
        packet = self.receive(self.packet(recipients=(Organization("H97.55", "Sở khác"),)))
        self.assertHeld(packet, "ADDRESSEE")
        self.assertIn("Sai nơi nhận", packet.reason)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            packet.with_user(self.specialist).action_return_wrong_address()
        packet.with_user(self.clerk).action_return_wrong_address()
        self.assertEqual(packet.state, "refused")
        out = self.env["vanban.packet.out"].search([("status_code", "=", "02"), ("company_id", "=", self.company.id)])
        with out.packet_id._content_path() as path:
            self.assertIn("Sai nơi nhận", read_packet(path, None).description)
        held = self.receive(self.packet(sender=Organization("H97.99", "Ai đó")))
        with self.assertRaises(UserError):
            held.with_user(self.clerk).action_return_wrong_address()

    @proves("IN-08")
    def test_file_that_is_missing(self):
        """Three are declared, two came: held with the words of it; taken over with a reason only."""
        first = self.packet().attachments[0]
        files = (first, *(Attachment(name, first.path, name) for name in ("phu-luc-1.pdf", "phu-luc-2.pdf")))
        raw = self.raw(self.packet(attachments=files))
        cut = raw[:raw.rindex(b"<Attachment>")] + raw[raw.index(b"</AttachmentEncoded>"):]
        packet = self.receive(cut)
        self.assertHeld(packet, "FILE_ABSENT")
        self.assertIn("Thiếu 1 tệp", packet.reason)
        self.assertIn("Thiếu 1 tệp", " ".join(self.env["vanban.notice"].search([("user_id", "=", self.clerk.id)]).mapped("title")))
        with self.assertRaises(UserError), self.env.cr.savepoint():
            packet.with_user(self.clerk).action_accept_remarks("")
        packet.with_user(self.clerk).action_accept_remarks("Đã xin bản giấy")
        self.run_job("cron_read")
        self.assertEqual((packet.state, packet.document_id.declared_file_count, len(packet.document_id.file_ids)), ("done", 3, 2))

    @proves("LT-14")
    def test_identifier_of_a_document_that_came_on_paper(self):
        paper = self.env["vanban.document"].with_user(self.clerk).create({
            "direction": "in", "subject": "Bản giấy", "kind_id": self.kind.id, "issuer_id": self.peer.partner_id.id, "medium": "paper",
            "document_code": "H97.03,2026/03/09,118/STC-VP"})
        packet = self.receive(self.packet())
        self.assertHeld(packet, "IDENTIFIER_TAKEN")
        self.assertIn("Trùng mã định danh", packet.reason)
        same = [("document_code", "=", paper.document_code), ("direction", "=", "in"), ("company_id", "=", self.company.id)]
        self.assertEqual(self.env["vanban.document"].search(same), paper.sudo(False).with_user(self.env.user))
        told = self.env["vanban.notice"].search([("user_id", "=", self.clerk.id), ("kind", "=", "alert")])
        self.assertIn("Trùng mã định danh", " ".join(told.mapped("title")))
        packet.with_user(self.clerk).action_accept_remarks("Bản điện tử của văn bản giấy")
        self.run_job("cron_read")
        self.assertIn(paper, packet.document_id.with_user(self.clerk).duplicate_ids)

    @proves("SEC-06")
    def test_marked_secret(self):
        marks = ("Tối mật", unicodedata.normalize("NFD", "Mật"), "Độ mật: Tuyệt mật", "MẬT")
        for number, mark in enumerate(marks):
            packet = self.packet(other=OtherInfo(sphere=mark), document_id=f"H97.03,2026/03/09,{number}/STC-VP")
            self.assertHeld(self.receive(packet), "SECRET")

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
        # who, when and why (F-17)
        with out.packet_id._content_path() as path:
            told = read_packet(path, None)
        self.assertEqual((told.description, told.staff.staff), ("Gửi nhầm cơ quan", self.clerk.name))
        self.assertTrue(told.timestamp)

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
