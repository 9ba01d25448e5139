from odoo import api, fields, models


class ExtensionWizard(models.TransientModel):
    """Ask for more time, or decide on such a request; report progress in words."""

    _name = "vanban.extension.wizard"
    _description = "Extension of a deadline"

    mode = fields.Selection(
        [("request", "Ask for more time"), ("decide", "Decide"), ("progress", "Report progress")], required=True, default="request"
    )
    assignment_id = fields.Many2one("vanban.assignment", readonly=True)
    extension_id = fields.Many2one("vanban.deadline.extension", readonly=True)
    present_deadline = fields.Date(related="assignment_id.deadline", string="Present deadline")
    deadline = fields.Date("New deadline")
    requested_reason = fields.Text(related="extension_id.reason", string="Reason given")
    text = fields.Text("What is said")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        model, active_id = self.env.context.get("active_model"), self.env.context.get("active_id")
        if model == "vanban.deadline.extension" and active_id:
            extension = self.env[model].browse(active_id)
            values.update(mode="decide", extension_id=extension.id, assignment_id=extension.assignment_id.id, deadline=extension.deadline)
        elif model == "vanban.assignment" and active_id:
            values["assignment_id"] = active_id
        return values

    def action_apply(self):
        self.ensure_one()
        if self.mode == "request":
            self.assignment_id.action_request_extension(self.deadline, self.text)
        elif self.mode == "progress":
            self.assignment_id.action_report_progress(self.text)
        else:
            self.extension_id.action_approve(self.deadline, self.text or None)
        return {"type": "ir.actions.act_window_close"}

    def action_refuse(self):
        self.ensure_one()
        self.extension_id.action_refuse(self.text)
        return {"type": "ir.actions.act_window_close"}
