import hashlib
import io

import pikepdf
from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.vanban_core.tests.proves import proves
from odoo.addons.vanban_core.tools import vietnam_time

from ..demo_pki import pictures
from ..pades import anchors
from .common import SigningCase, b64, draft_pdf, text_of


@tagged("post_install", "-at_install")
class TestUnitSeal(SigningCase):
    """Seals beside the agency's own: of a unit with a register of its own, of a body that the Office issues for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.unit_clerk = cls._make_user("unit_clerk", "vanban_core.group_unit_clerk")
        cls.env["hr.employee"].create(
            {"name": cls.unit_clerk.name, "user_id": cls.unit_clerk.id, "company_id": cls.company.id, "department_id": cls.department.id}
        )
        cls.body = cls.env["res.partner"].create({"name": "Ủy ban nhân dân tỉnh Mẫu", "is_company": True, "vanban_symbol": "UBND"})

    def own_register(self, **limits):
        return self.env["vanban.register"].create(
            {"name": "Sổ riêng", "code": "RIENG", "direction": "out", "company_id": self.company.id, **limits}
        )

    def own_seal(self, label, clerk, **owner):
        """A registered seal with its device in the custody of ``clerk``."""
        certificate = self._enroll(label, "agency", picture=b64(pictures.seal("Mẫu", "Tỉnh Mẫu")), **owner)
        token = self.env["vanban.token"].with_user(self.manager).create(
            {"name": f"Thiết bị {label}", "company_id": self.company.id, "certificate_id": certificate.id}
        )
        self.give_custody(clerk, token)
        return certificate

    def unit_seal(self, clerk):
        self.own_register(department_id=self.department.id)
        return self.own_seal("seal-unit", clerk, department_id=self.department.id)

    def sealed_by(self, document):
        record = self.env["vanban.verification"].search([("file_id", "=", document.main_file_id.id)], limit=1)
        self.assertEqual(record.overall, "valid", record.reason)
        return record.signature_ids.filtered(lambda one: one.kind == "agency").mapped("certificate_sha256")

    @proves("SIGN-02", "SIGN-07", "SIGN-24")
    def test_a_letter_between_units_takes_the_seal_of_its_unit(self):
        """Form F-04 from its template: signed by the head of the unit, sealed by whoever keeps the unit's device."""
        seal = self.unit_seal(self.unit_clerk)
        self._enroll("chief", "personal", user_id=self.unit_head.id, picture=b64(pictures.signature("chief")))
        template = self.env["vanban.template"].search([("name", "=", "Văn bản trao đổi giữa các đơn vị")])
        document = self.outgoing(
            "leader", body="<p>Đề nghị đơn vị phối hợp.</p>", template_id=template.id, signer_id=self.unit_head.id,
            signer_position="Trưởng phòng", code_notation="TC",
        )  # fmt: skip
        self.sign(document, self.unit_head, "chief")
        document = document.with_user(self.clerk)
        document.action_clerk_check()
        document.action_allocate_number()
        self.env.invalidate_all()
        self.assertEqual(document.register_id.department_id, self.department)
        # whoever holds the agency's device does not hold this one
        with self.assertRaisesRegex(AccessError, "Phòng Tổ chức"):
            document.action_seal()
        self.assertEqual(document.state, "numbered")
        own = [("res_model", "=", document._name), ("res_id", "=", document.id), ("user_id", "=", self.unit_clerk.id)]
        task = self.env["mail.activity"].search(own)
        self.assertIn("Phòng Tổ chức", task.summary or task.note)
        document.action_fill_number()
        self.assertEqual(task.search_count(own), 1)
        document.with_user(self.unit_clerk).action_seal()
        document.invalidate_recordset()
        self.assertEqual(document.state, "sealed")
        self.assertEqual(self.sealed_by(document), [seal.sha256])
        document.action_issue()
        self.assertEqual(document.state, "issued")

    @proves("SIGN-02", "SIGN-24", "SIGN-33")
    def test_a_proposal_of_a_unit_is_signed_by_its_head_and_takes_its_seal(self):
        """Form F-06 (BHXH PL02-6) from its template: every block of the form, the signature above the name of the unit's head."""
        seal = self.unit_seal(self.unit_clerk)
        head = self._enroll("chief", "personal", user_id=self.unit_head.id, picture=b64(pictures.signature("chief")))
        template = self.env["vanban.template"].search([("name", "=", "Tờ trình (mẫu 1.4)")])
        document = self.outgoing(
            "leader", kind_id=self.env.ref("vanban_core.kind_ttr").id, template_id=template.id, subject="về việc bổ sung kinh phí",
            summary="Kính đề nghị phê duyệt kinh phí bổ sung.", signer_id=self.unit_head.id, signer_position="Trưởng phòng",
            code_notation="TTr-TC", body="<p>Căn cứ Luật Ngân sách nhà nước;</p><p>Nhu cầu kinh phí quý IV tăng do khối lượng công việc.</p>",
        )  # fmt: skip
        # nobody else's signature fits above this name
        with self.assertRaises(UserError), self.env.cr.savepoint():
            document.with_user(self.leader).action_sign_prepare()
        self.sign(document, self.unit_head, "chief")
        document = document.with_user(self.clerk)
        document.action_clerk_check()
        document.action_allocate_number()
        self.env.invalidate_all()
        document.with_user(self.unit_clerk).action_seal()
        document.invalidate_recordset()
        self.assertEqual((document.state, self.sealed_by(document)), ("sealed", [seal.sha256]))
        raw = document.main_file_id._raw()
        text = " ".join(text_of(raw).split())
        blocks = ("TỜ TRÌNH", "về việc bổ sung kinh phí", f"Kính gửi: {self.issuer.name}", "Căn cứ Luật Ngân sách nhà nước;",
                  "Nhu cầu kinh phí quý IV", "Ý kiến đề xuất: Kính đề nghị phê duyệt", "TRƯỞNG PHÒNG", self.unit_head.name)  # fmt: skip
        places = [text.find(words) for words in blocks]
        self.assertNotIn(-1, places, text)
        self.assertEqual(places, sorted(places), "in the order of the form")
        self.assertIn("Nơi nhận:", text)
        self.assertIn(document.code, text.replace(" ", ""))
        record = self.env["vanban.verification"].search([("file_id", "=", document.main_file_id.id)], limit=1)
        self.assertIn(head.sha256, record.signature_ids.mapped("certificate_sha256"))
        # the box of the signature stands between position and name
        words = anchors.words(raw)
        box = anchors.leader_box(words, self.unit_head.name)
        with pikepdf.open(io.BytesIO(raw)) as pdf:
            field = next(one for one in pdf.Root.AcroForm.Fields if str(one.T) == "lanh_dao")
            self.assertEqual([round(float(value)) for value in field.Rect], [round(value) for value in box.rect])

    @proves("SIGN-02")
    def test_no_other_seal_than_the_units(self):
        """A clerk who keeps both devices cannot mix them up, in a run or by RPC."""
        agency_only = self.outgoing("numbered")
        seal = self.unit_seal(self.clerk)
        document = self.outgoing("numbered")
        jobs = self.env["vanban.signing.job"].with_user(self.clerk)
        with self.assertRaisesRegex(UserError, "."):
            jobs.start(agency_only.ids, "seal", "hsm", certificate_sha256=seal.sha256)
        with self.assertRaisesRegex(UserError, "."):
            jobs.start(document.ids, "seal", "hsm", certificate_sha256=self.seal_certificate.sha256)
        # a mixed run seals what its certificate may seal, the rest says which seal it takes
        started = jobs.start([document.id, agency_only.id], "seal", "hsm")
        run = jobs.browse(started["id"]).step(5)
        self.assertEqual([line["state"] for line in run["lines"]], ["done", "failed"])
        self.assertIn("Sở Nội vụ", run["lines"][1]["message"])
        self.assertEqual(self.sealed_by(document), [seal.sha256])
        agency_only.action_seal()
        self.assertEqual(self.sealed_by(agency_only), [self.seal_certificate.sha256])
        # an ended certificate of the unit is not replaced by the agency's
        third = self.outgoing("numbered")
        seal.with_user(self.manager).action_suspend()
        with self.assertRaisesRegex(UserError, "Phòng Tổ chức"):
            third.action_seal()

    def test_a_unit_without_a_seal_of_its_own_uses_the_agencys(self):
        self.own_register(department_id=self.department.id)
        document = self.outgoing("sealed")
        self.assertEqual(document.register_id.department_id, self.department)
        self.assertEqual(self.sealed_by(document), [self.seal_certificate.sha256])

    @proves("OUT-48")
    def test_the_office_issues_for_the_committee(self):
        """Two bodies, one clerk's office: each with its series, symbol and seal."""
        book = self.own_register(issuer_ids=[fields.Command.set(self.body.ids)])
        seal_of_office = self.outgoing("sealed")
        document = self.outgoing("leader", raw=draft_pdf("UBND-VP"), issuer_id=self.body.id, code_notation="UBND-VP")
        self.sign(document)
        document = document.with_user(self.clerk)
        document.action_clerk_check()
        document.action_allocate_number()
        self.env.invalidate_all()
        self.assertEqual((document.register_id, document.code), (book, "01/UBND-VP"))
        # without the committee's own device the Office's seal does not replace it
        with self.assertRaisesRegex(AccessError, "Ủy ban nhân dân"):
            document.action_seal()
        seal = self.own_seal("seal-body", self.clerk, body_id=self.body.id)
        document.action_seal()
        self.assertEqual(self.sealed_by(document), [seal.sha256])
        self.assertEqual(self.sealed_by(seal_of_office), [self.seal_certificate.sha256])
        self.assertIn("01", text_of(document.main_file_id._raw()))
        document.action_issue()
        self.assertEqual(document.state, "issued")

    def test_one_owner_for_each_seal(self):
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self._enroll("seal-unit", "agency", department_id=self.department.id, body_id=self.body.id)
        certificate = self._enroll("seal-unit", "agency", department_id=self.department.id)
        for user in (self.manager, self.clerk):
            with self.assertRaises(AccessError):
                certificate.with_user(user).write({"department_id": False, "body_id": self.body.id})
        self.assertEqual(hashlib.sha256(certificate._der()).hexdigest(), certificate.sha256)

    @proves("SIGN-02")
    def test_a_unit_gives_its_seal_up_for_good(self):
        """Declared, with its reason, by the certificate manager: from then on the agency seals what the unit numbers."""
        before = self.outgoing("numbered")
        # an earlier certificate of the same seal, as every renewal leaves one
        earlier = self._enroll("seal-unit-earlier", "agency", picture=b64(pictures.seal("Mẫu", "Tỉnh Mẫu")), department_id=self.department.id)
        earlier.action_suspend()
        seal = self.unit_seal(self.unit_clerk)
        done = self.outgoing("numbered")
        done.with_user(self.unit_clerk).action_seal()
        waiting = self.outgoing("numbered")
        self.assertEqual(waiting.register_id.department_id, self.department)

        def close(user, reason="Đơn vị giải thể con dấu theo QĐ 20/QĐ-SNV"):
            wizard = self.env["vanban.comment.wizard"].with_user(user).with_context(default_step="close_seal", active_id=seal.id)
            return wizard.create({"comment": reason}).action_apply()

        for user in (self.clerk, self.unit_clerk, self.unit_head, self.leader):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                seal.with_user(user).action_close_seal("thử")
        with self.assertRaises(UserError):
            close(self.manager, " ")
        # while its device is in force the seal is not gone
        with self.assertRaisesRegex(UserError, "revoke it before"):
            close(self.manager)
        with self.assertRaises(UserError):
            self.seal_certificate.with_user(self.manager).action_close_seal("thử")
        seal.token_ids.with_user(self.manager).action_revoke("Thu hồi")
        # a revoked device alone changes nothing: the unit may get another one
        with self.assertRaises(AccessError):
            waiting.with_user(self.clerk).action_seal()
        close(self.manager)
        self.assertTrue(seal.closed_date)
        self.assertTrue(earlier.closed_date)
        with self.assertRaisesRegex(ValidationError, "closed already"), self.env.cr.savepoint():
            self.env["vanban.token"].with_user(self.manager).create(
                {"name": "Thiết bị mới", "company_id": self.company.id, "certificate_id": seal.id}
            )
        self.assertIn("QĐ 20/QĐ-SNV", seal.closed_reason)
        log = self.env["vanban.log"].search([("model", "=", "vanban.certificate"), ("res_id", "=", seal.id), ("action", "=", "seal_close")])
        self.assertEqual(log.filtered(lambda row: row.outcome == "done").user_name, self.manager.name)
        waiting.with_user(self.clerk).action_seal()
        self.assertEqual(self.sealed_by(waiting), [self.seal_certificate.sha256])
        waiting.with_user(self.clerk).action_issue()
        self.assertEqual(waiting.state, "issued")
        # what the unit had sealed keeps its value
        self.env.invalidate_all()
        self.assertTrue(done._has_valid_agency_signature())
        done.with_user(self.clerk).action_issue()
        self.assertEqual((done.state, before.state), ("issued", "numbered"))
        # for good, and by its declared way only
        with self.assertRaises(UserError):
            seal.with_user(self.manager).action_resume()
        with self.assertRaises(AccessError):
            seal.with_user(self.manager).write({"closed_date": False})

    @proves("SIGN-02", "SIGN-05")
    def test_who_borrowed_the_units_device_reads_what_he_seals(self):
        self.unit_seal(self.unit_clerk)
        waiting = self.outgoing("numbered")
        helper = self.clerk2
        token = self.env["vanban.token"].search([("department_id", "=", self.department.id)])
        until = vietnam_time.today()
        helper.write({"group_ids": [(6, 0, self.env.ref("vanban_core.group_unit_clerk").ids)]})
        self.assertFalse(waiting.with_user(helper).has_access("read"))
        token.with_user(self.unit_clerk).action_lend(helper.id, until, "Nghỉ phép", "Giấy phép 3", "phep.pdf", b64(b"%PDF-1.4 phep"))
        # what waits, and what is numbered afterwards
        later = self.outgoing("numbered")
        for document in (waiting, later):
            self.env.invalidate_all()
            self.assertTrue(document.with_user(helper).has_access("read"))
            self.assertTrue(self.env["mail.activity"].search_count(
                [("res_model", "=", document._name), ("res_id", "=", document.id), ("user_id", "=", helper.id)]
            ))  # fmt: skip
        later.with_user(helper).action_seal()
        self.assertEqual(later.state, "sealed")
        # given back, what is still unsealed is closed to him again
        token.with_user(self.unit_clerk).action_take_back()
        self.env.invalidate_all()
        self.assertFalse(waiting.with_user(helper).has_access("read"))

        def todos(user):
            return self.env["mail.activity"].search_count(
                [("res_model", "=", waiting._name), ("res_id", "=", waiting.id), ("user_id", "=", user.id)]
            )  # fmt: skip

        self.assertEqual((todos(helper), todos(self.unit_clerk)), (0, 1))
        # a loan that an incident ends leaves him nothing either
        token.with_user(self.unit_clerk).action_lend(helper.id, until, "Nghỉ phép", "Giấy phép 4", "phep.pdf", b64(b"%PDF-1.4 phep"))
        self.assertEqual(todos(helper), 1)
        token.with_user(self.manager).action_suspend("Mất thiết bị")
        self.env.invalidate_all()
        self.assertFalse(waiting.with_user(helper).has_access("read"))
        self.assertEqual(todos(helper), 0)
        token.with_user(self.manager).action_resume("Đã tìm thấy")
        self.assertEqual((token.holder_id, token.temporary_id, todos(self.unit_clerk)), (self.unit_clerk, self.env["res.users"], 1))
