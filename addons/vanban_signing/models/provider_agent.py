from odoo import api, models

from .provider import PERSONAL


class SigningProviderAgent(models.AbstractModel):
    """The signing agent on the user's own machine: the browser carries digests there and signatures back."""

    _name = "vanban.signing.provider.agent"
    _inherit = "vanban.signing.provider"
    _description = "Signing agent on the user's machine"
    _where = "client"

    @api.model
    def _certificates(self, certificates, documents, purpose):
        if purpose not in PERSONAL and set(documents.company_id.sudo().mapped("vanban_seal_provider")) != {"agent"}:  # safe: a setting
            return certificates.browse()
        return certificates.filtered(lambda one: not one.service_id)

    @api.model
    def _way(self, certificates):
        # safe: a port number
        port = self.env["ir.config_parameter"].sudo().get_param("vanban_signing.agent_port", 8765)
        return {**super()._way(certificates), "port": int(port)}
