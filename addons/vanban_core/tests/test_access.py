from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import VanbanCase
from .proves import proves


@tagged("post_install", "-at_install")
class TestAccess(VanbanCase):
    @proves("SEC-01", "SEC-17")
    def test_nobody_else_finds_or_reads(self):
        document = self.distributed()
        file = document.main_file_id
        for stranger in (self.outsider, self.admin_user, self.auditor):
            self.assertFalse(self._found(document, stranger))
            with self.assertRaises(AccessError):
                document.with_user(stranger).read(["subject"])
            with self.assertRaises(AccessError):
                file.with_user(stranger).read(["name"])
            with self.assertRaises(AccessError):
                file._attachment().sudo(False).with_user(stranger).read(["raw"])
            self.assertFalse(self._found(document.assignment_ids, stranger))

    def _found(self, records, user):
        """What ``user`` finds of ``records``; without any right to the model that is nothing."""
        try:
            return records.with_user(user).search([("id", "in", records.ids)])
        except AccessError:
            return records.browse()

    @proves("SEC-03")
    def test_reader_cannot_act(self):
        document = self.distributed(lines=[
            {"role": "lead", "user_id": self.specialist.id}, {"role": "inform", "user_id": self.outsider.id},
        ])
        reader = document.with_user(self.outsider)
        self.assertEqual(reader.subject, document.subject)
        with self.assertRaises(AccessError):
            reader.write({"note": "Sửa"})
        with self.assertRaises(AccessError):
            reader.action_start()

    @proves("SEC-05")
    def test_granting_and_revoking_is_logged(self):
        document = self.incoming()
        document._grant(users=self.outsider, source="test")
        document._revoke("test")
        actions = self.env["vanban.log"].search([("document_id", "=", document.id)], order="id").mapped("action")
        self.assertEqual([action for action in actions if action in ("grant", "revoke")][-2:], ["grant", "revoke"])

    def test_state_is_refused_everywhere(self):
        document = self.incoming()
        for user in (self.clerk, self.env.ref("base.user_root"), self.env.ref("base.user_admin")):
            with self.assertRaises(AccessError):
                document.with_user(user).sudo().write({"state": "done"})
        with self.assertRaises(AccessError):
            self.env["vanban.document"].with_user(self.clerk).create({"direction": "in", "state": "registered"})
        with self.assertRaises(AccessError):
            document.with_context(vanban_state=True).write({"state": "done"})
        self.assertEqual(document.state, "received")

    @proves("SEC-15")
    def test_nothing_is_deleted(self):
        document = self.incoming(register=True)
        for record in (document, document.main_file_id, document.entry_ids, document.main_file_id._attachment()):
            with self.assertRaises(AccessError):
                record.sudo().unlink()

    @proves("SEC-05")
    def test_change_of_roles_and_heads_is_logged(self):
        self.outsider.write({"group_ids": [(4, self.env.ref("vanban_core.group_clerk").id)]})
        self.department.write({"manager_id": self.specialist.employee_id.id})
        rows = self.env["vanban.log"].search([("action", "in", ("change_roles", "change_head"))], limit=2)
        self.assertEqual(
            {(row.action, row.res_id) for row in rows},
            {("change_roles", self.outsider.id), ("change_head", self.department.id)},
        )

    def test_chain_is_checked_by_auditors_only(self):
        self.assertIn("toàn vẹn", self.env["vanban.log"].with_user(self.auditor).action_check_chain())
        with self.assertRaises(AccessError):
            self.env["vanban.log"].with_user(self.specialist).action_check_chain()
