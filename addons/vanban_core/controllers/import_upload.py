from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from ..tools import scan_split


class ImportUpload(http.Controller):
    """One file of an import in each request: the browser sends them one after another, so that memory stays steady."""

    @http.route("/vanban/import/<int:batch_id>", type="http", auth="user", methods=["POST"])
    def take(self, batch_id, file=None, **_other):
        batch = request.env["vanban.import.batch"].browse(batch_id).exists()
        limit = request.env["vanban.document"]._max_file_bytes()
        try:
            if not batch or file is None:
                raise UserError(request.env._("The import or the file is missing. Reload the page and try again."))
            batch.check_access("write")
            raw = file.stream.read(limit + 1)
            if len(raw) > limit:
                raise UserError(request.env._("“%(file)s” is larger than %(limit)s MB.", file=file.filename, limit=limit // 1024 // 1024))
            answer = batch._take(file.filename, raw)
        except (UserError, AccessError) as error:
            return request.make_json_response({"error": str(error)}, status=422)
        return request.make_json_response(answer)

    @http.route("/vanban/separator-sheet", type="http", auth="user", methods=["GET"])
    def separator_sheet(self, copies="1", **_other):
        if not request.env.user.has_group("vanban_core.group_user"):
            return request.not_found()
        count = min(max(int(copies), 1), 50) if copies.isdigit() else 1
        return request.make_response(
            scan_split.separator_sheet(count),
            [("Content-Type", "application/pdf"), ("Content-Disposition", 'inline; filename="to-phan-cach.pdf"')],
        )
