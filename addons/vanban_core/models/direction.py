from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class Direction(models.Model):
    """A direction or opinion on an incoming document as it was given: who, for whom, when; only added to (TH Đ8.4a; HCM Đ16.4a)."""

    _name = "vanban.direction"
    _inherit = ["vanban.written.once"]
    _description = "Direction or opinion"
    _order = "id"
    _rec_name = "text"

    document_id = fields.Many2one("vanban.document", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="document_id.company_id", store=True)
    assignment_id = fields.Many2one("vanban.assignment", "To those under", ondelete="restrict")
    kind = fields.Selection([("direction", "Instruction"), ("opinion", "Opinion"), ("answer", "Answer to a request")], required=True)
    author_id = fields.Many2one("res.users", "Author", required=True, ondelete="restrict")
    on_behalf_id = fields.Many2one("res.users", "On behalf of", ondelete="restrict")
    capacity = fields.Selection([("own", "In person"), ("delegated", "By delegation"), ("proxy", "Entered for the leader")], default="own")
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    text = fields.Text("Content", required=True)

    def _author_text(self):
        """Author, with both names when the power is another's."""
        if not self.on_behalf_id:
            return self.author_id.name
        names = {"user": self.author_id.name, "principal": self.on_behalf_id.name}
        if self.capacity == "proxy":
            return self.env._("%(principal)s directs, entered by %(user)s", **names)
        return self.env._("%(user)s, by delegation of %(principal)s", **names)

    def _message_kept(self):
        return self.env._("Directions and opinions stay as they were sent: add a new entry with its button.")


class DocumentDirection(models.Model):
    _inherit = "vanban.document"

    direction_ids = fields.One2many("vanban.direction", "document_id", "Directions and opinions", readonly=True)
    contribution_summary = fields.Text("Contributions", compute="_compute_contribution_summary")

    @api.depends("assignment_ids.state", "assignment_ids.role")
    def _compute_contribution_summary(self):
        """Who coordinates and whether the contribution is there: “B: contributed, C: not yet” (IN-46)."""
        for document in self:
            parts = []
            for item in document.assignment_ids.sorted("id"):
                if item.role != "coordinate" or item.state in ("rejected", "stopped"):
                    continue
                given = self.env._("contributed") if item.state in ("contributed", "done") else self.env._("not yet")
                parts.append(f"{item.assignee_name}: {given}")
            document.contribution_summary = ", ".join(parts) or False

    def _record_direction(self, kind, text, assignment=None, principal=None, capacity="own"):
        """Add one entry of the current user; called by the flow after its checks."""
        text = (text or "").strip()
        if not text:
            return self.env["vanban.direction"]
        return self.env["vanban.direction"].sudo().create([  # safe: the flow checked the right to decide or handle
            {
                "document_id": document.id, "assignment_id": assignment.id if assignment else False, "kind": kind, "text": text,
                "author_id": self.env.uid, "on_behalf_id": principal.id if principal else False,
                "capacity": capacity if capacity in ("delegated", "proxy") else "own",
            }
            for document in self
        ])  # fmt: skip

    def action_add_direction(self, text):
        """Add a direction (of whoever assigned) or an opinion (of whoever handles); earlier entries stay (IN-48).

        :raise UserError: nothing written; :raise AccessError: neither decides on nor handles the document
        """
        text = (text or "").strip()
        if not text:
            raise UserError(self.env._("Write the direction or opinion first."))
        for document in self:
            document._add_direction(text)
        return True

    def _add_direction(self, text):
        items = self.sudo().assignment_ids  # safe: who has to be told of the entry
        user = self.env.user
        assigned = items.filtered(lambda item: user in item.assigner_id | item.on_behalf_id and not item.is_early)
        handled = items.filtered(lambda item: item.state in ("new", "received", "processing") and item.with_env(self.env)._may_handle())
        if not assigned and not (handled and self._can_act()):
            message = self.env._("Directions come from whoever assigned the document, opinions from whoever handles it.")
            self._log_refused("direction", message)
            raise AccessError(message)
        self._record_direction("direction" if assigned else "opinion", text, handled[:1].parent_id if not assigned else assigned[:1].parent_id)
        self._log("direction" if assigned else "opinion", comment=text)
        told = assigned._open() if assigned else self._lead_assignments().sudo()._open()
        users = told.user_id | user.union(*(item._head() for item in told if not item.user_id))
        self._notify(users - user, text)
