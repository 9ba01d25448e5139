import base64
import datetime

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ..tools import vietnam_time
from .common import make_pdf
from .outgoing_common import OutgoingCase


@tagged("post_install", "-at_install")
class TestSigningAuthority(OutgoingCase):
    """Signing by authorisation (TUQ.) is checked at the submission and again at the signature."""

    def authorise(self, principal=None, kinds=None, days=10):
        today = vietnam_time.today()
        principal = principal or self.leader
        delegation = self.env["vanban.delegation"].with_user(principal).create({
            "company_id": self.company.id, "principal_id": principal.id, "delegate_id": self.chief.id, "scope": "signing",
            "document": "Giấy ủy quyền số 01/GUQ", "date_to": today + datetime.timedelta(days=days),
            "kind_ids": [(6, 0, kinds.ids)] if kinds else False,
        })
        delegation.action_confirm()
        return delegation

    def by_authority(self):
        return self.draft(signer_id=self.chief.id, signer_capacity="tuq")

    def refused(self, call, words):
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            call()
        self.assertIn(words, str(caught.exception))

    def ready(self):
        document = self.by_authority()
        document.action_submit_review("Kính trình")
        document.with_user(self.unit_head).action_review_approve("Đồng ý")
        document.with_user(self.format_checker).action_review_approve("Đúng thể thức")
        self.assertEqual(document.state, "leader")
        return document

    def sign(self, document):
        scan = base64.b64encode(make_pdf("Ban quet")).decode()
        document.with_user(self.clerk).action_sign_on_paper("ban-quet.pdf", scan)

    def test_without_authorisation_the_submission_is_refused(self):
        document = self.by_authority()
        self.refused(document.action_submit_review, "no authorisation in force")
        self.assertEqual((document.state, document.round), ("draft", 0))
        # the head of a unit cannot give away the power of the agency's head
        self.authorise(principal=self.unit_head)
        self.refused(document.action_submit_review, "no authorisation in force")
        self.authorise()
        document.action_submit_review()
        self.assertEqual(document.round, 1)

    def test_kinds_of_the_authorisation_bind(self):
        self.authorise(kinds=self.env.ref("vanban_core.kind_qd"))
        self.refused(self.by_authority().action_submit_review, "is authorised to sign only")

    def test_authorisation_that_ends_between_submission_and_signature(self):
        self.authorise(days=2)
        document = self.ready()
        with freeze_time(datetime.datetime.now() + datetime.timedelta(days=4)):
            self.refused(lambda: self.sign(document), "Giấy ủy quyền số 01/GUQ) ended on")
            self.assertEqual(document.state, "leader")
        self.sign(document)
        self.assertEqual(document.state, "signed")

    def test_revoked_authorisation_ends_at_once(self):
        delegation = self.authorise()
        document = self.ready()
        delegation.with_user(self.leader).action_revoke("Đi công tác về")
        self.refused(lambda: self.sign(document), "ended on")
