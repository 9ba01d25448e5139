import base64

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from .common import VanbanCase, make_pdf
from .proves import proves


@tagged("post_install", "-at_install")
class TestPersonal(VanbanCase):
    def rpc(self, user, method, *args, **kwargs):
        self.env.flush_all()
        self.env.invalidate_all()
        return call_kw(self.env(user=user.id, su=False, context={})["vanban.personal"], method, args, kwargs)

    @proves("DOC-21")
    def test_only_the_owner_sees_it_and_it_is_part_of_the_hand_over(self):
        content = base64.b64encode(make_pdf("Ghi chep ca nhan")).decode()
        personal = self.env["vanban.personal"].browse(self.rpc(
            self.specialist, "create", [{"name": "Ghi chép", "note": "<p>Việc cần nhớ</p>", "file": content, "file_name": "ghi-chep.pdf"}]))
        self.assertEqual(personal.user_id, self.specialist)
        self.assertEqual(self.rpc(self.specialist, "search", []), personal.ids)
        attachment = self.env["ir.attachment"].sudo().search([
            ("res_model", "=", "vanban.personal"), ("res_id", "=", personal.id), ("res_field", "!=", False),
        ])
        self.assertTrue(attachment)
        for stranger in (self.specialist2, self.clerk, self.leader, self.auditor):
            self.assertEqual(self.rpc(stranger, "search", []), [])
            for method, *arguments in (("read", ["name", "note", "file"]), ("write", {"name": "x"}), ("unlink",), ("action_hand_over", stranger.id)):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    self.rpc(stranger, method, personal.ids, *arguments)
            with self.assertRaises(AccessError):
                attachment.with_user(stranger).read(["raw"])
        with self.assertRaises(AccessError):
            self.rpc(self.admin_user, "search", [])
        held = dict(self.specialist._vanban_leaving())
        self.assertEqual(held["Personal documents"].ids, personal.ids)
        self.rpc(self.specialist, "action_hand_over", personal.ids, self.specialist2.id)
        self.assertEqual(self.rpc(self.specialist, "search", []), [])
        self.assertEqual(self.rpc(self.specialist2, "search", []), personal.ids)
        self.assertEqual(personal.from_user_id, self.specialist)

    def test_it_cannot_be_put_under_another_name(self):
        with self.assertRaises(AccessError):
            self.rpc(self.specialist, "create", [{"name": "a", "user_id": self.leader.id}])
        own = self.rpc(self.specialist, "create", [{"name": "a"}])
        for vals in ({"user_id": self.leader.id}, {"from_user_id": self.leader.id}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self.rpc(self.specialist, "write", own, vals)

    def test_a_file_that_is_not_what_its_name_says_is_refused(self):
        program = base64.b64encode(b"MZ" + b"\0" * 200).decode()
        with self.assertRaises(UserError):
            self.rpc(self.specialist, "create", [{"name": "a", "file": program, "file_name": "a.pdf"}])
