"""The interface of the national axis (VXP): POST <address>/<name>, parameters as signed headers.

Each parameter is a header ``XroadVnpt-<name>``; their JSON text, its HMAC-SHA256 and the list of the names go
along. "Xroad" is only a name: it is not the X-Road protocol. The axis is asked, it never calls.
"""
import datetime
import hashlib
import hmac
import json
import uuid
from zoneinfo import ZoneInfo

from ..session import CHUNK, FilePart, Session
from .answers import checked, number, required
from .items import KINDS, agencies, changes, items, sent

PREFIX = "XroadVnpt-"
VERSION = "3.0.201608"
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_LIST_LIMIT = 64 * 1024 * 1024
# Headers that carry the signature, or the edition of the interface; every other one is a parameter.
_OF_THE_SIGNATURE = frozenset({"sign-header", "sign-header-key", "hash-header", "version"})


def file_digest(stream):
    """SHA-256 of a binary file, which is read and set to its start, as this interface writes it: hexadecimal without
    a leading zero in each byte."""
    digest = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
    stream.seek(0)
    return "".join(f"{byte:x}" for byte in digest.digest())


def timestamp(now):
    """``ddMMyyyy'T'HHmmss+SSSS``: what stands behind the plus sign are milliseconds."""
    return f"{now:%d%m%Y}T{now:%H%M%S}+{now.microsecond // 1000:04d}"


def read_timestamp(text):
    """The moment of a timestamp as written by :func:`timestamp`; None when it is none."""
    try:
        return datetime.datetime.strptime((text or "")[:15], "%d%m%YT%H%M%S").replace(tzinfo=VIETNAM)
    except ValueError:
        return None


def signed_parameters(headers):
    """{name in lower case: value} of a received call (headers in lower case, without prefix) as its signed text has them; empty when it
    cannot be read. The text is what counts, never a header beside it; to be believed after :func:`genuine` only."""
    try:
        signed = json.loads(headers.get("sign-header", ""))
    except (ValueError, RecursionError):
        return {}
    # what no header can carry was not written by a client of this interface
    if not isinstance(signed, dict) or not all(isinstance(value, str) and value.isprintable() for value in signed.values()):
        return {}
    return {name.lower(): value for name, value in signed.items()}


def unsigned(headers):
    """Names of the headers of a received call that the signed text does not hold, or holds with another value."""
    signed = signed_parameters(headers)
    return sorted(
        name for name, value in headers.items()
        # letters beyond ASCII come in whatever way the client put them into a header
        if name not in _OF_THE_SIGNATURE and (name not in signed or (signed[name].isascii() and value.strip() != signed[name].strip())))


def genuine(headers, secret):
    """Whether a received call (headers in lower case, without prefix) is signed with ``secret``, and nothing stands beside the signature."""
    text = headers.get("sign-header", "")
    expected = hmac.new(secret.encode(), text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), headers.get("hash-header", "").encode("utf-8", "replace")):
        return False
    return {"systemid", "timestamp"} <= signed_parameters(headers).keys() and not unsigned(headers)


def signed_headers(parameters, secret):
    """HTTP headers of one call. ``parameters`` in their order; texts beyond ASCII travel escaped in the JSON."""
    text = json.dumps(parameters)
    headers = {PREFIX + name: value.encode("ascii", "replace").decode() for name, value in parameters.items()}
    headers[PREFIX + "sign-header"] = text
    headers[PREFIX + "sign-header-key"] = ";".join(parameters)
    headers[PREFIX + "hash-header"] = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    headers[PREFIX + "version"] = VERSION
    return headers


class VxpClient:
    """Client of one account on the axis.

    :param url: address of the interface   :param system: its systemId   :param secret: its shared secret
    :param ca_pem, timeout, allow_plain: see :class:`..session.Session`
    """

    def __init__(self, url, system, secret, ca_pem=None, timeout=60, allow_plain=False):
        self._session = Session(url, ca_pem, timeout, allow_plain)
        self._system, self._secret = system, secret

    def send(self, path, sender, recipients, kind):
        """Hand one packet over for these codes; returns the id that the axis gave it. Raises DeliveryError: nobody got it."""
        body = FilePart(path, "file_doc", uuid.uuid4().hex)
        with open(path, "rb") as stream:
            digest = file_digest(stream)
        answer = self._call("sendEdoc", {
            "from": sender, "servicetype": "eDoc", "messagetype": KINDS[kind], "to": json.dumps(list(recipients)),
            "hash-file": digest}, body, content_type=body.content_type,
            harmless=False)  # the bytes that wait go again by themselves, with a pause
        return required(answer, "DocId", "docId")

    def waiting(self, kind, offset=0):
        """Items of this kind that wait for us, without so many of the oldest; an axis that does not know ``offset`` tells of them all."""
        further = {"offset": str(offset)} if offset else {}
        answer = self._call("getReceivedEdocList", {"servicetype": "eDoc", "messagetype": KINDS[kind], **further})
        return items(answer.get("data"), kind)

    def download(self, item, target, limit):
        """Write the packet to the file ``target``; bytes written. Raises DeliveryError."""
        url, headers = self._request("downloadEdoc", {"docId": item.doc_id})
        status, content_type, size = self._session.download("POST", url, headers, target, limit)
        if status != 200 or content_type.startswith(("application/json", "text/html")):
            with open(target, "rb") as stream:
                checked(status if status != 200 else 400, stream.read(_LIST_LIMIT))
        return size

    def acknowledge(self, item, done=True):
        """Take the packet out of our queue."""
        self._call("updateStatus", {"docId": item.doc_id, "status": "done" if done else "fail"})

    def sent(self, doc_id, kind):
        """Where a packet of ours is: list of :class:`.items.Sent`, one for each recipient; empty when the axis knows nothing of it."""
        return sent(self._call("getSentEdocList", {"docId": doc_id, "servicetype": "eDoc", "messagetype": KINDS[kind]}).get("data"))

    def agencies(self):
        """The directory, with the codes of both regulations."""
        return agencies(self._call("getAgenciesListQD20", {}).get("data"))

    def changes(self, version):
        """What changed in the directory since ``version``, everything when it is empty: :class:`.items.Changes`.

        An axis that does not know the parameter sends everything; what is not newer is left out here.
        """
        # not "version": a header of that name says which edition of the interface is spoken
        return changes(self._call("getSynchronizeUnit", {"fromVersion": version} if version else {}), version)

    def register_agency(self, registration):
        """Enter an agency at the axis, or put its data right there. Raises DeliveryError."""
        body = json.dumps(registration.row()).encode()
        # the interface signs parameters only: whoever reads a call could put a body of its own behind it
        self._call("registerAgency", {"hash-body": hashlib.sha256(body).hexdigest()}, body, content_type="application/json")

    def delete_agency(self, code):
        """Strike an agency of ours off the axis. Raises DeliveryError."""
        self._call("deleteAgency", {"AgencyCode": code})

    def count(self):
        """Packets that wait for us."""
        return number(self._call("countReceiveEdoc", {}, method="GET"), "count", "data")

    def _request(self, name, parameters):
        # A fresh time for each call: the signature would otherwise be good for ever.
        signed = {"systemid": self._system, "timestamp": timestamp(datetime.datetime.now(VIETNAM)), **parameters}
        return f"{self._session.base}/{name}", signed_headers(signed, self._secret)

    def _call(self, name, parameters, body=None, method="POST", content_type=None, harmless=True):
        url, headers = self._request(name, parameters)
        if content_type:
            headers["Content-Type"] = content_type
        return checked(*self._session.call(method, url, headers, body, limit=_LIST_LIMIT, harmless=harmless))
