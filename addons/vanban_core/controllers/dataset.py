from werkzeug.exceptions import RequestEntityTooLarge

from odoo import http
from odoo.http import request

from odoo.addons.web.controllers.dataset import DataSet


class DocumentDataSet(DataSet):
    """The calls of the web client; a file that is too large is refused in words (nothing of it was read yet)."""

    def _call_kw_readonly(self, rule, args):
        try:
            return super()._call_kw_readonly(rule, args)
        except RequestEntityTooLarge as error:
            raise request.env["ir.http"]._vanban_too_large() from error

    @http.route(readonly=_call_kw_readonly)
    def call_kw(self, model, method, args, kwargs, path=None):
        return super().call_kw(model, method, args, kwargs, path)

    @http.route(readonly=_call_kw_readonly)
    def call_button(self, model, method, args, kwargs, path=None):
        return super().call_button(model, method, args, kwargs, path)
