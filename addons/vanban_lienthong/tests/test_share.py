import datetime

import requests

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from odoo.addons.vanban_core.tests.proves import proves
from odoo.addons.vanban_core.tools import vietnam_time

from ..controllers import strangers
from ..controllers.share import TASKS_PATH
from .common import LienthongCase


@tagged("post_install", "-at_install")
class TestShare(LienthongCase, HttpCase):
    """A related system reads the state of tasks with its key, over HTTP, and nothing else."""

    @classmethod
    def registry_enter_test_mode_cls(cls):
        if not cls._registry_patched:  # HttpCase has done it
            super().registry_enter_test_mode_cls()

    def setUp(self):
        super().setUp()
        self.client_row = self.env["vanban.share.client"].with_user(self.admin_user).create(
            {"name": "Theo dõi chỉ đạo", "company_id": self.company.id})
        form = self.env["vanban.peer.secret"].with_user(self.admin_user).with_context(
            active_model="vanban.share.client", active_id=self.client_row.id).create({})
        self.key = form.action_new()["context"]["vanban_shown_secret"]
        self.assertFalse(form.secret)  # no row of the database keeps it

    def get(self, key=None, **params):
        headers = {"X-Odoo-Database": self.env.cr.dbname}
        if key is not False:
            headers["Authorization"] = f"Bearer {key or self.key}"
        with self.allow_requests(all_requests=True):
            return requests.get(self.base_url() + TASKS_PATH, headers=headers, params=params, timeout=30)

    def task(self, **vals):
        """A registered document of the agency, distributed to the specialist's unit."""
        document = self.received_document()
        document.action_register()
        document.sudo().write(vals)
        leader = document.with_user(self.leader)
        document.with_user(self.clerk).action_submit("Trình lãnh đạo")
        leader.action_distribute([{"role": "lead", "user_id": self.specialist.id, "deadline": str(self.tomorrow())}])
        self.env.flush_all()
        return document.sudo().assignment_ids[:1]

    @proves("LT-21")
    def test_only_permitted_data_and_logged(self):
        task = self.task()
        answer = self.get()
        self.assertEqual(answer.status_code, 200, answer.text)
        [row] = [row for row in answer.json()["tasks"] if row["id"] == task.id]
        self.assertEqual((row["state"], row["deadline"], row["code"]), (task.state, str(task.deadline), task.document_id.code))
        self.assertNotIn("subject", row)
        logged = self.env["vanban.log"].search([("action", "=", "share_tasks"), ("outcome", "=", "done")], limit=1)
        self.assertIn(str(task.id), logged.data)
        self.assertIn("Theo dõi chỉ đạo", logged.data)
        # a wider scope gives the abstract, a restricted document is given to nobody
        self.client_row.scope = "subjects"
        self.env.flush_all()
        [row] = [row for row in self.get().json()["tasks"] if row["id"] == task.id]
        self.assertEqual(row["subject"], task.document_id.subject)
        task.document_id.sudo().restricted = True
        self.env.flush_all()
        self.assertNotIn(task.id, [row["id"] for row in self.get().json()["tasks"]])
        task.document_id.sudo().restricted = False
        # nor is one of a kind that not everybody reads
        task.document_id.kind_id.sudo().restricted = True
        self.env.flush_all()
        self.assertNotIn(task.id, [row["id"] for row in self.get().json()["tasks"]])
        task.document_id.kind_id.sudo().restricted = False
        # what changed since a moment (also as our own answer writes it), and what lies behind an id
        self.env.flush_all()
        [row] = [row for row in self.get().json()["tasks"] if row["id"] == task.id]
        self.assertIn(task.id, [one["id"] for one in self.get(since=row["changed"]).json()["tasks"]])
        self.env.flush_all()
        later = (fields.Datetime.now() + datetime.timedelta(hours=1)).replace(microsecond=0).isoformat()
        self.assertEqual(self.get(since=later).json()["tasks"], [])
        self.assertNotIn(task.id, [row["id"] for row in self.get(after=task.id).json()["tasks"]])
        self.assertEqual(self.get(after="-3").status_code, 400)
        self.assertEqual(self.get(since="2026-01-01' OR 1=1").status_code, 400)

    def test_foreign_units_and_agencies(self):
        task = self.task()
        unit = self.env["hr.department"].create({"name": "Phòng khác", "company_id": self.company.id})
        self.client_row.department_ids = unit
        self.env.flush_all()
        self.assertEqual(self.get().json()["tasks"], [])
        self.client_row.write({"department_ids": [(5, 0, 0)], "company_id": self.other.id})
        self.env.flush_all()
        self.assertNotIn(task.id, [row["id"] for row in self.get().json()["tasks"]])

    @proves("LT-21")
    def test_a_key_of_some_units_reads_what_their_people_have(self):
        """Given to a person, a task bears no unit of its own: it is that of the unit where the person works."""
        own = self.task()
        self.assertFalse(own.department_id)
        of_unit = self.distributed([{"role": "lead", "department_id": self.department.id}]).sudo().assignment_ids
        elsewhere = self.env["hr.department"].create({"name": "Phòng khác", "company_id": self.company.id})

        def read(units):
            self.client_row.department_ids = units
            self.env.flush_all()
            return {row["id"]: row["unit"] for row in self.get().json()["tasks"]}

        self.assertEqual(read(self.department), {own.id: self.department.name, of_unit.id: self.department.name})
        self.assertEqual(read(elsewhere), {})
        self.assertLessEqual({own.id, of_unit.id}, set(read(elsewhere | self.department)))
        # whoever moves takes the task along
        employee = self.env["hr.employee"].search([("user_id", "=", self.specialist.id), ("company_id", "=", self.company.id)])
        employee.department_id = elsewhere
        self.assertEqual(read(elsewhere), {own.id: elsewhere.name})
        self.assertEqual(read(self.department), {of_unit.id: self.department.name})

    def test_refused(self):
        strangers.forget()
        for answer in (self.get(key=False), self.get(key="khoa-khong-dung-0123456789")):
            self.assertEqual((answer.status_code, answer.json()["error"]["code"]), (401, "key"))
        # seen in the log, but a stranger cannot fill it
        refused = self.env["vanban.log"].search_count([("action", "=", "share_tasks"), ("outcome", "=", "refused")])
        self.assertEqual(refused, 1)
        self.client_row.valid_to = vietnam_time.today() - datetime.timedelta(days=2)
        self.env.flush_all()
        self.assertEqual(self.get().status_code, 401)
        self.client_row.write({"valid_to": vietnam_time.today() + datetime.timedelta(days=2), "active": False})
        self.env.flush_all()
        self.assertEqual(self.get().status_code, 401)
        with self.allow_requests(all_requests=True):
            self.assertEqual(requests.post(self.base_url() + TASKS_PATH, timeout=30).status_code, 405)

    def test_many_addresses_do_not_fill_the_log_either(self):
        strangers.forget()
        self.addCleanup(strangers.forget)
        told = [strangers._first_of_minute(f"10.0.{number // 256}.{number % 256}") for number in range(3000)]
        self.assertEqual(sum(told), strangers.ROWS)
        self.assertEqual(self.get(key=False).status_code, 401)  # still answered, no more written
        self.assertFalse(self.env["vanban.log"].search([("action", "=", "share_tasks"), ("outcome", "=", "refused")]))

    def test_key_is_shown_once_and_ends_with_the_next(self):
        self.env.flush_all()
        self.env.cr.execute("SELECT key_digest FROM vanban_share_client WHERE id = %s", [self.client_row.id])
        [(digest,)] = self.env.cr.fetchall()
        self.assertNotIn(self.key, digest)
        new = self.client_row.with_user(self.admin_user).action_new_secret()
        self.env.flush_all()
        self.assertEqual((self.get().status_code, self.get(key=new).status_code), (401, 200))

    def test_only_administrators(self):
        for user in (self.clerk, self.specialist):
            with self.assertRaises(AccessError):
                self.client_row.with_user(user).read(["name"])
            with self.assertRaises(AccessError):
                self.client_row.with_user(user).action_new_secret()
        with self.assertRaises(AccessError):
            self.client_row.with_user(self.admin_user).read(["key_digest"])
