import base64

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves
from odoo.addons.vanban_signing.demo_pki import pictures

from .common import SigningCase, b64, key_of


@tagged("post_install", "-at_install")
class TestOpinionSignature(SigningCase):
    """Phiếu xin ý kiến (F-01) and phiếu đề nghị (F-02) with the digital signature of the head who asks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._enroll("chief", "personal", user_id=cls.chief.id, picture=b64(pictures.signature("chief")))
        employee = cls.env["hr.employee"].create({
            "name": cls.chief.name, "user_id": cls.chief.id, "company_id": cls.company.id, "department_id": cls.department.id,
        })
        cls.department.manager_id = employee
        cls.company.vanban_tsa_url = False
        cls.company._vanban_profile().scan_sign_policy = "off"

    def ask(self, form, user=None):
        document = self.incoming(register=True)
        first = document._first_distributors()
        distributor = self.leader if self.leader in first else first[:1]
        document.action_submit("Kính trình", leader_id=distributor.id)
        document.with_user(distributor).action_distribute([{"role": "lead", "department_id": self.department.id}], "Xử lý")
        wizard = self.env["vanban.ask.wizard"].with_user(self.chief).with_context(
            active_model="vanban.document", active_id=document.id,
        ).create({"content": "Hai phương án xử lý", "proposal": "Chọn phương án 1", "form": form, "leader_id": self.leader.id})
        return document, wizard.action_apply()

    def sign(self, action, label):
        jobs = self.env["vanban.signing.job"].with_user(self.chief)
        params = action["params"]
        job = jobs.browse(jobs.start(params["document_ids"], params["purpose"], "agent", None, params["file_id"])["id"])
        key = key_of(label)
        batch = job.prepare()["batch"]
        return job.complete([{"id": row["id"], "signature_b64": b64(key.sign(base64.b64decode(row["attrs_b64"])))} for row in batch])

    @proves("IN-53")
    def test_both_slips_are_signed_by_the_head_who_asks(self):
        for form in ("opinion", "request"):
            document, action = self.ask(form)
            self.assertEqual(action["tag"], "vanban_signing.sign", "the window opens by itself")
            request = document.opinion_request_ids
            self.assertEqual(action["params"]["file_id"], request.file_id.id)
            self.assertTrue(request.with_user(self.chief).may_sign_slip)
            # nobody else signs in that place
            self.assertFalse(request.with_user(self.leader).may_sign_slip)
            with self.assertRaises(UserError):
                request.with_user(self.leader).action_sign_slip()
            with self.assertRaises(UserError):
                request.file_id.with_user(self.leader).action_sign_form()
            done = self.sign(action, "chief")
            self.assertEqual(done["done"], 1, done["lines"])
            request.invalidate_recordset()
            signed = request.with_user(self.leader).signed_file_id
            report = signed._report()
            self.assertEqual((signed.stage, signed.role, report.overall), ("signed", "paper", "valid"))
            self.assertEqual(report.signatures[0].signer["cn"], self.chief.name)
            # the document itself and the slip as printed stay what they were
            self.assertEqual((document.main_file_id.stage, request.file_id.stage), ("received", "rendition"))
            with self.assertRaises(UserError):
                request.with_user(self.chief).action_sign_slip()
            request.with_user(self.leader).action_answer("Đồng ý phương án 1")
            self.assertEqual(request.state, "answered")

    def test_who_has_no_certificate_asks_all_the_same(self):
        self.env["vanban.certificate"].search([("user_id", "=", self.chief.id)]).with_user(self.manager).action_suspend()
        document, action = self.ask("opinion")
        self.assertEqual(action["type"], "ir.actions.act_window_close")
        self.assertEqual(document.opinion_request_ids.state, "sent")
        self.assertFalse(document.opinion_request_ids.signed_file_id)
