import base64

from .common import make_pdf
from .outgoing_common import OutgoingCase


class FollowCase(OutgoingCase):
    """Documents in work: helpers of the tests on deadlines, chase-ups, ledger and outcomes."""

    @classmethod
    def set_profile(cls, **values):
        """The agency's profile with other values."""
        cls.company.vanban_profile_id = cls.company.vanban_profile_id.copy({"code": "kiem_thu", "name": "Hồ sơ kiểm thử", **values})

    def in_progress(self, **vals):
        """A document that ``specialist`` leads alone and has started."""
        document = self.distributed([{"role": "lead", "user_id": self.specialist.id}], **vals)
        document.with_user(self.specialist).action_start()
        return document

    def lead_item(self, document):
        return document.assignment_ids.filtered(lambda item: item.role == "lead" and not item.child_ids)

    def notices(self, user, kind=None):
        domain = [("user_id", "=", user.id)] + ([("kind", "=", kind)] if kind else [])
        return self.env["vanban.notice"].sudo().search(domain)

    def issue_on_paper(self, draft):
        """Bring a draft through signature on paper, number and issue."""
        draft = draft.with_user(self.specialist)
        draft.write({"signer_id": self.leader.id})
        if not draft.main_file_id:
            draft.upload_file("du-thao.pdf", base64.b64encode(make_pdf("Du thao")).decode())
        draft.action_submit_review("Kính trình")
        draft.with_user(self.unit_head).action_review_approve("Đồng ý nội dung")
        draft.with_user(self.format_checker).action_review_approve("Đúng thể thức")
        clerk = self.through_paper(draft)
        clerk.action_issue()
        return draft
