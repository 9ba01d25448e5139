import datetime
import json
import re

from odoo import http
from odoo.http import request

from .strangers import log_refused

TASKS_PATH = "/vanban/share/v1/tasks"
_BEARER = re.compile(r"Bearer ([0-9A-Za-z_-]{20,200})")


def _answer(status, content):
    return request.make_response(json.dumps(content, ensure_ascii=False), [
        ("Content-Type", "application/json; charset=utf-8"), ("Cache-Control", "no-store")], status=status)


def _refused(status, code, message):
    return _answer(status, {"error": {"code": code, "message": message}})


class Share(http.Controller):
    """The address at which related systems read the state of tasks; read-only, a key for each system (LT-21)."""

    @http.route(TASKS_PATH, type="http", auth="public", methods=["GET"], csrf=False, save_session=False, readonly=False)
    def tasks(self, after="0", since=None, **_others):
        # safe: the key is what authenticates; the model gives out only what its scope permits
        clients = request.env["vanban.share.client"].sudo()
        header = _BEARER.fullmatch(request.httprequest.headers.get("Authorization", ""))
        client = clients._of_key(header[1]) if header else clients
        if not client:
            log_refused("vanban.share.client", "share_tasks", "unknown, ended or missing key")
            return _refused(401, "key", "Khóa không đúng, đã hết hạn hoặc thiếu; đề nghị quản trị hệ thống văn bản cấp khóa.")
        try:
            place = int(after) if len(after) < 12 else -1
            moment = datetime.datetime.fromisoformat(since) if since else None
            if place < 0:
                raise ValueError
            if moment and moment.tzinfo:  # as in our own answers
                moment = moment.astimezone(datetime.UTC).replace(tzinfo=None)
        except (ValueError, OverflowError):
            return _refused(400, "parameters", "Tham số không đúng: after là số, since là thời điểm UTC dạng 2026-01-31T08:00:00.")
        rows, following = client._tasks(place, moment)
        return _answer(200, {"tasks": rows, "next": following})
