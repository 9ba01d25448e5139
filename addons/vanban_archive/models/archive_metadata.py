from odoo import models


class MetadataMixin(models.AbstractModel):
    """The archivist describes further what he keeps, also what was destroyed (HCM Đ16.7a, Đ16.7c)."""

    _inherit = "vanban.metadata.mixin"

    def _may_add_metadata(self):
        return super()._may_add_metadata() or self.env.user.has_group("vanban_archive.group_archivist")
