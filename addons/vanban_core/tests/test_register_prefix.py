import base64
from datetime import timedelta

import pypdfium2

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .proves import proves
from .register_common import RegisterCase


@tagged("post_install", "-at_install")
class TestRegisterPrefix(RegisterCase):
    """Emergency numbers from a prefixed series of their own, as an option of the register."""

    def sheet(self, register, count=3):
        return self.env["vanban.register.sheet"].browse(register.with_user(self.keeper).action_reserve_sheet(count, "Mất điện"))

    @proves("REG-06")
    def test_sheet_with_a_prefix_leaves_the_ordinary_series_alone(self):
        self.register_in.sheet_prefix = "KC"
        book = self.register_in.sheet_book_ids
        self.assertEqual((book.number_prefix, book.direction, book.code), ("KC", "in", "DEN-KC"))
        with freeze_time("2026-05-04 01:00:00"):
            self.assertEqual(self.incoming().action_register(), [1])
            sheet = self.sheet(self.register_in)
            self.assertEqual((sheet.register_id, sheet.entry_ids.sorted("number").mapped("number_text")), (book, ["KC01", "KC02", "KC03"]))
            pdf = pypdfium2.PdfDocument(base64.b64decode(sheet.with_user(self.clerk).get_pdf()))
            text = pdf[0].get_textpage().get_text_bounded()
            pdf.close()
            self.assertIn("KC01", text)
            self.assertEqual(self.incoming().action_register(), [2], "no number is held in the ordinary series")
        with freeze_time("2026-05-05 08:00:00"):
            document = self.incoming()
            wizard = self.env["vanban.number.wizard"].with_user(self.clerk).with_context(
                active_model="vanban.document", active_id=document.id, default_step="sheet").create({})
            self.assertEqual(wizard.entry_id.number_text, "KC01")
            wizard.moment = "2026-05-05 02:00:00"
            wizard.action_apply()
            self.assertEqual((document.arrival_number, document.arrival_text, document.arrival_register_id), (1, "KC01", book))
            self.assertEqual(document._stamps()[0]["number"], "KC01")
            # the numbers of both series stay explained, each book is closed by itself
            sheet.with_user(self.clerk).action_settle("Hệ thống đã hoạt động lại")
            for register in (self.register_in, book):
                closing = self.env["vanban.register.closing"].browse(register.with_user(self.clerk).action_close("2026-05-05"))
                self.assertEqual(closing.state, "sealed")
            self.assertIn(b"KC01", base64.b64decode(closing.content))
            self.assertEqual(self.incoming().action_register(), [3])

    def test_outgoing_number_bears_the_prefix(self):
        self.register_out.sheet_prefix = "KC"
        document = self.signed_on_paper()
        entry = self.sheet(self.register_out, 1).entry_ids
        moment = fields.Datetime.now() + timedelta(seconds=1)
        with freeze_time(moment + timedelta(hours=1)):
            self.assertEqual(document.with_user(self.clerk).action_take_sheet_number(entry.id, fields.Datetime.to_string(moment)), "KC01")
        self.assertEqual((document.state, document.code), ("numbered", "KC01/SNV-TC"))

    def test_only_a_sheet_leads_into_that_series(self):
        self.register_unit.sheet_prefix = "K"
        book = self.register_unit.sheet_book_ids
        self.assertFalse(book._fits(self.kind, self.department, self.issuer, False))
        self.assertEqual(self.incoming().with_user(self.unit_clerk)._unit_register(), self.register_unit)
        for wrong in ("kc", "K1", "K/C", "TOODAI"):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.register_in.sheet_prefix = wrong
        manager = self._make_user("books", "vanban_core.group_admin")
        with self.assertRaises(UserError):
            book.with_user(manager).write({"sheet_of_id": False})
        with self.assertRaises(UserError):
            book.sheet_prefix = "X"
        with self.assertRaises(AccessError):
            self.register_in.with_user(self.specialist).write({"sheet_prefix": "KC"})
        # without a prefix the sheet takes numbers of the series itself
        self.assertEqual(self.sheet(self.register_in, 1).register_id, self.register_in)

    @proves("REG-06")
    def test_an_archived_series_is_named_and_not_opened_twice(self):
        self.register_in.sheet_prefix = "KC"
        book = self.register_in.sheet_book_ids
        book.active = False
        self.env.invalidate_all()
        # writing the prefix again finds the archived series instead of failing on its code
        self.register_in.write({"sheet_prefix": "KC"})
        self.assertEqual(self.register_in.with_context(active_test=False).sheet_book_ids, book)
        with self.assertRaises(UserError) as caught:
            self.sheet(self.register_in)
        self.assertIn(book.name, str(caught.exception))
        self.assertIn("KC", str(caught.exception))
        book.active = True
        self.assertEqual(self.sheet(self.register_in).register_id, book)
