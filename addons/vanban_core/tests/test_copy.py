import base64

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..tools import vietnam_time
from .common import make_pdf
from .issuing_common import IssuingCase
from .proves import proves
from .test_template import pdf_text


@tagged("post_install", "-at_install")
class TestCopy(IssuingCase):
    """Sao y, sao lục, trích sao of documents that came in and of our own (NĐ 30/2020 Đ.25–27)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.office = cls.env["hr.department"].create({"name": "Văn phòng", "company_id": cls.company.id, "vanban_symbol": "VP"})
        cls.env["hr.employee"].create([
            {"name": user.name, "user_id": user.id, "company_id": cls.company.id, "department_id": cls.office.id, "job_title": title}
            for user, title in ((cls.clerk, "Văn thư"), (cls.chief, "Chánh Văn phòng"))
        ])

    def copy(self, original, user=None, form="sao_y", taken_from="paper", made_into="paper", **vals):
        """The draft of a copy, made over RPC."""
        copy_id = self.rpc(user or self.clerk, "vanban.document", "action_copy", [original.id], {
            "form": form, "taken_from": taken_from, "made_into": made_into, "signer_id": self.chief.id, "signer_capacity": "tl",
            "authority_title": "Giám đốc", "recipients": [{"partner_id": self.issuer.id}], **vals,
        })
        return self.env["vanban.document"].browse(copy_id).with_user(user or self.clerk)

    def no_copy(self, original, user=None, **vals):
        return self.refused(user or self.clerk, "vanban.document", "action_copy", [original.id], {
            "form": "sao_y", "taken_from": "paper", "made_into": "paper", "signer_id": self.chief.id,
            "recipients": [{"partner_id": self.issuer.id}], **vals,
        })

    def click(self, user, method, document, *args):
        return self.rpc(user, "vanban.document", method, [document.id], *args)

    def issued_paper(self):
        """Our own decision, signed with ink and issued on paper."""
        document = self.on_paper(kind_id=self.env.ref("vanban_core.kind_qd").id, subject="về kế hoạch văn thư")
        self.issue(document)
        return document

    def on_paper_issued(self, copy):
        """The whole way of a paper copy."""
        self.click(self.clerk, "action_submit_review", copy)
        self.click(self.clerk, "action_print_copies", copy, 2)
        self.click(self.clerk, "action_copy_signed", copy)
        self.click(self.clerk, "action_clerk_check", copy)
        self.click(self.clerk, "action_allocate_number", copy)
        self.click(self.clerk, "action_paper_done", copy)
        self.click(self.clerk, "action_issue", copy)
        return copy

    # ------------------------------------------------------------------- making

    def test_paper_copy_of_a_received_document_goes_its_whole_way(self):
        original = self.incoming(register=True, medium="paper")
        copy = self.copy(original, copies=2, reason="Phục vụ thanh tra")
        self.assertEqual(
            (copy.kind_id.code, copy.copied_id, copy.code_notation, copy.medium, copy.state),
            ("sao_y", original, "SY-SNV", "paper", "draft"),
        )
        text = "\n".join(pdf_text(copy.main_file_id._raw()))
        # the original, then the block: form, agency, number, who signs, receivers (PL I.II.II)
        for words in ("Noi dung van ban", "SAO Y", "SỞ KIỂM THỬ TỈNH MẪU", "/SY-SNV", "TL. GIÁM ĐỐC", "CHÁNH VĂN PHÒNG", self.chief.name,
                      self.issuer.name, "Lưu: VT"):  # fmt: skip
            self.assertIn(words, text)
        self.assertLess(text.index("Noi dung van ban"), text.index("SAO Y"))
        self.assertEqual(len(pdf_text(copy.main_file_id._raw())), 1)
        self.assertFalse(original.with_user(self.chief).has_access("read"))
        self.on_paper_issued(copy)
        # who certified it was let see the original, and only see it
        self.assertTrue(original.with_user(self.chief).has_access("read"))
        self.assertFalse(original.with_user(self.chief).has_access("write"))
        self.assertEqual((copy.state, copy.code, copy.printed_copies), ("issued", "01/SY-SNV", 2))
        self.assertTrue(copy.kept_copy_date)
        self.assertEqual(copy.register_id.kind_ids.mapped("code"), ["sao_y", "sao_luc", "trich_sao"])
        self.assertEqual((copy.recipient_ids.channel, copy.recipient_ids.copies), ("paper", 2))
        # linked both ways, and in the log of both
        self.assertEqual((copy.link_ids.target_id, copy.link_ids.kind, original.made_copy_ids), (original, "copies", copy))
        self.assertEqual(original.with_user(self.clerk).made_copy_count, 1)
        log = self.env["vanban.log"].search([("document_id", "=", original.id), ("action", "in", ("copy", "copy_issued"))])
        self.assertEqual(len(log), 2)
        self.assertIn("01/SY-SNV", log.filtered(lambda row: row.action == "copy_issued").data)
        # the decision is that of the signer, though the clerk recorded it
        review = copy.review_ids.filtered(lambda row: row.step == "leader")
        self.assertEqual((review.on_behalf_id or review.reviewer_id), self.chief)

    def test_one_series_for_all_forms(self):
        original = self.issued_paper()
        codes = []
        for form, vals in (("sao_y", {}), ("trich_sao", {"pages": "1"})):
            codes.append(self.on_paper_issued(self.copy(original, form=form, **vals)).code)
        self.assertEqual(codes, ["01/SY-SNV", "02/TrS-SNV"])
        # a copy of the copy goes on in the same series; those of our documents have theirs
        certified = original.with_user(self.clerk).made_copy_ids.filtered(lambda row: row.kind_id.code == "sao_y")
        self.assertEqual(self.on_paper_issued(self.copy(certified, form="sao_luc")).code, "03/SL-SNV")
        self.assertNotEqual(original.register_id, certified.register_id)

    @proves("OUT-19")
    def test_scan_becomes_an_electronic_copy_by_decision(self):
        original = self.incoming(register=True, medium="paper")
        scan = original.main_file_id
        copy = self.copy(original, made_into="electronic", recipients=[{"user_id": self.specialist.id}])
        self.assertEqual((copy.main_file_id.sha256, copy.main_file_id.stage, copy.medium), (scan.sha256, "scan", "electronic"))
        self.click(self.clerk, "action_submit_review", copy)
        # nobody but the person who decides
        for user in (self.clerk, self.leader, self.outsider):
            self.refused(user, "vanban.document", "action_order_copy", [copy.id])
        self.refused(self.clerk, "vanban.document", "action_copy_signed", [copy.id])
        self.click(self.chief, "action_order_copy", copy)
        self.assertTrue(copy.copy_ordered_date)
        self.click(self.clerk, "action_clerk_check", copy)
        self.assertEqual(self.click(self.clerk, "action_allocate_number", copy), ["01/SY-SNV"])
        # without the signature of the agency it is none (Đ.25.1c)
        self.assertIn("digital signature of the agency", self.refused(self.clerk, "vanban.document", "action_issue", [copy.id]))

    def test_extract_makes_the_form_of_the_original_again(self):
        original = self.issued_paper()
        copy = self.copy(original, form="trich_sao", text="<p><b>Điều 2.</b> Phòng Tổ chức chịu trách nhiệm thi hành.</p>")
        text = "\n".join(pdf_text(copy.main_file_id._raw()))
        for words in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", f"Số: {original.code}", "QUYẾT ĐỊNH", "Điều 2.", "(Đã ký)", "TRÍCH SAO", "/TrS-SNV"):
            self.assertIn(words, text)
        self.assertNotIn("Ban quet", text)
        self.refused(self.clerk, "vanban.document", "action_copy", [original.id], {"form": "trich_sao", "taken_from": "paper", "made_into": "paper"})
        self.assertIn("9", self.no_copy(original, form="trich_sao", pages="9"))

    def test_wizard_proposes_and_makes_the_copy(self):
        original = self.incoming(register=True, medium="paper")
        wizard = Form(self.env["vanban.copy.wizard"].with_user(self.clerk).with_context(active_id=original.id))
        self.assertEqual((wizard.form, wizard.taken_from, wizard.made_into, wizard.signer_id), ("sao_y", "paper", "electronic", self.chief))
        self.assertEqual(wizard.signer_capacity, "tl")
        wizard.form = "sao_luc"
        self.assertTrue(wizard.possible)  # a sao lục is made from a sao y
        wizard.received_form = "sao_y"
        self.assertFalse(wizard.possible)
        wizard.signer_id = self.leader
        self.assertFalse(wizard.signer_capacity)
        wizard.partner_ids.add(self.issuer)
        action = wizard.save().action_apply()
        copy = self.env["vanban.document"].browse(action["res_id"])
        self.assertEqual((copy.kind_id.code, copy.signer_id, copy.recipient_ids.partner_id), ("sao_luc", self.leader, self.issuer))
        self.assertEqual(original.received_form, "sao_y")

    def test_scan_handed_in_where_the_system_holds_none(self):
        original = self.env["vanban.document"].with_user(self.clerk).create({
            "direction": "in", "company_id": self.company.id, "kind_id": self.kind.id, "subject": "Về việc trên giấy",
            "issuer_id": self.issuer.id, "code_number": "7", "code_notation": "STC-VP", "issue_date": "2026-01-05",
            "medium": "paper", "on_paper": True, "on_paper_reason": "Tài liệu khổ lớn",
        })
        original.action_register()
        self.assertIn("scan", self.no_copy(original))
        copy = self.copy(original, scan_name="quet.pdf", scan=base64.b64encode(make_pdf("Ban quet cua van thu")).decode())
        self.assertIn("Ban quet cua van thu", pdf_text(copy.main_file_id._raw())[0])
        self.refused(self.clerk, "vanban.document", "action_copy", [original.id], {
            "form": "sao_y", "taken_from": "paper", "made_into": "paper", "signer_id": self.chief.id, "scan": "%%%", "scan_name": "x.pdf",
        })

    # ------------------------------------------------------------------ refusals

    def test_what_is_never_copied(self):
        received = self.incoming()
        self.assertIn("registered", self.no_copy(received))
        self.assertIn("draft", self.no_copy(self.at_leader(), user=self.specialist, taken_from="electronic"))
        secret = self.env["vanban.document"].with_user(self.clerk).create({
            "direction": "in", "company_id": self.company.id, "kind_id": self.kind.id, "subject": "Văn bản mật", "secrecy": "1", "medium": "paper",
            "issuer_id": self.issuer.id, "code_number": "8", "code_notation": "STC", "issue_date": "2026-01-05", "on_paper": True,
            "on_paper_reason": "Mật",
        })
        self.assertIn("state secret", self.no_copy(secret, scan_name="a.pdf", scan=base64.b64encode(make_pdf()).decode()))
        self.assertFalse(secret.made_copy_ids)
        # an electronic document is passed on as it is, not certified again
        electronic = self.incoming(register=True, medium="electronic")
        self.assertIn("Đ.25", self.no_copy(electronic, taken_from="electronic", made_into="electronic"))
        self.assertIn("does not hold", self.no_copy(electronic, taken_from="paper"))
        self.assertIn("sao y", self.no_copy(electronic, form="sao_luc", taken_from="electronic"))
        for vals in ({"form": "ban_chup"}, {"made_into": "film"}, {"form": None}):
            self.no_copy(electronic, **{"taken_from": "electronic", **vals})
        with self.assertRaisesRegex(UserError, "state secret"):
            secret.action_copy({"form": "sao_y", "taken_from": "paper", "made_into": "paper", "signer_id": self.chief.id})
        self.assertTrue(self.env["vanban.log"].search([("document_id", "=", secret.id), ("action", "=", "copy"), ("outcome", "=", "refused")]))

    def test_original_recalled_before_the_decision(self):
        original = self.issued_paper()
        copy = self.copy(original)
        self.click(self.clerk, "action_submit_review", copy)
        original.with_user(self.specialist).action_request_recall("Sai nội dung")
        self.assertIn("recalled", self.refused(self.clerk, "vanban.document", "action_copy_signed", [copy.id]))

    def test_copy_without_its_original_is_no_copy(self):
        draft = self.draft(kind_id=self.env.ref("vanban_core.kind_sy").id)
        self.assertIn("original", self.refused(self.specialist, "vanban.document", "action_submit_review", [draft.id]))
        original = self.incoming(register=True)
        forged = self.rpc(self.specialist, "vanban.document", "create", [{
            "direction": "out", "company_id": self.company.id, "subject": "x", "copied_id": original.id, "copy_to": "electronic",
            "copy_ordered_date": "2026-01-01 00:00:00",
        }])
        forged = self.env["vanban.document"].browse(forged)
        self.assertFalse(forged.copied_id or forged.copy_to or forged.copy_ordered_date)
        for values in ({"copied_id": original.id}, {"copy_ordered_date": "2026-01-01 00:00:00"}):
            self.refused(self.specialist, "vanban.document", "write", [forged.id], values)

    def test_pages_and_marks_of_a_copy_follow_its_original(self):
        original = self.incoming(register=True, medium="paper", restricted=True)
        copy = self.copy(original)
        self.assertTrue(copy.restricted)
        for values in ({"restricted": False}, {"kind_id": self.kind.id}, {"medium": "electronic"}):
            self.refused(self.clerk, "vanban.document", "write", [copy.id], values)
        pdf = base64.b64encode(make_pdf("Noi dung khac")).decode()
        self.refused(self.clerk, "vanban.document", "upload_file", [copy.id], "khac.pdf", pdf)
        self.refused(self.clerk, "vanban.document", "action_convert_source", [copy.id])
        # what is submitted shows the signer chosen last
        self.rpc(self.clerk, "vanban.document", "write", [copy.id], {
            "signer_id": self.leader.id, "signer_name": self.leader.name, "signer_position": "Giám đốc", "signer_capacity": False,
        })
        self.click(self.clerk, "action_submit_review", copy)
        text = pdf_text(copy.main_file_id._raw())[0]
        self.assertIn(self.leader.name, text)
        self.assertNotIn(self.chief.name, text)

    # -------------------------------------------------------------------- rights

    def test_who_may_sign_copies(self):
        original = self.issued_paper()
        copy = self.copy(original, signer_id=self.unit_head.id)
        self.assertIn("may not sign copies", self.refused(self.clerk, "vanban.document", "action_submit_review", [copy.id]))
        today = vietnam_time.today()
        delegation = self.env["vanban.delegation"].with_user(self.leader).create({
            "company_id": self.company.id, "delegate_id": self.unit_head.id, "scope": "copying", "date_from": today,
            "date_to": fields.Date.add(today, months=1), "document": "Quyết định 05/QĐ-SNV",
        })
        self.refused(self.clerk, "vanban.document", "action_submit_review", [copy.id])
        self.rpc(self.leader, "vanban.delegation", "action_confirm", [delegation.id])
        self.click(self.clerk, "action_submit_review", copy)
        self.assertEqual(copy.state, "leader")
        # the head decides whether the Chief of Office does
        self.company.vanban_chief_copies = False
        self.assertNotIn(self.chief, original._copy_signers())
        other = self.copy(original)
        self.refused(self.clerk, "vanban.document", "action_submit_review", [other.id])

    def test_strangers_neither_make_nor_read_copies(self):
        original = self.incoming(register=True, medium="paper", restricted=True)
        self.no_copy(original, user=self.outsider)
        copy = self.on_paper_issued(self.copy(original))
        for model, method, args in (
            ("vanban.document", "read", [[copy.id], ["subject"]]), ("vanban.document", "write", [[copy.id], {"note": "x"}]),
            ("vanban.document", "action_open_copies", [[original.id]]),
        ):  # fmt: skip
            with self.assertRaises(AccessError):
                self.rpc(self.outsider, model, method, *args)
        self.assertFalse(self.rpc(self.outsider, "vanban.document", "search", [("copied_id", "=", original.id)]))
        with self.assertRaises(AccessError):
            self.rpc(self.outsider, "vanban.copy.wizard", "create", [{
                "document_id": original.id, "form": "sao_y", "taken_from": "paper", "made_into": "paper", "signer_id": self.chief.id,
            }])

    def test_register_of_copies_is_printed(self):
        original = self.issued_paper()
        copy = self.on_paper_issued(self.copy(original))
        today = fields.Date.to_string(vietnam_time.today())
        action = self.rpc(self.clerk, "vanban.register", "action_print", [copy.register_id.id], f"{today[:4]}-01-01", today)
        book = self.env["vanban.register.print"].browse(int(action["url"].split("/")[4]))
        cover, _first, page = (" ".join(text.split()) for text in pdf_text(base64.b64decode(book.content)))
        self.assertIn("SỔ ĐĂNG KÝ BẢN SAO VĂN BẢN", cover)
        for words in ("01/SY-", original.code.split("-")[0], self.chief.name, "Sao y"):
            self.assertIn(words, page)
