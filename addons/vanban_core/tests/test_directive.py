import base64

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .issuing_common import IssuingCase
from .proves import proves


@tagged("post_install", "-at_install")
class TestDirective(IssuingCase):
    """Tasks of a directive are entered before it is issued."""

    def directive(self, ticks=("content", "unit", "due")):
        document = self.draft()
        with Form(document, view="vanban_core.document_outgoing_view_form") as form:
            for tick in ticks:
                setattr(form, f"directive_{tick}", True)
        document.action_submit_review("Kính trình")
        document.with_user(self.unit_head).action_review_approve("Đồng ý")
        document.with_user(self.format_checker).action_review_approve("Đúng thể thức")
        clerk = document.with_user(self.clerk)
        scan = document.main_file_id._raw()
        clerk.action_sign_on_paper("quet.pdf", base64.b64encode(scan).decode())
        clerk.action_clerk_check()
        clerk.action_allocate_number()
        clerk.medium = "paper"
        clerk.action_paper_done()
        return document

    def task(self, document, **vals):
        return {
            "document_id": document.id, "name": "Báo cáo số liệu hộ nghèo", "department_id": self.department.id,
            "due_date": "2099-12-15", "report": "Báo cáo", **vals,
        }

    @proves("WORK-06")
    def test_a_directive_is_not_issued_without_its_tasks(self):
        document = self.directive()
        self.assertTrue(document.tasks_demanded)
        message = self.refused(self.clerk, "vanban.document", "action_issue", [document.id])
        self.assertIn(self.specialist.name, message)
        self.assertIn("enters the tasks first", message)
        self.assertFalse(document.issued_date)
        # nobody gets round it by taking a tick away
        for user in (self.clerk, self.specialist):
            self.refused(user, "vanban.document", "write", [document.id], {"directive_due": False})
        # the document has left the drafter's hands; the tasks have not
        self.assertTrue(document.can_enter_tasks)
        action = self.rpc(self.specialist, "vanban.document", "action_enter_tasks", [document.id])
        self.assertEqual(action["context"], {"default_document_id": document.id})
        vals = {name: value for name, value in self.task(document).items() if name != "document_id"}
        self.env["vanban.directive.task"].with_user(self.specialist).with_context(**action["context"]).create(vals)
        self.issue(document)
        self.assertEqual((document.state, document.task_ids.unit_name), ("issued", self.department.name))

    def test_a_time_limit_that_is_over_is_not_issued(self):
        document = self.directive()
        self.env["vanban.directive.task"].with_user(self.specialist).create(self.task(document, due_date="2026-01-05"))
        self.assertIn("05/01/2026", self.refused(self.clerk, "vanban.document", "action_issue", [document.id]))
        self.rpc(self.specialist, "vanban.directive.task", "write", document.task_ids.ids, {"due_date": "2099-01-05"})
        self.issue(document)
        self.assertEqual(document.state, "issued")

    def test_two_of_three_demand_nothing(self):
        document = self.directive(("content", "unit"))
        self.assertFalse(document.tasks_demanded)
        self.issue(document)
        self.assertEqual(document.state, "issued")

    def test_who_changes_tasks_and_until_when(self):
        document = self.directive()
        for user in (self.clerk, self.unit_head, self.outsider):
            self.refused(user, "vanban.directive.task", "create", [self.task(document)])
        for bad in ({"department_id": False}, {"partner_id": self.issuer.id}):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.rpc(self.specialist, "vanban.directive.task", "create", [self.task(document, **bad)])
        row = self.rpc(self.specialist, "vanban.directive.task", "create", [self.task(document)])
        self.rpc(self.specialist, "vanban.directive.task", "write", row, {"due_date": "2099-12-20"})
        self.refused(self.clerk, "vanban.directive.task", "write", row, {"name": "Việc khác"})
        self.assertTrue(self.rpc(self.clerk, "vanban.directive.task", "search", [("id", "in", row)]))
        self.assertFalse(self.rpc(self.outsider, "vanban.directive.task", "search", [("id", "in", row)]))
        with self.assertRaises(AccessError):
            self.rpc(self.outsider, "vanban.directive.task", "read", row, ["name"])
        self.issue(document)
        self.refused(self.specialist, "vanban.directive.task", "write", row, {"due_date": "2100-01-01"})
        self.refused(self.specialist, "vanban.directive.task", "unlink", row)
        self.refused(self.specialist, "vanban.directive.task", "create", [self.task(document)])
        incoming = self.incoming()
        self.refused(self.clerk, "vanban.directive.task", "create", [self.task(incoming)])
        self.assertEqual(document.task_ids.ids, row)
        log = self.env["vanban.log"].search([("model", "=", "vanban.directive.task"), ("res_id", "in", row)])
        self.assertEqual(set(log.mapped("action")), {"create", "write"})

    @proves("WORK-06")
    def test_a_replacement_takes_over_tasks_class_and_dossier(self):
        document = self.directive()
        one = self.class_of("paper")
        self.rpc(self.specialist, "vanban.directive.task", "create", [self.task(document)])
        document.sudo().class_id = one
        self.company.vanban_profile_id.adhoc_dossier = "free"
        dossier = self.env["vanban.dossier"].with_user(self.specialist).create({
            "title": "Công tác chỉ đạo năm 2026", "symbol": "06.CĐ", "year": 2026, "company_id": self.company.id,
            "retention_id": self.env.ref("vanban_core.retention_10").id,
        })
        dossier.action_open()
        dossier.add_documents(document.ids)
        self.issue(document)
        draft = document.browse(self.rpc(self.specialist, "vanban.document", "action_replace", [document.id]))
        self.assertEqual(draft.task_ids.mapped("name"), document.task_ids.mapped("name"))
        self.assertEqual((draft.task_ids.department_id, draft.task_ids.report), (self.department, "Báo cáo"))
        self.assertTrue(draft.tasks_demanded)
        self.assertEqual(draft.class_id, one)
        self.assertEqual(draft.sudo().dossier_item_ids.dossier_id, dossier)
        # rows of its own: changed in the draft, the issued directive keeps what it said
        self.rpc(self.specialist, "vanban.directive.task", "write", draft.task_ids.ids, {"due_date": "2100-01-15"})
        self.assertEqual(str(document.task_ids.due_date), "2099-12-15")
        self.assertEqual((draft.code_number, draft.use_form_decided, len(draft.file_ids)), (False, False, 0))
