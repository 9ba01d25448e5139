from datetime import datetime

from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from ..edxml import Business, read_packet
from .common import LienthongCase


@tagged("post_install", "-at_install")
class TestStatuses(LienthongCase):
    """Statuses received: matched, logged once, folded to one state for each recipient."""

    def setUp(self):
        super().setUp()
        # the other side is played by packets made here, so nothing is taken over there
        self.document = self.issued()
        self.run_job("cron_send")
        self.out = self.document.delivery_ids
        self.assertEqual(self.out.state, "sent")

    def report(self, code, minute=0, **changes):
        changes.setdefault("timestamp", datetime(2026, 3, 9, 9, minute))
        return self.receive(self.status_packet(self.document, code, **changes))

    def test_out_of_order_and_repeated(self):
        for code, minute in (("05", 30), ("01", 1), ("03", 10), ("03", 10), ("05", 30)):
            self.assertEqual(self.report(code, minute).state, "done")
        self.assertEqual(self.out.state, "processing")
        self.assertEqual(self.out.state_date, datetime(2026, 3, 9, 2, 30))
        self.assertEqual(self.out.status_ids.sorted("date").mapped("code"), ["01", "03", "05"])

    @proves("LT-07")
    def test_five_recipients_each_with_its_own_course(self):
        companies = self.env["res.company"].create([
            {"name": f"Sở số {number}", "vanban_code": f"H97.1{number}"} for number in range(5)])
        for company in companies:
            self._connect(self.company, company)
        document = self.issued(recipient_ids=[(0, 0, {"partner_id": company.partner_id.id}) for company in companies])
        self.document = document
        for row in document.delivery_ids:
            row._flow("send")
        from ..edxml import Organization

        expected = ["arrived", "accepted", "rejected", "assigned", "completed"]
        for company, code in zip(companies, ("01", "03", "02", "04", "06"), strict=True):
            packet = self.status_packet(document, code, sender=Organization(company.vanban_code, company.name))
            peer = self.env["vanban.peer"]._of(self.company, company.partner_id)
            raw = self.raw(packet)
            import hashlib
            import io

            from ..drivers import Delivery

            self.env["vanban.packet.in"]._receive(io.BytesIO(raw), self.company, peer, Delivery(
                "", f"status-{code}-0001", company.vanban_code, "H96.02", "status", len(raw),
                hashlib.sha256(raw).hexdigest()), "-local-")
        self.run_job("cron_read")
        by_partner = {row.partner_id: row for row in document.delivery_ids}
        self.assertEqual([by_partner[company.partner_id].state for company in companies], expected)
        self.assertTrue(all(row.state_date == datetime(2026, 3, 9, 2, 2, 11) for row in document.delivery_ids))

    def test_notices_carry_what_the_forms_ask(self):
        """Acceptance, refusal and answer to a recall (F-17, F-18, F-19): document, person, reason, date and hour, read from the packets."""
        def told(document, code):
            row = self.env["vanban.packet.status"].search([("document_id", "=", document.id), ("code", "=", code)])
            self.run_job("cron_send")
            with row.packet_out_id.packet_id._content_path() as path:
                packet = read_packet(path, None)
            self.assertEqual(
                (packet.status_code, packet.response_for.document_id, packet.response_for.code, packet.response_for.organ_id),
                (code, document.document_code, document.code, "H97.03"))
            self.assertLess(abs((packet.timestamp - row.date).total_seconds() - 7 * 3600), 1)
            return packet

        accepted = self.received_document()
        accepted.action_register()
        packet = told(accepted, "03")
        self.assertEqual((packet.sender.organ_id, packet.staff.staff), ("H96.02", self.clerk.name))
        refused = self.received_document(document_id="H97.03,2026/03/09,119/STC-VP", code_number="119")
        refused.action_refuse("Không thuộc thẩm quyền")
        packet = told(refused, "02")
        self.assertEqual((packet.description, packet.staff.staff), ("Không thuộc thẩm quyền", self.clerk.name))
        notice = self.receive(self.packet(business=Business(1, "Ban hành nhầm", accepted.document_code), attachments=()))
        notice.with_user(self.clerk).action_recall_accept("Đã hủy, dừng xử lý")
        packet = told(accepted, "15")
        self.assertEqual((packet.description, packet.staff.staff), ("Đã hủy, dừng xử lý", self.clerk.name))

    def test_refusal_shows_its_reason(self):
        self.report("02", description="Gửi nhầm cơ quan")
        self.assertEqual((self.out.state, self.document.recipient_ids.state), ("rejected", "rejected"))
        self.assertEqual(self.document.recipient_ids.note, "Gửi nhầm cơ quan")

    def test_status_of_a_stranger_or_of_nothing(self):
        packet = self.receive(self.status_packet(self.received_document(), "03"))
        self.assertEqual((packet.state, packet.reason_code), ("quarantined", "STATUS_TARGET"))

    def test_clock_that_runs_ahead(self):
        self.report("01", timestamp=datetime(2099, 1, 1))
        self.assertLessEqual(self.out.status_ids.date, self.out.status_ids.received_date)

    def test_matched_by_number_when_the_identifier_is_another(self):
        packet = self.status_packet(self.document, "03")
        from dataclasses import replace

        self.receive(replace(packet, response_for=replace(packet.response_for, document_id="f3b4-axis-uuid")))
        self.assertEqual(self.out.state, "accepted")

    @proves("LT-06")
    def test_reported_once_with_the_original_time_after_an_outage(self):
        document = self.received_document()
        self.peer.write({"retry_at": "2099-01-01 00:00:00"})
        document.action_register()
        registered = document.registered_date
        self.run_job("cron_send")
        self.assertEqual(self.reported(document), ["01", "03"])
        waiting = self.env["vanban.packet.status"].search([("document_id", "=", document.id)]).packet_out_id
        self.assertEqual(set(waiting.mapped("state")), {"queued"})
        self.env.cr.execute("UPDATE vanban_packet_status SET date = date - interval '3 hours' WHERE document_id = %s", [document.id])
        self.peer.write({"retry_at": False})
        self.env.invalidate_all()
        self.deliver()
        self.assertEqual(set(waiting.mapped("state")), {"sent"})
        arrived = self.env["vanban.packet.in"].search([("company_id", "=", self.other.id), ("type", "=", "status")])
        self.assertEqual(sorted(arrived.mapped("status_code")), ["01", "03"])
        from ..edxml import read_packet

        accepted = arrived.filtered(lambda packet: packet.status_code == "03")
        with accepted._content_path() as path:
            told = read_packet(path, None).timestamp
        # The packet was made while the connection was down: it says when it happened, not when it left.
        self.assertLessEqual(abs((told - registered).total_seconds() - 7 * 3600), 2)
