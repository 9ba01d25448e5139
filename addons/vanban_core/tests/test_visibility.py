from odoo.exceptions import AccessError
from odoo.tests import tagged

from .outgoing_common import OutgoingCase
from .proves import proves


@tagged("post_install", "-at_install")
class TestVisibility(OutgoingCase):
    """P-34: who reads beside those who handle."""

    def reads(self, document, user):
        self.env.invalidate_all()
        found = bool(document.with_user(user).search([("id", "=", document.id)]))
        self.assertEqual(found, document.with_user(user).has_access("read"))
        return found

    @proves("SEC-02", "SEC-03")
    def test_all_specialists_and_leaders_read_where_the_profile_says_so_and_act_only_on_their_own(self):
        by_duty = self.distributed()
        self.assertFalse(self.reads(by_duty, self.outsider))
        self.company.vanban_profile_id = self.env.ref("vanban_core.profile_hcm")
        document = self.distributed()
        self.assertTrue(self.reads(document, self.outsider))
        self.assertTrue(document.main_file_id.with_user(self.outsider).has_access("read"))
        reader = document.with_user(self.outsider)
        for attempt in (
            lambda: reader.write({"note": "Sửa"}), lambda: reader.action_start(), lambda: reader.message_post(body="Ý kiến"),
            lambda: reader.upload_file("a.pdf", "", "annex"), lambda: reader.assignment_ids[0].action_receive(),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                attempt()
        for nobody in (self.auditor, self.admin_user):
            self.assertFalse(self.reads_if_at_all(document, nobody))

    def reads_if_at_all(self, document, user):
        try:
            return self.reads(document, user)
        except AccessError:
            return False

    @proves("SEC-18")
    def test_restricted_documents_and_classes_are_shared_with_nobody(self):
        self.company.vanban_profile_id = self.env.ref("vanban_core.profile_hcm")
        restricted = self.distributed(restricted=True)
        kind = self.kind.copy({"name": "Hồ sơ cán bộ", "code": "ho_so_can_bo", "restricted": True})
        by_class = self.distributed(kind_id=kind.id)
        for document in (restricted, by_class):
            self.assertFalse(self.reads(document, self.outsider))
        later = self.distributed()
        self.assertTrue(self.reads(later, self.outsider))
        later.with_user(self.clerk).write({"restricted": True})
        self.assertFalse(self.reads(later, self.outsider))

    def test_drafts_and_arrivals_are_nobody_elses_until_issued_or_accepted(self):
        self.company.vanban_profile_id.visibility = "all"
        arrival, draft = self.incoming(), self.on_paper()
        self.assertFalse(self.reads(arrival, self.outsider))
        self.assertFalse(self.reads(draft, self.outsider))
        draft.with_user(self.clerk).action_issue()
        self.assertTrue(self.reads(draft, self.outsider))

    def test_a_change_of_the_profile_reaches_what_is_there(self):
        document, secret, arrival = self.distributed(), self.distributed(restricted=True), self.incoming()
        profile = self.company.vanban_profile_id.copy({"code": "test_all", "visibility": "all"})
        self.company.vanban_profile_id = profile
        self.company._sync_visibility()
        self.assertEqual([self.reads(one, self.outsider) for one in (document, secret, arrival)], [True, False, False])
        profile.visibility = "duty"
        self.company._sync_visibility()
        self.assertFalse(self.reads(document, self.outsider))
        self.assertTrue(self.reads(document, self.specialist), "those who handle it keep reading")

    def test_other_agencies_see_nothing(self):
        other = self.env["res.company"].create({"name": "Sở khác tỉnh Mẫu"})
        self.company.vanban_profile_id = other.vanban_profile_id = self.env.ref("vanban_core.profile_hcm")
        document = self.distributed()
        self.outsider.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.assertFalse(self.reads(document, self.outsider))
