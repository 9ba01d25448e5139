"""HMAC-SHA256 of requests between two installations that share a secret.

Everything that decides about a delivery is signed: method, path, key, time, nonce, message id,
both agencies, type, length and digest of the body. The body may so be judged before it is read.
"""
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, fields

HEADER = "X-Vanban-"
TOLERANCE = 300  # seconds that two clocks may differ
_TOKEN = re.compile(r"[\x21-\x7e]{1,200}")
_HEX = re.compile(r"[0-9a-f]{64}")
_MIN_SECRET = 16


class SignatureError(Exception):
    """A request that is not accepted; ``code`` is a stable name, the text is Vietnamese."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Envelope:
    """The signed facts of one delivery.

    :ivar key: name of the shared secret        :ivar message: id of this packet, same on every attempt
    :ivar sender: code of the sending agency    :ivar recipient: code of the agency addressed
    :ivar type: ``document``, ``status`` or ``none``
    :ivar length: bytes of the packet           :ivar digest: its SHA-256 in hexadecimal
    :ivar timestamp: seconds since 1970         :ivar nonce: new on every attempt
    """

    key: str
    message: str
    sender: str
    recipient: str
    type: str
    length: int
    digest: str
    timestamp: int
    nonce: str

    @staticmethod
    def new_nonce():
        return secrets.token_hex(16)

    def canonical(self, method, path):
        values = [method.upper(), path, *(str(getattr(self, field.name)) for field in fields(self))]
        return "\n".join(values).encode("utf-8")

    def headers(self, method, path, secret):
        """HTTP headers that carry the envelope and its signature."""
        head = {HEADER + field.name.title(): str(getattr(self, field.name)) for field in fields(self)}
        head[HEADER + "Signature"] = sign(self.canonical(method, path), secret)
        return head

    @classmethod
    def from_headers(cls, get):
        """(envelope, signature) from ``get(name)``; raises SignatureError ``headers``."""
        values = {}
        for field in fields(cls):
            raw = get(HEADER + field.name.title()) or ""
            if not _TOKEN.fullmatch(raw):
                raise SignatureError("headers", f"Thiếu hoặc sai tiêu đề {HEADER}{field.name.title()}.")
            values[field.name] = raw
        for name in ("length", "timestamp"):
            if not (values[name].isascii() and values[name].isdecimal() and len(values[name]) < 16):
                raise SignatureError("headers", f"Tiêu đề {HEADER}{name.title()} phải là số.")
            values[name] = int(values[name])
        if not _HEX.fullmatch(values["digest"]):
            raise SignatureError("headers", f"Tiêu đề {HEADER}Digest phải là SHA-256 dạng chữ số thập lục phân.")
        return cls(**values), get(HEADER + "Signature") or ""


def sign(data, secret):
    """HMAC-SHA256 in hexadecimal. Raises ValueError for a secret that is too short."""
    if len(secret) < _MIN_SECRET:
        raise ValueError("secret too short")
    return hmac.new(secret.encode("utf-8"), data, hashlib.sha256).hexdigest()


def verify(envelope, signature, method, path, secret, now):
    """Raise SignatureError ``signature`` or ``clock`` unless the request is genuine and fresh."""
    expected = sign(envelope.canonical(method, path), secret)
    if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")):
        raise SignatureError("signature", "Chữ ký của yêu cầu không đúng: kiểm tra khóa chung của hai hệ thống.")
    if abs(now - envelope.timestamp) > TOLERANCE:
        raise SignatureError("clock", "Đồng hồ hai hệ thống lệch nhau quá 5 phút: kiểm tra đồng bộ giờ.")


def receipt(envelope, received, secret):
    """Proof that the packet was stored: HMAC over message, digest and time of receipt."""
    return sign(f"receipt\n{envelope.message}\n{envelope.digest}\n{received}".encode(), secret)


def receipt_valid(envelope, received, value, secret):
    return hmac.compare_digest(receipt(envelope, received, secret).encode(), str(value).encode("utf-8", "replace"))
