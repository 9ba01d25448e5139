import hashlib
import json
import logging
import time

import werkzeug.exceptions

from odoo import http
from odoo.http import request

from ..drivers import Delivery
from ..wire import Envelope, SignatureError, receipt, verify
from ..wire.http_client import HEALTH_PATH, KNOWN_PAGE, KNOWN_PATH, PACKETS_PATH
from .strangers import log_refused

_logger = logging.getLogger(__name__)
_PATIENCE = 4
_FORM_OVERHEAD = 64 * 1024


class Refusal(Exception):
    """An answer other than “stored”: HTTP status, stable code and Vietnamese reason."""

    def __init__(self, status, code, message):
        super().__init__(message)
        self.status = status
        self.code = code


def _authenticate(method, path, recipient_only=False):
    """(envelope, secret, own agencies that share it) of a genuine request; raises Refusal. Reads headers only.

    :param recipient_only: only the agency to which the request is addressed, when it shares the secret
    """
    headers = request.httprequest.headers
    peers = request.env["vanban.peer"].sudo()  # safe: the shared secret is what authenticates; it is not returned
    try:
        envelope, signature = Envelope.from_headers(headers.get)
        companies = peers.search([("key_id", "=", envelope.key)]).company_id
        addressed = request.env["res.company"]._vanban_by_code(envelope.recipient) & companies if recipient_only else companies.browse()
        if addressed and (secret := peers._secret_of(addressed, envelope.key)):
            try:
                verify(envelope, signature, method, path, secret, int(time.time()))
                return envelope, secret, addressed
            except SignatureError as error:  # by the key of another of our agencies, perhaps
                _logger.debug("not by the key of the addressee: %s", error)
        secrets = {company: secret for company in companies if (secret := peers._secret_of(company, envelope.key))}
        if not secrets:
            raise SignatureError("signature", "Khóa kết nối không được biết ở đây: kiểm tra cấu hình kết nối của hai hệ thống.")
        for secret in (candidates := list(dict.fromkeys(secrets.values()))):
            try:
                verify(envelope, signature, method, path, secret, int(time.time()))
                break
            except SignatureError:
                # Two of our agencies may use one name for keys of their own.
                if secret == candidates[-1]:
                    raise
    except SignatureError as error:
        raise Refusal(400 if error.code == "headers" else 401, error.code, str(error)) from None
    return envelope, secret, companies.filtered(lambda company: secrets.get(company) == secret)


def _packet_limit(_controller):
    """Most bytes that are read of this request; nothing at all of a sender that has not proved who it is."""
    try:
        envelope, secret, companies = _authenticate("POST", PACKETS_PATH, recipient_only=True)
    except Refusal as refusal:
        werkzeug.exceptions.abort(_refused(refusal))
    request.vanban_sender = envelope, secret, companies.ids  # once for each request
    limit = request.env["vanban.packet.in"].sudo()._limits().packet_size  # safe: a technical limit
    # Somewhat more than allowed is read, so that a known sender gets its answer in words.
    return min(_PATIENCE * limit, envelope.length) + _FORM_OVERHEAD


def _refused(refusal):
    _logger.info("interchange request refused: %s", refusal.code)
    headers = request.httprequest.headers
    claims = ", ".join(f"{name} {headers.get(f'X-Vanban-{name}', '–')[:60]}" for name in ("Key", "Sender", "Recipient", "Message"))
    log_refused("vanban.log", "receive_packet", f"{refusal.code}: {refusal} ({claims})")
    return request.make_json_response({"error": {"code": refusal.code, "message": str(refusal)}}, status=refusal.status)


class PacketController(http.Controller):
    """Reception of packets from other installations."""

    @http.route(
        PACKETS_PATH, type="http", auth="public", methods=["POST"], csrf=False, save_session=False, readonly=False,
        max_content_length=_packet_limit)
    def receive(self, **_parameters):
        """Store a packet. 200 means: kept and committed, with a receipt. Repeating it is harmless."""
        try:
            answer = self._receive()
        except Refusal as refusal:
            return _refused(refusal)
        return request.make_json_response(answer)

    @http.route(HEALTH_PATH, type="http", auth="public", methods=["GET"], csrf=False, save_session=False, readonly=True)
    def health(self, **_parameters):
        """Whether the service runs; a signed request also learns which agencies it may address."""
        answer = {"status": "ok", "time": int(time.time())}
        if request.httprequest.headers.get("X-Vanban-Signature"):
            try:
                _envelope, _secret, companies = _authenticate("GET", HEALTH_PATH)
            except Refusal as refusal:
                return _refused(refusal)
            answer["agencies"] = sorted({code for code in companies.mapped("vanban_code") if code})
        return request.make_json_response(answer)

    @http.route(
        KNOWN_PATH, type="http", auth="public", methods=["POST"], csrf=False, save_session=False, readonly=False,
        max_content_length=_FORM_OVERHEAD)
    def known(self, **_parameters):
        """Digests of packets that this sender handed over, so that it can compare them with what it sent."""
        try:
            answer = self._known()
        except Refusal as refusal:
            return _refused(refusal)
        return request.make_json_response(answer)

    def _known(self):
        envelope, _secret, companies = _authenticate("POST", KNOWN_PATH)
        raw = request.httprequest.get_data()
        if hashlib.sha256(raw).hexdigest() != envelope.digest:
            raise Refusal(422, "digest", "Nội dung yêu cầu không khớp với chữ ký.")
        # safe: authenticated by the shared secret; digests of the asker's own packets only
        env = request.env(su=True)
        if not env["vanban.packet.nonce"]._use(envelope.key, envelope.nonce):
            raise Refusal(409, "replay", "Yêu cầu này đã được nhận; gửi lại phải dùng số ngẫu nhiên mới.")
        try:
            numbers = [str(number) for number in json.loads(raw)][:KNOWN_PAGE]
        except (ValueError, TypeError):
            raise Refusal(400, "body", "Nội dung yêu cầu phải là danh sách số gói tin.") from None
        rows = env["vanban.packet.in"].search([
            ("company_id", "in", companies.ids), ("channel_key", "=", envelope.key), ("message", "in", numbers)])
        return {"known": {row.message: row.sha256 for row in rows}}

    def _receive(self):
        envelope, secret, company_ids = request.vanban_sender
        companies = request.env["res.company"].browse(company_ids)
        # safe: authenticated by the shared secret; only the reception of packets is done
        env = request.env(su=True)
        if envelope.type not in ("document", "status"):
            raise Refusal(400, "type", "Loại gói tin phải là document hoặc status.")
        company = env["res.company"]._vanban_by_code(envelope.recipient) & companies
        peers = env["vanban.peer"].search([("key_id", "=", envelope.key), ("company_id", "=", company.id)])
        if not company or not peers:
            raise Refusal(404, "recipient", f"Không có cơ quan nhận mang mã {envelope.recipient} cho kết nối này.")
        if not env["vanban.packet.nonce"]._use(envelope.key, envelope.nonce):
            raise Refusal(409, "replay", "Yêu cầu này đã được nhận; gửi lại phải dùng số ngẫu nhiên mới.")
        if envelope.length > env["vanban.packet.in"]._limits().packet_size:
            raise Refusal(413, "too_large", "Gói tin vượt quá dung lượng cho phép.")
        upload = request.httprequest.files.get("packet")
        if upload is None:
            raise Refusal(400, "body", "Thiếu phần “packet” trong yêu cầu.")
        delivery = Delivery(
            path="", message=envelope.message, sender=envelope.sender, recipient=envelope.recipient, type=envelope.type,
            size=envelope.length, sha256=envelope.digest)
        if not env["vanban.packet.in"]._lock_message(envelope.sender, envelope.message):
            raise Refusal(409, "busy", "Gói tin này đang được nhận; đề nghị gửi lại sau ít phút.")
        peer = env["vanban.peer"]._of_sender(company, envelope.sender, peers=peers)
        packet = self._store(env, upload.stream, company, peer, delivery, envelope.key)
        if packet.sha256 != envelope.digest:
            raise Refusal(422, "digest", "Nội dung nhận được không khớp với chữ ký (Không toàn vẹn); đề nghị gửi lại.")
        received = packet.received_date.isoformat()
        return {
            "id": str(packet.id), "message": envelope.message, "received": received,
            "receipt": receipt(envelope, received, secret),
        }

    @staticmethod
    def _store(env, stream, company, peer, delivery, key):
        try:
            return env["vanban.packet.in"]._receive(stream, company, peer, delivery, key)
        except OverflowError:
            raise Refusal(413, "too_large", "Gói tin vượt quá dung lượng cho phép.") from None
