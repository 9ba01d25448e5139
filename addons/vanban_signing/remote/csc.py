"""Client of a CSC v2 service: OAuth2 client credentials, authorization confirmed on the phone, signatures over hashes.

``credentials/authorize`` answers with a ``handle`` while the signer is asked; ``credentials/authorizeCheck`` gives the SAD
once he has confirmed, and ``signatures/signHash`` uses it in the same call of ours: it is never kept.
"""

import base64
import binascii
import hashlib

from . import RemoteError, Service, expired, refused

SHA256 = "2.16.840.1.101.3.4.2.1"
RSA_SHA256, ECDSA_SHA256 = "1.2.840.113549.1.1.11", "1.2.840.10045.4.3.2"
_PENDING = ("authorization_pending", "pending")


class CscClient:
    """``url`` ends in ``/csc/v2``; ``client`` and ``secret`` identify our agency to the service."""

    def __init__(self, url, client, secret, *, verify=True):
        self._service = Service(url, verify=verify)
        self._client, self._secret, self._token = client, secret, None

    def certificate(self, credential):
        data = self._call("credentials/info", {"credentialID": credential, "certificates": "chain"})
        try:
            chain = [base64.b64decode(item, validate=True) for item in data["cert"]["certificates"]]
        except (KeyError, TypeError, binascii.Error) as error:
            raise RemoteError("answer", "Dịch vụ ký số từ xa không trả về chứng thư số.") from error
        if not chain:
            raise RemoteError("credential", "Tài khoản ký số từ xa không có chứng thư số.")
        return chain

    def begin(self, credential, digests, names, text):
        data = self._call(
            "credentials/authorize",
            {
                "credentialID": credential,
                "numSignatures": len(digests),
                "hashes": [base64.b64encode(digest).decode() for digest in digests],
                "hashAlgorithmOID": SHA256,
                "description": text,
                "documents": [{"name": name} for name in names],
            },
        )
        handle = data.get("handle")
        if not isinstance(handle, str) or not handle:
            raise RemoteError("answer", "Dịch vụ ký số từ xa không nhận yêu cầu xác nhận trên điện thoại.")
        return handle

    def fetch(self, credential, reference, digests):
        data = self._call("credentials/authorizeCheck", {"handle": reference})
        if data.get("status") in _PENDING or "SAD" not in data:
            return None
        return self._signatures(credential, data["SAD"], digests)

    def cancel(self, credential, reference):
        self._call("credentials/authorizeCancel", {"handle": reference})

    def _signatures(self, credential, sad, digests):
        answer = self._call(
            "signatures/signHash",
            {
                "credentialID": credential,
                "SAD": sad,
                "hashes": [base64.b64encode(digest).decode() for digest in digests],
                "hashAlgorithmOID": SHA256,
                "signAlgo": RSA_SHA256,
                "operationMode": "S",
            },
        )
        try:
            signatures = [base64.b64decode(item, validate=True) for item in answer["signatures"]]
        except (KeyError, TypeError, binascii.Error) as error:
            raise RemoteError("answer", "Dịch vụ ký số từ xa không trả về chữ ký.") from error
        if len(signatures) != len(digests):
            raise RemoteError("answer", "Dịch vụ ký số từ xa trả về thiếu chữ ký. Văn bản chưa được ký; hãy ký lại.")
        return signatures

    def _call(self, path, body):
        if self._token is None:
            self._token = self._login()
        status, data = self._service.post(path, body, {"Authorization": f"Bearer {self._token}"})
        if status == 200:
            return data
        if status == 202:
            return {"status": "pending", **data}
        code = str(data.get("error", ""))
        if code in _PENDING:
            return {"status": "pending"}
        if code in ("access_denied", "authorization_denied"):
            raise refused()
        if code in ("expired_token", "authorization_expired", "expired_request"):
            raise expired()
        if status == 401:
            raise RemoteError("refused_service", "Dịch vụ ký số từ xa không chấp nhận cơ quan. Hãy báo quản trị viên.")
        if code == "invalid_request" and "credentialID" in str(data.get("error_description", "")):
            raise RemoteError("credential", "Tài khoản ký số từ xa không còn dùng được. Hãy báo người quản lý chứng thư.")
        raise RemoteError("answer", f"Dịch vụ ký số từ xa từ chối yêu cầu ({code or status}). Hãy báo quản trị viên.")

    def _login(self):
        status, data = self._service.post(
            "oauth2/token",
            {"grant_type": "client_credentials", "client_id": self._client, "client_secret": self._secret},
        )
        token = data.get("access_token")
        if status != 200 or not isinstance(token, str):
            raise RemoteError("refused_service", "Dịch vụ ký số từ xa không chấp nhận cơ quan. Hãy báo quản trị viên.")
        return token


def fingerprint(chain):
    """SHA-256 (hex) of the leaf of a chain, as the register of certificates has it."""
    return hashlib.sha256(chain[0]).hexdigest()
