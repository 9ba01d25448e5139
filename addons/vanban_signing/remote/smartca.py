"""Client of a SmartCA-like service: one POST asks for signatures over hashes, another asks whether the signer has confirmed.

A credential is ``user id`` or ``user id/serial number of the certificate``. Services differ in how they want the hash:
``encoding`` is ``hex`` or ``base64``.
"""

import base64
import binascii
import secrets

from . import RemoteError, Service, expired, refused


class SmartCaClient:
    """``client`` and ``secret`` identify our agency to the service (``sp_id``, ``sp_password``)."""

    def __init__(self, url, client, secret, *, encoding="hex", verify=True):
        self._service = Service(url, verify=verify)
        self._client, self._secret, self._encoding = client, secret, encoding

    def certificate(self, credential):
        user, serial = _parts(credential)
        data = self._call("v1/credentials/get_certificate", {"user_id": user, "serial_number": serial})
        try:
            found = data["user_certificates"][0]
            leaf = base64.b64decode(found["cert_data"], validate=True)
            chain = [base64.b64decode(item, validate=True) for item in (found.get("chain_data") or {}).values() if item]
        except (KeyError, IndexError, TypeError, AttributeError, binascii.Error) as error:
            raise RemoteError("credential", "Tài khoản ký số từ xa không có chứng thư số.") from error
        return [leaf, *chain]

    def begin(self, credential, digests, names, text):
        user, serial = _parts(credential)
        answer = self._call(
            "v1/signatures/sign",
            {
                "user_id": user,
                "serial_number": serial,
                "transaction_id": secrets.token_hex(12),
                "transaction_desc": text,
                "sign_files": [
                    {
                        "doc_id": f"{index}",
                        "file_type": "pdf",
                        "sign_type": "hash",
                        "data_to_be_signed": digest.hex() if self._encoding == "hex" else base64.b64encode(digest).decode(),
                        "doc_name": name,
                    }
                    for index, (digest, name) in enumerate(zip(digests, names, strict=True))
                ],
            },
        )
        reference = answer.get("tran_code") or answer.get("transaction_id")
        if not isinstance(reference, str) or not reference:
            raise RemoteError("answer", "Dịch vụ ký số từ xa không nhận yêu cầu xác nhận trên điện thoại.")
        return reference

    def fetch(self, credential, reference, digests):
        data = self._call(f"v1/signatures/sign/{_safe(reference)}/status", {})
        signed = data.get("signatures")
        if not signed:
            return None
        try:
            by_document = {str(item["doc_id"]): base64.b64decode(item["signature_value"], validate=True) for item in signed}
            return [by_document[str(index)] for index in range(len(digests))]
        except (KeyError, TypeError, binascii.Error) as error:
            raise RemoteError("answer", "Dịch vụ ký số từ xa trả về thiếu chữ ký. Văn bản chưa được ký; hãy ký lại.") from error

    def cancel(self, credential, reference):
        self._call(f"v1/signatures/sign/{_safe(reference)}/cancel", {})

    def _call(self, path, body):
        status, answer = self._service.post(path, {"sp_id": self._client, "sp_password": self._secret, **body})
        code = str(answer.get("status_code", status))
        data = answer.get("data")
        if code == "200" and isinstance(data, dict):
            return data
        words = str(answer.get("message", ""))
        if words == "REJECTED" or code in ("4001", "62001"):
            raise refused()
        if words == "EXPIRED" or code in ("4002", "62002"):
            raise expired()
        if words == "WAITING_FOR_USER":
            return {}
        if code in ("401", "403"):
            raise RemoteError("refused_service", "Dịch vụ ký số từ xa không chấp nhận cơ quan. Hãy báo quản trị viên.")
        if code == "404":
            raise RemoteError("credential", "Tài khoản ký số từ xa không còn dùng được. Hãy báo người quản lý chứng thư.")
        raise RemoteError("answer", f"Dịch vụ ký số từ xa từ chối yêu cầu ({code}). Hãy báo quản trị viên.")


def _parts(credential):
    user, _slash, serial = (credential or "").partition("/")
    return user, serial


def _safe(reference):
    if not reference.replace("-", "").isalnum():
        raise RemoteError("answer", "Dịch vụ ký số từ xa trả lời không đúng mẫu. Hãy báo quản trị viên.")
    return reference
