import base64

from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves
from odoo.addons.vanban_signing.demo_pki import pictures

from .common import SigningCase, b64, draft_pdf, key_of


@tagged("post_install", "-at_install")
class TestConsultationSignature(SigningCase):
    """Phiếu tham gia ý kiến (F-03) with the digital signature of the head who gives the opinion."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._enroll("chief", "personal", user_id=cls.chief.id, picture=b64(pictures.signature("chief")))
        employee = cls.env["hr.employee"].create({"name": cls.chief.name, "user_id": cls.chief.id, "company_id": cls.company.id})
        cls.finance = cls.env["hr.department"].create({
            "name": "Phòng Tài chính", "company_id": cls.company.id, "manager_id": employee.id,
        })
        cls.company.vanban_tsa_url = False

    def answered(self):
        document = self.env["vanban.document"].with_user(self.specialist).create({
            "direction": "out", "company_id": self.company.id, "kind_id": self.kind.id, "subject": "về việc báo cáo quý IV",
            "department_id": self.department.id, "signer_id": self.leader.id,
        })
        document.upload_file("cong-van.pdf", b64(draft_pdf()))
        document.action_consult([{"department_id": self.finance.id}], "Góp ý nội dung kinh phí", "2099-03-02")
        row = document.consultation_ids
        wizard = self.env["vanban.comment.wizard"].with_user(self.chief).create({
            "step": "consult_answer", "res_id": row.id, "comment": "Nhất trí, bổ sung dự toán",
        })
        return row, wizard.action_apply()

    @proves("OUT-05")
    def test_the_form_is_signed_by_the_head_who_gave_the_opinion(self):
        row, action = self.answered()
        self.assertEqual(action["tag"], "vanban_signing.sign", "the window opens by itself")
        self.assertEqual(action["params"]["file_id"], row.file_id.id)
        for user in (self.specialist, self.leader, self.unit_head):
            with self.assertRaises(UserError, msg=user.login), self.env.cr.savepoint():
                call_kw(self.env(user=user.id, su=False, context={})["vanban.consultation"], "action_sign_opinion", [row.ids], {})
        jobs = self.env["vanban.signing.job"].with_user(self.chief)
        params = action["params"]
        job = jobs.browse(jobs.start(params["document_ids"], params["purpose"], "agent", None, params["file_id"])["id"])
        key = key_of("chief")
        done = job.complete([
            {"id": line["id"], "signature_b64": b64(key.sign(base64.b64decode(line["attrs_b64"])))} for line in job.prepare()["batch"]
        ])
        self.assertEqual(done["done"], 1, done["lines"])
        row.invalidate_recordset()
        signed = row.with_user(self.specialist).signed_file_id
        report = signed._report()
        self.assertEqual((signed.role, signed.stage, report.overall), ("opinion", "signed", "valid"))
        self.assertEqual(report.signatures[0].signer["cn"], self.chief.name)
        # the draft and the form as it was made stay what they were
        self.assertEqual((row.document_id.main_file_id.stage, row.file_id.stage), ("draft", "rendition"))
        with self.assertRaises(UserError):
            row.with_user(self.chief).action_sign_opinion()

    def test_who_has_no_certificate_gives_the_opinion_all_the_same(self):
        self.env["vanban.certificate"].search([("user_id", "=", self.chief.id)]).with_user(self.manager).action_suspend()
        row, action = self.answered()
        self.assertEqual(action["type"], "ir.actions.act_window_close")
        self.assertEqual((row.state, bool(row.signed_file_id)), ("answered", False))
