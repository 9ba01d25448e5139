import json

from odoo import http
from odoo.http import content_disposition, request

from ..tools import metadata_xml

MODELS = {"document": "vanban.document", "dossier": "vanban.dossier"}


class Metadata(http.Controller):
    @http.route("/vanban/metadata/<any(document,dossier):kind>/<int:record_id>.<any(json,xml):form>", type="http", auth="user", readonly=False)
    def metadata(self, kind, record_id, form):
        """All metadata of one record as a file, for those who may read it (HCM Đ16.7b)."""
        record = request.env[MODELS[kind]].browse(record_id).exists()
        if not record:
            raise request.not_found()
        metadata = record.get_metadata()
        record._log("export", data={"metadata": form})
        if form == "xml":
            content, mimetype = metadata_xml.to_xml(metadata), "application/xml"
        else:
            content, mimetype = json.dumps(metadata, ensure_ascii=False, indent=1).encode(), "application/json"
        return request.make_response(content, [
            ("Content-Type", f"{mimetype}; charset=utf-8"),
            ("Content-Disposition", content_disposition(f"dac-ta-{kind}-{record_id}.{form}")),
            ("X-Content-Type-Options", "nosniff"),
        ])
