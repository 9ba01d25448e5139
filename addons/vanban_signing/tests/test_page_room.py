import datetime
import io

import pikepdf
import pypdfium2
from PIL import ImageChops

from odoo.modules.migration import load_script
from odoo.tests import tagged
from odoo.tools.misc import file_path

from odoo.addons.vanban_core.models.profile import PRESETS
from odoo.addons.vanban_core.tests.proves import proves

from ..pades import DATE, LEADER, NUMBER, SEAL, fill, prepare, sign, stamp
from .common import AGENCY, SigningCase, draft_pdf, key_of

SCALE = 2
TEMPLATES = ("Công văn (NĐ 30, mẫu 1.5)", "Quyết định quy định trực tiếp (NĐ 30, mẫu 1.2)", "Tờ trình (mẫu 1.4)",
             "Văn bản trao đổi giữa các đơn vị")  # fmt: skip
STAMP_TEXT = {"organisation": AGENCY, "number": 9797, "date": datetime.date(2018, 5, 16)}


def ink(raw, field=None, page=0):
    """Where a page shows anything, as a mask: its own text, or with ``field`` that field alone."""
    with pikepdf.open(io.BytesIO(raw)) as pdf:
        for one in pdf.pages:
            if field:
                one.Contents = pdf.make_stream(b"")
            annotations = [item for item in one.get("/Annots", []) if field and str(item.get("/T")) == field]
            one.Annots = pikepdf.Array(annotations)
        out = io.BytesIO()
        pdf.save(out)
    document = pypdfium2.PdfDocument(out.getvalue())
    document.init_forms()
    picture = document[page].render(scale=SCALE, may_draw_forms=True).to_pil()
    red, green, blue = picture.convert("RGB").split()
    return ImageChops.darker(ImageChops.darker(red, green), blue).point(lambda value: 255 if value < 200 else 0)


def common(one, other):
    """Corners of what both masks show, or None."""
    return ImageChops.darker(one, other).getbbox()


@tagged("post_install", "-at_install")
class TestPageRoom(SigningCase):
    """Measured on the rendered page: nothing that is written or signed lies on printed text or on another signature."""

    def drafts(self):
        """{name: bytes}: the agency's templates as LibreOffice lays them out, and a draft from elsewhere."""
        found = {"uploaded": (self.outgoing("leader"), draft_pdf())}
        for name in TEMPLATES:
            template = self.env["vanban.template"].search([("name", "=", name)])
            document = self.outgoing(
                "leader", body="<p>Sở Nội vụ báo cáo kết quả công tác quý IV như sau.</p>", template_id=template.id,
                kind_id=template.kind_id.id or self.kind.id, signer_capacity="kt", authority_title="Giám đốc",
                signer_position="Phó Giám đốc",
            )  # fmt: skip
            found[name] = (document, document.sudo().main_file_id._raw())
        return found

    def issued(self, document, raw):
        """Signed, numbered and sealed with the real keys, at the places of the present profile."""
        document = document.sudo()
        prepared = prepare.prepare(raw, document._placement(raw))
        signed = sign.sign(prepared, LEADER, key_of("leader"), appearance=document._appearance("leader", self.leader_certificate))
        numbered = fill.fill(signed, {NUMBER: "05", DATE: "ngày 05 tháng 01 năm 2026"})
        return sign.sign(numbered, SEAL, key_of("seal"), appearance=document._appearance("seal", self.seal_certificate))

    def assertApart(self, raw, fields, allowed=()):
        with pikepdf.open(io.BytesIO(raw)) as pdf:
            pages = sorted({0, len(pdf.pages) - 1})
        text = {page: ink(raw, page=page) for page in pages}
        self.assertTrue(text[0].getbbox())
        shown = {(name, page): ink(raw, name, page) for name in fields for page in pages}
        for (name, page), mask in shown.items():
            self.assertFalse(common(mask, text[page]), f"{name} lies on the text of the page")
            for other in fields:
                if other < name and {name, other} not in allowed:
                    self.assertFalse(common(mask, shown[other, page]), f"{name} lies on {other}")
        for name in fields:
            self.assertTrue(any(shown[name, page].getbbox() for page in pages), f"{name} shows nothing")
        return [shown[name, pages[-1]] for name in fields]

    @proves("SIGN-11", "SIGN-12", "SIGN-13", "SIGN-14", "SIGN-33")
    def test_outgoing_of_every_profile(self):
        profile = self.company._vanban_profile()
        drafts = self.drafts()
        for preset in PRESETS:
            profile.action_load_preset(preset)
            for name, (document, raw) in drafts.items():
                with self.subTest(preset=preset, draft=name):
                    over = document._look("seal").place == "over_signature"
                    done = self.issued(document, raw)
                    leader, seal, *_texts = self.assertApart(done, (LEADER, SEAL, NUMBER, DATE), [{LEADER, SEAL}] if over else [])
                    # the one thing that must lie over another: the seal over the left part of the signature
                    self.assertEqual(bool(common(leader, seal)), over)

    def test_an_older_database_follows_unless_the_agency_has_changed_it(self):
        script = load_script(file_path("vanban_signing/migrations/19.0.1.0.1/post-seal-in-the-margin.py"), "post-seal-in-the-margin")
        look = self.env.ref("vanban_signing.look_seal_top_right")
        shipped = (look.picture, look.width_mm, look.height_mm, look.margin_mm, look.top_mm, look.size)
        self.assertFalse(look.picture)
        for changed in ({}, {"size": 9}):
            look.write({**script.SHIPPED, **changed})
            script.migrate(self.env.cr, "19.0.1.0.0")
            look.invalidate_recordset()
            now = (look.picture, look.width_mm, look.height_mm, look.margin_mm, look.top_mm, look.size)
            self.assertEqual(now == shipped, not changed, now)

    @proves("SIGN-15", "SIGN-16", "SIGN-17")
    def test_corners_of_every_profile(self):
        """Annex, copy, digitised paper and incoming stamps stay in the margin of a page laid out by the decree."""
        profile = self.company._vanban_profile()
        document = self.outgoing("leader").sudo()
        letter = self.drafts()[TEMPLATES[0]][1]
        for preset in PRESETS:
            profile.action_load_preset(preset)
            for case in ("annex", "scan", "copy"):
                look = document._look(case)
                if not look._is_signed():
                    continue
                with self.subTest(preset=preset, case=case):
                    appearance = document._appearance(case, self.seal_certificate, STAMP_TEXT)
                    done = sign.sign(document._prepared_corner(letter, case), SEAL, key_of("seal"), appearance=appearance)
                    if look.picture:
                        # Thanh Hóa Đ8.5c: the red seal in real size at the top right of a scan, on whatever was scanned there
                        self.assertEqual((preset, look.value), ("thanhhoa", "top_right_seal"))
                        continue
                    self.assertApart(done, (SEAL,))
            look = document._look("incoming")
            if not look._is_signed():
                continue
            with self.subTest(preset=preset, case="incoming"):
                done = letter
                for order in (0, 1):
                    place = stamp.place(done, where=look.place, width_mm=look.width_mm, height_mm=look.height_mm,
                                        margin_mm=look.margin_mm, top_mm=look.top_mm, order=order)  # fmt: skip
                    appearance = document._appearance("incoming", self.seal_certificate, STAMP_TEXT)
                    done = sign.sign(place.pdf, place.field, key_of("seal"), appearance=appearance)
                self.assertApart(done, ("xac_thuc_1", "xac_thuc_2"))
