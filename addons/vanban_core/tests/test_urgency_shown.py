import base64

import pypdfium2
from lxml import etree

from odoo.tests import tagged

from ..tools import vietnam_time
from .follow_common import FollowCase
from .proves import proves

# lists of documents and of what belongs to one, by model; the level must be on every one of them
MODELS = (
    "vanban.document", "vanban.assignment", "vanban.opinion.request", "vanban.deadline.extension", "vanban.chase", "vanban.paper.move",
    "vanban.register.entry", "vanban.debt.report", "vanban.recipient",
)
# taken from another document, or one recipient's line inside the form of its document
APART = ("copy_view_list", "copy_view_kanban", "recipient_view_kanban_arrival")
EXPRESS = "Hỏa tốc"


@tagged("post_install", "-at_install")
class TestUrgencyShown(FollowCase):
    """DOC-08: the level of urgency on every list, form and print, and what is urgent first."""

    def text(self, raw):
        pdf = pypdfium2.PdfDocument(raw)
        self.addCleanup(pdf.close)
        return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in pdf).split())

    @proves("DOC-08")
    def test_every_list_has_the_level(self):
        rows = self.env["ir.model.data"].search([("model", "=", "ir.ui.view"), ("module", "=", "vanban_core")])
        checked = 0
        for row in rows:
            view = self.env["ir.ui.view"].browse(row.res_id)
            if view.model not in MODELS or view.type not in ("list", "kanban") or view.inherit_id or row.name in APART:
                continue
            names = etree.fromstring(view.get_combined_arch()).xpath("//field/@name")
            self.assertIn("urgency", names, row.name)
            checked += 1
        self.assertGreater(checked, 15)
        for name in ("document_incoming_view_form", "document_outgoing_view_form"):
            arch = etree.fromstring(self.env.ref(f"vanban_core.{name}").get_combined_arch())
            self.assertTrue(arch.xpath("//field[@name='urgency'][@widget='badge']"), name)

    @proves("DOC-08")
    def test_lists_put_the_urgent_one_on_top(self):
        lead = [{"role": "lead", "user_id": self.specialist.id, "deadline": "2099-11-02"}]
        early, urgent, late = self.distributed(lead), self.distributed(lead, urgency="2"), self.distributed(lead)
        documents = early | urgent | late
        for document in documents:
            item = self.lead_item(document).with_user(self.specialist)
            item.action_receive()
            item.action_request_extension("2099-12-01", "Chờ số liệu")
        for name in ("document_incoming_view_list", "document_arrived_view_list", "document_paper_view_list", "assignment_view_list",
                     "debt_report_view_list", "deadline_extension_view_list"):
            view = self.env.ref(f"vanban_core.{name}")
            order = etree.fromstring(view.get_combined_arch()).get("default_order")
            own = [("id" if view.model == "vanban.document" else "document_id", "in", documents.ids)]
            found = self.env[view.model].with_user(self.leader).search(own, order=order)
            self.assertEqual(len(found), 3, name)
            first = found[0] if view.model == "vanban.document" else found[0].document_id
            self.assertEqual(first.id, urgent.id, name)

    @proves("DOC-08")
    def test_prints_show_the_level(self):
        document = self.distributed([{"role": "lead", "user_id": self.specialist.id}], urgency="3")
        plain = self.distributed([{"role": "lead", "user_id": self.specialist.id}])

        def slip(record):
            return self.text(self.env["vanban.file"].browse(record.with_user(self.clerk).action_print_processing_slip()).sudo()._raw())

        self.assertIn(f"Độ khẩn: {EXPRESS}", slip(document))
        self.assertNotIn("Độ khẩn", slip(plain))
        today = vietnam_time.today()
        action = self.register_in.with_user(self.clerk).action_print(f"{today.year}-01-01", str(today))
        book = self.env["vanban.register.print"].browse(int(action["url"].split("/")[4]))
        self.assertEqual(self.text(base64.b64decode(book.content)).count(EXPRESS), 1)
        ledger = self.env["vanban.late.report.wizard"].with_user(self.clerk).create({"kind": "debt", "company_id": self.company.id})
        ledger.action_print()
        self.assertEqual(self.text(base64.b64decode(ledger.content)).count(EXPRESS), 1)
        draft = self.draft(urgency="3")
        draft.action_submit_review("Kính trình")
        printed = self.env["vanban.file"].browse(draft.with_user(self.unit_head).action_print_slip())
        self.assertIn(f"Độ khẩn: {EXPRESS}", self.text(printed.sudo()._raw()))
