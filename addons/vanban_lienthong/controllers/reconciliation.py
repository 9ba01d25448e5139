from odoo import http
from odoo.http import content_disposition, request


class ReconciliationReport(http.Controller):
    @http.route("/vanban/reconciliation/<int:report_id>", type="http", auth="user", readonly=True)
    def report(self, report_id):
        """The reconciliation of a day as PDF, for those who may read it."""
        report = request.env["vanban.reconciliation"].browse(report_id).exists()
        if not report or not report.has_access("read"):
            raise request.not_found()
        return request.make_response(report._pdf(), [
            ("Content-Type", "application/pdf"),
            ("Content-Disposition", content_disposition(f"doi-soat-{report.date}.pdf", "inline")),
        ])
