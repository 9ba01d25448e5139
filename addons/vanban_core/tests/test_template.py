import base64
import io

import pypdfium2
from docx import Document as Word

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from .outgoing_common import OutgoingCase


def pdf_text(raw):
    document = pypdfium2.PdfDocument(raw)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


@tagged("post_install", "-at_install")
class TestTemplate(OutgoingCase):
    @proves("OUT-07", "OUT-47")
    def test_draft_from_the_template_of_its_kind(self):
        document = self.draft(
            pdf=False, urgency="2", signer_capacity="kt", authority_title="Giám đốc", signer_position="Phó Giám đốc",
            subject="báo cáo công tác văn thư & lưu trữ <năm 2026>",
        )
        pdf = self.env["vanban.file"].browse(document.action_render())
        self.assertEqual(document.main_file_id, pdf)
        self.assertEqual((pdf.role, pdf.stage, pdf.version, pdf.mimetype), ("main", "draft", 1, "application/pdf"))
        self.assertEqual(pdf.source_id.role, "source")
        text = " ".join(pdf_text(pdf._raw())[0].split())
        for words in (
            self.company.vanban_parent_name.upper(), self.company.name.upper(), "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc",
            "/SNV-TC", "Thành phố Mẫu,", "V/v báo cáo công tác văn thư & lưu trữ <năm 2026>", "THƯỢNG KHẨN",
            f"Kính gửi: {self.issuer.name}", "Sở Nội vụ báo cáo như sau.", "Nơi nhận:", "Lưu: VT, TC.",
            "KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", self.leader.name,
        ):  # fmt: skip
            self.assertIn(words, text)
        # second version: the first stays
        document.body = "<p>Nội dung đã sửa.</p>"
        second = self.env["vanban.file"].browse(document.action_render())
        self.assertEqual(second.version, 2)
        self.assertIn("Nội dung đã sửa.", pdf_text(second._raw())[0])
        self.assertIn("báo cáo như sau", pdf_text(pdf._raw())[0])
        self.assertEqual(pdf.author_id, self.specialist)

    @proves("DOC-08", "OUT-47")
    def test_express_at_a_set_hour_shows_the_hour_in_its_mark(self):
        """The urgency mark of what is express at a set hour (TH Đ10.3a; BHXH Đ8.1c); every other level has its words alone."""
        profile = self.company._vanban_profile()
        profile.parameter_ids.filtered(lambda row: row.key == "urgency_levels").value = "0,1,2,3,4"
        document = self.draft(urgency="4")
        with self.assertRaisesRegex(UserError, "must arrive"), self.env.cr.savepoint():
            document.action_submit_review()
        self.assertEqual(document.state, "draft")
        document.express_until = "2026-01-05 07:30:00"
        text = pdf_text(self.env["vanban.file"].browse(document.action_render())._raw())[0]
        self.assertIn("HỎA TỐC 14 giờ 30, 05/01/2026", " ".join(text.replace("\u00a0", " ").split()))
        for level, mark in (("0", ""), ("1", "KHẨN"), ("2", "THƯỢNG KHẨN"), ("3", "HỎA TỐC")):
            document.urgency = level
            self.assertEqual(document._urgency_mark(), mark)
        document.urgency = "4"
        document.action_submit_review()
        self.assertNotEqual(document.state, "draft")

    def test_layout_is_that_of_the_decree(self):
        document = self.draft(pdf=False, kind_id=self.env.ref("vanban_core.kind_qd").id, body="<p>Nội dung dài.</p>" * 60)
        raw = self.env["vanban.file"].browse(document.action_render())._raw()
        pdf = pypdfium2.PdfDocument(raw)
        self.addCleanup(pdf.close)
        self.assertGreater(len(pdf), 1)
        for page in pdf:
            width, height = page.get_size()
            self.assertAlmostEqual(width, 595.3, delta=1)
            self.assertAlmostEqual(height, 841.9, delta=1)
        first, second = pdf[0].get_textpage(), pdf[1].get_textpage()
        # margins: left 30 mm, right 15 mm, top 20 mm
        boxes = [first.get_charbox(index) for index in range(first.count_chars()) if first.get_text_range(index, 1).strip()]
        self.assertGreater(min(box[0] for box in boxes), 84)
        self.assertLess(max(box[2] for box in boxes), 595.3 - 42)
        self.assertLess(max(box[3] for box in boxes), 841.9 - 55)
        # page number only from the second page, in the top margin
        self.assertTrue(second.get_text_bounded().lstrip().startswith("2"))
        self.assertFalse(first.get_text_bounded().lstrip().startswith("1"))
        self.assertIn("QUYẾT ĐỊNH", first.get_text_bounded())
        # the gap for the number is wide enough for five digits at 13 points
        line = first.get_text_bounded()
        start = line.index("Số:")
        self.assertIn("/QĐ-SNV", line)
        searcher = first.search("/QĐ-SNV")
        index, _count = searcher.get_next()
        before, _count = first.search("Số:").get_next()
        self.assertGreater(first.get_charbox(index)[0] - first.get_charbox(before + 2)[2], 5 * 6.5)
        self.assertGreaterEqual(start, 0)

    def test_words_of_the_abstract_are_not_doubled(self):
        template = self.env["vanban.template"]
        for subject in ("Về việc báo cáo", "V/v báo cáo", "v/v: báo cáo", "báo cáo"):
            self.assertEqual(template._bare_subject(subject), "báo cáo")
        self.assertEqual(template._bare_subject("Về nguồn"), "Về nguồn")

    def test_fonts_are_embedded(self):
        import pikepdf

        document = self.draft(pdf=False)
        raw = self.env["vanban.file"].browse(document.action_render())._raw()
        with pikepdf.open(io.BytesIO(raw)) as pdf:
            fonts = pdf.pages[0].Resources.Font
            self.assertTrue(fonts)
            for font in fonts.values():
                descriptor = font.get("/FontDescriptor") or font.DescendantFonts[0].FontDescriptor
                self.assertTrue({"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor.keys()))

    def test_missing_data_is_named(self):
        document = self.draft(pdf=False, body=False, subject=False)
        with self.assertRaises(UserError) as caught:
            document.action_render()
        self.assertIn("Abstract", str(caught.exception))
        self.assertIn("Text", str(caught.exception))
        self.assertFalse(document.file_ids)

    def test_word_file_of_the_drafter(self):
        word = Word()
        word.add_paragraph("Nội dung soạn trong Word")
        out = io.BytesIO()
        word.save(out)
        document = self.draft(pdf=False)
        with self.assertRaises(UserError):
            document.action_convert_source()
        document.upload_file("du-thao.docx", base64.b64encode(out.getvalue()).decode(), role="source")
        pdf = self.env["vanban.file"].browse(document.action_convert_source())
        self.assertIn("Nội dung soạn trong Word", pdf_text(pdf._raw())[0])
        self.assertEqual(document.main_file_id, pdf)

    def test_only_who_has_the_draft_can_lay_it_out(self):
        document = self.draft()
        with self.assertRaises(AccessError):
            document.with_user(self.outsider).action_render()
        document.action_submit_review()
        with self.assertRaises(UserError):
            document.action_render()

    def test_templates_are_checked_and_cannot_reach_python(self):
        template = self.env["vanban.template"].search([("code", "=", "cong_van")])
        for raw in (b"", b"khong phai word", b"MZ\x90\x00"):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                template.content = base64.b64encode(raw) or False
                template.flush_recordset()
        word = Word()
        word.add_paragraph("{{ ''.__class__.__mro__[1].__subclasses__() }}")
        out = io.BytesIO()
        word.save(out)
        with self.assertRaises(ValidationError) as caught:
            template.copy({"content": base64.b64encode(out.getvalue()), "kind_id": False, "code": False})
        self.assertIn("__subclasses__", str(caught.exception))
        # a name that only shows when it is used meets the sandbox
        word = Word()
        word.add_paragraph("[{{ subject|attr('__class__') }}]")
        out = io.BytesIO()
        word.save(out)
        hostile = template.copy({"content": base64.b64encode(out.getvalue()), "kind_id": False, "code": False})
        document = self.draft(pdf=False, template_id=hostile.id)
        try:
            text = pdf_text(self.env["vanban.file"].browse(document.action_render())._raw())[0]
        except UserError:
            text = ""
        self.assertNotIn("class", text)

    @proves("ADM-09")
    def test_template_in_force_of_the_agency_wins(self):
        common = self.env["vanban.template"].search([("code", "=", "cong_van")])
        document = self.draft(pdf=False)
        self.assertEqual(self.env["vanban.template"]._find(document), common)
        own = common.copy({"company_id": self.company.id, "valid_from": "2020-01-01"})
        self.assertEqual(self.env["vanban.template"]._find(document), own)
        own.valid_to = "2021-01-01"
        self.assertEqual(self.env["vanban.template"]._find(document), common)
