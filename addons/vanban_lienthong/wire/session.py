"""HTTP to another system: only where we mean to go, bounded answers, every failure a DeliveryError."""
import json
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

CHUNK = 256 * 1024
ANSWER_LIMIT = 64 * 1024
# A machine that is there takes the connection at once; how long it may work on a packet is another matter.
CONNECT_TIMEOUT = 10
# Answers of error pages and of a server that does not know our key any more: no packet passes.
_OUTAGES = frozenset({"answer", "receipt", "signature", "clock"})
_LOCAL = ("localhost", "127.0.0.1", "::1")


class DeliveryError(Exception):
    """A delivery that did not succeed.

    :ivar code: stable name
    :ivar retryable: trying the same bytes again later can help
    :ivar unreachable: the other system did not answer at all, so other packets to it need not try now
    """

    def __init__(self, code, message, retryable=True, unreachable=False):
        super().__init__(message)
        self.code = code
        self.retryable = retryable
        self.unreachable = unreachable

    @property
    def outage(self):
        """Whether the other system does not work as it should, though something may have answered in its place."""
        return self.unreachable or self.code in _OUTAGES or self.code.startswith("http_5")


def too_large():
    """DeliveryError for HTTP 413: whoever stands in front of the other system takes no more, however often it is tried."""
    return DeliveryError(
        "too_large", "Gói tin lớn hơn mức bên nhận, hoặc máy chủ trung gian trước bên nhận, cho phép (HTTP 413): gửi bản giấy, hoặc làm "
        "nhỏ tệp đính kèm rồi gửi lại.", retryable=False)


class _Adapter(HTTPAdapter):
    """Connects within ``CONNECT_TIMEOUT``, whatever time the answer may take."""

    def send(self, request, stream=False, timeout=None, **options):
        if isinstance(timeout, (int, float)):
            timeout = (min(CONNECT_TIMEOUT, timeout), timeout)
        return super().send(request, stream=stream, timeout=timeout, **options)


class _TrustAdapter(_Adapter):
    """Trusts the given certificates (PEM) and nothing else."""

    def __init__(self, ca_pem):
        self._context = ssl.create_default_context(cadata=ca_pem)
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)


class Session:
    """Requests to one base address.

    :param url: base address of the other system
    :param ca_pem: certificates to trust instead of those of the machine
    :param timeout: seconds of silence that end a request
    :param allow_plain: permit http:// to other machines (closed network of the agencies)
    :raise DeliveryError: the address or the certificates cannot be used
    """

    def __init__(self, url, ca_pem=None, timeout=60, allow_plain=False):
        parts = urlsplit(url or "")
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise DeliveryError("url", f"Địa chỉ kết nối “{url}” không hợp lệ.", retryable=False)
        if parts.scheme == "http" and not (parts.hostname in _LOCAL or allow_plain):
            raise DeliveryError("url", "Địa chỉ kết nối phải dùng https.", retryable=False)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.base = self.origin + parts.path.rstrip("/")
        self._timeout = timeout
        self._session = requests.Session()
        # Proxies and .netrc of the machine must not decide where documents go.
        self._session.trust_env = False
        # a server that finds a language here need not look for one in its database
        self._session.headers["Accept-Language"] = "vi-VN"
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _Adapter())
        if ca_pem:
            try:
                self._session.mount("https://", _TrustAdapter(ca_pem))
            except (ssl.SSLError, ValueError, TypeError):
                raise DeliveryError("ca", "Chứng thư tin cậy (PEM) của kết nối không đọc được.", retryable=False) from None

    def call(self, method, url, headers, body=None, limit=ANSWER_LIMIT, harmless=False):
        """(HTTP status, bytes of the answer, at most ``limit`` + 1). Raises DeliveryError.

        :param harmless: the call changes nothing, or the same thing twice: once more when the connection breaks, as one that was
            kept open too long does
        """
        return self._request(method, url, headers, body, lambda response: (
            response.status_code, response.raw.read(limit + 1, decode_content=True)), harmless)

    def download(self, method, url, headers, target, limit, body=None):
        """Write the answer to the file ``target``; (HTTP status, content type, bytes). Raises DeliveryError ``too_large``."""
        def save(response):
            size = 0
            with open(target, "wb") as stream:
                while chunk := response.raw.read(CHUNK, decode_content=True):
                    size += len(chunk)
                    if size > limit:
                        raise DeliveryError("too_large", "Gói tin vượt quá dung lượng cho phép.", retryable=False)
                    stream.write(chunk)
            return response.status_code, response.headers.get("Content-Type", ""), size

        return self._request(method, url, headers, body, save, harmless=True)

    def _request(self, method, url, headers, body, consume, harmless):
        try:
            return self._attempt(method, url, headers, body, consume)
        except DeliveryError as error:
            if not harmless or error.code != "connection":
                raise
            return self._attempt(method, url, headers, body, consume)

    def _attempt(self, method, url, headers, body, consume):
        try:
            with self._session.request(
                    method, url, headers=headers, data=body, timeout=self._timeout, allow_redirects=False, stream=True) as response:
                return consume(response)
        except requests.exceptions.SSLError:
            raise DeliveryError("tls", "Chứng thư TLS của hệ thống bên nhận không được tin cậy; kiểm tra chứng thư của kết nối.",
                                unreachable=True) from None
        except requests.exceptions.Timeout:
            raise DeliveryError("timeout", "Hệ thống bên nhận không trả lời kịp; sẽ gửi lại đúng gói tin này.",
                                unreachable=True) from None
        except (requests.exceptions.RequestException, HTTPError, OSError):
            # HTTPError of urllib3 is raised while the answer is read: broken or silent half-way.
            raise DeliveryError("connection", "Không kết nối được với hệ thống bên nhận; sẽ tự gửi lại.",
                                unreachable=True) from None


def parsed_object(status, raw, limit=ANSWER_LIMIT):
    """The JSON object of an answer. Raises DeliveryError ``answer``: a proxy or an error page says nothing for sure; ``too_large``: it
    does for this one status."""
    try:
        if len(raw) > limit:
            raise ValueError
        answer = json.loads(raw)
        if not isinstance(answer, dict):
            raise ValueError
    except (ValueError, RecursionError):
        if status == 413:
            raise too_large() from None
        raise DeliveryError("answer", f"Hệ thống bên nhận trả lời không đúng định dạng (HTTP {status}); sẽ gửi lại.",
                            unreachable=status in (502, 503, 504)) from None
    return answer


class FilePart:
    """Body of a request with one file as multipart/form-data, read in pieces; has a length, so it is not sent chunked."""

    def __init__(self, path, field, boundary, filename="packet.edxml"):
        self._path = path
        self._head = (f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{filename}"\r\n'
                      "Content-Type: application/octet-stream\r\n\r\n").encode()
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self.content_type = f"multipart/form-data; boundary={boundary}"

    def __iter__(self):
        yield self._head
        with open(self._path, "rb") as stream:
            while chunk := stream.read(CHUNK):
                yield chunk
        yield self._tail

    def __len__(self):
        return len(self._head) + Path(self._path).stat().st_size + len(self._tail)
