import base64
import datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from ..tools import vietnam_time
from .common import make_pdf
from .outgoing_common import OutgoingCase
from .proves import proves
from .test_template import pdf_text


@tagged("post_install", "-at_install")
class TestSigningPower(OutgoingCase):
    """Who may sign what kind for whom in which term (NĐ 30/2020 Đ.13), asked at the submission and at the signature."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deputy = cls._make_user("deputy", "vanban_core.group_leader")
        cls.env["hr.employee"].create({
            "name": cls.deputy.name, "user_id": cls.deputy.id, "company_id": cls.company.id, "job_title": "Phó Giám đốc",
        })

    def refused(self, call, words="", error=UserError):
        with self.assertRaises(error) as caught, self.env.cr.savepoint():
            call()
        self.assertIn(words, str(caught.exception))

    def power(self, user=None, capacity="kt", days=10, confirm=True, **vals):
        today = vietnam_time.today()
        power = self.env["vanban.signing.power"].with_user(self.admin_user).create({
            "company_id": self.company.id, "user_id": (user or self.deputy).id, "capacity": capacity, "authority_title": "Giám đốc",
            "document": "Quyết định 15/QĐ-SNV", "date_to": today + datetime.timedelta(days=days), **vals,
        })
        if confirm:
            self.rpc(self.leader, "vanban.signing.power", "action_confirm", power.ids)
        return power

    def ready(self, document):
        document.action_submit_review("Kính trình")
        document.with_user(self.unit_head).action_review_approve("Đồng ý")
        document.with_user(self.format_checker).action_review_approve("Đúng thể thức")
        return document

    def sign(self, document):
        scan = base64.b64encode(make_pdf("Ban quet")).decode()
        self.rpc(self.clerk, "vanban.document", "action_sign_on_paper", document.ids, "ban-quet.pdf", scan)

    @proves("SIGN-30")
    def test_capacity_that_the_post_does_not_allow_is_refused_at_the_submission(self):
        for signer, capacity in ((self.chief, "tm"), (self.leader, "tl"), (self.chief, "tuq")):
            self.refused(self.draft(signer_id=signer.id, signer_capacity=capacity).action_submit_review, signer.name)
        # a post that was lost on the way is noticed at the signature
        document = self.ready(self.draft(signer_id=self.deputy.id, signer_capacity="tm"))
        self.deputy.group_ids = [(3, self.env.ref("vanban_core.group_leader").id), (4, self.env.ref("vanban_core.group_unit_head").id)]
        self.refused(lambda: self.sign(document), "may not sign “TM.”")
        self.assertEqual(document.state, "leader")

    @proves("SIGN-30")
    def test_from_the_first_line_on_only_the_table_gives_the_capacity(self):
        self.draft(signer_id=self.deputy.id, signer_capacity="kt").action_submit_review()
        other = self._make_user("deputy2", "vanban_core.group_leader")
        self.power(user=other)
        self.refused(self.draft(signer_id=self.deputy.id, signer_capacity="kt").action_submit_review, "does not stand in the agency's table")
        power = self.power(confirm=False)
        self.refused(self.draft(signer_id=self.deputy.id, signer_capacity="kt").action_submit_review, "does not stand in the agency's table")
        self.rpc(self.leader, "vanban.signing.power", "action_confirm", power.ids)
        self.draft(signer_id=self.deputy.id, signer_capacity="kt").action_submit_review()
        # other capacities have no table yet
        self.draft(signer_id=self.leader.id, signer_capacity="tm").action_submit_review()

    @proves("SIGN-30")
    def test_kind_unit_and_title_of_the_power_bind(self):
        decision = self.env.ref("vanban_core.kind_qd")
        other_unit = self.env["hr.department"].create({"name": "Phòng khác", "company_id": self.company.id})
        power = self.power(kind_ids=[(6, 0, decision.ids)])
        self.refused(self.draft(signer_id=self.deputy.id, signer_capacity="kt").action_submit_review, "but not “")
        self.draft(signer_id=self.deputy.id, signer_capacity="kt", kind_id=decision.id).action_submit_review()
        self.rpc(self.leader, "vanban.signing.power", "action_revoke", power.ids, "Phân công lại")
        self.power(department_ids=[(6, 0, other_unit.ids)])
        self.refused(self.draft(signer_id=self.deputy.id, signer_capacity="kt").action_submit_review, "Phòng Tổ chức")
        self.department.parent_id = other_unit
        foreign = self.draft(signer_id=self.deputy.id, signer_capacity="kt", authority_title="Bộ trưởng")
        self.refused(foreign.action_submit_review, "signs KT. only for: Giám đốc")
        self.draft(signer_id=self.deputy.id, signer_capacity="kt").action_submit_review()

    @proves("SIGN-30")
    def test_power_that_ends_between_submission_and_signature(self):
        self.power(days=2)
        document = self.ready(self.draft(signer_id=self.deputy.id, signer_capacity="kt"))
        with freeze_time(datetime.datetime.now() + datetime.timedelta(days=4)):
            self.refused(lambda: self.sign(document), "(Quyết định 15/QĐ-SNV) ended on")
            self.assertEqual(document.state, "leader")
        self.sign(document)
        self.assertEqual(document.state, "signed")

    @proves("SIGN-30")
    def test_revoked_power_ends_at_once(self):
        power = self.power()
        document = self.ready(self.draft(signer_id=self.deputy.id, signer_capacity="kt"))
        self.rpc(self.leader, "vanban.signing.power", "action_revoke", power.ids, "Điều chuyển công tác")
        self.refused(lambda: self.sign(document), "ended on")

    @proves("SIGN-30")
    def test_the_block_shows_capacity_title_and_position(self):
        self.power()
        document = self.draft(pdf=False)
        form = Form(document.with_user(self.specialist), view="vanban_core.document_outgoing_view_form")
        form.signer_id = self.deputy
        form.signer_capacity = "kt"
        self.assertEqual((form.authority_title, form.signer_position), ("Giám đốc", "Phó Giám đốc"))
        form.save()
        file = self.env["vanban.file"].browse(document.action_render())
        text = " ".join(pdf_text(file._raw()))
        self.assertIn("KT. GIÁM ĐỐC", text)
        self.assertIn("PHÓ GIÁM ĐỐC", text)
        # the same by RPC
        draft = self.draft(pdf=False, signer_id=self.deputy.id, signer_capacity="kt")
        self.assertEqual(draft.authority_title, "Giám đốc")

    def test_who_writes_and_who_decides(self):
        power = self.power(confirm=False)
        for user in (self.specialist, self.unit_head, self.clerk, self.chief):
            self.refused(lambda user=user: self.rpc(user, "vanban.signing.power", "create", {
                "company_id": self.company.id, "user_id": user.id, "capacity": "kt", "document": "x",
            }), error=AccessError)
            self.refused(lambda user=user: self.rpc(user, "vanban.signing.power", "action_confirm", power.ids), error=AccessError)
        # neither the administrator nor the deputy himself
        for user in (self.admin_user, self.deputy):
            self.refused(lambda user=user: self.rpc(user, "vanban.signing.power", "action_confirm", power.ids), error=AccessError)
        self.refused(lambda: self.rpc(self.admin_user, "vanban.signing.power", "write", power.ids, {"state": "confirmed"}), error=AccessError)
        self.rpc(self.leader, "vanban.signing.power", "action_confirm", power.ids)
        self.assertEqual((power.state, power.status, power.confirmed_by_id), ("confirmed", "active", self.leader))
        self.refused(lambda: self.rpc(self.admin_user, "vanban.signing.power", "write", power.ids, {"kind_ids": [(5,)]}), "revoke it", AccessError)
        self.refused(lambda: self.rpc(self.admin_user, "vanban.signing.power", "unlink", power.ids), error=AccessError)
        self.refused(lambda: self.rpc(self.leader, "vanban.signing.power", "action_revoke", power.ids, " "), "write the reason")
        stranger = self.env["res.company"].create({"name": "Cơ quan khác"})
        elsewhere = self._make_user("leader_elsewhere", "vanban_core.group_leader")
        elsewhere.write({"company_ids": [(6, 0, stranger.ids)], "company_id": stranger.id})
        self.refused(lambda: self.rpc(elsewhere, "vanban.signing.power", "action_revoke", power.ids, "x"), error=AccessError)
        self.assertNotIn(power.id, self.rpc(elsewhere, "vanban.signing.power", "search", []))
        self.refused(lambda: self.power(user=elsewhere, confirm=False), "does not work in this agency", ValidationError)

    def test_nobody_is_given_a_capacity_that_his_post_does_not_carry(self):
        power = self.power(user=self.specialist, capacity="tm", confirm=False)
        self.refused(lambda: self.rpc(self.leader, "vanban.signing.power", "action_confirm", power.ids), "may not sign “TM.”")

    @proves("SIGN-30")
    def test_all_powers_of_a_person_stand_in_one_list(self):
        self.power(authority_title="Giám đốc")
        self.power(capacity="tm", confirm=False, authority_title="Ủy ban")
        today = vietnam_time.today()
        delegations = self.env["vanban.delegation"].with_user(self.leader).create([
            {
                "principal_id": self.leader.id, "delegate_id": self.deputy.id, "scope": scope, "document": f"12/UQ-SNV {scope}",
                "date_from": today, "date_to": today + datetime.timedelta(days=5), "company_id": self.company.id,
            }
            for scope in ("signing", "distribution")
        ])
        delegations.action_confirm()
        domain = [("user_id", "=", self.deputy.id)]
        for user in (self.leader, self.admin_user, self.clerk):
            rows = self.rpc(user, "vanban.signing.right", "search_read", domain, ["capacity", "status", "document", "principal_id"])
            self.assertEqual(
                sorted((row["capacity"], row["status"]) for row in rows), [("kt", "active"), ("tm", "draft"), ("tuq", "active")]
            )
            given = next(row for row in rows if row["capacity"] == "tuq")
            self.assertEqual((given["document"], given["principal_id"][0]), ("12/UQ-SNV signing", self.leader.id))
        # a line opens the paper on which it can be revoked
        row = self.env["vanban.signing.right"].with_user(self.leader).search([*domain, ("capacity", "=", "tuq")])
        opened = row.action_open()
        self.assertEqual((opened["res_model"], opened["res_id"]), ("vanban.delegation", delegations[0].id))
        # the term decides from day to day
        with freeze_time(datetime.datetime.now() + datetime.timedelta(days=7)):
            self.env.invalidate_all()
            self.assertEqual(row.status, "expired")
        # specialists have no such list; nobody writes it; another agency sees none of it
        with self.assertRaises(AccessError):
            self.rpc(self.specialist, "vanban.signing.right", "search_read", domain)
        with self.assertRaises(AccessError):
            self.rpc(self.admin_user, "vanban.signing.right", "create", [{"user_id": self.deputy.id}])
        other = self.env["res.company"].create({"name": "Sở Khác"})
        stranger = self._make_user("stranger", "vanban_core.group_leader")
        stranger.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.assertFalse(self.rpc(stranger, "vanban.signing.right", "search_read", domain))

    @proves("SIGN-30")
    def test_a_deputy_signs_by_order_in_place_of_his_head(self):
        """TL. passed on to the deputy: three lines in the signature, and a power of its own (NĐ 30/2020 Đ.13.4)."""
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.power(capacity="kt", unit_deputy_of="Chánh Văn phòng", confirm=False)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.power(user=self.chief, capacity="tl", authority_title=False, unit_deputy_of="Chánh Văn phòng", confirm=False)
        self.power(user=self.chief, capacity="tl", authority_title="Giám đốc")
        sub_chief = self._make_user("sub_chief", "vanban_core.group_department_head")
        self.env["hr.employee"].create({
            "name": sub_chief.name, "user_id": sub_chief.id, "company_id": self.company.id, "job_title": "Phó Chánh Văn phòng",
        })
        power = self.power(user=sub_chief, capacity="tl", authority_title="Giám đốc", unit_deputy_of="Chánh Văn phòng")
        drafts = self.env["vanban.document"].with_user(self.specialist).with_context(default_direction="out")
        with Form(drafts, view="vanban_core.document_outgoing_view_form") as form:
            form.kind_id = self.kind
            form.subject = "về việc đôn đốc báo cáo"
            form.signer_id = sub_chief
            form.signer_capacity = "tl"
            self.assertEqual((form.unit_deputy_of, form.authority_title), ("Chánh Văn phòng", "Giám đốc"))
            form.body = "<p>Đề nghị các đơn vị báo cáo.</p>"
        document = form.record
        self.rpc(self.specialist, "vanban.recipient", "create", [{"document_id": document.id, "partner_id": self.issuer.id}])
        self.rpc(self.specialist, "vanban.document", "action_render", document.ids)
        page = pdf_text(document.main_file_id._raw())[0]
        places = [page.index(words) for words in ("TL. GIÁM ĐỐC", "KT. CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG", sub_chief.name)]
        self.assertEqual(places, sorted(places))
        # as if he were the head himself he has no power
        document.unit_deputy_of = False
        self.refused(document.action_submit_review, "“Signs KT. for”: Chánh Văn phòng")
        document.unit_deputy_of = "Chánh Văn phòng"
        document.authority_title = False
        self.refused(document.action_submit_review, "Signs in place of")
        document.authority_title = "Giám đốc"
        document.signer_capacity = False
        document.unit_deputy_of = "Chánh Văn phòng"
        self.refused(document.action_submit_review, "used with TL. only")
        document.signer_capacity = "tl"
        self.ready(document)
        # nobody but the drafter says so, and a power that ended stops the signature
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            document.with_user(self.unit_head).write({"unit_deputy_of": False})
        self.rpc(self.leader, "vanban.signing.power", "action_revoke", power.ids, "Thôi giao")
        self.refused(lambda: self.sign(document), "ended on")
