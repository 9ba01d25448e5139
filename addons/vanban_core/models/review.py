from odoo import api, fields, models

REVIEW_STATES = [
    ("review_dept", "Department review"),
    ("review_unit", "Unit review"),
    ("legal", "Legal appraisal"),
    ("format_check", "Format check"),
    ("office_review", "Approval by the office leader"),
    ("leader", "Approval by the leader"),
]
# which of the three controls of NĐ 30/2020 Đ.12 and TH Đ9.1 a step records; the office leader passes matters of the
# standing leadership on: a control of their content, not yet the approval (HCM SĐ4)
CONTROLS = {
    "review_dept": "content", "review_unit": "content", "legal": "legal", "format_check": "format", "office_review": "content",
    "leader": "approval",
}  # fmt: skip


class Review(models.Model):
    """An opinion given in a review round: who, in which step, when, on which version of the draft; never changed."""

    _name = "vanban.review"
    _description = "Review of a draft"
    _order = "document_id, round, id"
    _inherit = ["vanban.written.once"]
    _rec_name = "step"

    document_id = fields.Many2one("vanban.document", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="document_id.company_id", store=True, precompute=True)
    round = fields.Integer(required=True)
    step = fields.Selection(REVIEW_STATES + [("clerk_check", "Clerk's check")], required=True)
    control = fields.Selection(
        [("content", "Content"), ("legal", "Legality"), ("format", "Form and technique"), ("approval", "Approval")], "Control recorded"
    )
    reviewer_id = fields.Many2one("res.users", "Reviewer", required=True, ondelete="restrict")
    on_behalf_id = fields.Many2one("res.users", "On behalf of", ondelete="restrict")
    decision = fields.Selection([("approve", "Approved"), ("return", "Returned")], required=True)
    important = fields.Boolean("Important", help="Returned through the office leader, not straight to the drafter (HCM SĐ4a).")
    comment = fields.Text("Opinion")
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    file_id = fields.Many2one("vanban.file", "Version reviewed", ondelete="restrict")

    def _message_kept(self):
        return self.env._(
            "Opinions on a draft are given with its buttons and stay as they were given: "
            "they can be neither added, changed nor deleted by hand."
        )

    @api.model
    def _record(self, document, step, decision, comment=None, principal=None, important=False):
        """Write one opinion of the current user on the present version; called by the flow only."""
        return self.sudo().create({  # safe: the transition checked the reviewer's right to this step
            "document_id": document.id,
            "round": document.round,
            "step": step,
            "control": CONTROLS.get(step, "format"),
            "reviewer_id": self.env.uid,
            "on_behalf_id": principal.id if principal else False,
            "decision": decision,
            "important": important,
            "comment": comment or False,
            "file_id": document.sudo().main_file_id.id,  # safe: an id of the document just reviewed
        })
