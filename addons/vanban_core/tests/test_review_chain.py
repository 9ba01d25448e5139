from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .outgoing_common import OutgoingCase
from .proves import proves


@tagged("post_install", "-at_install")
class TestReviewChain(OutgoingCase):
    """The chain of a draft follows from data: profile, special chains, kind, unit, capacity, competence."""

    def profile(self, name):
        self.company.vanban_profile_id = self.env.ref(f"vanban_core.profile_{name}")
        if name == "hcm":
            self.company.vanban_profile_id.out_link_required = "none"

    def refused(self, call, words="", error=UserError):
        with self.assertRaises(error) as caught, self.env.cr.savepoint():
            call()
        self.assertIn(words, str(caught.exception))

    def agree(self, document, user):
        wizard = Form(self.env["vanban.comment.wizard"].with_user(user).with_context(active_id=document.id, default_step="approve"))
        wizard.comment = "Đồng ý"
        wizard.save().action_apply()

    def send_back(self, document, user, words, important=False):
        wizard = Form(self.env["vanban.comment.wizard"].with_user(user).with_context(active_id=document.id, default_step="review_return"))
        wizard.comment = words
        if important:
            wizard.important = True
        wizard.save().action_apply()

    def states(self, document):
        return document.sudo().current_stage_ids.mapped("state")

    def chain(self, *states, **vals):
        roles = {"review_dept": "department_head", "review_unit": "unit_head", "legal": "legal", "format_check": "format_checker",
                 "office_review": "office_chief", "leader": "leader"}  # fmt: skip
        steps = []
        for number, state in enumerate(states):
            details = state if isinstance(state, dict) else {"state": state}
            role = self.env.ref(f"vanban_core.group_{roles[details['state']]}")
            steps.append(fields.Command.create({"sequence": number, "group_id": role.id, "condition": "always", **details}))
        return self.env["vanban.review.chain"].with_user(self.admin_user).create({
            "name": "Trình tự riêng", "profile_id": self.company._vanban_profile().id, "company_id": self.company.id, "step_ids": steps, **vals,
        })

    # ------------------------------------------------------------ data, no code

    @proves("ADM-05", "OUT-11")
    def test_the_chain_of_kind_and_unit_is_data(self):
        decision = self.env.ref("vanban_core.kind_qd")
        other_unit = self.env["hr.department"].create({"name": "Phòng khác", "company_id": self.company.id})
        self.chain("review_unit", "leader", name="Cơ quan")
        self.chain("review_unit", "legal", "leader", name="Quyết định", kind_ids=[(6, 0, decision.ids)])
        self.chain("format_check", "leader", name="Phòng khác", department_ids=[(6, 0, other_unit.ids)])
        self._make_user("legal", "vanban_core.group_legal")
        for vals, expected in (
            ({}, ["review_unit", "leader"]),
            ({"kind_id": decision.id}, ["review_unit", "legal", "leader"]),
            ({"kind_id": decision.id, "department_id": other_unit.id}, ["format_check", "leader"]),
        ):
            document = self.draft(**vals)
            document.action_submit_review()
            self.assertEqual(self.states(document), expected)
            self.assertEqual(document.state, expected[0])

    @proves("ADM-05")
    def test_a_step_may_belong_to_a_unit_or_to_named_persons(self):
        head = self._make_user("legal_head", "vanban_core.group_specialist")
        employee = self.env["hr.employee"].create({"name": head.name, "user_id": head.id, "company_id": self.company.id})
        legal = self.env["hr.department"].create({"name": "Phòng Pháp chế", "company_id": self.company.id, "manager_id": employee.id})
        self.chain(
            {"state": "legal", "who": "unit", "group_id": False, "department_id": legal.id},
            {"state": "format_check", "who": "persons", "group_id": False, "user_ids": [(6, 0, self.specialist2.ids)]}, "leader",
        )
        document = self.draft()
        document.action_submit_review()
        self.refused(lambda: self.rpc(self.unit_head, "vanban.document", "action_review_approve", document.ids), error=AccessError)
        self.agree(document, head)
        self.refused(lambda: self.rpc(self.format_checker, "vanban.document", "action_review_approve", document.ids), error=AccessError)
        self.agree(document, self.specialist2)
        self.assertEqual(document.state, "leader")
        # a unit or person of another agency cannot be put into the chain
        stranger = self.env["res.company"].create({"name": "Cơ quan khác"})
        unit = self.env["hr.department"].create({"name": "Phòng lạ", "company_id": stranger.id})
        self.refused(
            lambda: self.chain({"state": "legal", "who": "unit", "group_id": False, "department_id": unit.id}),
            "must belong to the agency", ValidationError,
        )
        self.refused(lambda: self.chain({"state": "legal", "group_id": False}), "Choose the role", ValidationError)

    @proves("ADM-05", "OUT-11")
    def test_a_draft_keeps_the_chain_with_which_it_was_submitted(self):
        document = self.draft()
        document.action_submit_review()
        before = self.states(document)
        self.assertEqual(before, ["review_dept", "format_check", "leader"])
        # what the administrator takes out now holds for later drafts
        self.company._vanban_profile().step_ids.filtered(lambda step: step.state == "format_check").with_user(self.admin_user).unlink()
        self.agree(document, self.unit_head)
        self.assertEqual((document.state, self.states(document)), ("format_check", before))
        later = self.draft()
        later.action_submit_review()
        self.assertEqual(self.states(later), ["review_dept", "leader"])
        # and the draft itself takes the new chain in its next round; the old one stays readable
        document.with_user(self.format_checker).action_review_return("Sửa thể thức")
        document.action_submit_review()
        self.assertEqual(self.states(document), ["review_dept", "leader"])
        self.assertEqual(document.sudo().review_stage_ids.filtered(lambda stage: stage.round == 1).mapped("state"), before)
        self.assertEqual(self.company._vanban_profile()._value("P-23"), "review_dept,leader")

    def test_who_reviews_cannot_be_evaded_by_changing_the_draft_under_way(self):
        document = self.draft()
        document.action_submit_review()
        for vals in ({"kind_id": self.env.ref("vanban_core.kind_qd").id}, {"competence": "office"}, {"prior_opinion": True}):
            self.refused(lambda vals=vals: self.rpc(self.unit_head, "vanban.document", "write", document.ids, vals), "decide who reviews it")
        stage = document.sudo().review_stage_ids[0]
        for user in (self.unit_head, self.specialist, self.admin_user):
            self.refused(lambda user=user: self.rpc(user, "vanban.review.stage", "write", stage.ids, {"who": "signer"}), error=AccessError)
            self.refused(lambda user=user: self.rpc(user, "vanban.review.stage", "unlink", stage.ids), error=AccessError)
            self.refused(lambda user=user: self.rpc(user, "vanban.review.stage", "create", {
                "document_id": document.id, "round": 1, "state": "legal",
            }), error=AccessError)
        self.refused(lambda: stage.write({"who": "signer"}), error=AccessError)

    @proves("ADM-02")
    def test_chains_belong_to_the_administrator_of_the_agency(self):
        chain = self.chain("review_unit", "leader")
        step = chain.step_ids[0]
        for user in (self.specialist, self.leader, self.clerk, self.unit_head):
            self.refused(lambda user=user: self.rpc(user, "vanban.review.chain", "write", chain.ids, {"active": False}), error=AccessError)
            self.refused(lambda user=user: self.rpc(user, "vanban.review.step", "write", step.ids, {"condition": "by_order"}), error=AccessError)
            self.refused(lambda user=user: self.rpc(user, "vanban.review.preview", "create", {"kind_id": self.kind.id}), error=AccessError)
        stranger = self.env["res.company"].create({"name": "Cơ quan khác", "vanban_profile_id": chain.profile_id.id})
        admin = self._make_user("admin_elsewhere", "vanban_core.group_admin")
        admin.write({"company_ids": [(6, 0, stranger.ids)], "company_id": stranger.id})
        self.refused(lambda: self.rpc(admin, "vanban.review.chain", "write", chain.ids, {"active": False}), error=AccessError)
        self.refused(lambda: self.rpc(admin, "vanban.review.step", "unlink", step.ids), error=AccessError)
        self.assertNotIn(chain.id, self.rpc(admin, "vanban.review.chain", "search", []))
        self.rpc(self.admin_user, "vanban.review.chain", "write", chain.ids, {"active": False})
        self.assertFalse(chain.active)

    @proves("ADM-05")
    def test_preview_shows_the_chain_with_its_persons_and_what_is_missing(self):
        self.profile("bhxh")
        self.kind.legal_required = True
        form = Form(self.env["vanban.review.preview"].with_user(self.admin_user).with_company(self.company))
        form.kind_id = self.kind
        form.department_id = self.department
        self.assertFalse(form.save().line_ids[-1].missing, "who signs is not said yet, so nobody is missing")
        form.signer_id = self.leader
        lines = form.save().line_ids
        self.assertEqual(
            lines.mapped("step"), ["Lãnh đạo phòng", "Lãnh đạo đơn vị", "Vụ Pháp chế thẩm định", "Văn phòng kiểm tra", "Lãnh đạo Ngành"]
        )
        self.assertEqual(lines.mapped("missing"), [False, False, True, False, False], "nobody holds the legal role yet")
        self.assertEqual((lines[0].persons, lines[-1].persons), (self.unit_head.name, self.leader.name))
        form.signer_id = self.unit_head
        form.signer_capacity = "tl"
        self.assertEqual(form.save().line_ids.mapped("step"), ["Lãnh đạo phòng", "Lãnh đạo đơn vị"])
        # a submission says the same at once, before anybody has worked on the draft
        document = self.draft()
        self.refused(document.action_submit_review, "Vụ Pháp chế thẩm định")
        self.assertEqual((document.state, document.round), ("draft", 0))

    # ----------------------------------------------------- the five agencies

    @proves("ADM-08")
    def test_the_chains_of_the_five_regulations(self):
        self._make_user("legal", "vanban_core.group_legal")
        self.kind.legal_required = True
        for name, by_leader, by_order in (
            ("bhxh", ["review_dept", "review_unit", "legal", "format_check", "leader"], ["review_dept", "review_unit"]),
            ("thanhhoa", ["review_dept", "leader"], ["review_dept"]),
            ("hcm", ["review_unit", "format_check", "office_review", "leader"], ["review_unit", "format_check"]),
            ("binhdinh", ["review_dept", "format_check", "leader"], ["review_dept", "format_check"]),
            ("bacgiang", ["review_dept", "format_check", "leader"], ["review_dept", "format_check"]),
        ):
            self.profile(name)
            self.assertEqual(self.draft(pdf=False)._resolved_steps().mapped("state"), by_leader, name)
            by_head = self.draft(pdf=False, signer_id=self.unit_head.id, signer_capacity="tl")
            self.assertEqual(by_head._resolved_steps().mapped("state"), by_order, name)

    @proves("OUT-11")
    def test_binh_dinh_the_office_leader_checks_legality_and_form(self):
        self.profile("binhdinh")
        document = self.draft()
        document.action_submit_review()
        self.agree(document, self.unit_head)
        self.refused(lambda: self.rpc(self.format_checker, "vanban.document", "action_review_approve", document.ids), error=AccessError)
        self.refused(lambda: document.with_user(self.leader)._transition("sign"))
        self.agree(document, self.chief)
        self.assertEqual((document.state, document.review_ids[-1].control), ("leader", "format"))

    # ------------------------------------------------------- BHXH: TL., legal

    @proves("OUT-09")
    def test_the_unit_head_signs_by_order_or_submits_to_the_leadership(self):
        document = self.draft()
        document.action_submit_review()
        head = document.with_user(self.unit_head)
        self.assertEqual((head.next_action, head._may("sign")), ("approve", False))
        by_order = self.draft(signer_id=self.unit_head.id, signer_capacity="tl")
        by_order.action_submit_review()
        self.agree(by_order, self.unit_head)
        self.agree(by_order, self.format_checker)
        head = by_order.with_user(self.unit_head)
        head.invalidate_recordset()
        self.assertEqual((head.state, head.next_action, head._may("approve")), ("tl_agreed", "sign", False))

    @proves("OUT-10")
    def test_only_drafts_for_the_leadership_pass_the_legal_department(self):
        self.profile("bhxh")
        legal = self._make_user("legal", "vanban_core.group_legal")
        self.kind.legal_required = True
        document = self.draft()
        document.action_submit_review()
        self.agree(document, self.unit_head)
        self.assertEqual(document.state, "legal")
        self.send_back(document, legal, "Sai căn cứ pháp lý")
        self.assertEqual((document.state, document._can_act()), ("rework", True))
        # the drafter sees how far it came, also while no step has it
        self.assertLessEqual(set(document.with_user(self.specialist).current_stage_ids.mapped("progress")), {"done", "returned", "waiting"})
        document.action_submit_review()
        self.agree(document, self.unit_head)
        self.agree(document, legal)
        self.agree(document, self.format_checker)
        self.assertEqual(document.state, "leader")
        by_order = self.draft(signer_id=self.unit_head.id, signer_capacity="tl")
        by_order.action_submit_review()
        self.agree(by_order, self.unit_head)
        self.assertEqual(by_order.state, "tl_agreed")

    @proves("OUT-14")
    def test_by_order_after_the_leader_agreed_goes_to_the_unit_head_not_to_the_clerk(self):
        self.profile("bhxh")
        document = self.draft(signer_id=self.unit_head.id, signer_capacity="tl", prior_opinion=True)
        document.action_submit_review()
        self.agree(document, self.unit_head)
        self.assertEqual(document.state, "leader")
        self.refused(lambda: document.with_user(self.unit_head)._transition("sign"))
        self.refused(lambda: document.with_user(self.leader)._transition("sign"))
        self.agree(document, self.leader)
        todo = document.sudo().activity_ids
        self.assertEqual((document.state, todo.user_id), ("tl_agreed", self.unit_head))
        self.assertTrue(document.with_user(self.unit_head)._may("sign"))
        self.refused(lambda: self.rpc(self.clerk, "vanban.document", "action_clerk_check", document.ids))

    @proves("OUT-14")
    def test_the_opinion_is_that_of_the_leader_who_was_asked(self):
        other = self._make_user("leader2", "vanban_core.group_leader")
        document = self.draft(signer_id=self.unit_head.id, signer_capacity="tl", prior_opinion=True, asked_leader_id=self.chief.id)
        self.refused(document.action_submit_review, "is no leader of")
        document.asked_leader_id = other
        document.action_submit_review()
        self.agree(document, self.unit_head)
        self.agree(document, self.format_checker)
        self.assertEqual((document.state, document.sudo().activity_ids.user_id), ("leader", other))
        self.refused(lambda: self.rpc(self.leader, "vanban.document", "action_review_approve", document.ids), error=AccessError)
        self.refused(lambda: self.rpc(other, "vanban.document", "write", document.ids, {"asked_leader_id": self.leader.id}), "decide who reviews it")
        self.agree(document, other)
        self.assertEqual(document.state, "tl_agreed")

    # --------------------------------------------------------------- HCM: two levels

    def at_office(self, **vals):
        document = self.draft(**vals)
        document.action_submit_review()
        self.agree(document, self.unit_head)
        self.agree(document, self.format_checker)
        return document

    @proves("OUT-11")
    def test_ho_chi_minh_city_no_way_round_the_check_of_form(self):
        self.profile("hcm")
        document = self.draft()
        document.action_submit_review()
        self.agree(document, self.unit_head)
        self.assertEqual(document.state, "format_check")
        for user in (self.unit_head, self.specialist, self.chief, self.leader, self.clerk, self.admin_user):
            self.refused(lambda user=user: self.rpc(user, "vanban.document", "action_review_approve", document.ids), error=AccessError)
        self.refused(lambda: document.with_user(self.leader)._transition("sign"))
        self.refused(lambda: self.rpc(self.clerk, "vanban.document", "action_sign_on_paper", document.ids, "a.pdf", ""))
        self.refused(lambda: self.rpc(self.chief, "vanban.document", "write", document.ids, {"state": "leader"}), error=AccessError)
        self.assertEqual(document.state, "format_check")

    @proves("OUT-15")
    def test_two_levels_of_approval_by_competence(self):
        self.profile("hcm")
        document = self.at_office()
        self.assertEqual((document.competence, document.state), ("leadership", "office_review"))
        self.refused(lambda: self.rpc(self.leader, "vanban.document", "action_review_approve", document.ids), error=AccessError)
        self.assertFalse(document.with_user(self.chief)._may("sign"))
        self.agree(document, self.chief)
        self.assertEqual((document.state, document.sudo().activity_ids.user_id), ("leader", self.leader))
        self.assertTrue(document.with_user(self.leader)._may("sign"))
        office = self.at_office(signer_id=self.chief.id)
        self.assertEqual((office.competence, office.state), ("office", "leader"))
        self.assertEqual(office.with_user(self.chief).next_action, "sign")
        self.assertFalse(office.with_user(self.leader)._may("sign"))
        # stated competence and signer must agree
        wrong = self.draft(competence="leadership", signer_id=self.chief.id)
        self.refused(wrong.action_submit_review, "matter of the standing leadership")
        wrong.write({"competence": "office", "signer_id": self.leader.id})
        self.refused(wrong.action_submit_review, "matter of the office")
        wrong.write({"competence": False})
        self.refused(wrong.action_submit_review, "Say whether")

    @proves("OUT-16")
    def test_important_changes_go_through_the_office_leader_others_straight_to_the_drafter(self):
        self.profile("hcm")
        document = self.at_office()
        self.agree(document, self.chief)
        leader = self.env["vanban.comment.wizard"].with_user(self.leader).with_context(active_id=document.id, default_step="review_return")
        self.assertTrue(Form(leader).may_be_important)
        self.refused(lambda: self.rpc(self.leader, "vanban.document", "action_review_return", document.ids, " ", important=True), "write the reason")
        self.refused(lambda: self.rpc(self.chief, "vanban.document", "action_review_return", document.ids, "Sửa", important=True), error=AccessError)
        self.send_back(document, self.leader, "Làm rõ phương án kinh phí", important=True)
        self.assertEqual((document.state, document.round), ("office_review", 1))
        self.assertEqual(document.sudo().activity_ids.user_id, self.chief)
        self.assertIn("Làm rõ phương án kinh phí", document.sudo().activity_ids.summary or document.sudo().activity_ids.note)
        review = document.review_ids[-1]
        self.assertEqual((review.decision, review.important, review.reviewer_id), ("return", True, self.leader))
        # the office leader has the specialist carry it out
        self.send_back(document, self.chief, "Bổ sung bảng tính")
        self.assertEqual((document.state, document.sudo().activity_ids.user_id), ("rework", self.specialist))
        document.action_submit_review()
        self.agree(document, self.unit_head)
        self.agree(document, self.format_checker)
        self.agree(document, self.chief)
        self.send_back(document, self.leader, "Sửa câu cuối")
        self.assertEqual((document.state, document.sudo().activity_ids.user_id), ("rework", self.specialist))

    def test_without_a_step_for_important_changes_the_tick_is_not_offered(self):
        document = self.at_leader()
        self.assertFalse(document.with_user(self.leader)._may("review_return_important"))
        self.refused(
            lambda: self.rpc(self.leader, "vanban.document", "action_review_return", document.ids, "Sửa", important=True), "no step for important"
        )
        self.assertEqual(document.state, "leader")

    @proves("OUT-17")
    def test_the_course_of_a_round_is_shown_beside_all_earlier_opinions(self):
        document = self.draft()
        document.action_submit_review()
        self.send_back(document, self.unit_head, "Bổ sung số liệu")
        document.action_submit_review()
        self.agree(document, self.unit_head)
        stages = document.with_user(self.specialist).current_stage_ids
        self.assertEqual(stages.mapped("progress"), ["done", "current", "waiting"])
        self.assertEqual(stages.mapped("reviewers"), [self.unit_head.name, self.format_checker.name, self.leader.name])
        self.assertEqual(document.review_ids.mapped("round"), [1, 2])
        self.assertEqual(document.review_stage_ids.filtered(lambda stage: stage.round == 1)[0].progress, "returned")

    def test_steps_of_a_draft_have_no_name_for_strangers(self):
        """Any id can be put into a relation; its name is no way round the right to read."""
        document = self.draft()
        document.action_submit_review("Kính trình")
        stage = document.sudo().review_stage_ids[0]
        shown = self.env["vanban.review.stage"].with_user(self.specialist).browse(stage.id)
        self.assertNotIn("no right", shown.display_name)
        self.env.invalidate_all()
        self.assertIn("no right to read", stage.with_user(self.outsider).sudo().display_name)
