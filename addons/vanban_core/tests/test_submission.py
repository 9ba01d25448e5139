import base64
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from ..tools import vietnam_time
from .common import make_pdf
from .outgoing_common import OutgoingCase
from .proves import proves


@tagged("post_install", "-at_install")
class TestSubmission(OutgoingCase):
    """What lies before the person who decides on a draft."""

    def rpc(self, user, document):
        self.env.flush_all()
        self.env.invalidate_all()
        return call_kw(self.env(user=user.id, su=False, context={})["vanban.document"], "get_submission", [[document.id]], {})

    def second_round(self):
        """A draft that answers a letter, returned once, with an annex and an opinion of a colleague, before the leader."""
        letter = self.distributed([{"role": "lead", "user_id": self.specialist.id}])
        document = self.draft(summary="Đề nghị ký văn bản trả lời.")
        document.write({"link_ids": [fields.Command.create({"target_id": letter.id, "kind": "answers"})]})
        document.upload_file("phu-luc.pdf", base64.b64encode(make_pdf("Phu luc")).decode(), role="annex")
        document.action_consult([{"user_id": self.specialist2.id}], "Số liệu đúng chưa?", str(vietnam_time.today() + timedelta(days=3)))
        row = document.consultation_ids
        row.with_user(self.specialist2).action_answer("Nên thêm số liệu quý III")
        row.with_user(self.specialist).action_decide("partly", "Thêm ở phụ lục")
        document.action_submit_review("Kính trình lần đầu")
        document.with_user(self.unit_head).action_review_return("Bổ sung số liệu quý III")
        document.action_submit_review("Đã bổ sung số liệu")
        document.with_user(self.unit_head).action_review_approve("Đề nghị ký")
        document.with_user(self.format_checker).action_review_approve("Đúng thể thức")
        return document, letter

    @proves("UI-08", "OUT-17")
    def test_leader_has_everything_in_one_answer(self):
        document, letter = self.second_round()
        self.assertTrue(document.with_user(self.leader).to_decide)
        self.assertFalse(document.with_user(self.specialist).to_decide)
        self.assertFalse(document.with_user(self.clerk).to_decide)
        submission = self.rpc(self.leader, document)
        self.assertEqual((submission["round"], submission["summary"]), (2, "Đề nghị ký văn bản trả lời."))
        self.assertEqual(
            [(row["person"], row["text"], row["decision"]) for row in submission["proposals"]],
            [(self.specialist.name, "Đã bổ sung số liệu", ""), (self.unit_head.name, "Đề nghị ký", "approve"),
             (self.format_checker.name, "Đúng thể thức", "approve")],
        )  # fmt: skip
        (earlier,) = submission["earlier"]
        self.assertEqual((earlier["round"], [row["text"] for row in earlier["opinions"]]), (1, ["Kính trình lần đầu", "Bổ sung số liệu quý III"]))
        (opinion,) = submission["consultations"]
        self.assertEqual((opinion["asked"], opinion["text"], opinion["position"], opinion["explanation"]),
                         (self.specialist2.name, "Nên thêm số liệu quý III", "partly", "Thêm ở phụ lục"))
        self.assertEqual([file["name"] for file in submission["annexes"]], ["phu-luc.pdf"])
        self.assertEqual([row["id"] for row in submission["related"]], [letter.id])
        self.assertIn(self.issuer.name, [fact["value"] for fact in submission["facts"]])

    def test_related_document_that_may_not_be_read_keeps_its_subject(self):
        document, letter = self.second_round()
        letter.sudo()._revoke("distribution", users=self.leader)
        self.env["vanban.access"].sudo().search([
            ("document_id", "=", letter.id), ("principal_id", "in", self.leader.vanban_principal_ids.ids)]).unlink()
        (row,) = self.rpc(self.leader, document)["related"]
        self.assertFalse(row["readable"])
        self.assertNotIn("name", row)

    def test_strangers_and_recipients_do_not_see_the_submission(self):
        document, _letter = self.second_round()
        with self.assertRaises(UserError):
            self.rpc(self.outsider, document)
        document.sudo()._grant(users=self.outsider, source="recipient")
        try:
            self.rpc(self.outsider, document)
        except UserError as error:
            self.assertIn("submission", str(error))
        else:
            self.fail("a recipient sees what was said about the draft")
        refused = [("document_id", "=", document.id), ("outcome", "=", "refused"), ("user_id", "=", self.outsider.id), ("action", "=", "open")]
        self.assertTrue(self.env["vanban.log"].sudo().search(refused))

    def test_statements_do_not_grow_with_rounds_and_opinions(self):
        counts = []
        # the first one only fills the caches of rights and labels
        for rounds in (1, 1, 6):
            document = self.draft()
            for number in range(rounds):
                document.action_submit_review("Kính trình")
                document.with_user(self.unit_head).action_review_return(f"Sửa lần {number}")
            document.action_submit_review("Kính trình")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            document.with_user(self.unit_head).get_submission()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2], counts)
        self.assertLessEqual(counts[2], 25, counts)
