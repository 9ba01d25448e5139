from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.common import make_pdf
from odoo.addons.vanban_core.tests.proves import proves

from ..edxml import Attachment, Business, Organization, Receiver, Replacement, ResponseFor, names, read_packet
from ..models.packet_in_process import TOO_EARLY
from .common import LienthongCase

CODE = "H97.03,2026/03/09,118/STC-VP"


@tagged("post_install", "-at_install")
class TestRecall(LienthongCase):
    """Recall, take-back and replacement in both directions."""

    def arrived(self):
        return self.env["vanban.packet.in"].search(
            [("company_id", "=", self.other.id), ("type", "=", "document")], order="id")

    @proves("LT-08", "LT-09", "LT-10")
    def test_recall_from_request_to_confirmation(self):
        document = self.issued()
        self.deliver()
        received = self.arrived().document_id.with_user(self.other_clerk)
        received.action_register()
        received.action_submit("Kính trình", leader_id=self.other_leader.id)
        received.with_user(self.other_leader).action_distribute([{"role": "lead", "user_id": self.other_specialist.id}])
        self.deliver()
        number = document.code_number
        document.action_request_recall("Ban hành nhầm phụ lục")
        document.with_user(self.leader).action_approve_recall()
        self.assertEqual((document.state, document.recipient_ids.state), ("recall_requested", "recall_requested"))
        self.assertEqual(document.delivery_ids.filtered(lambda row: row.business_type == "0").state, "recall_requested")
        self.deliver()
        notice = self.arrived()[-1]
        self.assertEqual((notice.business_type, notice.state, notice.target_id), ("1", "decision", received))
        self.assertEqual(notice.request_reason, "Ban hành nhầm phụ lục")
        notice.with_user(self.other_clerk).action_recall_accept()
        self.assertEqual((notice.state, received.state), ("agreed", "recalled"))
        arch = self.env["vanban.document"].with_context(lang="vi_VN").get_view(
            self.env.ref("vanban_core.document_incoming_view_form").id, "form")["arch"]
        self.assertRegex(arch, "state != 'recalled'\"[^>]*>Đã hủy theo thu hồi<")
        self.assertEqual(set(received.sudo().assignment_ids.mapped("state")), {"stopped"})
        # the line of the register stays
        self.assertEqual(received.sudo().entry_ids.mapped("number"), [1])
        self.assertEqual(received.sudo().entry_ids.state, "used")
        self.deliver()
        self.assertEqual((document.state, document.recipient_ids.state), ("recalled", "recalled"))
        self.assertTrue(document.recall_date)
        self.assertEqual(document.code_number, number)

    @proves("LT-08")
    def test_notice_goes_to_every_receiver_and_the_number_is_not_given_again(self):
        companies = self.env["res.company"].create([
            {"name": f"Sở số {number}", "vanban_code": f"H97.1{number}", "vanban_symbol": f"S{number}"} for number in range(3)])
        for company in companies:
            self._connect(self.company, company)
            self._connect(company, self.company)
        document = self.issued(recipient_ids=[(0, 0, {"partner_id": company.partner_id.id}) for company in companies])
        self.deliver()
        document.action_request_recall("Ban hành nhầm phụ lục")
        document.with_user(self.leader).action_approve_recall()
        self.assertEqual(set(document.recipient_ids.mapped("state")), {"recall_requested"})
        label = dict(document._fields["state"]._description_selection(self.env(context={"lang": "vi_VN"})))[document.state]
        self.assertEqual(label, "Đã yêu cầu thu hồi")
        self.deliver()
        notices = self.env["vanban.packet.in"].search([("company_id", "in", companies.ids), ("business_type", "=", "1")])
        self.assertEqual((notices.company_id, set(notices.mapped("state"))), (companies, {"decision"}))
        self.assertEqual(set(notices.mapped("request_reason")), {"Ban hành nhầm phụ lục"})
        for notice in notices:
            clerk = self._user_of(notice.company_id, f"clerk_{notice.company_id.id}", "vanban_core.group_clerk")
            self.assertEqual(document.state, "recall_requested", "until the last one has answered")
            notice.with_user(clerk).action_recall_accept()
            self.deliver()
        self.assertEqual(document.state, "recalled")
        self.assertNotEqual(self.issued().code_number, document.code_number)

    def test_what_has_not_left_is_withdrawn(self):
        document = self.issued()
        document.action_request_recall("Sai thể thức")
        document.with_user(self.leader).action_approve_recall()
        self.assertEqual(document.delivery_ids.mapped("state"), ["cancelled"])
        self.assertEqual(document.state, "recalled")
        self.deliver()
        self.assertFalse(self.arrived())

    def test_refused_recall_needs_a_reason(self):
        document = self.issued()
        self.deliver()
        document.action_request_recall("Ban hành nhầm")
        document.with_user(self.leader).action_approve_recall()
        self.deliver()
        notice = self.arrived()[-1].with_user(self.other_clerk)
        with self.assertRaises(UserError):
            notice.action_recall_reject("")
        notice.action_recall_reject("Đã chuyển cơ quan điều tra")
        self.deliver()
        row = document.delivery_ids.filtered(lambda row: row.business_type == "0")
        self.assertEqual(row.state, "recall_rejected")
        self.assertEqual(row.status_ids.filtered(lambda status: status.code == "16").description, "Đã chuyển cơ quan điều tra")
        told = document.sudo().activity_ids.filtered(lambda todo: todo.user_id == self.clerk).mapped("summary")
        self.assertIn("Đã chuyển cơ quan điều tra", " ".join(told), "the clerk hears that it stays in force there")

    def test_only_the_clerk_of_the_agency_decides(self):
        document = self.received_document()
        packet = self.receive(self.packet(business=Business(1, "Nhầm", CODE), attachments=()))
        self.assertEqual((packet.state, packet.target_id), ("decision", document))
        for user in (self.specialist, self.other_clerk, self.admin_user):
            with self.assertRaises(AccessError):
                packet.with_user(user).action_recall_accept()
        self.assertEqual(packet.state, "decision")

    def test_own_button_answers_the_request(self):
        document = self.received_document()
        packet = self.receive(self.packet(business=Business(1, "Nhầm", CODE), attachments=()))
        document.action_recall_execute("Theo đề nghị của cơ quan ban hành")
        self.assertEqual(packet.state, "agreed")
        self.assertEqual(self.reported(document), ["01", "15"])

    def test_recall_of_a_refused_document_is_answered_at_once(self):
        document = self.received_document()
        document.action_refuse("Gửi nhầm")
        packet = self.receive(self.packet(business=Business(1, "Nhầm", CODE), attachments=()))
        self.assertEqual(packet.state, "agreed")
        self.assertEqual(self.reported(document), ["01", "02", "15"])

    def test_recall_of_something_unknown_is_held(self):
        packet = self.receive(self.packet(business=Business(1, "Nhầm", "H97.03,2026/01/01,1/STC"), attachments=()))
        self.assertEqual((packet.state, packet.reason_code), ("quarantined", "TARGET_UNKNOWN"))
        # what asks for something is answered by 16: 02 would say nothing to a sender who waits for the answer
        packet.with_user(self.clerk).action_refuse("Cơ quan không nhận văn bản này")
        self.assertEqual(self.told("16").description, "Cơ quan không nhận văn bản này")
        update = self.receive(self.packet(business=Business(2, "Sửa", "H97.03,2026/01/01,1/STC", document_info=True), attachments=()))
        update.with_user(self.clerk).action_refuse("Không có văn bản này")
        self.assertEqual(self.told("16").description, names.ABOUT_UPDATE + "Không có văn bản này")

    def told(self, code):
        """The last status that was sent about a packet which nobody took over."""
        row = self.env["vanban.packet.out"].search([("status_code", "=", code), ("company_id", "=", self.company.id)], order="id desc", limit=1)
        with row.packet_id._content_path() as path:
            return read_packet(path, None)

    @proves("LT-08", "LT-09")
    def test_recall_of_what_lies_here_untaken(self):
        """Held or set aside: nothing was taken over, so it is cancelled and confirmed without anybody's decision."""
        first = self.packet().attachments[0]
        raw = self.raw(self.packet(attachments=(first, Attachment("phu-luc.pdf", first.path, "Phụ lục"))))
        held = self.receive(raw[:raw.rindex(b"<Attachment>")] + raw[raw.index(b"</AttachmentEncoded>"):])
        self.assertEqual(held.state, "quarantined")
        recall = self.receive(self.packet(business=Business(1, "Nhầm", CODE), attachments=()))
        self.assertEqual((recall.state, held.state), ("agreed", "discarded"))
        told = self.told("15")
        self.assertEqual((told.response_for.document_id, told.response_for.organ_id), (CODE, "H97.03"))
        # and once more, when it was set aside before
        again = self.receive(self.packet(business=Business(1, "Nhắc lại", CODE), attachments=()))
        self.assertEqual(again.state, "agreed")

    def test_recall_that_is_faster_than_its_document(self):
        document = self.receive(self.packet(), read=False)
        recall = self.receive(self.packet(business=Business(1, "Nhầm", CODE), attachments=()), read=False)
        self.assertIs(recall._process(), TOO_EARLY)
        self.assertEqual(recall.state, "received")
        self.run_job("cron_read")
        self.assertEqual((document.state, recall.state, recall.target_id), ("done", "decision", document.document_id))

    @proves("LT-09")
    def test_recall_finds_what_the_clerk_described_otherwise(self):
        """The issuer is what stands on the paper; who sent the packet is who may recall it, or who took over its duties."""
        document = self.received_document()
        document.issuer_id = self.env["res.partner"].create({"name": "Văn phòng Sở Tài chính", "is_company": True})
        recall = self.receive(self.packet(business=Business(1, "Nhầm", CODE), attachments=()))
        self.assertEqual(recall.target_id, document)
        heir = self.env["res.company"].create({"name": "Sở Tài chính và Kế hoạch", "vanban_code": "H97.30"})
        self._connect(self.company, heir)
        again = {"business": Business(1, "Nhắc lại", CODE), "attachments": (), "sender": Organization("H97.30", heir.name)}
        before = self.receive(self.packet(**again), sender="H97.30")
        self.assertEqual(before.reason_code, "SENDER_DIFFERS", "came by the connection of the old agency")
        self.peer = self.env["vanban.peer"].search([("company_id", "=", self.company.id), ("partner_id", "=", heir.partner_id.id)])
        self.assertEqual(self.receive(self.packet(**again), sender="H97.30").reason_code, "TARGET_UNKNOWN")
        self.issuer.vanban_merged_into_id = heir.partner_id
        self.assertEqual(self.receive(self.packet(**again), sender="H97.30").target_id, document)

    @proves("LT-08", "LT-14")
    def test_replacement_of_two(self):
        """All that it replaces is cancelled by one decision, also under the same identifier; what was cancelled before is no obstacle."""
        other = "H97.03,2026/03/08,117/STC-VP"
        documents = self.received_document() | self.received_document(document_id=other, code_number="117")
        packet = self.receive(self.packet(subject="V/v thay thế", business=Business(
            3, "Thay thế", replacements=(Replacement(CODE), Replacement(other)))))
        self.assertEqual((packet.state, packet.document_id._linked("replaces")), ("decision", documents.sudo()))
        documents[0].action_recall_execute("Đã hủy trước")
        packet.with_user(self.clerk).action_recall_accept()
        self.assertEqual(documents.mapped("state"), ["recalled", "recalled"])
        self.assertEqual(packet.document_id.state, "received")

    def step(self, row, user, step, comment):
        return self.env["vanban.packet.step"].with_user(user).with_context(
            active_model=row._name, active_id=row.id, active_ids=row.ids, default_step=step).create({"comment": comment}).action_apply()

    @proves("LT-08", "LT-09")
    def test_take_back(self):
        document = self.issued()
        self.deliver()
        row = document.delivery_ids
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            row.with_user(self.clerk).action_take_back("Gửi nhầm địa chỉ")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            row.with_user(self.specialist).action_propose_take_back("Gửi nhầm địa chỉ")
        self.step(row, self.clerk, "take_back", "Gửi sai nơi")
        self.assertEqual((row.state, row.take_back_reason), ("arrived", "Gửi sai nơi"))
        self.assertIn("Gửi sai nơi", " ".join(document.sudo().activity_ids.filtered(lambda todo: todo.user_id == self.leader).mapped("summary")))
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            row.with_user(self.clerk).action_deny_take_back("Thôi")
        self.step(row, self.leader, "deny_take_back", "Nơi nhận vẫn cần")
        self.assertEqual((row.state, row.take_back_reason), ("arrived", False))
        self.step(row, self.clerk, "take_back", "Gửi nhầm địa chỉ")
        row.with_user(self.leader).action_approve_take_back()
        self.assertEqual((row.state, row.take_back_reason), ("recall_requested", False))
        self.deliver()
        asked = self.env["vanban.packet.in"].search([("company_id", "=", self.other.id), ("status_code", "=", "13")])
        self.assertEqual((asked.state, asked.request_reason), ("decision", "Gửi nhầm địa chỉ"))
        asked.with_user(self.other_clerk).action_recall_accept("Đồng ý trả lại")
        self.deliver()
        self.assertEqual((row.state, document.recipient_ids.state), ("recall_agreed", "recalled"))

    def test_no_recall_no_take_back(self):
        document = self.issued()
        self.deliver()
        self.company.sudo()._vanban_profile().recall = False
        with self.assertRaises(UserError):
            document.delivery_ids.with_user(self.clerk).action_propose_take_back("Gửi nhầm địa chỉ")

    def test_recall_notice_bears_its_own_day(self):
        """Reason, document and the moment of the recall, not of the issue (F-18)."""
        document = self.issued()
        self.deliver()
        self.env.cr.execute("UPDATE vanban_document SET issued_date = issued_date - interval '2 days' WHERE id = %s", [document.id])
        self.env.invalidate_all()
        document.action_request_recall("Ban hành nhầm")
        document.with_user(self.leader).action_approve_recall()
        row = document.packet_out_ids.filtered(lambda row: row.business_type == "1")
        with row.packet_id._content_path() as path:
            packet = read_packet(path, None)
        self.assertEqual((packet.business.reason, packet.business.document_id), ("Ban hành nhầm", document.document_code))
        told = packet.traces[-1].timestamp - timedelta(hours=7)
        self.assertLess(abs((told - fields.Datetime.now()).total_seconds()), 600)

    def test_recall_without_an_identifier(self):
        """By number, symbol and day, whatever their spaces and case; an identifier that is not known decides against it."""
        document = self.received_document()
        other = {"document_id": "", "code_number": " 118 ", "code_notation": "stc-vp", "attachments": ()}
        packet = self.receive(self.packet(business=Business(1, "Nhầm"), **other))
        self.assertEqual((packet.state, packet.target_id), ("decision", document))
        unknown = Business(1, "Nhầm", "H97.03,2026/01/01,1/STC")
        self.assertEqual(self.receive(self.packet(business=unknown, **other)).reason_code, "TARGET_UNKNOWN")

    def test_take_back_by_number_and_day(self):
        document = self.received_document()
        asked = ResponseFor("H96.02", "118 / stc-vp", "000.00.00.H97,2026/03/09,118", date(2026, 3, 9))
        packet = self.receive(self.status_packet(document, "13", response_for=asked))
        self.assertEqual((packet.state, packet.target_id), ("decision", document))

    def test_replacement(self):
        old = self.issued()
        self.deliver()
        old_received = self.arrived().document_id.with_user(self.other_clerk)
        old_received.action_register()
        draft = self.env["vanban.document"].browse(old.with_user(self.specialist).action_replace())
        new = self.issue_draft(draft)
        self.assertEqual(new.delivery_ids.business_type, "3")
        self.deliver()
        packet = self.arrived()[-1]
        self.assertEqual((packet.business_type, packet.state, packet.target_id), ("3", "decision", old_received))
        self.assertEqual(packet.document_id.state, "received")
        self.assertEqual(packet.document_id._linked("replaces"), old_received)
        packet.with_user(self.other_clerk).action_recall_accept()
        self.assertEqual(old_received.state, "recalled")
        packet.document_id.with_user(self.other_clerk).action_register()
        self.deliver()
        self.assertEqual(new.delivery_ids.state, "accepted")

    def issue_draft(self, draft):
        draft = draft.with_user(self.specialist)
        draft.upload_file("du-thao.pdf", self.b64(make_pdf("Du thao thay the")))
        draft.action_submit_review("Kính trình")
        draft.with_user(self.unit_head).action_review_approve("Đồng ý")
        draft.with_user(self.format_checker).action_review_approve("Đúng thể thức")
        clerk = draft.with_user(self.clerk)
        clerk.action_sign_on_paper("ban-quet.pdf", self.b64(make_pdf("Da ky")))
        clerk.action_clerk_check()
        clerk.action_allocate_number()
        with self.signatures_valid():
            clerk.action_issue()
        return clerk

    def test_received_replacement_names_only_other_receivers(self):
        document = self.received_document()
        packet = self.receive(self.packet(
            document_id="H97.03,2026/03/10,119/STC-VP",
            business=Business(3, "Thay thế", replacements=(Replacement(CODE, ("H97.77",)),))))
        self.assertEqual(packet.state, "done")
        self.assertEqual(document.state, "received")

    def update(self, pdf=None, **changes):
        """An update of the sample: another abstract and deadline, and one more file."""
        first = self.packet(pdf=pdf).attachments[0]
        path = first.path.with_name("phu-luc.pdf")
        path.write_bytes(make_pdf("Phu luc sua doi"))
        return self.packet(**{
            "business": Business(2, "Sửa phụ lục", CODE, document_info=True), "subject": "V/v cung cấp số liệu quý II năm 2026",
            "due_date": date(2027, 1, 15), "attachments": (first, Attachment("phu-luc-sua.pdf", path, "Phụ lục sửa")), **changes})

    def test_update_is_merged_by_the_clerk(self):
        """Nothing changes before the clerk agrees; then document, files and register tell of it, and the sender gets 15."""
        main_file = make_pdf("Cong van")  # the same bytes again are no new file
        document = self.received_document(pdf=main_file)
        document.action_register()
        number, main = document.arrival_number, document.main_file_id
        packet = self.receive(self.update(main_file))
        self.assertEqual((packet.state, packet.target_id), ("decision", document))
        self.assertIn("V/v cung cấp số liệu quý I năm 2026 → V/v cung cấp số liệu quý II năm 2026", packet.changes)
        self.assertIn("30/12/2026 → 15/01/2027", packet.changes)
        self.assertIn("phu-luc-sua.pdf", packet.changes)
        self.assertEqual(document.subject, "V/v cung cấp số liệu quý I năm 2026")
        packet.with_user(self.clerk).action_recall_accept("Đã xem")
        self.assertEqual(packet.state, "agreed")
        self.assertEqual(document.subject, "V/v cung cấp số liệu quý II năm 2026")
        self.assertEqual((document.reply_due_date, document.external_due_date), (date(2027, 1, 15), date(2027, 1, 15)))
        # the same line of the register, the same main file, the new file beside it
        self.assertEqual((document.arrival_number, document.main_file_id, document.state), (number, main, "registered"))
        annex = document.file_ids.filtered(lambda file: file.role == "annex")
        self.assertEqual((annex.name, annex.is_original), ("phu-luc-sua.pdf", True))
        self.assertIn("Sửa phụ lục", document.note)
        log = self.env["vanban.log"].sudo().search([("action", "=", "update_accepted"), ("document_id", "=", document.id)])
        self.assertIn("quý I năm", log.data)
        self.assertEqual(self.reported(document), ["01", "03", "15"])

    def test_update_is_refused_with_a_reason(self):
        document = self.received_document()
        packet = self.receive(self.update()).with_user(self.clerk)
        with self.assertRaises(UserError):
            packet.action_recall_reject("")
        packet.action_recall_reject("Văn bản đã giải quyết xong")
        self.assertEqual((packet.state, document.subject), ("disagreed", "V/v cung cấp số liệu quý I năm 2026"))
        self.assertEqual(len(document.file_ids), 1)
        self.assertEqual(self.reported(document), ["01", "16"])

    def test_update_of_recipients_only(self):
        document = self.received_document()
        packet = self.receive(self.update(
            business=Business(2, "Bổ sung nơi nhận", CODE, document_info=False, document_receiver=True,
                              receivers=(Receiver("H97.55", 1), Receiver("H96.02", 0)))))
        self.assertNotIn("quý II", packet.changes)
        self.assertIn("H97.55", packet.changes)
        self.assertIn("H96.02", packet.changes)
        packet.with_user(self.clerk).action_recall_accept()
        self.assertEqual(document.addressee_codes, "H97.55")
        self.assertEqual(document.subject, "V/v cung cấp số liệu quý I năm 2026")

    def test_update_by_the_clerk_of_the_agency_only(self):
        document = self.received_document()
        packet = self.receive(self.update())
        for user in (self.specialist, self.other_clerk, self.admin_user):
            with self.assertRaises(AccessError):
                packet.with_user(user).action_recall_accept()
        self.assertEqual(document.subject, "V/v cung cấp số liệu quý I năm 2026")
