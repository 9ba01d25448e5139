from datetime import date
from pathlib import Path

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from .archive_common import ArchiveCase


@tagged("post_install", "-at_install")
class TestFixity(ArchiveCase):
    def damage(self, file):
        """Change one byte on the disk, as a failing disk or an intruder would."""
        attachment = file._attachment()
        path = Path(attachment._full_path(attachment.store_fname))
        content = path.read_bytes()
        self.addCleanup(path.write_bytes, content)
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        return path, content

    @proves("ARC-01")
    def test_a_changed_byte_alarms_archivist_and_administrator(self):
        dossier = self.archived()
        files = dossier.sudo().item_ids.document_id.main_file_id
        self.assertFalse(files._check_fixity())
        self.assertEqual(set(files.mapped("fixity_ok")), {True})
        path, content = self.damage(files[0])
        self.assertEqual(files._check_fixity(), files[0])
        finding = self.env["vanban.fixity.finding"].search([("res_id", "=", files[0].id), ("res_model", "=", "vanban.file")])
        self.assertEqual(finding.state, "open")
        self.assertEqual(finding.expected, files[0].sha256)
        self.assertLessEqual(self.archivist | self.archivist2 | self.admin, finding.activity_ids.user_id)
        files._check_fixity()
        self.assertEqual(len(finding.search([("res_id", "=", files[0].id), ("res_model", "=", "vanban.file")])), 1)
        with self.assertRaises(UserError):
            finding.with_user(self.archivist).action_settle("đã khôi phục")
        path.write_bytes(content)
        with self.assertRaises(AccessError):
            finding.with_user(self.owner).action_settle("đã khôi phục")
        finding.with_user(self.archivist).action_settle("Khôi phục từ bản sao lưu ngày hôm trước")
        self.assertEqual(finding.state, "settled")

    @proves("ARC-01")
    def test_scheduled_check_looks_at_every_file_and_finds_missing_bytes(self):
        dossier = self.archived()
        dossier.build_package()
        file = dossier.sudo().item_ids.document_id.main_file_id[:1]
        path, _content = self.damage(file)
        path.unlink()
        self.env["ir.config_parameter"].sudo().set_param("vanban_archive.fixity_days", "0")
        with freeze_time("2026-11-29 18:00:00"):
            self.run_cron("vanban_archive.cron_fixity")
        self.env.invalidate_all()
        self.assertTrue(file.fixity_date)
        self.assertFalse(file.fixity_ok)
        self.assertTrue(dossier.sudo().package_ids.fixity_ok)
        finding = self.env["vanban.fixity.finding"].search([("res_id", "=", file.id), ("res_model", "=", "vanban.file")])
        # the job speaks Vietnamese, and its to-dos are of the day in Vietnam
        self.assertEqual(set(finding.activity_ids.mapped("summary")), {f"Tệp hư hỏng: {file.name}"})
        self.assertEqual(set(finding.activity_ids.mapped("date_deadline")), {date(2026, 11, 30)})
