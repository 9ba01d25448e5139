from pathlib import Path

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from .archive_common import ArchiveCase


@tagged("post_install", "-at_install")
class TestDestruction(ArchiveCase):
    def proposed(self, dossier, reason="Hết thời hạn, không còn giá trị"):
        model = self.env["vanban.destruction"].with_user(self.archivist)
        return model.browse(model.propose(dossier.ids, reason))

    def approved(self, dossier):
        destruction = self.proposed(dossier)
        destruction.council_ids = self.head | self.archivist2
        destruction.action_check_shared()
        destruction.action_appraise()
        destruction.with_user(self.archivist2).action_record_opinion("Hội đồng thống nhất hủy")
        destruction.with_user(self.head).action_approve("12/QĐ-SNV")
        return destruction

    def paths(self, records):
        attachments = records._attachment()
        return [Path(attachments._full_path(name)) for name in attachments.mapped("store_fname")]

    @proves("ARC-12")
    def test_a_reason_is_mandatory(self):
        destruction = self.proposed(self.expired(), reason="  ")
        with self.assertRaises(UserError):
            destruction.action_check_shared()
        self.assertEqual(destruction.state, "proposed")

    def test_only_expired_dossiers_can_be_listed_further(self):
        destruction = self.proposed(self.archived(end_date="2020-11-01"))
        with self.assertRaises(UserError):
            destruction.action_check_shared()

    @proves("ARC-13", "ARC-14", "ARC-16")
    def test_shared_documents_stay_everything_else_is_gone(self):
        shared = self.document("Dùng chung", 1)
        single = self.document("Chỉ ở đây", 2)
        other = self.closed("02.TH", documents=shared, end_date="2024-05-01")
        dossier = self.expired("03.TH", documents=shared | single)
        package = self.env["vanban.package"].browse(dossier.build_package())
        destruction = self.approved(dossier)
        warnings = destruction.get_shared_documents()
        self.assertEqual([(one["document_id"], one["other"], one["expiry"]) for one in warnings], [
            (shared.id, other.code, "2034-12-31"),
        ])  # fmt: skip
        gone = self.paths(single.sudo().file_ids) + self.paths(package)
        kept = self.paths(shared.sudo().file_ids)
        digest = single.sudo().main_file_id.sha256
        self.assertTrue(all(path.exists() for path in gone + kept))
        destruction.action_confirm_first()
        destruction.action_confirm_second("12/QĐ-SNV")
        self.env["vanban.erasure"]._erase_pending()
        self.assertEqual((destruction.state, dossier.state), ("destroyed", "destroyed"))
        self.assertFalse([path for path in gone if path.exists()], "bytes are off the disk")
        self.assertTrue(all(path.exists() for path in kept))
        self.assertFalse(single.sudo().file_ids._attachment())
        with self.assertRaises(UserError):
            single.sudo().main_file_id._raw()
        self.assertTrue(shared.with_user(self.owner).main_file_id._raw().startswith(b"%PDF"))
        self.assertEqual(other.item_ids.document_id, shared.with_user(self.owner))
        # what stays: description, digest, list, record, log
        self.assertEqual(single.sudo().subject, "Chỉ ở đây")
        self.assertEqual(single.sudo().main_file_id.sha256, digest)
        self.assertEqual((destruction.decision, destruction.second_user_id), ("12/QĐ-SNV", self.archivist))
        self.assertTrue(destruction.destroyed_date)
        self.assertTrue(destruction._record_attachment().raw.startswith(b"%PDF"))
        row = self.env["vanban.log"].search([("document_id", "=", single.id), ("action", "=", "destroy"), ("model", "=", "vanban.document")])
        self.assertIn(digest, row.data)
        self.assertEqual(destruction.erasure_ids.filtered(lambda one: not one.erased_date), self.env["vanban.erasure"])

    @proves("ARC-15")
    def test_nothing_happens_without_the_second_confirmation(self):
        dossier = self.expired()
        destruction = self.approved(dossier)
        with self.assertRaises(UserError):
            destruction.action_confirm_second("12/QĐ-SNV")
        destruction.action_confirm_first()
        files = dossier.sudo().item_ids.document_id.file_ids
        self.assertTrue(all(path.exists() for path in self.paths(files)))
        self.assertEqual(dossier.state, "in_destruction")
        for typed in ("", "99/QĐ-SNV"):
            with self.assertRaises(UserError):
                destruction.action_confirm_second(typed)
        self.assertEqual(destruction.state, "confirm_1")
        self.assertTrue(all(file._raw() for file in files))

    @proves("ARC-17")
    def test_proposing_deciding_and_executing_are_different_people(self):
        self.archivist.sudo().write({"group_ids": [(4, self.env.ref("vanban_core.group_leader").id)]})
        dossier = self.expired()
        destruction = self.proposed(dossier)
        destruction.council_ids = self.head
        destruction.action_check_shared()
        with self.assertRaises(AccessError):
            destruction.with_user(self.owner).action_appraise()
        destruction.action_appraise()
        with self.assertRaises(UserError):
            destruction.with_user(self.head).action_approve("12/QĐ-SNV")
        destruction.action_record_opinion("Thống nhất")
        with self.assertRaises(AccessError):
            destruction.action_approve("12/QĐ-SNV")
        destruction.with_user(self.head).action_approve("12/QĐ-SNV")
        self.head.sudo().write({"group_ids": [(4, self.env.ref("vanban_archive.group_archivist").id)]})
        with self.assertRaises(AccessError):
            destruction.with_user(self.head).action_confirm_first()
        with self.assertRaises(AccessError):
            destruction.with_user(self.admin).action_confirm_first()
        destruction.action_confirm_first()
        self.assertEqual(destruction.first_user_id, self.archivist)

    @proves("ARC-16")
    def test_the_record_reads_as_vietnamese_text(self):
        import pypdfium2

        destruction = self.approved(self.expired())
        destruction.action_confirm_first()
        destruction.action_confirm_second("12/QĐ-SNV")
        pages = pypdfium2.PdfDocument(destruction._record_attachment().raw)
        text = " ".join(" ".join(page.get_textpage().get_text_range() for page in pages).split())
        for words in (
            "BIÊN BẢN HỦY TÀI LIỆU HẾT GIÁ TRỊ", "12/QĐ-SNV", "Hết thời hạn, không còn giá trị", "Báo cáo 01.TH",
            "Hội đồng thống nhất hủy",
        ):  # fmt: skip
            self.assertIn(words.replace(" ", ""), text.replace(" ", ""))

    def test_a_hold_or_open_work_stops_it(self):
        dossier = self.expired()
        destruction = self.approved(dossier)
        dossier.action_hold("Phục vụ thanh tra")
        with self.assertRaisesRegex(UserError, "Phục vụ thanh tra"):
            destruction.action_confirm_first()
        dossier.action_release_hold("Xong")
        destruction.action_confirm_first()
        dossier.action_hold("Khiếu nại mới")
        with self.assertRaises(UserError):
            destruction.action_confirm_second("12/QĐ-SNV")
        self.assertEqual(destruction.state, "confirm_1")

    def test_abort_gives_the_dossiers_back(self):
        dossier = self.expired()
        destruction = self.approved(dossier)
        destruction.action_confirm_first()
        destruction.action_abort("Phát hiện hồ sơ còn giá trị")
        self.assertEqual((destruction.state, dossier.state), ("aborted", "expired"))
        with self.assertRaises(UserError):
            destruction.action_confirm_second("12/QĐ-SNV")

    def test_the_list_is_fixed_once_checked_and_never_deleted(self):
        dossier = self.expired()
        destruction = self.approved(dossier)
        for attempt in (
            lambda: destruction.write({"reason": "khác"}),
            lambda: destruction.write({"approver_id": self.archivist.id}),
            lambda: destruction.write({"state": "destroyed"}),
            lambda: destruction.line_ids.unlink(),
            lambda: destruction.unlink(),
            lambda: destruction.write({"second_date": "2020-01-01"}),
        ):
            with self.assertRaises(AccessError):
                attempt()
        sly = self.env["vanban.destruction"].with_user(self.archivist).with_context(default_decision="1/QĐ", default_opinion="ok").create({
            "reason": "x", "approver_id": self.head.id, "proposer_id": self.owner.id, "company_id": self.company.id,
        })  # fmt: skip
        self.assertEqual((sly.proposer_id, bool(sly.approver_id)), (self.archivist, False))
        self.assertFalse(sly.decision or sly.opinion)
