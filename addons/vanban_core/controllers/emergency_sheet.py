from odoo import http
from odoo.http import content_disposition, request


class EmergencySheet(http.Controller):
    @http.route("/vanban/emergency-sheet/<int:sheet_id>", type="http", auth="user", readonly=True)
    def sheet(self, sheet_id):
        """The sheet of emergency numbers as PDF, for those who may read it."""
        sheet = request.env["vanban.register.sheet"].browse(sheet_id).exists()
        if not sheet:
            return request.not_found()
        raw = sheet._pdf()
        name = f"phieu-so-du-phong-{sheet.ordinal}-{sheet.year}.pdf"
        return request.make_response(raw, [
            ("Content-Type", "application/pdf"), ("Content-Disposition", content_disposition(name, "inline")),
        ])
