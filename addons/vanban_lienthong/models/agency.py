from odoo import api, fields, models

from odoo.addons.vanban_core.tools import vietnam_time

from ..edxml import Organization


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model
    def _vanban_by_code(self, code):
        """The own agency that has this code now, else one that had it once; empty when there is none."""
        text = (code or "").strip().upper()
        if not text:
            return self.browse()
        holders, today = self.env["vanban.agency.code"]._holders(text), vietnam_time.today()
        if not holders:
            return self.browse()
        # safe: which agencies are here is known
        found = self.sudo().search([("partner_id", "in", [partner for partner, _first, _last in holders])]).sudo(False)
        if len(found) > 1:
            now = [partner for partner, first, last in holders if (not first or first <= today) and (not last or today <= last)]
            found = found.filtered(lambda company: company.partner_id.id in now) or found
        return found[:1]

    def _vanban_clerks(self):
        """Clerks (văn thư) of the agency: who hears of what comes and goes."""
        self.ensure_one()
        return self.env.ref("vanban_core.group_clerk").sudo().user_ids.filtered(  # safe: whom to tell
            lambda user: self in user.company_ids and not user.share)

    def _vanban_organization(self):
        """The agency as sender of packets."""
        self.ensure_one()
        company = self.sudo()  # safe: what the agency prints on every document
        organization = company.partner_id._vanban_organization()
        return Organization(
            **{**organization.__dict__, "in_charge": company.vanban_parent_name or "", "website": company.website or ""})


class ResPartner(models.Model):
    _inherit = "res.partner"

    vanban_transport_ids = fields.Many2many(
        "vanban.transport", string="Reached through", readonly=True, help="Axes whose directory holds this agency.")

    def _vanban_organization(self):
        """The agency as it is named in packets; raises nothing, missing data are found by the check of the packet."""
        self.ensure_one()
        partner = self.sudo()  # safe: public data of an agency
        address = ", ".join(filter(None, (partner.street, partner.street2, partner.city, partner.state_id.name)))
        return Organization(
            organ_id=partner.vanban_written_code or "", name=partner.name or "", address=address,
            email=partner.email or "", telephone=partner.phone or "", website=partner.website or "")
