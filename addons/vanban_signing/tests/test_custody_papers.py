import base64
import datetime
import io

from PIL import Image, ImageDraw

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, freeze_time, tagged

from odoo.addons.vanban_core.tests.common import PASSWORD
from odoo.addons.vanban_core.tests.proves import proves
from odoo.addons.vanban_core.tools import vietnam_time

from .common import SigningCase, b64, text_of

PAPER = ("Biên bản 02/BB-SNV", "bien-ban.pdf", b64(b"%PDF-1.4 bien ban"))


@tagged("post_install", "-at_install")
class TestCustodyPapers(SigningCase, HttpCase):
    @classmethod
    def registry_enter_test_mode_cls(cls):
        if not cls._registry_patched:  # HttpCase has done it
            super().registry_enter_test_mode_cls()

    def get(self, path, user):
        self.authenticate(user.login, PASSWORD)
        return self.url_open(path)

    @proves("SIGN-04", "SIGN-06")
    def test_minutes_and_register_are_printed(self):
        today = vietnam_time.today()
        token = self.token.with_user(self.clerk)
        token.action_lend(self.clerk2.id, today, "Nghỉ phép", *PAPER, condition="Nguyên vẹn")
        token.action_take_back()
        token.action_suspend("Nghi lộ mã PIN")
        token.with_user(self.leader).action_resume("Đã đổi mã PIN")
        kinds = token.handover_ids.sorted("id").mapped("kind")
        self.assertEqual(kinds, ["assign", "receive", "lend", "take_back", "suspend", "resume"])
        text = text_of(self.get(token.action_print_minutes()["url"], self.clerk).content)
        self.assertIn("BIÊN BẢN BÀN GIAO", text)
        self.assertIn(self.seal_certificate.serial, text)
        register = self.get("/vanban_signing/custody_register", self.clerk)
        self.assertEqual(register.headers["Content-Type"], "application/pdf")
        text = text_of(register.content)
        for words in ("Giao tạm", "Nghi lộ mã PIN", "Nguyên vẹn", self.clerk2.name):
            self.assertIn(words.split()[0], text)
        lent = token.handover_ids.filtered(lambda row: row.kind == "lend")
        self.assertIn("02/BB-SNV", text_of(self.get(lent.action_print()["url"], self.clerk).content))
        self.assertEqual(self.get("/vanban_signing/custody_register", self.specialist).status_code, 403)
        self.assertEqual(self.get("/vanban_signing/report/999999999", self.clerk).status_code, 404)
        self.assertEqual(self.get("/vanban_signing/secret/1", self.clerk).status_code, 404)

    @proves("SIGN-06")
    def test_the_end_of_a_term_is_told_once(self):
        today = vietnam_time.today()
        self.token.with_user(self.clerk).action_lend(self.clerk2.id, today, "Nghỉ phép", *PAPER)
        self.token.sudo().temporary_until = today - datetime.timedelta(days=1)
        # by night in Vietnam, where the day has changed already
        with freeze_time(f"{today} 18:00:00"):
            for _run in range(2):
                self.env.ref("vanban_signing.cron_certificate_end").method_direct_trigger()
        self.assertEqual(self.token.activity_ids.user_id, self.clerk)
        self.assertIn("Hết thời hạn giao thiết bị lưu khóa", self.token.activity_ids.summary)
        self.assertEqual(self.token.activity_ids.date_deadline, today + datetime.timedelta(days=1))
        self.assertEqual(len(self.token.activity_ids), 1)
        self.token.with_user(self.clerk).action_take_back()
        self.assertFalse(self.token.activity_ids)

    def test_an_incident_reaches_leader_and_manager_at_once(self):
        self.token.with_user(self.clerk).action_suspend("Mất thiết bị")
        told = self.token.activity_ids.user_id
        self.assertTrue(self.leader in told and self.manager in told)
        self.assertFalse(self.token.holder_id)

    def test_a_units_device_is_assigned_by_its_head_to_its_clerk(self):
        unit_clerk = self._make_user("unit_clerk", "vanban_core.group_unit_clerk")
        certificate = self.env["vanban.certificate"].with_user(self.manager).create({
            "role": "agency", "company_id": self.company.id, "department_id": self.department.id,
            "content": b64(self.store.token("seal-other").certificate.read_bytes()),
        })  # fmt: skip
        token = (
            self.env["vanban.token"]
            .with_user(self.manager)
            .create({"name": "Thiết bị của phòng", "company_id": self.company.id, "certificate_id": certificate.id})
        )
        with self.assertRaises(AccessError):
            token.with_user(self.specialist).action_assign(unit_clerk.id, *PAPER)
        token.with_user(self.unit_head).action_assign(unit_clerk.id, *PAPER)
        token.with_user(unit_clerk).action_receive()
        self.assertEqual(token.holder_id, unit_clerk)
        # the unit's device opens nothing of the agency
        document = self.outgoing("numbered")
        with self.assertRaises(AccessError):
            document.with_user(unit_clerk).action_seal()

    @proves("SIGN-31")
    def test_the_custodian_reads_every_use_and_refusal(self):
        domain = self.env["ir.actions.act_window"]._for_xml_id("vanban_signing.action_certificate_use")["domain"]
        from ast import literal_eval

        log = self.env["vanban.log"].with_user(self.clerk)
        before = log.search_count(literal_eval(domain))
        first = self.outgoing("sealed")
        second = self.outgoing("sealed")
        # a savepoint of the test would take the rows of the refusals with it
        for document in (first, second):
            with self.assertRaisesRegex(UserError, "."):
                document.action_seal()
        self.token.with_user(self.clerk).action_suspend("Kiểm tra")
        with self.assertRaisesRegex(AccessError, "."):
            first.action_seal()
        rows = log.search(literal_eval(domain), limit=5)
        self.assertEqual(log.search_count(literal_eval(domain)) - before, 5)
        self.assertEqual(rows.mapped("outcome").count("refused"), 3)
        used = rows.filtered(lambda row: row.outcome == "done")
        self.assertEqual(set(used.mapped("file_sha256")), {first.main_file_id.sha256, second.main_file_id.sha256})
        self.assertEqual(set(used.mapped("certificate_serial")), {self.seal_certificate.serial})
        self.assertTrue(all(used.mapped("token_serial")))
        with self.assertRaises(AccessError):
            rows[0].write({"comment": "x"})
        with self.assertRaises(AccessError):
            rows[0].unlink()


@tagged("post_install", "-at_install")
class TestCertificateCare(SigningCase):
    def test_end_is_announced_sixty_thirty_and_seven_days_before_once_each(self):
        certificate = self.leader_certificate.sudo()
        announce, now = self.env.ref("vanban_signing.cron_certificate_end").method_direct_trigger, datetime.datetime.now()

        def left(days):
            # the end follows from the certificate's bytes: only this test moves it, below the ORM's rules
            self.env.cr.execute(
                "UPDATE vanban_certificate SET valid_to = %s WHERE id = %s",
                [now + datetime.timedelta(days=days), certificate.id],
            )
            certificate.invalidate_recordset()

        told = []
        for days in (80, 59, 58, 29.5, 29, 7.5, 6.9, 6, 1):
            left(days)
            announce()
            told.append(len(certificate.activity_ids.filtered(lambda item: item.user_id == self.leader)))
        self.assertEqual(told, [0, 1, 1, 2, 2, 2, 3, 3, 3])
        self.assertIn(self.manager, certificate.activity_ids.user_id)
        self.assertEqual(certificate.notice_days, 7)

    def test_the_announcement_speaks_vietnamese_and_of_the_day_in_vietnam(self):
        certificate = self.leader_certificate.sudo()
        today = vietnam_time.today()
        # late in the evening by the server's clock: the next day in Vietnam
        end = datetime.datetime.combine(today + datetime.timedelta(days=29), datetime.time(20))
        self.env.cr.execute("UPDATE vanban_certificate SET valid_to = %s WHERE id = %s", [end, certificate.id])
        certificate.invalidate_recordset()
        self.env.ref("vanban_signing.cron_certificate_end").method_direct_trigger()
        todo = certificate.activity_ids.filtered(lambda item: item.user_id == self.leader)
        day = today + datetime.timedelta(days=30)
        self.assertEqual((todo.summary, todo.date_deadline), ("Chứng thư số sắp hết hạn", day))
        self.assertIn(f"hết hạn ngày {day:%d/%m/%Y}", todo.note)

    @proves("SIGN-29")
    def test_change_of_data_is_asked_for_and_closed_with_its_result(self):
        request = self.env["vanban.certificate.request"].with_user(self.unit_head).create({
            "kind": "change", "subject_kind": "person", "user_id": self.leader.id, "certificate_id": self.leader_certificate.id,
            "company_id": self.company.id, "reason": "Chuyển đơn vị", "state": "draft",
        })  # fmt: skip
        with self.assertRaises(UserError):
            request.action_submit()
        request.details = "Đơn vị cũ: Phòng A; đơn vị mới: Phòng B"
        request.action_submit()
        self.env["hr.employee"].search([("user_id", "=", self.specialist.id)]).department_id = self.department
        self.assertEqual(request.state, "submitted" if not request._is_head() else "approved")
        if request.state == "submitted":
            request.with_user(self.leader).action_approve()
        self.assertIn(self.manager, request.activity_ids.user_id)
        with self.assertRaises(UserError):
            request.write({"details": "khác"})
        managed = request.with_user(self.manager)
        self.assertIn(
            request, self.env["vanban.certificate.request"].with_user(self.manager).search([("state", "=", "approved")])
        )
        managed.action_process()
        with self.assertRaises(AccessError):
            request.action_complete("Tự đóng")
        with self.assertRaises(UserError):
            managed.action_complete("")
        managed.action_complete("Đã cập nhật chứng thư số")
        self.assertEqual(
            (request.state, request.result, request.manager_id), ("done", "Đã cập nhật chứng thư số", self.manager)
        )
        self.assertIn(self.unit_head, request.activity_ids.user_id)
        text = text_of(request._paper()[1])
        for words in ("thay đổi thông tin chứng thư số", "Chuyển đơn vị", "Đã cập nhật"):
            self.assertIn(words.casefold(), " ".join(text.split()).casefold())
        for user in (self.outsider, self.specialist2):
            self.assertFalse(self.env["vanban.certificate.request"].with_user(user).search([("id", "=", request.id)]))
            with self.assertRaises(AccessError):
                request.with_user(user).read(["reason"])
        for values in ({"state": "draft"}, {"result": "x"}, {"requester_id": self.outsider.id}):
            with self.assertRaises(AccessError):
                managed.write(values)

    def test_a_specialist_asks_through_his_head_and_revocation_takes_effect(self):
        request = self.env["vanban.certificate.request"].with_user(self.specialist).create({
            "kind": "revoke", "certificate_id": self.leader_certificate.id, "user_id": self.leader.id, "reason": "Mất thiết bị",
            "company_id": self.company.id,
        })  # fmt: skip
        request.action_submit()
        self.assertEqual((request.state, request.activity_ids.user_id), ("submitted", self.unit_head))
        with self.assertRaises(AccessError):
            request.with_user(self.specialist2).action_approve()
        request.with_user(self.unit_head).action_approve()
        request.with_user(self.manager).action_complete("Đã báo tổ chức chứng thực")
        self.assertTrue(self.leader_certificate.suspended)

    def test_an_issue_is_closed_with_the_new_certificate(self):
        request = self.env["vanban.certificate.request"].with_user(self.leader).create({
            "kind": "issue", "user_id": self.chief.id, "reason": "Mới bổ nhiệm", "company_id": self.company.id,
        })  # fmt: skip
        request.action_submit()
        self.assertEqual(request.state, "approved")
        managed = request.with_user(self.manager)
        with self.assertRaises(UserError):
            managed.action_complete("Đã cấp")
        certificate = self._enroll("chief", "personal", user_id=self.chief.id)
        managed.action_complete("Đã cấp", certificate.id)
        self.assertEqual(request.result_certificate_id, certificate)

    @proves("SIGN-09", "SIGN-12")
    def test_a_scanned_picture_is_mended_shown_and_kept(self):
        image = Image.new("RGB", (600, 300), (205, 206, 208))
        ImageDraw.Draw(image).line([(40, 250), (200, 60), (330, 220), (560, 90)], fill=(25, 25, 25), width=9)
        png, jpeg = io.BytesIO(), io.BytesIO()
        image.save(png, "PNG")
        image.save(jpeg, "JPEG")
        wizard = (
            self.env["vanban.picture.wizard"]
            .with_user(self.manager)
            .create({"certificate_id": self.leader_certificate.id})
        )
        wizard.source = b64(jpeg.getvalue())
        self.assertIn("PNG", wizard.problem)
        with self.assertRaises(UserError):
            wizard.action_confirm()
        wizard.source = b64(png.getvalue())
        self.assertFalse(wizard.problem)
        self.assertIn("trong suốt", wizard.findings)
        self.assertIn("xanh", wizard.findings)
        wizard.action_confirm()
        kept = Image.open(io.BytesIO(base64.b64decode(self.leader_certificate.with_context(bin_size=False).picture)))
        self.assertEqual((kept.mode, kept.getpixel((2, 2))[3] < 128), ("RGBA", True))
        self.assertIsNotNone(self.leader_certificate._picture())
        # a profile that prescribes no kind of file takes the photograph as well
        self.company._vanban_profile().action_load_preset("hcm")
        wizard.source = b64(jpeg.getvalue())
        self.assertIn("JPEG", wizard.findings)
        with self.assertRaises(AccessError):
            self.env["vanban.picture.wizard"].with_user(self.clerk).create(
                {"certificate_id": self.leader_certificate.id}
            )

    @proves("SIGN-19", "SIGN-22")
    def test_report_as_pdf_and_json(self):
        document = self.outgoing("sealed")
        record = document.verification_id.with_user(self.clerk)
        name, raw, kind = record._paper()
        self.assertEqual((name[-4:], kind), (".pdf", "application/pdf"))
        text = " ".join(text_of(raw).split())
        for words in (
            "PHIẾU KIỂM TRA CHỮ KÝ SỐ",
            "HỢP LỆ",
            "Thông tin chữ ký",
            "Chi tiết xác thực",
            "Dấu thời gian",
            self.leader_certificate.serial,
        ):
            self.assertIn(words, text)
        import json

        data = json.loads(record._paper_json()[1])
        self.assertEqual(
            (data["sha256"], data["overall"], len(data["signatures"])), (document.main_file_id.sha256, "valid", 2)
        )
        for one in data["signatures"]:
            fields_52 = "field kind format algorithm covers_revision later_changes signer claimed_time timestamp certificate groups evidence"
            for key in (*fields_52.split(), "overall", "reason"):
                self.assertIn(key, one)
        # the custodian's report bears the agency's signature, anybody else's none
        from ..pades.verify import verify

        report = verify(raw, self.env["vanban.trust.anchor"]._trust_store())
        self.assertEqual((report.overall, [one.kind for one in report.signatures]), ("valid", ["agency"]))
        self.assertFalse(
            verify(record.with_user(self.leader)._paper()[1], self.env["vanban.trust.anchor"]._trust_store()).signatures
        )
        with self.assertRaises(AccessError):
            record.with_user(self.outsider)._paper_json()
