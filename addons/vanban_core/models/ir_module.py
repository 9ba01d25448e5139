from odoo import models
from odoo.exceptions import UserError

PROTECTED = ("vanban_core", "vanban_signing", "vanban_archive", "vanban_lienthong")


class IrModule(models.Model):
    _inherit = "ir.module.module"

    def button_uninstall(self):
        """Refuse before anything is marked: afterwards the removal could no longer be undone."""
        if any(module.name in PROTECTED for module in self):
            self._vanban_check_empty()
        return super().button_uninstall()

    def _vanban_check_empty(self):
        count = self.env["vanban.document"].sudo().with_context(active_test=False).search_count([])  # safe: a count only
        if count:
            raise UserError(self.env._(
                "The document system cannot be uninstalled: it still holds %(count)s documents. "
                "Hand the records over to the archive and export them first.",
                count=count,
            ))
