from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import vietnam_time
from .assignment import OPEN, ROLES


class AssignmentCreation(models.Model):
    """How assignments come into being: checked, created, made readable and announced, in few statements whatever their number."""

    _inherit = "vanban.assignment"

    @api.model
    def _assign(self, document, lines, direction_text=None, parent=None, on_behalf=None, capacity="own"):
        """Create assignments, access and to-dos for ``lines``.

        :param lines: as in ``vanban.document.action_distribute``; ``override_reason`` lets a child end after its parent
        :raise UserError: not exactly one lead, nobody or somebody twice named, or a deadline past the parent's
        """
        lines = list(lines or ())
        self._check_receivers(document, lines)
        self._check_lines(lines, parent)
        vals_list = [{**self._line_vals(document, line, direction_text, parent, on_behalf), "capacity": capacity} for line in lines]
        items = self._create_quietly(vals_list)
        for act, roles in ((True, ("lead", "coordinate")), (False, ("inform",))):
            chosen = items.filtered(lambda item, roles=roles: item.role in roles)
            if chosen:
                document._grant(
                    users=chosen.user_id, departments=chosen.filtered(lambda item: not item.user_id).department_id,
                    act=act, source="assignment",
                )
        document._record_direction("direction", direction_text, parent, on_behalf, capacity)
        items._announce()
        return items

    @api.model
    def _create_quietly(self, vals_list):
        """The log is the trace and a to-do the notice: neither followers nor a message “created” for each of hundreds of rows."""
        # safe: the right to distribute or to submit was checked by the transition of document or parent
        return self.sudo().with_context(tracking_disable=True).create(vals_list).with_env(self.env).sudo(False)

    # ---------------------------------------------------------------- checks

    def _line_vals(self, document, line, direction_text, parent, on_behalf):
        """Values of the assignment for one checked line."""
        default = parent.deadline if parent else document.deadline or document._default_deadline()
        return {
            "document_id": document.id, "parent_id": parent.id if parent else False, "role": line["role"],
            "user_id": line.get("user_id") or False, "department_id": line.get("department_id") or False,
            "note": line.get("note") or direction_text or False, "assigner_id": self.env.uid,
            "on_behalf_id": on_behalf.id if on_behalf else False, **self._deadline_vals(line, default, parent, document),
        }  # fmt: skip

    def _check_receivers(self, document, lines):
        """Refuse ids of nobody, and people of other agencies."""
        # safe: existence, agency and activity of colleagues
        users = self.env["res.users"].sudo().browse([line["user_id"] for line in lines if line.get("user_id")]).exists()
        departments = self.env["hr.department"].sudo().browse([line["department_id"] for line in lines if line.get("department_id")]).exists()
        for line in lines:
            if not (line.get("user_id") in users.ids or line.get("department_id") in departments.ids):
                raise UserError(self.env._("Every line of the distribution needs a unit or a person."))
        company = document.company_id
        strangers = users.filtered(lambda user: company not in user.company_ids or not user.active).mapped("name")
        strangers += departments.filtered(lambda unit: unit.company_id and unit.company_id != company).mapped("name")
        if strangers:
            raise UserError(self.env._("They do not work in this agency, or no longer: %(names)s.", names=", ".join(strangers)))

    def _check_lines(self, lines, parent):
        if any(line.get("role") not in dict(ROLES) for line in lines):
            raise UserError(self.env._("Every line of the distribution needs its role: lead, coordinate or for information."))
        named = [(line.get("user_id") or 0, line.get("department_id") or 0) for line in lines]
        if len(set(named)) < len(named):
            raise UserError(self.env._("The same unit or person is named twice: give each one role only."))
        leads = sum(line["role"] == "lead" for line in lines)
        if parent is None or parent.role == "lead":
            # who already has a lead below may still add others
            present = bool(parent and parent._active_children().filtered(lambda item: item.role == "lead"))
            if leads + present != 1:
                raise UserError(self.env._("Exactly 1 unit or person must be named as lead; there are %(count)s.", count=leads + present))
        elif not lines:
            raise UserError(self.env._("Choose at least one person."))
        elif leads:
            raise UserError(self.env._("This unit only coordinates: nobody under it can lead. Choose “Coordinate”."))

    def _deadline_vals(self, line, default, parent, document):
        deadline = fields.Date.to_date(line.get("deadline")) or default
        reason = (line.get("override_reason") or "").strip()
        past_parent = bool(parent and parent.deadline and deadline and deadline > parent.deadline)
        if past_parent and not reason:
            raise UserError(self.env._(
                "The deadline %(child)s lies after the deadline %(parent)s that you were given. Choose an earlier day, or write the reason.",
                child=deadline.strftime("%d/%m/%Y"), parent=parent.deadline.strftime("%d/%m/%Y"),
            ))
        kept = document.deadline if not parent else parent.deadline
        if deadline and deadline < vietnam_time.today() and deadline != kept:
            raise UserError(self.env._("The deadline %(date)s is already past.", date=deadline.strftime("%d/%m/%Y")))
        return {"deadline": deadline, "override_reason": reason if past_parent else False}

    # -------------------------------------------------------------- announce

    def _announce(self):
        """One to-do per person: the assignee, or the head of the unit (or who stands for that head)."""
        activity_type = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id("vanban.document")
        roles = dict(self._fields["role"]._description_selection(self.env))
        today = vietnam_time.today()
        vals_list = {}
        for item in self.sudo():  # safe: heads of the units that were just assigned
            head = item._head()
            for user in item.user_id or head.vanban_delegate_ids or head:
                vals_list.setdefault((item.document_id, user), {
                    "activity_type_id": activity_type.id, "res_model_id": model_id, "res_id": item.document_id.id, "user_id": user.id,
                    "summary": self.env._("For early preparation") if item.is_early else roles[item.role],
                    "note": item.note or "", "automated": True, "date_deadline": item.deadline or today,
                })  # fmt: skip
            if item.override_reason:
                item.document_id._notify(item.parent_id.assigner_id, self.env._(
                    "%(name)s has until %(date)s, later than given: %(reason)s",
                    name=item.assignee_name, date=item.deadline.strftime("%d/%m/%Y"), reason=item.override_reason,
                ))
        # safe: to-dos of the flow, made by whoever distributes; each is told by one notice, nobody becomes a follower
        self.env["mail.activity"].sudo().create(list(vals_list.values()))

    # ----------------------------------------------------- early preparation

    @api.model
    def _prepare_early(self, document, proposal):
        """A copy to read and prepare for the units and persons of a proposal, until the leader has decided (IN-28)."""
        departments = proposal.lead_department_id | proposal.coordinate_department_ids
        users = proposal.lead_user_id | proposal.coordinate_user_ids
        items = self._create_quietly([
            {
                "document_id": document.id, "role": "inform", "is_early": True, "assigner_id": self.env.uid, "deadline": False,
                "note": proposal.direction_text, f"{'user' if record._name == 'res.users' else 'department'}_id": record.id,
            }
            for records in (departments, users) for record in records
        ])  # fmt: skip
        if items:
            document._grant(users=users, departments=departments, act=False, source="assignment")
            items._announce()
        return items

    # ------------------------------------------------------------ immutability

    def write(self, vals):
        """What was directed or contributed is never written over; even the flow only adds (HCM Đ16.4a)."""
        for name in vals.keys() & {"note", "contribution"}:
            if any(item[name] and not (vals[name] or "").startswith(item[name]) for item in self.sudo()):  # safe: compares only
                raise UserError(self.env._("What was sent stays as it is: add a new entry instead."))
        return super().write(vals)

    def _open(self):
        return self.filtered(lambda item: item.state in OPEN)
