from odoo import api, fields, models


class OutgoingStepWizard(models.TransientModel):
    """Asks for what the clerk's and leader's less frequent steps need: a reason, or the scan of a signed paper."""

    _name = "vanban.outgoing.step.wizard"
    _description = "Step of an outgoing document"

    document_id = fields.Many2one("vanban.document", required=True, readonly=True)
    without_file = fields.Boolean(related="document_id.without_file")
    step = fields.Selection(
        [
            ("sign_on_paper", "Signed on paper"),
            ("clerk_return", "Return to the drafting unit"),
            ("paper_done", "Printed and stamped"),
            ("deny_recall", "Refuse the recall"),
        ],
        required=True, readonly=True,
    )  # fmt: skip
    comment = fields.Text("Note or reason")
    scan = fields.Binary("Scan of the signed paper (PDF)", attachment=False)
    scan_name = fields.Char("File name")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        values.setdefault("document_id", self.env.context.get("active_id"))
        return values

    def action_apply(self):
        self.ensure_one()
        if self.step == "sign_on_paper":
            scan = self.with_context(bin_size=False).scan or b""
            self.document_id.action_sign_on_paper(self.scan_name or "ban-ky-giay.pdf", scan.decode() if isinstance(scan, bytes) else scan)
        else:
            getattr(self.document_id, f"action_{self.step}")(self.comment)
        return {"type": "ir.actions.act_window_close"}
