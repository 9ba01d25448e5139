"""Signing services that hold the key and ask the signer on his phone: what their clients have in common, without Odoo.

A client (``csc.CscClient``, ``smartca.SmartCaClient``) has four calls; digests are SHA-256 of the signed attributes, 32 bytes each::

    certificate(credential)                       -> [DER, …] leaf first
    begin(credential, digests, names, text)       -> reference (text) of the request that the phone now shows
    fetch(credential, reference, digests)         -> None while the signer has not answered, else [raw signature, …]
    cancel(credential, reference)                 -> None; best effort

Every trouble is a ``RemoteError`` with Vietnamese words. Nothing that opens the key (SAD, token, password) outlives a call.
"""

import requests

TIMEOUT = 20
LARGEST = 4 * 1024 * 1024


class RemoteError(RuntimeError):
    """``code``: unreachable, refused_service, answer, refused (by the signer), expired, credential. ``str()`` is for the signer."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code

    @property
    def passing(self):
        """Whether asking again later may help: the request on the phone still stands."""
        return self.code == "unreachable"


class Service:
    """JSON over HTTPS with bounds: no redirects, limited time and size."""

    def __init__(self, url, *, verify=True):
        self.url = url.rstrip("/") + "/"
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = verify

    def post(self, path, body, headers=None):
        """(HTTP status, decoded object) of a JSON call."""
        try:
            with self._session.post(
                self.url + path, json=body, headers=headers, timeout=TIMEOUT, allow_redirects=False, stream=True
            ) as response:
                raw = response.raw.read(LARGEST + 1, decode_content=True)
                status = response.status_code
        except (requests.RequestException, OSError) as error:
            raise RemoteError(
                "unreachable", "Dịch vụ ký số từ xa không trả lời. Văn bản chưa được ký; hãy thử lại sau."
            ) from error
        if status >= 500:
            raise RemoteError("unreachable", f"Dịch vụ ký số từ xa đang lỗi (HTTP {status}). Hãy thử lại sau.")
        return status, self._object(raw)

    @staticmethod
    def _object(raw):
        import json

        try:
            data = json.loads(raw) if len(raw) <= LARGEST else None
        except (ValueError, RecursionError):
            data = None
        if not isinstance(data, dict):
            raise RemoteError("answer", "Dịch vụ ký số từ xa trả lời không đúng mẫu. Hãy báo quản trị viên.")
        return data


def refused():
    return RemoteError("refused", "Người ký đã từ chối trên điện thoại. Văn bản chưa được ký.")


def expired():
    return RemoteError("expired", "Đã hết thời gian chờ xác nhận trên điện thoại. Văn bản chưa được ký; hãy ký lại.")
