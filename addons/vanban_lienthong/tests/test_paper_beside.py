from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

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
