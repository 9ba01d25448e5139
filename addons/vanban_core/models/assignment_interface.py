from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .assignment import OPEN

ROLE_ORDER = {"lead": 0, "coordinate": 1, "inform": 2}


class AssignmentInterface(models.Model):
    """What the work lists ask of an assignment."""

    _inherit = "vanban.assignment"

    is_mine = fields.Boolean("Assigned to me", compute="_compute_is_mine", search="_search_is_mine")
    proposed_step = fields.Selection(
        [("assign", "Assign in the unit"), ("start", "Start"), ("contribute", "Contribute"), ("read", "Take note"), ("done", "Report")],
        compute="_compute_proposed_step",
    )

    @api.depends_context("uid")
    @api.depends("user_id", "department_id")
    def _compute_is_mine(self):
        for item in self:
            item.is_mine = item._may_handle()

    @api.model
    def _search_is_mine(self, operator, value):
        """Assigned to the user, or to a unit that the user heads: ids first, so that the list is one indexed query."""
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        units = self.env["hr.department"].sudo().search([  # safe: units that the user heads or stands for
            ("manager_id.user_id", "in", (self.env.user | self.env.user.vanban_delegator_ids).ids)
        ])
        mine = Domain("user_id", "=", self.env.uid)
        if units:
            mine |= Domain("user_id", "=", False) & Domain("department_id", "in", units.ids)
        return mine

    @api.depends_context("uid")
    @api.depends("state", "role", "user_id", "child_ids.state", "document_id.state")
    def _compute_proposed_step(self):
        """The one obvious next step of the current user; empty when it is not his turn."""
        for item in self:
            item.proposed_step = item._proposed_step() if item.state in OPEN and item._may_handle() else False

    def _proposed_step(self):
        if self.role == "inform":
            return "read" if self.state == "new" else False
        if not self.user_id:
            return False if self._active_children() else "assign"
        if self.role == "coordinate":
            return "contribute"
        if self.document_id.state == "distributed":
            return "start"
        # the lead completes the document itself; a lead under a coordinating unit reports to it
        return False if self._leads_document() else "done"

    def _leads_document(self):
        item = self.sudo()  # safe: roles above the user's own assignment
        while item.parent_id:
            if item.role != "lead":
                return False
            item = item.parent_id
        return item.role == "lead"

    def action_open_document(self):
        """Open the document; receiving is recorded by opening it from the list (TH Đ8.3a)."""
        self.ensure_one()
        if self.state == "new" and self.role != "inform" and self._may_handle():
            self.action_receive()
        return {
            "type": "ir.actions.act_window",
            "res_model": "vanban.document",
            "res_id": self.document_id.id,
            "views": [(self.document_id.get_formview_id(), "form")],
        }


class DocumentAssignmentInterface(models.Model):
    _inherit = "vanban.document"

    my_assignment_id = fields.Many2one("vanban.assignment", compute="_compute_my_assignment_id")
    my_assignment_step = fields.Char(compute="_compute_my_assignment_id")
    my_assignment_state = fields.Char(compute="_compute_my_assignment_id")

    @api.depends_context("uid")
    @api.depends("state", "assignment_ids.state", "assignment_ids.child_ids.state")
    def _compute_my_assignment_id(self):
        items = self.env["vanban.assignment"].search(
            [("document_id", "in", self.ids), ("is_mine", "=", True), ("state", "in", OPEN)]
        ).sorted(lambda item: (bool(item._active_children()), ROLE_ORDER[item.role], -item.id))
        by_document = items.grouped("document_id")
        for document in self:
            item = by_document.get(document, items.browse())[:1]
            document.my_assignment_id = item
            document.my_assignment_step = item.proposed_step
            document.my_assignment_state = item.state

    def action_take_note(self):
        """Somebody informed has read the document."""
        for document in self:
            document.my_assignment_id.action_receive()
        return True

    def action_draft_reply(self):
        """Open the draft that answers this incoming document.

        :raise UserError: the current user does not handle the document
        """
        self.ensure_one()
        if not self.my_assignment_id:
            raise UserError(self.env._("Only the person who handles the document can draft its reply."))
        draft = self.browse(self.my_assignment_id.action_create_reply())
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": draft.id,
            "views": [(draft.get_formview_id(), "form")],
        }
