import base64
from datetime import timedelta

import pypdfium2

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..tools import vietnam_time
from .proves import proves
from .register_common import RegisterCase


@tagged("post_install", "-at_install")
class TestRegisterException(RegisterCase):
    def numbered(self, **vals):
        document = self.signed_on_paper(**vals)
        document.with_user(self.clerk).action_allocate_number()
        return document

    @proves("REG-06")
    def test_inserted_number_only_with_the_right_the_reason_and_a_trace(self):
        first, second = self.numbered(), self.numbered()
        self.assertEqual((first.code_number, second.code_number), ("01", "02"))
        today = fields.Date.to_string(vietnam_time.today())
        late = self.signed_on_paper()
        with self.assertRaises(AccessError):
            late.with_user(self.clerk).action_insert_number(1, today, "Văn bản ký ngày trước")
        keeper = late.with_user(self.keeper)
        for wrong in ((1, today, "  "), (9, today, "Chèn"), (1, "2099-01-05", "Chèn"), (1, "2020-01-05", "Chèn")):
            with self.assertRaises(UserError):
                keeper.action_insert_number(*wrong)
        self.assertEqual(late.state, "clerk_check")
        self.assertEqual(keeper.action_insert_number(1, today, "Văn bản ký ngày trước"), "01a/SNV-TC")
        entry = late.sudo().entry_ids
        self.assertEqual((entry.number, entry.suffix, entry.origin, entry.reason), (1, "a", "inserted", "Văn bản ký ngày trước"))
        row = self.logged("insert_number", outcome="done")
        self.assertEqual((row.comment, row.user_id, row.document_id), ("Văn bản ký ngày trước", self.keeper.id, late.id))
        another = self.signed_on_paper()
        self.assertEqual(another.with_user(self.keeper).action_insert_number(1, today, "Thêm"), "01b/SNV-TC")
        self.assertEqual(self.numbered().code_number, "03")
        with self.assertRaises(UserError):
            self.incoming().with_user(self.keeper).action_insert_number(1, today, "Chèn")

    @proves("REG-06", "REG-01")
    def test_number_given_up_keeps_its_line_and_is_never_used_again(self):
        document = self.incoming(register=True)
        entry = document.entry_ids
        with self.assertRaises(AccessError):
            entry.with_user(self.clerk).action_void("Vào nhầm sổ")
        with self.assertRaises(UserError):
            entry.with_user(self.keeper).action_void(" ")
        entry.with_user(self.keeper).action_void("Vào nhầm sổ")
        self.assertEqual((document.state, document.arrival_number, entry.state, entry.document_id), ("checking", 0, "void", document))
        with self.assertRaises(UserError):
            entry.with_user(self.keeper).action_void("Lần nữa")
        self.assertEqual(document.action_register(), [2])
        self.assertEqual(self.logged("void_number", outcome="done").comment, "Vào nhầm sổ")
        # while somebody works on it the number stays
        distributed = self.unit_only(document)
        with self.assertRaises(UserError):
            distributed.sudo().entry_ids.filtered(lambda line: line.state == "used").with_user(self.keeper).action_void("Nhầm")

    def test_outgoing_number_given_up_cancels_the_document_and_is_final_when_issued(self):
        document = self.numbered()
        document.sudo().entry_ids.with_user(self.keeper).action_void("Sai thẩm quyền ký")
        self.assertEqual((document.state, document.cancel_reason), ("cancelled", "Sai thẩm quyền ký"))
        issued = self.on_paper()
        issued.with_user(self.clerk).action_issue()
        with self.assertRaises(UserError):
            issued.sudo().entry_ids.with_user(self.keeper).action_void("Nhầm")

    @proves("REG-06")
    def test_nobody_changes_a_line_or_a_series_by_hand(self):
        entry = self.incoming(register=True).entry_ids
        counter = self.register_in.counter_ids[:1]
        for user in (self.clerk, self.keeper, self.leader, self.admin_user, self.env.ref("base.user_admin")):
            for vals in ({"number": 9}, {"date": "2020-01-01"}, {"state": "void", "reason": "x"}, {"document_id": False}, {"suffix": "a"}):
                with self.assertRaises(AccessError):
                    entry.with_user(user).write(vals)
            with self.assertRaises(AccessError):
                entry.with_user(user).with_context(vanban_entry=True).write({"number": 9})
            with self.assertRaises(AccessError):
                counter.with_user(user).write({"next_number": 50})
            with self.assertRaises(AccessError):
                entry.with_user(user).unlink()

    @proves("REG-01")
    def test_gap_is_explained_by_a_line_of_its_own(self):
        self.incoming(register=True)
        year = vietnam_time.today().year
        # numbers that another system gave before the take-over
        self.env.cr.execute("UPDATE vanban_register_counter SET next_number = 4 WHERE register_id = %s AND year = %s", [self.register_in.id, year])
        self.env.invalidate_all()
        self.incoming(register=True)
        register = self.register_in.with_user(self.keeper)
        self.assertEqual(register._missing_numbers(year, 1, 4), [2, 3])
        with self.assertRaises(AccessError):
            self.register_in.with_user(self.clerk).action_explain_gap(year, 2, "Thuộc phần mềm cũ")
        for wrong in (1, 4, 5, 0):
            with self.assertRaises(UserError):
                register.action_explain_gap(year, wrong, "Thuộc phần mềm cũ")
        for number in (2, 3):
            register.action_explain_gap(year, number, "Thuộc phần mềm cũ")
        self.assertEqual(register._missing_numbers(year, 1, 4), [])

    # ------------------------------------------------- sheet of emergency numbers

    def sheet(self, register, count=3):
        return self.env["vanban.register.sheet"].browse(
            register.with_user(self.keeper).action_reserve_sheet(count, "Bảo trì hệ thống"))

    @proves("REG-06")
    def test_sheet_of_emergency_numbers_is_entered_in_sequence_with_real_times(self):
        with freeze_time("2026-05-04 01:00:00"):
            self.incoming(register=True)
            with self.assertRaises(AccessError):
                self.register_in.with_user(self.clerk).action_reserve_sheet(3, "Mất điện")
            for wrong in (0, 51, "3"):
                with self.assertRaises(UserError):
                    self.register_in.with_user(self.keeper).action_reserve_sheet(wrong, "Mất điện")
            sheet = self.sheet(self.register_in)
            self.assertEqual((sheet.number_from, sheet.number_to, sheet.open_count, sheet.state), (2, 4, 3, "open"))
            with self.assertRaises(UserError):
                self.sheet(self.register_in)
            pdf = pypdfium2.PdfDocument(base64.b64decode(sheet.with_user(self.clerk).get_pdf()))
            text = " ".join(pdf[0].get_textpage().get_text_bounded().split())
            pdf.close()
            for words in ("PHIẾU SỐ DỰ PHÒNG 1/2026", "từ số 02 đến số 04", "Giờ, ngày đến", "Người ghi", "Ghi chú"):
                self.assertIn(words, text)
            # the series goes on behind the sheet
            self.assertEqual(self.incoming().action_register(), [5])
        with freeze_time("2026-05-05 08:00:00"):
            first, second = sheet.entry_ids.sorted("number")[:2]
            document, later = self.incoming(), self.incoming()
            with self.assertRaises(UserError):  # not in sequence
                later.action_take_sheet_number(second.id, "2026-05-05 02:00:00")
            with self.assertRaises(UserError):  # in the future
                document.action_take_sheet_number(first.id, "2026-05-05 09:00:00")
            with self.assertRaises(UserError):  # before the sheet was printed
                document.action_take_sheet_number(first.id, "2026-05-03 02:00:00")
            self.assertEqual(document.action_take_sheet_number(first.id, "2026-05-05 02:00:00", "Mất điện"), "02")
            self.assertEqual((document.arrival_number, document.state, str(document.arrival_date)), (2, "registered", "2026-05-05 02:00:00"))
            self.assertEqual((str(first.date), str(first.real_time), str(first.entered_date)),
                             ("2026-05-05", "2026-05-05 02:00:00", "2026-05-05 08:00:00"))
            with self.assertRaises(UserError):  # earlier than the number before it
                later.action_take_sheet_number(second.id, "2026-05-05 01:59:00")
            second.with_user(self.clerk).action_void("Viết hỏng")
            with self.assertRaises(UserError):
                self.register_in.with_user(self.clerk).action_close("2026-05-05")
            with self.assertRaises(AccessError):
                sheet.with_user(self.specialist).action_settle("Không dùng")
            sheet.with_user(self.clerk).action_settle("Hệ thống đã hoạt động lại")
            self.assertEqual(sheet.state, "settled")
            self.assertEqual(sheet.entry_ids.sorted("number").mapped("state"), ["used", "void", "void"])
            self.assertFalse(self.register_in._missing_numbers(2026, 1, 5))
            self.assertTrue(self.register_in.with_user(self.clerk).action_close("2026-05-05"))

    def test_outgoing_number_written_by_hand(self):
        document = self.signed_on_paper()
        sheet = self.sheet(self.register_out, 1)
        moment = fields.Datetime.now() + timedelta(seconds=1)
        with freeze_time(moment + timedelta(hours=1)):
            entry = sheet.entry_ids
            self.assertEqual(document.with_user(self.clerk).action_take_sheet_number(entry.id, fields.Datetime.to_string(moment)), "01")
            self.assertEqual((document.state, document.code), ("numbered", "01/SNV-TC"))
            with self.assertRaises(AccessError):
                sheet.with_user(self.keeper).write({"number_to": 9})

    def test_sheet_through_its_window(self):
        sheet = self.sheet(self.register_in, 2)
        document = self.incoming()
        with freeze_time(fields.Datetime.now() + timedelta(hours=1)):
            wizard = self.env["vanban.number.wizard"].with_user(self.clerk).with_context(
                active_model="vanban.document", active_id=document.id, default_step="sheet").create({})
            self.assertEqual((wizard.sheet_id, wizard.entry_id), (sheet, sheet.entry_ids.sorted("number")[0]))
            wizard.moment = fields.Datetime.now() - timedelta(minutes=5)
            wizard.action_apply()
        self.assertEqual(document.arrival_number, 1)
