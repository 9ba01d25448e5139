import base64
import io

import pikepdf
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from .common import SigningCase, b64, draft_pdf, key_of


def slip(name):
    """Phiếu xin ý kiến as its template prints it: head, two sections, the head of the unit with his name."""
    draft_pdf()  # registers the font
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=A4)
    page.setFont("VanbanSerif", 13)
    for y, text in ((770, "PHIẾU XIN Ý KIẾN GIẢI QUYẾT CÔNG VIỆC"), (730, "Kính gửi: Giám đốc"), (700, "1. Nội dung cần báo cáo, xin ý kiến"),
                    (600, "2. Ý kiến đề xuất")):  # fmt: skip
        page.drawString(85, y, text)
    page.drawCentredString(400, 450, "THỦ TRƯỞNG ĐƠN VỊ")
    page.drawCentredString(400, 340, name)
    page.showPage()
    page.save()
    return buffer.getvalue()


@tagged("post_install", "-at_install")
class TestForm(SigningCase):
    def put(self, document, name):
        return document.sudo()._add_file("phieu-xin-y-kien.pdf", slip(name), role="paper", stage="rendition")

    def sign_form(self, document, file):
        jobs = self.env["vanban.signing.job"].with_user(self.leader)
        job = jobs.browse(jobs.start(document.ids, "form", "agent", None, file.id)["id"])
        batch = job.prepare()["batch"]
        key = key_of("leader")
        return job, job.complete([{"id": row["id"], "signature_b64": b64(key.sign(base64.b64decode(row["attrs_b64"])))} for row in batch])

    @proves("SIGN-24", "SIGN-33")
    def test_form_is_signed_at_the_box_of_its_template(self):
        document = self.outgoing()
        file = self.put(document, self.leader.name)
        action = file.with_user(self.leader).action_sign_form()
        self.assertEqual((action["params"]["purpose"], action["params"]["file_id"]), ("form", file.id))
        shown = document.with_user(self.leader).with_context(vanban_form_file=file.id).signing_preview("form")
        self.assertIn("lanh_dao", [box["kind"] for box in shown["boxes"]])
        _job, done = self.sign_form(document, file)
        self.assertEqual(done["done"], 1)
        signed = document.sudo().file_ids.filtered(lambda one: one.source_id == file)
        self.assertEqual((signed.stage, signed.role, signed._report().overall), ("signed", "paper", "valid"))
        with pikepdf.open(io.BytesIO(signed._raw())) as pdf:
            field = next(item for item in pdf.Root.AcroForm.Fields if item.T == "lanh_dao")
            x0, y0, x1, y1 = (float(value) for value in field.Rect)
        # between title and name, over the middle of the name
        self.assertAlmostEqual((x0 + x1) / 2, 400, delta=3)
        self.assertTrue(345 < y0 < y1 < 450)
        # the document itself stays where it was, and the form is signed once
        self.assertEqual((document.state, document.main_file_id.stage), ("leader", "draft"))
        self.assertFalse(document._has_valid_personal_signature())
        with self.assertRaises(UserError):
            file.with_user(self.leader).action_sign_form()

    def test_form_with_the_name_of_another_is_refused(self):
        document = self.outgoing()
        file = self.put(document, "Một người khác")
        jobs = self.env["vanban.signing.job"].with_user(self.leader)
        job = jobs.browse(jobs.start(document.ids, "form", "agent", None, file.id)["id"])
        failed = job.prepare()
        self.assertEqual((failed["failed"], failed["batch"]), (1, []))
        self.assertIn(self.leader.name, failed["lines"][0]["message"])
        other = self.outgoing()
        job = jobs.browse(jobs.start(other.ids, "form", "agent", None, file.id)["id"])
        self.assertEqual(job.prepare()["failed"], 1)
