from odoo import fields, models
from odoo.fields import Domain

SUGGESTED = 24
FOUND = 12


class DocumentDistributionInterface(models.Model):
    """What the distribution widget of the form asks: whom to offer, what was proposed, within which deadline."""

    _inherit = "vanban.document"

    def get_distribution(self):
        """State of the widget for the current user, or False when it is not his turn to distribute or assign.

        :return: ``{mode: "decide"|"assign", assignment_id, with_lead, principal, lines, direction_text, deadline, parent_deadline,
            proposed, suggestions}``; a line is ``{role, kind: "user"|"department", id, name, detail, deadline}``, dates ``YYYY-MM-DD`` or ""
        """
        self.ensure_one()
        self.check_access("read")
        if self._may("distribute") and self._distribution_capacity() != "proxy":
            return self._distribution_to_decide()
        assignment = self.my_assignment_id
        if assignment.proposed_step == "assign":
            return self._distribution_to_assign(assignment)
        return False

    def _distribution_to_decide(self):
        proposal = self.proposal_id
        lines = self._proposed_lines(proposal) if proposal else []
        capacity = self._distribution_capacity()
        return {
            "mode": "decide",
            "assignment_id": False,
            "with_lead": True,
            "principal": self.submitted_to_id.sudo().name if capacity == "delegated" else "",  # safe: name of the principal
            "lines": lines,
            "direction_text": proposal.direction_text or "",
            "deadline": fields.Date.to_string(proposal.deadline or self.deadline or self._default_deadline()) or "",
            "parent_deadline": "",
            "proposed": any(line["role"] == "lead" for line in lines),
            "suggestions": self._suggested_receivers(),
        }

    def _distribution_to_assign(self, assignment):
        principal = assignment._principal()
        return {
            "mode": "assign",
            "assignment_id": assignment.id,
            "with_lead": assignment.role == "lead",
            "principal": principal.sudo().name or "",  # safe: name of the principal
            "lines": [],
            "direction_text": "",
            "deadline": fields.Date.to_string(assignment.deadline) or "",
            "parent_deadline": fields.Date.to_string(assignment.deadline) or "",
            "proposed": False,
            "suggestions": self._suggested_receivers(assignment),
        }

    def _proposed_lines(self, proposal):
        lines = []
        for role in ("lead", "coordinate", "inform"):
            suffix = "id" if role == "lead" else "ids"
            deadline = {"lead": proposal.deadline, "coordinate": proposal.coordinate_deadline or proposal.deadline}.get(role)
            for record in (*proposal[f"{role}_department_{suffix}"], *proposal[f"{role}_user_{suffix}"]):
                lines.append({**self._receiver(record), "role": role, "deadline": fields.Date.to_string(deadline) or ""})
        return lines

    def _receiver(self, record):
        """A unit or person as the widget shows it."""
        record = record.sudo()  # safe: names and units of colleagues
        if record._name == "hr.department":
            return {"kind": "department", "id": record.id, "name": record.name, "detail": record.manager_id.name or ""}
        employee = record.employee_ids[:1]
        return {"kind": "user", "id": record.id, "name": record.name, "detail": employee.department_id.name or ""}

    def _suggested_receivers(self, assignment=None):
        """Units of the agency for who decides; own people (and units below) for the head of a unit."""
        departments = self.env["hr.department"].sudo()  # safe: names of units and colleagues
        if not assignment:
            units = departments.search([("company_id", "=", self.company_id.id)], limit=SUGGESTED, order="parent_path, id")
            return [self._receiver(unit) for unit in units]
        unit = assignment.department_id
        below = departments.search([("parent_id", "=", unit.id)], limit=SUGGESTED)
        people = self.env["res.users"].sudo().search(  # safe: as above
            [("employee_ids.department_id", "=", unit.id), ("share", "=", False), ("id", "!=", self.env.uid)], limit=SUGGESTED
        )
        return [self._receiver(record) for records in (below, people) for record in records]

    def search_receivers(self, text, assignment_id=None):
        """Units and people whose name holds ``text``, of the agency or within the unit of an assignment; at most ``FOUND`` of each.

        :return: list of ``{kind, id, name, detail}``
        """
        self.ensure_one()
        self.check_access("read")
        text = (text or "").strip()
        if not text:
            return []
        departments = self.env["hr.department"].sudo()  # safe: names of units and colleagues of the agency
        users = self.env["res.users"].sudo()  # safe: as above
        in_units = Domain("company_id", "=", self.company_id.id)
        in_people = Domain("company_ids", "in", self.company_id.ids) & Domain("share", "=", False)
        if assignment_id:
            unit = self.env["vanban.assignment"].browse(assignment_id).department_id
            inside = departments.search([("id", "child_of", unit.ids)])
            in_units &= Domain("id", "in", (inside - unit.sudo()).ids)
            in_people &= Domain("employee_ids.department_id", "in", inside.ids)
        units = departments.search(in_units & Domain("name", "ilike", text), limit=FOUND)
        people = users.search(in_people & Domain("name", "ilike", text), limit=FOUND)
        return [self._receiver(record) for records in (units, people) for record in records]
