"""Sign a batch: check what is asked, ask for the PIN once, sign each document on its own."""

import base64
import binascii
import datetime
import hashlib
import threading

from asn1crypto import cms

from .pin import PinRefused
from .token import TokenError

MAX_BATCH, MAX_ATTRIBUTES = 500, 16 * 1024
_SHOWN = 12


class RequestRefused(ValueError):
    """The request is not one that this agent signs; the message is Vietnamese."""


class Signer:
    """Holds the PKCS#11 module and the way to ask for the PIN. ``keep_open``: do not ask again while the session lives."""

    def __init__(self, module, ask_pin, keep_open=False, announce=print):
        self._module, self._ask, self._keep, self._announce = module, ask_pin, keep_open, announce
        self._lock = threading.Lock()

    def certificates(self):
        return [
            {
                "id": one.id,
                "subject": one.subject,
                "issuer": one.issuer,
                "serial": one.serial,
                "valid_to": one.valid_to,
                "token": one.token,
                "token_serial": one.token_serial,
                "certificate_b64": base64.b64encode(one.der).decode(),
            }
            for one in self._module.certificates()
        ]

    def sign(self, origin, certificate_id, batch):
        """List of {id, name, digest_hex, attrs_b64} → generator: first {certificate_b64, token_serial}, then for each document
        {id, signature_b64} or {id, code, error}. The device is unlocked once and closed when the generator ends, however it ends.
        """
        jobs = [_job(item) for item in _bounded(batch)]
        certificate = next((one for one in self._module.certificates() if one.id == certificate_id), None)
        if certificate is None:
            raise TokenError(
                "no_certificate", "Không thấy chứng thư số đã chọn. Hãy cắm thiết bị lưu khóa bí mật rồi thử lại."
            )
        _require_valid(certificate)
        with self._lock:
            key = self._unlock(origin, certificate, jobs)
            done = 0
            try:
                yield {
                    "certificate_b64": base64.b64encode(certificate.der).decode(),
                    "token_serial": certificate.token_serial,
                }
                for job in jobs:
                    result = self._one(key, job)
                    done += "signature_b64" in result
                    yield result
            finally:
                if not self._keep:
                    self._module.close(certificate.token_serial)
                self._announce(
                    f"{origin}: đã ký {done}/{len(jobs)} văn bản bằng chứng thư {certificate.subject} ({certificate.serial})"
                )

    def _unlock(self, origin, certificate, jobs):
        if self._keep and self._module.is_open(certificate):
            return self._module.open(certificate, None)
        self._module.close(certificate.token_serial)
        warning = self._module.pin_warning(certificate.token_serial)
        shown = _shown(origin, certificate, jobs)
        return self._module.open(certificate, self._ask("Ký số văn bản", f"{warning}\n{shown}" if warning else shown))

    @staticmethod
    def _one(key, job):
        try:
            return {"id": job["id"], "signature_b64": base64.b64encode(key.sign(job["attributes"])).decode()}
        except TokenError as error:
            return {"id": job["id"], "code": error.code, "error": str(error)}


def _require_valid(certificate):
    """An expired certificate is told before the PIN is asked for."""
    ends = datetime.datetime.fromisoformat(certificate.valid_to)
    if ends < datetime.datetime.now(datetime.UTC):
        raise TokenError(
            "expired",
            f"Chứng thư số của {certificate.subject} đã hết hạn ngày {ends:%d/%m/%Y}. Hãy đề nghị gia hạn chứng thư.",
        )


def _bounded(batch):
    if not isinstance(batch, list) or not 1 <= len(batch) <= MAX_BATCH:
        raise RequestRefused(f"Mỗi lần ký từ 1 đến {MAX_BATCH} văn bản.")
    return batch


def _job(item):
    """Only the signed attributes of a CMS signature are signed, never free bytes: they could be anything."""
    try:
        attributes = base64.b64decode(item["attrs_b64"], validate=True)
        name, digest = str(item["name"])[:200], str(item["digest_hex"]).lower()
        if len(attributes) > MAX_ATTRIBUTES or hashlib.sha256(attributes).hexdigest() != digest:
            raise RequestRefused("Nội dung ký không khớp với mã băm kèm theo.")
        kinds = {attribute["type"].native: attribute for attribute in cms.CMSAttributes.load(attributes, strict=True)}
        if kinds["content_type"]["values"][0].native != "data" or len(kinds["message_digest"]["values"][0].native) < 32:
            raise RequestRefused("Nội dung yêu cầu ký không phải chữ ký văn bản.")
        return {"id": item["id"], "name": name, "digest": digest, "attributes": attributes}
    except RequestRefused:
        raise
    except (KeyError, TypeError, ValueError, binascii.Error, IndexError) as error:
        raise RequestRefused("Yêu cầu ký không đúng mẫu.") from error


def _shown(origin, certificate, jobs):
    lines = [
        f"Hệ thống: {origin}",
        f"Chứng thư: {certificate.subject} ({certificate.token})",
        f"Số văn bản: {len(jobs)}",
    ]
    lines += [f"• {job['name']} [{job['digest'][:16]}…]" for job in jobs[:_SHOWN]]
    if len(jobs) > _SHOWN:
        lines.append(f"… và {len(jobs) - _SHOWN} văn bản khác")
    return "\n".join("".join(letter if letter.isprintable() else " " for letter in line) for line in lines)


__all__ = ["MAX_BATCH", "PinRefused", "RequestRefused", "Signer"]
