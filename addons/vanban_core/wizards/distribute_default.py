from odoo import api, models


class DistributionDefaults(models.TransientModel):
    """The assigner sees the proposed date and may change it (IN-40)."""

    _inherit = "vanban.distribute.wizard"

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if values.get("mode") != "assign" and values.get("document_id") and not values.get("deadline"):
            values["deadline"] = self.env["vanban.document"].browse(values["document_id"])._default_deadline()
        return values
