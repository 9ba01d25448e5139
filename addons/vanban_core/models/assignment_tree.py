from odoo import fields, models

from .assignment_interface import ROLE_ORDER


class DocumentAssignmentTree(models.Model):
    """The whole cascade of a document for those who read it (IN-31)."""

    _inherit = "vanban.document"

    def get_assignment_tree(self):
        """Who was given what by whom, level under level.

        :return: list of ``{id, role, role_label, name, is_unit, state, state_label, deadline, lateness, note, contribution, assigned_by,
            override_reason, moved, is_early, may_transfer, children}``, the lead first; dates as ``YYYY-MM-DD``
        """
        self.ensure_one()
        self.check_access("read")
        items = self.sudo().assignment_ids  # safe: the assignments of a document that the user may read
        roles = dict(items._fields["role"]._description_selection(self.env))
        states = dict(items._fields["state"]._description_selection(self.env))
        registry = self._is_registry()
        nodes = {item.id: self._tree_node(item, roles, states, registry) for item in items}
        tops = []
        for item in items.sorted(lambda item: (ROLE_ORDER[item.role], item.id)):
            above = nodes.get(item.parent_id.id)
            (above["children"] if above else tops).append(nodes[item.id])
        return tops

    def _tree_node(self, item, roles, states, registry):
        moved = ""
        if item.transferred_from_id:
            moved = self.env._(
                "moved from %(old)s at the request of %(who)s: %(reason)s",
                old=item.transferred_from_id.assignee_name, who=item.requester_id.name, reason=item.transfer_reason,
            )
        return {
            "id": item.id,
            "role": item.role,
            "role_label": self.env._("For early preparation") if item.is_early else roles[item.role],
            "name": item.assignee_name,
            "is_unit": not item.user_id,
            "state": item.state,
            "state_label": states[item.state],
            "deadline": fields.Date.to_string(item.deadline) or "",
            "lateness": item.lateness,
            "note": item.note or "",
            "contribution": item.contribution or "",
            "assigned_by": item.assigned_by,
            "override_reason": item.override_reason or "",
            "moved": moved,
            "is_early": item.is_early,
            "may_transfer": registry and item.state in ("new", "received", "processing"),
            "children": [],
        }

    def get_directions(self):
        """Directions and opinions, oldest first: list of ``{id, kind, kind_label, author, date, text}`` (date UTC)."""
        self.ensure_one()
        self.check_access("read")
        rows = self.sudo().direction_ids  # safe: entries on a document that the user may read
        kinds = dict(rows._fields["kind"]._description_selection(self.env))
        return [
            {
                "id": row.id, "kind": row.kind, "kind_label": kinds[row.kind], "author": row._author_text(),
                "date": fields.Datetime.to_string(row.date), "text": row.text,
            }
            for row in rows
        ]  # fmt: skip
