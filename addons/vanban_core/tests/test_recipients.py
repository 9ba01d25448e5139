import datetime

from odoo import fields
from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import tagged

from ..tools import vietnam_time
from .issuing_common import IssuingCase
from .proves import proves


@tagged("post_install", "-at_install")
class TestRecipients(IssuingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agencies = cls.env["res.partner"].create([
            {"name": f"Sở số {number} tỉnh Mẫu", "is_company": True, "vanban_code": f"H98.{number + 40}"} for number in range(3)
        ])
        cls.group = cls.env["vanban.recipient.group"].with_user(cls.clerk).create({
            "name": "Các sở, ban, ngành tỉnh", "alias": "Các sở, ban, ngành", "company_id": cls.company.id,
            "partner_ids": [fields.Command.set(cls.agencies.ids)], "department_ids": [fields.Command.set(cls.department.ids)],
        })

    @proves("OUT-37")
    def test_a_vague_line_is_replaced_by_the_group_it_means_before_issue(self):
        document = self.on_paper(recipient_ids=[fields.Command.create({"name": "Các sở, ban, ngành"})])
        self.assertIn("Các sở, ban, ngành", self.refused(self.clerk, "vanban.document", "action_issue", [document.id]))
        wizard = self.env["vanban.recipient.wizard"].with_user(self.clerk).with_context(active_id=document.id).create({})
        # the group is proposed by its other wording
        self.assertEqual((wizard.group_ids, wizard.found_count), (self.group, 4))
        wizard.action_apply()
        self.assertEqual(document.recipient_ids.partner_id, self.agencies)
        self.assertEqual(document.recipient_ids.department_id, self.department)
        self.assertEqual(set(document.recipient_ids.mapped("origin")), {"Các sở, ban, ngành"})
        self.rpc(self.clerk, "vanban.document", "action_issue", [document.id])
        self.assertEqual(document.state, "issued")

    def test_codes_name_agencies_and_unknown_ones_are_all_told(self):
        document = self.draft()
        message = self.refused(
            self.specialist, "vanban.document", "action_add_recipients", [document.id], codes="H98.40 H98.99, H98.98"
        )
        self.assertIn("H98.99, H98.98", message)
        self.assertEqual(document.recipient_ids.partner_id, self.issuer)
        added = self.rpc(self.specialist, "vanban.document", "action_add_recipients", [document.id], codes="h98.40; H98.41")
        self.assertEqual(added, 2)
        # again: nobody twice
        self.assertEqual(self.rpc(self.specialist, "vanban.document", "action_add_recipients", [document.id], group_ids=self.group.ids), 2)
        self.assertEqual(len(document.recipient_ids), 5)
        self.refused(self.specialist, "vanban.document", "action_add_recipients", [document.id])

    def test_whose_groups_are_whose(self):
        for call in (("write", {"name": "x"}), ("unlink",)):
            self.refused(self.specialist, "vanban.recipient.group", call[0], self.group.ids, *call[1:])
        own = self.rpc(self.specialist, "vanban.recipient.group", "create", [{"name": "Của tôi", "company_id": self.company.id}])
        group = self.env["vanban.recipient.group"].browse(own)
        self.assertEqual(group.user_id, self.specialist)
        self.refused(self.specialist, "vanban.recipient.group", "write", own, {"user_id": False})
        self.assertFalse(self.rpc(self.outsider, "vanban.recipient.group", "search", [("id", "in", own)]))
        document = self.draft()
        self.refused(self.outsider, "vanban.document", "action_add_recipients", [document.id], group_ids=self.group.ids)
        self.refused(self.specialist2, "vanban.document", "action_add_recipients", [document.id], group_ids=own)
        document = self.on_paper()
        self.rpc(self.clerk, "vanban.document", "action_issue", [document.id])
        self.refused(self.clerk, "vanban.document", "action_add_recipients", [document.id], group_ids=self.group.ids)
        self.assertEqual(len(document.recipient_ids), 1)

    def test_an_agency_closed_or_merged_meanwhile_is_named(self):
        gone, closed, heir = self.agencies
        document = self.on_paper(recipient_ids=[fields.Command.create({"partner_id": agency.id}) for agency in (gone, closed)])
        gone.vanban_merged_into_id = heir
        closed.vanban_code_ids.date_to = vietnam_time.today() - datetime.timedelta(days=1)
        message = self.refused(self.clerk, "vanban.document", "action_issue", [document.id])
        for name in (gone.name, heir.name, closed.name):
            self.assertIn(name, message)
        self.assertFalse(document.issued_date)
        row = document.recipient_ids.filtered(lambda row: row.partner_id == gone)
        self.rpc(self.clerk, "vanban.recipient", "action_use_successor", row.ids)
        self.assertEqual((row.partner_id, row.name), (heir, heir.name))
        (document.recipient_ids - row).with_user(self.clerk).unlink()
        self.rpc(self.clerk, "vanban.document", "action_issue", [document.id])

    def test_nobody_is_added_after_issue_by_a_default_of_the_client(self):
        document = self.on_paper()
        self.issue(document)
        clerk = self.env(user=self.clerk.id, su=False)
        context = {"default_document_id": document.id}
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            call_kw(clerk["vanban.recipient"], "create", ([{"partner_id": self.agencies[0].id}],), {"context": context})
        # into a draft it is added so
        draft = self.draft()
        context = {"default_document_id": draft.id}
        drafter = self.env(user=self.specialist.id, su=False)
        call_kw(drafter["vanban.recipient"], "create", ([{"partner_id": self.agencies[0].id}],), {"context": context})
        self.assertEqual(draft.recipient_ids.partner_id, self.issuer | self.agencies[0])
        self.assertEqual(document.recipient_ids.partner_id, self.issuer)

    def test_only_a_late_report_is_logged_as_late(self):
        document = self.on_paper()
        self.issue(document)
        row = document.recipient_ids
        late = [("model", "=", "vanban.recipient"), ("document_id", "=", document.id), ("action", "=", "progress_late")]
        row._progress("processing")
        self.assertEqual(self.env["vanban.log"].search_count(late), 0)
        self.assertEqual(self.env["vanban.log"].search_count([("action", "=", "progress_late"), ("res_id", "=", False)]), 0)
        row._progress("arrived")
        self.assertEqual(self.env["vanban.log"].search_count(late), 1)

    def test_whoever_has_it_or_is_asked_for_it_back_is_not_followed_up(self):
        document = self.on_paper()
        row = document.recipient_ids
        self.assertIn("not issued", self.refused(self.clerk, "vanban.recipient", "action_remind", row.ids))
        self.issue(document)
        self.refused(self.outsider, "vanban.recipient", "action_remind", row.ids)
        self.rpc(self.clerk, "vanban.recipient", "action_remind", row.ids)
        self.rpc(self.clerk, "vanban.document", "action_request_recall", [document.id], "Ban hành nhầm")
        for method in ("action_remind", "action_resend", "action_send_paper"):
            self.assertIn("being recalled", self.refused(self.clerk, "vanban.recipient", method, row.ids))
        self.rpc(self.leader, "vanban.document", "action_deny_recall", [document.id], "Chỉ cần đính chính")
        self.rpc(self.clerk, "vanban.recipient", "action_remind", row.ids)

    def test_the_list_of_recipients_is_printed_and_kept(self):
        from ..tools import file_text

        document = self.draft()
        document.action_add_recipients(self.group.ids)
        action = document.action_print_recipients()
        file = document.file_ids.filtered(lambda file: file.name == "danh-sach-noi-nhan.pdf")
        self.assertIn(f"/vanban.file/{file.id}/", action["url"])
        text = " ".join(file_text.extract(file._raw(), "application/pdf").split())
        for words in (self.agencies[0].name, "H98.40", self.department.name, "Tổng số: 5 nơi nhận"):
            self.assertIn(words, text)
        with self.assertRaises(AccessError):
            document.with_user(self.outsider).action_print_recipients()

    @proves("OUT-37")
    def test_the_exact_list_is_attached_at_the_issue(self):
        """Form F-25 by itself, when the document names a group; a document to one agency needs none (BĐ Đ4.2-LY)."""
        from ..tools import file_text

        def lists(document):
            return document.file_ids.filtered(lambda file: file.name == "danh-sach-noi-nhan.pdf")

        plain = self.on_paper(recipient_ids=[fields.Command.create({"partner_id": self.agencies[0].id, "channel": "paper"})])
        plain.with_user(self.clerk).action_issue()
        self.assertFalse(lists(plain))
        document = self.draft(recipient_ids=[fields.Command.create({"name": "Các sở, ban, ngành"})])
        document.action_add_recipients(self.group.ids, row_id=document.recipient_ids.id)
        document.action_submit_review("Kính trình")
        document.with_user(self.unit_head).action_review_approve("Đồng ý")
        document.with_user(self.format_checker).action_review_approve("Đúng thể thức")
        clerk = self.through_paper(document)
        self.assertFalse(lists(document))
        clerk.action_issue()
        self.assertEqual(len(lists(document)), 1)
        text = " ".join(file_text.extract(lists(document)._raw(), "application/pdf").split())
        for words in (self.agencies[0].name, "H98.40", self.department.name, document.code, "Các sở, ban, ngành", "Tổng số: 4 nơi nhận"):
            self.assertIn(words, text)
        # it says to whom is sent, not what became of it
        self.assertNotIn("Chưa gửi", text)
        self.assertTrue(lists(document).with_user(self.specialist).has_access("read"))
