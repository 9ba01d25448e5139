from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .outgoing_common import OutgoingCase
from .proves import proves

SAID = "Số liệu mục 3 chưa đúng thực tế"


@tagged("post_install", "-at_install")
class TestDraftingShown(OutgoingCase):
    """What is said on the way to a document stays with those who made it; its recipients get what was issued."""

    def issued(self):
        """Returned once with a remark, then issued to ``outsider`` and to the head of another unit."""
        self.second_head = self._make_user("second_head", "vanban_core.group_unit_head")
        employee = self.env["hr.employee"].create({
            "name": self.second_head.name, "user_id": self.second_head.id, "company_id": self.company.id})
        unit = self.env["hr.department"].create({"name": "Phòng Tài chính", "company_id": self.company.id, "manager_id": employee.id})
        document = self.draft(recipient_ids=[Command.create({"user_id": self.outsider.id}), Command.create({"department_id": unit.id})])
        document.action_submit_review("Kính trình lần đầu")
        document.with_user(self.unit_head).message_post(body="Chưa nêu số liệu của xã X")
        document.with_user(self.unit_head).action_review_return(SAID)
        document.action_submit_review("Đã sửa số liệu")
        document.with_user(self.unit_head).action_review_approve("Đồng ý nội dung")
        document.with_user(self.format_checker).current_point_ids.action_tick("Cần xem lại lề phải")
        document.with_user(self.format_checker).action_review_approve("Đúng thể thức")
        clerk = self.through_paper(document)
        clerk.action_issue()
        return document

    def everything(self, user, document):
        """Whatever the screens and a client of the interface can ask about the course, as one text."""
        answers = [
            self.rpc(user, "vanban.document", name, document.ids) for name in ("get_course", "get_timeline", "get_tracks", "get_metadata")
        ]
        answers.append(self.rpc(user, "vanban.document", "read", document.ids, ["review_ids", "last_return_comment"]))
        for model in ("vanban.review", "vanban.layout.point"):
            answers.append(self.rpc(user, model, "search_read", [("document_id", "=", document.id)]))
        return str(answers)

    @proves("SEC-02", "SEC-18")
    def test_readers_of_the_issued_document_see_nothing_of_its_review(self):
        document = self.issued()
        reviews = document.sudo().review_ids
        points = self.env["vanban.layout.point"].sudo().search([("document_id", "=", document.id)])
        self.assertTrue(SAID in reviews.mapped("comment") and points)
        # addressed himself, head of a unit that is addressed, colleague of the drafter who only follows the issue
        for user in (self.outsider, self.second_head, self.specialist2):
            with self.subTest(user.login):
                self.assertEqual(self.rpc(user, "vanban.document", "read", document.ids, ["subject"])[0]["subject"], document.subject)
                answers = self.everything(user, document)
                for words in (SAID, "Kính trình lần đầu", "Đã sửa số liệu", "Đồng ý nội dung", "Đúng thể thức", "lề phải"):
                    self.assertNotIn(words, answers)
                for model, records in (("vanban.review", reviews), ("vanban.layout.point", points)):
                    self.assertEqual(self.rpc(user, model, "search_count", [("document_id", "=", document.id)]), 0)
                    with self.assertRaises(AccessError):
                        self.rpc(user, model, "read", records.ids, ["document_id"])
                for model in ("vanban.review.stage", "vanban.initials"):
                    self.assertEqual(self.rpc(user, model, "search_count", [("document_id", "=", document.id)]), 0)
                # nor does he make a list of the form of what he only reads
                self.assertIn("made or supervise", self.refused(user, "vanban.document", "action_check_layout", document.ids))
                # who answers for it is his to know (OUT-46)
                self.assertIn(self.unit_head.name, self.rpc(user, "vanban.document", "read", document.ids, ["responsible"])[0]["responsible"])
                # neither by guessing at the words
                for domain in ([("review_ids.comment", "ilike", SAID)], [("review_ids", "any", [("decision", "=", "return")])]):
                    self.assertFalse(self.rpc(user, "vanban.document", "search", domain))
                self.assertFalse(self.rpc(user, "vanban.log", "search", [("document_id", "=", document.id), ("comment", "=", SAID)]))
                messages = self.rpc(user, "mail.message", "search_read", [("model", "=", "vanban.document"), ("res_id", "=", document.id)], ["body"])
                self.assertNotIn("số liệu của xã X", str(messages))
                # what was done with it since the signature is theirs to see
                course = self.rpc(user, "vanban.document", "get_course", document.ids)
                self.assertEqual(course[0]["user"], self.clerk.name)
                self.assertTrue(course[-1]["label"])

    @proves("SEC-02")
    def test_those_who_made_or_supervise_it_see_all_of_it(self):
        document = self.issued()
        for user in (self.specialist, self.unit_head, self.format_checker, self.leader, self.clerk):
            with self.subTest(user.login):
                answers = self.everything(user, document)
                for words in (SAID, "Kính trình lần đầu", "Đồng ý nội dung"):
                    self.assertIn(words, answers)
                messages = self.rpc(user, "mail.message", "search_read", [("model", "=", "vanban.document"), ("res_id", "=", document.id)], ["body"])
                self.assertIn("số liệu của xã X", str(messages))
        # the head of the drafting unit, whoever reviewed in his place; the Chief of Office, once the document is his to read
        new_head = self._make_user("new_head", "vanban_core.group_unit_head")
        self.department.manager_id = self.env["hr.employee"].create({
            "name": new_head.name, "user_id": new_head.id, "company_id": self.company.id, "department_id": self.department.id})
        document.sudo()._grant(users=self.chief, source="recipient")
        for user in (new_head, self.chief):
            self.assertIn(SAID, self.everything(user, document))
        # a leader of another agency that reads it is no supervisor of this one
        other = self.env["res.company"].create({"name": "Sở khác tỉnh Mẫu", "vanban_code": "H98.77", "vanban_symbol": "SK"})
        stranger = self._make_user("other_leader", "vanban_core.group_leader")
        stranger.write({"company_id": other.id, "company_ids": [Command.set(other.ids)]})
        document.sudo()._grant(users=stranger, source="recipient")
        self.env.invalidate_all()
        self.assertFalse(document.with_user(stranger).drafting_shown)

    def test_one_message_of_the_making_is_refused_too(self):
        document = self.issued()
        message = self.env["mail.message"].sudo().search([
            ("model", "=", "vanban.document"), ("res_id", "=", document.id), ("body", "ilike", "xã X")])
        self.assertTrue(message)
        with self.assertRaises(AccessError):
            self.rpc(self.outsider, "mail.message", "read", message.ids, ["body"])
        # on an incoming document all who work on it read what is written
        arrived = self.distributed()
        arrived.with_user(self.specialist).message_post(body="Đã trao đổi với xã Y")
        found = self.rpc(self.specialist2, "mail.message", "search_read", [
            ("model", "=", "vanban.document"), ("res_id", "=", arrived.id), ("body", "ilike", "xã Y")], ["body"])
        self.assertEqual(len(found), 1)

    def test_an_incoming_document_keeps_its_open_course(self):
        document = self.distributed()
        for user in (self.specialist, self.specialist2):
            steps = self.rpc(user, "vanban.document", "get_course", document.ids)
            self.assertIn("Kính trình", [step["comment"] for step in steps])
