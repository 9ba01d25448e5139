import base64

from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import Form, tagged

from .common import make_pdf
from .outgoing_common import OutgoingCase


@tagged("post_install", "-at_install")
class TestLimits(OutgoingCase):
    """What the profile leaves to choose really binds: urgency (P-41), types on the network (P-54), formats (P-57)."""

    def profile(self, code):
        self.company.vanban_profile_id = self.env.ref(f"vanban_core.profile_{code}")

    def set_parameter(self, key, value):
        self.company._vanban_profile().parameter_ids.filtered(lambda row: row.key == key).value = value

    def test_levels_of_urgency_are_those_of_the_profile(self):
        self.profile("thanhhoa")
        document = self.incoming()
        self.assertEqual(document.urgency_choices, "0,1,2,3")
        document.urgency = "3"
        with self.assertRaises(UserError) as caught:
            document.with_context(lang="vi_VN").write({"urgency": "4"})
        self.assertIn("Hỏa tốc", str(caught.exception))
        self.assertIn(self.company.name, str(caught.exception))
        with self.assertRaises(UserError):
            self.incoming(urgency="4")
        with self.assertRaises(UserError):
            self.draft(urgency="4", pdf=False)
        self.assertEqual(document.urgency, "3")
        # another regulation knows the fixed hour
        self.profile("bhxh")
        self.env.invalidate_all()
        self.assertEqual(document.urgency_choices, "0,1,2,3,4")
        document.urgency = "4"
        # the form offers no other levels, and a level that is there already stays
        self.profile("thanhhoa")
        self.env.invalidate_all()
        document.write({"urgency": "4", "note": "giữ nguyên"})
        with Form(self.env["vanban.document"].with_user(self.clerk).with_context(default_direction="in", default_company_id=self.company.id),
                  "vanban_core.document_incoming_view_form") as form:
            self.assertEqual(form.urgency_choices, "0,1,2,3")
            form.subject = "Văn bản mới"
            form.kind_id = self.kind
        # what another agency sent keeps its level
        received = self.env["vanban.document"].sudo().create({
            "direction": "in", "company_id": self.company.id, "subject": "Từ trục liên thông", "urgency": "4", "medium": "electronic",
        })
        self.assertEqual(received.urgency, "4")
        self.assertEqual(received._own_urgency(), "3", "an answer to it can be drafted")

    def test_formats_of_the_profile_bind_what_arrives(self):
        text = base64.b64encode("Nội dung".encode()).decode()
        self.profile("bhxh")
        document = self.env["vanban.document"].with_user(self.clerk).create({
            "direction": "in", "company_id": self.company.id, "kind_id": self.kind.id, "subject": "Văn bản đến", "issuer_id": self.issuer.id,
            "issue_date": "2026-01-05", "medium": "electronic",
        })
        with self.assertRaises(UserError) as caught:
            document.upload_file("van-ban.txt", text)
        self.assertIn(".pdf", str(caught.exception))
        self.assertIn("van-ban.txt", str(caught.exception))
        self.assertFalse(document.file_ids)
        document.upload_file("van-ban.pdf", base64.b64encode(make_pdf()).decode())
        # the editable source of a draft is no document yet
        self.draft(pdf=False).upload_file("du-thao.txt", text, role="source")
        # the list of Thanh Hóa takes text as well
        self.profile("thanhhoa")
        self.env.invalidate_all()
        document.upload_file("phu-luc.txt", text, role="annex")
        self.assertEqual(len(document.file_ids), 2)
        self.set_parameter("file_formats", "pdf,jpg")
        with self.assertRaises(UserError):
            document.upload_file("phu-luc-2.txt", text, role="annex")

    def test_no_stage_of_the_client_goes_round_the_formats(self):
        text = base64.b64encode("Nội dung".encode()).decode()
        self.profile("bhxh")
        document = self.env["vanban.document"].with_user(self.clerk).create({
            "direction": "in", "company_id": self.company.id, "kind_id": self.kind.id, "subject": "Văn bản đến", "issuer_id": self.issuer.id,
            "issue_date": "2026-01-05", "medium": "electronic",
        })
        for stage in ("draft", "rendition", "sealed"):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                call_kw(document, "upload_file", [document.ids, "van-ban.txt", text], {"stage": stage})
        self.assertFalse(document.file_ids)
        # a sound file bears the stage in which things arrive, whatever was said
        call_kw(document, "upload_file", [document.ids, "van-ban.pdf", base64.b64encode(make_pdf()).decode()], {"stage": "draft"})
        self.assertEqual(document.main_file_id.stage, "received")

    def test_working_papers_of_an_emergency_come_in_any_format(self):
        text = base64.b64encode("Nội dung".encode()).decode()
        self.profile("bhxh")
        self.set_parameter("emergency_bypass", "yes")
        document = self.incoming()
        with self.assertRaises(UserError):
            document.upload_file("so-lieu.txt", text, role="annex")
        document.action_ask_bypass("Vỡ đê, cần xử lý ngay", self.leader.id)
        document.with_user(self.leader).action_approve_bypass("Đồng ý xử lý ngay", self.specialist.id)
        document.with_user(self.specialist).upload_file("so-lieu.txt", text, role="annex")
        self.assertEqual(document.file_ids.filtered(lambda file: file.role == "annex").name, "so-lieu.txt")

    def test_only_listed_types_go_through_the_network(self):
        decision, report = self.env.ref("vanban_core.kind_qd"), self.env.ref("vanban_core.kind_bc")
        self.profile("binhdinh")
        document = self.draft(pdf=False, kind_id=decision.id)
        self.assertFalse(document.network_problem)
        document.recipient_ids.channel = "lienthong"
        self.assertIn(decision.name, document.network_problem)
        self.assertIn(self.issuer.name, document.network_problem)
        with self.assertRaises(UserError) as caught:
            document.sudo()._guard_recipients()
        self.assertIn(decision.name, str(caught.exception))
        document.kind_id = report
        self.assertFalse(document.network_problem)
        document.sudo()._guard_recipients()
        document.restricted = True
        self.assertIn(self.issuer.name, document.network_problem)
        # where all types within competence may go, this one may
        self.profile("thanhhoa")
        self.env.invalidate_all()
        document.write({"kind_id": decision.id, "restricted": False})
        self.assertFalse(document.network_problem)
