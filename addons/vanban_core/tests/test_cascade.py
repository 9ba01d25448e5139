from datetime import timedelta

import pypdfium2

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged

from .cascade_common import CascadeCase
from .proves import proves


def text_of(file):
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(file._raw()))


@tagged("post_install", "-at_install")
class TestCascade(CascadeCase):
    def _to_unit(self, **line):
        """A document whose lead is the first unit and whose coordinator is the second; returns it and both assignments."""
        document = self.submitted()
        document.with_user(self.leader).action_distribute(
            [
                self.lead_of(department=self.department, **{"deadline": self.day(9), **line}),
                {"role": "coordinate", "department_id": self.second_unit.id},
            ], "Phối hợp xử lý",
        )
        return document, *document.assignment_ids.sorted("id")

    @proves("IN-30")
    def test_one_lead_and_no_name_twice(self):
        document = self.submitted().with_user(self.leader)
        people = (self.specialist, self.specialist2, self.outsider)
        with self.assertRaisesRegex(UserError, "Phải xác định 01 đơn vị"), self.env.cr.savepoint():
            document.with_context(lang="vi_VN").action_distribute([{"role": "coordinate", "user_id": user.id} for user in people])
        with self.assertRaises(UserError):
            document.action_distribute([self.lead_of(user=self.specialist), self.lead_of(user=self.specialist2)])
        with self.assertRaises(UserError):
            document.action_distribute([self.lead_of(user=self.specialist), {"role": "inform", "user_id": self.specialist.id}])
        stranger = self.env["res.users"].create({"name": "Người ngoài", "login": "nguoi_ngoai"})
        with self.assertRaises(UserError):
            document.action_distribute([self.lead_of(user=stranger)])
        document.action_distribute([
            self.lead_of(user=self.specialist, deadline=self.day(5)), {"role": "coordinate", "user_id": self.specialist2.id, "deadline": self.day(3)},
        ])  # fmt: skip
        self.assertEqual([str(item.deadline) for item in document.assignment_ids.sorted("id")], [self.day(5), self.day(3)])

    @proves("IN-31")
    def test_levels_under_each_other_and_override(self):
        document, unit, other = self._to_unit()
        head = unit.with_user(self.unit_head)
        late = self.lead_of(user=self.specialist, deadline=self.day(12))
        with self.assertRaises(UserError):
            head.action_assign([late])
        head.action_assign(
            [{**late, "override_reason": "Chờ số liệu của các xã"}, {"role": "coordinate", "user_id": self.specialist2.id}], "Chủ động")
        self.assertEqual(unit.child_ids.filtered(lambda item: item.role == "lead").override_reason, "Chờ số liệu của các xã")
        told = document.activity_ids.filtered(lambda todo: todo.user_id == self.leader)
        self.assertIn("Chờ số liệu", str(told.mapped("summary")), "the leader is told")
        with self.assertRaises(UserError):
            head.action_assign([self.lead_of(user=self.specialist2)])  # there is a lead already
        other.with_user(self.second_head).action_assign([{"role": "coordinate", "user_id": self.outsider.id}])
        tree = document.with_user(self.specialist2).get_assignment_tree()
        self.assertEqual([(node["name"], node["role"], len(node["children"])) for node in tree], [
            (self.department.name, "lead", 2), (self.second_unit.name, "coordinate", 1)])
        lead = tree[0]["children"][0]
        self.assertEqual((lead["name"], lead["deadline"], lead["note"], lead["state"]), (self.specialist.name, self.day(12), "Chủ động", "new"))
        with self.assertRaises(AccessError):
            document.with_user(self._make_user("stranger", "vanban_core.group_specialist")).get_assignment_tree()

    @proves("IN-38")
    def test_given_back_in_time(self):
        document, unit, _other = self._to_unit()
        unit.with_user(self.unit_head).action_reject("Không thuộc chức năng")
        self.assertEqual((document.state, str(document.deadline), unit.state), ("submitted", self.day(9), "rejected"))
        self.assertIn(document, self.queue(self.leader))
        self.assertIn(self.leader, document.activity_ids.user_id)
        self.assertEqual(document.with_user(self.leader).get_distribution()["deadline"], self.day(9))
        # a term of the profile does not start anew
        self.company.vanban_profile_id.default_deadline_days = 20
        # below the unit: back to the head, who assigns anew
        document.with_user(self.leader).action_distribute([self.lead_of(department=self.second_unit)])
        again = document.assignment_ids.filtered(lambda item: item.state == "new")
        self.assertEqual(str(again.deadline), self.day(9))
        head = again.with_user(self.second_head)
        head.action_assign([self.lead_of(user=self.outsider)])
        again.child_ids.with_user(self.outsider).action_reject("Đang nghỉ phép")
        self.assertEqual((document.state, head.proposed_step), ("distributed", "assign"))
        self.assertIn(self.second_head, document.activity_ids.user_id)
        # the kept deadline passed meanwhile: the work is still given again
        with freeze_time(self.today + timedelta(days=10)):
            head.action_assign([self.lead_of(user=self.outsider)])

    @proves("IN-46")
    def test_contributions_are_collected(self):
        document = self.submitted()
        document.with_user(self.leader).action_distribute([self.lead_of(user=self.specialist)] + [
            {"role": "coordinate", "user_id": user.id} for user in (self.specialist2, self.outsider)])
        item = document.assignment_ids.filtered(lambda row: row.user_id == self.specialist2)
        item.with_user(self.specialist2).action_contribute("Nhất trí")
        summary = document.with_user(self.specialist).with_context(lang="vi_VN").contribution_summary
        self.assertEqual(summary, f"{self.specialist2.name}: đã góp ý, {self.outsider.name}: chưa")
        self.assertIn(self.specialist, document.activity_ids.user_id)
        node = next(node for node in document.with_user(self.specialist).get_assignment_tree() if node["id"] == item.id)
        self.assertEqual(node["contribution"], "Nhất trí")

    @proves("IN-48")
    def test_what_was_directed_stays(self):
        document, unit, _other = self._to_unit()
        entry = document.direction_ids
        self.assertEqual(entry.text, "Phối hợp xử lý")
        for record, values in ((entry, {"text": "Khác"}), (unit, {"note": "Khác"}), (document, {"direction_text": "Khác"})):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                call_kw(self.env(user=self.leader.id, su=False, context={})[record._name], "write", (record.ids, values), {})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            entry.sudo().unlink()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            unit.sudo().write({"note": "Khác"})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            call_kw(self.env(user=self.specialist.id, su=False, context={})["vanban.direction"], "create", (
                [{"document_id": document.id, "kind": "direction", "text": "giả", "author_id": self.leader.id}],), {})
        document.with_user(self.leader).action_add_direction("Trình trước thứ Sáu")
        self.assertEqual(document.direction_ids.mapped("text"), ["Phối hợp xử lý", "Trình trước thứ Sáu"])
        self.assertTrue(self.unit_head in document.activity_ids.filtered(lambda todo: "thứ Sáu" in (todo.summary or "")).user_id)
        with self.assertRaises(AccessError):
            document.with_user(self.clerk).action_add_direction("Không có quyền")
        unit.with_user(self.unit_head).action_assign([self.lead_of(user=self.specialist)])
        document.with_user(self.specialist).action_add_direction("Đề xuất họp liên ngành")
        self.assertEqual(document.direction_ids[-1:].kind, "opinion")

    @proves("IN-51")
    def test_dossier_is_chosen_at_the_start_where_asked(self):
        self.profile("bacgiang")
        document = self.distributed(lines=[self.lead_of(user=self.specialist)])
        mine = document.with_user(self.specialist)
        with self.assertRaises(UserError):
            mine.action_start()
        self.assertEqual(document.state, "distributed")
        dossier = self.env["vanban.dossier"].with_user(self.specialist).create({
            "title": "Hồ sơ chuyển đổi số", "company_id": self.company.id, "retention_id": self.env.ref("vanban_core.retention_10").id,
            "symbol": "01.X",
        })
        dossier.action_open()
        mine.action_start(dossier.id)
        self.assertEqual((document.state, document.dossier_item_ids.dossier_id), ("in_progress", dossier))
        places = next(group for group in mine.get_metadata()["groups"] if group["key"] == "structure")["rows"]
        self.assertIn(dossier.code, [row.get("dossier") for row in places], "the document carries the dossier's code")
        self.assertTrue(dossier.code)
        self.profile("nd30")
        free = self.distributed(lines=[self.lead_of(user=self.specialist)])
        free.with_user(self.specialist).action_start()
        self.assertEqual(free.state, "in_progress")

    @proves("IN-53")
    def test_head_asks_and_the_answer_returns(self):
        document, unit, other = self._to_unit()
        with self.assertRaises(AccessError):
            unit.with_user(self.specialist).action_ask_leader("Xin ý kiến")
        wizard = self.env["vanban.ask.wizard"].with_user(self.unit_head).with_context(
            active_model="vanban.document", active_id=document.id
        ).create({"content": "Hai phương án xử lý kiến nghị", "proposal": "Chọn phương án 1"})
        self.assertEqual(wizard.leader_id, self.leader)
        wizard.action_apply()
        request = unit.opinion_request_ids
        self.assertEqual((request.state, request.document_id, request.leader_id), ("sent", document, self.leader))
        text = text_of(request.file_id)
        for words in ("PHIẾU XIN Ý KIẾN", "Kính gửi", "Hai phương án", "Chọn phương án 1", self.unit_head.name):
            self.assertIn(words, text)
        self.assertEqual(document.with_user(self.leader).my_opinion_request_id, request)
        with self.assertRaises(AccessError):
            request.with_user(self.unit_head).action_answer("Tự trả lời")
        with self.assertRaises(UserError):
            request.with_user(self.leader).action_answer("")
        request.with_user(self.leader).action_answer("Đồng ý phương án 1")
        self.assertEqual((request.state, request.answerer_id), ("answered", self.leader))
        entry = document.direction_ids.filtered(lambda row: row.kind == "answer")
        self.assertEqual((entry.assignment_id, entry.text), (unit, "Đồng ý phương án 1"))
        told = document.activity_ids.filtered(lambda todo: todo.user_id == self.unit_head)
        self.assertIn("Đồng ý phương án 1", str(told.mapped("summary")))
        self.assertIn("Đồng ý phương án 1", text_of(request.answer_file_id))
        with self.assertRaises(UserError):
            request.with_user(self.leader).action_answer("Nghĩ lại")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            call_kw(self.env(user=self.leader.id, su=False, context={})[request._name], "write", (request.ids, {"answer": "Khác"}), {})
        # the delegate answers with both names
        delegated = self.env["vanban.opinion.request"].browse(other.with_user(self.second_head).action_ask_leader("Xin gia hạn", form="request"))
        self.delegation(self.leader, self.chief)
        self.env.invalidate_all()
        delegated.with_user(self.chief).action_answer("Đồng ý")
        last = document.direction_ids[-1:]
        self.assertEqual((last.author_id, last.on_behalf_id, last.capacity), (self.chief, self.leader, "delegated"))
        self.assertIn("PHIẾU ĐỀ NGHỊ", text_of(delegated.file_id))

    @proves("IN-54")
    def test_clerk_moves_an_assignment_on_request(self):
        document = self.distributed(lines=[self.lead_of(user=self.specialist, deadline=self.day(6))])
        item = document.assignment_ids
        document.with_user(self.specialist).action_start()
        clerk = item.with_user(self.clerk)
        receiver = {"user_id": self.outsider.id}
        for requester, reason in ((None, "Bản giấy đã chuyển"), (self.specialist.id, ""), (self.auditor.id, "Muốn vậy")):
            self.refused(clerk.action_transfer, receiver, requester, reason)
        with self.assertRaises(AccessError):
            item.with_user(self.specialist).action_transfer(receiver, self.specialist.id, "Bận")
        new = self.env["vanban.assignment"].browse(clerk.action_transfer(receiver, self.specialist.id, "Bản giấy đã chuyển sang anh Nam"))
        self.assertEqual((item.state, new.user_id, str(new.deadline), new.role), ("stopped", self.outsider, self.day(6), "lead"))
        self.assertEqual((new.transferred_from_id, new.requester_id, new.transfer_reason), (item, self.specialist, "Bản giấy đã chuyển sang anh Nam"))
        row = self.logged(document, "transfer")
        self.assertEqual((row.user_id, row.comment), (self.clerk.id, "Bản giấy đã chuyển sang anh Nam"))
        self.assertIn(self.specialist.name, row.data)
        self.assertFalse(self.env["vanban.document"].with_user(self.specialist).search([("id", "=", document.id)]))
        document.with_user(self.outsider).action_done("reference", "Lưu")
        self.assertEqual(document.state, "done")

    def test_processing_slip_from_history(self):
        document = self.incoming(register=True)
        document.with_user(self.clerk).action_submit_with_proposal({"lead_department_id": self.department.id}, "Đề xuất A", self.leader.id)
        with self.assertRaises(UserError):
            self.incoming(register=True).action_print_processing_slip()
        document.with_user(self.leader).action_distribute([self.lead_of(department=self.department, deadline=self.day(8))], "Xử lý dứt điểm")
        document.assignment_ids.with_user(self.unit_head).action_assign([self.lead_of(user=self.specialist)], "Đồng chí dự thảo")
        text = text_of(self.env["vanban.file"].browse(document.with_user(self.clerk).action_print_processing_slip()))
        for words in ("PHIẾU GIẢI QUYẾT VĂN BẢN ĐẾN", "Đề xuất A", "Xử lý dứt điểm", "Đồng chí dự thảo", self.leader.name, self.unit_head.name,
                      self.department.name):  # fmt: skip
            self.assertIn(words, text)

    def test_widget_offers_whom_the_user_may_choose(self):
        document, unit, _other = self._to_unit()
        head = document.with_user(self.unit_head)
        state = head.get_distribution()
        self.assertEqual((state["mode"], state["assignment_id"], state["parent_deadline"]), ("assign", unit.id, self.day(9)))
        self.assertIn(self.specialist.id, [row["id"] for row in state["suggestions"] if row["kind"] == "user"])
        found = head.search_receivers("Người dùng", unit.id)
        self.assertIn(self.specialist.id, [row["id"] for row in found])
        self.assertNotIn(self.outsider.id, [row["id"] for row in found if row["kind"] == "user"])
        self.assertFalse(document.with_user(self.clerk).get_distribution())
        with self.assertRaises(AccessError):
            document.with_user(self._make_user("nobody", "vanban_core.group_specialist")).search_receivers("a")

    def test_many_receivers_one_notice_each(self):
        users = self.env["res.users"].with_context(no_reset_password=True).create([
            {"name": f"Cán bộ {number}", "login": f"can_bo_{number}", "company_id": self.company.id, "company_ids": [(6, 0, self.company.ids)],
             "group_ids": [(6, 0, self.env.ref("vanban_core.group_specialist").ids)]}
            for number in range(40)
        ])
        document = self.submitted()
        self.env.flush_all()
        lines = [self.lead_of(user=users[0])] + [{"role": "inform", "user_id": user.id} for user in users[1:]]
        counts = {}
        for name, chosen in (("few", lines[:4]), ("many", lines)):
            target = document if name == "many" else self.submitted()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            target.with_user(self.leader).action_distribute(chosen, "Biết, thực hiện")
            self.env.flush_all()
            counts[name] = self.env.cr.sql_log_count - before
        todos = document.activity_ids
        self.assertEqual(len(todos), 40)
        self.assertEqual(len(todos.user_id), 40)
        self.assertLess(counts["many"] - counts["few"], 60, counts)
