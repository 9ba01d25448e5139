import ast
import base64
import datetime

from freezegun import freeze_time
from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from ..tools import vietnam_time
from .common import make_pdf
from .outgoing_common import OutgoingCase


@tagged("post_install", "-at_install")
class TestOutgoing(OutgoingCase):
    def refused(self, call, words):
        with self.assertRaises(UserError) as caught:
            call()
        self.assertIn(words, str(caught.exception))

    def test_a_draft_takes_unit_signer_and_symbol_from_its_surroundings(self):
        document = self.draft(pdf=False)
        self.assertEqual(document.state, "draft")
        self.assertEqual(document.drafter_id, self.specialist)
        self.assertEqual(document.department_id, self.department)
        self.assertEqual(document.code_notation, "SNV-TC")
        self.assertEqual((document.signer_name, document.signer_position), (self.leader.name, "Giám đốc"))
        self.assertEqual(document.issuer_id, self.company.partner_id)
        document.kind_id = self.env.ref("vanban_core.kind_qd")
        self.assertEqual(document.code_notation, "QĐ-SNV")

    @proves("DOC-06")
    def test_text_is_composed_unicode_and_old_fonts_are_warned_of(self):
        import unicodedata

        document = self.draft(pdf=False, subject=unicodedata.normalize("NFD", "Báo cáo công tác văn thư"))
        self.assertEqual(document.subject, unicodedata.normalize("NFC", "Báo cáo công tác văn thư"))
        typed = self.env["vanban.document"].new({"direction": "out", "subject": "Céng hßa x· héi chñ nghÜa ViÖt Nam"})
        self.assertIn("TCVN3", typed._onchange_legacy_text()["warning"]["message"])
        self.assertIsNone(document._onchange_legacy_text())

    @proves("OUT-21")
    def test_number_only_after_the_personal_signature(self):
        document = self.at_leader()
        self.refused(document.with_user(self.clerk).action_clerk_check, "")
        self.refused(document.with_user(self.clerk).action_allocate_number, "")
        self.assertFalse(document.code_number)
        self.assertFalse(self.env["vanban.register.entry"].search([("register_id", "=", self.register_out.id)]))

    @proves("OUT-20", "OUT-21", "DOC-07", "DOC-22")
    def test_number_date_and_identifier(self):
        first, second = self.signed_on_paper(), self.signed_on_paper(kind_id=self.env.ref("vanban_core.kind_qd").id)
        self.assertTrue(first.signed_on_paper)
        self.assertEqual(first.main_file_id.stage, "scan")
        self.assertEqual(first.with_user(self.clerk).action_allocate_number(), ["01/SNV-TC"])
        self.assertEqual(second.with_user(self.clerk).action_allocate_number(), ["02/QĐ-SNV"])
        today = vietnam_time.today()
        self.assertEqual((first.state, first.issue_date, first.number_date), ("numbered", today, today))
        self.assertEqual(first.document_code, f"{self.company.vanban_code},{today:%Y/%m/%d},01/SNV-TC")
        self.assertNotEqual(first.document_code, second.document_code)
        self.assertEqual(first._number_texts()["so"], "01")
        self.assertEqual(first._anchors()["number_after"], "/SNV-TC")
        self.assertEqual(first._anchors()["place"], "Thành phố Mẫu,")

    @proves("REG-06", "SEC-15")
    def test_number_cannot_be_set_or_changed_by_hand(self):
        document = self.signed_on_paper()
        clerk = document.with_user(self.clerk)
        clerk.action_allocate_number()
        for vals in ({"code_number": "99"}, {"number_date": "2020-01-01"}, {"document_code": "x"}, {"register_id": False}):
            with self.assertRaises(AccessError):
                clerk.write(vals)
        with self.assertRaises(AccessError):
            clerk.unlink()
        with self.assertRaises(AccessError):
            clerk.action_cancel("bỏ")

    def test_what_is_signed_cannot_be_changed_beside_the_pages(self):
        document = self.signed_on_paper()
        clerk = document.with_user(self.clerk)
        for vals in ({"subject": "khác"}, {"code_notation": "SNV-XX"}, {"kind_id": self.env.ref("vanban_core.kind_qd").id}, {"urgency": "3"}):
            with self.assertRaises(AccessError):
                clerk.write(vals)
        self.assertEqual(document.code_notation, "SNV-TC")
        clerk.copy_count = 5
        clerk.action_clerk_return("Sai trích yếu")
        document.subject = "trích yếu đã sửa"

    @proves("REG-05")
    def test_own_register_of_a_kind_has_its_own_series(self):
        decision = self.env.ref("vanban_core.kind_qd")
        self.env["vanban.register"].create({
            "name": "Sổ quyết định", "code": "QD", "direction": "out", "company_id": self.company.id, "kind_ids": [(6, 0, decision.ids)],
        })
        letter, other = self.signed_on_paper(), self.signed_on_paper(kind_id=decision.id)
        self.assertEqual(letter.with_user(self.clerk).action_allocate_number(), ["01/SNV-TC"])
        self.assertEqual(other.with_user(self.clerk).action_allocate_number(), ["01/QĐ-SNV"])

    @proves("OUT-20")
    def test_clerk_returns_a_faulty_document(self):
        document = self.signed_on_paper()
        self.refused(lambda: document.with_user(self.clerk).action_clerk_return(""), "write the reason")
        document.with_user(self.clerk).action_clerk_return("Sai thể thức phần nơi nhận")
        self.assertEqual((document.state, document.signed_on_paper), ("rework", False))
        self.assertTrue(document._can_act())

    @proves("OUT-01", "OUT-27")
    def test_issue_is_refused_without_number_and_without_the_agencys_signature(self):
        document = self.signed_on_paper()
        clerk = document.with_user(self.clerk)
        self.refused(clerk.action_issue, "")
        clerk.action_allocate_number()
        self.refused(clerk.action_issue, "lacks the digital signature of the agency")
        self.assertFalse(document.issued_date)

    @proves("OUT-18")
    def test_the_signer_cannot_issue(self):
        self.leader.group_ids |= self.env.ref("vanban_core.group_clerk")
        document = self.on_paper()
        self.assertTrue(document.with_user(self.clerk)._may("issue"))
        with self.assertRaises(AccessError):
            document.with_user(self.leader).action_issue()

    @proves("OUT-49")
    def test_issue_names_the_missing_control(self):
        self.env.ref("vanban_core.profile_nd30").step_ids.filtered(lambda step: step.state == "review_dept").unlink()
        document = self.draft()
        document.action_submit_review()
        document.with_user(self.format_checker).action_review_approve()
        scan = document.main_file_id.with_user(self.specialist)._raw()
        document.with_user(self.clerk).action_sign_on_paper("quet.pdf", base64.b64encode(scan).decode())
        document.with_user(self.clerk).action_clerk_check()
        # refused before a number is spent on what can never be issued
        self.refused(document.with_user(self.clerk).action_allocate_number, "Content")
        self.assertFalse(document.code_number)

    @proves("OUT-37")
    def test_vague_recipients_are_refused(self):
        document = self.on_paper(recipient_ids=[fields.Command.create({"name": "Các sở, ban, ngành"})])
        self.refused(document.with_user(self.clerk).action_issue, "Các sở, ban, ngành")
        document.with_user(self.clerk).recipient_ids.partner_id = self.issuer
        document.with_user(self.clerk).action_issue()
        self.assertEqual(document.state, "issued")

    @proves("OUT-33")
    def test_class_that_does_not_go_through_the_system(self):
        """B.I.2 of the catalogue of Social Security: neither to a colleague nor to a unit electronically, only on paper."""
        rule = self.env["vanban.document.class"].search([("code", "=", "B.I.2"), ("direction", "=", "out"), ("send_on_system", "=", False)], limit=1)
        self.assertTrue(rule)
        document = self.on_paper(recipient_ids=[fields.Command.create({"user_id": self.specialist.id})])
        self.company.vanban_profile_id = self.env.ref("vanban_core.profile_bhxh")
        document.sudo().class_id = rule
        document.with_user(self.clerk).action_keep_copy()
        row = document.with_user(self.clerk).recipient_ids
        self.assertEqual(row.channel, "internal")
        self.refused(document.with_user(self.clerk).action_issue, "B.I.2")
        row.write({"channel": "paper", "paper_reason": "paper_class"})
        document.with_user(self.clerk).action_issue()
        self.assertEqual((document.state, row.channel), ("issued", "paper"))

    @proves("OUT-33")
    def test_class_kept_as_metadata_only(self):
        """B.I.2 must not be digitised: number, line of the register and issue on paper without any file; a scan is refused."""
        rule = self.env["vanban.document.class"].search([("code", "=", "B.I.2"), ("direction", "=", "out")], limit=1)
        # its own class list is in force where the rules of Social Security are
        self.company.vanban_profile_id = self.env.ref("vanban_core.profile_bhxh")
        document = self.at_leader(
            pdf=False, class_id=rule.id,
            recipient_ids=[fields.Command.create({"partner_id": self.issuer.id, "channel": "paper", "paper_reason": "paper_class"})])
        self.assertEqual((document.state, bool(document.main_file_id), document.without_file), ("leader", False, True))
        clerk = document.with_user(self.clerk)
        scan = base64.b64encode(make_pdf("Ban quet")).decode()
        self.refused(lambda: clerk.action_sign_on_paper("ban-quet.pdf", scan), "not digitised")
        wizard = self.env["vanban.outgoing.step.wizard"].with_user(self.clerk).with_context(active_id=document.id).create({"step": "sign_on_paper"})
        self.assertTrue(wizard.without_file)
        wizard.action_apply()
        clerk.action_clerk_check()
        clerk.action_allocate_number()
        clerk.action_paper_done("Tủ 3")
        clerk.action_issue()
        self.assertEqual((document.state, document.recipient_ids.channel, bool(document.code_number)), ("issued", "paper", True))
        self.assertFalse(document.sudo().file_ids)
        self.assertEqual(document.sudo().entry_ids.state, "used")

    @proves("OUT-33")
    def test_paper_only_kind_waits_for_printing_and_stamping(self):
        self.kind.use_form = "paper"
        document = self.signed_on_paper()
        clerk = document.with_user(self.clerk)
        clerk.action_allocate_number()
        self.refused(clerk.action_issue, "record printing")
        clerk.recipient_ids.channel = "lienthong"
        clerk.action_paper_done()
        with self.assertRaises(UserError):  # the words are the interchange's where it is installed
            clerk.action_issue()
        clerk.recipient_ids.write({"channel": "paper", "paper_reason": "paper_class"})
        clerk.action_issue()
        self.assertEqual(document.state, "issued")

    @proves("OUT-32")
    def test_individual_gets_paper_with_its_reason_by_itself(self):
        person = self.env["res.partner"].create({"name": "Ông Nguyễn Văn Mẫu"})
        document = self.draft(recipient_ids=[fields.Command.create({"partner_id": person.id})])
        self.assertEqual((document.recipient_ids.channel, document.recipient_ids.paper_reason), ("paper", "individual"))
        with self.assertRaises(ValidationError):
            document.recipient_ids.paper_reason = False

    @proves("OUT-32")
    def test_individual_is_served_on_paper_when_it_is_issued(self):
        person = self.env["res.partner"].create({"name": "Bà Trần Thị Ví Dụ"})
        document = self.on_paper(recipient_ids=[fields.Command.create({"partner_id": person.id})])
        document.with_user(self.clerk).action_issue()
        row = document.recipient_ids
        self.assertEqual((document.state, row.channel, row.paper_reason, row.state), ("issued", "paper", "individual", "pending"))
        row.with_user(self.clerk).action_hand_over("Giao tận tay")
        self.assertEqual(document.state, "delivered")

    @proves("OUT-31")
    def test_paper_beside_the_electronic_document_needs_a_reason(self):
        document = self.draft(recipient_ids=[fields.Command.create({"user_id": self.specialist2.id})])
        row = document.recipient_ids
        for reason in (False, "no_technical"):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                row.write({"channel": "paper", "paper_reason": reason})
        row.write({"channel": "paper", "paper_reason": "law"})
        self.assertEqual(row.channel, "paper")

    @proves("DOC-09")
    def test_relations_show_both_ways_and_stay_after_issue(self):
        asked = self.incoming(register=True)
        document = self.signed_on_paper()
        document._link(asked, "answers")
        self.assertEqual(document.link_ids.target_id, asked)
        self.assertEqual(asked.sudo().back_link_ids.document_id, document.sudo())
        clerk = document.with_user(self.clerk)
        clerk.action_allocate_number()
        clerk.medium = "paper"
        clerk.action_paper_done()
        clerk.action_issue()
        with self.assertRaises(AccessError):
            document.link_ids.with_user(self.clerk).unlink()

    @proves("OUT-46")
    def test_everybody_who_had_a_part_is_named_with_the_time(self):
        lawyer = self._make_user("lawyer", "vanban_core.group_legal")
        step = self.env.ref("vanban_core.profile_nd30").step_ids.filtered(lambda one: one.state == "format_check")
        step.copy({"state": "legal", "sequence": step.sequence - 1, "group_id": self.env.ref("vanban_core.group_legal").id,
                   "kind_ids": [fields.Command.set(self.kind.ids)]})
        self.env.invalidate_all()  # the chain in its new order
        document = self.draft()
        document.action_submit_review("Kính trình")
        document.with_user(self.unit_head).action_review_approve("Đồng ý nội dung")
        document.with_user(lawyer).action_review_approve("Đúng thẩm quyền")
        document.with_user(self.format_checker).action_review_approve("Đúng thể thức")
        clerk = document.with_user(self.clerk)
        clerk.action_sign_on_paper("quet.pdf", base64.b64encode(make_pdf("Ban quet")).decode())
        clerk.action_clerk_check()
        clerk.action_allocate_number()
        clerk.medium = "paper"
        clerk.action_paper_done()
        document.with_user(self.clerk).action_issue()
        self.assertEqual(document.drafter_id, self.specialist)
        self.assertEqual(
            [(review.step, review.control, review.reviewer_id, review.on_behalf_id) for review in document.review_ids],
            [
                ("review_dept", "content", self.unit_head, self.env["res.users"]),
                ("legal", "legal", lawyer, self.env["res.users"]),
                ("format_check", "format", self.format_checker, self.env["res.users"]),
                ("leader", "approval", self.clerk, self.leader),
                ("clerk_check", "format", self.clerk, self.env["res.users"]),
            ],
        )
        self.assertTrue(all(document.review_ids.mapped("date")))
        self.assertEqual(document.clerk_id, self.clerk)
        self.assertTrue(document.signed_date and document.issued_date)
        # the page of opinions names the first and the last beside them
        arch = document.with_user(self.clerk).get_view(view_id=document.get_formview_id())["arch"]
        page = etree.fromstring(arch).find(".//page[@name='reviews']")
        shown = [field.get("name") for field in page.find("group[@name='part']").iter("field")]
        self.assertEqual(shown, ["drafter_id", "create_date", "signer_id", "signed_date", "clerk_id", "issued_date"])
        self.assertLessEqual({"step", "reviewer_id", "date"}, {field.get("name") for field in page.find("field[@name='review_ids']").iter("field")})
        # the names cannot be put in by hand
        for vals in ({"clerk_id": self.leader.id}, {"signed_date": "2020-01-01"}, {"issued_date": "2020-01-01"}):
            with self.assertRaises(AccessError):
                document.with_user(self.clerk).write(vals)

    def test_issue_delivers_inside_and_waits_for_paper(self):
        colleague = self.specialist2
        document = self.on_paper(recipient_ids=[
            fields.Command.create({"partner_id": self.issuer.id}),
            fields.Command.create({"user_id": colleague.id}),
            fields.Command.create({"user_id": self.outsider.id, "for_information": True}),
        ])
        self.assertFalse(document.with_user(self.outsider).has_access("read"))
        document.with_user(self.clerk).action_issue()
        self.assertTrue(document.with_user(self.outsider).has_access("read"))
        self.assertFalse(document.with_user(self.outsider).has_access("write"))
        paper, internal, _other = document.recipient_ids
        self.assertEqual((paper.channel, paper.state), ("paper", "pending"))
        self.assertEqual((internal.channel, internal.state), ("internal", "arrived"))
        internal.with_user(colleague).action_confirm()
        self.assertEqual(internal.state, "accepted")
        self.assertEqual(document.state, "issued")
        with self.assertRaises(AccessError):
            paper.with_user(self.specialist).action_hand_over()
        paper.with_user(self.clerk).action_hand_over("Gửi bưu điện")
        self.assertEqual((paper.state, document.state), ("accepted", "delivered"))

    def test_recipient_status_and_list_are_closed_to_clients(self):
        document = self.on_paper()
        row = document.recipient_ids
        with self.assertRaises(AccessError):
            row.with_user(self.clerk).write({"state": "completed"})
        document.with_user(self.clerk).action_issue()
        with self.assertRaises(AccessError):
            row.with_user(self.clerk).write({"partner_id": self.company.partner_id.id})
        with self.assertRaises(AccessError):
            row.with_user(self.clerk).unlink()
        with self.assertRaises(AccessError):
            document.with_user(self.clerk).write({"recipient_ids": [fields.Command.create({"partner_id": self.company.partner_id.id})]})

    def test_recipients_and_drafter_stay_with_their_document(self):
        document, other = self.draft(), self.draft()
        with self.assertRaises(AccessError):
            document.recipient_ids.document_id = other
        with self.assertRaises(AccessError):
            document.drafter_id = self.specialist2
        with self.assertRaises(AccessError):
            self.env["vanban.recipient"].with_user(self.outsider).create({"document_id": document.id, "user_id": self.outsider.id})

    def test_late_reports_do_not_turn_the_status_back(self):
        document = self.on_paper()
        document.with_user(self.clerk).action_issue()
        row = document.recipient_ids
        row._progress("processing")
        row._progress("arrived")
        self.assertEqual(row.state, "processing")

    @proves("OUT-29")
    def test_time_to_issue(self):
        document = self.draft()
        signed = datetime.datetime(2026, 11, 20, 9, 0)  # Friday, 16:00 in Vietnam
        self.assertEqual(document._issue_deadline(signed), datetime.datetime(2026, 11, 23, 10, 0))
        self.company.vanban_profile_id = self.env.ref("vanban_core.profile_thanhhoa")
        self.assertEqual(document._issue_deadline(signed), datetime.datetime(2026, 11, 23, 5, 0))
        # what passed its time without being issued is on the clerk's list, and leaves it when issued
        self.company.vanban_profile_id = self.env.ref("vanban_core.profile_nd30")
        late = self.on_paper()
        domain = [("issue_late", "=", True), ("id", "=", late.id)]
        search = self.env["vanban.document"].with_user(self.clerk).search
        self.assertFalse(search(domain))
        late._write_fixed({"issue_deadline": fields.Datetime.now() - datetime.timedelta(minutes=1)})
        self.assertEqual(search(domain), late)
        self.assertTrue(late.issue_late)
        late.with_user(self.clerk).action_issue("objective", "Mất điện")
        self.assertFalse(search(domain))

    @proves("OUT-29")
    def test_time_to_issue_by_each_regulation(self):
        """The next working day over weekends and holidays; what is urgent goes out at once, whatever the agency's rule."""
        document = self.draft()
        friday, night, urgent = "2026-11-13 09:00:00", "2026-11-15 17:30:00", "2026-11-13 10:00:00"  # the night: Monday in Vietnam
        for profile, hour in (("nd30", 10), ("bhxh", 10), ("binhdinh", 10), ("bacgiang", 10), ("hcm", 10), ("thanhhoa", 5)):
            self.company.vanban_profile_id = self.env.ref(f"vanban_core.profile_{profile}")
            for signed, day in (
                (friday, "2026-11-16"), (night, "2026-11-17"),
                ("2025-12-31 03:00:00", "2026-01-05"),  # 1 and 2 January off, then the weekend
                ("2026-01-09 03:00:00", "2026-01-10"),  # a Saturday that is worked
            ):
                with self.subTest(profile=profile, signed=signed):
                    deadline = document._issue_deadline(fields.Datetime.to_datetime(signed))
                    self.assertEqual(str(deadline), f"{day} {hour:02d}:00:00")
            document.urgency = "1"
            self.assertEqual(str(document._issue_deadline(fields.Datetime.to_datetime(friday))), urgent, profile)
            document.urgency = "0"

    @proves("OUT-35", "OUT-41")
    def test_a_todo_made_by_night_bears_the_day_in_vietnam(self):
        """18:00 by the clock of the server is the next day here; the to-do is due on the day on which it is seen."""
        with freeze_time("2026-11-23 18:00:00"):
            document = self.on_paper()
            document.with_user(self.clerk).action_issue()
            todo = document.sudo().activity_ids.filtered(lambda item: item.user_id == self.specialist)
            self.assertEqual([str(day) for day in todo.mapped("date_deadline")], ["2026-11-24"])

    def answering(self, *asked, **vals):
        """A draft that answers these incoming documents."""
        document = self.draft(**vals)
        document.write({"link_ids": [fields.Command.create({"target_id": incoming.id, "kind": "answers"}) for incoming in asked]})
        return document

    @proves("OUT-29")
    def test_an_answer_goes_out_by_the_day_on_which_the_question_was_due(self):
        """HCM Đ11.4: on time or before; when our recipients must answer says nothing about us."""
        with freeze_time("2026-11-16 02:00:00"):
            assigned = self.distributed([{"role": "lead", "user_id": self.specialist.id, "deadline": "2026-11-27"}])
            dated = self.distributed([{"role": "lead", "user_id": self.specialist.id}], external_due_date="2026-11-25")
            asked = self.distributed(
                [{"role": "lead", "user_id": self.specialist.id, "deadline": "2026-11-29"}], reply_required=True, reply_due_date="2026-11-29")
            ours = {"reply_required": True, "reply_due_date": "2026-12-15"}
            both, sunday, alone, urgent = (
                self.answering(assigned, dated, **ours), self.answering(asked, **ours), self.draft(**ours), self.answering(asked, urgency="2"))
        self.company.vanban_profile_id = self.env.ref("vanban_core.profile_hcm")
        signed = datetime.datetime(2026, 11, 20, 9, 0)  # Friday, 16:00 in Vietnam
        for document, deadline in (
            (both, "2026-11-25 10:00:00"), (sunday, "2026-11-29 10:00:00"), (alone, "2026-11-23 10:00:00"), (urgent, "2026-11-20 10:00:00"),
        ):
            self.assertEqual(str(document._issue_deadline(signed)), deadline)
        # what was answered before no longer presses
        dated._write_fixed({"reply_issued_date": "2026-11-18 02:00:00"})
        self.assertEqual(str(both._issue_deadline(signed)), "2026-11-27 10:00:00")
        self.company.vanban_profile_id = self.env.ref("vanban_core.profile_bhxh")
        self.assertEqual(str(both._issue_deadline(signed)), "2026-11-23 10:00:00")

    @proves("OUT-29", "OUT-44")
    def test_an_answer_signed_after_the_day_is_late_at_once(self):
        self.company.vanban_profile_id.issue_sla = "document_deadline"
        with freeze_time("2026-11-16 02:00:00"):
            asked = self.distributed([{"role": "lead", "user_id": self.specialist.id, "deadline": "2026-11-18"}])
        with freeze_time("2026-11-18 09:00:00"):
            document = self.through_paper(self.agreed(self.answering(asked)))
            self.assertEqual((str(document.issue_deadline), document.issue_late), ("2026-11-18 10:00:00", False))
        with freeze_time("2026-11-18 10:01:00"):
            self.env.invalidate_all()
            self.assertTrue(document.issue_late)

    @proves("OUT-29")
    def test_late_from_the_noon_of_the_next_working_day(self):
        """Thanh Hóa: signed on Monday, on the list from Tuesday 12:00 in Vietnam, not a minute before."""
        document = self.on_paper()
        self.company.vanban_profile_id = self.env.ref("vanban_core.profile_thanhhoa")
        document._write_fixed({"issue_deadline": document._issue_deadline(datetime.datetime(2026, 11, 16, 2, 0))})
        action = self.env.ref("vanban_core.action_outgoing_issue_late")
        domain = [*ast.literal_eval(action.domain), ("id", "=", document.id)]
        for moment, listed in (("2026-11-17 04:59:00", False), ("2026-11-17 05:01:00", True)):
            with freeze_time(moment):
                self.env.invalidate_all()
                self.assertEqual(bool(self.env["vanban.document"].with_user(self.clerk).search(domain)), listed, moment)

    def test_recall_and_replacement(self):
        document = self.on_paper(recipient_ids=[
            fields.Command.create({"partner_id": self.issuer.id}), fields.Command.create({"user_id": self.outsider.id}),
        ])
        document.with_user(self.clerk).action_issue()
        with self.assertRaises(AccessError):
            document.with_user(self.outsider).action_request_recall("sai")
        self.refused(lambda: document.with_user(self.clerk).action_request_recall(""), "write the reason")
        document.with_user(self.clerk).action_request_recall("Ban hành nhầm")
        self.assertEqual(document.state, "recall_requested")
        with self.assertRaises(AccessError):
            document.with_user(self.clerk).action_approve_recall()
        document.with_user(self.leader).action_approve_recall("Đồng ý thu hồi")
        self.assertEqual(document.state, "recalled")
        self.assertEqual(set(document.recipient_ids.mapped("state")), {"recalled"})
        self.assertFalse(document.with_user(self.outsider).has_access("read"))
        self.assertEqual(document.code, "01/SNV-TC")
        draft = document.browse(document.with_user(self.specialist).action_replace())
        self.assertEqual(draft._linked("replaces"), document)
        self.assertEqual((draft.state, draft.code_number, len(draft.recipient_ids)), ("draft", False, 2))
        self.assertEqual(draft.subject, document.subject)

    def test_the_button_opens_the_replacement_and_keeps_it_as_restricted(self):
        document = self.on_paper(restricted=True)
        document.with_user(self.clerk).action_issue()
        action = document.with_user(self.specialist).action_draft_replacement()
        draft = document.browse(action["res_id"])
        self.assertEqual((draft.state, draft.restricted, draft._linked("replaces")), ("draft", True, document))
        self.assertEqual(action["views"], [(self.env.ref("vanban_core.document_outgoing_view_form").id, "form")])
        with self.assertRaises(AccessError):
            document.with_user(self.outsider).action_draft_replacement()
        arch = document.with_user(self.specialist).get_view(view_id=action["views"][0][0])["arch"]
        self.assertIn('name="action_draft_replacement"', arch)

    def test_what_goes_out_on_paper_is_printed_stamped_and_issued(self):
        """The clerk is led from the number to the print and to the issue, never to a signature that the document does not carry."""
        document = self.signed_on_paper(medium="paper").with_user(self.clerk)
        document.action_allocate_number()
        queues = {key: f"vanban_core.action_outgoing_{key}" for key in ("to_print", "to_seal", "to_issue")}

        def standing():
            search = self.env["vanban.document"].with_user(self.clerk).search
            domains = {key: ast.literal_eval(self.env.ref(name).domain) for key, name in queues.items()}
            return [key for key, domain in domains.items() if search([*domain, ("id", "=", document.id)])]

        self.assertEqual((document.next_action, standing()), ("paper_done", ["to_print"]))
        document.action_paper_done("Đã đóng dấu")
        self.assertEqual((document.next_action, standing()), ("issue", ["to_issue"]))
        self.refused(document._guard_seal, "stamped by hand")
        document.action_issue()
        self.assertEqual((document.state, standing()), ("issued", []))

    def test_recall_refused_leaves_the_document_issued(self):
        document = self.on_paper()
        document.with_user(self.clerk).action_issue()
        document.with_user(self.specialist).action_request_recall("Sai số liệu")
        self.refused(lambda: document.with_user(self.leader).action_deny_recall(" "), "write the reason")
        document.with_user(self.leader).action_deny_recall("Chỉ cần đính chính")
        self.assertEqual(document.state, "issued")

    def test_steps_through_the_wizard(self):
        document = self.at_leader()
        wizard = self.env["vanban.outgoing.step.wizard"].with_user(self.clerk).with_context(active_id=document.id)
        wizard.create({"step": "sign_on_paper", "scan": base64.b64encode(make_pdf("Ban quet")), "scan_name": "quet.pdf"}).action_apply()
        self.assertEqual((document.state, document.main_file_id.name), ("signed", "quet.pdf"))
        with self.assertRaises(UserError):
            wizard.create({"step": "clerk_return"}).action_apply()
        wizard.create({"step": "clerk_return", "comment": "Sai thể thức"}).action_apply()
        self.assertEqual(document.state, "rework")
