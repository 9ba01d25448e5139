from odoo import api, fields, models
from odoo.exceptions import AccessError

REVIEW_STATES = [
    ("review_dept", "Department review"),
    ("review_unit", "Unit review"),
    ("legal", "Legal appraisal"),
    ("format_check", "Format check"),
    ("leader", "Approval by the leader"),
]
# which of the three controls of NĐ 30/2020 Đ.12 and TH Đ9.1 a step records
CONTROLS = {"review_dept": "content", "review_unit": "content", "legal": "legal", "format_check": "format", "leader": "approval"}


class ReviewStep(models.Model):
    """One step of the review chain of a profile (P-23): which state, which role, for which kinds."""

    _name = "vanban.review.step"
    _description = "Review step"
    _order = "profile_id, sequence, id"
    _rec_name = "state"

    profile_id = fields.Many2one("vanban.profile", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    state = fields.Selection(REVIEW_STATES, "Step", required=True)
    group_id = fields.Many2one("res.groups", "Role", required=True, ondelete="restrict")
    kind_ids = fields.Many2many("vanban.document.kind", string="Only for these kinds")

    _once = models.Constraint("UNIQUE(profile_id, state)", "This step is already in the chain.")

    def _applies(self, kind):
        self.ensure_one()
        if self.state == "legal" and not self.kind_ids:
            return bool(kind.legal_required)
        return not self.kind_ids or kind in self.kind_ids


class Review(models.Model):
    """An opinion given in a review round: who, in which step, when, on which version of the draft; never changed."""

    _name = "vanban.review"
    _description = "Review of a draft"
    _order = "document_id, round, id"
    _inherit = ["vanban.log.mixin"]
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
    comment = fields.Text("Opinion")
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    file_id = fields.Many2one("vanban.file", "Version reviewed", ondelete="restrict")

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._refuse("create")
        return super().create(vals_list)

    def write(self, vals):
        self._refuse("write")

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse("delete")

    def _refuse(self, action):
        message = self.env._(
            "Opinions on a draft are given with its buttons and stay as they were given: "
            "they can be neither added, changed nor deleted by hand."
        )
        self._log_refused(action, message)
        raise AccessError(message)

    @api.model
    def _record(self, document, step, decision, comment=None, principal=None):
        """Write one opinion of the current user on the present version; called by the flow only."""
        return self.sudo().create({  # safe: the transition checked the reviewer's right to this step
            "document_id": document.id,
            "round": document.round,
            "step": step,
            "control": CONTROLS.get(step, "format"),
            "reviewer_id": self.env.uid,
            "on_behalf_id": principal.id if principal else False,
            "decision": decision,
            "comment": comment or False,
            "file_id": document.sudo().main_file_id.id,  # safe: an id of the document just reviewed
        })
