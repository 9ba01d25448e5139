"""An axis for tests and for trying a configuration: both interfaces, real HTTP, with faults that can be switched on.

``python -m wire.axis.standin --port 9900 --account snv:secret:H96.02 --account stc:secret2:H97.03`` serves until
stopped. Packets lie in memory and in a temporary folder: nothing here is meant to keep documents.
"""
import argparse
import hashlib
import json
import re
import sys
import threading
import time
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit

from .vxp import genuine, signed_parameters

_PREFIX = "xroadvnpt-"
_KINDS = ("edoc", "status")
_HEAD_LIMIT = 4096
_PAGE = b"<html>Bao tri he thong</html>"


@dataclass
class Account:
    """One registered system: it may send for its agencies and empties their queues."""

    system: str
    secret: str
    codes: tuple


@dataclass
class Faults:
    """What goes wrong, until it is switched off.

    :ivar down: every request ends without an answer     :ivar slow: seconds before each answer
    :ivar lose_answers: this many times accept a packet and break the connection instead of answering
    :ivar duplicate: every packet is put into the queue twice, under two ids
    :ivar error: error code given to every sending       :ivar garbage: answers are HTML
    :ivar expire_tokens: every token is at once invalid
    :ivar broken: {number of a packet: error code} given to every question about it; code "500": HTTP 500 with a page
    :ivar page: HTTP status of a page that a proxy gives instead of every answer
    """

    down: bool = False
    slow: float = 0
    lose_answers: int = 0
    duplicate: bool = False
    error: str = ""
    garbage: bool = False
    expire_tokens: bool = False
    broken: dict = field(default_factory=dict)
    page: int = 0


@dataclass
class Waiting:
    """A packet on the axis."""

    doc_id: str
    sender: str
    recipient: str
    kind: str
    path: Path
    status: str = "initial"
    sent_id: str = ""
    words: str = ""


@dataclass
class Axis:
    """The state behind the server."""

    accounts: list
    directory: list = field(default_factory=list)
    locked: set = field(default_factory=set)
    faults: Faults = field(default_factory=Faults)
    packets: list = field(default_factory=list)
    sent: int = 0
    version: int = 1
    changed: list = field(default_factory=list)
    tokens: dict = field(default_factory=dict)
    list_limit: int = 0  # rows of a list that the header interface gives at once; 0: all

    def __post_init__(self):
        self.lock = threading.Lock()
        self.folder = TemporaryDirectory(prefix="axis-")

    def account(self, system):
        return next((account for account in self.accounts if account.system == system), None)

    def owner(self, code):
        return next((account for account in self.accounts if code in account.codes), None)

    def accept(self, account, sender, recipients, kind, raw):
        """(error code, id of the first packet)."""
        if self.faults.error:
            return self.faults.error, ""
        if sender not in account.codes:
            return "19", ""
        if b"edXML" not in raw[:_HEAD_LIMIT]:
            return "22", ""
        if any(code in self.locked for code in recipients):
            return "23", ""
        if not recipients or any(not self.owner(code) for code in recipients):
            return "18", ""
        ids = []
        with self.lock:
            self.sent += 1
            for code in recipients:
                for _copy in range(2 if self.faults.duplicate else 1):
                    doc_id = uuid.uuid4().hex[:24]
                    path = Path(self.folder.name) / doc_id
                    path.write_bytes(raw)
                    self.packets.append(Waiting(doc_id, sender, code, kind, path, sent_id=ids[0] if ids else doc_id))
                    ids.append(doc_id)
        return "0", ids[0]

    def register(self, account, row):
        """Enter or change an agency of this account; the error code."""
        code = str(row.get("code") or "")
        if not code or not row.get("name"):
            return "10"
        if (owner := self.owner(code)) and owner is not account:
            return "19"
        with self.lock:
            self._change({"code": code, "name": row["name"], "mail": row.get("mail", ""), "pcode": row.get("pcode", "")})
            account.codes = tuple(dict.fromkeys((*account.codes, code)))
        return "0"

    def strike_off(self, account, code):
        if code not in account.codes:
            return "19"
        with self.lock:
            self._change({**next((row for row in self.directory if row["code"] == code), {"code": code, "name": code}), "deleted": True})
            account.codes = tuple(own for own in account.codes if own != code)
        return "0"

    def _change(self, row):
        self.version += 1
        self.directory[:] = [old for old in self.directory if old["code"] != row["code"]]
        if not row.get("deleted"):
            self.directory.append(row)
        self.changed.append({**row, "version": self.version, "isAgency": True})

    def changes(self, version):
        """Lines of the directory changed since ``version``; all of them when it is empty."""
        if not version.isdecimal():
            return [{**row, "version": self.version} for row in self.directory]
        return [row for row in self.changed if row["version"] > int(version)]

    def queue(self, account, kind):
        with self.lock:
            return [
                packet for packet in self.packets
                if packet.kind == kind and packet.recipient in account.codes and packet.status in ("initial", "processing")]

    def course(self, account, doc_id):
        with self.lock:
            return [packet for packet in self.packets if packet.sent_id == doc_id and packet.sender in account.codes]

    def find(self, account, doc_id):
        with self.lock:
            return next((p for p in self.packets if p.doc_id == doc_id and p.recipient in account.codes), None)


class _Broken(Exception):
    """End the connection without an answer."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_arguments):
        """Nothing: the output belongs to the tests."""

    @property
    def axis(self):
        return self.server.axis

    def do_GET(self):
        self._serve()

    def do_POST(self):
        self._serve()

    def _serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        faults = self.axis.faults
        if faults.slow:
            time.sleep(faults.slow)
        try:
            if faults.down:
                raise _Broken
            if faults.garbage:
                return self._answer(200, _PAGE, "text/html")
            if faults.page:
                return self._answer(faults.page, _PAGE, "text/html")
            path = urlsplit(self.path)
            name = path.path.rsplit("/", 1)[-1]
            if "/v1/" in path.path:
                self._rest(name, {key: values[0] for key, values in parse_qs(path.query).items()}, body)
            else:
                self._vxp(name, body)
        except _Broken:
            self.close_connection = True
        return None

    # ------------------------------------------------------------- header HMAC

    def _vxp(self, name, body):
        headers = {key.lower().removeprefix(_PREFIX): value for key, value in self.headers.items() if key.lower().startswith(_PREFIX)}
        values = signed_parameters(headers)
        account = self.axis.account(values.get("systemid", ""))
        if not account or not genuine(headers, account.secret):
            return self._answer(401, b"Unauthorized", "text/plain")
        if name == "sendEdoc":
            raw = _part(body, self.headers.get("Content-Type", ""))
            if values.get("hash-file") != "".join(f"{byte:x}" for byte in hashlib.sha256(raw).digest()):
                return self._json(_error("21"))
            return self._send(account, values.get("from", ""), json.loads(values.get("to") or "[]"), values.get("messagetype"), raw)
        if name == "getReceivedEdocList":
            rows = self._list(account, values.get("messagetype"))[int(values.get("offset", 0)):]
            return self._json(_ok(data=rows[:self.axis.list_limit or None]))
        if name == "downloadEdoc":
            return self._download(account, values.get("docid", ""))
        if name == "updateStatus":
            return self._acknowledge(account, values.get("docid", ""), values.get("status", ""))
        if name == "getSentEdocList":
            return self._course(account, values.get("docid", ""))
        if name == "countReceiveEdoc":
            return self._json(_ok(count=sum(len(self.axis.queue(account, kind)) for kind in _KINDS)))
        return self._vxp_directory(name, values, account, body)

    def _vxp_directory(self, name, values, account, body):
        if name == "getAgenciesListQD20":
            return self._json(_ok(data=self.axis.directory))
        if name == "getSynchronizeUnit":
            return self._json(_ok(data=self.axis.changes(values.get("fromversion", "")), version=self.axis.version))
        if name == "registerAgency":
            code = self.axis.register(account, json.loads(body or b"{}"))
        elif name == "deleteAgency":
            code = self.axis.strike_off(account, values.get("agencycode", ""))
        else:
            return self._answer(404, b"{}", "application/json")
        return self._json(_ok() if code == "0" else _error(code))

    # -------------------------------------------------------------------- REST

    def _rest(self, name, query, body):
        if name == "login":
            given = json.loads(body or b"{}")
            account = self.axis.account(given.get("systemId", ""))
            if not account or account.secret != given.get("secretKey"):
                return self._answer(401, b"Unauthorized", "text/plain")
            token = uuid.uuid4().hex
            self.axis.tokens[token] = account
            return self._json({"status": "OK", "code": "0", "data": {"token": token}})
        account = self.axis.tokens.get(self.headers.get("Authorization", "").removeprefix("Bearer "))
        if self.axis.faults.expire_tokens:
            self.axis.tokens.clear()
        if not account or account.secret != self.headers.get("X-SecretKey"):
            return self._answer(401, b"Unauthorized", "text/plain")
        if name == "sendEdoc":
            raw = _part(body, self.headers.get("Content-Type", ""))
            return self._send(account, query.get("from", ""), [query.get("to", "")], query.get("messageType"), raw)
        if name == "syncReceivedEdocList":
            return self._json({"status": "OK", "code": "0", "data": self._list(account, query.get("messageType"))})
        if name == "getEdoc":
            return self._download(account, query.get("docId", ""))
        if name == "updateStatus":
            given = json.loads(body or b"{}")
            return self._acknowledge(account, given.get("docId", ""), given.get("status", ""))
        if name == "getAgenciesList":
            return self._json({"status": "OK", "code": "0", "data": self.axis.directory})
        return self._answer(404, b"{}", "application/json")

    # ------------------------------------------------------------------ common

    def _send(self, account, sender, recipients, kind, raw):
        if kind not in _KINDS:
            return self._json(_error("22"))
        code, doc_id = self.axis.accept(account, sender, recipients, kind, raw)
        if code != "0":
            return self._json(_error(code))
        if self.axis.faults.lose_answers:
            self.axis.faults.lose_answers -= 1
            raise _Broken
        return self._json(_ok(DocId=doc_id))

    def _list(self, account, kind):
        return [
            {"docId": packet.doc_id, "from": packet.sender, "to": packet.recipient, "serviceType": "eDoc",
             "messageType": packet.kind, "status": packet.status}
            for packet in self.axis.queue(account, kind)]

    def _course(self, account, doc_id):
        if doc_id in self.axis.faults.broken:
            return self._broken(doc_id)
        return self._json(_ok(data=[
            {"senderDocId": packet.sent_id, "receiverDocId": packet.doc_id, "fromCode": packet.sender, "toCode": packet.recipient,
             "sendStatus": "done", "receiveStatus": packet.status, "receiveStatusDesc": packet.words}
            for packet in self.axis.course(account, doc_id)]))

    def _broken(self, doc_id):
        code = self.axis.faults.broken[doc_id]
        return self._answer(500, _PAGE, "text/html") if code == "500" else self._json(_error(code))

    def _download(self, account, doc_id):
        if doc_id in self.axis.faults.broken:
            return self._broken(doc_id)
        packet = self.axis.find(account, doc_id)
        if not packet:
            return self._json(_error("10"))
        packet.status = "processing"
        return self._answer(200, packet.path.read_bytes(), "application/octet-stream")

    def _acknowledge(self, account, doc_id, status):
        if doc_id in self.axis.faults.broken:
            return self._broken(doc_id)
        packet = self.axis.find(account, doc_id)
        if not packet or status not in ("done", "fail", "processing"):
            return self._json(_error("10"))
        packet.status = status
        return self._json(_ok())

    def _json(self, answer):
        self._answer(200, json.dumps(answer).encode(), "application/json")

    def _answer(self, status, raw, content_type):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


def _ok(**values):
    return {"status": "OK", "ErrorCode": "0", "ErrorDesc": "", **values}


def _error(code):
    return {"status": "FAIL", "ErrorCode": code, "ErrorDesc": f"error {code}"}


def _part(body, content_type):
    """The file of a multipart body with one part."""
    match = re.search(r"boundary=([0-9A-Za-z]+)", content_type)
    if not match or b"\r\n\r\n" not in body:
        return b""
    return body.split(b"\r\n\r\n", 1)[1].removesuffix(f"\r\n--{match[1]}--\r\n".encode())


class AxisServer:
    """The stand-in on a free port of this machine; a context manager. ``axis`` is its state, ``url`` its address."""

    def __init__(self, accounts, directory=(), port=0):
        self.axis = Axis(list(accounts), list(directory))
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
        self._server.daemon_threads = True
        self._server.axis = self.axis
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_error):
        self._server.shutdown()
        self._server.server_close()
        self.axis.folder.cleanup()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=9900)
    parser.add_argument("--account", action="append", required=True, metavar="SYSTEM:SECRET:CODE[,CODE…]")
    parser.add_argument("--directory", type=Path, help="JSON list of {code, name, code102}")
    options = parser.parse_args()
    accounts = []
    for text in options.account:
        system, secret, codes = text.split(":", 2)
        accounts.append(Account(system, secret, tuple(codes.split(","))))
    directory = json.loads(options.directory.read_text("utf-8")) if options.directory else []
    with AxisServer(accounts, directory, options.port) as server:
        sys.stdout.write(server.url + "\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
