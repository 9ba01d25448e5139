"""The HTTP face of the agent on 127.0.0.1: GET /status, POST /pair, GET /certificates, POST /sign."""

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .pairing import valid_origin
from .pin import PinRefused
from .signing import RequestRefused
from .token import TokenError

VERSION = "19.0.1.0.0"
MAX_BODY = 8 * 1024 * 1024
_OPEN = ("/status", "/pair")


class Agent(ThreadingHTTPServer):
    """Server bound to the loopback address. ``pairing`` and ``signer`` do the work."""

    daemon_threads = True

    def __init__(self, port, pairing, signer, announce=print):
        self.pairing, self.signer, self.announce = pairing, signer, announce
        super().__init__(("127.0.0.1", port), Handler)


class Handler(BaseHTTPRequestHandler):
    server_version, sys_version = f"VanbanAgent/{VERSION}", ""
    timeout = 30

    def do_OPTIONS(self):
        if self._wrong_host():
            return
        if self.path in _OPEN or self._origin() == self.server.pairing.origin:
            self._answer(204, None, preflight=True)
        else:
            self._refuse(403, "origin", "Trang này chưa được ghép nối với chương trình ký.")

    def do_GET(self):
        if self._wrong_host():
            return
        if self.path == "/status":
            self._answer(
                200,
                {
                    "name": "vanban-agent",
                    "version": VERSION,
                    "paired": self._allowed(),
                    "pairing": self.server.pairing.code is not None,
                },
            )
        elif self.path == "/certificates":
            self._guarded(lambda: {"certificates": self.server.signer.certificates()})
        else:
            self._refuse(404, "path", "Không có chức năng này.")

    def do_POST(self):
        if self._wrong_host():
            return
        body = self._body()
        if body is None:
            return
        if self.path == "/pair":
            self._pair(body)
        elif self.path == "/sign":
            work = lambda: self.server.signer.sign(self._origin(), body.get("certificate"), body.get("batch"))  # noqa: E731
            self._guarded(lambda: self._stream(work()) if body.get("stream") else self._collect(work()))
        else:
            self._refuse(404, "path", "Không có chức năng này.")

    def _pair(self, body):
        origin = self._origin()
        token = self.server.pairing.pair(origin, body.get("code"))
        if token:
            self.server.announce(f"Đã ghép nối với {origin}")
            self._answer(200, {"token": token})
        else:
            time.sleep(1)  # slows guessing down
            self._refuse(403, "code", "Mã ghép nối sai hoặc đã hết hạn. Hãy xem mã trên cửa sổ chương trình ký.")

    def _guarded(self, work):
        if not self._allowed():
            self._refuse(
                403, "not_paired", "Trang này chưa được ghép nối với chương trình ký. Hãy ghép nối rồi thử lại."
            )
            return
        try:
            answer = work()
            if answer is not None:
                self._answer(200, answer)
        except RequestRefused as error:
            self._refuse(400, "request", str(error))
        except PinRefused as error:
            self._refuse(409, "cancelled", str(error))
        except TokenError as error:
            self._refuse(409, error.code, str(error))

    @staticmethod
    def _collect(signing):
        """The whole answer at once."""
        head = next(signing)
        return {**head, "results": list(signing)}

    def _stream(self, signing):
        """One JSON line for the device, then one for each signature while the device works; ends with the connection."""
        head = next(signing)  # everything that can be refused is refused before the first byte
        self.close_connection = True
        self._begin(200, "application/x-ndjson; charset=utf-8")
        self.end_headers()
        try:
            self._line(head)
            for row in signing:
                self._line(row)
        except OSError:
            signing.close()  # the page is gone: the device is closed, nothing more is signed

    def _line(self, row):
        self.wfile.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
        self.wfile.flush()

    def _body(self):
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > MAX_BODY or self.headers.get_content_type() != "application/json":
            self._refuse(413, "request", "Yêu cầu quá lớn hoặc sai kiểu.")
            self.close_connection = True
            return None
        try:
            body = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            self._refuse(400, "request", "Yêu cầu không đúng mẫu.")
            return None
        return body

    def _wrong_host(self):
        """A page that points its own name at 127.0.0.1 (DNS rebinding) shows in the Host header."""
        port = self.server.server_address[1]
        if self.headers.get("Host") in (f"127.0.0.1:{port}", f"localhost:{port}"):
            return False
        self._refuse(421, "host", "Địa chỉ gọi không đúng.")
        return True

    def _origin(self):
        return self.headers.get("Origin", "")

    def _allowed(self):
        kind, _, token = self.headers.get("Authorization", "").partition(" ")
        return kind == "Bearer" and self.server.pairing.allows(self._origin(), token)

    def _refuse(self, status, code, message):
        self._answer(status, {"code": code, "error": message})

    def _answer(self, status, data, preflight=False):
        payload = b"" if data is None else json.dumps(data, ensure_ascii=False).encode()
        self._begin(status, None if data is None else "application/json; charset=utf-8", preflight)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def _begin(self, status, content_type, preflight=False):
        self.send_response(status)
        origin = self._origin()
        if valid_origin(origin) and (self.path in _OPEN or origin == self.server.pairing.origin):
            self.send_header("Access-Control-Allow-Origin", origin)
            self.send_header("Vary", "Origin")
            if preflight:
                self.send_header("Access-Control-Allow-Methods", "GET, POST")
                self.send_header("Access-Control-Allow-Headers", "authorization, content-type")
                self.send_header("Access-Control-Max-Age", "600")
                for name in ("Private", "Local"):  # older and newer name of the same browser rule
                    if self.headers.get(f"Access-Control-Request-{name}-Network") == "true":
                        self.send_header(f"Access-Control-Allow-{name}-Network", "true")
        if content_type:
            self.send_header("Content-Type", content_type)
            self.send_header("Cache-Control", "no-store")

    def log_message(self, *arguments):
        """Nothing by default: what matters is announced, and requests may hold names of documents."""
