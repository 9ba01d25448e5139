import io
import json
import tempfile
import zipfile
from pathlib import Path

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from ..package import check_package, unpack_package
from .archive_common import ArchiveCase


@tagged("post_install", "-at_install")
class TestPackage(ArchiveCase):
    def unpacked(self, package):
        folder = Path(tempfile.mkdtemp(prefix="vanban-test-"))
        self.addCleanup(__import__("shutil").rmtree, folder)
        archive = folder / "p.zip"
        archive.write_bytes(package._attachment().raw)
        return unpack_package(archive, folder)

    @proves("ARC-24")
    def test_package_of_a_dossier_is_built_checked_and_kept(self):
        dossier = self.archived()
        package = self.env["vanban.package"].with_user(self.archivist).browse(dossier.build_package())
        self.assertEqual((package.result, package.findings), ("passed", False))
        self.assertEqual(package.document_count, 2)
        path = self.unpacked(package)
        self.assertTrue(check_package(path, mets_sha256=package.mets_sha256).ok)
        data = sorted(one.name for one in (path / "representations/rep1/data").iterdir())
        self.assertEqual(data, ["File1.pdf", "File2.pdf"])
        original = dossier.item_ids.sorted("ordinal")[0].document_id.main_file_id._raw()
        self.assertEqual((path / "representations/rep1/data/File1.pdf").read_bytes(), original)
        self.assertEqual(package.action_check(), "passed")

    @proves("ARC-25")
    def test_fields_of_tt02_are_all_there(self):
        dossier = self.archived()
        package = self.env["vanban.package"].with_user(self.archivist).browse(dossier.build_package("SIP", "TT02-2019"))
        path = self.unpacked(package)
        record = etree.parse(path / "metadata/descriptive/EAD.xml")
        self.assertEqual(record.findtext("FileCode"), dossier.code)
        self.assertEqual(record.findtext("FileNotation"), "01.TH")
        self.assertEqual(record.findtext("Maintenance"), "10 năm")
        self.assertEqual(record.findtext("TotalDoc"), "2")
        first = etree.parse(path / "representations/rep1/metadata/descriptive/EAD_doc_File1.xml")
        self.assertEqual(first.findtext("OrganName"), "Sở Tài chính")
        self.assertEqual(first.findtext("DocOrdinal"), "1")

    @proves("ARC-25")
    def test_missing_mandatory_data_are_reported(self):
        dossier = self.archived()
        dossier._write_fixed({"title": False})
        with self.assertRaisesRegex(UserError, "Tiêu đề hồ sơ: bắt buộc, còn thiếu"):
            dossier.build_package()
        self.assertFalse(dossier.package_ids)

    def test_history_minutes_and_written_directions_are_inside(self):
        line = self._approved_line("05.TH")
        dossier = self.opened(line, start_date="2015-01-05")
        dossier.add_documents(self.document("Báo cáo", 1).ids)
        dossier.add_material("Chỉ đạo của lãnh đạo", "direction", text="Giao Văn phòng tổng hợp.")
        dossier.action_review()
        dossier.action_close({"end_date": "2015-12-01"})
        handover = self.checked(dossier)
        handover.action_accept()
        handover.with_user(self.owner).action_sign_minutes()
        handover.action_sign_minutes()
        handover.action_archive()
        package = self.env["vanban.package"].browse(dossier.with_user(self.archivist).build_package())
        path = self.unpacked(package)
        names = {one.name for one in (path / "documentation").iterdir()}
        self.assertEqual(names, {"history.jsonl", "handover_minutes.pdf"})
        rows = [json.loads(row) for row in (path / "documentation/history.jsonl").read_text().splitlines()]
        self.assertIn("archive", {row["action"] for row in rows})
        self.assertIn("Giao Văn phòng tổng hợp.", (path / "representations/rep1/data/File2.txt").read_text())

    def test_a_changed_package_is_found(self):
        from odoo.addons.vanban_core.models.document_files import FILE_TOKEN

        dossier = self.archived()
        package = self.env["vanban.package"].browse(dossier.build_package())
        with zipfile.ZipFile(io.BytesIO(package._attachment().raw)) as archive:
            members = {info.filename: archive.read(info) for info in archive.infolist()}
        target = next(name for name in members if name.endswith("data/File1.pdf"))
        members[target] += b" "
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        package._attachment().with_context(vanban_file=FILE_TOKEN).write({"raw": buffer.getvalue()})
        self.assertEqual(package.with_user(self.archivist).action_check(), "failed")
        self.assertIn("File1.pdf", package.findings)

    def test_only_archivists_build_and_only_from_the_archive(self):
        dossier = self.closed()
        with self.assertRaises(AccessError):
            dossier.build_package()
        with self.assertRaises(AccessError):
            self.env["vanban.package"].with_user(self.archivist).create({"name": "x", "dossier_id": dossier.id})
        archived = self.archived("02.TH")
        with self.assertRaises(UserError):
            archived.build_package("ZIP")

    @proves("ARC-24")
    def test_transfer_to_the_historical_archive_needs_permanent_value_and_a_package(self):
        dossier = self.archived()
        with self.assertRaises(UserError):
            dossier.action_transfer("Nộp lưu trữ lịch sử")
        dossier._write_fixed({"retention_id": self.env.ref("vanban_core.retention_permanent").id})
        with self.assertRaises(UserError):
            dossier.action_transfer("Nộp lưu trữ lịch sử")
        dossier.build_package("SIP")
        dossier.action_transfer("Nộp lưu trữ lịch sử theo kế hoạch")
        self.assertEqual(dossier.state, "transferred")

    def test_scheduled_building(self):
        dossier = self.archived()
        self.run_cron("vanban_archive.cron_package")
        dossier.invalidate_recordset()
        self.assertEqual(dossier.package_ids.mapped("kind"), ["AIP"])
        self.run_cron("vanban_archive.cron_package")
        dossier.invalidate_recordset()
        self.assertEqual(len(dossier.package_ids), 1)
