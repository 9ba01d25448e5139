import json

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import ormcache

# what gives a part in the making of a draft, and not only the finished document
PART = ("drafter", "review", "registry")
# these steps are told to whoever reads the document, with their reasons
TOLD = ("issue", "deliver", "recall_request", "recall_approve", "recall_deny", "recall_complete")


class DraftingShown(models.Model):
    """Opinions and course of a draft stay with those who made or supervise it (NĐ 30/2020 Đ.10–12; TH Đ8.4a, Đ9.1; HCM Đ16.2).

    Recipients inside the agency get the document as it was issued, not what was said on the way to it.
    """

    _inherit = "vanban.document"

    drafting_shown = fields.Boolean("Course of the draft shown", compute="_compute_drafting_shown", search="_search_drafting_shown")

    @api.depends_context("uid")
    @api.depends("direction", "access_ids", "drafter_id", "signer_id", "department_id", "company_id")
    def _compute_drafting_shown(self):
        drafts = self.filtered(lambda document: document.direction != "in")
        (self - drafts).drafting_shown = True  # its course is nobody's draft
        # safe: answers only for the current user
        shown = self.sudo().search(Domain("id", "in", drafts.ids) & self._drafting_shown_domain()) if drafts else self.browse()
        for document in drafts:
            document.drafting_shown = document._origin.id in shown._ids

    def _search_drafting_shown(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("direction", "=", "in") | self._drafting_shown_domain()

    @api.model
    def _drafting_shown_domain(self):
        # whom the user stands for depends on the day, as in the record rules
        return self._drafting_shown_on(self.env["vanban.register"]._today())

    @api.model
    @ormcache("self.env.uid", "day")
    def _drafting_shown_on(self, day):
        """Participants, the head of the drafting unit, and in their agency leaders, the Chief of Office and supervisors."""
        user = self.env.user
        domain = Domain.OR([
            Domain("drafter_id", "=", user.id),
            Domain("signer_id", "=", user.id),
            Domain("department_id.manager_id.user_id", "=", user.id),
            Domain("access_ids", "any", [("principal_id", "in", user.vanban_principal_ids.ids), ("source", "in", PART)]),
        ])
        if any(user.has_group(group) for group in self._drafting_supervisors()):
            domain |= Domain("company_id", "in", user.company_ids.ids)
        return domain

    @api.model
    def _drafting_supervisors(self):
        """Groups that follow the making of every document of their agency that they may read."""
        return ["vanban_core.group_leader", "vanban_core.group_office_chief", "vanban_core.group_auditor"]

    def _shown_steps(self):
        """[(log row, comment)] of the steps that the user may see, oldest first: all of them, or those since the signature."""
        self.ensure_one()
        rows = self.env["vanban.log"].sudo().search([  # safe: the steps of a document that the user may read
            ("model", "=", self._name), ("res_id", "=", self.id), ("outcome", "=", "done"),
            ("action", "in", ["create", *self._transition_table()]),
        ], order="id")  # fmt: skip
        if self.drafting_shown:
            return [(row, row.comment) for row in rows]
        signed = [number for number, row in enumerate(rows) if json.loads(row.data or "{}").get("to") == "signed"]
        return [(row, row.comment if row.action in TOLD else False) for row in rows[signed[-1]:]] if signed else []
