import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.vanban_core.tools import agency_code

from .hub_refusal import HubRefusal

# What was committed while a version was given out comes once more with the next one.
_OVERLAP = datetime.timedelta(minutes=1)
_EPOCH = datetime.datetime(1970, 1, 1)


class HubMember(models.Model):
    """The directory of the hub: what changed in it, and agencies that members enter themselves."""

    _inherit = "vanban.hub.member"

    @api.model
    def _directory(self, since=None):
        """The agencies that are reached here, the members and whoever a parent axis knows; only what changed ``since`` (UTC)."""
        members = self.search([("blocked", "=", False)])
        agencies, beyond = members._agencies(), [("vanban_transport_ids.active", "=", True)]
        if since:
            agencies = members.filtered(lambda member: member.write_date > since)._agencies() | agencies.filtered(
                lambda partner: max([partner.write_date, *partner.vanban_code_ids.mapped("write_date")]) > since)
            beyond += ["|", ("write_date", ">", since), ("vanban_code_ids.write_date", ">", since)]
        return agencies | self.env["res.partner"].search(beyond)

    @api.model
    def _directory_changes(self, version):
        """(lines, version): the agencies that changed since ``version``, all of them when it is none of ours.

        A version is a moment in microseconds. Who has left is not among them: an agency that is no longer reached here has not lost
        its code; the others see it by the next reading of the whole directory.
        """
        ours = version.isdecimal() and len(version) <= 16
        lines = self._directory(_EPOCH + datetime.timedelta(microseconds=int(version)) if ours else None)._hub_lines()
        moment = fields.Datetime.now() - _OVERLAP
        return [{**line, "isAgency": True, "deleted": False} for line in lines], str((moment - _EPOCH) // datetime.timedelta(microseconds=1))

    def _register_agency(self, given):
        """An agency of this member, or one below it, as the member describes it (:class:`..wire.axis.Registration`).

        :raise HubRefusal: the code is none that this member may use
        """
        self.ensure_one()
        partners = self.env["res.partner"]
        partner = partners._vanban_by_code(given.code)
        values = {"name": given.name, **{field: value for field, value in (("email", given.email), ("phone", given.mobile)) if value}}
        if partner and partner in self._agencies():
            partner.write(values)
        else:
            self._check_below(given.code)
            try:
                with self.env.cr.savepoint():
                    partner = partner or partners.create({**values, "is_company": True, "vanban_code_ids": [(0, 0, {"code": given.code})]})
                    self.write({"other_partner_ids": [(4, partner.id)]})
            except UserError as error:  # another account serves it, or the code is taken
                raise HubRefusal("19", str(error)) from None
        self.env["vanban.log"]._log("hub_register_agency", data={"hub_member": self.id, "code": given.code, "name": given.name})

    def _check_below(self, code):
        """A member enters what lies below its own codes; everything else is for the keeper of the hub."""
        try:
            text = agency_code.parse(code).text
        except agency_code.AgencyCodeError as error:
            raise HubRefusal("10", str(error)) from None
        own = [row for row in self._codes() if agency_code.parse(row).form == agency_code.NEW]
        if not any(text.startswith(f"{above}.") for above in own):
            raise HubRefusal("19", f"Mã {text} không thuộc cấp dưới của đơn vị; đề nghị quản trị trục thêm cơ quan này.")

    def _delete_agency(self, code):
        """The agency no longer sends or receives through this member; raises HubRefusal."""
        self.ensure_one()
        partner = self.env["res.partner"]._vanban_by_code(code)
        if not partner or partner not in self.other_partner_ids:
            raise HubRefusal("19", f"Mã {code[:35]} không phải cơ quan do đơn vị đăng ký thêm.")
        waiting = self.env["vanban.hub.delivery"].search_count([
            ("member_id", "=", self.id), ("recipient_code", "in", partner.vanban_code_ids.mapped("code")),
            ("state", "in", ("initial", "processing"))], limit=1)
        if waiting:
            raise HubRefusal("21", f"Còn gói tin chờ {code[:35]} nhận; hãy nhận hết rồi xóa đăng ký.")
        self.write({"other_partner_ids": [(3, partner.id)]})
        self.env["vanban.log"]._log("hub_delete_agency", data={"hub_member": self.id, "code": code})


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _hub_lines(self):
        """Lines of the directory as an axis writes them (getAgenciesListQD20)."""
        lines = []
        for partner in self:
            codes = partner.vanban_code_ids._in_force()
            old = codes.filtered(lambda row: row.form == agency_code.OLD)[:1].code
            lines.append({"id": partner.id, "code": partner.vanban_written_code, "name": partner.name, "mail": partner.email or "",
                          "code102": old if old != partner.vanban_code else ""})
        return lines
