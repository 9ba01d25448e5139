"""Signatures that lie beside a data file (CMS, ``.p7s``): do they still belong to it? Checked offline, with nothing but the package.

Whether the signer could be trusted is not asked here: that answer, with its proofs, travels as the verification report in
``documentation/`` and can be asked again with the trust anchors of the archive.
"""

import hashlib

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

MAX_SIGNATURE = 1 << 20
#: What a file must end with to be read as a signature.
ENDING = ".p7s"
_DIGESTS = {"sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512}


def readable(signature):
    """Whether the bytes are a container (DER) that holds one signature and no content of its own."""
    try:
        signed = cms.ContentInfo.load(signature, strict=True)["content"]
        return len(signed["signer_infos"]) == 1 and signed["encap_content_info"]["content"].native is None
    except Exception:  # whatever a parser raises on a hostile container
        return False


def problem(signature, path, sha256):
    """Why the container (DER) is not the signature of the file at ``path``, in Vietnamese, or None.

    ``sha256``: digest of the file in hexadecimal digits, known already; the file is read again only for another algorithm.
    """
    try:
        signed = cms.ContentInfo.load(signature, strict=True)["content"]
        (info,) = signed["signer_infos"]
        digest = info["digest_algorithm"]["algorithm"].native
        if digest not in _DIGESTS:
            return f"Chữ ký dùng thuật toán {str(digest).upper()}, không kiểm tra được."
        attributes = {one["type"].native: one["values"] for one in info["signed_attrs"]}
        present = bytes.fromhex(sha256) if digest == "sha256" else _digest(path, digest)
        if attributes and attributes["message_digest"][0].native != present:
            return "Tệp đã bị thay đổi sau khi ký: chữ ký kèm theo không còn khớp."
        if not _is_signed(info, signed["certificates"], present):
            return "Chữ ký kèm theo không khớp với khóa của chứng thư số."
    except Exception:  # whatever a parser raises on a hostile container is a finding
        return "Tệp chữ ký (.p7s) không đọc được."
    return None


def _digest(path, name):
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, name).digest()


def _signer(info, certificates):
    """The certificate that the signature names, by issuer and number or by the identifier of its key (RFC 5652, 5.3)."""
    wanted = info["sid"]
    for one in certificates:
        if wanted.name == "subject_key_identifier":
            if one.chosen.key_identifier == wanted.native:
                return one.chosen
        elif one.chosen.serial_number == wanted.chosen["serial_number"].native and one.chosen.issuer == wanted.chosen["issuer"]:
            return one.chosen
    raise ValueError("no certificate of the signer")


def _is_signed(info, certificates, present):
    """``present``: digest of the file; without signed attributes the signature is over the file itself (RFC 5652, 5.4)."""
    key = x509.load_der_x509_certificate(_signer(info, certificates).dump()).public_key()
    value, algorithm = info["signature"].native, info["signature_algorithm"]
    name = algorithm.signature_algo
    kind = _DIGESTS[algorithm.hash_algo if name == "rsassa_pss" else info["digest_algorithm"]["algorithm"].native]()
    if info["signed_attrs"]:
        data, digest = info["signed_attrs"].untag().dump(), kind
    else:
        data, digest = present, Prehashed(kind)
    try:
        if isinstance(key, rsa.RSAPublicKey) and name == "rsassa_pss":
            salt = algorithm["parameters"]["salt_length"].native
            key.verify(value, data, padding.PSS(padding.MGF1(kind), salt), digest)
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(value, data, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(value, data, ec.ECDSA(digest))
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm):
        return False
    return True
