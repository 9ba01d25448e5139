from odoo.exceptions import UserError
from odoo.tests import tagged

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
