import base64
import datetime

from odoo import fields
from odoo.modules.migration import load_script
from odoo.service.model import call_kw
from odoo.tests import Form, tagged
from odoo.tools.misc import file_path
from odoo.tools.safe_eval import safe_eval

from .common import make_pdf
from .issuing_common import IssuingCase
from .proves import proves


@tagged("post_install", "-at_install")
class TestArrival(IssuingCase):
    """What becomes of an issued document at its recipients, and what the sender does about it."""

    def listed(self, user, document):
        """Rows of the list “Not arrived”."""
        return self.env["vanban.recipient"].with_user(user).search([("not_arrived", "=", True), ("document_id", "=", document.id)])

    def to_confirm(self, user, document):
        """Rows of the list “Urgent, to be confirmed”, as its menu asks."""
        domain = safe_eval(self.env.ref("vanban_core.action_recipient_confirm").domain, {"uid": user.id})
        return self.env["vanban.recipient"].with_user(user).search([*domain, ("document_id", "=", document.id)])

    def alerted(self, document):
        self.env.ref("vanban_core.cron_alert_unconfirmed").method_direct_trigger()
        return self.env["vanban.notice"].search([("document_id", "=", document.id), ("kind", "=", "alert")])

    def minutes_ago(self, minutes):
        return fields.Datetime.now() - datetime.timedelta(minutes=minutes)

    def replaced(self, document, without):
        """Issue a document that replaces ``document``; its drafter has taken ``without`` out of the list."""
        draft = self.env["vanban.document"].browse(self.rpc(self.specialist, "vanban.document", "action_replace", [document.id]))
        draft = draft.with_user(self.specialist)
        draft.recipient_ids.filtered(lambda row: row.partner_id == without).unlink()
        draft.upload_file("thay-the.pdf", base64.b64encode(make_pdf("Thay the")).decode())
        draft.action_submit_review("Kính trình")
        draft.with_user(self.unit_head).action_review_approve("Đồng ý")
        draft.with_user(self.format_checker).action_review_approve("Đúng thể thức")
        self.through_paper(draft)
        self.issue(draft)
        return draft.sudo()

    # ---------------------------------------------------- returned, replaced

    @proves("OUT-35", "IN-10")
    def test_a_document_returned_after_its_acceptance_is_followed_up_until_it_is_replaced(self):
        other = self.env["res.partner"].create({"name": "Sở không được thay thế", "is_company": True})
        document = self.on_paper(urgency="1", recipient_ids=[
            fields.Command.create({"partner_id": partner.id}) for partner in (self.issuer, other)
        ])
        self.issue(document)
        rows = document.recipient_ids
        self.rpc(self.clerk, "vanban.recipient", "action_hand_over", rows.ids)
        self.assertEqual((document.state, self.listed(self.clerk, document).ids), ("delivered", []))
        rows._progress("rejected", "Sai thẩm quyền")
        found = self.listed(self.clerk, document)
        self.assertEqual((sorted(found.ids), set(found.mapped("not_arrived_cause"))), (sorted(rows.ids), {"Sai thẩm quyền"}))
        # a reminder stands beside the cause
        self.rpc(self.clerk, "vanban.recipient", "action_remind", rows.ids)
        self.assertEqual(set(rows.mapped("not_arrived_cause")), {"Sai thẩm quyền"})
        self.assertEqual((rows.reminded_user_id, all(rows.mapped("reminded_date"))), (self.clerk, True))
        self.refused(self.clerk, "vanban.recipient", "write", rows.ids, {"reminded_date": False})
        # put right and issued anew to one of them: he is served, the other still is not
        draft = self.replaced(document, without=other)
        served = rows.filtered(lambda row: row.partner_id == self.issuer)
        self.assertEqual((served.replacement_id, (rows - served).replacement_id.ids), (draft, []))
        self.assertFalse(served.not_arrived)
        self.assertEqual(self.listed(self.clerk, document).ids, (rows - served).ids)
        self.assertEqual(self.to_confirm(self.clerk, document).ids, (rows - served).ids)
        # returned a second time: nothing is owed for the old one, and the new one is followed up itself
        served._progress("assigned")
        served._progress("rejected", "Đã có văn bản thay thế")
        self.assertEqual(self.listed(self.clerk, document).ids, (rows - served).ids)

    def test_older_databases_know_who_was_replaced_and_ask_for_no_confirmation_of_former_years(self):
        document = self.on_paper(urgency="1")
        self.issue(document)
        row = document.recipient_ids
        self.rpc(self.clerk, "vanban.recipient", "action_hand_over", row.ids)
        draft = self.replaced(document, without=self.env["res.partner"])
        self.env.flush_all()
        self.env.cr.execute("UPDATE vanban_recipient SET replacement_id = NULL WHERE id = %s", [row.id])
        script = load_script(file_path("vanban_core/migrations/19.0.1.0.1/post-recipients.py"), "post-recipients")
        script.migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        self.assertEqual((row.replacement_id, row.confirmed_note, bool(row.confirmed_date)), (draft, script.PAPER_NOTE, True))
        self.assertFalse(row.confirmed_user_id or draft.recipient_ids.replacement_id)
        self.assertFalse(draft.recipient_ids.confirmed_date, "not handed over yet")

    # ------------------------------------------------------------ urgent ones

    @proves("OUT-36")
    def test_urgent_paper_in_the_hands_of_the_post_still_has_to_be_confirmed(self):
        document = self.on_paper(urgency="2")
        self.issue(document)
        row = document.recipient_ids
        self.rpc(self.clerk, "vanban.recipient", "action_hand_over", row.ids, "Bưu điện")
        self.assertEqual((row.state, document.state), ("accepted", "delivered"))
        self.assertEqual(self.to_confirm(self.clerk, document).ids, row.ids)
        self.assertFalse(self.alerted(document))
        document._write_fixed({"issued_date": self.minutes_ago(61)})
        self.assertEqual(self.alerted(document).user_id, self.clerk | self.specialist | self.unit_head)
        # the drafter confirms as well as the clerk; others have no button
        self.assertEqual([row.with_user(user).can_confirm_arrival for user in (self.clerk, self.specialist, self.unit_head)], [True, True, False])
        wizard = self.env["vanban.recipient.step.wizard"].with_user(self.specialist).with_context(
            active_model="vanban.recipient", active_ids=row.ids, default_step="confirm")
        wizard.create({"means": "phone", "note": "Văn thư Sở Gửi"}).action_apply()
        self.assertEqual((row.confirmed_user_id, row.confirmed_means, row.confirmed_note), (self.specialist, "phone", "Văn thư Sở Gửi"))
        self.assertFalse(row.with_user(self.clerk).can_confirm_arrival or self.to_confirm(self.clerk, document))

    @proves("OUT-36")
    def test_the_hour_of_an_express_document_is_its_limit(self):
        document = self.on_paper(urgency="4", express_time=fields.Datetime.now() + datetime.timedelta(minutes=20))
        self.issue(document)
        self.assertFalse(self.alerted(document))
        document._write_fixed({"issued_date": self.minutes_ago(16), "express_time": self.minutes_ago(1)})
        told = self.alerted(document)
        self.assertEqual(told.user_id, self.clerk | self.specialist | self.unit_head)
        self.assertIn("trong 15 phút", told[0].title)
        # an hour that comes after the usual limit gives no more time than that
        later = self.on_paper(urgency="4", express_time=fields.Datetime.now() + datetime.timedelta(hours=20))
        self.issue(later)
        later._write_fixed({"issued_date": self.minutes_ago(61)})
        self.assertIn("trong 60 phút", self.alerted(later)[0].title)

    @proves("OUT-36")
    def test_the_confirmation_stands_beside_each_recipient_of_an_urgent_document(self):
        """At the desk in the list, on a phone on the card, and opened in the form."""
        document = self.env["vanban.document"].with_user(self.specialist)
        arch = document.get_view(self.env.ref("vanban_core.document_outgoing_view_form").id, "form")["arch"]
        step = f'name="{self.env.ref("vanban_core.action_recipient_step").id}"'
        self.assertGreaterEqual(arch.count('name="confirmed_means"'), 3)
        self.assertGreaterEqual(arch.count('name="confirmed_user_id"'), 3)
        self.assertGreaterEqual(arch.count(step), 2)

    # ------------------------------------------------------ paper and its reason

    @proves("OUT-31")
    def test_a_failed_sending_is_no_choice_before_anything_was_sent(self):
        document = self.draft()
        row = document.recipient_ids
        failed = {"channel": "paper", "paper_reason": "failed"}
        self.assertIn("no sending has failed", self.refused(self.specialist, "vanban.recipient", "write", row.ids, failed))
        again = {"document_id": document.id, "partner_id": self.issuer.id}
        self.assertIn("no sending has failed", self.refused(self.specialist, "vanban.recipient", "create", [{**again, **failed}]))
        # nor through a default of the client
        with self.assertRaisesRegex(Exception, "no sending has failed"), self.env.cr.savepoint():
            context = {"context": {f"default_{name}": value for name, value in failed.items()}}
            call_kw(self.env(user=self.specialist.id, su=False)["vanban.recipient"], "create", ([again],), context)
        self.assertEqual(document.recipient_ids, row)

    @proves("OUT-31", "OUT-32")
    def test_reason_and_copies_are_entered_in_the_list_at_the_desk(self):
        document = self.draft()
        with Form(document, view="vanban_core.document_outgoing_view_form") as form, form.recipient_ids.edit(0) as line:
            line.channel = "paper"
            line.paper_reason = "law"
            line.copies = 3
        self.assertEqual((document.recipient_ids.paper_reason, document.recipient_ids.copies), ("law", 3))
