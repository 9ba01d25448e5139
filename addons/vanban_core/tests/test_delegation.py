from datetime import timedelta

import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .cascade_common import CascadeCase
from .proves import proves


@tagged("post_install", "-at_install")
class TestDelegation(CascadeCase):
    @proves("IN-34")
    def test_queue_goes_to_the_delegate_within_the_term(self):
        document = self.submitted()
        self.assertEqual((document in self.queue(self.leader), document in self.queue(self.second_head)), (True, False))
        self.delegation(self.leader, self.second_head, days=(0, 5))
        during = self.submitted()
        self.assertIn(self.second_head, during.activity_ids.user_id)
        for waiting in (document, during):
            self.assertIn(waiting, self.queue(self.second_head))
            self.assertNotIn(waiting, self.queue(self.leader))
        during.with_user(self.second_head).action_distribute([self.lead_of(department=self.department)], "Giao Phòng Tổ chức")
        item = during.assignment_ids
        self.assertEqual((item.assigner_id, item.on_behalf_id, item.capacity), (self.second_head, self.leader, "delegated"))
        row = self.logged(during, "distribute")
        self.assertEqual((row.user_id, row.principal_name), (self.second_head.id, self.leader.name))
        with freeze_time(self.today + timedelta(days=6)):
            self.assertIn(document, self.queue(self.leader))
            self.assertNotIn(document, self.queue(self.second_head))
            # what was decided stays readable, what waits does not
            readable = self.env["vanban.document"].with_user(self.second_head).search([("id", "in", (document | during).ids)])
            self.assertEqual(readable, during)

    @proves("ADM-07")
    def test_an_expired_delegation_gives_nothing(self):
        document = self.submitted()
        delegation = self.delegation(self.leader, self.second_head, days=(0, 2))
        self.assertEqual(delegation.status, "active")
        with freeze_time(self.today + timedelta(days=3)):
            self.env.invalidate_all()
            self.assertEqual(delegation.status, "expired")
            self.refused(document.with_user(self.second_head).action_distribute, [self.lead_of(department=self.department)])
            self.assertEqual(document.state, "submitted")

    def test_revoked_at_once_and_not_changed(self):
        document = self.submitted()
        delegation = self.delegation(self.leader, self.second_head)
        with self.assertRaises(AccessError):
            delegation.with_user(self.leader).write({"date_to": self.day(90)})
        with self.assertRaises(AccessError):
            delegation.with_user(self.leader).unlink()
        delegation.with_user(self.leader).action_revoke("Đã về cơ quan")
        self.assertIn(document, self.queue(self.leader))
        with self.assertRaises(AccessError):
            document.with_user(self.second_head).action_distribute([self.lead_of(department=self.department)])

    def test_overlapping_terms_and_further_delegation(self):
        self.delegation(self.leader, self.second_head, days=(0, 5))
        with self.assertRaises(UserError):
            self.delegation(self.leader, self.chief, days=(5, 9))
        self.delegation(self.leader, self.chief, days=(6, 9))
        # what was received by delegation does not go further
        self.delegation(self.second_head, self.specialist, days=(0, 5))
        document = self.submitted()
        self.assertNotIn(document, self.queue(self.specialist))
        self.delegation(self.leader, self.specialist, days=(0, 5), scope="signing", kind_ids=[(6, 0, self.kind.ids)])
        active = self.env["vanban.delegation"]._in_force("signing", delegate=self.specialist, kind=self.kind)
        self.assertEqual(active.principal_id, self.leader)
        self.assertFalse(self.env["vanban.delegation"]._in_force(
            "signing", delegate=self.specialist, kind=self.env.ref("vanban_core.kind_qd")))

    def test_the_unit_head_s_delegate_assigns(self):
        document = self.submitted()
        document.with_user(self.leader).action_distribute([self.lead_of(department=self.department)])
        deputy = self.specialist2
        item = document.assignment_ids.with_user(deputy)
        with self.assertRaises(AccessError):
            item.action_assign([self.lead_of(user=self.specialist)])
        self.delegation(self.unit_head, deputy)
        self.env.invalidate_all()
        self.assertIn(item, self.env["vanban.assignment"].with_user(deputy).search([("is_mine", "=", True)]))
        item.action_assign([self.lead_of(user=self.specialist)], "Đồng chí xử lý")
        child = document.assignment_ids.child_ids
        self.assertEqual((child.assigner_id, child.on_behalf_id, child.capacity), (deputy, self.unit_head, "delegated"))

    def test_who_may_delegate_what(self):
        values = {"delegate_id": self.specialist2.id, "date_to": self.day(3), "document": "1/UQ", "company_id": self.company.id}
        with self.assertRaises(ValidationError):
            self.env["vanban.delegation"].with_user(self.clerk).create({**values, "principal_id": self.specialist.id})
        with self.assertRaises(AccessError):
            self.env["vanban.delegation"].with_user(self.specialist).create({**values, "principal_id": self.leader.id})
        with self.assertRaises(ValidationError):
            self.delegation(self.leader, self.second_head, kind_ids=[(6, 0, self.kind.ids)])
        with self.assertRaises(psycopg2.errors.CheckViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.delegation(self.leader, self.second_head, days=(3, 1))
        # the clerk writes it down, only the principal puts it in force
        row = self.env["vanban.delegation"].with_user(self.clerk).create({**values, "principal_id": self.leader.id})
        with self.assertRaises(AccessError):
            row.action_confirm()
        row.with_user(self.leader).action_confirm()
        self.assertEqual(row.state, "confirmed")

    @proves("ADM-07")
    def test_no_stranger_makes_reads_or_confirms_over_rpc(self):
        delegation = self.delegation(self.leader, self.second_head, confirm=False)
        env = self.env(user=self.outsider.id, su=False, context={})
        for method, args in (
            ("read", (delegation.ids, ["document"])), ("write", (delegation.ids, {"delegate_id": self.outsider.id})),
            ("action_confirm", (delegation.ids,)), ("action_revoke", (delegation.ids, "x")),
            ("create", ([{"principal_id": self.leader.id, "delegate_id": self.outsider.id, "date_to": self.day(3), "document": "x"}],)),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                call_kw(env["vanban.delegation"], method, args, {})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            call_kw(self.env(user=self.leader.id, su=False, context={})["vanban.delegation"], "write", (delegation.ids, {"state": "confirmed"}), {})
