from odoo import models
from odoo.exceptions import UserError

from .dossier_archive import AT_ARCHIVE


class IrModule(models.Model):
    _inherit = "ir.module.module"

    def _vanban_check_empty(self):
        """The archive cannot be removed while it keeps dossiers: their state, checks and packages are what proves them."""
        super()._vanban_check_empty()
        # safe: a count only
        count = self.env["vanban.dossier"].sudo().search_count([("state", "in", AT_ARCHIVE)])
        if count:
            raise UserError(self.env._(
                "The archive cannot be uninstalled: it keeps %(count)s dossiers with their checks, packages and minutes. "
                "Export and transfer them first.",
                count=count,
            ))
