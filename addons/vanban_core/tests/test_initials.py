from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from .outgoing_common import OutgoingCase
from .proves import proves


@tagged("post_install", "-at_install")
class TestInitials(OutgoingCase):
    """Initials (ký tắt) stand on paper copies only, put by those whom the chain names (BHXH Đ9.1a, PL05)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.vanban_profile_id = cls.env.ref("vanban_core.profile_bhxh")
        # a division of its own below the unit, so that department head and unit head are two persons
        cls.dept_head = cls._make_user("dept_head", "vanban_core.group_department_head")
        employee = cls.env["hr.employee"].create({"name": cls.dept_head.name, "user_id": cls.dept_head.id, "company_id": cls.company.id})
        cls.division = cls.env["hr.department"].create({
            "name": "Phòng Nghiệp vụ", "company_id": cls.company.id, "parent_id": cls.department.id, "manager_id": employee.id,
        })

    def press(self, user, document):
        self.env.flush_all()
        self.env.invalidate_all()
        return call_kw(self.env(user=user.id, su=False, context={})["vanban.document"], "action_initial", [document.ids], {})

    def may(self, user, document):
        document.invalidate_recordset()
        return document.with_user(user).may_initial

    def refused(self, user, document, error=AccessError):
        with self.assertRaises(error), self.env.cr.savepoint():
            self.press(user, document)

    def submitted(self, **vals):
        document = self.draft(department_id=self.division.id, **vals)
        document.action_submit_review()
        return document

    @proves("OUT-12")
    def test_an_electronic_document_has_no_initials_in_any_step(self):
        document = self.submitted()
        document._grant(users=self.chief, source="review")
        for user in (self.dept_head, self.unit_head, self.format_checker):
            self.assertFalse(self.may(user, document))
            self.refused(user, document, UserError)
            self.assertFalse(self.may(self.chief, document))
            document.with_user(user).action_review_approve()
        self.assertEqual(document.state, "leader")
        self.assertFalse(self.may(self.leader, document))
        self.assertFalse(document.initials_ids)

    @proves("OUT-12")
    def test_paper_copy_for_the_leadership_is_initialled_by_unit_head_and_office_leader(self):
        document = self.submitted(medium="both")
        self.assertFalse(self.may(self.dept_head, document), "the department head initials TL. documents only")
        self.refused(self.dept_head, document)
        document.with_user(self.dept_head).action_review_approve()
        self.refused(self.chief, document)
        self.assertTrue(self.may(self.unit_head, document))
        self.press(self.unit_head, document)
        self.assertFalse(self.may(self.unit_head, document), "once on each version")
        self.refused(self.unit_head, document)
        document.with_user(self.unit_head).action_review_approve()
        self.refused(self.format_checker, document)
        self.assertIn(self.chief, document.sudo().activity_ids.user_id)
        self.press(self.chief, document)
        given = document.initials_ids
        self.assertEqual(given.mapped(lambda row: (row.user_id, row.stage_id.state)), [(self.unit_head, "review_unit"), (self.chief, "format_check")])
        self.assertTrue(all(given.mapped("date")))
        self.assertEqual(given.file_id, document.main_file_id)
        for user in (self.unit_head, self.admin_user, self.clerk):
            for method, args in (("write", [given.ids, {"user_id": user.id}]), ("unlink", [given.ids])):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    call_kw(self.env(user=user.id, su=False, context={})["vanban.initials"], method, args, {})

    def test_a_draft_submitted_before_chains_were_kept_goes_on_without_initials(self):
        document = self.submitted(medium="both")
        document._write_fixed({"round": 9})
        self.assertFalse(self.may(self.dept_head, document))
        document.with_user(self.dept_head).action_review_approve()
        self.assertEqual(document.state, "review_unit")

    @proves("OUT-12")
    def test_paper_copy_by_order_is_initialled_by_the_department_head(self):
        document = self.submitted(medium="both", signer_id=self.unit_head.id, signer_capacity="tl")
        self.assertFalse(self.may(self.specialist, document))
        self.refused(self.specialist, document)
        self.press(self.dept_head, document)
        self.assertEqual(document.initials_ids.user_id, self.dept_head)
        document.with_user(self.dept_head).action_review_approve()
        self.assertFalse(self.may(self.unit_head, document), "he signs it himself")
        self.refused(self.unit_head, document)

    @proves("OUT-12")
    def test_a_profile_without_initials_has_none_on_paper_either(self):
        self.company.vanban_profile_id = self.env.ref("vanban_core.profile_thanhhoa")
        self.company.vanban_profile_id.out_link_required = "none"
        document = self.submitted(medium="both")
        self.assertFalse(self.may(self.dept_head, document))
        self.refused(self.dept_head, document, UserError)
