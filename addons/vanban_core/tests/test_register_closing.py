import base64
import io
import json

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged

from ..models import register_closing
from ..tools import register_chain
from .proves import proves
from .register_common import RegisterCase


@tagged("post_install", "-at_install")
class TestRegisterClosing(RegisterCase):
    def close(self, date, register=None, user=None):
        register = (register or self.register_in).with_user(user or self.clerk)
        return self.env["vanban.register.closing"].browse(register.action_close(date))

    def arrive(self, moment, count=1):
        with freeze_time(moment):
            return [self.incoming(register=True) for _index in range(count)]

    @proves("REG-04", "REG-03", "REG-01")
    def test_closing_seals_the_book_and_nothing_gets_into_it(self):
        self.arrive("2026-01-12 02:00:00", 3)
        self.arrive("2026-04-02 02:00:00")
        with freeze_time("2026-04-03 02:00:00"):
            closing = self.close("2026-03-31")
        self.assertEqual((closing.state, closing.volume, closing.number_from, closing.number_to, closing.line_count), ("sealed", 1, 1, 3, 3))
        raw = base64.b64decode(closing.content)
        result = register_chain.check(io.BytesIO(raw), closing.digest)
        self.assertTrue(result.sound, result.message)
        lines = [json.loads(line[65:]) for line in raw.splitlines()]
        self.assertEqual(lines[0]["book"]["columns"][1], "Số đến")
        self.assertEqual([line["columns"][1] for line in lines[1:4]], ["01", "02", "03"])
        self.assertEqual(len(lines[1]["columns"]), 10)
        self.assertEqual((closing.print_id.number_from, closing.print_id.number_to, closing.print_id.volume), (1, 3, 1))
        row = self.logged("close_register")
        self.assertEqual((json.loads(row.data)["digest"], row.user_id), (closing.digest, self.clerk.id))
        self.assertEqual(closing.with_user(self.clerk).action_check()["params"]["type"], "success")
        # nothing in it changes any more
        entry = self.register_in.entry_ids.filtered(lambda line: line.number == 2)
        with self.assertRaises(UserError):
            entry.with_user(self.keeper).action_void("Nhầm")
        with self.assertRaises(UserError):
            self.register_in.with_user(self.keeper).action_explain_gap(2026, 2, "Trống")
        for user in (self.clerk, self.keeper, self.admin_user):
            with self.assertRaises(AccessError):
                closing.with_user(user).write({"number_to": 2})
            with self.assertRaises(AccessError):
                closing.with_user(user).unlink()
        with self.assertRaises(AccessError):
            closing.sudo().write({"digest": "0" * 64})
        # the next book begins behind it
        with freeze_time("2026-07-01 02:00:00"):
            following = self.close("2026-06-30")
        self.assertEqual((following.volume, following.number_from, following.number_to), (2, 4, 4))
        header = json.loads(base64.b64decode(following.content).splitlines()[0][65:])["book"]
        self.assertEqual(header["previous"], closing.digest)

    @proves("REG-04")
    def test_no_number_is_inserted_or_dated_back_into_a_closed_book(self):
        with freeze_time("2026-02-02 02:00:00"):
            issued = self.on_paper()
            issued.with_user(self.clerk).action_issue()
        with freeze_time("2026-04-02 02:00:00"):
            self.close("2026-03-31", self.register_out)
            late = self.signed_on_paper()
            with self.assertRaises(UserError) as caught:
                late.with_user(self.keeper).action_insert_number(1, "2026-02-02", "Ký ngày trước")
            self.assertIn("31", self.register_out._last_closing(2026).date_to.strftime("%d"))
            self.assertIn("1", str(caught.exception))
            self.assertEqual(late.state, "clerk_check")
            self.assertEqual(late.with_user(self.clerk).action_allocate_number(), ["02/SNV-TC"])
            self.assertEqual(str(late.number_date), "2026-04-02")

    def test_closing_twice_too_early_or_without_numbers_is_refused_in_words(self):
        with freeze_time("2026-04-03 02:00:00"):
            for wrong in ("2026-04-04", "2026-03-31", None, "mai"):
                with self.assertRaises(UserError):
                    self.close(wrong)
        self.arrive("2026-03-12 02:00:00")
        with freeze_time("2026-04-03 02:00:00"):
            self.close("2026-03-31")
            with self.assertRaises(UserError) as caught:
                self.close("2026-03-31")
            self.assertIn("1", str(caught.exception))
        with freeze_time("2027-01-05 02:00:00"), self.assertRaises(UserError):
            self.close("2026-12-31")

    def test_a_book_with_gaps_or_unsettled_numbers_is_not_closed(self):
        self.arrive("2026-03-12 02:00:00")
        self.env.cr.execute("UPDATE vanban_register_counter SET next_number = 3 WHERE register_id = %s", [self.register_in.id])
        self.env.invalidate_all()
        self.arrive("2026-03-13 02:00:00")
        with freeze_time("2026-04-03 02:00:00"):
            with self.assertRaises(UserError) as caught:
                self.close("2026-03-31")
            self.assertIn(": 2.", str(caught.exception))
            self.register_in.with_user(self.keeper).action_explain_gap(2026, 2, "Không cấp")
            closing = self.close("2026-03-31")
            self.assertEqual((closing.line_count, closing.void_count), (3, 1))
            document = self.signed_on_paper()
            document.with_user(self.clerk).action_allocate_number()
            with self.assertRaises(UserError):
                self.close("2026-04-03", self.register_out)
            document.sudo().entry_ids.with_user(self.keeper).action_void("Hủy dự thảo")
            self.assertTrue(self.close("2026-04-03", self.register_out))

    def test_who_may_close(self):
        self.arrive("2026-03-12 02:00:00")
        with freeze_time("2026-04-03 02:00:00"):
            for user in (self.specialist, self.leader, self.admin_user, self.unit_clerk):
                with self.assertRaises(AccessError):
                    self.close("2026-03-31", user=user)
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                call_kw(self.env(user=self.clerk.id, su=False)["vanban.register.closing"], "create", [[{
                    "register_id": self.register_in.id, "year": 2026, "volume": 1, "number_from": 1, "number_to": 9,
                    "date_from": "2026-01-01", "date_to": "2026-03-31", "user_id": self.clerk.id, "closed_date": "2026-03-31",
                }]], {})
            closing = self.close("2026-03-31")
        for user in (self.specialist, self.unit_clerk):
            with self.assertRaises(AccessError):
                closing.with_user(user).read(["content"])
        with self.assertRaises(AccessError):
            self.env["ir.attachment"].sudo().search([  # found with full rights, changed without
                ("res_model", "=", closing._name), ("res_id", "=", closing.id), ("res_field", "=", "content"),
            ]).with_user(self.env.ref("base.user_admin")).write({"datas": base64.b64encode(b"x")})

    def test_every_role_opens_a_register_and_administrators_see_no_content(self):
        self.arrive("2026-03-12 02:00:00")
        with freeze_time("2026-04-03 02:00:00"):
            closing = self.close("2026-03-31")
        for user in (self.clerk, self.unit_clerk, self.keeper, self.chief, self.admin_user, self.auditor):
            view = self.env["vanban.register"].with_user(user).get_view(self.env.ref("vanban_core.register_view_form").id)
            self.env.invalidate_all()  # each role asks in a request of its own
            arch = etree.fromstring(view["arch"])
            shown = {node.get("name") for node in arch.iter("field")} & {"name", "closing_ids", "sheet_ids", "counter_ids", "closed_to"}
            self.register_in.with_user(user).web_read({name: {"fields": {"display_name": {}}} if name.endswith("_ids") else {} for name in shown})
            self.assertEqual("closing_ids" in shown, user != self.admin_user)
        for user in (self.admin_user, self.specialist):
            with self.assertRaises(AccessError):
                closing.with_user(user).read(["content"])

    def test_changed_content_is_found_by_the_check(self):
        self.arrive("2026-03-12 02:00:00", 2)
        with freeze_time("2026-04-03 02:00:00"):
            closing = self.close("2026-03-31")
        attachment = self.env["ir.attachment"].sudo().search([
            ("res_model", "=", closing._name), ("res_id", "=", closing.id), ("res_field", "=", "content")])
        attachment.write({"raw": attachment.raw.replace(b"Mau", b"Mou").replace("Sở".encode(), "Sớ".encode())})
        self.env.invalidate_all()
        params = closing.with_user(self.auditor).action_check()["params"]
        self.assertEqual(params["type"], "danger")
        self.assertIn("đã bị sửa", params["message"])

    @proves("REG-04")
    def test_reminder_when_the_period_has_ended(self):
        self.register_in.closing_period = "quarter"
        self.arrive("2026-03-12 02:00:00")
        remind = self.env.ref("vanban_core.cron_remind_closing").method_direct_trigger
        with freeze_time("2026-03-31 02:00:00"):
            remind()
            self.assertFalse(self.register_in.activity_ids)
        with freeze_time("2026-04-01 02:00:00"):
            remind()
            remind()
            todos = self.register_in.activity_ids
            self.assertEqual(todos.user_id, self.clerk | self.keeper)
            self.assertEqual(len(todos), 2)
            self.assertEqual(todos[0].summary, f"In và đóng “{self.register_in.name}” đến ngày 31/03/2026")
            self.close("2026-03-31")
            self.assertFalse(self.register_in.activity_ids)
            remind()
            self.assertFalse(self.register_in.activity_ids)

    def test_period_ends(self):
        for period, ends in (("month", "2026-04-30"), ("quarter", "2026-03-31"), ("half", "2025-12-31"), ("year", "2025-12-31")):
            self.register_in.closing_period = period
            self.assertEqual(str(self.register_in._period_end(fields.Date.to_date("2026-05-15"))), ends, period)

    def test_unit_book_and_large_book(self):
        self.set_parameter("incoming_series", "agency_and_unit")
        with freeze_time("2026-03-12 02:00:00"):
            document = self.unit_only(self.incoming(register=True))
            document.with_user(self.unit_clerk).action_register_in_unit()
        with freeze_time("2026-04-03 02:00:00"):
            closing = self.close("2026-03-31", self.register_unit, self.unit_clerk)
            header = json.loads(base64.b64decode(closing.content).splitlines()[0][65:])["book"]
            self.assertEqual((header["unit"], closing.line_count), (self.department.name, 1))
            # a book that is too large to wait for is completed by the scheduler
            self.patch(register_closing, "INTERACTIVE", 0)
            large = self.close("2026-03-31")
            self.assertEqual(large.state, "fixed")
            with self.assertRaises(UserError):
                self.register_in.entry_ids.with_user(self.keeper).action_void("Nhầm")
            self.env["vanban.register.closing"]._cron_seal()
            self.assertEqual((large.state, large.line_count), ("sealed", 1))
