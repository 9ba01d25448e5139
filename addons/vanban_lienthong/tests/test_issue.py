from datetime import date
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.common import make_pdf
from odoo.addons.vanban_core.tests.proves import proves

from ..edxml import read_packet
from .common import LienthongCase


@tagged("post_install", "-at_install")
class TestIssue(LienthongCase):
    """What may leave, and by which channel."""

    @proves("LT-04")
    def test_incomplete_packet_is_refused_with_the_list(self):
        document = self.numbered()
        document.sudo()._write_fixed({"signer_name": False, "subject": "x" * 501})
        with self.signatures_valid(), self.assertRaises(UserError) as caught:
            document.action_issue()
        self.assertIn("người ký", str(caught.exception))
        self.assertIn("Trích yếu dài quá 500", str(caught.exception))
        self.assertEqual(document.state, "numbered")
        self.assertFalse(document.packet_out_ids)

    @proves("LT-13")
    def test_recipient_without_connection_gets_paper(self):
        stranger = self.env["res.partner"].create({"name": "UBND xã Mẫu", "is_company": True})
        draft = self.draft(recipient_ids=[(0, 0, {"partner_id": stranger.id}), (0, 0, {"partner_id": self.issuer.id})])
        by_partner = {row.partner_id: row for row in draft.recipient_ids}
        self.assertEqual((by_partner[stranger].channel, by_partner[stranger].paper_reason), ("paper", "no_technical"))
        self.assertEqual(by_partner[self.issuer].channel, "lienthong")

    @proves("OUT-28")
    def test_every_recipient_in_its_way(self):
        """Two connected, one unit of our own, one without connection: two packets, one internal copy, one paper."""
        third = self.env["res.company"].create({"name": "Sở Công Thương tỉnh Mẫu", "vanban_code": "H97.04"})
        self._connect(self.company, third)
        self._connect(third, self.company)
        stranger = self.env["res.partner"].create({"name": "UBND xã Mẫu", "is_company": True})
        document = self.issued(recipient_ids=[
            (0, 0, {"partner_id": self.issuer.id}), (0, 0, {"partner_id": third.partner_id.id}),
            (0, 0, {"department_id": self.department.id}), (0, 0, {"partner_id": stranger.id})])
        self.assertEqual(document.delivery_ids.partner_id, self.issuer | third.partner_id)
        self.assertEqual(len(document.delivery_ids), 2)
        self.assertEqual(sorted(document.recipient_ids.mapped("channel")), ["internal", "lienthong", "lienthong", "paper"])
        self.deliver()
        for company in (self.other, third):
            self.assertEqual(self.env["vanban.document"].search_count(
                [("company_id", "=", company.id), ("document_code", "=", document.document_code)]), 1)
        logged = self.env["vanban.log"].sudo().search(
            [("action", "=", "send"), ("document_id", "=", document.id), ("model", "=", "vanban.document")])
        self.assertEqual(len(logged), 1)

    @proves("LT-17")
    def test_each_recipient_gets_its_own_date(self):
        """A date of its own, that of the document, none “for information”: as many packets as dates, each agency one."""
        companies = self.env["res.company"].create([
            {"name": f"Sở số {number}", "vanban_code": f"H97.1{number}", "vanban_symbol": f"S{number}"} for number in range(4)])
        for company in companies:
            self._connect(self.company, company)
        partners = companies.partner_id
        general, earlier = date(2027, 1, 30), date(2027, 1, 10)
        document = self.issued(reply_required=True, reply_due_date=general, recipient_ids=[
            (0, 0, {"partner_id": partners[0].id, "reply_due_date": earlier}), (0, 0, {"partner_id": partners[1].id}),
            (0, 0, {"partner_id": partners[2].id, "for_information": True}), (0, 0, {"partner_id": partners[3].id})])
        asked = {}
        for row in document.delivery_ids:
            with row.packet_id._content_path() as path:
                asked[row.partner_id] = read_packet(path, None).due_date
        self.assertEqual(asked, {partners[0]: earlier, partners[1]: general, partners[2]: None, partners[3]: general})
        self.assertEqual(len(document.delivery_ids), 4)
        self.assertEqual(len(document.delivery_ids.packet_id), 3)

    @proves("LT-15")
    def test_kind_that_is_not_sent(self):
        document = self.numbered()
        document.kind_id.sudo().no_interchange = True
        with self.signatures_valid(), self.assertRaisesRegex(UserError, "Công văn"):
            document.action_issue()
        self.assertFalse(document.packet_out_ids)

    @proves("LT-15")
    def test_kinds_that_the_profile_of_the_agency_allows(self):
        """Bình Định sends invitations, reports and work exchange only; over RPC as the clerk's page does it."""
        decision = self.env.ref("vanban_core.kind_qd")
        document = self.numbered()
        self.company.vanban_profile_id = self.env.ref("vanban_core.profile_binhdinh")
        document.sudo()._write_fixed({"kind_id": decision.id})
        with self.signatures_valid(), self.assertRaisesRegex(UserError, decision.name):
            document.action_issue()
        self.assertFalse(document.packet_out_ids)

    @proves("LT-16")
    def test_only_signed_documents_have_legal_value(self):
        document = self.numbered()
        with self.assertRaises(UserError):
            document.action_issue()
        with self.assertRaises(UserError):
            document._check_interchange()
        document.interchange_reference = True
        document.action_issue()
        with document.delivery_ids.packet_id._content_path() as path:
            self.assertEqual(read_packet(path, None).other.sphere, "Để biết, tham khảo")
        self.deliver()
        received = self.env["vanban.packet.in"].search([("company_id", "=", self.other.id), ("type", "=", "document")]).document_id
        self.assertTrue(received.interchange_reference)

    @proves("SEC-06")
    def test_secrets_never_leave(self):
        document = self.numbered()
        self.env.cr.execute("UPDATE vanban_document SET secrecy = '1' WHERE id = %s", [document.id])
        document.invalidate_recordset()
        with self.signatures_valid(), self.assertRaisesRegex(UserError, "Mật"):
            document.action_issue()
        self.assertFalse(document.packet_out_ids)
        # nor by what follows the issue: the list in the background, sending again, a replacement
        issued = self.issued()
        self.env.cr.execute("UPDATE vanban_document SET secrecy = '1' WHERE id = %s", [issued.id])
        issued.delivery_ids.sudo()._flow("withdraw")
        issued.invalidate_recordset()
        issued.recipient_ids._progress("failed", "Thử")
        for step in (lambda: issued.sudo()._dispatch(issued.sudo().recipient_ids), issued.recipient_ids.with_user(self.clerk).action_resend):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                step()
        self.assertEqual(set(issued.delivery_ids.mapped("state")), {"cancelled"})
        self.deliver()
        self.assertFalse(self.env["vanban.packet.in"].search([("company_id", "=", self.other.id)]))

    def test_connection_lost_after_drafting(self):
        document = self.numbered()
        self.peer.active = False
        with self.signatures_valid(), self.assertRaises(UserError):
            document.action_issue()

    @proves("LT-20")
    def test_packet_is_well_formed_and_complete(self):
        import subprocess

        from ..edxml import findings, schema_problems

        document = self.issued()
        with document.delivery_ids.packet_id._content_path() as path:
            outcome = subprocess.run(["xmllint", "--noout", "--nonet", path], capture_output=True, check=False)
            self.assertEqual((outcome.returncode, outcome.stderr), (0, b""))
            packet = read_packet(path, None)
            self.assertEqual(schema_problems(path), [])
        self.assertEqual(findings(packet), [])
        self.assertEqual(packet.sender.organ_id, "H96.02")
        self.assertEqual([to.organ_id for to in packet.recipients], ["H97.03"])
        self.assertEqual(packet.code, document.code)
        self.assertEqual(packet.traces[0].organ_id, "H96.02")
        self.assertEqual(packet.business.doc_type, 0)

    @proves("LT-04")
    def test_copies_annexes_and_steering_type(self):
        """What the format has room for goes along; the steering type is the one that the agency's axis wants, and kept as it came."""
        document = self.numbered(copy_count=12)
        document.sudo()._add_file("Phụ lục số liệu.pdf", make_pdf("Phụ lục"), role="annex", stage="draft")
        self.env["ir.config_parameter"].set_param("vanban_lienthong.steering_type", "1")
        with self.signatures_valid(), patch.object(type(document), "_guard_signatures", lambda self: None):
            document.action_issue()
        with document.delivery_ids.packet_id._content_path() as path:
            packet = read_packet(path, None)
        self.assertEqual((packet.other.promulgation_amount, packet.other.appendixes, packet.steering_type), (12, ("Phụ lục số liệu",), 1))
        self.run_job("cron_send")
        self.run_job("cron_read")
        received = self.env["vanban.packet.in"].search([("type", "=", "document"), ("document_code", "=", document.document_code)])
        self.assertEqual(received.steering_type, "1")
        builder = self.env["vanban.packet.builder"]
        for value, sent in (("", 0), ("chỉ đạo", 0), ("3", 3)):
            self.env["ir.config_parameter"].set_param("vanban_lienthong.steering_type", value)
            self.assertEqual(builder._steering_type(), sent)

    def certified(self, form, taken_from, **vals):
        """A copy of a received document, decided on and numbered; made over RPC as its buttons do."""
        def click(user, method, document, *args):
            self.env.flush_all()
            self.env.invalidate_all()
            return call_kw(self.env(user=user.id, su=False, context={})["vanban.document"], method, [[document.id], *args], {})

        original = self.incoming(register=True, medium=taken_from, **vals.pop("original", {}))
        copy = original.browse(click(self.clerk, "action_copy", original, {
            "form": form, "taken_from": taken_from, "made_into": "electronic", "signer_id": self.leader.id,
            "recipients": [{"partner_id": self.issuer.id}], **vals,
        }))
        copy.with_user(self.clerk).department_id = self.department
        for user, method in (
            (self.clerk, "action_submit_review"), (self.leader, "action_order_copy"), (self.clerk, "action_clerk_check"),
            (self.clerk, "action_allocate_number"),
        ):
            click(user, method, copy)
        with self.signatures_valid():
            click(self.clerk, "action_issue", copy)
        return original, copy

    @proves("OUT-19", "OUT-28")
    def test_an_electronic_copy_arrives_as_the_copy_it_is(self):
        """Sao y, sao lục and trích sao: form, number, subject and pages reach the other agency, which goes on from them (NĐ 30/2020 Đ.25, 26)."""
        third = self.env["res.partner"].create({"name": "Cục Mẫu", "is_company": True})
        cases = (
            ("sao_y", "paper", {"original": {"issuer_id": third.id}}),
            ("sao_luc", "paper", {"original": {"issuer_id": third.id, "received_form": "sao_y"}}),
            ("trich_sao", "electronic", {"original": {"issuer_id": third.id}, "pages": "1"}),
        )
        for form, taken_from, vals in cases:
            with self.subTest(form=form):
                original, copy = self.certified(form, taken_from, **vals)
                self.assertEqual((copy.recipient_ids.channel, copy.state), ("lienthong", "issued"))
                self.deliver()
                received = self.env["vanban.document"].search(
                    [("company_id", "=", self.other.id), ("document_code", "=", copy.document_code)]).with_user(self.other_clerk)
                self.assertEqual(len(received), 1)
                self.assertEqual((received.kind_id.code, received.received_form, received._held_form()), (form, form, form))
                self.assertEqual((received.code, received.issue_date), (copy.code, copy.issue_date))
                # what it is a copy of stands in the subject
                self.assertIn(original.code, received.subject)
                self.assertTrue(received.subject.startswith(copy.kind_id.name))
                self.assertEqual(received.main_file_id.sha256, copy.main_file_id.sha256)
                # what it was made from stays at home
                self.assertEqual(len(received.file_ids), 1)
                received.action_register()
                self.assertTrue(received.arrival_number)
                # only a sao y is copied on there, as sao lục (Đ.3.11)
                again = {"form": "sao_y", "taken_from": "electronic", "made_into": "paper", "signer_id": self.other_leader.id}
                with self.assertRaisesRegex(UserError, "sao lục"):
                    received.action_copy(again)
                if form == "sao_y":
                    following = received.browse(received.action_copy(
                        {**again, "form": "sao_luc", "recipients": [{"partner_id": self.company.partner_id.id}]}))
                    self.assertEqual((following.kind_id.code, following.copied_id), ("sao_luc", received))
