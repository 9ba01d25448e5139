import base64
import json

from lxml import etree
from psycopg2 import Error

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..tools.metadata_xml import NAMESPACE
from .common import PASSWORD, VanbanSetUp, make_pdf
from .dossier_common import DossierCase
from .outgoing_common import OutgoingCase
from .proves import proves

GROUPS = ["content", "format", "context", "structure", "relations", "signature", "history"]


@tagged("post_install", "-at_install")
class TestMetadata(OutgoingCase):
    @proves("DOC-02", "DOC-10", "OUT-46")
    def test_an_issued_document_has_all_seven_groups_with_the_codes_of_the_standard(self):
        document = self.on_paper()
        document.with_user(self.clerk).action_issue()
        metadata = document.with_user(self.clerk).get_metadata()
        self.assertEqual([group["key"] for group in metadata["groups"]], GROUPS)
        entries = {(entry["number"], entry["code"]): entry["value"] for entry in metadata["groups"][0]["entries"]}
        self.assertEqual(len(entries), 23)
        for number, code in (("1", "FileCode"), ("1.3", "FileNotation"), ("2", "DocOrdinal"), ("12.2", "FullName"), ("16", "DueDate")):
            self.assertIn((number, code), entries)
        self.assertEqual(entries["4", "CodeNumber"], document.code_number)
        self.assertEqual(entries["12.1", "Position"], "Giám đốc")
        self.assertEqual(entries["13.2", "OrganName"], [self.issuer.name])
        self.assertEqual(entries["6", "IssuedDate"], str(document.issue_date))
        (file,) = [row for row in metadata["groups"][1]["rows"] if row["stage"] and row["name"] == document.main_file_id.name]
        self.assertEqual((file["sha256"], file["size"]), (document.main_file_id.sha256, document.main_file_id.size))
        answerable = [row["role"] for row in document._responsible()]
        self.assertEqual((answerable[0], answerable[-2:]), ("Drafter", ["Signer", "Issuing clerk"]))
        for person in (self.specialist, self.unit_head, self.format_checker, self.leader, self.clerk):
            self.assertIn(person.name, document.with_user(self.clerk).responsible)

    @proves("DOC-03")
    def test_incoming_document_in_both_standards(self):
        document = self.distributed()
        metadata = document.with_user(self.leader).get_metadata()
        entries = {(entry["number"], entry["code"]): entry["value"] for entry in metadata["groups"][0]["entries"]}
        self.assertEqual(entries["13", "ArrivalNumber"], str(document.arrival_number))
        self.assertIn(self.specialist.name, entries["16", "ToPlaces"])
        self.assertIn("Đề nghị xử lý", entries["17", "TraceHeaderList"])
        self.company.vanban_profile_id = self.env.ref("vanban_core.profile_hcm")
        metadata = document.with_user(self.leader).get_metadata()
        numbers = {entry["code"]: entry["number"] for entry in metadata["groups"][0]["entries"]}
        self.assertEqual((numbers["DocCode"], numbers["ArrivalNumber"], numbers["DueDate"]), ("1", "14", "19"))
        self.assertIn("01/2019", metadata["standard"])

    def test_values_beyond_the_length_are_kept_and_named(self):
        document = self.incoming(subject="Trích yếu dài " * 50)
        metadata = document.get_metadata()
        self.assertIn("Subject", metadata["warnings"][0])
        self.assertEqual(metadata["groups"][0]["entries"][10]["value"], document.subject)

    @proves("DOC-04")
    def test_attached_files_have_name_type_size_digest_uploader_and_time(self):
        document = self.incoming()
        for number in range(3):
            document.upload_file(f"phu-luc-{number}.pdf", base64.b64encode(make_pdf(f"Phu luc {number}")).decode(), "annex")
        rows = document.get_metadata()["groups"][1]["rows"]
        annexes = [row for row in rows if row["name"].startswith("phu-luc")]
        self.assertEqual(len(annexes), 3)
        for row in annexes:
            self.assertEqual((row["mimetype"], row["author"], len(row["sha256"])), ("application/pdf", self.clerk.name, 64))
            self.assertTrue(row["size"] and row["date"])

    @proves("DOC-12")
    def test_shown_to_those_who_may_read_refused_and_logged_for_others(self):
        document = self.distributed()
        view = self.env["vanban.metadata.view"].with_user(self.specialist).create({"model": "vanban.document", "res_id": document.id})
        self.assertIn("ArrivalNumber", view.content)
        self.assertNotIn("<script>", view.content)
        for stranger in (self.outsider, self.auditor, self.admin_user):
            try:
                document.with_user(stranger).get_metadata()
            except AccessError:
                continue
            self.fail(f"{stranger.name} saw the metadata")
        refused = self.env["vanban.log"].search([
            ("document_id", "=", document.id), ("action", "=", "metadata"), ("outcome", "=", "refused"),
        ])
        self.assertLessEqual({self.outsider.id, self.auditor.id, self.admin_user.id}, set(refused.mapped("user_id")))

    def test_values_are_text_not_markup(self):
        document = self.incoming(subject="<script>alert(1)</script>")
        view = self.env["vanban.metadata.view"].with_user(self.clerk).create({"model": "vanban.document", "res_id": document.id})
        self.assertIn("&lt;script&gt;", view.content)
        self.assertNotIn("<script>", view.content)

    @proves("DOC-13")
    def test_a_note_is_added_with_author_and_time_and_the_rest_is_unchanged(self):
        document = self.on_paper()
        document.with_user(self.clerk).action_issue()
        before = document.get_metadata()["groups"][0]
        note = self.env["vanban.metadata.note"].browse(document.with_user(self.clerk).add_metadata("Ghi chú", "Bản giấy lưu tại kho 2"))
        self.assertEqual((note.author_id, note.document_id), (self.clerk, document))
        self.assertTrue(note.date)
        metadata = document.get_metadata()
        self.assertEqual(metadata["groups"][0], before)
        self.assertEqual(metadata["supplement"][0]["value"], "Bản giấy lưu tại kho 2")
        with self.assertRaises(UserError):
            document.with_user(self.clerk).add_metadata("Ghi chú", " ")
        document._grant(users=self.outsider, source="test")
        with self.assertRaises(AccessError):
            document.with_user(self.outsider).add_metadata("Ghi chú", "Người chỉ được đọc")

    @proves("DOC-14")
    def test_metadata_are_neither_pointed_elsewhere_nor_deleted(self):
        document, other = self.on_paper(), self.incoming()
        document.with_user(self.clerk).action_issue()
        note = self.env["vanban.metadata.note"].browse(document.with_user(self.clerk).add_metadata("Ghi chú", "Nội dung"))
        for records in (note, note.with_user(self.clerk), note.with_user(self.env.ref("base.user_admin"))):
            with self.assertRaises(AccessError):
                records.write({"document_id": other.id})
            with self.assertRaises(AccessError):
                records.unlink()
        with self.assertRaises(AccessError):
            self.env["vanban.metadata.note"].with_user(self.clerk).create({"document_id": other.id, "name": "a", "value": "b"})
        for statement in ("UPDATE vanban_metadata_note SET document_id = %s", "DELETE FROM vanban_metadata_note WHERE document_id <> %s"):
            with self.assertRaises(Error), self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                self.env.cr.execute(statement, [other.id])
        for record in (document.main_file_id, document.entry_ids):
            with self.assertRaises(AccessError):
                record.sudo().write({"document_id": other.id})
        self.assertEqual(note.document_id, document)


@tagged("post_install", "-at_install")
class TestDossierMetadata(DossierCase):
    @proves("DOC-20")
    def test_a_document_in_two_dossiers_shows_both_with_its_ordinal(self):
        line = self._line("02.TH", "Tập thứ hai", user_id=self.owner.id)
        first, second = self.opened(), self.opened(line)
        document, other = self.document("Một"), self.document("Hai")
        second.add_documents(other.ids)
        for dossier in (first, second):
            dossier.add_documents(document.ids)
        self.assertEqual(document.dossier_item_ids.sorted("ordinal").mapped(lambda item: (item.dossier_id, item.ordinal)), [(first, 1), (second, 2)])
        rows = document.get_metadata()["groups"][3]["rows"]
        self.assertEqual({(row["dossier"], row["ordinal"]) for row in rows}, {(first.code, 1), (second.code, 2)})
        self.assertEqual(len(document.sudo().file_ids), 1, "filed twice, kept once")

    @proves("DOC-13")
    def test_a_closed_dossier_is_supplemented(self):
        dossier = self.opened()
        dossier.add_documents(self.document().ids)
        dossier.action_review()
        dossier.action_close({"end_date": "2020-12-31"})
        before = dossier.get_metadata()["groups"][0]
        self.assertTrue(dossier.add_metadata("Từ khóa", "tổng hợp"))
        metadata = dossier.get_metadata()
        self.assertEqual(metadata["groups"][0], before)
        self.assertEqual(metadata["supplement"][0]["author"], self.owner.name)
        entries = {entry["code"]: entry["value"] for entry in metadata["groups"][0]["entries"]}
        self.assertEqual((entries["Title"], entries["DocTotal"], entries["EndDate"]), (dossier.title, "1", "2020-12-31"))
        with self.assertRaises(AccessError):
            dossier.with_user(self.stranger).get_metadata()


@tagged("post_install", "-at_install")
class TestMetadataExport(VanbanSetUp, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_agency()

    @proves("DOC-12")
    def test_files_for_the_reader_nothing_for_a_stranger(self):
        document = self.distributed()
        self.authenticate(self.specialist.login, PASSWORD)
        answer = self.url_open(f"/vanban/metadata/document/{document.id}.json")
        self.assertEqual([group["key"] for group in answer.json()["groups"]], GROUPS)
        answer = self.url_open(f"/vanban/metadata/document/{document.id}.xml")
        root = etree.fromstring(answer.content)
        found = root.xpath("//v:Field[@code='ArrivalNumber']/text()", namespaces={"v": NAMESPACE})
        self.assertEqual(found, [str(document.arrival_number)])
        self.assertTrue(self.env["vanban.log"].search([("document_id", "=", document.id), ("action", "=", "export")]))
        self.authenticate(self.outsider.login, PASSWORD)
        with mute_logger("odoo.http"):
            answer = self.url_open(f"/vanban/metadata/document/{document.id}.json")
        self.assertEqual(answer.status_code, 403)
        self.assertNotIn(json.dumps(document.subject)[1:-1], answer.text)
