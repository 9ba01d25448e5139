from werkzeug.exceptions import RequestEntityTooLarge

from odoo import api, models
from odoo.exceptions import UserError
from odoo.http import request


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @api.model
    def _vanban_too_large(self):
        """The error for a request beyond the server's limit: nearly always a file that is too large."""
        limit = int(request.httprequest.max_content_length or 0) // (1024 * 1024)
        return UserError(self.env._(
            "What was sent is larger than %(limit)s MB and was not accepted; nothing was stored. "
            "Reduce the file (scan at 200 dpi, split the annexes) and send it again.",
            limit=limit,
        ))  # fmt: skip

    @classmethod
    def _handle_error(cls, exception):
        if isinstance(exception, RequestEntityTooLarge) and request and request.env is not None:
            exception = request.env["ir.http"]._vanban_too_large()
        return super()._handle_error(exception)
