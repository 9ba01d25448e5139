import base64

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.vanban_core.tests.proves import proves

from .dossier_common import DossierCase


@tagged("post_install", "-at_install")
class TestDossier(DossierCase):
    @proves("DOS-02", "DOS-04")
    def test_dossier_takes_its_data_from_the_entry(self):
        dossier = self.opened()
        self.assertEqual(dossier.code, "000.00.01.H56.2026.01.TH")
        self.assertEqual(dossier.title, self.line.title)
        self.assertEqual(dossier.retention_id, self.ten_years)
        self.assertEqual(dossier.user_id, self.owner)
        self.assertEqual(dossier.state, "open")

    @proves("DOS-04")
    def test_code_is_unique(self):
        self.opened()
        twin = self.env["vanban.dossier"].with_user(self.owner).create({
            "title": "Trùng", "symbol": "01.TH", "year": 2026, "retention_id": self.ten_years.id, "company_id": self.company.id,
        })  # fmt: skip
        with self.assertRaises(UserError):
            twin.action_open()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            twin._write_fixed({"code": "000.00.01.H56.2026.01.TH"})
            twin.flush_recordset()

    def test_an_entry_assigned_to_somebody_is_opened_by_that_person(self):
        self.issue_plan()
        with self.assertRaises(AccessError):
            self.line.with_user(self.stranger).open_dossier()

    @proves("DOS-05")
    def test_ordinals_are_given_in_time_order(self):
        dossier = self.opened()
        for number in range(3):
            dossier.add_documents(self.document(f"Văn bản {number}").ids)
        fourth = self.env["vanban.dossier.item"].with_user(self.owner).create({
            "dossier_id": dossier.id, "document_id": self.document("Văn bản thứ tư").id, "ordinal": 99,
        })  # fmt: skip
        self.assertEqual(fourth.ordinal, 4)
        self.assertEqual(fourth.code, "000.00.01.H56.2026.01.TH.0000004")
        with self.assertRaises(AccessError):
            fourth.write({"ordinal": 1})

    @proves("DOS-06")
    def test_directions_and_opinions_are_items(self):
        dossier = self.opened()
        dossier.add_material("Ý kiến chỉ đạo của Giám đốc", "direction", text="Giao Văn phòng tham mưu trước ngày 20.")
        dossier.add_material("Phiếu góp ý", "opinion", text="Nhất trí.")
        self.assertEqual(dossier.item_ids.mapped("ordinal"), [1, 2])
        self.assertEqual(dossier.item_ids.mapped("kind"), ["direction", "opinion"])
        with self.assertRaises(UserError):
            dossier.add_material("Trống", "opinion")

    @proves("DOS-07")
    def test_documents_of_the_dossier_are_listed(self):
        dossier = self.opened()
        documents = self.document("Một") | self.document("Hai")
        self.env["vanban.dossier"].browse(dossier.id)._add_documents(documents)
        self.assertEqual(dossier.item_ids.document_id, documents)
        self.assertEqual(documents[0].dossier_item_ids.dossier_id, dossier)

    @proves("DOS-08")
    def test_sound_and_pictures(self):
        import io

        from PIL import Image

        dossier = self.opened()
        sound = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" * 64
        picture = io.BytesIO()
        Image.new("RGB", (8, 8), "red").save(picture, "JPEG")
        first = dossier.add_material(
            "Ghi âm kết luận", "media", None, "ket-luan.mp3", base64.b64encode(sound).decode(),
            {"place": "Hội trường", "event": "Hội nghị tổng kết", "author": "Văn phòng"},
        )  # fmt: skip
        second = dossier.add_material("Ảnh", "pic", None, "anh.jpeg", base64.b64encode(picture.getvalue()).decode())
        items = self.env["vanban.dossier.item"].with_user(self.owner).browse([first, second])
        self.assertEqual(items.mapped("mimetype"), ["audio/mpeg", "image/jpeg"])
        self.assertEqual((items[0].place, items[0].event), ("Hội trường", "Hội nghị tổng kết"))
        self.assertEqual(base64.b64decode(items[0].content), sound)
        with self.assertRaises(UserError):
            dossier.add_material("Giả mạo", "media", None, "nhac.mp3", base64.b64encode(b"MZ\x90").decode())
        attachment = items[0]._attachment()
        with self.assertRaises(AccessError):
            attachment.write({"raw": b"khac"})
        with self.assertRaises(AccessError):
            attachment.unlink()

    @proves("DOS-09")
    def test_opening_needs_title_and_retention(self):
        dossier = self.env["vanban.dossier"].with_user(self.owner).create({
            "symbol": "12.TH", "year": 2026, "company_id": self.company.id, "title": "Thiếu thời hạn",
        })  # fmt: skip
        with self.assertRaisesRegex(UserError, "."):
            dossier.action_open()
        self.assertEqual(dossier.state, "planned")

    @proves("DOS-17")
    def test_first_document_starts_the_work_and_order_is_kept(self):
        dossier = self.opened()
        for method in ("action_close", "action_resume"):
            with self.assertRaises(UserError):
                getattr(dossier, method)()
        dossier.add_documents(self.document().ids)
        self.assertEqual(dossier.state, "processing")
        with self.assertRaises(AccessError):
            dossier.write({"state": "archived"})
        with self.assertRaises(UserError):
            dossier.action_open()

    @proves("DOS-15")
    def test_contribution_of_a_coordinator_flows_into_the_dossier(self):
        dossier = self.opened(member_ids=[(4, self.colleague.id)])
        opinion = self.document("Ý kiến phối hợp", user=self.colleague)
        dossier.with_user(self.colleague).add_documents(opinion.ids)
        self.assertEqual(dossier.item_ids.document_id, opinion.with_user(self.owner))
        # the keeper now reads what the coordinator filed
        self.assertEqual(opinion.with_user(self.owner).subject, "Ý kiến phối hợp")

    @proves("DOS-18")
    def test_course_shows_dossier_and_documents(self):
        dossier = self.opened()
        document = self.document()
        dossier.add_documents(document.ids)
        dossier.add_material("Chỉ đạo", "direction", text="Khẩn trương.")
        dossier.action_review()
        rows = self.env["vanban.log"].search(dossier.action_view_course()["domain"])
        self.assertTrue({"create", "open", "first_item", "review"} <= set(rows.filtered(lambda row: row.model == "vanban.dossier").mapped("action")))
        self.assertIn("add_file", rows.filtered(lambda row: row.document_id == document.id).mapped("action"))

    def test_strangers_read_nothing(self):
        dossier = self.opened()
        document = self.document()
        dossier.add_documents(document.ids)
        self.assertFalse(self.env["vanban.dossier"].with_user(self.stranger).search([("id", "=", dossier.id)]))
        self.assertFalse(self.env["vanban.dossier.item"].with_user(self.stranger).search([("dossier_id", "=", dossier.id)]))
        with self.assertRaises(AccessError):
            dossier.with_user(self.stranger).add_documents([])
        with self.assertRaises(AccessError):
            document.with_user(self.stranger).read(["subject"])

    def test_members_read_and_lose_access_again(self):
        dossier = self.opened()
        document = self.document()
        dossier.add_documents(document.ids)
        dossier.write({"member_ids": [(4, self.colleague.id)]})
        self.assertEqual(document.with_user(self.colleague).subject, "Báo cáo")
        with self.assertRaises(AccessError):
            dossier.with_user(self.colleague).write({"title": "Đổi tên"})
        dossier.write({"member_ids": [(3, self.colleague.id)]})
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            document.with_user(self.colleague).read(["subject"])

    def test_filing_twice_is_one_item(self):
        dossier = self.opened()
        document = self.document()
        dossier.add_documents(document.ids)
        self.assertEqual(dossier.add_documents(document.ids), [])
        self.assertEqual(len(dossier.item_ids), 1)

    def test_nothing_is_deleted_silently(self):
        dossier = self.opened()
        dossier.add_documents(self.document().ids)
        with self.assertRaises(AccessError):
            dossier.unlink()
        with self.assertRaises(AccessError):
            dossier.item_ids.unlink()
        with self.assertRaises(UserError):
            dossier.copy()

    def test_a_mere_reader_shares_nothing_by_filing(self):
        dossier = self.opened()
        dossier.write({"member_ids": [(4, self.colleague.id)]})
        document = self.document(user=self.clerk)
        document.sudo()._grant(users=self.owner, act=False, source="assignment")
        dossier.add_documents(document.ids)
        item = dossier.item_ids
        self.assertEqual(item.document_id.with_user(self.owner), document.with_user(self.owner))
        self.assertFalse(document.with_user(self.colleague).has_access("read"))
        self.env.invalidate_all()
        self.assertFalse(dossier.with_user(self.colleague).item_ids, "not even its abstract")
        self.assertEqual(dossier.with_user(self.colleague).get_metadata()["groups"][1]["rows"], [])
        # who handles it shares it, by the same button
        other = self.document("Khác")
        dossier.add_documents(other.ids)
        self.assertTrue(other.with_user(self.colleague).has_access("read"))
        self.env.invalidate_all()
        self.assertEqual(dossier.with_user(self.colleague).item_ids.document_id, other.with_user(self.colleague))
