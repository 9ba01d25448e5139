from odoo import fields, models


class CustodyWizard(models.TransientModel):
    """Asks for person, paper, term or reason of a step of custody and calls the device's own method."""

    _name = "vanban.custody.wizard"
    _description = "Step of custody"

    token_id = fields.Many2one("vanban.token", "Key device", required=True)
    company_id = fields.Many2one(related="token_id.company_id")
    step = fields.Selection(
        [("assign", "Assign in writing"), ("lend", "Give for a term"), ("hand_over", "Hand over"), ("suspend", "Suspend"), ("resume", "Resume"),
         ("revoke", "Revoke")],
        "Step", required=True, readonly=True,
    )  # fmt: skip
    user_id = fields.Many2one(
        "res.users", "Person", domain="[('company_ids', 'in', company_id), ('share', '=', False)]"
    )
    reference = fields.Char("Document", help="Number and date of the document or minutes.")
    file_name = fields.Char("File name")
    content = fields.Binary("File")
    until = fields.Date("Term ends")
    condition = fields.Char("Condition of the device", help="Complete, undamaged, PIN changed by the receiver …")
    reason = fields.Text("Reason")

    def action_print_minutes(self):
        """Minutes to be signed on paper, before the step is recorded with their scan."""
        return self.token_id.action_print_minutes()

    def action_confirm(self):
        self.ensure_one()
        token, content = self.token_id, (self.content or b"").decode()
        paper = {
            "reference": self.reference,
            "filename": self.file_name,
            "content_b64": content,
            "condition": self.condition,
        }
        if self.step == "assign":
            token.action_assign(self.user_id.id, **paper)
        elif self.step == "lend":
            token.action_lend(self.user_id.id, self.until, self.reason, **paper)
        elif self.step == "hand_over":
            token.action_hand_over(**paper)
        else:
            getattr(token, f"action_{self.step}")(self.reason)
        return {"type": "ir.actions.act_window_close"}
