import datetime
import tempfile

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from ..demo_pki import Holder, create_authority, create_tokens, revoke
from .common import SigningCase, b64


@tagged("post_install", "-at_install")
class TestCertificate(SigningCase):
    @proves("SIGN-03")
    def test_outside_the_trust_list_is_refused_and_expired_is_marked(self):
        folder = tempfile.mkdtemp()
        stranger = create_authority(f"{folder}/other", "CA lạ")
        store = create_tokens(f"{folder}/store", stranger, [Holder.person("Người lạ", "Cơ quan lạ", label="stranger")])
        with self.assertRaisesRegex(ValidationError, "không thuộc tổ chức chứng thực"):
            self.env["vanban.certificate"].with_user(self.manager).create(
                {
                    "role": "personal",
                    "user_id": self.chief.id,
                    "content": b64(store.tokens[0].certificate.read_bytes()),
                }
            )
        now = datetime.datetime.now(datetime.UTC)
        old = create_tokens(
            f"{folder}/old",
            self.authority,
            [Holder.person("Người dùng unit_head", "Sở Nội vụ tỉnh Mẫu", label="old")],
            valid_from=now - datetime.timedelta(days=20),
            valid_to=now - datetime.timedelta(days=1),
        )
        expired = (
            self.env["vanban.certificate"]
            .with_user(self.manager)
            .create(
                {
                    "role": "personal",
                    "user_id": self.unit_head.id,
                    "content": b64(old.tokens[0].certificate.read_bytes()),
                }
            )
        )
        self.assertEqual(expired.state, "expired")
        with self.assertRaisesRegex(UserError, "hết hạn"):
            self.env["vanban.certificate"]._personal_of(self.unit_head)

    def test_revoked_certificate_cannot_sign(self):
        folder = tempfile.mkdtemp()
        authority = create_authority(f"{folder}/ca", "CA thứ hai")
        store = create_tokens(
            f"{folder}/t", authority, [Holder.person("Người dùng chief", "Sở Nội vụ tỉnh Mẫu", label="soon")]
        )
        anchor = (
            self.env["vanban.trust.anchor"]
            .with_user(self.manager)
            .create(
                {
                    "name": "CA thứ hai",
                    "content": b64(authority.certificate.read_bytes()),
                    "crl": b64(authority.crl.read_bytes()),
                }
            )
        )
        certificate = (
            self.env["vanban.certificate"]
            .with_user(self.manager)
            .create(
                {
                    "role": "personal",
                    "user_id": self.chief.id,
                    "content": b64(store.tokens[0].certificate.read_bytes()),
                }
            )
        )
        self.assertEqual(certificate.state, "active")
        revoke(authority, store.tokens[0].certificate)
        anchor.action_load_crl(b64(authority.crl.read_bytes()))
        certificate.invalidate_recordset()
        self.assertEqual(certificate.state, "revoked")
        with self.assertRaisesRegex(UserError, "thu hồi"):
            certificate._require_usable()
        with self.assertRaises(UserError):
            anchor.action_load_crl(b64(self.authority.crl.read_bytes()))

    def test_kinds_are_kept_apart_and_rows_stay(self):
        with self.assertRaises(ValidationError):
            self._enroll("chief", "agency")
        for change in (
            {"user_id": self.chief.id},
            {"content": b64(self.store.token("chief").certificate.read_bytes())},
        ):
            with self.assertRaises(AccessError):
                self.leader_certificate.with_user(self.manager).write(change)
        with self.assertRaises(AccessError):
            self.leader_certificate.sudo().unlink()
        with self.assertRaises(AccessError):
            self.env["vanban.certificate"].with_user(self.specialist).create(
                {
                    "role": "personal",
                    "user_id": self.specialist.id,
                    "content": b64(self.store.token("chief").certificate.read_bytes()),
                }
            )
        for wrong in (b"", b"not a certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"):
            with self.assertRaises(ValidationError):
                self.env["vanban.certificate"].with_user(self.manager).create(
                    {
                        "role": "personal",
                        "user_id": self.chief.id,
                        "content": b64(wrong),
                    }
                )
