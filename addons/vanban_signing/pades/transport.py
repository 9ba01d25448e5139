"""One HTTP exchange with bounds: time in all (not per packet), size of the answer, addresses that may be reached.

The addresses of revocation lists stand in certificates, which strangers send: without bounds they would let a stranger make this
server call machines of the inner network, or wait for ever.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from urllib.parse import urljoin, urlsplit

MAX_REDIRECTS = 3
_PORTS = {"http": 80, "https": 443}


class TransportError(OSError):
    """The exchange failed; ``code`` is ``url``, ``address``, ``status``, ``size``, ``time``, ``network`` or ``total``."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def exchange(url, *, data=None, headers=None, timeout=30.0, max_bytes=1 << 20, hosts=(), allow_private=False):
    """Body of the answer (bytes) to GET, or to POST when ``data`` is given.

    ``timeout``: seconds for everything, redirects included. ``hosts``: names the agency configured, which may be private.
    :raise TransportError: for every failure, also an answer other than 200
    """
    deadline = time.monotonic() + timeout
    for _hop in range(MAX_REDIRECTS + 1):
        status, location, body = _one(url, data, headers or {}, deadline, max_bytes, hosts, allow_private)
        if status not in (301, 302, 303, 307, 308):
            break
        if not location:
            raise TransportError("status", "Máy chủ chuyển hướng mà không nói đi đâu.")
        url = urljoin(url, location)
        if status == 303:
            data = None
    else:
        raise TransportError("status", "Máy chủ chuyển hướng quá nhiều lần.")
    if status != 200:
        raise TransportError("status", f"Máy chủ trả lời mã {status}.")
    return body


def _one(url, data, headers, deadline, max_bytes, hosts, allow_private):
    parts = _parts(url)
    left = deadline - time.monotonic()
    if left <= 0:
        raise TransportError("time", "Quá thời gian chờ.")
    address = _address(parts, allow_private or parts.hostname.lower() in hosts)
    made = _connection(parts, address, left)
    # a server that sends one byte now and then would outlast any timeout of the socket
    guard = threading.Timer(left, _cut, (made.sock,))
    guard.daemon = True
    guard.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        made.request("GET" if data is None else "POST", path, body=data, headers={"Host": parts.netloc, "Connection": "close", **headers})
        answer = made.getresponse()
        length = answer.getheader("Content-Length", "")
        if length.isdigit() and int(length) > max_bytes:
            raise TransportError("size", f"Câu trả lời lớn hơn mức {max_bytes} byte.")
        body = answer.read(max_bytes + 1)
        if len(body) > max_bytes:
            raise TransportError("size", f"Câu trả lời lớn hơn mức {max_bytes} byte.")
        if length.isdigit() and len(body) < int(length):
            raise TransportError("network", "Kết nối bị ngắt giữa chừng.")
        return answer.status, answer.getheader("Location"), body
    except TransportError:
        raise
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
        if time.monotonic() >= deadline - 0.05 or isinstance(error, TimeoutError):
            raise TransportError("time", "Quá thời gian chờ.") from error
        raise TransportError("network", f"Không kết nối được với {parts.hostname}.") from error
    finally:
        guard.cancel()
        made.close()


def _cut(plain):
    try:
        plain.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _parts(url):
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise TransportError("url", "Địa chỉ không đúng dạng.") from error
    if parts.scheme not in _PORTS or not parts.hostname or parts.username or any(ord(sign) <= 32 for sign in url):
        raise TransportError("url", "Chỉ nhận địa chỉ http hoặc https.")
    return parts


def _address(parts, private):
    """The checked address that is then really used: a name that resolves differently a second time gains nothing."""
    port = parts.port or _PORTS[parts.scheme]
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TransportError("network", f"Không tìm thấy máy chủ {parts.hostname}.") from error
    for _family, _type, _protocol, _name, address in found:
        ip = ipaddress.ip_address(address[0].split("%")[0])
        if private or (ip.is_global and not ip.is_multicast and not getattr(ip, "ipv4_mapped", None)):
            return address[0], port
    raise TransportError("address", f"Địa chỉ {parts.hostname} thuộc mạng nội bộ, không được phép gọi.")


def _connection(parts, address, timeout):
    try:
        plain = socket.create_connection(address, timeout=timeout)
        if parts.scheme == "https":
            plain = ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname)
    except TimeoutError as error:
        raise TransportError("time", "Quá thời gian chờ.") from error
    except OSError as error:
        raise TransportError("network", f"Không kết nối được với {parts.hostname}.") from error
    made = http.client.HTTPConnection(parts.hostname, address[1], timeout=timeout)
    made.sock = plain
    return made
