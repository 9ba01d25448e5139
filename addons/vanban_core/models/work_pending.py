from odoo import api, models

from ..tools import vietnam_time
from .assignment import OPEN

_LIMIT = 50
DRAFTS = ("draft", "consulting", "rework")


class WorkPending(models.AbstractModel):
    """Everything that waits for the current user, of whatever kind, in one list: urgent first, then by deadline (WORK-12)."""

    _inherit = "vanban.work.box"

    @api.model
    def get_pending(self, limit=_LIMIT):
        """
        :return: ``{"items": [{key, model, id, title, note, kind, deadline, late, urgency, document_id}], "count"}``;
            ``deadline`` as "YYYY-MM-DD" or False, ``urgency`` the label or False
        """
        items = [item for source in self._pending_sources() for item in source(limit)]
        seen, unique = set(), []
        for item in items:
            if item["key"] not in seen:
                seen.add(item["key"])
                unique.append(item)
        unique.sort(key=lambda item: (-item["rank"], item["deadline"] or "9999", item["title"]))
        return {"items": unique[:limit], "count": len(unique)}

    @api.model
    def _pending_sources(self):
        """Methods that give items; other addons add theirs (tasks, calendar, archive)."""
        return [self._pending_assignments, self._pending_documents, self._pending_todos]

    @api.model
    def _pending_assignments(self, limit):
        items = self.env["vanban.assignment"].search(
            [("is_mine", "=", True), ("state", "in", OPEN), ("role", "in", ("lead", "coordinate"))], limit=limit, order="urgency desc, deadline, id"
        )
        roles = dict(items._fields["role"]._description_selection(self.env))
        return [
            self._pending_item(item.document_id, roles[item.role], item.note, item.deadline) for item in items
        ]

    @api.model
    def _pending_documents(self, limit):
        """Own drafts, and documents whose next step was given to the user as a to-do."""
        drafts = self.env["vanban.document"].search(
            [("direction", "!=", "in"), ("drafter_id", "=", self.env.uid), ("state", "in", DRAFTS)], limit=limit, order="urgency desc, id"
        )
        states = dict(drafts._fields["state"]._description_selection(self.env))
        return [
            self._pending_item(draft, states[draft.state], draft.last_return_comment, draft.reply_due_date) for draft in drafts
        ]

    @api.model
    def _pending_todos(self, limit):
        todos = self.env["mail.activity"].search([("user_id", "=", self.env.uid)], limit=limit, order="date_deadline, id")
        items = []
        documents = self.env["vanban.document"].browse([todo.res_id for todo in todos if todo.res_model == "vanban.document"])
        readable = documents.exists()._filtered_access("read")
        for todo in todos:
            if todo.res_model == "vanban.document":
                document = documents.browse(todo.res_id)
                if document in readable:
                    items.append(self._pending_item(document, todo.summary or self.env._("Your turn"), todo._note_line(), todo.date_deadline))
            else:
                items.append({
                    "key": f"todo-{todo.id}", "model": todo.res_model or "mail.activity", "id": todo.res_id if todo.res_model else todo.id,
                    "title": todo.summary or todo.res_name or self.env._("To-do"), "note": todo._note_line(), "kind": self.env._("Task"),
                    **self._pending_date(todo.date_deadline), "urgency": False, "rank": 0, "document_id": False,
                })
        return items

    @api.model
    def _pending_item(self, document, kind, note, deadline):
        urgency = dict(document._fields["urgency"]._description_selection(self.env))
        return {
            "key": f"document-{document.id}", "model": "vanban.document", "id": document.id, "title": document.display_name,
            "note": (note or "")[:200], "kind": kind, **self._pending_date(deadline),
            "urgency": urgency[document.urgency] if document.urgency != "0" else False, "rank": int(document.urgency),
            "document_id": document.id,
        }

    @api.model
    def _pending_date(self, deadline):
        today = vietnam_time.today()
        return {"deadline": str(deadline) if deadline else False, "late": bool(deadline) and deadline < today}

    @api.model
    def get_pending_action(self, model, res_id):
        """The action that opens one item."""
        record = self.env[model].browse(res_id)
        view = record.get_formview_id() if model == "vanban.document" else False
        return {"type": "ir.actions.act_window", "res_model": model, "res_id": res_id, "views": [(view, "form")]}
