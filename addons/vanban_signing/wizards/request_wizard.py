from odoo import fields, models


class RequestWizard(models.TransientModel):
    """Asks for the reason of a refusal or the result of a request."""

    _name = "vanban.certificate.request.wizard"
    _description = "Result of a request"

    request_id = fields.Many2one("vanban.certificate.request", "Request", required=True, readonly=True)
    company_id = fields.Many2one(related="request_id.company_id")
    kind = fields.Selection(related="request_id.kind")
    step = fields.Selection(
        [("refuse", "Refuse"), ("complete", "Close with result")], "Step", required=True, readonly=True
    )
    certificate_id = fields.Many2one(
        "vanban.certificate", "New certificate", domain="[('company_id', '=', company_id)]"
    )
    comment = fields.Text("Reason or result", required=True)

    def action_confirm(self):
        self.ensure_one()
        if self.step == "refuse":
            self.request_id.action_refuse(self.comment)
        else:
            self.request_id.action_complete(self.comment, self.certificate_id.id)
        return {"type": "ir.actions.act_window_close"}
