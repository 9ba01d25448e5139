"""Sending a packet to another installation over HTTPS, streaming from disk."""
import hashlib
import json
import time
import uuid

from .session import DeliveryError, FilePart, Session, parsed_object
from .signature import Envelope, receipt_valid

PACKETS_PATH = "/vanban/lienthong/v1/packets"
KNOWN_PATH = "/vanban/lienthong/v1/known"
HEALTH_PATH = "/vanban/lienthong/v1/health"
#: Numbers asked for at once: the answer must stay below the limit of answers.
KNOWN_PAGE = 400
_RETRY_STATUS = frozenset({401, 408, 409, 422, 425, 429})


class HttpClient:
    """Client of one endpoint.

    :param url: base address of the other installation
    :param secret: shared secret, :param key: its name on both sides
    :param database: Odoo database when one server has several
    :param ca_pem, timeout, allow_plain: see :class:`Session`
    :param session: an open :class:`Session` to the address, in place of a new one
    """

    def __init__(self, url, key, secret, ca_pem=None, database=None, timeout=60, allow_plain=False, session=None):
        self._session = session or Session(url, ca_pem, timeout, allow_plain)
        self._key, self._secret = key, secret
        self._database = database

    def send(self, path, message, sender, recipient, kind, length, digest):
        """Deliver the file at ``path``; returns the parsed answer with a checked receipt.

        Raises DeliveryError.
        """
        envelope = self._envelope(message, sender, recipient, kind, length, digest)
        body = FilePart(path, "packet", uuid.uuid4().hex)
        headers = self._headers(envelope, "POST", PACKETS_PATH)
        headers["Content-Type"] = body.content_type
        answer = self._call("POST", PACKETS_PATH, headers, body)
        if not receipt_valid(envelope, answer.get("received"), answer.get("receipt"), self._secret):
            raise DeliveryError("receipt", "Hệ thống bên nhận trả lời nhưng biên nhận không hợp lệ; sẽ gửi lại.")
        return answer

    def health(self, sender):
        """Whether the other side runs and accepts our key; returns its answer."""
        envelope = self._envelope("health", sender, "-", "none", 0, "0" * 64)
        return self._call("GET", HEALTH_PATH, self._headers(envelope, "GET", HEALTH_PATH), None)

    def known(self, messages, sender):
        """{number: SHA-256} of those of ``messages`` ({number: recipient}) that are kept there. Raises DeliveryError."""
        found, numbers = {}, list(messages)
        for start in range(0, len(numbers), KNOWN_PAGE):
            page = numbers[start:start + KNOWN_PAGE]
            body = json.dumps(page).encode()
            envelope = self._envelope("known", sender, messages[page[0]], "none", len(body), hashlib.sha256(body).hexdigest())
            headers = self._headers(envelope, "POST", KNOWN_PATH)
            headers["Content-Type"] = "application/octet-stream"
            answer = self._call("POST", KNOWN_PATH, headers, body).get("known")
            if not isinstance(answer, dict):
                raise DeliveryError("answer", "Hệ thống bên nhận trả lời không đúng định dạng.")
            found.update({number: str(answer[number]) for number in page if number in answer})
        return found

    def _envelope(self, message, sender, recipient, kind, length, digest):
        return Envelope(
            key=self._key, message=message, sender=sender, recipient=recipient, type=kind, length=length,
            digest=digest, timestamp=int(time.time()), nonce=Envelope.new_nonce())

    def _headers(self, envelope, method, path):
        headers = envelope.headers(method, path, self._secret)
        headers["Accept"] = "application/json"
        if self._database:
            headers["X-Odoo-Database"] = self._database
        return headers

    def _call(self, method, path, headers, body):
        status, raw = self._session.call(method, self._session.origin + path, headers, body)
        answer = parsed_object(status, raw)
        if status == 200 and "error" not in answer:
            return answer
        error = answer.get("error") if isinstance(answer.get("error"), dict) else {}
        retryable = status >= 500 or status in _RETRY_STATUS or status == 200
        raise DeliveryError(
            str(error.get("code") or f"http_{status}")[:60],
            "Bên nhận từ chối: " + str(error.get("message") or f"HTTP {status}")[:500], retryable=retryable)
