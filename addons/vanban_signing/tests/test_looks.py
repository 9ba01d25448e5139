import dataclasses
import datetime
import io
import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pikepdf
import pypdfium2
from PIL import ImageChops

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.models.profile import PRESETS
from odoo.addons.vanban_core.tests.common import make_pdf
from odoo.addons.vanban_core.tests.proves import proves

from ..pades import prepare, sign, stamp
from ..pades.layout import MM
from .common import AGENCY, SigningCase, b64, draft_pdf, key_of, text_of

SCALE = 4
STAMP_TEXT = {"organisation": AGENCY, "number": 9797, "date": datetime.date(2018, 5, 16)}
ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00")
# (where, picture shown, text that must be read) for every profile and case, from rules.md 1.7 and P-03 … P-08
SEAL_TEXT = (AGENCY, ISO)
EXPECTED = {
    "bhxh": {"seal": ("over", True, SEAL_TEXT), "annex": ("left", False, (AGENCY, ISO)), "scan": ("left", False, ("Số đến: 9797", "16/05/2018")),
             "copy": ("left", False, ("Sao y", AGENCY, ISO)), "incoming": ("left", False, (AGENCY, "Số đến: 9797", "Ngày đến: 16/05/2018"))},
    "thanhhoa": {"seal": ("over", True, SEAL_TEXT), "annex": ("right", False, (AGENCY, ISO)), "scan": ("right", True, (AGENCY, ISO)),
                 "copy": ("right", True, ("Sao y", AGENCY, ISO)), "incoming": None},
    "hcm": {"seal": ("right", False, SEAL_TEXT), "annex": ("right", False, (AGENCY, ISO)), "scan": ("right", False, (AGENCY, ISO)),
            "copy": ("right", False, ("Sao y", AGENCY, ISO)), "incoming": None},
    "binhdinh": {"seal": ("over", True, SEAL_TEXT), "annex": ("right", False, (AGENCY, ISO)), "scan": None,
                 "copy": ("right", False, ("Sao y", AGENCY, ISO)), "incoming": None},
    "bacgiang": {"seal": ("over", True, ()), "annex": ("right", False, (ISO,)), "scan": ("right", False, ("Sao y", AGENCY, ISO)),
                 "copy": ("right", False, ("Sao y", AGENCY, ISO)), "incoming": None},
}  # fmt: skip


@tagged("post_install", "-at_install")
class TestLooks(SigningCase):
    def page(self, raw):
        document = pypdfium2.PdfDocument(raw)
        document.init_forms()
        return document[0].render(scale=SCALE, may_draw_forms=True).to_pil().convert("RGB")

    def shown(self, before, after):
        """(left, top, right, bottom) in mm from the upper left corner of what was added, and its red part."""
        difference = ImageChops.difference(before, after).convert("L").point(lambda value: 255 if value > 50 else 0)
        red, green, _blue = after.split()
        red = ImageChops.multiply(
            difference, ImageChops.subtract(red, green).point(lambda value: 255 if value > 110 else 0)
        )
        return tuple(box and [value / SCALE / MM for value in box] for box in (difference.getbbox(), red.getbbox()))

    def signed(self, document, case, blank):
        """The blank page signed for that case, with the real key: (bytes before, bytes after)."""
        key, certificate = key_of("leader" if case == "leader" else "seal"), self.seal_certificate
        look = document._appearance(case, self.leader_certificate if case == "leader" else certificate, STAMP_TEXT)
        if case in ("leader", "seal"):
            before = prepare.prepare(blank, dataclasses.replace(document._placement(blank), stamps=()))
            field = "lanh_dao" if case == "leader" else "co_quan"
        elif case == "incoming":
            row = document._look("incoming")
            before = blank
            place = stamp.place(
                blank,
                where=row.place,
                width_mm=row.width_mm,
                height_mm=row.height_mm,
                margin_mm=row.margin_mm,
                top_mm=row.top_mm,
            )
            return before, sign.sign(place.pdf, place.field, key, appearance=look)
        else:
            before, field = document._prepared_corner(blank, case), "co_quan"
        return before, sign.sign(before, field, key, appearance=look)

    @proves("SIGN-10", "SIGN-13", "SIGN-14", "SIGN-16", "SIGN-17", "SIGN-33")
    def test_every_profile_and_case_on_the_rendered_page(self):
        profile = self.company._vanban_profile()
        document = self.outgoing("leader").sudo()
        blank, plain = draft_pdf(), make_pdf(" ")
        for preset in PRESETS:
            profile.action_load_preset(preset)
            for case, expected in EXPECTED[preset].items():
                with self.subTest(preset=preset, case=case):
                    if expected is None:
                        self.assertFalse(document._look(case)._is_signed())
                        continue
                    where, picture, words = expected
                    before, after = self.signed(document, case, blank if case == "seal" else plain)
                    box, red = self.shown(self.page(before), self.page(after))
                    text = text_of(after)
                    for word in words:
                        self.assertTrue(word.search(text) if hasattr(word, "search") else word in text, (word, text))
                    self.assertEqual(bool(red), picture)
                    if picture:
                        self.assertAlmostEqual(red[2] - red[0], 36, delta=1)
                        self.assertAlmostEqual(red[3] - red[1], 36, delta=1)
                    if where == "left":
                        self.assertAlmostEqual(box[0], 10, delta=1)
                    if where == "right" and picture:
                        self.assertAlmostEqual(box[2], 210 - 5, delta=1)
                    if where in ("left", "right"):
                        self.assertLess(box[1], 10)
                        # text alone stays above the heading of the letter, which begins at 20 mm
                        self.assertLess(box[3], 41 if picture else 20)
                        self.assertTrue(box[2] < 105 if where == "left" else box[0] > 105)
            if preset != "hcm":
                before, after = self.signed(document, "leader", blank)
                box, _red = self.shown(self.page(before), self.page(after))
                middle = (box[0] + box[2]) / 2
                self.assertAlmostEqual(middle, 420 / MM, delta=2)
                self.assertTrue((842 - 400) / MM < box[1] and box[3] < (842 - 290) / MM)

    @proves("SIGN-27", "SIGN-33")
    def test_other_programs_agree_for_every_profile_and_case(self):
        """pyHanko's own validator, poppler and MuPDF, none of which knows our rules."""
        profile = self.company._vanban_profile()
        document = self.outgoing("leader").sudo()
        blank, plain = draft_pdf(), make_pdf(" ")
        path = Path(self.enterContext(TemporaryDirectory())) / "signed.pdf"
        root = str(self.authority.certificate)
        commands = {
            "pyhanko": (("pyhanko", "sign", "validate", "--pretty-print", "--trust", root, str(path)), "judged VALID"),
            "pdfsig": (("pdfsig", str(path)), "Signature is Valid"),
            # the fictional root is not among the certificates that MuPDF trusts; it judges the bytes
            "mutool": (("mutool", "sign", "-v", str(path)), "The document is unchanged since"),
        }
        for preset in PRESETS:
            profile.action_load_preset(preset)
            for case in ("leader", *EXPECTED[preset]):
                if not document._look(case)._is_signed():
                    continue
                _before, after = self.signed(document, case, blank if case in ("leader", "seal") else plain)
                path.write_bytes(after)
                for name, (command, words) in commands.items():
                    with self.subTest(preset=preset, case=case, program=name):
                        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
                        shown = done.stdout + done.stderr
                        self.assertEqual(shown.count(words), 1, shown)
                        self.assertNotIn("INVALID", shown)

    @proves("SIGN-11", "SIGN-13")
    def test_text_below_the_seal_leaves_the_third(self):
        profile = self.company._vanban_profile()
        profile.action_load_preset("thanhhoa")
        profile.out_link_required = "none"
        document = self.outgoing("sealed")
        with pikepdf.open(io.BytesIO(document.main_file_id._raw())) as pdf:
            boxes = {str(field.T): [float(value) for value in field.Rect] for field in pdf.Root.AcroForm.Fields}
        leader, seal = boxes["lanh_dao"], boxes["co_quan"]
        self.assertTrue(0.30 <= (seal[2] - leader[0]) / (leader[2] - leader[0]) <= 0.37)
        self.assertRegex(text_of(document.main_file_id._raw()), ISO)
        self.assertNotIn("den_1", boxes)

    @proves("SIGN-33")
    def test_nobody_moves_the_seal(self):
        document = self.outgoing("numbered")
        for arguments in ({"box": [0, 0, 100, 100]}, {"x": 1, "y": 2}):
            with self.assertRaises(TypeError):
                document.action_seal(**arguments)
        expected = document._placement(draft_pdf()).seal.rect
        document.with_context(seal_box=[0, 0, 9, 9], default_place="top_left", box=(0, 0, 9, 9)).action_seal()
        with pikepdf.open(io.BytesIO(document.main_file_id._raw())) as pdf:
            seal = next(field for field in pdf.Root.AcroForm.Fields if str(field.T) == "co_quan")
            self.assertEqual([round(float(value), 1) for value in seal.Rect], [round(value, 1) for value in expected])
        look = self.env.ref("vanban_signing.look_seal_third")
        for user in (self.clerk, self.leader, self.specialist):
            with self.assertRaises(AccessError):
                look.with_user(user).write({"place": "top_left"})
        with self.assertRaises(UserError):
            look.with_user(self.manager).write({"lines": "{nobody}"})

    def test_a_long_name_is_wrapped_and_a_too_long_one_refused(self):
        document = self.outgoing("leader").sudo()
        look = self.env.ref("vanban_signing.look_annex_top_right")
        look.lines = "Ủy ban nhân dân xã vùng sâu vùng xa có tên gọi rất dài của tỉnh Mẫu miền Trung\n{time}"
        self.company._vanban_profile().parameter_ids.filtered(lambda row: row.key == "annex_sign").value = "top_right"
        before, after = self.signed(document, "annex", make_pdf(" "))
        box, _red = self.shown(self.page(before), self.page(after))
        self.assertLess(box[2], 201)
        self.assertLess(box[3], 20)
        look.lines = "dài " * 300
        with self.assertRaises(ValueError):
            self.signed(document, "annex", make_pdf(" "))


@tagged("post_install", "-at_install")
class TestIncomingSignature(SigningCase):
    def received(self, raw, stage="received"):
        document = self.env["vanban.document"].with_user(self.clerk).create({
            "direction": "in", "company_id": self.company.id, "kind_id": self.kind.id, "subject": "Về việc thử", "issuer_id": self.issuer.id,
            "code_number": "7", "code_notation": "STC-VP", "issue_date": "2026-01-05", "medium": "paper" if stage == "scan" else "electronic",
        })  # fmt: skip
        document.upload_file("den.pdf", b64(raw), stage=stage)
        return document

    def preset(self, name):
        profile = self.company._vanban_profile()
        profile.action_load_preset(name)
        profile.out_link_required = "none"

    @proves("IN-22", "SIGN-15")
    def test_bhxh_signs_on_registration_and_the_sender_stays_valid(self):
        self.preset("bhxh")
        # another agency of the same system: its file keeps places for the receivers' stamps
        sent = self.outgoing("sealed").main_file_id._raw()
        document = self.received(sent)
        document.action_register()
        self.env.invalidate_all()
        self.assertEqual(
            (document.state, document.authentication, document.authentication_problem), ("registered", "agency", False)
        )
        file = document.main_file_id
        raw = file._raw()
        self.assertTrue(raw.startswith(sent) and len(raw) > len(sent))
        received = file.source_id
        self.assertEqual((received._raw(), received.stage, received.is_original), (sent, "received", True))
        report = file._report()
        self.assertEqual(
            [(one.field, one.overall) for one in report.signatures],
            [("lanh_dao", "valid"), ("co_quan", "valid"), ("den_1", "valid")],
        )
        text = text_of(raw)
        day = document.arrival_date
        self.assertIn(f"Số đến: {document.arrival_number:02d}", text)
        self.assertIn("Ngày đến: " + (day + datetime.timedelta(hours=7)).strftime("%d/%m/%Y"), text)
        self.assertTrue(document._has_valid_agency_signature())
        with pikepdf.open(io.BytesIO(raw)) as pdf:
            self.assertNotIn("/V", next(field for field in pdf.Root.AcroForm.Fields if str(field.T) == "den_2"))
        with self.assertRaisesRegex(UserError, "already carries"):
            document.action_authenticate()

    @proves("DOC-18")
    def test_our_own_stamp_makes_no_equal_of_paper(self):
        self.preset("bhxh")
        document = self.received(make_pdf("Van ban khong co chu ky"))
        document.action_register()
        self.env.invalidate_all()
        self.assertEqual((document.authentication, document.legal_value), ("agency", "reference"))

    @proves("IN-52")
    def test_agency_and_unit_stamp_stand_side_by_side(self):
        self.preset("bhxh")
        unit_clerk = self._make_user("unit_clerk", "vanban_core.group_unit_clerk")
        certificate = self.env["vanban.certificate"].with_user(self.manager).create({
            "role": "agency", "company_id": self.company.id, "department_id": self.department.id,
            "content": b64(self.store.token("seal-other").certificate.read_bytes()),
        })  # fmt: skip
        token = (
            self.env["vanban.token"]
            .with_user(self.manager)
            .create({"name": "Thiết bị của phòng", "company_id": self.company.id, "certificate_id": certificate.id})
        )
        token.with_user(self.leader).action_assign(unit_clerk.id, "QĐ 05", "qd.pdf", b64(b"%PDF-1.4 qd"))
        token.with_user(unit_clerk).action_receive()
        document = self.received(make_pdf("Van ban den"))
        document.action_register()
        self.env.invalidate_all()
        self.env["hr.employee"].create({
            "name": unit_clerk.name, "user_id": unit_clerk.id, "company_id": self.company.id, "department_id": self.department.id,
        })  # fmt: skip
        self.env["vanban.register"].create({
            "name": "Sổ đến của phòng", "code": "DEN-P", "direction": "in", "company_id": self.company.id, "department_id": self.department.id,
        })  # fmt: skip
        document.sudo()._grant(users=unit_clerk, source="assignment")
        held = document.with_user(unit_clerk)
        with self.assertRaises(UserError):
            held.action_authenticate()
        held.action_register_in_unit()
        self.env.invalidate_all()
        held.action_authenticate()
        self.assertEqual(held.authentication, "both")
        raw = held.main_file_id._raw()
        report = held.main_file_id._report()
        self.assertEqual([one.overall for one in report.signatures], ["valid", "valid"])
        with pikepdf.open(io.BytesIO(raw)) as pdf:
            first, second = ([float(value) for value in field.Rect] for field in pdf.Root.AcroForm.Fields)
        self.assertTrue(first[2] < second[0] and abs(first[1] - second[1]) < 1)
        text = text_of(raw)
        self.assertIn(self.department.name, text)
        self.assertEqual(text.count("Số đến: "), 2)

    def test_only_the_custodian_signs_an_incoming_document(self):
        self.preset("bhxh")
        self.company.vanban_seal_provider = "agent"
        document = self.received(make_pdf("Van ban khong ky"))
        with self.assertRaises(UserError):
            document.action_authenticate()
        document.action_register()
        self.env.invalidate_all()
        self.assertEqual(document.authentication, "waiting")
        for user in (self.clerk2, self.chief, self.env.ref("base.user_admin")):
            with self.assertRaises(AccessError):
                document.with_user(user).action_authenticate()
        prepared = document.action_authenticate_prepare()
        key = key_of("seal")
        import base64

        row = prepared["batch"][0]
        answers = document.action_sign_complete_batch(
            [{"id": row["id"], "signature_b64": b64(key.sign(base64.b64decode(row["attrs_b64"])))}],
            b64(key.certificate),
            "SN1",
        )
        self.assertTrue(answers[0]["ok"], answers)
        self.assertEqual(document.authentication, "agency")

    @proves("SIGN-16", "IN-21")
    def test_a_scan_is_complete_with_the_signature_of_the_agency(self):
        self.preset("thanhhoa")
        document = self.received(make_pdf("Ban quet"), "scan")
        document.action_register()
        self.env.invalidate_all()
        self.assertEqual(
            (document.authentication, document.is_digitised, document._has_valid_agency_signature()),
            ("waiting", True, False),
        )
        with self.assertRaises(UserError), self.env.cr.savepoint():
            document.action_submit("Kính trình", leader_id=self.leader.id)
        document.action_authenticate()
        self.assertEqual(document.authentication, "agency")
        self.assertTrue(document._has_valid_agency_signature())
        labels = dict(document._fields["digitised"]._description_selection(self.env(context={"lang": "vi_VN"})))
        self.assertEqual(labels[document.digitised], "Số hóa – đã xác thực")
        document.action_submit("Kính trình", leader_id=self.leader.id)
        self.assertEqual(document.state, "submitted")
        self.assertRegex(text_of(document.main_file_id._raw()), ISO)
        self.assertEqual(document.main_file_id.source_id.stage, "scan")

    def test_a_file_its_sender_locked_is_left_alone(self):
        sent = self.outgoing("sealed").main_file_id._raw()
        self.preset("bhxh")
        document = self.received(sent)
        document.action_register()
        self.env.invalidate_all()
        self.assertTrue(document.arrival_number)
        self.assertIn("khóa", document.authentication_problem)
        self.assertEqual((document.main_file_id._raw(), document.authentication), (sent, "waiting"))

    def test_a_look_kept_in_memory_follows_each_change(self):
        self.preset("bhxh")
        profile, looks = self.company.vanban_profile_id, self.env["vanban.signature.look"]
        common = looks._of(profile, "seal")
        self.assertTrue(common)
        own = common.copy({"profile_id": profile.id, "name": "Riêng của cơ quan"})
        self.assertEqual(looks._of(profile, "seal"), own)
        own.active = False
        self.assertEqual(looks._of(profile, "seal"), common)
        own.active = True
        self.assertEqual(looks._of(profile, "seal"), own)

    def test_other_profiles_only_verify(self):
        document = self.received(self.outgoing("sealed").main_file_id._raw())
        document.action_register()
        self.env.invalidate_all()
        self.assertEqual((document.authentication, document.main_file_id.stage), ("none", "received"))
        with self.assertRaises(UserError):
            document.action_authenticate()
