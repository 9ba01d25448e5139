from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import content_disposition, request

# kind in the address → (model, method that gives (file name, bytes, type))
PAPERS = {
    "token": ("vanban.token", "_paper_minutes"),
    "handover": ("vanban.token.handover", "_paper"),
    "request": ("vanban.certificate.request", "_paper"),
    "report": ("vanban.verification", "_paper"),
    "json": ("vanban.verification", "_paper_json"),
}


class Paper(http.Controller):
    """Forms and reports about keys, seals and verification, made at the moment they are asked for."""

    @http.route("/vanban_signing/<string:kind>/<int:res_id>", type="http", auth="user", methods=["GET"])
    def paper(self, kind, res_id):
        model, method = PAPERS.get(kind, (None, None))
        if not model:
            raise request.not_found()
        record = request.env[model].browse(res_id).exists()
        if not record or not record.has_access("read"):
            raise request.not_found()
        return self._answer(record, method)

    @http.route("/vanban_signing/custody_register", type="http", auth="user", methods=["GET"])
    def custody_register(self):
        return self._answer(request.env["vanban.token"], "_paper_register")

    def _answer(self, record, method):
        try:
            name, raw, kind = getattr(record, method)()
        except UserError as error:
            return request.make_response(
                str(error),
                [("Content-Type", "text/plain; charset=utf-8")],
                status=403 if isinstance(error, AccessError) else 400,
            )
        record._log("print", data={"paper": name})
        return request.make_response(
            raw,
            [
                ("Content-Type", kind),
                ("Content-Length", str(len(raw))),
                (
                    "Content-Disposition",
                    content_disposition(
                        name, disposition_type="attachment" if kind == "application/json" else "inline"
                    ),
                ),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
