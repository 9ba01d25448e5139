import io

import pikepdf
import pypdfium2
from PIL import ImageChops

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.common import make_pdf
from odoo.addons.vanban_core.tests.proves import proves

from ..pades.layout import MM
from ..pades.verify import verify
from .common import SigningCase, b64, draft_pdf, text_of


@tagged("post_install", "-at_install")
class TestSeal(SigningCase):
    @proves("SIGN-07")
    def test_administrator_and_other_clerk_cannot_seal(self):
        document = self.outgoing("numbered")
        for user in (self.admin_user, self.clerk2, self.env.ref("base.user_admin"), self.leader):
            with self.assertRaisesRegex(AccessError, "NĐ 30/2020"):
                document.with_user(user).action_seal()
            refused = self.env["vanban.log"].search(
                [
                    ("document_id", "=", document.id),
                    ("action", "=", "seal"),
                    ("outcome", "=", "refused"),
                    ("user_id", "=", user.id),
                ]
            )
            self.assertTrue(refused, user.login)
        # not even the server's own superuser holds the device
        with self.assertRaises(AccessError):
            document.sudo().with_user(1).action_seal()
        document.action_seal()
        self.assertEqual(document.state, "sealed")

    @proves("SIGN-08")
    def test_no_seal_before_the_personal_signature(self):
        document = self.outgoing("leader").with_user(self.clerk)
        with self.assertRaisesRegex(UserError, "."):
            document.action_seal()
        self.assertTrue(
            self.env["vanban.log"].search_count(
                [
                    ("document_id", "=", document.id),
                    ("action", "=", "seal"),
                    ("outcome", "=", "refused"),
                ]
            )
        )
        self.assertEqual(document.sudo().state, "leader")

    @proves("SIGN-02")
    def test_seal_of_another_agency_is_not_used(self):
        document = self.outgoing("numbered")
        other = self.env["res.company"].create(
            {"name": "Sở Tài chính tỉnh Mẫu", "vanban_symbol": "STC", "vanban_place": "Thành phố Mẫu"}
        )
        self.manager.company_ids |= other
        self.env["vanban.certificate"].with_user(self.manager).create(
            {
                "role": "agency",
                "company_id": other.id,
                "content": b64(self.store.token("seal-other").certificate.read_bytes()),
            }
        )
        self.seal_certificate.with_user(self.manager).action_suspend()
        with self.assertRaisesRegex(UserError, "Sở Nội vụ"):
            document.action_seal()

    @proves("SIGN-10", "SIGN-11", "SIGN-12", "SIGN-33")
    def test_seal_in_real_size_over_the_left_third(self):
        before = self.outgoing("numbered")
        numbered = before.main_file_id._raw()
        before.action_seal()
        changed = self.red_box(self.image(numbered), self.image(before.main_file_id._raw()))
        width, height = (changed[2] - changed[0]) / 8 / MM, (changed[3] - changed[1]) / 8 / MM
        self.assertAlmostEqual(width, 36, delta=1)
        self.assertAlmostEqual(height, 36, delta=1)
        import pikepdf

        with pikepdf.open(io.BytesIO(before.main_file_id._raw())) as pdf:
            boxes = {str(field.T): [float(value) for value in field.Rect] for field in pdf.Root.AcroForm.Fields}
        leader, seal = boxes["lanh_dao"], boxes["co_quan"]
        share = (seal[2] - leader[0]) / (leader[2] - leader[0])
        self.assertTrue(0.30 <= share <= 0.37, share)
        # transparent: the blue strokes under the seal are still there
        sealed = self.image(before.main_file_id._raw())
        under = sealed.crop(
            (int(leader[0] * 8 / 1), int((842 - leader[3]) * 8), int(seal[2] * 8), int((842 - leader[1]) * 8))
        )
        pixels = under.resize((200, 200)).tobytes()
        self.assertGreater(sum(pixels[at + 2] > pixels[at] + 60 for at in range(0, len(pixels), 3)), 20)

    @staticmethod
    def image(raw):
        document = pypdfium2.PdfDocument(raw)
        document.init_forms()
        page = document[0]
        return page.render(scale=8, may_draw_forms=True).to_pil().convert("RGB")

    @staticmethod
    def red_box(before, after):
        return ImageChops.difference(before, after).convert("L").point(lambda value: 255 if value > 60 else 0).getbbox()

    @proves("SIGN-17")
    def test_separate_annex_is_signed_too(self):
        document = self.outgoing("leader")
        self.env["vanban.document"].browse(document.id).sudo()._add_file(
            "phu-luc.pdf", make_pdf("Phu luc"), role="annex"
        )
        self.sign(document)
        document = document.with_user(self.clerk)
        document.action_clerk_check()
        document.action_allocate_number()
        self.env.invalidate_all()
        document.action_seal()
        annex = document.file_ids.filtered(lambda file: file.role == "annex" and file.stage == "sealed")
        self.assertEqual(len(annex), 1)
        report = annex._report()
        self.assertEqual((report.overall, [one.kind for one in report.signatures]), ("valid", ["agency"]))
        self.assertIn(document.code, text_of(annex._raw()))

    @proves("SIGN-28", "SIGN-18")
    def test_sealed_file_is_final(self):
        document = self.outgoing("sealed")
        file = document.main_file_id
        for user in (self.clerk, self.env.ref("base.user_admin"), self.env.ref("base.user_root")):
            with self.assertRaises(AccessError):
                file.with_user(user).sudo().write({"content": b64(b"%PDF-1.4 other")})
            with self.assertRaises(AccessError):
                file.with_user(user).sudo()._attachment().write({"raw": b"other"})
            with self.assertRaises(AccessError):
                file.with_user(user).sudo().unlink()
        raw, store = file._raw(), self.env["vanban.trust.anchor"]._trust_store()
        for position in range(200, len(raw) - 200, len(raw) // 12):
            altered = raw[:position] + bytes([raw[position] ^ 1]) + raw[position + 1 :]
            self.assertNotEqual(verify(altered, store).overall, "valid", position)

    def test_scan_of_signed_paper_gets_the_corner_signature(self):
        document = self.outgoing("leader").with_user(self.clerk)
        document.action_sign_on_paper("ban-ky-giay.pdf", b64(draft_pdf()))
        document.action_clerk_check()
        document.action_allocate_number()
        self.env.invalidate_all()
        document.action_seal()
        self.assertEqual(document.state, "sealed")
        self.assertIn("+07:00", text_of(document.main_file_id._raw()))

    @proves("OUT-19")
    def test_a_document_signed_with_ink_needs_the_agency_signature_alone_on_its_first_page(self):
        for preset, words in (("hcm", ()), ("bacgiang", ("Sao y",))):
            profile = self.company._vanban_profile()
            profile.action_load_preset(preset)
            profile.out_link_required = "none"
            document = self.outgoing("leader").with_user(self.clerk)
            before = document.main_file_id
            document.action_sign_on_paper("ban-ky-giay.pdf", b64(draft_pdf()))
            self.assertEqual((document.signed_on_paper, document.medium, document.main_file_id.stage), (True, "both", "scan"))
            self.assertNotEqual(document.main_file_id, before)
            document.action_clerk_check()
            document.action_allocate_number()
            document.action_paper_done()
            self.env.invalidate_all()
            with self.assertRaisesRegex(UserError, "agency|cơ quan"), self.env.cr.savepoint():
                document.action_issue()
            document.action_seal()
            sealed = document.main_file_id
            raw, store = sealed._raw(), self.env["vanban.trust.anchor"]._trust_store()
            self.assertEqual(len(verify(raw, store).signatures), 1, "nobody signs the scan but the agency")
            with pikepdf.open(io.BytesIO(raw)) as pdf:
                field = next(item for item in pdf.Root.AcroForm.Fields if item.T == "co_quan")
                left, bottom, far, _top = (float(value) for value in field.Rect)
                width, height = (float(value) for value in pdf.pages[0].MediaBox[2:])
                self.assertEqual(field.P.objgen, pdf.pages[0].objgen)
            self.assertGreater(bottom, height * 0.8)
            self.assertTrue(width / 2 < left < far <= width, (preset, left, far))
            text = text_of(raw)
            for word in (*words, "+07:00", "Sở Nội vụ tỉnh Mẫu"):  # the name in the certificate
                self.assertIn(word, text)
            # the record keeps the chain: seal ← scan ← draft
            self.assertEqual((sealed.stage, sealed.source_id.stage), ("sealed", "scan"))
            document.action_issue()
            self.assertIn(document.state, ("issued", "delivered"), preset)
