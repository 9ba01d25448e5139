from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools import vietnam_time
from .document_outgoing_transitions import EDITABLE

TICKS = ("directive_content", "directive_unit", "directive_due")


class DirectiveTask(models.Model):
    """One task that an outgoing directive or conclusion notice gives: what, who, until when, what is reported (HCM Đ8.5)."""

    _name = "vanban.directive.task"
    _inherit = ["vanban.log.mixin"]
    _description = "Task given by a directive"
    _order = "document_id, sequence, id"

    document_id = fields.Many2one("vanban.document", "Directive", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="document_id.company_id", store=True, precompute=True)
    sequence = fields.Integer(default=10)
    name = fields.Text("What has to be done", required=True)
    department_id = fields.Many2one("hr.department", "Unit", ondelete="restrict", check_company=True)
    partner_id = fields.Many2one("res.partner", "Agency outside", ondelete="restrict", index="btree_not_null")
    unit_name = fields.Char("Carried out by", compute="_compute_unit_name")
    due_date = fields.Date("To be done by", required=True)
    report = fields.Char("Report", help="What the unit reports or hands in when it is done.")

    @api.depends("department_id", "partner_id")
    def _compute_unit_name(self):
        for task in self:
            task.unit_name = (task.department_id or task.partner_id).sudo().name  # safe: names of those who are given a task

    @api.constrains("department_id", "partner_id")
    def _check_one_unit(self):
        for task in self:
            if bool(task.department_id) == bool(task.partner_id):
                raise ValidationError(self.env._("“%(task)s”: choose the unit or the outside agency that carries it out.", task=task.name))

    @api.model_create_multi
    def create(self, vals_list):
        tasks = super().create(vals_list)
        tasks._check_may_change("create")
        tasks._log("create")
        return tasks

    def write(self, vals):
        self._check_may_change("write")
        if "document_id" in vals and any(task.document_id.id != vals["document_id"] for task in self):
            raise AccessError(self.env._("A task stays with its directive: remove it here and add it there."))
        self._log("write", data={name: str(value) for name, value in vals.items()})
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_before_issue(self):
        self._check_may_change("unlink")
        self._log("unlink", data={"tasks": self.mapped("name")})

    def _check_may_change(self, action):
        """The specialist who drafts the directive enters its tasks, until it is issued (HCM Đ8.5)."""
        for document in self.document_id:
            problem = None
            if document.direction == "in":
                problem = self.env._("Tasks are given by outgoing documents.")
            elif document.sudo().issued_date or document.sudo().state == "cancelled":  # safe: state only
                problem = self.env._("“%(document)s” is issued: its tasks can no longer be changed.", document=document.sudo().display_name)
            elif not document._is_drafter() and not self.env.su:
                problem = self.env._("The tasks of “%(document)s” are entered by its drafter.", document=document.sudo().display_name)
            if problem:
                document._log_refused(f"task_{action}", problem)
                raise AccessError(problem)


class DocumentDirective(models.Model):
    """A directive with concrete content, unit and time is not issued before its tasks are entered (WORK-06)."""

    _inherit = "vanban.document"

    directive_content = fields.Boolean("Gives concrete work", help="What has to be done is said in concrete words (HCM Đ8.5).")
    directive_unit = fields.Boolean("Names the unit", help="Who has to do it is named.")
    directive_due = fields.Boolean("Sets time and report", help="Until when it is done, and what is reported, is said.")
    task_ids = fields.One2many("vanban.directive.task", "document_id", "Tasks")
    tasks_demanded = fields.Boolean("Tasks have to be entered", compute="_compute_tasks_demanded")
    can_enter_tasks = fields.Boolean(compute="_compute_can_enter_tasks")

    @api.depends(*TICKS)
    def _compute_tasks_demanded(self):
        for document in self:
            document.tasks_demanded = all(document[name] for name in TICKS)

    @api.depends_context("uid")
    @api.depends("state", "issued_date")
    def _compute_can_enter_tasks(self):
        for document in self:
            document.can_enter_tasks = (
                document.direction != "in" and not document.issued_date and document.state != "cancelled"
                and (not document.id or document.drafter_id == self.env.user)
            )

    def action_enter_tasks(self):
        """The tasks in a list of their own: the drafter enters them although the document is no longer with him."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window", "name": self.env._("Tasks"), "res_model": "vanban.directive.task",
            "views": [(False, "list"), (False, "kanban"), (False, "form")], "domain": [("document_id", "=", self.id)],
            "context": {"default_document_id": self.id},
        }

    def write(self, vals):
        touched = [name for name in TICKS if name in vals]
        for document in self if touched and not self.env.su else ():
            if any(document[name] != vals[name] for name in touched) and not (document._is_drafter() and document.state in EDITABLE):
                message = self.env._(
                    "Whether “%(document)s” gives work to a unit is said by its drafter, while it is a draft.", document=document.display_name
                )
                document._log_refused("write_directive", message)
                raise AccessError(message)
        return super().write(vals)

    def _guard_issue(self):
        super()._guard_issue()
        if self.tasks_demanded and not self.sudo().task_ids:  # safe: existence only
            raise UserError(self.env._(
                "“%(document)s” gives concrete work to a unit with a time limit: its drafter, %(drafter)s, enters the tasks first.",
                document=self.display_name, drafter=self.drafter_id.name,
            ))
        today = vietnam_time.today()
        if over := self.sudo().task_ids.filtered(lambda task: task.due_date < today):  # safe: named to whoever issues them
            raise UserError(self.env._(
                "“%(task)s” was to be done by %(date)s, which is over: its drafter, %(drafter)s, gives a later date first.",
                task=over[0].name, date=over[0].due_date.strftime("%d/%m/%Y"), drafter=self.drafter_id.name,
            ))
