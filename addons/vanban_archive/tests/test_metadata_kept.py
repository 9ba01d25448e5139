from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from .archive_common import ArchiveCase


@tagged("post_install", "-at_install")
class TestMetadataKept(ArchiveCase):
    """What was destroyed is gone; what describes it stays readable for those who keep the archive (HCM Đ16.7a)."""

    @proves("DOC-11")
    def test_metadata_outlive_the_destroyed_document(self):
        document = self.document("Báo cáo sẽ tiêu hủy", 2, kind_id=self.letter.id)
        document.add_metadata("Ghi chú lưu trữ", "Đã số hóa năm 2016")
        dossier = self.expired("05.TH", documents=document)
        before = document.with_user(self.archivist).get_metadata()
        digest = document.sudo().main_file_id.sha256
        model = self.env["vanban.destruction"].with_user(self.archivist)
        destruction = model.browse(model.propose(dossier.ids, "Hết thời hạn, không còn giá trị"))
        destruction.council_ids = self.head | self.archivist2
        destruction.action_check_shared()
        destruction.action_appraise()
        destruction.with_user(self.archivist2).action_record_opinion("Hội đồng thống nhất hủy")
        destruction.with_user(self.head).action_approve("12/QĐ-SNV")
        destruction.action_confirm_first()
        destruction.action_confirm_second("12/QĐ-SNV")
        self.env["vanban.erasure"]._erase_pending()
        self.env.invalidate_all()
        # the content is gone for good
        with self.assertRaises(UserError):
            document.sudo().main_file_id._raw()
        kept = document.with_user(self.archivist).get_metadata()
        self.assertEqual([group["key"] for group in kept["groups"]], [
            "content", "format", "context", "structure", "relations", "signature", "history"])
        self.assertEqual(kept["groups"][0]["entries"], before["groups"][0]["entries"], "description as before")
        self.assertIn(digest, str(kept["groups"][1]), "which file it was")
        self.assertEqual([row["value"] for row in kept["supplement"]], ["Đã số hóa năm 2016"])
        for row in before["groups"][6]["rows"]:
            self.assertIn(row, kept["groups"][6]["rows"], "its history as before")
        self.assertEqual(document.with_user(self.archivist).subject, "Báo cáo sẽ tiêu hủy")
        self.assertTrue(dossier.with_user(self.archivist).get_metadata()["groups"])
        # nobody takes them away, and only who may read the document may read them
        for user in (self.archivist, self.admin):
            with self.assertRaises(AccessError):
                document.with_user(user).unlink()
        with self.assertRaises(AccessError):
            document.with_user(self.admin).get_metadata()
