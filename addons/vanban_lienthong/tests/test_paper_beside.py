from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from odoo.addons.vanban_core.tests.issuing_common import IssuingCase
from odoo.addons.vanban_core.tests.proves import proves

from .common import LienthongCase


@tagged("post_install", "-at_install")
class TestPaperBeside(IssuingCase, LienthongCase):
    """Paper beside the electronic document, with recipients that are really connected."""

    @proves("OUT-42")
    def test_signed_by_several_parties_one_copy_kept_or_all_on_paper(self):
        single = self.signed_on_paper(class_id=self.class_of("both_single").id, recipient_ids=[
            fields.Command.create({"partner_id": self.issuer.id, "channel": "paper", "paper_reason": "law"}),
        ])
        self.rpc(self.clerk, "vanban.document", "action_allocate_number", [single.id])
        with self.signatures_valid():
            self.rpc(self.clerk, "vanban.document", "action_keep_copy", [single.id])
            self.assertIn("one paper copy is kept and none is sent", self.refused(self.clerk, "vanban.document", "action_issue", [single.id]))
            self.assertFalse(single.issued_date)
            every = self.env["vanban.document.class"].create({
                "list_id": single.class_id.list_id.id, "code": "B.2", "name": "Đủ bản giấy", "direction": "out", "use_form": "both_full",
            })
            full = self.signed_on_paper(class_id=every.id)
            self.rpc(self.clerk, "vanban.document", "action_allocate_number", [full.id])
            self.issue(full)
        self.assertEqual(sorted(full.recipient_ids.mapped("channel")), ["lienthong", "paper"])
        self.assertEqual(full.recipient_ids.partner_id, self.issuer)
        self.assertEqual(full.recipient_ids.filtered(lambda row: row.channel == "paper").paper_reason, "paper_class")

    @proves("OUT-31", "OUT-34")
    def test_paper_beside_the_electronic_document(self):
        document = self.draft()
        row = document.recipient_ids
        self.assertEqual(row.channel, "lienthong")
        for reason in (False, "no_technical"):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                document.write({"recipient_ids": [fields.Command.create({"partner_id": self.issuer.id, "channel": "paper", "paper_reason": reason})]})
        # profile BHXH: class on paper and electronic, outside the sector
        self.company.vanban_profile_id = self.env.ref("vanban_core.profile_bhxh")
        company = self.env["res.company"].create({"name": "Sở đã nhận thuần điện tử", "vanban_code": "H97.05", "vanban_symbol": "SDT"})
        other = company.partner_id
        other.vanban_electronic_only = True
        self._connect(self.company, company)
        one = self.class_of("both")
        document = self.at_issue(class_id=one.id, recipient_ids=[
            fields.Command.create({"partner_id": self.issuer.id}), fields.Command.create({"partner_id": other.id}),
        ])
        with self.signatures_valid():
            self.issue(document)
        self.assertEqual(
            sorted((row.name, row.channel) for row in document.recipient_ids),
            sorted([(self.issuer.name, "lienthong"), (self.issuer.name, "paper"), (other.name, "lienthong")]),
        )

    @proves("OUT-34")
    def test_paper_for_whoever_is_outside_the_sector(self):
        """BHXH Đ9.1a, whatever the class: outside the sector paper goes along, inside it does not; other regulations know no such paper."""
        inside = self.env["res.company"].create({"name": "BHXH tỉnh Mẫu", "vanban_code": "H96.07", "vanban_symbol": "BHXHM"})
        marked = self.env["res.company"].create({"name": "Trường của ngành", "vanban_code": "G11.05", "vanban_symbol": "TN"})
        marked.partner_id.vanban_in_sector = True
        for company in (inside, marked):
            self._connect(self.company, company)
        partners = self.issuer | inside.partner_id | marked.partner_id
        one = self.class_of("electronic")
        for profile, paper in (("profile_bhxh", self.issuer), ("profile_binhdinh", self.env["res.partner"])):
            self.company.vanban_profile_id = self.env.ref(f"vanban_core.{profile}")
            document = self.at_issue(class_id=one.id, recipient_ids=[
                fields.Command.create({"partner_id": partner.id}) for partner in partners])
            with self.signatures_valid():
                self.issue(document)
            rows = document.recipient_ids
            self.assertEqual(rows.filtered(lambda row: row.channel == "lienthong").partner_id, partners)
            self.assertEqual(rows.filtered(lambda row: row.channel == "paper").partner_id, paper)

    def connected(self, name, code, **marks):
        company = self.env["res.company"].create({"name": name, "vanban_code": code, "vanban_symbol": "KN"})
        self._connect(self.company, company)
        company.partner_id.write(marks)
        return company.partner_id

    @proves("OUT-32", "OUT-34")
    def test_a_class_used_in_both_forms_sends_paper_to_everybody_who_wants_it(self):
        """BHXH PL03-B.III, TH Đ7.2, BG Đ6.2: in the sector too, by every regulation; not where the class only keeps its paper."""
        inside = self.connected("BHXH tỉnh Mẫu", "H96.07")
        agreed = self.connected("Sở đã nhận thuần điện tử", "H97.05", vanban_electronic_only=True)
        both = self.class_of("both")
        kept = both.copy({"code": "B.2", "paper_kept_only": True})
        nobody = self.env["res.partner"]
        for profile, one, paper in (
            ("bhxh", both, inside | self.issuer), ("thanhhoa", both, inside | self.issuer), ("bacgiang", both, inside | self.issuer),
            ("bhxh", kept, self.issuer), ("thanhhoa", kept, nobody),
        ):
            with self.subTest(profile=profile, one=one.code):
                self.company.vanban_profile_id = self.env.ref(f"vanban_core.profile_{profile}")
                document = self.at_issue(class_id=one.id, recipient_ids=[
                    fields.Command.create({"partner_id": partner.id}) for partner in inside | agreed | self.issuer])
                with self.signatures_valid():
                    self.issue(document)
                rows = document.recipient_ids.filtered(lambda row: row.channel == "paper")
                self.assertEqual(rows.partner_id, paper)
                self.assertEqual(set(rows.mapped("paper_reason")), {"paper_class"} if paper else set())

    @proves("OUT-24", "OUT-34")
    def test_paper_that_is_added_at_the_issue_is_printed_before_the_seal(self):
        """BHXH Đ9.1a: an electronic document, one recipient outside the sector."""
        inside = self.connected("BHXH tỉnh Mẫu", "H96.07")
        document = self.signed_on_paper(recipient_ids=[
            fields.Command.create({"partner_id": partner.id}) for partner in (inside, self.issuer)])
        domain = safe_eval(self.env.ref("vanban_core.action_outgoing_to_print").domain, {"uid": self.clerk.id})

        def queued():
            return bool(self.env["vanban.document"].with_user(self.clerk).search([*domain, ("id", "=", document.id)]))

        document._write_fixed({"medium": "electronic"})  # signed with ink only because signing is another addon's business
        self.company.vanban_profile_id = self.env.ref("vanban_core.profile_bhxh")
        self.rpc(self.clerk, "vanban.document", "action_allocate_number", [document.id])
        self.assertEqual((document.medium, queued(), document._copies_wanted()), ("electronic", True, 2))
        outside = document.recipient_ids.filtered(lambda row: row.partner_id == self.issuer)
        self.rpc(self.clerk, "vanban.recipient", "write", outside.ids, {"copies": 3})
        self.assertEqual(document._copies_wanted(), 4)
        self.rpc(self.clerk, "vanban.recipient", "unlink", outside.ids)
        self.assertEqual((queued(), document._copies_wanted()), (False, 1))
        self.rpc(self.clerk, "vanban.recipient", "create", [{"document_id": document.id, "partner_id": self.issuer.id}])
        self.assertTrue(queued())
        with self.signatures_valid():
            self.rpc(self.clerk, "vanban.document", "action_keep_copy", [document.id])
            self.issue(document)
        # the lines are there now, and nobody is counted twice
        self.assertEqual(document._copies_wanted(), 2)

    @proves("OUT-33")
    def test_what_leaves_on_paper_only_stays_on_paper(self):
        """An agency connected since the draft was written; and what a line of such a document proposes at once."""
        late = self.env["res.company"].create({"name": "Sở mới kết nối", "vanban_code": "H97.08", "vanban_symbol": "MKN"})
        document = self.on_paper(recipient_ids=[fields.Command.create({"partner_id": late.partner_id.id})])
        row = document.recipient_ids
        self.assertEqual((row.channel, row.paper_reason), ("paper", "no_technical"))
        self._connect(self.company, late)
        self.issue(document)
        self.assertEqual((document.state, row.channel, row.paper_reason), ("issued", "paper", "paper_class"))
        # by the head's word, by the kind, by the class: no other agency; by a class off the system: nobody
        draft = self.draft(pdf=False, medium="paper", recipient_ids=[
            fields.Command.create({"partner_id": self.issuer.id}), fields.Command.create({"user_id": self.specialist2.id})])
        self.assertEqual(draft.recipient_ids.mapped("channel"), ["paper", "internal"])
        off_system = self.class_of("paper")
        off_system.send_on_system = False
        draft = self.draft(pdf=False, class_id=off_system.id, recipient_ids=[
            fields.Command.create({"partner_id": self.issuer.id}), fields.Command.create({"user_id": self.specialist2.id})])
        self.assertEqual(draft.recipient_ids.mapped(lambda row: (row.channel, row.paper_reason)), [("paper", "paper_class")] * 2)
