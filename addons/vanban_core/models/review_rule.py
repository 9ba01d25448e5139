from odoo import api, fields, models
from odoo.exceptions import UserError

from .review import REVIEW_STATES

WHO = [
    ("heads", "Head of the drafting unit"),
    ("role", "Holders of the role"),
    ("unit", "Head of a unit, or its holders of the role"),
    ("persons", "Named persons"),
    ("signer", "The signer"),
]
CONDITIONS = [
    ("always", "Every document"),
    ("leadership", "Signed by the leadership"),
    ("by_order", "Signed by order (TL.)"),
    ("appraisal", "Signed by the leadership, kind needs legal appraisal"),
    ("committee", "Matters of the standing leadership"),
]
INITIALS_BY = [("none", "Nobody"), ("reviewer", "The reviewer of the step"), ("office", "The Chief of Office")]


class ReviewRule(models.AbstractModel):
    """What one step of a review chain says: in which state, who, who puts initials on paper copies."""

    _name = "vanban.review.rule"
    _description = "Rule of a review step"
    _order = "sequence, id"
    _rec_name = "state"

    sequence = fields.Integer(default=10)
    state = fields.Selection(REVIEW_STATES, "Step", required=True)
    title = fields.Char("Name in this agency", help="How the agency calls the step; empty: the name of the step.")
    who = fields.Selection(
        WHO, "Reviewed by", compute="_compute_of_state", store=True, readonly=False, precompute=True, required=True
    )
    group_id = fields.Many2one("res.groups", "Role", ondelete="restrict")
    department_id = fields.Many2one("hr.department", "Unit", ondelete="restrict")
    user_ids = fields.Many2many("res.users", string="Persons")
    initials_by = fields.Selection(INITIALS_BY, "Initials on paper", required=True, default="none")
    initials_for = fields.Selection(
        [("always", "Every document"), ("leadership", "Signed by the leadership"), ("by_order", "Signed by order (TL.)")],
        "Initials on", required=True, default="always",
    )  # fmt: skip
    important_returns = fields.Boolean(
        "Important changes come here", help="A return by the leader marked “important” goes to this step, not to the drafter (HCM SĐ4a)."
    )

    @api.depends("state")
    def _compute_of_state(self):
        for rule in self:
            rule.who = {"review_dept": "heads", "review_unit": "heads", "leader": "signer"}.get(rule.state, "role")

    @api.depends_context("lang")
    @api.depends("state", "title")
    def _compute_display_name(self):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for rule in self:
            rule.display_name = rule.title or labels.get(rule.state)

    def _meets_initials(self, document):
        """Whether the chain wants initials in this step on a paper copy of ``document`` (BHXH PL05: TL. or signed by the leadership)."""
        wanted = {"always": True, "leadership": not document._by_order(), "by_order": document._by_order()}
        return self.initials_by != "none" and wanted[self.initials_for]

    def _holders(self, document):
        """Users who act in this step of ``document`` today: persons may change while a draft is on its way, the step does not."""
        self.ensure_one()
        rule = self.sudo()  # safe: configuration, and who holds which post
        if rule.state == "leader" and not document._by_order():
            return document.signer_id  # nobody else can sign, whatever the chain says
        if rule.who == "signer" and not document._by_order():
            return document.signer_id
        if rule.who == "signer" and document.asked_leader_id:
            return document.asked_leader_id
        if rule.who == "persons":
            return rule.user_ids.filtered(lambda user: user.active and document.company_id in user.company_ids).sudo(False)
        if rule.who == "unit" and not rule.group_id:
            return rule.department_id.manager_id.user_id.sudo(False)
        if rule.who == "heads":
            heads = document.department_id._vanban_heads()
            found = heads[:1] if rule.state == "review_dept" else heads[-1:]
            if found:
                return found
        group = rule.group_id
        if rule.who == "signer" and not group:
            group = self.env.ref("vanban_core.group_leader")
        users = self.env["res.users"].sudo().search([  # safe: finds who holds the role in this agency
            ("all_group_ids", "in", group.ids), ("company_ids", "in", document.company_id.ids), ("share", "=", False),
        ])
        if rule.who == "heads":
            users = users.filtered(lambda user: user.employee_id.department_id == document.department_id) or users
        elif rule.who == "unit":
            units = self.env["hr.department"].sudo().search([("id", "child_of", rule.department_id.ids)])  # safe: as above
            users = users.filtered(lambda user: user.employee_id.department_id in units)
        return users.sudo(False)

    def _check_holders(self, document):
        """``_holders``, or ``UserError`` with what the administrator has to set up."""
        found = self._holders(document)
        if not found:
            rule = self.sudo()  # safe: names of the configuration
            raise UserError(self.env._(
                "Nobody is set up for the step “%(step)s” in %(agency)s: give somebody the role “%(role)s”.",
                step=self.display_name, agency=document.company_id.name,
                role=rule.group_id.name or rule.department_id.name or dict(self._fields["who"]._description_selection(self.env))[rule.who],
            ))
        return found
