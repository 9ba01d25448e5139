import base64

from odoo import fields

from .common import VanbanCase, make_pdf


class OutgoingCase(VanbanCase):
    """Drafts on their way: helpers shared by the tests of outgoing documents."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.department.vanban_symbol = "TC"
        cls.leader_employee = cls.env["hr.employee"].create({
            "name": cls.leader.name, "user_id": cls.leader.id, "company_id": cls.company.id, "job_title": "Giám đốc",
        })

    def draft(self, pdf=True, user=None, **vals):
        """A complete draft of ``specialist`` to one outside agency, with a PDF unless ``pdf=False``."""
        document = self.env["vanban.document"].with_user(user or self.specialist).create({
            "direction": "out",
            "company_id": self.company.id,
            "kind_id": self.kind.id,
            "subject": "báo cáo công tác văn thư năm 2026",
            "signer_id": self.leader.id,
            "body": "<p>Thực hiện kế hoạch, Sở Nội vụ báo cáo như sau.</p>",
            "recipient_ids": [fields.Command.create({"partner_id": self.issuer.id})],
            **vals,
        })
        if pdf:
            document.upload_file("du-thao.pdf", base64.b64encode(make_pdf("Du thao")).decode())
        return document

    def at_leader(self, **vals):
        """A draft that passed content and format control."""
        return self.agreed(self.draft(**vals))

    def agreed(self, document):
        """The draft, passed by both controls."""
        document.action_submit_review("Kính trình")
        document.with_user(self.unit_head).action_review_approve("Đồng ý nội dung")
        document.with_user(self.format_checker).action_review_approve("Đúng thể thức")
        return document

    def signed_on_paper(self, **vals):
        """A document signed with ink, its scan put in and checked by the clerk."""
        document = self.at_leader(**vals)
        scan = base64.b64encode(make_pdf("Ban quet co chu ky")).decode()
        document.with_user(self.clerk).action_sign_on_paper("ban-quet.pdf", scan)
        document.with_user(self.clerk).action_clerk_check()
        return document

    def through_paper(self, document):
        """Bring what waits for its signature to the clerk's issue: signed with ink, numbered, printed."""
        clerk = document.with_user(self.clerk)
        clerk.action_sign_on_paper("ban-quet.pdf", base64.b64encode(make_pdf("Ban quet")).decode())
        clerk.action_clerk_check()
        clerk.action_allocate_number()
        clerk.write({"medium": "paper"})
        clerk.action_paper_done()
        return clerk

    def on_paper(self, **vals):
        """A paper-only document ready to be issued."""
        document = self.signed_on_paper(**vals)
        document.with_user(self.clerk).action_allocate_number()
        document.with_user(self.clerk).write({"medium": "paper"})
        document.with_user(self.clerk).action_paper_done()
        return document
