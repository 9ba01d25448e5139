from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .outgoing_common import OutgoingCase
from .proves import proves


@tagged("post_install", "-at_install")
class TestDraftForm(OutgoingCase):
    """The blank form of a draft, as the menu “Draft documents” opens it."""

    @proves("OUT-03")
    def test_blank_form_is_a_draft_of_the_user_and_his_unit(self):
        drafts = self.env["vanban.document"].with_user(self.specialist).with_context(default_direction="out")
        with Form(drafts, view="vanban_core.document_outgoing_view_form") as form:
            self.assertEqual((form.state, form.drafter_id, form.department_id), ("draft", self.specialist, self.department))
            self.assertTrue(form.can_edit)
            form.kind_id = self.kind
            form.signer_id = self.leader
            form.subject = "về việc soạn từ biểu mẫu trống"
        document = form.record
        self.assertEqual((document.state, document.drafter_id, document.department_id), ("draft", self.specialist, self.department))
        self.assertTrue(document.code_notation.endswith("SNV-TC"))
        self.assertTrue(document.template_id)

    def form(self, document, user=None):
        return Form(document.with_user(user or self.specialist), view="vanban_core.document_outgoing_view_form")

    @proves("OUT-33", "DOC-15")
    def test_class_is_chosen_on_the_draft_and_holds_to_the_issue(self):
        """BHXH B.I.2, chosen by the specialist in the form: no file, no network, not even to a colleague."""
        self.company.vanban_profile_id = self.env.ref("vanban_core.profile_bhxh")
        document = self.draft(pdf=False, recipient_ids=[fields.Command.create({"user_id": self.specialist2.id})])
        with self.form(document) as form:
            self.assertFalse(form._get_modifier("class_id", "invisible") or form._get_modifier("class_id", "readonly"))
            self.assertFalse(form.use_form)
            offered = form.class_list_id.class_ids.filtered(lambda one: one.direction == "out")
            form.class_id = offered.filtered(lambda one: one.code == "B.I.2")
            self.assertEqual((form.use_form, form.submission_form, form.without_file, form.restricted), ("paper", "paper", True, True))
        self.assertEqual((document.class_id.code, document.medium, document.restricted), ("B.I.2", "paper", True))
        document.action_submit_review("Kính trình")
        self.assertTrue(self.form(document)._get_modifier("class_id", "readonly"))
        document.with_user(self.unit_head).action_review_approve("Đồng ý nội dung")
        document.with_user(self.format_checker).action_review_approve("Đúng thể thức")
        clerk = document.with_user(self.clerk)
        clerk.action_sign_on_paper(None, None)
        clerk.action_clerk_check()
        clerk.action_allocate_number()
        clerk.action_paper_done("Tủ 3")
        with self.assertRaises(UserError) as caught:
            clerk.action_issue()
        self.assertIn("B.I.2", str(caught.exception))
        clerk.recipient_ids.write({"channel": "paper", "paper_reason": "paper_class"})
        clerk.action_issue()
        self.assertEqual((document.state, document.recipient_ids.channel, bool(document.sudo().file_ids)), ("issued", "paper", False))

    @proves("DOC-15")
    def test_class_is_offered_where_the_catalogue_speaks_of_outgoing_documents(self):
        document = self.draft()
        for profile, offered in (("nd30", False), ("hcm", False), ("bhxh", True)):
            self.company.vanban_profile_id = self.env.ref(f"vanban_core.profile_{profile}")
            self.env.invalidate_all()
            form = self.form(document)
            self.assertEqual(form._get_modifier("class_id", "invisible"), not offered, profile)

    @proves("DOC-16")
    def test_only_heads_are_offered_to_decide_the_form_of_use(self):
        button = f'name="{self.env.ref("vanban_core.action_use_form").id}"'
        view = self.env.ref("vanban_core.document_outgoing_view_form").id
        for user, offered in ((self.specialist, False), (self.clerk, False), (self.unit_head, True), (self.leader, True)):
            arch = self.env["vanban.document"].with_user(user).get_view(view)["arch"]
            self.assertEqual(button in arch, offered, user.login)

    def test_drafts_are_found_by_their_class(self):
        self.company.vanban_profile_id = self.env.ref("vanban_core.profile_bhxh")
        rule = self.env["vanban.document.class"].search([("code", "=", "B.II.5"), ("direction", "=", "out")], limit=1)
        document, other = self.draft(pdf=False, class_id=rule.id), self.draft(pdf=False)
        view = self.env.ref("vanban_core.document_outgoing_view_search").id
        arch = self.env["vanban.document"].with_user(self.specialist).get_view(view, "search")["arch"]
        self.assertIn('<field name="class_id"', arch)
        self.assertIn("'group_by': 'class_id'", arch)
        found = self.env["vanban.document"].with_user(self.specialist).search([("class_id", "ilike", "B.II.5"), ("direction", "=", "out")])
        self.assertEqual(found & (document | other), document)

    def test_blank_form_of_an_incoming_document_stays_as_it_was(self):
        incoming = self.env["vanban.document"].with_user(self.clerk).with_context(default_direction="in")
        values = incoming.default_get(["state", "direction", "drafter_id"])
        self.assertEqual((values["state"], values["direction"], values.get("drafter_id")), ("received", "in", None))
