from odoo import api, models
from odoo.exceptions import UserError

# before the number (or an approved emergency) a document is nobody's duty (BG Đ8.2)
UNREGISTERED = ("received", "checking", "waiting_opinion", "no_value", "refused", "returned", "attached")


class DocumentSpecialRegister(models.Model):
    """Kinds and classes with a register of their own (đăng ký riêng): the unit that keeps it is their registry (BG Đ8.2; TH Đ7.3)."""

    _inherit = "vanban.document"

    def _is_registered_apart(self):
        """Whether the document belongs into a register of its own, by its kind or its class in the agency's catalogue."""
        self.ensure_one()
        return bool(self.kind_id._is_kept_apart() or self.sudo().class_id.own_register)  # safe: a catalogue

    def _special_register(self):
        """The register of its own in which this document is numbered; empty for ordinary documents."""
        self.ensure_one()
        registers = self.env["vanban.register"].sudo()  # safe: choice of a book, no content
        if self.direction != "in" or not self._is_registered_apart():
            return registers
        code = self.sudo().class_id.code  # safe: a catalogue
        books = registers.search([("company_id", "=", self.company_id.id), ("direction", "=", "in"), ("separate", "=", True)])
        fitting = books.filtered(lambda book: book._fits(self.kind_id, None, self.issuer_id, True, code))
        return max(fitting, key=lambda book: book._particularity(code), default=registers)

    def _is_registry(self):
        """Also the clerk of the unit that keeps the register of this kind."""
        return super()._is_registry() or self._keeps_special_register()

    def _keeps_special_register(self):
        user = self.env.user
        if self.direction != "in" or not user.has_group("vanban_core.group_unit_clerk") or self.company_id not in user.company_ids:
            return False
        unit = self._special_register().department_id
        return bool(unit & user.sudo().employee_ids.department_id)  # safe: the user's own units

    def _grant_at_creation(self):
        """A unit that receives its own documents sees them from the start."""
        super()._grant_at_creation()
        user = self.env.user
        if user.has_group("vanban_core.group_unit_clerk") and not user.has_group("vanban_core.group_clerk"):
            units = user.sudo().employee_ids.department_id  # safe: the user's own units
            arrived = self.filtered(lambda document: document.direction == "in" and document.create_uid == user)
            for company, documents in arrived.grouped("company_id").items():
                documents._grant(departments=units.filtered(lambda unit, company=company: unit.company_id == company), act=True, source="registry")

    def write(self, vals):
        self._check_no_duty(vals)
        result = super().write(vals)
        if vals.keys() & {"kind_id", "class_id"}:
            for document in self.filtered(lambda document: document.direction == "in" and not document.arrival_number):
                unit = document._special_register().department_id
                if unit:
                    document._grant(departments=unit.sudo(False), act=True, source="registry")
        return result

    def _check_no_duty(self, vals):
        """No deadline before registration (IN-02)."""
        if not vals.get("deadline") or "state" in vals:
            return  # with a state it is the flow itself, after its own checks
        early = self.filtered(lambda document: document._is_nobodys_duty())
        if early:
            message = self.env._(
                "“%(document)s” is not registered yet: it gets no deadline, task or handler before it has its number.",
                document=early[0].display_name,
            )
            early._log_refused("write_duty", message)
            raise UserError(message)

    def _message_wrong_state(self, transition):
        """Say first what is missing: whoever submits or distributes looks for the number (IN-01)."""
        message = super()._message_wrong_state(transition)
        if transition.name in ("submit", "submit_up", "distribute", "start") and self._is_nobodys_duty():
            return self.env._("The document is not registered yet. %(message)s", message=message)
        return message

    def _is_nobodys_duty(self):
        return self.direction == "in" and not self.arrival_number and self.state in UNREGISTERED


class MailActivity(models.Model):
    _inherit = "mail.activity"

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._vanban_check_duty(vals_list)
        return super().create(vals_list)

    def _vanban_check_duty(self, vals_list):
        """No task on an incoming document that is not registered; the flow's own notices (asking for an opinion) are no tasks."""
        model_id = self.env["ir.model"]._get_id("vanban.document")
        ids = [vals["res_id"] for vals in vals_list if vals.get("res_id") and (
            vals.get("res_model_id") == model_id or vals.get("res_model") == "vanban.document")]
        early = self.env["vanban.document"].browse(ids).exists().sudo().filtered(  # safe: states only
            lambda document: document._is_nobodys_duty()).sudo(False)
        if early:
            message = self.env._("A document that is not registered yet is nobody's task. Have it registered first.")
            early._log_refused("write_duty", message)
            raise UserError(message)
