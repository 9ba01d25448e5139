"""Signatures that cannot be judged any more or not yet: old formats on SHA-1, weak and unknown algorithms. Never valid, and said why."""

import hashlib

from asn1crypto import algos

from .report import INVALID, UNKNOWN

_WEAK = ("md2", "md5", "sha1")
_STRONG = ("sha224", "sha256", "sha384", "sha512", "sha512_256", "sha3_256", "sha3_384", "sha3_512", "shake256")
_ASK = "Hãy đề nghị bên gửi ký lại bằng phần mềm hiện hành (SHA-256 trở lên)."
_NEW = "Hệ thống chưa hỗ trợ; hãy báo quản trị viên hoặc kiểm tra bằng phần mềm của tổ chức chứng thực."


def unreadable(value):
    """(state, words) for a signature dictionary whose container cannot be opened."""
    try:
        subfilter = str(value.get_object().get("/SubFilter", ""))
    except Exception:
        subfilter = ""
    if subfilter == "/adbe.x509.rsa_sha1":
        return UNKNOWN, f"Chữ ký theo định dạng cũ adbe.x509.rsa_sha1 trên SHA-1, không còn an toàn. {_ASK}"
    return INVALID, "Chữ ký không đọc được, không công nhận. Hãy đề nghị bên gửi gửi lại tệp gốc."


def not_comparable(embedded):
    """(state, words) for an opened signature that must not be judged valid, or None."""
    subfilter = str(embedded.sig_object.get("/SubFilter", ""))
    info = embedded.signer_info
    digest = info["digest_algorithm"]["algorithm"].native
    if subfilter == "/adbe.pkcs7.sha1":
        if _sha1_content(embedded) != _sha1_of_ranges(embedded):
            return INVALID, "Văn bản không toàn vẹn: nội dung đã bị thay đổi sau khi ký."
        return UNKNOWN, f"Chữ ký theo định dạng cũ adbe.pkcs7.sha1 trên SHA-1, không còn an toàn. {_ASK}"
    if subfilter not in ("/ETSI.CAdES.detached", "/adbe.pkcs7.detached"):
        return UNKNOWN, f"Chữ ký có định dạng “{subfilter.strip('/') or 'không rõ'}”. {_NEW}"
    if digest in _WEAK or _signature_digest(info) in _WEAK:
        return UNKNOWN, f"Chữ ký dùng thuật toán {str(digest).upper()}, không còn an toàn. {_ASK}"
    if digest not in _STRONG or info["signature_algorithm"]["algorithm"].native not in _known():
        return UNKNOWN, f"Chữ ký dùng thuật toán chưa biết ({digest}). {_NEW}"
    return None


def _signature_digest(info):
    try:
        return info["signature_algorithm"].hash_algo
    except ValueError:
        return None


def _known():
    # GOST and others have names in the library too, but nothing that computes them
    return {
        name
        for name in algos.SignedDigestAlgorithmId._map.values()
        if name.endswith(("_rsa", "_ecdsa")) or name in ("rsassa_pkcs1v15", "rsassa_pss", "ed25519", "ed448")
    }


def _sha1_content(embedded):
    try:
        return bytes(embedded.signed_data["encap_content_info"]["content"].native)
    except (TypeError, ValueError, KeyError):
        return None


def _sha1_of_ranges(embedded):
    start, length, following, rest = (int(number) for number in embedded.byte_range)
    digest = hashlib.sha1(usedforsecurity=False)
    for begin, size in ((start, length), (following, rest)):
        embedded.reader.stream.seek(begin)
        digest.update(embedded.reader.stream.read(size))
    return digest.digest()
