from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..tools import vietnam_time
from .common import VanbanCase


@tagged("post_install", "-at_install")
class TestAgency(VanbanCase):
    def partner(self, name, *codes):
        return self.env["res.partner"].create({
            "name": name, "is_company": True, "vanban_code_ids": [(0, 0, {"code": code}) for code in codes],
        })

    def test_both_forms_side_by_side(self):
        partner = self.partner("Sở Y tế tỉnh Mẫu", "000.00.07.H99", "h99.07")
        self.assertEqual(partner.vanban_code, "H99.07")
        find = self.env["res.partner"]._vanban_by_code
        self.assertEqual(find("H99.07"), partner)
        self.assertEqual(find(" 000.00.07.h99 "), partner)
        self.assertFalse(find("H99.99"))
        self.assertFalse(find("không phải mã"))
        old, new = partner.vanban_code_ids.sorted("form")
        self.assertEqual((new.form, old.form), ("qd20", "qcvn102"))
        self.assertEqual(old.suggestion, "H99.07")
        self.assertTrue(old.warning)

    def test_code_in_force_belongs_to_one_agency(self):
        first = self.partner("Sở A", "H99.21")
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.partner("Sở B", "H99.21")
        # after a merger the code may pass on, from the day after it ended
        today = vietnam_time.today()
        first.vanban_code_ids.date_to = fields.Date.subtract(today, days=1)
        second = self.partner("Sở B")
        self.env["vanban.agency.code"].create({"partner_id": second.id, "code": "H99.21", "date_from": today})
        find = self.env["res.partner"]._vanban_by_code
        self.assertEqual(find("H99.21"), second)
        self.assertEqual(find("H99.21", fields.Date.subtract(today, days=10)), first)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            first.vanban_code_ids.date_to = today

    def test_a_new_code_ends_the_old_one_of_its_form(self):
        partner = self.partner("Sở C", "H99.31", "000.00.31.H99")
        partner.vanban_code = "H99.32"
        self.assertEqual(partner.vanban_code, "H99.32")
        old = partner.vanban_code_ids.filtered(lambda row: row.code == "H99.31")
        self.assertTrue(old.date_to)
        self.assertFalse(partner.vanban_code_ids.filtered(lambda row: row.form == "qcvn102").date_to)
        # a slip of the same day is put right without leaving history
        partner.vanban_code = "H99.33"
        self.assertEqual(sorted(partner.vanban_code_ids.mapped("code")), ["000.00.31.H99", "H99.31", "H99.33"])
        self.assertEqual(self.env["res.partner"].search([("vanban_code", "=", "H99.33")]), partner)
        self.assertFalse(self.env["res.partner"].search([("vanban_code", "=", "H99.31")]))
        partner.vanban_code = False
        self.assertFalse(partner.vanban_code)

    def test_bad_codes_are_refused_in_words(self):
        for code in ("", "H99/01", "H99..1", "H99." + "1" * 40, "Đ99.01"):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.partner("Sở D", code)

    def test_own_agency(self):
        self.assertTrue(self.company.vanban_code)
        self.assertEqual(self.env["res.partner"]._vanban_by_code(self.company.vanban_code), self.company.partner_id)
