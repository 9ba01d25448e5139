from odoo import fields

from .outgoing_common import OutgoingCase


class IssuingCase(OutgoingCase):
    """Documents about to be issued, worked on through the calls of the web client."""

    def issue(self, document):
        return self.rpc(self.clerk, "vanban.document", "action_issue", [document.id])

    def class_of(self, use_form, submission_form="electronic"):
        version = self.env["vanban.class.list"].create({
            "name": "Danh mục của Sở", "company_id": self.company.id, "valid_from": "2020-01-01",
            "class_ids": [fields.Command.create({
                "code": "B.1", "name": "Loại thử", "direction": "out", "use_form": use_form, "submission_form": submission_form,
            })],
        })
        return version.class_ids

    def at_issue(self, **vals):
        profile = self.company.vanban_profile_id
        self.company.vanban_profile_id = self.env.ref("vanban_core.profile_nd30")
        document = self.signed_on_paper(**vals)
        self.rpc(self.clerk, "vanban.document", "action_allocate_number", [document.id])
        self.rpc(self.clerk, "vanban.document", "action_keep_copy", [document.id])
        self.company.vanban_profile_id = profile
        return document
