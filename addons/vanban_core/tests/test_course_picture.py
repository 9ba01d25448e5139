import base64
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import tagged

from ..tools import vietnam_time
from .common import make_pdf
from .follow_common import FollowCase
from .proves import proves


@tagged("post_install", "-at_install")
class TestCoursePicture(FollowCase):
    """The course of a document as a picture: who had it, from when to when."""

    def lanes(self, document, user):
        return {lane["holder"]: lane for lane in document.with_user(user).get_timeline()["lanes"]}

    def days_later(self, days):
        """Look at it ``days`` later."""
        later = fields.Datetime.now() + timedelta(days=days)
        self.patch(fields.Datetime, "now", lambda *args: later)

    @proves("OUT-46")
    def test_each_hand_of_an_outgoing_document_has_its_lane(self):
        document = self.draft()
        document.action_submit_review("Kính trình")
        document.with_user(self.unit_head).action_review_return("Bổ sung số liệu quý III")
        document.action_submit_review("Đã bổ sung")
        document.with_user(self.unit_head).action_review_approve("Đồng ý")
        lanes = self.lanes(document, self.specialist)
        self.assertLessEqual({self.specialist.name, self.unit_head.name}, lanes.keys())
        head = lanes[self.unit_head.name]["spans"]
        self.assertEqual([span["kind"] for span in head], ["returned", "done"])
        self.assertEqual(head[0]["note"], "Bổ sung số liệu quý III")
        # it lies with the one who checks the form, who has done nothing yet
        self.assertTrue(lanes[self.format_checker.name]["current"])
        self.assertFalse(lanes[self.format_checker.name]["spans"][-1]["end"])
        self.assertFalse(lanes[self.specialist.name]["current"])

    def test_issued_document_lies_with_nobody_and_time_stands_still(self):
        document = self.issue_on_paper(self.draft())
        before = document.get_timeline()
        self.assertFalse([lane for lane in before["lanes"] if lane["current"]])
        self.assertIn(self.clerk.name, [lane["holder"] for lane in before["lanes"]])
        self.days_later(30)
        self.assertEqual(document.get_timeline()["seconds"], before["seconds"])

    def test_signed_document_waits_at_the_clerks_office(self):
        document = self.at_leader()
        document.with_user(self.clerk).action_sign_on_paper("ban-quet.pdf", base64.b64encode(make_pdf("Ban quet")).decode())
        names = [lane["holder"] for lane in document.get_timeline()["lanes"] if lane["current"]]
        self.assertEqual(names, ["Clerk's office"])

    def test_incoming_document_lies_with_the_last_of_each_branch(self):
        document = self.incoming(register=True)
        document.action_submit("Kính trình", leader_id=document._first_distributors()[:1].id)
        document.with_user(document._first_distributors()[:1]).action_distribute([
            {"role": "lead", "department_id": self.department.id, "deadline": str(vietnam_time.today() + timedelta(days=3))},
            {"role": "coordinate", "user_id": self.specialist2.id},
        ], "Xử lý")  # fmt: skip
        lead = document.assignment_ids.filtered(lambda item: item.department_id == self.department)
        lead.with_user(self.unit_head).action_assign([{"role": "lead", "user_id": self.specialist.id}], "Tham mưu")
        lanes = self.lanes(document, self.specialist)
        self.assertFalse(lanes[self.department.name]["current"])
        self.assertTrue(lanes[self.specialist.name]["current"])
        self.assertEqual([span["kind"] for span in lanes[self.specialist2.name]["spans"]], ["side"])
        self.days_later(20)
        late = self.lanes(document, self.specialist)[self.specialist.name]["spans"][-1]
        self.assertEqual(late["kind"], "late" if lead.child_ids.deadline else "done")

    def test_who_is_asked_for_an_opinion_stands_beside_the_drafter(self):
        document = self.draft()
        document.action_consult([{"user_id": self.specialist2.id}], "Có phù hợp không?", str(vietnam_time.today() + timedelta(days=3)))
        spans = self.lanes(document, self.specialist)[self.specialist2.name]["spans"]
        self.assertEqual([(span["kind"], span["end"]) for span in spans], [("side", False)])

    def test_statements_do_not_grow_with_the_course(self):
        """One statement for each kind of row, however many there are."""
        few = self.distributed([{"role": "lead", "user_id": self.specialist.id}])
        many = self.distributed([
            {"role": "lead", "user_id": self.specialist.id},
            *({"role": "coordinate", "user_id": self._make_user(f"coordinator{number}", "vanban_core.group_specialist").id} for number in range(12)),
        ])  # fmt: skip
        short, long = self.draft(), self.draft()
        for number in range(6):
            long.action_submit_review("Kính trình")
            long.with_user(self.unit_head).action_review_return(f"Sửa lần {number}")
        counts = {}
        # the first of each pair only fills the caches of rights and labels
        for name, document in (("_in", few), ("few", few), ("many", many), ("_out", short), ("short", short), ("long", long)):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            document.with_user(self.specialist).get_timeline()
            counts[name] = self.env.cr.sql_log_count - before
        self.assertEqual((counts["many"], counts["long"]), (counts["few"], counts["short"]), counts)
        self.assertLessEqual(max(counts["many"], counts["long"]), 12, counts)

    def test_stranger_gets_no_picture(self):
        document = self.draft()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            call_kw(self.env(user=self.outsider.id, su=False, context={})["vanban.document"], "get_timeline", [[document.id]], {})
        # a colleague without a part in the draft does not learn who was asked about it
        document.action_consult([{"user_id": self.specialist2.id}], "Có phù hợp không?", str(vietnam_time.today() + timedelta(days=3)))
        document.sudo()._grant(users=self.outsider, source="assignment")
        self.assertNotIn(self.specialist2.name, self.lanes(document, self.outsider))
