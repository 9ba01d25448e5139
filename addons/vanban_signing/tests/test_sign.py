import base64
import io

import pikepdf

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from ..agent.token import TokenError
from .common import SigningCase, b64, draft_pdf, key_of, text_of


@tagged("post_install", "-at_install")
class TestSign(SigningCase):
    def refusals(self, document, action):
        return self.env["vanban.log"].search(
            [("document_id", "=", document.id), ("action", "=", action), ("outcome", "=", "refused")]
        )

    @proves("SIGN-01")
    def test_certificate_of_another_person_is_refused(self):
        document = self.outgoing()
        row = document.action_sign_prepare()["batch"][0]
        other = key_of("chief")
        signature = b64(other.sign(base64.b64decode(row["attrs_b64"])))
        with self.assertRaisesRegex(UserError, "không thuộc người ký|does not belong to the signer"):
            document.action_sign_complete(row["id"], signature, b64(other.certificate))
        # without naming the certificate the signature itself does not fit
        with self.assertRaisesRegex(UserError, "không khớp"):
            document.action_sign_complete(row["id"], signature)
        self.assertEqual(document.state, "leader")
        self.assertGreaterEqual(len(self.refusals(document, "sign")), 2)

    @proves("SIGN-34", "SIGN-27", "OUT-23", "SIGN-08")
    def test_whole_way_to_the_seal(self):
        document = self.outgoing()
        with self.assertRaises(UserError):
            document.with_user(self.clerk).action_allocate_number()
        self.sign(document)
        self.assertEqual(document.sudo().state, "signed")
        document = document.with_user(self.clerk)
        self.assertTrue(document._has_valid_personal_signature())
        document.action_clerk_check()
        code = document.action_allocate_number()[0]
        self.env.invalidate_all()
        self.assertEqual(document.main_file_id.stage, "numbered")
        text = text_of(document.main_file_id._raw())
        self.assertIn(code, text.replace(" ", ""))
        self.assertIn(document._number_texts()["ngay"].replace(" ", ""), text.replace(" ", ""))
        self.assertEqual(document.main_file_id._report().overall, "valid")
        document.action_seal()
        self.assertEqual(document.state, "sealed")
        report = document.get_verification()
        self.assertEqual([one["overall"] for one in report["signatures"]], ["valid", "valid"])
        self.assertEqual(report["signatures"][0]["changed_fields"], ["co_quan", "ngay", "so"])
        self.assertTrue(document._has_valid_agency_signature())

    @proves("SIGN-24")
    def test_templates_of_the_system_have_room_for_everything(self):
        for kind in ("kind_cv", "kind_qd", "kind_bc"):
            document = self.outgoing(
                "sealed",
                kind_id=self.env.ref(f"vanban_core.{kind}").id,
                body="<p>Sở Nội vụ báo cáo như sau.</p>",
                signer_capacity="kt",
                authority_title="Giám đốc",
                signer_position="Phó Giám đốc",
            )
            text = text_of(document.main_file_id._raw())
            self.assertIn(document.code, text.replace(" ", ""), kind)
            self.assertIn(document._number_texts()["ngay"], text, kind)
            self.assertEqual(document.main_file_id._report().overall, "valid", kind)

    def test_session_is_used_once_and_by_its_user(self):
        document = self.outgoing()
        row = document.action_sign_prepare()["batch"][0]
        signature = b64(key_of("leader").sign(base64.b64decode(row["attrs_b64"])))
        with self.assertRaises(UserError):
            document.with_user(self.clerk).action_sign_complete(row["id"], signature)
        document.action_sign_complete(row["id"], signature)
        with self.assertRaises(UserError):
            document.action_sign_complete(row["id"], signature)
        with self.assertRaises(AccessError):
            self.env["vanban.signing.session"].browse(row["id"]).with_user(self.leader).write({"outcome": "open"})

    @proves("SIGN-09")
    def test_picture_is_required_and_must_be_blue_png(self):
        document = self.outgoing()
        certificate = self.leader_certificate.with_user(self.manager)
        for wrong, words in (
            (b"\xff\xd8\xff\xe0JFIF", "PNG"),
            (base64.b64decode(self.seal_certificate.picture), "xanh"),
        ):
            with self.assertRaisesRegex(UserError, words):
                certificate.picture = b64(wrong)
        certificate.picture = False
        with self.assertRaisesRegex(UserError, "chữ ký|signature"):
            document.action_sign_prepare()

    def test_shadow_content_is_refused_before_the_token(self):
        hidden = draft_pdf().replace(
            b"/Type /Catalog", b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> /Type /Catalog"
        )
        with self.assertRaises(UserError):
            self.outgoing(raw=hidden).action_sign_prepare()
        self.assertFalse(
            self.env["vanban.signing.session"].search([("user_id", "=", self.leader.id), ("outcome", "=", "open")])
        )

    def test_draft_without_room_says_what_is_missing(self):
        document = self.outgoing(raw=draft_pdf(signer="Một người khác"))
        with self.assertRaisesRegex(UserError, "Người dùng leader"):
            document.action_sign_prepare()

    def test_batch_each_succeeds_or_fails_on_its_own(self):
        documents = self.outgoing() + self.outgoing(raw=draft_pdf(signer="Một người khác")) + self.outgoing()
        prepared = documents.action_sign_prepare()
        self.assertEqual((len(prepared["batch"]), len(prepared["errors"])), (2, 1))
        key = key_of("leader")
        results = [
            {"id": row["id"], "signature_b64": b64(key.sign(base64.b64decode(row["attrs_b64"])))}
            for row in prepared["batch"]
        ]
        results[1]["signature_b64"] = b64(b"\0" * 256)
        answers = documents.action_sign_complete_batch(results, b64(key.certificate), "0001")
        self.assertEqual([answer["ok"] for answer in answers], [True, False])
        self.assertEqual(documents.sudo().mapped("state"), ["signed", "leader", "leader"])

    @proves("SIGN-31")
    def test_every_use_is_in_the_log(self):
        document = self.outgoing("sealed")
        used = self.env["vanban.log"].search(
            [("document_id", "=", document.id), ("action", "=", "use_certificate")], order="id"
        )
        self.assertEqual(len(used), 2)
        self.assertIn(self.leader_certificate.serial, used[0].data)
        self.assertIn(self.seal_certificate.serial, used[1].data)
        with self.assertRaises(AccessError):
            used[0].write({"comment": "x"})

    @proves("SIGN-30")
    def test_capacity_is_kept_in_the_signature(self):
        document = self.outgoing(signer_capacity="kt", signer_position="Phó Giám đốc")
        self.sign(document)
        with pikepdf.open(io.BytesIO(document.sudo().main_file_id._raw())) as pdf:
            field = next(item for item in pdf.Root.AcroForm.Fields if item.T == "lanh_dao")
            self.assertEqual(str(field.V.Reason), "KT. Phó Giám đốc")
        by_order = self.env["vanban.document"].with_user(self.specialist).create({
            "direction": "out", "kind_id": self.kind.id, "subject": "về việc đôn đốc", "signer_position": "Phó Chánh Văn phòng",
            "signer_capacity": "tl", "authority_title": "Giám đốc", "unit_deputy_of": "Chánh Văn phòng",
        })
        self.assertEqual(by_order._sign_reason(), "TL. KT. Chánh Văn phòng Phó Chánh Văn phòng")

    def test_wrong_pin_is_said(self):
        from .common import module

        module().close()
        certificate = next(one for one in module().certificates() if one.token == "chief")
        with self.assertRaisesRegex(TokenError, "PIN sai"):
            module().open(certificate, "00000000")
