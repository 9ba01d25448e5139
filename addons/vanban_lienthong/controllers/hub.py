import datetime
import hashlib
import json
import logging

import werkzeug.exceptions

from odoo import http
from odoo.http import request

from ..models.hub_packet import WAITING
from ..models.hub_refusal import HubRefusal
from ..wire.axis.items import KINDS, registration
from ..wire.axis.vxp import PREFIX, file_digest, genuine, read_timestamp, signed_parameters, unsigned
from ..wire.signature import TOLERANCE
from .strangers import log_refused

_logger = logging.getLogger(__name__)
_KIND = {word: kind for kind, word in KINDS.items()}
_PAGE = 500
_OVERHEAD = 64 * 1024
# Programs of others take the time once when they start: a wide window, because a repeated call does no harm here. Sending is known by its
# bytes and its time, a packet changes its state once, and what was confirmed is not given out again.
_TOLERANCE = datetime.timedelta(hours=24)
# Repeated later, these could undo what the member has done since.
_FRESH = datetime.timedelta(seconds=TOLERANCE)


def _headers():
    prefix = PREFIX.lower()
    return {
        name.lower().removeprefix(prefix): value for name, value in request.httprequest.headers.items()
        if name.lower().startswith(prefix)}


def _member():
    """(member, parameters) of a genuine call; aborts with 401 otherwise. Reads headers only.

    The parameters are those of the signed text, in lower case: a header beside it could be anybody's.
    """
    headers = _headers()
    values = signed_parameters(headers)
    # safe: the shared secret is what authenticates; it is not returned
    member = request.env["vanban.hub.member"].sudo().search([("system_id", "=", values.get("systemid", ""))], limit=1)
    secret = member._secret() if member else ""
    age = _age(values)
    if not secret or not genuine(headers, secret) or age is None or age > _TOLERANCE:
        system, added = (values.get("systemid") or headers.get("systemid") or "–")[:60], ", ".join(unsigned(headers))[:200]
        _logger.info("hub: refused a call of %r", system)
        log_refused("vanban.log", "hub_call", f"wrong account, signature or time ({system})" + (f"; not signed: {added}" if added else ""))
        werkzeug.exceptions.abort(request.make_response("Unauthorized", status=401))
    if member.blocked:
        # Whoever knows the secret may know why: otherwise the member looks for the fault in its own settings.
        log_refused("vanban.log", "hub_call", f"cut off ({member.system_id})")
        werkzeug.exceptions.abort(_refused("19", f"Tài khoản bị khóa, đơn vị đã bị ngắt khỏi trục: {member.blocked_reason or ''}"))
    return member, values


def _age(values):
    """How far the clock of the caller was from ours when it signed, None when it does not say."""
    moment = read_timestamp(values.get("timestamp"))
    return moment and abs(datetime.datetime.now(datetime.UTC) - moment)


def _body_limit(_controller):
    member, _values = _member()
    return (member.max_packet_mb << 20) + _OVERHEAD


def _ok(**values):
    return request.make_json_response({"status": "OK", "ErrorCode": "0", "ErrorDesc": "", **values})


def _refused(code, message):
    return request.make_json_response({"status": "FAIL", "ErrorCode": code, "ErrorDesc": message})


class HubController(http.Controller):
    """The hub speaks the interface of the national axis: a member needs nothing but its ordinary driver."""

    @http.route("/vanban/hub/v1/sendEdoc", type="http", auth="public", methods=["POST"], csrf=False, save_session=False,
                max_content_length=_body_limit)
    def send(self, **_parameters):
        """Store a packet and queue it. Repeating it gives the same number and queues nothing."""
        member, values = _member()
        upload = request.httprequest.files.get("file_doc")
        kind = _KIND.get(values.get("messagetype"))
        if upload is None or not kind:
            return _refused("10", "Thiếu phần file_doc hoặc messagetype không đúng.")
        if file_digest(upload.stream) != values.get("hash-file"):
            return _refused("21", "Nội dung nhận được không khớp với hash-file (Không toàn vẹn); đề nghị gửi lại.")
        if member._over_limit():
            return _refused("21", f"Đã vượt hạn mức {member.max_per_hour} gói tin mỗi giờ; sẽ nhận lại sau.")
        try:
            recipients = json.loads(values.get("to") or "[]")
            if not isinstance(recipients, list) or not all(isinstance(code, str) for code in recipients):
                raise ValueError
        except (ValueError, RecursionError):
            return _refused("10", "Tham số to phải là danh sách mã cơ quan nhận.")
        signed = read_timestamp(values["timestamp"]).astimezone(datetime.UTC).replace(tzinfo=None)
        try:
            packet = self._packets()._accept(upload.stream, values.get("from", ""), kind, recipients, member=member, signed=signed)
        except HubRefusal as refusal:
            request.env["vanban.log"].sudo()._log_refused("hub_accept", str(refusal))  # safe: the trace of a refused packet
            return _refused(refusal.code, str(refusal))
        member._note_contact()
        return _ok(DocId=packet.doc_id)

    @http.route("/vanban/hub/v1/getReceivedEdocList", type="http", auth="public", methods=["POST"], csrf=False, save_session=False)
    def waiting(self, **_parameters):
        """What waits for the member, the oldest first, behind those that it has left for now (``offset``)."""
        member, values = _member()
        member._note_contact()
        offset = values.get("offset", "")
        rows = self._deliveries().search([
            ("member_id", "=", member.id), ("type", "=", _KIND.get(values.get("messagetype"), "document")),
            ("state", "in", WAITING)], order="id", limit=_PAGE, offset=int(offset) if offset.isdecimal() and len(offset) < 10 else 0)
        return _ok(data=[{
            "docId": row.doc_id, "serviceType": "eDoc", "messageType": KINDS[row.type], "from": row.packet_id.sender_code,
            "to": row.recipient_code, "status": row.state, "created_time": row.create_date.isoformat()} for row in rows])

    @http.route("/vanban/hub/v1/downloadEdoc", type="http", auth="public", methods=["POST"], csrf=False, save_session=False)
    def download(self, **_parameters):
        member, values = _member()
        row = self._row(member, values)
        # what was confirmed has been fetched: a recorded call brings nothing
        if not row or row.state not in WAITING or not row.packet_id.has_content:
            return _refused("10", "Không có gói tin này trong hàng đợi của đơn vị.")
        if row.state == "initial":
            row._set_state("processing")
        stream = request.env["ir.binary"].sudo()._get_stream_from(row.packet_id, "content")  # safe: of the member's own queue
        return stream.get_response(as_attachment=True)

    @http.route("/vanban/hub/v1/updateStatus", type="http", auth="public", methods=["POST"], csrf=False, save_session=False)
    def acknowledge(self, **_parameters):
        member, values = _member()
        row = self._row(member, values)
        state = values.get("status")
        if not row or state not in ("done", "fail", "processing"):
            return _refused("10", "Không có gói tin này, hoặc trạng thái không đúng.")
        if row.state in WAITING and row.state != state:
            row._set_state(state)
        return _ok()

    @http.route("/vanban/hub/v1/getSentEdocList", type="http", auth="public", methods=["POST"], csrf=False, save_session=False)
    def sent(self, **_parameters):
        """Where the member's own packet is, per recipient."""
        member, values = _member()
        packet = self._packets().search([("doc_id", "=", values.get("docid", "")), ("member_id", "=", member.id)], limit=1)
        return _ok(data=[{
            "senderDocId": packet.doc_id, "receiverDocId": row.doc_id, "fromCode": packet.sender_code, "toCode": row.recipient_code,
            "sentTime": packet.create_date.isoformat(), "sendStatus": "done", "receivedTime": row.state_date.isoformat(),
            "receiveStatus": row.state, "receiveStatusDesc": row.error or ""} for row in packet.delivery_ids])

    @http.route(["/vanban/hub/v1/getAgenciesListQD20", "/vanban/hub/v1/getAgenciesList"], type="http", auth="public",
                methods=["POST"], csrf=False, save_session=False)
    def agencies(self, **_parameters):
        """The members, and with them whoever a parent axis reaches."""
        _member()
        return _ok(data=request.env["vanban.hub.member"].sudo()._directory()._hub_lines())  # safe: the directory is public

    @http.route("/vanban/hub/v1/getSynchronizeUnit", type="http", auth="public", methods=["POST"], csrf=False, save_session=False)
    def changes(self, **_parameters):
        """The same directory, only what changed since the version that the member had last; all of it without one."""
        _member_row, values = _member()
        data, version = request.env["vanban.hub.member"].sudo()._directory_changes(values.get("fromversion", ""))  # safe: as above
        return _ok(data=data, version=version)

    @http.route("/vanban/hub/v1/registerAgency", type="http", auth="public", methods=["POST"], csrf=False, save_session=False,
                max_content_length=_OVERHEAD)
    def register(self, **_parameters):
        """An agency of the member: its data are put right, or it begins to send and receive through the member's account."""
        member, values = _member()
        body = request.httprequest.get_data()
        try:
            given = registration(json.loads(body))
        except (ValueError, RecursionError):
            given = None

        def step():
            self._check_fresh(values)
            # the interface signs parameters only: any call that somebody has read could carry a body of his
            if values.get("hash-body", "").lower() != hashlib.sha256(body).hexdigest():
                raise HubRefusal("10", "Nội dung đăng ký chưa được ký: tham số hash-body phải là SHA-256 (thập lục phân) của nội dung gửi kèm. "
                                 "Phần mềm không ký được thì đề nghị quản trị trục thêm hoặc sửa cơ quan này.")
            if given is None:
                raise HubRefusal("10", "Thiếu mã hoặc tên cơ quan.")
            member._register_agency(given)

        return self._on_member(member, step)

    @http.route("/vanban/hub/v1/deleteAgency", type="http", auth="public", methods=["POST"], csrf=False, save_session=False)
    def strike_off(self, **_parameters):
        member, values = _member()

        def step():
            self._check_fresh(values)
            member._delete_agency(values.get("agencycode", ""))

        return self._on_member(member, step)

    @staticmethod
    def _check_fresh(values):
        if _age(values) > _FRESH:
            raise HubRefusal("10", "Lệnh này phải được ký không quá 5 phút trước: khởi động lại phần mềm, kiểm tra đồng hồ hai bên rồi gửi lại.")

    @staticmethod
    def _on_member(member, step):
        try:
            step()
        except HubRefusal as refusal:
            request.env["vanban.log"].sudo()._log_refused("hub_agency", f"{member.system_id}: {refusal}")  # safe: the trace of a refused call
            return _refused(refusal.code, str(refusal))
        member._note_contact()
        return _ok()

    @http.route("/vanban/hub/v1/countReceiveEdoc", type="http", auth="public", methods=["GET"], csrf=False, save_session=False)
    def count(self, **_parameters):
        member, _values = _member()
        member._note_contact()
        return _ok(count=self._deliveries().search_count([("member_id", "=", member.id), ("state", "in", WAITING)]))

    # safe (both): the member was authenticated by its secret, and only rows of its own account are read or changed

    @staticmethod
    def _packets():
        return request.env(su=True)["vanban.hub.packet"].with_context(lang="vi_VN")

    @staticmethod
    def _deliveries():
        return request.env(su=True)["vanban.hub.delivery"]

    def _row(self, member, values):
        return self._deliveries().search([("doc_id", "=", values.get("docid", "")), ("member_id", "=", member.id)], limit=1)
