import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import make_pdf
from .proves import proves
from .register_common import RegisterCase


@tagged("post_install", "-at_install")
class TestPaper(RegisterCase):
    def todos(self, document, kind, user):
        return document.sudo().activity_ids.filtered(
            lambda item: item.activity_type_id == self.env.ref(f"vanban_core.{kind}") and item.user_id == user)

    @proves("IN-35")
    def test_clerk_is_told_to_hand_the_paper_to_the_lead_and_coordinators_get_none(self):
        document = self.distributed(medium="paper")
        todo = self.todos(document, "activity_hand_paper", self.clerk)
        self.assertEqual(len(todo), 1)
        self.assertIn(self.specialist.name, todo.summary)
        self.assertEqual((document.paper_holder_id, document.paper_target_id, document.paper_state), (self.clerk, self.specialist, "held"))
        self.assertFalse(document.sudo().activity_ids.filtered(
            lambda item: item.user_id == self.specialist2 and "paper" in (item.activity_type_id.get_external_id()[item.activity_type_id.id])))
        waiting = self.env["vanban.document"].with_user(self.clerk).search(
            [("paper_holder_id", "=", self.clerk.id), ("paper_target_id", "!=", False)])
        self.assertEqual(waiting, document)

    @proves("IN-36")
    def test_way_of_the_paper_with_holder_time_and_receipt(self):
        document = self.unit_only(self.incoming(medium="paper", register=True))
        self.assertEqual(document.paper_target_id, self.unit_head)
        document.with_user(self.clerk).action_hand_paper(self.unit_clerk.id, "Kèm phụ lục")
        self.assertEqual((document.paper_state, document.paper_holder_id), ("moving", self.clerk))
        with self.assertRaises(AccessError):  # only who holds it hands it over, and not twice
            document.with_user(self.clerk).action_hand_paper(self.unit_head.id)
        with self.assertRaises(UserError):
            document.with_user(self.unit_head).action_confirm_paper()
        document.with_user(self.unit_clerk).action_confirm_paper()
        self.assertEqual((document.paper_state, document.paper_holder_id), ("held", self.unit_clerk))
        lead = document.sudo().assignment_ids.with_user(self.unit_head)
        lead.action_assign([{"role": "lead", "user_id": self.specialist.id}], "Xử lý")
        self.assertIn(self.specialist.name, self.todos(document, "activity_hand_paper", self.unit_clerk).summary)
        document.with_user(self.unit_clerk).action_hand_paper()
        document.with_user(self.specialist).action_confirm_paper()
        moves = document.with_user(self.specialist).paper_move_ids.sorted("id")
        self.assertEqual(moves.mapped("to_user_id.name"), [user.name for user in (self.clerk, self.unit_clerk, self.specialist)])
        self.assertTrue(all(move.received_date and move.state == "received" for move in moves))
        self.assertEqual(moves[1].from_user_id, self.clerk)
        receipt = self.logged("receive", model="vanban.paper.move", res_id=moves[2].id)
        self.assertEqual((receipt.user_id, receipt.document_id), (self.specialist.id, document.id))

    def test_paper_goes_only_to_those_who_may_read_and_the_receiver_alone_signs(self):
        document = self.distributed(medium="paper")
        clerk = document.with_user(self.clerk)
        with self.assertRaises(UserError):
            clerk.action_hand_paper(self.outsider.id)
        clerk.action_hand_paper()
        move = document.sudo().paper_move_ids[:1]
        for user in (self.clerk, self.specialist2, self.keeper):
            with self.assertRaises(AccessError):
                move.with_user(user).action_receive()
        with self.assertRaises(AccessError):
            self.env["vanban.paper.move"].with_user(self.outsider).browse(move.id).read(["to_user_id"])
        for vals in ({"to_user_id": self.clerk.id}, {"state": "received"}, {"received_date": "2026-01-01"}):
            with self.assertRaises(AccessError):
                move.with_user(self.specialist).write(vals)
        with self.assertRaises(AccessError):
            self.env["vanban.paper.move"].with_user(self.clerk).create({
                "document_id": document.id, "to_user_id": self.clerk.id, "handed_date": "2026-01-01"})
        with self.assertRaises(AccessError):
            document.with_user(self.clerk).write({"paper_holder_id": self.leader.id})
        move.with_user(self.specialist).action_refuse("Chưa nhận được")
        self.assertEqual((document.paper_state, document.paper_holder_id, move.state), ("held", self.clerk, "refused"))
        self.assertIn("Chưa nhận được", self.todos(document, "activity_hand_paper", self.clerk).summary)
        clerk.action_hand_paper(self.specialist.id)
        document.sudo().paper_move_ids[:1].with_user(self.clerk).action_take_back()
        self.assertEqual((document.paper_state, document.paper_target_id), ("held", self.specialist))

    @proves("IN-13")
    def test_electronic_document_never_waits_for_its_paper(self):
        document = self.distributed(medium="both")
        self.assertEqual((document.state, document.paper_state), ("distributed", "expected"))
        document.with_user(self.specialist).action_start()
        self.assertEqual(document.state, "in_progress")

    @proves("IN-37")
    def test_paper_that_comes_later_goes_to_the_handler_and_takes_no_number(self):
        document = self.distributed(medium="electronic", code_number="77")
        document.with_user(self.specialist).action_start()
        second = self.env["vanban.document"].with_user(self.clerk).create({
            "direction": "in", "medium": "paper", "company_id": self.company.id, "kind_id": self.kind.id, "issuer_id": self.issuer.id,
            "subject": "Bản giấy", "code_number": "77", "code_notation": "STC-VP", "issue_date": "2026-01-05",
        })
        second.upload_file("ban-giay.pdf", base64.b64encode(make_pdf("Ban giay")).decode())
        self.assertEqual(second.paper_match_id, document)
        action = second.action_attach_paper()
        self.assertEqual((action["res_id"], second.state, second.arrival_number), (document.id, "attached", 0))
        self.assertEqual((document.paper_state, document.paper_holder_id, document.paper_target_id, document.medium),
                         ("held", self.clerk, self.specialist, "both"))
        self.assertIn(self.specialist.name, self.todos(document, "activity_hand_paper", self.clerk).summary)
        self.assertEqual(document.file_ids.filtered(lambda file: file.role == "paper").stage, "scan")
        self.assertEqual(len(document.entry_ids), 1)
        self.assertEqual(self.incoming(code_number="78").action_register(), [2])
        # other data, other document
        other = self.incoming(code_number="79", medium="paper")
        self.assertFalse(other.paper_match_id)
        with self.assertRaises(UserError):
            other.action_attach_paper()

    def test_paper_received_with_the_button_of_the_record(self):
        document = self.distributed(medium="both")
        self.assertTrue(document.with_user(self.clerk).may_receive_paper)
        with self.assertRaises(AccessError):
            document.with_user(self.specialist).action_paper_arrived()
        document.with_user(self.clerk).action_paper_arrived("Bưu điện")
        with self.assertRaises(UserError):
            document.with_user(self.clerk).action_paper_arrived()
        self.assertEqual(document.paper_target_id, self.specialist)
        with self.assertRaises(UserError):
            document.with_user(self.clerk).action_paper_to_dossier()

    @proves("UI-04")
    def test_two_tracks_with_holder_and_time(self):
        document = self.distributed(medium="paper")
        document.with_user(self.clerk).action_hand_paper()
        tracks = document.with_user(self.specialist).get_tracks()
        holders = [station["holder"] for station in tracks["electronic"]]
        self.assertEqual(holders, [self.clerk.name, self.leader.name, self.specialist.name])
        self.assertTrue(tracks["electronic"][-1]["current"])
        paper = [(station["holder"], station["waiting"]) for station in tracks["paper"]]
        self.assertEqual(paper, [(self.clerk.name, False), (self.specialist.name, True)])
        self.assertTrue(all(station["date"] and station["seconds"] >= 0 for path in ("electronic", "paper") for station in tracks[path]))
        with self.assertRaises(AccessError):
            document.with_user(self.outsider).get_tracks()
        outgoing = self.on_paper()
        paths = outgoing.with_user(self.clerk).get_tracks()
        self.assertEqual([station["holder"] for station in paths["paper"]], [self.clerk.name, self.clerk.name])


@tagged("post_install", "-at_install")
class TestBypass(RegisterCase):
    @proves("IN-03")
    def test_emergency_takes_both_numbers_at_once_and_stands_in_the_log(self):
        self.set_parameter("emergency_bypass", "yes")
        document = self.incoming()
        document.action_ask_bypass("Vỡ đê, phải trả lời trong giờ", self.leader.id)
        for user in (self.clerk, self.specialist):
            with self.assertRaises(AccessError):
                document.with_user(user).action_approve_bypass("Tự duyệt", self.specialist.id)
        document.with_user(self.leader).action_approve_bypass("Cho xử lý ngay", self.specialist.id)
        self.assertEqual((document.state, document.arrival_number, document.bypass_approver_id), ("in_progress", 0, self.leader))
        row = self.logged("bypass", document_id=document.id)
        self.assertEqual((row.user_id, row.comment), (self.leader.id, "Cho xử lý ngay"))
        self.incoming(register=True, code_number="13")
        reply = self.env["vanban.document"].browse(document.sudo().assignment_ids.with_user(self.specialist).action_create_reply())
        reply.write({"signer_id": self.leader.id})
        reply.upload_file("tra-loi.pdf", base64.b64encode(self.pdf()).decode())
        reply.action_submit_review("Khẩn")
        reply.with_user(self.unit_head).action_review_approve("Đồng ý")
        reply.with_user(self.format_checker).action_review_approve("Đúng thể thức")
        reply.with_user(self.clerk).action_sign_on_paper("ban-quet.pdf", base64.b64encode(self.pdf()).decode())
        reply.with_user(self.clerk).action_clerk_check()
        commits = []
        numbering = type(self.env["vanban.register"])._take_number

        def take(register, *args):
            commits.append((register.direction, id(register.env.cr)))
            return numbering(register, *args)

        self.patch(type(self.env["vanban.register"]), "_take_number", take)
        reply.with_user(self.clerk).action_allocate_number()
        # both numbers were taken on one connection, one after the other
        self.assertEqual([direction for direction, _cr in commits], ["out", "in"])
        self.assertEqual(len({cr for _direction, cr in commits}), 1)
        self.assertEqual((document.arrival_number, document.arrival_register_id, reply.code_number), (2, self.register_in, "01"))
        row = self.logged("register_after_bypass", document_id=document.id)
        self.assertIn(self.leader.name, row.data)
        self.assertIn(reply.code, row.data)

    def pdf(self):
        return make_pdf("Tra loi")

    def test_without_a_reply_the_clerk_enters_it_before_it_is_filed(self):
        self.set_parameter("emergency_bypass", "yes")
        document = self.incoming()
        document.action_ask_bypass("Khẩn", self.chief.id)
        document.with_user(self.chief).action_approve_bypass("Đồng ý", self.specialist.id)
        document.with_user(self.specialist).action_done("reference", "Đã báo cáo miệng")
        with self.assertRaises(UserError):
            document.with_user(self.specialist).action_file()
        with self.assertRaises(UserError):
            document.with_user(self.specialist).action_register_bypassed()
        self.assertEqual(document.with_user(self.clerk).action_register_bypassed(), [1])
        with self.assertRaises(UserError):
            document.with_user(self.clerk).action_register_bypassed()

    def test_rules_of_the_agency_decide(self):
        self.set_parameter("emergency_bypass", "no")
        document = self.incoming()
        with self.assertRaises(UserError):
            document.action_ask_bypass("Khẩn", self.leader.id)
        document._grant(users=self.leader, act=True, source="distribution")
        with self.assertRaises(UserError):
            document.with_user(self.leader).action_approve_bypass("Cho xử lý", self.specialist.id)
        self.set_parameter("emergency_bypass", "yes")
        with self.assertRaises(UserError):
            document.action_ask_bypass("Khẩn", self.specialist.id)
        with self.assertRaises(UserError):
            document.action_ask_bypass(" ", self.leader.id)
