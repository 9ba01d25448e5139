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

    def test_blank_form_of_an_incoming_document_stays_as_it_was(self):
        incoming = self.env["vanban.document"].with_user(self.clerk).with_context(default_direction="in")
        values = incoming.default_get(["state", "direction", "drafter_id"])
        self.assertEqual((values["state"], values["direction"], values.get("drafter_id")), ("received", "in", None))
