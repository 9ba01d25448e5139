import io
from email.message import EmailMessage

import pikepdf

from odoo.exceptions import AccessError
from odoo.http import Request
from odoo.tests import tagged
from odoo.tests.common import HttpCase
from odoo.tools import mute_logger

from odoo.addons.vanban_core.tools import ocr, scan_split

from .common import PASSWORD, VanbanCase, VanbanSetUp, make_pdf
from .proves import proves
from .scan_samples import letter, scan


@tagged("post_install", "-at_install")
class TestImport(VanbanCase):
    """Many scans at once; the words of files; mail to the reception desk."""

    def batch(self, **vals):
        return self.env["vanban.import.batch"].with_user(self.clerk).create({"company_id": self.company.id, **vals})

    def run_import(self, batch):
        for item in batch.item_ids.sudo().filtered(lambda item: item.state == "waiting"):
            item._take_in()
        batch.invalidate_recordset()

    def test_each_file_stands_or_falls_alone(self):
        batch = self.batch(kind_id=self.kind.id)
        batch._take("../../mot.pdf", make_pdf("Van ban mot"))
        batch._take("hai.pdf", b"MZ" + bytes(200))
        batch._take("ba.pdf", make_pdf("Van ban ba"))
        again = letter()
        batch._take("bon.pdf", again)
        self.assertTrue(batch._take("bon-lai.pdf", again)["repeated"])
        self.run_import(batch)
        states = {item.name: item.state for item in batch.item_ids}
        self.assertEqual((states["mot.pdf"], states["hai.pdf"], states["ba.pdf"]), ("done", "failed", "done"))
        failed = batch.item_ids.filtered(lambda item: item.state == "failed")
        self.assertIn("hai.pdf", failed.reason)
        documents = self.env["vanban.document"].with_user(self.clerk).search([("import_item_id.batch_id", "=", batch.id)])
        self.assertEqual(len(documents), batch.document_count)
        self.assertEqual(set(documents.mapped("state")), {"received"})
        self.assertEqual(documents.create_uid, self.clerk)
        self.assertEqual(documents.kind_id, self.kind)
        # the same job again makes nothing twice
        self.run_import(batch)
        self.assertEqual(self.env["vanban.document"].search_count([("import_item_id.batch_id", "=", batch.id)]), len(documents))
        progress = batch.get_progress()
        self.assertEqual(progress["failed"], 1)

    def test_long_scan_is_cut_at_separator_sheets_and_goes_on_after_a_stop(self):
        sheet = scan(scan_split.separator_sheet(), dpi=120)
        whole = pikepdf.new()
        for part in (sheet, letter(number="Số: 1/STC-VP"), letter(), sheet, letter(number="Số: 2/STC-VP")):
            with pikepdf.open(io.BytesIO(part)) as pdf:
                whole.pages.extend(pdf.pages)
        buffer = io.BytesIO()
        whole.save(buffer)
        batch = self.batch(split=True)
        batch._take("lo.pdf", buffer.getvalue())
        item = batch.item_ids.sudo()
        # the first part was committed, then the server stopped
        mine = item.with_user(self.clerk)
        next(iter(mine._documents()))
        self.assertEqual((item.part_count, item.state), (1, "waiting"))
        self.run_import(batch)
        documents = self.env["vanban.document"].search([("import_item_id", "=", item.id)], order="id")
        self.assertEqual(documents.mapped("page_count"), [2, 1])
        self.assertEqual(item.state, "done")

    def test_import_is_for_those_who_receive(self):
        with self.assertRaises(AccessError):
            self.env["vanban.import.batch"].with_user(self.specialist).create({"company_id": self.company.id})
        batch = self.batch()
        with self.assertRaises(AccessError):
            batch.with_user(self.specialist).get_progress()

    # ------------------------------------------------------------------ words

    @proves("DOC-19")
    def test_recognition_makes_a_file_of_its_own(self):
        self.assertTrue(ocr.available(), "tesseract with the Vietnamese model belongs to the machine")
        document = self.incoming()
        file = document._add_file("quet.pdf", scan(), stage="scan", original=True)
        digest = file.sha256
        file._read_text()
        self.assertEqual(file.text_state, "ocr")
        file._recognise_chunk()
        self.assertEqual(file.text_state, "done", file.text_problem)
        rendition = document.file_ids.filtered(lambda one: one.role == "rendition")
        self.assertEqual((rendition.source_id, rendition.stage), (file, "rendition"))
        self.assertTrue(file._is_intact())
        self.assertEqual(file.sha256, digest)
        self.assertEqual(document.main_file_id, file)
        found = self.env["vanban.document"].with_user(self.clerk).search([("content_search", "ilike", "du toan"), ("id", "=", document.id)])
        self.assertEqual(found, document)

    def test_words_of_every_readable_attachment_are_found(self):
        document = self.incoming()
        document._add_file("bang.csv", "Đơn vị;Số liệu khảo sát\n".encode(), role="annex", stage="received", original=True)
        for file in document.file_ids:
            file._read_text()
        self.assertEqual(set(document.file_ids.mapped("text_state")), {"done"})
        found = self.env["vanban.document"].with_user(self.clerk).search([("content_search", "ilike", "khao sat"), ("id", "=", document.id)])
        self.assertEqual(found, document)

    def test_recognition_is_given_up_after_several_attempts(self):
        document = self.incoming()
        file = document._add_file("quet.pdf", scan(), stage="scan", original=True)
        file._write_reading({"text_state": "ocr", "ocr_attempts": 3})
        file._recognise_chunk()
        self.assertEqual(file.text_state, "failed")

    # ------------------------------------------------------------------- mail

    def mailbox(self):
        domain = self.env["mail.alias.domain"].create({"name": "tiepnhan.example"})
        self.company.alias_domain_id = domain
        return self.env["vanban.mailbox"].create({
            "name": "Văn thư", "alias_name": "vanthu", "company_id": self.company.id, "alias_domain_id": domain.id,
        })

    def mail(self, box, *attachments, subject="Gửi báo cáo"):
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "gui@mau.example", f"{box.alias_name}@tiepnhan.example", subject
        message["Message-Id"] = f"<{len(attachments)}.{subject.encode().hex()}@mau.example>"
        message.set_content("Kính gửi")
        message.add_alternative("<p>Kính gửi <script>alert(1)</script></p>", subtype="html")
        for name, raw in attachments:
            message.add_attachment(raw, maintype="application", subtype="octet-stream", filename=name)
        return message.as_bytes()

    def test_mail_waits_for_the_clerk_and_hostile_mail_does_no_harm(self):
        box = self.mailbox()
        raw = self.mail(box, ("bao-cao.pdf", make_pdf("Bao cao")), ("virus.pdf", b"MZ" + bytes(500)), ("../../x.exe", b"MZ"))
        self.env["mail.thread"].sudo().message_process(False, raw)
        document = self.env["vanban.document"].with_user(self.clerk).search([("mailbox_id", "=", box.id)])
        self.assertEqual((len(document), document.state, document.medium), (1, "received", "electronic"))
        self.assertEqual(document.file_ids.mapped("name"), ["bao-cao.pdf"])
        self.assertIn("virus.pdf", document.note)
        self.assertFalse(self.env["ir.attachment"].sudo().search([("res_model", "=", "vanban.document"), ("res_id", "=", document.id)]))
        self.assertNotIn("<script", " ".join(document.message_ids.mapped("body")))

    def test_no_account_can_play_the_gateway(self):
        box = self.mailbox()
        raw = self.mail(box, subject="Giả mạo")
        threads = self.env["mail.thread"].with_user(self.specialist)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.mail.models.mail_thread"), self.env.cr.savepoint():
            threads.message_process("vanban.document", raw, custom_values={"vanban_mailbox": box.id})
        self.assertFalse(self.env["vanban.document"].search_count([("mailbox_id", "=", box.id)]))


@tagged("post_install", "-at_install")
class TestImportUpload(VanbanSetUp, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_agency()

    def test_upload_over_http_needs_the_right_and_the_form(self):
        batch = self.env["vanban.import.batch"].with_user(self.clerk).create({"company_id": self.company.id})
        url = f"/vanban/import/{batch.id}"
        self.authenticate("test_clerk", PASSWORD)
        token = {"csrf_token": Request.csrf_token(self)}
        answer = self.url_open(url, data=token, files={"file": ("a.pdf", make_pdf(), "application/pdf")})
        self.assertEqual((answer.status_code, answer.json()["state"]), (200, "waiting"))
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open(url, data={"x": "1"}, files={"file": ("b.pdf", make_pdf(), "application/pdf")}).status_code, 400)
        self.authenticate("test_specialist", PASSWORD)
        token = {"csrf_token": Request.csrf_token(self)}
        refused = self.url_open(url, data=token, files={"file": ("c.pdf", make_pdf(), "application/pdf")})
        self.assertEqual(refused.status_code, 422)
        self.assertEqual(len(batch.item_ids), 1)
        sheet = self.url_open("/vanban/separator-sheet?copies=2")
        self.assertEqual(sheet.headers["Content-Type"], "application/pdf")
