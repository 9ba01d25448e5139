from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

HUB_PACKET = "vanban.hub.packet"


class HubPacket(models.Model):
    """What passes the hub is between sender and recipient: its keepers see facts and digests, nobody sees the bytes."""

    _inherit = HUB_PACKET

    # read by code of the server alone: members fetch it with their secret (controllers/hub.py), the parent axis gets it
    content = fields.Binary(groups=fields.NO_ACCESS)

    def action_download(self):
        raise UserError(self.env._("What passes through the hub is read by its recipients only. Ask the sender or a recipient for the document."))


class IrAttachment(models.Model):
    """Odoo lets a system administrator past the groups of a field; what passes the hub is not even his to read."""

    _inherit = "ir.attachment"

    def _check_access(self, operation):
        result = super()._check_access(operation)
        refused = result[0] if result else self.browse()
        # safe: reads only what the attachment belongs to
        passing = (self - refused).sudo().filtered(lambda attachment: attachment.res_model == HUB_PACKET).sudo(False)
        if not passing:
            return result
        return refused | passing, lambda: AccessError(
            self.env._("What passes through the hub is read by its recipients only. Ask the sender or a recipient for the document."))

    @api.model
    def _search(self, domain, *args, bypass_access=False, **options):
        if not (self.env.su or bypass_access):
            domain = Domain(domain) & Domain("res_model", "!=", HUB_PACKET)
        return super()._search(domain, *args, bypass_access=bypass_access, **options)
