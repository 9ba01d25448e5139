from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import vietnam_time
from .assignment import OPEN


class AssignmentDeadline(models.Model):
    """From when a deadline counts (P-14), and who answers for an assignment."""

    _inherit = "vanban.assignment"
    # urgent ones are first wherever assignments are listed (IN-24)
    _order = "urgency desc, deadline, id"

    term_days = fields.Integer(
        "Term (working days)", readonly=True, help="Set when the deadline follows from a number of days and not from a date that somebody chose."
    )
    clock_date = fields.Datetime("Counted from", readonly=True)
    first_deadline = fields.Date("Deadline at assignment", readonly=True, help="Before the clock started or an extension was granted.")
    step_date = fields.Datetime("In this step since", readonly=True, default=fields.Datetime.now)
    reminder_level = fields.Integer(readonly=True, default=0)
    arrival_date = fields.Datetime(related="document_id.arrival_date", string="Received by the agency")

    # the nightly reminders read only what is open
    _remind_index = models.Index("(company_id, deadline) WHERE state IN ('new', 'received', 'processing') AND deadline IS NOT NULL")
    _unit_index = models.Index("(department_id, role, deadline) WHERE state IN ('new', 'received', 'processing') AND user_id IS NULL")

    @api.model
    def _line_vals(self, document, line, direction_text, parent, on_behalf):
        vals = super()._line_vals(document, line, direction_text, parent, on_behalf)
        vals["clock_date"] = fields.Datetime.now()
        # the date that was proposed by the term and left as it was is the term, not somebody's choice
        proposed = (parent.term_days and parent.deadline) if parent else document._term_days() and document._default_deadline()
        if not line.get("deadline") or vals["deadline"] == proposed:
            vals.update(self._term_vals(document, line, parent, vals))
        vals["first_deadline"] = vals["deadline"]
        return vals

    @api.model
    def _term_vals(self, document, line, parent, vals):
        """A deadline nobody chose: so many working days, never past a date that somebody did choose."""
        days = line.get("term_days") or (parent.term_days if parent else document._term_days())
        if not days or vals["role"] == "inform":
            return {}
        if not isinstance(days, int) or days < 0:
            raise UserError(self.env._("The term is a number of working days."))
        restart = parent and vals["user_id"] and document.company_id._vanban_profile().deadline_start == "received"
        if parent and not line.get("term_days") and not restart:
            return {"term_days": days}  # the parent's own count goes on
        due = document.company_id._vanban_deadline(fields.Datetime.now(), days)
        # under the clock of the specialist's own reception only a date that somebody chose is a limit
        limit = parent.deadline if parent and not (restart and parent.term_days) else document._fixed_deadline()
        return {"term_days": days, "deadline": min(filter(None, (due, limit)))}

    def write(self, vals):
        if "state" in vals:
            vals = {**vals, "step_date": fields.Datetime.now()}
        if "deadline" in vals:
            vals = {**vals, "reminder_level": 0}
        return super().write(vals)

    # ------------------------------------------------------------------ clock

    def _effect_receive(self, comment):
        result = super()._effect_receive(comment)
        self._start_clock()
        return result

    def _begin(self):
        fresh = self.filtered(lambda item: item.state == "new")
        super()._begin()
        fresh._start_clock()

    def _start_clock(self):
        """The specialist has received it: count the term from now on, where the agency counts so (TH Đ8.3a)."""
        now = fields.Datetime.now()
        for item in self.filtered(lambda item: item.user_id and item.term_days and item.role != "inform"):
            document = item.document_id
            if document.company_id._vanban_profile().deadline_start != "received":
                continue
            due = document.company_id._vanban_deadline(now, item.term_days)
            due = min(filter(None, (due, document._fixed_deadline())))
            item.sudo().write({"clock_date": now, "deadline": due})  # safe: the flow's own fields, after its own step
            if item.role == "lead" and item._leads_document():
                document._write_fixed({"deadline": due})

    # -------------------------------------------------------------------- who

    def _handlers(self):
        """Users who have to act: the person, or the head of the unit."""
        return self.user_id | self.filtered(lambda item: not item.user_id).sudo().department_id.manager_id.user_id  # safe: whom to tell

    def _heads(self):
        """Heads of the units of these assignments while they are open."""
        return self.env["res.users"].union(*self._heads_by_item().values())

    def _heads_by_item(self):
        """{open assignment: heads of its unit or of the unit its person works in}, with one look at the staff."""
        items = self.filtered(lambda item: item.state in OPEN)
        units = items.user_id._vanban_units()
        return {
            item: (item.department_id | units.get((item.user_id, item.company_id), item.department_id)).sudo().manager_id.user_id.sudo(False)
            for item in items  # safe: whom to tell
        }

    def _open_leaves(self):
        """The open assignments that wait for somebody, not those passed on."""
        return self.filtered(lambda item: item.state in OPEN and item.role != "inform" and not any(child.state in OPEN for child in item.child_ids))


class ResUsers(models.Model):
    _inherit = "res.users"

    def _vanban_units(self):
        """{(user, agency): units the user works in}; whatever agencies are chosen in the client."""
        if not self:
            return {}
        employees = self.env["hr.employee"].sudo().search([("user_id", "in", self.ids)])  # safe: who works where is no secret
        units = {}
        for employee in employees:
            key = (employee.user_id.sudo(False), employee.company_id.sudo(False))
            units[key] = units.get(key, employee.department_id.browse()) | employee.department_id
        return {key: found.sudo(False) for key, found in units.items()}


class DocumentDeadline(models.Model):
    """Default deadline by the profile and by the kind; the document's own dates are the outer limit (IN-39 … IN-41)."""

    _inherit = "vanban.document"

    first_deadline = fields.Date("Deadline counted by the agency", readonly=True, copy=False)
    extension_ids = fields.One2many("vanban.deadline.extension", "document_id", "Extensions")

    def _term_days(self):
        """Working days by the kind, else by the profile; 0: the assigner sets the date."""
        self.ensure_one()
        return self.kind_id.deadline_days or self.company_id._vanban_profile().default_deadline_days

    def _fixed_deadline(self):
        """The date that the document itself sets, when it is still ahead."""
        self.ensure_one()
        today = vietnam_time.today()
        return min((date for date in (self.external_due_date, self.reply_due_date) if date and date >= today), default=False)

    def _default_deadline(self):
        """By the term from the moment that P-14 names, within what the document sets.

        ``account`` counts from the arrival in the account of whoever handles it, which is the distribution, as
        ``assignment`` does; ``received`` starts again when the specialist receives it.
        """
        days = self._term_days()
        term = self.company_id._vanban_deadline(fields.Datetime.now(), days) if days else False
        return min(filter(None, (term, self._fixed_deadline())), default=False)

    def _after_transition(self, transition, comment):
        super()._after_transition(transition, comment)
        if transition.name == "distribute":
            for document in self:
                document._write_fixed({"first_deadline": document.deadline})
