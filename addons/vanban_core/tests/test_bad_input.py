import base64
import io
import json
import zlib

import pikepdf

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..tools import vietnam_time
from .common import PASSWORD, VanbanSetUp, make_pdf
from .proves import proves

VIETNAMESE = set("ạảãàáặệộợửữđăâêôơưấềốứếủịọụ")


def b64(raw):
    return base64.b64encode(raw).decode()


def layered_bomb(size=600 * 1024 * 1024):
    """A small PDF whose one stream unpacks, through two layers, to more than any reader should hold."""
    packer, inner, chunk = zlib.compressobj(9), [], bytes(1 << 20)
    for _number in range(size >> 20):
        inner.append(packer.compress(chunk))
    document = pikepdf.new()
    document.add_blank_page()
    stream = pikepdf.Stream(document, b"")
    stream.write(
        zlib.compress(b"".join([*inner, packer.flush()]), 9), filter=pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode]))
    document.pages[0].Contents = stream
    out = io.BytesIO()
    document.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return out.getvalue()


def encrypted():
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(make_pdf("Co mat khau"))) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="chu", user="mo"))
    return out.getvalue()


@tagged("post_install", "-at_install")
class TestBadInput(VanbanSetUp, HttpCase):
    """What goes wrong at the reception desk, as the web client sends it: a message in Vietnamese, nothing lost, nothing half done."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_agency()
        cls.env["res.lang"]._activate_lang("vi_VN")
        cls.colleague = cls._make_user("clerk2", "vanban_core.group_clerk")
        (cls.clerk | cls.colleague).lang = "vi_VN"

    def setUp(self):
        super().setUp()
        self.authenticate(self.clerk.login, PASSWORD)

    def rpc(self, method, ids=None, **kwargs):
        """The result of a call, or the error as a person would read it."""
        kwargs.setdefault("context", {"lang": "vi_VN", "tz": "Asia/Ho_Chi_Minh"})
        args = [kwargs.pop("vals_list")] if method == "create" else [] if ids is None else [ids]
        answer = self.url_open(
            "/web/dataset/call_kw", headers={"Content-Type": "application/json"}, timeout=180,
            data=json.dumps({"jsonrpc": "2.0", "id": 1, "method": "call", "params": {
                "model": "vanban.document", "method": method, "args": args, "kwargs": kwargs}}),
        ).json()  # fmt: skip
        return answer.get("result"), answer.get("error")

    def refused(self, method, ids=None, words=(), **kwargs):
        with mute_logger("odoo.http"):
            _result, error = self.rpc(method, ids, **kwargs)
        self.assertTrue(error, f"{method} was not refused")
        self.assertEqual(error["data"]["name"], "odoo.exceptions.UserError", error["data"]["debug"])
        message = error["data"]["message"]
        self.assertTrue(VIETNAMESE & set(message), message)
        for word in words:
            self.assertIn(word, message)
        return message

    def letter(self, **vals):
        result, error = self.rpc("create", vals_list=[{
            "direction": "in", "company_id": self.company.id, "kind_id": self.kind.id, "subject": "Về việc báo cáo", "issue_date": "2026-01-05",
            "issuer_name": "UBND xã Mẫu Tân", "code_number": "1", "code_notation": "UBND-VP", "medium": "paper", **vals,
        }])
        self.assertFalse(error, error)
        return self.env["vanban.document"].browse(result[0])

    def counted(self):
        self.env.invalidate_all()
        return [self.env[name].sudo().search_count([]) for name in ("vanban.document", "vanban.file")]

    @proves("DOC-05")
    def test_hostile_files_leave_nothing_behind(self):
        document = self.letter()
        whole = make_pdf("Ban quet", pages=3)
        before = self.counted()
        for name, raw, words in (
            ("bom.pdf", layered_bomb(), ("bom.pdf",)),
            ("co-mat-khau.pdf", encrypted(), ("co-mat-khau.pdf",)),
            ("hong.pdf", whole[: len(whole) // 2], ("hong.pdf",)),
            ("chuong-trinh.pdf", b"MZ" + bytes(4000), ("chuong-trinh.pdf", "Windows")),
            ("rong.pdf", b"", ("rong.pdf",)),
        ):
            with self.subTest(name):
                self.refused("upload_file", document.id, words, name=name, content_b64=b64(raw))
                self.refused("action_receive_scan", None, words, vals={"subject": "Văn bản"}, filename=name, content_b64=b64(raw))
                self.assertEqual(self.counted(), before)
        # suggestions of such a file: none, and no error either
        found, error = self.rpc("suggest_from_file", content_b64=b64(encrypted()))
        self.assertEqual((found, error), ({"rows": [], "scan": False}, None))
        # the document goes on with a sound file
        self.assertTrue(self.rpc("upload_file", document.id, name="tot.pdf", content_b64=b64(whole))[0])
        numbers, error = self.rpc("action_register", document.ids)
        self.assertEqual((numbers, error), ([1], None))

    def test_five_hundred_pages_are_taken_in(self):
        document = self.letter()
        raw = b64(make_pdf("Trang quet", pages=500))
        self.assertTrue(self.rpc("upload_file", document.id, name="ho-so.pdf", content_b64=raw)[0])
        found, error = self.rpc("suggest_from_file", content_b64=raw)
        self.assertFalse(error)
        self.assertIn("rows", found)
        self.env.invalidate_all()
        self.assertEqual((document.page_count, document.main_file_id.page_count), (500, 500))
        self.assertEqual(self.rpc("action_register", document.ids)[0], [1])

    def test_wrong_days_are_named(self):
        before = self.counted()
        self.refused("create", None, ("2026-02-30",), vals_list=[{"direction": "in", "subject": "Ngày không có", "issue_date": "2026-02-30"}])
        self.assertEqual(self.counted(), before)
        document = self.letter()
        self.refused("write", document.ids, ("31/12/2025",), vals={"issue_date": "31/12/2025", "subject": "Không được ghi"})
        tomorrow = fields.Date.add(vietnam_time.today(), days=1)
        self.rpc("write", document.ids, vals={"issue_date": str(tomorrow)})
        self.rpc("upload_file", document.id, name="a.pdf", content_b64=b64(make_pdf()))
        self.refused("action_register", document.ids, (tomorrow.strftime("%d/%m/%Y"),))
        self.env.invalidate_all()
        # what was typed is still there, nothing was numbered, and the corrected document gets the first number
        self.assertEqual((document.subject, document.arrival_number, document.issue_date), ("Về việc báo cáo", 0, tomorrow))
        self.rpc("write", document.ids, vals={"issue_date": "2026-01-05"})
        # a due date before the document itself, most often last year's
        for vals in ({"external_due_date": "2025-01-20"}, {"external_due_date": False, "reply_required": True, "reply_due_date": "2025-01-20"}):
            self.rpc("write", document.ids, vals=vals)
            self.refused("action_register", document.ids, ("20/01/2025", "05/01/2026"))
        self.rpc("write", document.ids, vals={"reply_due_date": "2026-01-20"})
        self.assertEqual(self.rpc("action_register", document.ids)[0], [1])

    def test_unknown_issuer_is_kept_by_name_or_asked_for(self):
        named = self.letter(issuer_name="Cơ quan chưa có trong danh mục")
        self.rpc("upload_file", named.id, name="a.pdf", content_b64=b64(make_pdf()))
        self.assertEqual(self.rpc("action_register", named.ids)[0], [1])
        self.env.invalidate_all()
        self.assertEqual((named.issuer_name, named.issuer_id.id), ("Cơ quan chưa có trong danh mục", False))
        nobody = self.letter(issuer_name=False, code_number="2")
        self.rpc("upload_file", nobody.id, name="a.pdf", content_b64=b64(make_pdf()))
        self.refused("action_register", nobody.ids, (nobody.with_context(lang="vi_VN")._fields["issuer_name"]._description_string(
            nobody.with_context(lang="vi_VN").env),))
        with mute_logger("odoo.http", "odoo.sql_db"):
            _result, error = self.rpc("create", vals_list=[{"direction": "in", "subject": "Sai mã", "issuer_id": 99_999_999}])
        self.assertTrue(VIETNAMESE & set(error["data"]["message"]), error["data"]["message"])
        self.assertFalse(self.env["vanban.document"].sudo().search_count([("subject", "=", "Sai mã")]))

    def test_over_long_fields_are_kept_whole_with_a_warning(self):
        subject = "Về việc " + "báo cáo " * 100
        document = self.letter(subject=subject.strip(), code_number="1234567890123", signer_name="Nguyễn Văn Mẫu " * 6)
        shown, error = self.rpc("read", document.ids, fields=["subject", "length_warning"])
        self.assertFalse(error)
        self.assertEqual(shown[0]["subject"], subject.strip())
        for limit in ("500", "11", "50"):
            self.assertIn(limit, shown[0]["length_warning"])
        self.rpc("upload_file", document.id, name="a.pdf", content_b64=b64(make_pdf()))
        self.assertEqual(self.rpc("action_register", document.ids)[0], [1])
        self.env.invalidate_all()
        self.assertEqual(document.subject, subject.strip(), "nothing was cut")

    def test_two_people_at_one_document(self):
        """Both have the form open; the second to save is told who was faster, and what he typed is not written over anything."""
        document = self.letter()
        seen = json.dumps({"subject": "Về việc báo cáo", "signer_name": False})
        _result, error = self.rpc("web_save", document.ids, vals={"subject": "Người thứ nhất", "edit_base": seen}, specification={"subject": {}})
        self.assertFalse(error)
        self.authenticate(self.colleague.login, PASSWORD)
        message = self.refused(
            "web_save", document.ids, (self.clerk.name,),
            vals={"subject": "Người thứ hai", "signer_name": "Trần Văn Mẫu", "edit_base": seen}, specification={"subject": {}})
        self.assertIn("tải lại", message.lower())
        self.env.invalidate_all()
        self.assertEqual((document.subject, document.signer_name), ("Người thứ nhất", False), "all or nothing")
        # after reloading the same text is saved
        fresh = json.dumps({"subject": "Người thứ nhất"})
        _result, error = self.rpc("web_save", document.ids, vals={"subject": "Người thứ hai", "edit_base": fresh}, specification={"subject": {}})
        self.assertFalse(error)
        self.env.invalidate_all()
        self.assertEqual(document.subject, "Người thứ hai")
