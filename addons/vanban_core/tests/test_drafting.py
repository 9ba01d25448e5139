import base64
import functools
import io
import zipfile
from unittest.mock import patch

from docx import Document as Word

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.vanban_core.tests.proves import proves

from ..tools import office_pdf, office_warm
from .common import make_pdf
from .outgoing_common import OutgoingCase
from .test_template import pdf_text


def word(*texts):
    document = Word()
    for text in texts:
        document.add_paragraph(text)
    out = io.BytesIO()
    document.save(out)
    return base64.b64encode(out.getvalue())


@tagged("post_install", "-at_install")
class TestTemplateChoice(OutgoingCase):
    @proves("DOC-17")
    def test_decision_from_its_template_and_the_list_of_the_checker(self):
        kind = self.env.ref("vanban_core.kind_qd")
        self.company.vanban_profile_id = self.env.ref("vanban_core.profile_bacgiang")
        document = self.draft(
            pdf=False, kind_id=kind.id, subject="Về việc ban hành Kế hoạch văn thư",
            body="<p>Căn cứ Nghị định;</p><h3>QUYẾT ĐỊNH:</h3><p>Điều 1. Ban hành Kế hoạch.</p>",
        )
        self.assertEqual(document.template_id.code, "quyet_dinh")
        self.assertIn("NĐ 30", document.template_id.standard)
        document.action_render()
        self.company.vanban_profile_id.adhoc_dossier = "free"
        dossier = self.env["vanban.dossier"].with_user(self.specialist).create({
            "title": "Kế hoạch văn thư năm 2026", "symbol": "05.VT", "year": 2026, "company_id": self.company.id,
            "retention_id": self.env.ref("vanban_core.retention_10").id,
        })
        dossier.action_open()
        dossier._add_documents(document)
        document.action_submit_review()
        while document.state != "format_check":
            step = document._current_step()
            document.with_user(document._reviewers(step)[:1]).action_review_approve("Đồng ý")
        checker = document.with_user(self.format_checker)
        points = checker.current_point_ids
        self.assertEqual(len(points), 12)
        self.assertEqual(points.filtered(lambda point: point.found != "ok").mapped("code"), [])
        points.action_tick()
        self.assertEqual((points.user_id, set(points.mapped("ticked"))), (self.format_checker, {True}))
        # nobody else ticks, and nobody writes beside the buttons
        for user in (self.specialist, self.unit_head, self.leader):
            with self.assertRaises(AccessError):
                points.with_user(user).action_untick()
        with self.assertRaises(AccessError):
            points.with_user(self.format_checker).write({"ticked": False})
        with self.assertRaises(AccessError):
            points.with_user(self.outsider).read(["detail"])
        checker.action_review_approve("Đúng thể thức")
        # kept with the step it belongs to, fixed after it
        with self.assertRaises(AccessError):
            points.with_user(self.format_checker).action_untick()
        self.assertEqual(set(points.mapped("ticked")), {True})

    def test_each_shipped_template_belongs_to_its_kind(self):
        templates = self.env["vanban.template"].search([("code", "!=", False)])
        codes = {template.code: template.kind_id.code for template in templates}
        for code in ("nghi_quyet", "quyet_dinh", "cong_van", "cong_dien", "giay_moi", "giay_gioi_thieu", "bien_ban", "giay_nghi_phep",
                     "sao_y", "sao_luc", "trich_sao", "to_trinh"):  # fmt: skip
            self.assertEqual(codes[code], code)
        # kinds without a layout of their own
        for kind in ("kind_tb", "kind_kh", "kind_bc"):
            found = self.env["vanban.template"]._fitting(self.env.ref(f"vanban_core.{kind}"), self.company)[:1]
            self.assertEqual(found.code, "co_ten_loai")
        self.assertEqual(self.env["vanban.template"]._fitting(self.kind, self.company)[:1].code, "cong_van")

    def test_indirect_decision_prints_what_it_issues(self):
        template = self.env["vanban.template"].search([("code", "=", "quyet_dinh_gian_tiep")])
        document = self.draft(
            pdf=False, kind_id=self.env.ref("vanban_core.kind_qd").id, template_id=template.id, annex_title="Quy chế công tác văn thư",
            annex_body="<p>Điều 1. Phạm vi điều chỉnh.</p>",
        )
        pdf = self.env["vanban.file"].browse(document.action_render())
        pages = pdf_text(pdf._raw())
        self.assertEqual(len(pages), 2)
        text = " ".join(pages[1].split())
        self.assertTrue(text.startswith("QUY CHẾ Công tác văn thư (Ban hành kèm theo Quyết định số …/QĐ-SNV ngày … tháng … năm … của"))
        self.assertIn("Điều 1. Phạm vi điều chỉnh.", text)

    def test_annex_is_a_file_of_its_own(self):
        document = self.draft()
        with self.assertRaises(UserError):
            document.action_render_annex()
        document.write({"annex_title": "Danh mục tài liệu", "annex_body": "<p>Tài liệu số một.</p>"})
        main = document.main_file_id
        annex = self.env["vanban.file"].browse(document.action_render_annex())
        self.assertEqual((annex.role, annex.mimetype), ("annex", "application/pdf"))
        self.assertEqual(document.main_file_id, main)
        with self.assertRaises(AccessError):
            document.with_user(self.outsider).action_render_annex()

    def test_draft_begins_with_the_text_of_its_template(self):
        draft = self.env["vanban.document"].with_user(self.specialist).new({
            "direction": "out", "company_id": self.company.id, "subject": "mời họp giao ban", "kind_id": self.env.ref("vanban_core.kind_gm").id,
        })
        draft._onchange_notation()
        draft._onchange_template_id()
        self.assertEqual(draft.template_id.code, "giay_moi")
        self.assertIn("Chủ trì", draft.body)
        # what somebody wrote stays
        draft.body = "<p>Tới dự: Hội nghị.</p>"
        draft.kind_id = self.kind
        draft._onchange_notation()
        draft._onchange_template_id()
        self.assertEqual(draft.template_id.code, "cong_van")
        self.assertIn("Hội nghị", draft.body)

    def test_unknown_fields_are_named_when_the_template_is_saved(self):
        values = {"name": "Mẫu riêng", "content": word("{{ subject }}", "{{ so_den }} {{ document.mat_khau }}")}
        with self.assertRaises(ValidationError) as caught:
            self.env["vanban.template"].create(values)
        self.assertIn("document.mat_khau, so_den", str(caught.exception))
        self.assertIn("signer_name", str(caught.exception))
        self.env["vanban.template"].create({**values, "content": word("{{ subject }}", "{{ document.round }}")})

    def test_template_with_macros_is_refused(self):
        raw = base64.b64decode(word("{{ subject }}"))
        out = io.BytesIO(raw)
        with zipfile.ZipFile(out, "a") as package:
            package.writestr("word/vbaProject.bin", b"macro")
        with self.assertRaises(ValidationError) as caught:
            self.env["vanban.template"].create({"name": "Có macro", "content": base64.b64encode(out.getvalue())})
        self.assertIn("macro", str(caught.exception))

    @proves("OUT-04")
    def test_missing_items_are_named_at_submission(self):
        document = self.draft(pdf=False, recipient_ids=False, kind_id=False)
        with self.assertRaises(UserError) as caught:
            document.action_submit_review()
        for label in ("Main file", "Recipients", "Kind"):
            self.assertIn(label, str(caught.exception))
        self.assertEqual((document.state, document.round), ("draft", 0))
        unsigned = self.draft(signer_id=False)
        with self.assertRaisesRegex(UserError, "Signer"):
            unsigned.action_submit_review()
        self.assertEqual(unsigned.state, "draft")

    def test_a_word_file_with_macros_or_broken_is_refused_and_leaves_nothing(self):
        """Through the upload of the form; what looks like Word but cannot be laid out is said at “Create PDF”."""
        document = self.draft(pdf=False)
        sound = base64.b64decode(word("Kế hoạch"))
        out = io.BytesIO(sound)
        with zipfile.ZipFile(out, "a") as package:
            package.writestr("word/vbaProject.bin", b"macro")
        for raw, words in ((out.getvalue(), "macro"), (sound[: len(sound) // 2], "du-thao.docx"), (b"PK\x03\x04" + b"x" * 400, "du-thao.docx")):
            with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
                document.upload_file("du-thao.docx", base64.b64encode(raw).decode(), role="source")
            self.assertIn(words, str(caught.exception))
            self.assertFalse(document.file_ids)
            with self.assertRaisesRegex(UserError, "Upload the Word file"):
                document.action_convert_source()

    def test_libreoffice_that_hangs_is_ended_tried_once_more_and_said(self):
        document = self.draft(pdf=False)
        document.upload_file("du-thao.docx", base64.b64encode(base64.b64decode(word("Kế hoạch"))).decode(), role="source")
        attempts, one_try = [], office_warm.Warm.convert

        def counted(*args, **kwargs):
            attempts.append(1)
            return one_try(*args, **kwargs)

        # the real program with a limit that it cannot keep
        with (
            patch.object(office_pdf, "to_pdf", functools.partial(office_pdf.to_pdf, timeout=0.05)),
            patch.object(office_warm.Warm, "convert", counted),
        ):
            # no assertRaises: it would roll back the trace of the refusal
            try:
                document.action_convert_source()
                said = ""
            except UserError as error:
                said = str(error)
        self.assertIn("Không tạo được bản PDF", said)
        self.assertEqual(len(attempts), 2)
        self.assertFalse(document.main_file_id)
        log = self.env["vanban.log"].search([("document_id", "=", document.id), ("action", "=", "render"), ("outcome", "=", "refused")])
        self.assertTrue(log)
        # the next click works
        document.action_convert_source()
        self.assertEqual(document.main_file_id.mimetype, "application/pdf")


@tagged("post_install", "-at_install")
class TestVersions(OutgoingCase):
    def upload(self, document, text, reason=None):
        return document.upload_file("du-thao.pdf", base64.b64encode(make_pdf(text)).decode(), reason=reason)

    @proves("OUT-07")
    def test_versions_are_kept_and_compared(self):
        document = self.draft(pdf=False)
        first = self.upload(document, "Bao cao gui truoc ngay 15 hang thang")
        second = self.upload(document, "Bao cao gui truoc ngay 20 hang thang", reason="Sửa thời hạn theo góp ý")
        files = self.env["vanban.file"].browse([first, second])
        self.assertEqual(files.mapped("version"), [1, 2])
        self.assertEqual((files[1].author_id, files[1].reason), (self.specialist, "Sửa thời hạn theo góp ý"))
        self.assertTrue(files[1].create_date)
        self.assertTrue(files[0].with_user(self.specialist)._raw().startswith(b"%PDF-"))
        self.assertIn("/content/", files[0].with_user(self.specialist).action_download()["url"])
        self.assertEqual(document.compare_versions(first, second), [
            ["same", "Bao cao gui truoc ngay"], ["old", "15"], ["new", "20"], ["same", "hang thang"],
        ])
        action = document.action_compare_versions()
        wizard = self.env["vanban.compare.wizard"].with_user(self.specialist).browse(action["res_id"])
        self.assertIn("<del>15</del> <ins>20</ins>", wizard.result)
        self.assertIn("Sửa thời hạn theo góp ý", wizard.new_info)
        with self.assertRaises(AccessError):
            document.with_user(self.outsider).compare_versions(first, second)
        with self.assertRaises(AccessError):
            wizard.with_user(self.unit_head).read(["result"])
        other = self.draft()
        with self.assertRaises(UserError):
            document.compare_versions(first, other.main_file_id.id)

    @proves("OUT-07")
    def test_versions_of_one_name_are_told_apart_and_annexes_compared_with_their_own(self):
        document = self.draft(pdf=False)
        first = self.upload(document, "Dieu 1. Pham vi.")
        annex = document.upload_file("phu-luc.pdf", base64.b64encode(make_pdf("Bieu mau so 1")).decode(), role="annex")
        other = document.upload_file("so-do.pdf", base64.b64encode(make_pdf("So do")).decode(), role="annex")
        changed = document.upload_file("phu-luc.pdf", base64.b64encode(make_pdf("Bieu mau so 2")).decode(), role="annex")
        second = document.upload_file("du-thao.pdf", base64.b64encode(make_pdf("Dieu 1. Pham vi moi.", "Dieu 2. Hieu luc.")).decode())
        names = self.env["vanban.file"].with_user(self.specialist).with_context(vanban_versions=True).browse([first, second]).mapped("display_name")
        self.assertIn("du-thao.pdf", names[0])
        self.assertNotEqual(*(name.split(" – ")[0] for name in names))
        with self.assertRaisesRegex(UserError, "not versions of one file"):
            document.compare_versions(annex, second)
        # a person opens the comparison and chooses the annex: its own earlier file comes with it
        action = document.action_compare_versions()
        with Form(self.env["vanban.compare.wizard"].with_user(self.specialist).browse(action["res_id"])) as form:
            self.assertEqual((form.old_id.id, form.new_id.id), (first, second))
            self.assertIn("<br", form.result)  # paragraphs stay apart
            form.new_id = self.env["vanban.file"].browse(changed)
            self.assertEqual(form.old_id.id, annex)
            self.assertIn("<del>1</del> <ins>2</ins>", form.result)
            form.new_id = self.env["vanban.file"].browse(other)
            self.assertFalse(form.old_id)
            self.assertIn("no earlier version", form.result)
            form.new_id = self.env["vanban.file"].browse(changed)

    @proves("OUT-08")
    def test_reviewer_returns_edits_or_passes_on_in_his_own_step(self):
        document = self.draft()
        document.action_submit_review("Kính trình")
        head = document.with_user(self.unit_head)
        # edits directly: a version with his name
        file = self.env["vanban.file"].browse(self.upload(head, "Ban sua cua truong phong", reason="Sửa câu chữ"))
        self.assertEqual((file.version, file.author_id, document.main_file_id), (2, self.unit_head, file))
        with self.assertRaises(UserError):
            head.action_review_return("")
        head.action_review_return("Bổ sung số liệu")
        self.assertEqual((document.state, document.drafter_id), ("rework", self.specialist))
        document.action_submit_review("Đã bổ sung")
        head.action_review_approve("Đồng ý")
        self.assertEqual((document.state, document.review_ids[-1].file_id), ("format_check", file))
        # after the step
        with self.assertRaises(UserError):
            self.upload(head, "Sua sau khi da chuyen")

    def test_changed_after_approval_goes_back_before_the_leader(self):
        document = self.draft(signer_id=self.unit_head.id, signer_capacity="tl", prior_opinion=True)
        document.action_submit_review()
        while document.state != "tl_agreed":
            step = document._current_step()
            document.with_user(document._reviewers(step)[:1]).action_review_approve("Đồng ý")
        signer = document.with_user(self.unit_head)
        self.upload(signer, "Sua sau khi lanh dao dong y", reason="Sửa")
        with self.assertRaises(UserError) as caught:
            signer._transition("sign")
        self.assertIn("1", str(caught.exception))
        self.assertEqual(document.state, "tl_agreed")
        # nor are the annexes to which he agreed
        with self.assertRaises(UserError) as caught:
            signer.upload_file("phu-luc.pdf", base64.b64encode(make_pdf("Phu luc khac")).decode(), role="annex")
        self.assertIn("with its annexes as they are", str(caught.exception))
        signer.annex_body = "<p>Biểu mẫu khác</p>"
        with self.assertRaises(UserError):
            signer.action_render_annex()
        self.assertFalse(document.file_ids.filtered(lambda file: file.role == "annex"))
        signer.action_review_return("Trình lại lãnh đạo")
        self.assertEqual(document.state, "rework")
