from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.vanban_core.models.transition_mixin import STATE_TOKEN
from odoo.addons.vanban_core.tests.proves import proves

from .dossier_common import DossierCase


@tagged("post_install", "-at_install")
class TestDossierClosing(DossierCase):
    def filled(self, **values):
        dossier = self.opened(**values)
        dossier.add_documents((self.document("Một", 3) | self.document("Hai", 4) | self.document("Ba", 2)).ids)
        return dossier

    @proves("DOS-10")
    def test_totals_are_counted_by_the_system(self):
        dossier = self.filled()
        dossier.add_documents(self.document("Bốn", 1).ids)
        dossier.action_review()
        dossier.action_close({"end_date": "2020-11-20"})
        self.assertEqual((dossier.document_count, dossier.page_count), (4, 10))
        self.assertEqual((dossier.agency_code, dossier.year), ("000.00.01.H56", 2026))
        for name in ("document_count", "page_count", "agency_code", "year"):
            with self.assertRaises(AccessError):
                dossier.write({name: 1})

    @proves("DOS-11")
    def test_unfinished_work_keeps_it_open(self):
        dossier = self.opened()
        busy = self.document("Đang xử lý", state="in_progress")
        dossier.add_documents(busy.ids)
        with self.assertRaisesRegex(UserError, "Đang xử lý"):
            dossier.action_review()
        busy.sudo().with_context(vanban_state=STATE_TOKEN).write({"state": "done"})
        dossier.action_review()
        dossier.action_close({"end_date": "2020-10-01", "note": "Đã giải quyết xong"})
        self.assertEqual((dossier.state, dossier.end_date, dossier.note), ("closed", date(2020, 10, 1), "Đã giải quyết xong"))

    @proves("DOS-12")
    def test_duplicates_are_decided_in_the_closing_dialog(self):
        dossier = self.filled()
        twin = self.document("Một", 3)
        kept = self.document("Hai", 4)
        dossier.add_documents((twin | kept).ids)
        dossier.action_review()
        with self.assertRaises(UserError):
            dossier.action_close({"end_date": "2020-11-01"})
        self.assertEqual(len(dossier.get_duplicates()), 2)
        wizard = Form(self.env["vanban.dossier.close.wizard"].with_user(self.owner).with_context(
            active_model="vanban.dossier", active_id=dossier.id
        ))
        wizard.end_date = date(2020, 11, 1)
        with wizard.line_ids.edit(1) as line:
            line.decision = "keep"
            line.reason = "Bản có bút phê"
        wizard.save().action_apply()
        self.assertEqual(dossier.state, "closed")
        self.assertNotIn(twin, dossier.item_ids.document_id)
        self.assertTrue(twin.exists(), "the document stays in its register")
        self.assertIn(kept, dossier.item_ids.document_id)
        self.assertEqual(dossier.item_ids.mapped("ordinal"), [1, 2, 3, 4])
        rows = self.env["vanban.log"].search([("model", "=", "vanban.dossier"), ("res_id", "=", dossier.id)])
        self.assertTrue({"take_out", "keep_duplicate"} <= set(rows.mapped("action")))

    @proves("DOS-13", "DOS-16")
    def test_a_paper_part_needs_sheets_and_place(self):
        dossier = self.filled(medium="both")
        dossier.action_review()
        with self.assertRaises(UserError):
            dossier.action_close({"end_date": "2020-11-01"})
        with self.assertRaises(UserError):
            dossier.action_close({"end_date": "2020-11-01", "sheet_count": 12})
        dossier.action_close({"end_date": "2020-11-01", "sheet_count": 12, "paper_location": "Kho 1, giá 2, hộp 3"})
        self.assertEqual((dossier.state, dossier.sheet_count), ("closed", 12))

    @proves("DOS-13")
    def test_dates_must_be_there_and_make_sense(self):
        dossier = self.filled()
        dossier.action_review()
        for end in (False, "2019-12-31", "2999-01-01"):
            with self.assertRaises(UserError):
                dossier.action_close({"end_date": end})
        self.assertEqual(dossier.state, "review")

    @proves("DOS-14")
    def test_closed_dossier_is_fixed_until_reopened_with_a_reason(self):
        dossier = self.filled()
        dossier.action_review()
        dossier.action_close({"end_date": "2020-11-01"})
        late = self.document("Đến muộn")
        for attempt in (
            lambda: dossier.add_documents(late.ids),
            lambda: dossier.write({"title": "Đổi"}),
            lambda: dossier.item_ids[0].action_take_out("nhầm"),
            lambda: dossier.action_reopen("muốn thêm"),
        ):
            with self.assertRaises(AccessError):
                attempt()
        with self.assertRaises(UserError):
            dossier.with_user(self.leader).action_reopen("")
        dossier.with_user(self.leader).action_reopen("Bổ sung văn bản đến muộn")
        dossier.add_documents(late.ids)
        self.assertIn(late, dossier.item_ids.document_id)
        row = self.env["vanban.log"].search([("res_id", "=", dossier.id), ("action", "=", "reopen"), ("outcome", "=", "done")])
        self.assertEqual(row.comment, "Bổ sung văn bản đến muộn")

    @proves("DOS-16")
    def test_an_electronic_dossier_asks_for_no_sheets(self):
        dossier = self.filled()
        dossier.action_review()
        dossier.action_close({"end_date": "2020-11-01"})
        self.assertEqual(dossier.state, "closed")

    @proves("ARC-09")
    def test_expiry_is_counted_by_the_year(self):
        dossier = self.filled()
        dossier.action_review()
        dossier.action_close({"end_date": "2020-11-01"})
        self.assertEqual(dossier.expiry_date, date(2030, 12, 31))
        self.assertEqual(self.ten_years._expiry(date(2026, 12, 31)), date(2036, 12, 31))
        self.assertIsNone(self.env.ref("vanban_core.retention_permanent")._expiry(date(2026, 12, 31)))
