"""Ways round custody, certificates and trust that an account may try through ``call_kw``."""

import base64
import os
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from .common import SigningCase, b64, draft_pdf, key_of

MAIL = "From: la@example.com\nTo: van-ban@example.com\nSubject: gia\nMessage-Id: <gia@example.com>\n\nx\n"


@tagged("post_install", "-at_install")
class TestRpcBypass(SigningCase):
    @proves("SIGN-04", "SIGN-07")
    def test_custody_is_not_taken_by_mail_defaults_or_a_second_record(self):
        admin = self.env.ref("base.user_admin")
        device = {"name": "Thiết bị giả", "company_id": self.company.id, "certificate_id": self.seal_certificate.id}
        taken = {"default_state": "in_custody", "default_custodian_id": self.specialist.id}
        for user in (self.specialist, self.clerk2, admin):
            self.refused(
                user, "mail.thread", "message_process", "vanban.token", MAIL, {**device, "custodian_id": user.id}, context=taken)
        # the certificate is in the device of the custodian: no second device beside it
        self.refused(self.manager, "vanban.token", "create", [device])
        self.refused(self.manager, "vanban.token", "write", self.token.ids, {"certificate_id": self.leader_certificate.id})
        self.refused(self.manager, "vanban.token", "write", self.token.ids, {"custodian_id": self.clerk2.id})
        self.token.with_user(self.leader).action_revoke("Hỏng thiết bị")
        made = self.env["vanban.token"].browse(self.rpc(self.manager, "vanban.token", "create", [device], context=taken))
        self.assertEqual((made.state, made.custodian_id.id), ("issued", False))

    @proves("SIGN-03")
    def test_certificates_and_anchors_change_only_by_their_steps(self):
        raw = b64(b"gia")
        for values in ({"suspended": True}, {"valid_to": "2099-01-01 00:00:00"}, {"name": "Người khác"}):
            self.refused(self.manager, "vanban.certificate", "write", self.seal_certificate.ids, values)
        for values in ({"content": raw}, {"crl": raw}, {"crl_updated": "2000-01-01 00:00:00"}):
            self.refused(self.manager, "vanban.trust.anchor", "write", self.anchor.ids, values)
        for record in (self.anchor, self.seal_certificate):
            found = self.env["ir.attachment"].sudo().search([
                ("res_model", "=", record._name), ("res_id", "=", record.id), ("res_field", "=", "content")])
            self.assertTrue(found)
            self.refused(self.manager, "ir.attachment", "write", found.ids, {"raw": raw})
            self.refused(self.manager, "ir.attachment", "create", [
                {"name": "x", "datas": raw, "res_model": record._name, "res_id": record.id, "res_field": "content"}])
        self.rpc(self.manager, "vanban.trust.anchor", "write", self.anchor.ids, {"active": False})
        self.assertTrue(self.env["vanban.log"].sudo().search([
            ("model", "=", "vanban.trust.anchor"), ("res_id", "=", self.anchor.id), ("action", "=", "trust_change")]))

    @proves("SEC-17")
    def test_certificate_manager_sees_the_use_but_not_the_content(self):
        document = self.outgoing()
        row = document.action_sign_prepare()["batch"][0]
        self.assertTrue(self.rpc(self.manager, "vanban.signing.session", "read", [row["id"]], ["digest"]))
        for user in (self.manager, self.leader):
            for name in ("prepared", "details"):
                with self.assertRaises(AccessError):
                    self.rpc(user, "vanban.signing.session", "read", [row["id"]], [name])
        attachment = self.env["ir.attachment"].sudo().search([
            ("res_model", "=", "vanban.signing.session"), ("res_id", "=", row["id"]), ("res_field", "=", "prepared")])
        self.refused(self.manager, "ir.attachment", "read", attachment.ids, ["raw"])

    def test_a_signature_prepared_before_a_change_is_not_taken(self):
        document = self.outgoing()
        row = document.action_sign_prepare()["batch"][0]
        document.action_review_return("Sửa nội dung")
        draft = document.with_user(self.specialist)
        draft.upload_file("moi.pdf", b64(draft_pdf()))
        draft.action_submit_review("Trình lại")
        while document.sudo().state != "leader":
            step = document.sudo()._current_step()
            document.with_user(document.sudo()._reviewers(step)[:1]).action_review_approve("Đồng ý")
        key = key_of("leader")
        signature = b64(key.sign(base64.b64decode(row["attrs_b64"])))
        self.refused(self.leader, "vanban.document", "action_sign_complete", document.ids, row["id"], signature)
        self.assertEqual(document.sudo().state, "leader")

    @proves("SIGN-26")
    def test_library_and_pin_file_are_not_chosen_in_the_database(self):
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("vanban_signing.hsm_module", "/tmp/gia.so")
        parameters.set_param("vanban_signing.hsm_pin_file", "/etc/hostname")
        provider = self.env["vanban.signing.provider.hsm"]
        with patch.dict(os.environ):
            os.environ.pop("VANBAN_HSM_MODULE", None)
            os.environ.pop("VANBAN_HSM_PIN_FILE", None)
            self.assertFalse(provider._setting("hsm_module"))
            with self.assertRaises(UserError):
                provider._pin("x")
