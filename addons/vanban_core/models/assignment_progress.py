from odoo import fields, models
from odoo.exceptions import UserError

from .assignment import OPEN


class AssignmentProgress(models.Model):
    """Status by hand: what a handler reports goes up to whoever assigned it, and moves the assignment above (IN-47)."""

    _inherit = "vanban.assignment"

    progress_note = fields.Char("Progress", readonly=True)
    progress_date = fields.Datetime("Reported on", readonly=True)

    def action_report_progress(self, note):
        """Say how far it is, without ending it; the assigner is told, the words stay in the log."""
        note = (note or "").strip()
        if not note:
            raise UserError(self.env._("Please write how far it is."))
        for item in self:
            if item.state not in OPEN or not item._may_handle():
                raise UserError(self.env._("Only the person who handles the assignment reports on it, while it is open."))
            item._begin()
            # safe: right checked just above; the flow's own fields
            item.sudo().write({"progress_note": note[:500], "progress_date": fields.Datetime.now()})
            item._log("progress", comment=note)
            item._tell_assigner(self.env._("%(name)s reports: %(note)s", name=item.assignee_name, note=note))
        return True

    def _after_transition(self, transition, comment):
        super()._after_transition(transition, comment)
        if transition.name in ("complete", "contribute"):
            for item in self:
                item._tell_assigner(self.env._("%(name)s has finished: %(result)s", name=item.assignee_name, result=comment))
                item._recompute_parent()

    def _tell_assigner(self, text):
        item = self.sudo()  # safe: whom to tell
        users = (item.on_behalf_id | item.assigner_id).sudo(False)
        self.document_id._tell_supervised(users, text, "status")

    def _recompute_parent(self):
        """What was passed on is finished when everybody below has finished; the lead of the document is closed by its outcome."""
        parent = self.sudo().parent_id  # safe: follows from the step of the child, whose right was checked
        if not parent or parent.state not in OPEN or any(child.state in OPEN for child in parent.child_ids):
            return
        if parent._leads_document():
            return
        results = [
            f"{child.assignee_name}: {child.contribution}" for child in parent.child_ids if child.contribution and child.role != "inform"
        ]
        values = {"contribution": "\n".join(results) or False, "done_date": fields.Datetime.now()}
        parent = parent.sudo(False)
        if parent.role == "coordinate":
            parent._flow("contribute", comment=results and "\n".join(results) or self.assignee_name, values=values)
        else:
            parent._flow("complete", comment=results and "\n".join(results) or self.assignee_name, values=values)


class DocumentProgress(models.Model):
    """What the lead finished is told to everybody who assigned it on the way down (IN-47)."""

    _inherit = "vanban.document"

    def _effect_done(self, comment):
        # safe: whom to tell; before the assignments are closed
        leads = self.sudo().assignment_ids.filtered(lambda item: item.role == "lead" and item.state in OPEN)
        result = super()._effect_done(comment)
        users = (leads.on_behalf_id | leads.assigner_id).sudo(False) - self.env.user
        if users:
            name = leads.filtered(lambda item: item not in leads.parent_id)[:1].assignee_name
            outcome = dict(self._fields["outcome"]._description_selection(self.env)).get(self.outcome)
            readers = self._readers(users)
            self._tell_supervised(readers, self.env._("%(name)s has finished: %(result)s", name=name, result=comment or outcome or ""), "status")
            # whoever reads it no more is not told what came of it
            self._tell_supervised(users - readers, self.env._("%(name)s has finished", name=name), "status")
        return result
