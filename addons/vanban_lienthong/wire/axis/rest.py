"""The REST interface of provincial axes: login for a token, then plain calls below /v1."""
import json
import time
import uuid
from urllib.parse import urlencode

from ..session import DeliveryError, FilePart, Session
from .answers import checked, required
from .items import KINDS, agencies, items

_LIST_LIMIT = 64 * 1024 * 1024
# Tokens live about half an hour.
_TOKEN_SECONDS = 20 * 60


class RestClient:
    """Client of one account; parameters as for :class:`.vxp.VxpClient`."""

    def __init__(self, url, system, secret, ca_pem=None, timeout=60, allow_plain=False):
        self._session = Session(url, ca_pem, timeout, allow_plain)
        self._system, self._secret = system, secret
        self._token, self._token_until = None, 0

    def send(self, path, sender, recipients, kind):
        """As :meth:`.vxp.VxpClient.send`, for one code: this interface takes no more at once."""
        [recipient] = recipients
        body = FilePart(path, "edocFile", uuid.uuid4().hex)
        query = {"messageType": KINDS[kind], "from": sender, "to": recipient}
        answer = self._call("POST", "sendEdoc", query, body, body.content_type)
        return required(answer.get("data") if isinstance(answer.get("data"), dict) else answer, "docId", "DocId")

    def waiting(self, kind, offset=0):
        """As :meth:`.vxp.VxpClient.waiting`; this interface knows no ``offset``."""
        if offset:
            return []
        return items(self._call("GET", "syncReceivedEdocList", {"messageType": KINDS[kind]}).get("data"), kind)

    def download(self, item, target, limit):
        for retry in (False, True):
            url, headers = self._request("getEdoc", {"docId": item.doc_id})
            status, content_type, size = self._session.download("GET", url, headers, target, limit)
            if status == 401 and not retry:
                self._token = None
                continue
            break
        if status != 200 or content_type.startswith(("application/json", "text/html")):
            with open(target, "rb") as stream:
                checked(status if status != 200 else 400, stream.read(_LIST_LIMIT))
        return size

    def acknowledge(self, item, done=True):
        body = json.dumps({"docId": item.doc_id, "status": "done" if done else "fail"}).encode()
        self._call("POST", "updateStatus", {}, body, "application/json")

    def agencies(self):
        return agencies(self._call("GET", "getAgenciesList", {}).get("data"))

    def count(self):
        return sum(len(self.waiting(kind)) for kind in KINDS)

    def _login(self):
        body = json.dumps({"systemId": self._system, "secretKey": self._secret}).encode()
        status, raw = self._session.call(
            "POST", f"{self._session.base}/v1/auth/login", {"Content-Type": "application/json"}, body)
        answer = checked(status, raw)
        data = answer.get("data") if isinstance(answer.get("data"), dict) else answer
        token = str(data.get("token") or data.get("access_token") or "")
        if not token.isascii() or not token.isprintable() or not 8 <= len(token) <= 4096:
            raise DeliveryError("answer", "Trục liên thông không cấp thẻ đăng nhập hợp lệ; sẽ thử lại.", unreachable=True)
        self._token, self._token_until = token, time.monotonic() + _TOKEN_SECONDS

    def _request(self, name, query):
        if not self._token or time.monotonic() > self._token_until:
            self._login()
        url = f"{self._session.base}/v1/{name}" + (f"?{urlencode(query)}" if query else "")
        return url, {"Authorization": f"Bearer {self._token}", "X-SystemId": self._system, "X-SecretKey": self._secret}

    def _call(self, method, name, query, body=None, content_type=None):
        for retry in (False, True):
            url, headers = self._request(name, query)
            if content_type:
                headers["Content-Type"] = content_type
            status, raw = self._session.call(method, url, headers, body, limit=_LIST_LIMIT, harmless=name != "sendEdoc")
            if status == 401 and not retry:
                self._token = None  # it ran out earlier than told
                continue
            return checked(status, raw)
        raise AssertionError("unreachable")
