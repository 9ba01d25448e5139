from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.vanban_core.tools import agency_code

from ..drivers import DRIVERS, DeliveryError
from ..wire.axis import Registration


class AxisRegistration(models.TransientModel):
    """Enter own agencies at an axis, put their data right there, or strike them off (registerAgency, deleteAgency)."""

    _name = "vanban.axis.registration"
    _description = "Registration of agencies at an axis"

    transport_id = fields.Many2one("vanban.transport", "Axis", required=True, readonly=True)
    company_ids = fields.Many2many("res.company", string="Agencies", required=True)

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        axis = self.env["vanban.transport"].browse(self.env.context.get("active_id"))
        companies = (axis.company_ids or self.env.companies).filtered("vanban_code")
        return {**values, "transport_id": axis.id, "company_ids": [(6, 0, companies.ids)]}

    def action_register(self):
        """Enter the agencies with their names and addresses of today; repeating it puts them right."""
        self._call("register_agencies", [self._registration(company.sudo()) for company in self._coded()])  # safe: printed on every document
        return self._done("axis_register", self.env._("The agencies are entered at the axis."))

    def action_delete(self):
        """Strike the agencies off: nothing more reaches them through this axis."""
        self._call("delete_agencies", [company.sudo().partner_id.vanban_written_code for company in self._coded()])  # safe: public codes
        return self._done("axis_delete", self.env._("The agencies are struck off the axis."))

    def _coded(self):
        self.ensure_one()
        self.env["vanban.peer"]._require_admin()
        if not self.company_ids:
            raise UserError(self.env._("Choose at least one agency."))
        if bare := self.company_ids.filtered(lambda company: not company.vanban_code)[:1]:
            raise UserError(self.env._("“%(name)s” has no identification code: enter it first.", name=bare.name))
        return self.company_ids

    @api.model
    def _registration(self, company):
        code = company.partner_id.vanban_written_code
        # by QĐ 20/2020 the agency above is named by the code without its last group
        above = code.rsplit(".", 1)[0] if agency_code.parse(code).form == agency_code.NEW and "." in code else ""
        return Registration(code, company.name, above, company.email or "", company.phone or "")

    def _call(self, name, given):
        driver = DRIVERS[self.transport_id.driver]
        if not driver.keeps_registrations:
            raise UserError(self.env._("“%(axis)s” has no such call: ask its keeper to enter the agency.", axis=self.transport_id.name))
        try:
            getattr(driver, name)(self.transport_id, given)
        except DeliveryError as error:
            raise UserError(str(error)) from error

    def _done(self, action, message):
        self.env["vanban.log"]._log(action, data={
            "transport": self.transport_id.id, "codes": self.company_ids.sudo().mapped("vanban_code")})  # safe: public codes
        return {
            "type": "ir.actions.client", "tag": "display_notification",
            "params": {"type": "success", "message": message, "next": {"type": "ir.actions.act_window_close"}},
        }
