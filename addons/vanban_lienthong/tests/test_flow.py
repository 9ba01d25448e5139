from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.vanban_core.models.document_reception import COMPARED
from odoo.addons.vanban_core.tests.proves import proves
from odoo.addons.vanban_core.tests.scan_samples import letter

from ..edxml import Attachment, OtherInfo, ResponseFor, Signer
from .common import LienthongCase


@tagged("post_install", "-at_install")
class TestFlow(LienthongCase):
    """A issues to B in the same database: both sides really work, each with its own steps."""

    @proves("LT-01", "LT-12", "LT-19")
    def test_issue_to_reception(self):
        document = self.issued(urgency="1", reply_required=True, reply_due_date=self.tomorrow())
        out = document.delivery_ids
        self.assertEqual(len(out), 1)
        self.assertEqual((out.state, out.recipient_id.state), ("queued", "queued"))
        self.deliver()
        arrived = self.env["vanban.packet.in"].search([("company_id", "=", self.other.id), ("type", "=", "document")])
        self.assertEqual(arrived.state, "done")
        self.assertEqual(arrived.sha256, out.packet_id.sha256)
        received = arrived.document_id.with_user(self.other_clerk)
        self.assertEqual((received.direction, received.state, received.company_id), ("in", "received", self.other))
        self.assertEqual(received.code, document.code)
        self.assertEqual(received.document_code, document.document_code)
        self.assertEqual(received.issuer_id, self.company.partner_id)
        self.assertEqual(received.kind_id, document.kind_id)
        self.assertEqual(received.main_file_id._raw(), document.main_file_id._raw())
        self.assertTrue(received.main_file_id.is_original)
        self.assertEqual(out.state, "arrived")
        self.assertEqual(out.recipient_id.state, "arrived")
        # B registers with a number of its own
        self.assertEqual(received.action_register(), [1])

    @proves("LT-17")
    def test_reply_requirement_travels(self):
        due = self.tomorrow()
        self.issued(reply_required=True, reply_due_date=due)
        self.deliver()
        received = self.env["vanban.packet.in"].search([("company_id", "=", self.other.id)], limit=1).document_id
        self.assertTrue(received.reply_required)
        self.assertEqual((received.reply_due_date, received.external_due_date), (due, due))

    @proves("LT-05", "LT-07")
    def test_statuses_come_from_the_work(self):
        document = self.issued()
        self.deliver()
        received = self.env["vanban.packet.in"].search(
            [("company_id", "=", self.other.id)], limit=1).document_id.with_user(self.other_clerk)
        received.action_register()
        self.deliver()
        out = document.delivery_ids
        accepted = out.status_ids.filtered(lambda status: status.code == "03")
        self.assertEqual(out.state, "accepted")
        self.assertEqual(accepted.date, received.registered_date.replace(microsecond=0))
        self.assertEqual(document.recipient_ids.state, "accepted")
        self.assertEqual(document.state, "delivered")
        received.action_submit("Kính trình", leader_id=self.other_leader.id)
        received.with_user(self.other_leader).action_distribute([{"role": "lead", "user_id": self.other_specialist.id}])
        received.with_user(self.other_specialist).action_start()
        received.with_user(self.other_specialist).action_done("reference")
        self.deliver()
        self.assertEqual(out.state, "completed")
        self.assertEqual(out.status_ids.sorted("id").mapped("code"), ["01", "03", "04", "05", "06"])

    @proves("LT-11")
    def test_times_are_of_the_server(self):
        document = self.issued()
        self.deliver()
        out = document.delivery_ids
        self.assertTrue(out.sent_date and out.queued_date)
        arrived = self.env["vanban.packet.in"].search([("company_id", "=", self.other.id)], limit=1)
        self.assertEqual(arrived.document_id.arrival_date, arrived.received_date)
        for record, field in ((out, "sent_date"), (arrived, "received_date")):
            with self.assertRaises(AccessError):
                record.with_user(self.clerk).write({field: "2020-01-01 00:00:00"})
        received = self.received_document()
        for field in ("arrival_date", "registered_date", "issued_date"):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                received.with_user(self.clerk).write({field: "2020-01-01 00:00:00"})
        made = self.env["vanban.document"].with_user(self.clerk).create({
            "direction": "in", "subject": "Giờ do người nhập", "kind_id": self.kind.id, "arrival_date": "2020-01-01 00:00:00"})
        self.assertLess(abs((made.arrival_date - fields.Datetime.now()).total_seconds()), 600)

    @proves("IN-09")
    def test_mismatch_is_marked_when_opened(self):
        """Nobody has pressed anything yet: number, symbol and signer are not those of the file."""
        document = self.received_document(
            pdf=letter(), code_number="12", code_notation="QĐ-STC", signer=Signer("Lê Văn Khác", "PHÓ GIÁM ĐỐC", ""))
        self.assertEqual(document.state, "received")
        for name in ("code_number", "code_notation", "signer_name"):
            self.assertIn(f",{name},", document.mismatch_fields)
        arch = self.env["vanban.document"].with_user(self.clerk).get_view(
            self.env.ref("vanban_core.document_incoming_view_form").id, "form")["arch"]
        for name in COMPARED:
            self.assertIn(f"',{name},' in (mismatch_fields or '')", arch)

    @proves("IN-09")
    def test_annexes_named_in_the_message_are_compared_with_the_files(self):
        """Three are named, one file came besides the document: marked, though the list of files itself is complete."""
        first = self.packet().attachments[0]
        files = (first, Attachment("pl1.pdf", first.path, "Phụ lục"))
        document = self.received_document(attachments=files, other=OtherInfo(1, appendixes=("Phụ lục I", "Phụ lục II", "Phụ lục III")))
        row = document.check_ids.filtered(lambda row: row.latest and "Phụ lục II" in (row.declared or ""))
        self.assertEqual((row.group, row.result, row.found), ("completeness", "warning", "pl1.pdf"))
        whole = self.received_document(
            attachments=files, other=OtherInfo(1, appendixes=("Phụ lục I",)), document_id="H97.03,2026/03/10,119/STC-VP")
        row = whole.check_ids.filtered(lambda row: row.latest and row.declared == "Phụ lục I")
        self.assertEqual(row.result, "ok")

    def test_one_packet_for_many_recipients(self):
        third = self.env["res.company"].create({"name": "Sở Y tế tỉnh Mẫu", "vanban_code": "H97.04"})
        self._connect(self.company, third)
        self._connect(third, self.company)
        document = self.issued(recipient_ids=[
            (0, 0, {"partner_id": self.issuer.id}), (0, 0, {"partner_id": third.partner_id.id})])
        rows = document.delivery_ids
        self.assertEqual(len(rows), 2)
        self.assertEqual(len(rows.packet_id), 1)
        self.deliver()
        self.assertEqual(set(rows.mapped("state")), {"arrived"})

    def test_answer_is_linked(self):
        """A reply that names our document is linked to it."""
        document = self.issued()
        answer = self.received_document(responses=(
            ResponseFor("H96.02", document.code, document.document_code, document.issue_date),))
        self.assertEqual(answer._linked("answers"), document)
