from odoo import fields, models

from ..tools import vietnam_time


class RegisterPrintWizard(models.TransientModel):
    """Asks for the period of the book to be printed."""

    _name = "vanban.register.print.wizard"
    _description = "Print a register"

    register_id = fields.Many2one("vanban.register", required=True, default=lambda self: self.env.context.get("active_id"))
    direction = fields.Selection(related="register_id.direction", related_sudo=False)
    form = fields.Selection([("book", "Register"), ("kept", "List of kept paper copies")], required=True, default="book")
    date_from = fields.Date("From", required=True, default=lambda self: vietnam_time.today().replace(month=1, day=1))
    date_to = fields.Date("To", required=True, default=lambda self: vietnam_time.today())

    def action_print(self):
        self.ensure_one()
        if self.form == "kept":
            return self.register_id.action_print_kept(self.date_from, self.date_to)
        return self.register_id.action_print(self.date_from, self.date_to)
