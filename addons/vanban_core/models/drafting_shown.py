import json

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import ormcache

from ..tools import vietnam_time

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
    @api.depends("access_ids", "company_id")
    def _compute_drafting_shown(self):
        # safe: answers only for the current user
        shown = self.sudo().search(Domain("id", "in", self.ids) & self._drafting_shown_domain())
        for document in self:
            document.drafting_shown = document._origin.id in shown._ids

    def _search_drafting_shown(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._drafting_shown_domain()

    @api.model
    def _drafting_shown_domain(self):
        """Besides the right to read: in their agency leaders, the Chief of Office and supervisors, else those who have a part.

        One condition without alternatives: record rules ask it, and the database then looks up the one document.
        """
        # whom the user stands for depends on the day, as in the record rules
        return self._drafting_shown_on(vietnam_time.today())

    @api.model
    @ormcache("self.env.uid", "day")
    def _drafting_shown_on(self, day):
        user = self.env.user
        if any(user.has_group(group) for group in self._drafting_supervisors()):
            return Domain("company_id", "in", user.company_ids.ids)
        principals = user.vanban_principal_ids
        units = principals.filtered(lambda principal: principal.kind == "unit")
        return Domain("access_ids", "any", (
            Domain("principal_id", "in", principals.ids) & Domain("source", "in", PART)
            # head and clerk of the unit that drafted it
            | Domain("principal_id", "in", units.ids) & Domain("source", "=", "issue")
        ))

    @api.model
    def _drafting_supervisors(self):
        """Groups that follow the making of every document of their agency that they may read."""
        return ["vanban_core.group_leader", "vanban_core.group_office_chief", "vanban_core.group_auditor"]

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """What was written to each other about a draft is read by those who see its making, or handle the document."""
        result = super()._mail_get_operation_for_mail_message_operation(message_operation)
        if message_operation == "read":
            drafts = Domain("id", "in", self.ids) & Domain("direction", "!=", "in")
            # safe: answers only for the current user
            result.update(dict.fromkeys(self.sudo().search(drafts & ~self._drafting_shown_domain()), "write"))
        return result

    def _shown_steps(self):
        """[(log row, comment)] of the steps that the user may see, oldest first: all of them, or those since the signature."""
        self.ensure_one()
        rows = self.env["vanban.log"].sudo().search([  # safe: the steps of a document that the user may read
            ("model", "=", self._name), ("res_id", "=", self.id), ("outcome", "=", "done"),
            ("action", "in", ["create", *self._transition_table()]),
        ], order="id")  # fmt: skip
        # an incoming document has no draft: who works on it sees what was directed (TH Đ8.4a)
        if self.direction == "in" or self.drafting_shown:
            return [(row, row.comment) for row in rows]
        signed = [number for number, row in enumerate(rows) if json.loads(row.data or "{}").get("to") == "signed"]
        return [(row, row.comment if row.action in TOLD else False) for row in rows[signed[-1]:]] if signed else []
