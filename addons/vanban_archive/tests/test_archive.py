from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from .archive_common import ArchiveCase


@tagged("post_install", "-at_install")
class TestArchive(ArchiveCase):
    @proves("ARC-08", "DOS-17")
    def test_archived_dossier_is_read_only_for_everyone_else(self):
        dossier = self.archived()
        self.assertEqual(dossier.state, "archived")
        for user in (self.owner, self.leader, self.clerk):
            with self.assertRaises(AccessError):
                dossier.with_user(user).write({"title": "Đổi"})
        with self.assertRaises(AccessError):
            dossier.with_user(self.archivist).write({"title": "Đổi"})
        dossier.with_user(self.archivist).write({"archive_note": "Khổ A4, tình trạng tốt", "archive_place": "Kho số 1"})
        self.assertEqual(dossier.with_user(self.owner).archive_note, "Khổ A4, tình trạng tốt")
        document = dossier.item_ids.document_id[:1]
        with self.assertRaises(AccessError):
            document.with_user(self.owner).write({"note": "sửa sau khi lưu trữ"})
        with self.assertRaises(AccessError):
            document.with_user(self.owner).upload_file("them.pdf", "JVBERi0=", role="annex")

    @proves("ARC-08", "LT-09")
    def test_what_lies_in_an_archived_dossier_is_no_longer_recalled(self):
        kept, other = (self.document(text, 1, state="filed", kind_id=self.letter.id) for text in ("Báo cáo", "Công văn"))
        dossier = self.closed(documents=kept)
        self.opened(self._approved_line("02.TH")).add_documents(other.ids)
        self.assertFalse(kept._closed_to_changes())
        handover = self.checked(dossier)
        self.assertFalse(kept._closed_to_changes(), "handed over, not yet accepted")
        handover.action_accept()
        handover.with_user(self.owner).action_sign_minutes()
        handover.action_sign_minutes()
        handover.action_archive()
        self.assertIn(kept.display_name, kept._closed_to_changes())
        # without assertRaises, which would take the trace of the refusal back with everything else
        try:
            kept.with_user(self.clerk).action_recall_execute("Cơ quan ban hành thu hồi")
        except UserError as error:
            message = str(error)
        self.assertIn("refuse the sender's request", message)
        self.assertEqual((kept.state, kept.recall_reason), ("filed", False))
        refused = [("action", "=", "recall_execute"), ("outcome", "=", "refused"), ("document_id", "=", kept.id)]
        self.assertEqual(self.env["vanban.log"].search(refused).user_id, self.clerk.id)
        # what is filed in a dossier that is still in use is cancelled as before
        self.assertFalse(other._closed_to_changes())
        other.with_user(self.clerk).action_recall_execute("Cơ quan ban hành thu hồi")
        self.assertEqual(other.state, "recalled")

    @proves("ARC-28")
    def test_deleting_and_changing_are_refused_and_logged(self):
        dossier = self.archived()
        item, document = dossier.item_ids[:1], dossier.item_ids.document_id[:1]
        file = document.main_file_id
        attempts = {
            "dossier": lambda user: dossier.with_user(user).unlink(),
            "item": lambda user: item.with_user(user).unlink(),
            "document": lambda user: document.with_user(user).unlink(),
            "file": lambda user: file.with_user(user).write({"name": "khac.pdf"}),
            "package": lambda user: dossier.sudo().package_ids.with_user(user).unlink(),
        }
        dossier.build_package()
        attempts["bytes"] = lambda user: file._attachment().with_user(user).sudo().unlink()
        for user in (self.owner, self.leader, self.archivist, self.admin):
            for name, attempt in attempts.items():
                with self.subTest(user=user.login, what=name):
                    # without assertRaises, which would take the trace of the refusal back with everything else
                    try:
                        attempt(user)
                    except AccessError:
                        continue
                    self.fail("not refused")
        log = self.env["vanban.log"].search([("outcome", "=", "refused")])
        for user in (self.owner, self.archivist):
            own = log.filtered(lambda row, user=user: row.user_id == user.id)
            self.assertTrue({"delete", "write"} <= set(own.mapped("action")), own.mapped("action"))

    @proves("ARC-18")
    def test_converted_to_paper_is_not_demanded(self):
        dossier = self.closed()
        dossier.write({"paper_authoritative": True, "paper_location": "Kho 2, giá 1, hộp 7"})
        self.assertFalse(dossier.handover_due_date)
        self.assertFalse(dossier.handover_late)
        self.assertEqual(dossier.paper_location, "Kho 2, giá 1, hộp 7")
        self.assertFalse(self.env["vanban.archive.notice"]._announce_handover(self.company))

    @proves("ARC-19")
    def test_history_stays_readable_and_travels_with_the_package(self):
        dossier = self.archived()
        document = dossier.item_ids.document_id[:1]
        rows = self.env["vanban.log"].search(dossier.action_view_course()["domain"])
        actions = set(rows.mapped("action"))
        self.assertTrue({"create", "open", "review", "close", "submit_archive", "archive"} <= actions)
        self.assertIn("add_file", rows.filtered(lambda row: row.document_id == document.id).mapped("action"))
        history = dossier.sudo()._history().decode()
        self.assertEqual(len(history.splitlines()), len(rows))
        self.assertIn('"submit_archive"', history)

    def test_archivists_read_what_was_handed_over_and_nothing_before(self):
        dossier = self.closed()
        document = dossier.item_ids.document_id[:1]
        archivist_view = self.env["vanban.dossier"].with_user(self.archivist)
        self.assertFalse(archivist_view.search([("id", "=", dossier.id)]))
        dossier.action_submit_to_archive()
        self.env.invalidate_all()
        self.assertTrue(archivist_view.search([("id", "=", dossier.id)]))
        self.assertTrue(document.with_user(self.archivist).subject)
        self.handover_of(dossier).with_user(self.archivist).action_return("Thiếu")
        self.env.invalidate_all()
        self.assertFalse(archivist_view.search([("id", "=", dossier.id)]))
        with self.assertRaises(AccessError):
            document.with_user(self.archivist).read(["subject"])

    def test_hold_needs_a_reason_and_a_role(self):
        dossier = self.archived()
        with self.assertRaises(AccessError):
            dossier.with_user(self.owner).action_hold("giữ")
        with self.assertRaises(UserError):
            dossier.action_hold(" ")
        dossier.action_hold("Phục vụ thanh tra")
        self.assertTrue(dossier.legal_hold)
        dossier.action_release_hold("Thanh tra đã kết thúc")
        self.assertFalse(dossier.legal_hold)
