from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import VanbanCase
from .proves import proves


@tagged("post_install", "-at_install")
class TestMailExport(VanbanCase):
    """A document's file sent with a message is an export: logged, and only by who may read it."""

    def exports(self, document):
        return self.env["vanban.log"].search([("document_id", "=", document.id), ("action", "=", "export")])

    @proves("SEC-04")
    def test_sending_a_file_is_logged_as_export(self):
        document = self.distributed()
        attachment = document.main_file_id._attachment()
        document.with_user(self.specialist).message_post(
            body="Gửi kèm", partner_ids=self.issuer.ids, attachment_ids=attachment.ids, message_type="comment")
        row = self.exports(document)
        self.assertEqual(len(row), 1)
        self.assertEqual(row.user_id, self.specialist.id)
        self.assertIn(self.issuer.name, row.data)
        # by way of any other record as well
        self.distributed().with_user(self.specialist).message_post(body="Gửi kèm", attachment_ids=attachment.ids)
        self.assertEqual(len(self.exports(document)), 2)

    def test_a_file_that_one_may_not_read_is_not_sent(self):
        document, own = self.distributed(), self.distributed(lines=[{"role": "lead", "user_id": self.outsider.id}])
        own.with_user(self.outsider).message_post(body="Gửi kèm", attachment_ids=own.main_file_id._attachment().ids)
        with self.assertRaises(AccessError):
            own.with_user(self.outsider).message_post(body="Gửi kèm", attachment_ids=document.main_file_id._attachment().ids)
