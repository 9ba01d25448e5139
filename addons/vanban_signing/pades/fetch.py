"""Revocation lists (CRL) and answers about one certificate (OCSP) from the network, bounded and cached until their next issue.

What comes back is DER whose form was checked, not yet its signature: ``evidence.collect`` and ``trust.TrustStore`` check that.
"""

import base64
import datetime
import hashlib
import os
import threading
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp

from .errors import PadesError
from .transport import TransportError, exchange

MAX_CRL, MAX_OCSP = 64 << 20, 1 << 20
#: An answer that does not say when the next one comes is kept this long.
_SHORT = datetime.timedelta(hours=1)


class FetchError(PadesError):
    """Nothing usable came; ``code`` as in ``transport`` or ``form``, ``stale``, ``replay``, ``refused``."""


class Fetcher:
    """``hosts``: names of servers the agency configured (may be private). ``cache``: any mapping of str to bytes.

    ``timeout`` is seconds for one attempt, ``tries`` the number of attempts after failures of the network, ``total`` seconds of
    waiting for all questions together: whoever chose the certificates in a file chose how many services there are to wait for.
    """

    def __init__(self, hosts=(), allow_private=False, timeout=30.0, tries=2, cache=None, total=None):
        self.hosts = frozenset(host.lower() for host in hosts)
        self.allow_private, self.timeout, self.tries = allow_private, timeout, max(1, tries)
        self.cache = {} if cache is None else cache
        self._left, self._silent = total, {}
        self._lock = threading.Lock()

    def crl(self, url):
        """DER of the list at ``url``, from the cache while it is in force. :raise FetchError:"""
        return self._cached("crl:" + url, _crl_window, lambda: _crl_der(self._get(url, MAX_CRL)))

    def ocsp(self, url, certificate, issuer):
        """DER of a fresh answer of the service at ``url`` about ``certificate``; both certificates are DER. :raise FetchError:"""
        key = f"ocsp:{url}:{hashlib.sha256(certificate).hexdigest()}"
        return self._cached(key, _ocsp_window, lambda: self._ask(url, certificate, issuer))

    def _ask(self, url, certificate, issuer):
        nonce = os.urandom(16)
        builder = ocsp.OCSPRequestBuilder().add_certificate(
            x509.load_der_x509_certificate(certificate),
            x509.load_der_x509_certificate(issuer),
            hashes.SHA1(),  # the name of the certificate in the question; every responder knows this one (RFC 6960)
        )
        request = builder.add_extension(x509.OCSPNonce(nonce), False).build()
        raw = self._get(
            url,
            MAX_OCSP,
            request.public_bytes(serialization.Encoding.DER),
            {"Content-Type": "application/ocsp-request", "Accept": "application/ocsp-response"},
        )
        answer = _ocsp(raw)
        try:
            echoed = answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
        except x509.ExtensionNotFound:
            return raw
        if echoed != nonce:
            raise FetchError("replay", "Câu trả lời OCSP không phải cho câu hỏi này (có thể bị phát lại).")
        return raw

    def _get(self, url, limit, data=None, headers=None):
        if known := self._silent.get(url):
            raise FetchError(*known)
        for attempt in range(self.tries):
            try:
                return self._exchange(url, limit, data, headers)
            except TransportError as error:
                if attempt + 1 == self.tries or error.code in ("url", "address", "size", "total"):
                    failure = (error.code, f"Không tải được {url}: {error}")
                    if error.code in ("time", "network") and self._left is not None:
                        self._silent[url] = failure  # the next certificate of this file does not wait for it again
                    raise FetchError(*failure) from error
        raise AssertionError("unreachable")

    def _exchange(self, url, limit, data, headers):
        timeout, begin = self.timeout, time.monotonic()
        if self._left is not None:
            timeout = min(timeout, self._left)
            if timeout <= 0:
                raise TransportError("total", "Hết thời gian dành cho việc hỏi tình trạng thu hồi của tệp này.")
        try:
            return exchange(
                url, data=data, headers=headers, timeout=timeout, max_bytes=limit, hosts=self.hosts, allow_private=self.allow_private
            )
        finally:
            if self._left is not None:
                self._left -= time.monotonic() - begin

    def _cached(self, key, window, load):
        now = datetime.datetime.now(datetime.UTC)
        with self._lock:
            kept = self.cache.get(key)
        if kept is not None:
            try:
                issued, following = window(kept)
                if (following or issued + _SHORT) > now:
                    return kept
            except FetchError:
                pass  # a damaged cache only costs a new request
        raw = load()
        issued, following = window(raw)
        if following is not None and following < now:
            raise FetchError("stale", "Máy chủ trả lời dữ liệu thu hồi đã hết hạn; hãy báo tổ chức chứng thực.")
        if issued > now + datetime.timedelta(minutes=10):
            raise FetchError("stale", "Dữ liệu thu hồi có ngày phát hành ở tương lai; hãy kiểm tra đồng hồ máy chủ.")
        with self._lock:
            self.cache[key] = raw
        return raw


def _crl_der(raw):
    if raw.lstrip().startswith(b"-----BEGIN"):
        try:
            raw = base64.b64decode(b"".join(raw.strip().splitlines()[1:-1]), validate=True)
        except ValueError as error:
            raise FetchError("form", "Danh sách thu hồi (CRL) dạng PEM bị hỏng.") from error
    return raw


def _crl_window(der):
    try:
        crl = x509.load_der_x509_crl(der)
        return crl.last_update_utc, crl.next_update_utc
    except (ValueError, TypeError) as error:
        raise FetchError("form", "Máy chủ trả lời thứ không phải danh sách thu hồi (CRL).") from error


def _ocsp(der):
    try:
        answer = ocsp.load_der_ocsp_response(der)
        if answer.response_status != ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise FetchError("refused", f"Dịch vụ OCSP từ chối trả lời ({answer.response_status.name}).")
        next(answer.responses)
    except FetchError:
        raise
    except (ValueError, TypeError, StopIteration) as error:
        raise FetchError("form", "Máy chủ trả lời thứ không phải OCSP.") from error
    return answer


def _ocsp_window(der):
    single = next(_ocsp(der).responses)
    return single.this_update_utc, single.next_update_utc
