"""Two addresses for a signing tool on the user's machine, opened by single-use secrets, never by a login."""

import hashlib
import json
import re

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from ..vgca import frames
from ..vgca.received import GROWTH

LARGEST = 128 * 1024 * 1024
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


class SigningTool(http.Controller):
    @http.route("/vanban/signing/file/<string:secret>", type="http", auth="public", methods=["GET", "HEAD"], save_session=False)
    def fetch(self, secret):
        """The prepared bytes, once."""
        ticket = self._ticket("download", secret)
        session = ticket.session_ids
        raw = session._take_bytes()
        if hashlib.sha256(raw).hexdigest() != ticket.sha256:
            raise NotFound()
        if request.httprequest.method == "GET":
            ticket._use()
        headers = [
            ("Content-Type", "application/pdf"),
            ("Content-Length", str(len(raw))),
            ("Content-Disposition", 'attachment; filename="van-ban.pdf"'),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return request.make_response(raw if request.httprequest.method == "GET" else b"", headers)

    @http.route(
        "/vanban/signing/upload/<string:secret>", type="http", auth="public", methods=["POST"], csrf=False, save_session=False,
        max_content_length=LARGEST,
    )  # fmt: skip
    def take(self, secret, **_fields):
        """The signed file of the tool; names and types that the client gives are not looked at."""
        ticket = self._ticket("upload", secret)
        upload = request.httprequest.files.get("uploadfile")
        if upload is None:
            return self._reply(False, request.env._("No file was sent."))
        largest = max(ticket.session_ids.mapped("base_length")) + GROWTH
        raw = upload.stream.read(largest + 1)
        if len(raw) > largest:
            return self._reply(*ticket.job_id._refuse_file(ticket, request.env._("The returned file is too large.")))
        return self._reply(*ticket.job_id._take_signed_file(ticket, raw))

    def _ticket(self, kind, secret):
        ticket = request.env["vanban.signing.ticket"]
        found = ticket._redeem(kind, secret) if _SECRET.fullmatch(secret) else ticket
        if not found:
            raise NotFound()
        request.update_context(lang="vi_VN")
        return found.with_context(lang="vi_VN")

    def _reply(self, done, message):
        # safe: a setting
        numeric = request.env["ir.config_parameter"].sudo().get_param("vanban_signing.vgca_numeric_status")
        body = json.dumps(frames.reply(done, message, "van-ban.pdf" if done else "", numeric=bool(numeric)), ensure_ascii=False)
        return request.make_response(body, [("Content-Type", "application/json; charset=utf-8")])
