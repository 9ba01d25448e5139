import base64
import io

import pikepdf
from PIL import Image

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.document_files import FILE_TOKEN
from ..tools import file_text
from .common import make_pdf
from .issuing_common import IssuingCase
from .proves import proves


def b64(raw):
    return base64.b64encode(raw).decode()


@tagged("post_install", "-at_install")
class TestSubmissionSet(IssuingCase):
    """The paper set for the leader beside the electronic submission."""

    def submitted(self):
        asked = self.distributed()
        asked.upload_file("bang-tong-hop.pdf", b64(make_pdf("Bang tong hop den")), role="annex")
        document = self.draft()
        document._link(asked, "answers")
        document.upload_file("so-do.pdf", b64(make_pdf("So do kem theo")), role="annex")
        picture = io.BytesIO()
        Image.new("RGB", (40, 60), "blue").save(picture, "JPEG")
        document.upload_file("anh.jpg", b64(picture.getvalue()), role="annex")
        document.upload_file("bang-so.csv", b64(b"don vi,so\nXa Mau,7\n"), role="annex")
        document.action_submit_review("Kính trình")
        return asked, document

    def fetched(self, user, action):
        """What the address of the action gives to ``user``, found as the controller of the web client finds it."""
        model, record, field, _name = action["url"].removeprefix("/web/content/").split("/")
        binary = self.env(user=user.id, su=False)["ir.binary"]
        self.env.invalidate_all()
        return base64.b64decode(binary._find_record(res_model=model, res_id=int(record))[field])

    @proves("OUT-45")
    def test_slip_draft_incoming_and_annexes_in_one_pdf(self):
        draft = self.draft()
        self.assertIn("not submitted", self.refused(self.specialist, "vanban.document", "action_print_submission_set", [draft.id]))
        asked, document = self.submitted()
        files_before = len(document.file_ids)
        action = self.rpc(self.specialist, "vanban.document", "action_print_submission_set", [document.id])
        raw = self.fetched(self.specialist, action)
        text = " ".join(file_text.extract(raw, "application/pdf").split())
        places = [text.find(words) for words in (
            "PHIẾU TRÌNH GIẢI QUYẾT CÔNG VIỆC", "Du thao", "Noi dung van ban", "Bang tong hop den", "So do kem theo",
        )]
        self.assertNotIn(-1, places)
        self.assertEqual(places, sorted(places), "in the order in which a leader reads them")
        with pikepdf.open(io.BytesIO(raw)) as pdf, pdf.open_outline() as outline:
            self.assertEqual([mark.title for mark in outline.root][1:], [
                "du-thao.pdf", "van-ban.pdf", "bang-tong-hop.pdf", "so-do.pdf", "anh.jpg", "On the screen only",
            ])
            self.assertEqual(len(pdf.pages), 7)
        self.assertIn("bang-so.csv", text, "what has no pages is named")
        log = self.env["vanban.log"].search([("document_id", "=", document.id), ("action", "=", "print")], limit=1)
        self.assertEqual(log.user_name, self.specialist.name)
        self.assertIn("bang-tong-hop.pdf", log.data)
        # pages of the incoming document do not become a file that every reader of the draft may open
        self.assertEqual(len(document.file_ids), files_before)
        arch = document.with_user(self.leader).get_view(view_id=document.get_formview_id())["arch"]
        self.assertIn('name="action_print_submission_set"', arch)
        self.assertTrue(asked.has_access("read"))

    def test_it_holds_only_what_its_printer_may_read_and_is_his_alone(self):
        asked, document = self.submitted()
        self.assertFalse(asked.with_user(self.format_checker).has_access("read"))
        document.with_user(self.unit_head).action_review_approve("Đồng ý")
        action = self.rpc(self.format_checker, "vanban.document", "action_print_submission_set", [document.id])
        made = self.env["vanban.submission.set"].search([("document_id", "=", document.id)], order="id desc", limit=1)
        self.assertIn(f"/{made.id}/", action["url"])
        text = file_text.extract(self.fetched(self.format_checker, action), "application/pdf")
        self.assertIn("So do kem theo", text)
        self.assertNotIn("Bang tong hop den", text)
        self.assertFalse(self.rpc(self.specialist, "vanban.submission.set", "search", [("id", "=", made.id)]))
        self.refused(self.specialist, "vanban.submission.set", "read", made.ids, ["content"])
        self.refused(self.format_checker, "vanban.submission.set", "create", [{"document_id": document.id, "name": "x", "content": "eA=="}])
        with self.assertRaises(AccessError):
            self.fetched(self.specialist, action)

    def test_strangers_and_recipients_print_nothing(self):
        _asked, document = self.submitted()
        with self.assertRaises(AccessError):
            document.with_user(self.outsider).action_print_submission_set()
        document._grant(users=self.outsider, source="recipient")
        self.assertIn("who draft, review", self.refused(self.outsider, "vanban.document", "action_print_submission_set", [document.id]))

    @proves("OUT-45")
    def test_one_unreadable_file_does_not_stop_the_set_and_is_named(self):
        document = self.draft()
        document.upload_file("so-do.pdf", b64(make_pdf("So do kem theo")), role="annex")
        document.upload_file("hong.pdf", b64(make_pdf("Tep se hong")), role="annex")
        damaged = document.file_ids.filtered(lambda file: file.name == "hong.pdf")
        # a disk that lost half of the file
        damaged._attachment().with_context(vanban_file=FILE_TOKEN).raw = damaged._raw()[:100]
        document.action_submit_review("Kính trình")
        action = self.rpc(self.specialist, "vanban.document", "action_print_submission_set", [document.id])
        text = " ".join(file_text.extract(self.fetched(self.specialist, action), "application/pdf").split())
        for words in ("PHIẾU TRÌNH GIẢI QUYẾT CÔNG VIỆC", "So do kem theo", "không có trong bộ in", "hong.pdf"):
            self.assertIn(words, text)
        self.assertNotIn("Tep se hong", text)
        log = self.env["vanban.log"].search([("document_id", "=", document.id), ("action", "=", "print_incomplete")])
        self.assertIn("hong.pdf", log.data)
