from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import vietnam_time


class PowerByOrder(models.Model):
    """TL. passed on: the head of a unit who signs by order may let his deputy sign in his place (NĐ 30/2020 Đ.13.4)."""

    _inherit = "vanban.signing.power"

    unit_deputy_of = fields.Char(
        "Signs KT. for", help="Only with TL.: title of the head of the unit whose deputy signs in his place: “Chánh Văn phòng”."
    )

    @api.constrains("capacity", "unit_deputy_of", "authority_title")
    def _check_unit_deputy(self):
        if any(power.unit_deputy_of and not power.authority_title for power in self):
            raise ValidationError(self.env._(
                "A deputy signs by order of somebody: fill in “Signs in place of” with the title of the head, beside “Signs KT. for”."
            ))
        if any(power.unit_deputy_of and power.capacity != "tl" for power in self):
            raise ValidationError(self.env._("“Signs KT. for” belongs to a power to sign by order (TL.): leave it empty otherwise."))

    def _covers(self, document):
        """A deputy signs as deputy, a head as head."""
        wanted = (document.unit_deputy_of or "").strip().casefold()
        return super()._covers(document).filtered(lambda row: (row.unit_deputy_of or "").strip().casefold() == wanted)


class DocumentByOrder(models.Model):
    """“TL. GIÁM ĐỐC / KT. CHÁNH VĂN PHÒNG / PHÓ CHÁNH VĂN PHÒNG” (NĐ 30/2020 Đ.13.4; PL I, II.7a)."""

    _inherit = "vanban.document"

    unit_deputy_of = fields.Char(
        "Signs KT. for", help="Only with TL.: title of the head of the unit in whose place his deputy signs: “Chánh Văn phòng”."
    )

    @api.model
    def _derived(self, vals, company=None):
        derived = super()._derived(vals, company)
        if vals.keys() & {"signer_id", "signer_capacity"} and "unit_deputy_of" not in vals:
            signer = self.env["res.users"].browse(vals.get("signer_id", self.signer_id.id))
            deputy = self._unit_deputy_of(company or self.company_id, signer, vals.get("signer_capacity", self.signer_capacity))
            if deputy or self.unit_deputy_of:
                derived["unit_deputy_of"] = deputy
        return derived

    @api.model
    def _unit_deputy_of(self, company, signer, capacity):
        if not signer or capacity != "tl":
            return False
        powers = self.env["vanban.signing.power"].sudo().search([  # safe: the printed title of a post
            ("company_id", "=", company.id), ("capacity", "=", "tl"), ("user_id", "=", signer.id), ("state", "=", "confirmed"),
        ])
        return powers._in_force(vietnam_time.today())[:1].unit_deputy_of

    @api.onchange("signer_id", "signer_capacity")
    def _onchange_unit_deputy(self):
        if self.direction != "in":
            self.unit_deputy_of = self._unit_deputy_of(self.company_id, self.signer_id, self.signer_capacity)

    def _check_signer(self):
        super()._check_signer()
        if self.unit_deputy_of and self.signer_capacity != "tl":
            raise UserError(self.env._("“Signs KT. for” is used with TL. only: empty it, or choose TL. as the signing capacity."))
        if self.unit_deputy_of and not self.authority_title:
            raise UserError(self.env._(
                "A deputy signs by order of somebody: fill in “Signs in place of” with the title of the head, beside “Signs KT. for”."
            ))

    def _message_power_elsewhere(self, current):
        """Kind and unit fit, and only whether he signs as head or as deputy does not."""
        fitting = current._for_kind_and_unit(self)
        if not fitting:
            return super()._message_power_elsewhere(current)
        titles = sorted({row.unit_deputy_of or self.env._("(empty: he is the head)") for row in fitting})
        return self.env._(
            "%(user)s signs by order with “Signs KT. for”: %(titles)s; the draft says “%(title)s”. Correct it on the draft.",
            user=self.signer_id.sudo().name, titles=", ".join(titles), title=self.unit_deputy_of or "–",  # safe: the name is on the draft
        )


class TemplateByOrder(models.Model):
    _inherit = "vanban.template"

    @api.model
    def _capacity_lines(self, document, position):
        lines = super()._capacity_lines(document, position)
        if document.unit_deputy_of and document.signer_capacity == "tl" and len(lines) > 1:
            lines[1:1] = [f"KT. {document.unit_deputy_of.upper()}"]
        return lines
