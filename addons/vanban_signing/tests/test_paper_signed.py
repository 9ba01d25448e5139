import io
import re

import pikepdf

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.common import make_pdf
from odoo.addons.vanban_core.tests.proves import proves

from .common import AGENCY, SigningCase, b64, text_of

ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00")


@tagged("post_install", "-at_install")
class TestPaperSigned(SigningCase):
    """A document signed with ink is scanned, and the agency signs the scan before it goes out electronically."""

    def scanned(self, preset):
        profile = self.company._vanban_profile()
        profile.action_load_preset(preset)
        profile.out_link_required = "none"
        document = self.outgoing("leader").with_user(self.clerk)
        document.action_sign_on_paper("ban-quet.pdf", b64(make_pdf("Ban quet trang", pages=2)))
        document.action_clerk_check()
        document.action_allocate_number()
        if document.needs_kept_copy:
            document.action_keep_copy("Tập 1")
        return document

    @proves("OUT-19")
    def test_only_the_agency_signs_the_scan_on_its_first_page(self):
        document = self.scanned("hcm")
        with self.assertRaisesRegex(UserError, "agency"):
            document.action_issue()
        document.action_seal()
        report = document.main_file_id._report()
        # nobody is asked for a personal signature beside the ink
        self.assertEqual([(one.field, one.overall) for one in report.signatures], [("co_quan", "valid")])
        with pikepdf.open(io.BytesIO(document.main_file_id._raw())) as pdf:
            marks = [[str(mark.get("/T")) for mark in page.get("/Annots", [])] for page in pdf.pages]
        self.assertEqual(marks, [["co_quan"], []])
        self.assertTrue(document.signed_on_paper)
        arch = document.get_view(view_id=document.get_formview_id())["arch"]
        self.assertIn("Digitised copy", arch)
        document.action_issue()
        self.assertEqual(document.state, "issued")

    @proves("OUT-19")
    def test_a_certified_copy_says_so_with_agency_and_time(self):
        document = self.scanned("bacgiang")
        document.action_seal()
        text = text_of(document.main_file_id._raw())
        self.assertRegex(text.upper(), "SAO Y")
        self.assertIn(AGENCY, text)
        self.assertRegex(text, ISO)
        first, second = text.split("\f")[:2]
        self.assertIn(AGENCY, first)
        self.assertNotIn(AGENCY, second)
