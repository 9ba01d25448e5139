import json

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import LienthongCase


@tagged("post_install", "-at_install")
class TestLoggedSettings(LienthongCase):
    """Who may send, be believed or read: each change is in the log with its author, the old and the new value."""

    def rows(self, record, action="change_settings"):
        found = self.env["vanban.log"].sudo().search(
            [("model", "=", record._name), ("res_id", "=", record.id), ("action", "=", action)], order="id")
        return [(row.user_id, json.loads(row.data)) for row in found]

    def test_signature_of_packets(self):
        with Form(self.peer.with_user(self.admin_user)) as form:
            form.packet_signature = "required"
            form.packet_signer = "Sở Tài chính tỉnh Mẫu"
        with Form(self.peer.with_user(self.admin_user)) as form:
            form.packet_signature = "off"
        first, second = self.rows(self.peer)
        self.assertEqual(first, (self.admin_user.id, {
            "packet_signature": {"old": "off", "new": "required"}, "packet_signer": {"old": False, "new": "Sở Tài chính tỉnh Mẫu"}}))
        self.assertEqual(second, (self.admin_user.id, {"packet_signature": {"old": "required", "new": "off"}}))

    def test_scope_of_a_related_system(self):
        client = self.env["vanban.share.client"].with_user(self.admin_user).create({"name": "Theo dõi chỉ đạo", "company_id": self.company.id})
        [(author, made)] = self.rows(client, "create_settings")
        self.assertEqual((author, made["scope"]), (self.admin_user.id, {"old": False, "new": "states"}))
        with Form(client) as form:
            form.scope = "subjects"
            form.department_ids.add(self.department)
        client.write({"scope": "subjects"})  # nothing changes, nothing is logged
        self.assertEqual(self.rows(client), [(self.admin_user.id, {
            "scope": {"old": "states", "new": "subjects"}, "department_ids": {"old": [], "new": [self.department.display_name]}})])

    def test_certificates_are_told_by_their_digest(self):
        transport = self.env.ref("vanban_lienthong.transport_https").with_user(self.admin_user)
        transport.allow_plain = True
        self.assertEqual(self.rows(transport)[-1], (self.admin_user.id, {"allow_plain": {"old": False, "new": True}}))
        self.env.cr.execute("UPDATE vanban_peer SET ca_pem = %s WHERE id = %s", ["x" * 500, self.peer.id])
        self.peer.invalidate_recordset()
        self.peer.with_user(self.admin_user).ca_pem = False
        self.assertRegex(self.rows(self.peer)[-1][1]["ca_pem"]["old"], r"SHA-256 [0-9a-f]{64}$")

    def test_what_is_refused_changes_nothing(self):
        for user in (self.clerk, self.specialist):
            with self.assertRaises(AccessError):
                self.peer.with_user(user).write({"packet_signature": "required"})
        self.assertEqual(self.rows(self.peer), [])
