import base64
import io

import openpyxl

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.vanban_core.tests.proves import proves
from odoo.addons.vanban_core.tools import vietnam_time

from ..wire.axis import Agency


@tagged("post_install", "-at_install")
class TestDirectory(TransactionCase):
    """Bulk import of agencies with codes in both forms, and the search among them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.directory = cls.env["vanban.directory"]
        cls.transport = cls.env["vanban.transport"].create({
            "name": "Trục", "driver": "rest", "url": "https://truc.example.vn", "system_id": "a"})

    def load(self, *lines):
        return self.directory._import(lines, self.transport)

    def agency(self, code):
        return self.env["res.partner"]._vanban_by_code(code)

    def test_new_changed_ended(self):
        result = self.load(Agency("H70.01", "Sở Nội vụ tỉnh Thử", "000.00.01.H70"), Agency("H70.02", "Sở Y tế tỉnh Thử"))
        self.assertEqual((result["new"], result["changed"], result["remarks"]), (2, 0, []))
        agency = self.agency("H70.01")
        self.assertEqual(agency, self.agency("000.00.01.H70"))
        self.assertEqual(agency.vanban_code, "H70.01")
        result = self.load(Agency("H70.01", "Sở Nội vụ và Lao động tỉnh Thử", "000.00.01.H70"))
        self.assertEqual((result["new"], result["changed"], result["ended"]), (0, 1, 1))
        self.assertEqual(agency.name, "Sở Nội vụ và Lao động tỉnh Thử")
        # the agency that is no longer listed stays, but is not reached through the axis
        self.assertTrue(self.agency("H70.02").exists())
        self.assertFalse(self.agency("H70.02").vanban_transport_ids)
        self.assertEqual(agency.vanban_transport_ids, self.transport)
        result = self.load(Agency("H70.01", "Sở Nội vụ và Lao động tỉnh Thử"), Agency("H70.01.A", "Đơn vị", deleted=True))
        self.assertEqual(result["ended"], 0)
        self.load(Agency("H70.02", "Sở Y tế tỉnh Thử", deleted=True), Agency("H70.01", "Sở Nội vụ và Lao động tỉnh Thử"))
        self.assertFalse(self.agency("H70.02"))
        self.assertTrue(self.env["vanban.agency.code"].search([("code", "=", "H70.02")]).date_to < vietnam_time.today())

    @proves("LT-03")
    def test_a_changed_code_ends_the_old_one(self):
        self.load(Agency("H70.01", "Sở Nội vụ tỉnh Thử", "000.00.01.H70"))
        self.load(Agency("H70.09", "Sở Nội vụ tỉnh Thử", "000.00.01.H70"))
        agency = self.agency("H70.09")
        self.assertEqual((agency.vanban_code, agency), ("H70.09", self.agency("000.00.01.H70")))
        old = agency.vanban_code_ids.filtered(lambda row: row.code == "H70.01")
        self.assertLess(old.date_to, vietnam_time.today())
        self.assertFalse(self.agency("H70.01"))

    def test_odd_lines_are_remarked_not_refused(self):
        result = self.load(
            Agency("H71.01", "Cơ quan một"), Agency("H71.01", "Cơ quan một, lần hai"), Agency("mã sai!", "Cơ quan hai"),
            Agency("VXP.SAAS.03", "Cơ quan ba"), Agency("H71.04", "Cơ quan bốn"))
        self.assertEqual((result["new"], len(result["remarks"])), (3, 2))
        self.assertTrue(self.agency("VXP.SAAS.03"))
        # two codes of one line that belong to two agencies: nobody is merged by a machine
        result = self.load(Agency("H71.01", "Cơ quan một", "H71.04"))
        self.assertEqual(len(result["remarks"]), 1)
        self.assertEqual(self.agency("H71.04").name, "Cơ quan bốn")

    def test_search_without_accents(self):
        self.load(Agency("H72.01", "Sở Đường sắt tỉnh Thử", "000.00.01.H72"), Agency("H72.02", "Ban Đường bộ tỉnh Thử"))
        partners = self.env["res.partner"].with_context(vanban_directory=True)

        def names(text):
            return [name for _id, name in partners.name_search(text)]

        self.assertEqual(names("duong sat"), ["Sở Đường sắt tỉnh Thử"])
        self.assertEqual(names("SẮT đường"), ["Sở Đường sắt tỉnh Thử"])
        self.assertEqual(names("h72.02"), ["Ban Đường bộ tỉnh Thử"])
        self.assertEqual(names("000.00.01.h72"), ["Sở Đường sắt tỉnh Thử"])
        self.assertEqual(names("100%_"), [])
        self.assertEqual(len(names("duong tinh thu")), 2)

    def test_from_a_file(self):
        book = openpyxl.Workbook()
        book.active.append(("Ma", "Ten", "Ma_QCVN102"))
        book.active.append(("H74.01", "Sở Nội vụ tỉnh Ví Dụ", "000.00.01.H74"))
        book.active.append((None, None, None))
        book.active.append(("H74.02", "Sở Y tế", None))
        stream = io.BytesIO()
        book.save(stream)
        admin = new_test_user(self.env, "directory_admin", "base.group_user,vanban_core.group_admin")
        clerk = new_test_user(self.env, "directory_clerk", "base.group_user,vanban_core.group_clerk")
        table = "ma,ten\nH74.03,Sở Đường sắt\n".encode("utf-8-sig")
        for raw, code in ((stream.getvalue(), "H74.02"), (table, "H74.03")):
            wizard = self.env["vanban.directory.import"].with_user(admin).create({"content": base64.b64encode(raw)})
            wizard.action_import()
            self.assertTrue(self.agency(code))
            self.assertTrue(wizard.report)
        for raw in (b"PK\x03\x04 broken", b"\xff\xfe\x00", b"a,b\n1,2\n"):
            wizard = self.env["vanban.directory.import"].with_user(admin).create({"content": base64.b64encode(raw)})
            with self.assertRaises(UserError):
                wizard.action_import()
        with self.assertRaises(AccessError):
            self.env["vanban.directory.import"].with_user(clerk).create({"content": base64.b64encode(table)})

    @proves("LT-03")
    def test_code_that_moved_between_own_agencies(self):
        """Packets go to who has the code now, not to who had it first."""
        today = vietnam_time.today()
        yesterday = fields.Date.subtract(today, days=1)
        before, after = self.env["res.company"].create([{"name": "Chi cục trước"}, {"name": "Chi cục sau"}])
        before.partner_id.vanban_code_ids = [(0, 0, {"code": "H96.55", "date_to": yesterday})]
        find = self.env["res.company"]._vanban_by_code
        self.assertEqual(find("h96.55"), before, "an old code still leads to its agency")
        after.partner_id.vanban_code_ids = [(0, 0, {"code": "H96.55", "date_from": today})]
        self.assertEqual(find("H96.55"), after)

    def test_merged(self):
        self.load(Agency("H73.01", "Sở A"), Agency("H73.02", "Sở B"), Agency("H73.03", "Sở C"))
        first, second, third = (self.agency(f"H73.0{n}") for n in (1, 2, 3))
        first.vanban_merged_into_id = second
        second.vanban_merged_into_id = third
        self.assertEqual(first._vanban_successor(), third)
        self.assertEqual((third._vanban_lineage(), first._vanban_lineage()), (first | second | third, first))
        with self.assertRaises(ValidationError):
            third.vanban_merged_into_id = first
