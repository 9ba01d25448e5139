"""Signing in two phases, whoever holds the key: ``begin`` gives the attributes to sign, ``finish`` puts the answer into the file.

The key never comes here. A key for ``sign`` is any object with ``certificate`` (DER) and ``sign(data) -> bytes``, where the
signature is over SHA-256 of ``data``: RSA PKCS#1 v1.5, or ECDSA as DER or as r‖s.
"""

import asyncio
import base64
import datetime
import functools
import hashlib
import io
from dataclasses import dataclass, field

from asn1crypto import x509 as asn1x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError, UnacceptableSignerError
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.stamp import NoOpStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from . import LEADER, SEAL, container
from .appearance import SignatureStyle
from .container import DIGEST
from .errors import SignError
from .timestamp import TimestampError

#: Room in bytes for what a container holds beside certificates, and for a timestamp token with its chain.
RESERVED, RESERVED_FOR_TIMESTAMP = 1536, 32768


@dataclass(frozen=True)
class Pending:
    """Between the phases. ``attributes`` (DER) is what the key signs; ``digest`` its SHA-256; ``pdf`` has an empty container."""

    pdf: bytes = field(repr=False)
    attributes: bytes = field(repr=False)
    document_digest: bytes
    start: int
    end: int
    certificate: bytes = field(repr=False)
    chain: tuple = field(default=(), repr=False)

    @property
    def digest(self):
        return hashlib.sha256(self.attributes).digest()

    def to_dict(self):
        """JSON-able state without the PDF bytes (keep those beside it)."""
        text = lambda raw: base64.b64encode(raw).decode()  # noqa: E731
        return {
            "attributes": text(self.attributes),
            "document_digest": text(self.document_digest),
            "start": self.start,
            "end": self.end,
            "certificate": text(self.certificate),
            "chain": [text(raw) for raw in self.chain],
        }

    @classmethod
    def from_dict(cls, data, pdf):
        raw = base64.b64decode
        return cls(
            pdf,
            raw(data["attributes"]),
            raw(data["document_digest"]),
            data["start"],
            data["end"],
            raw(data["certificate"]),
            tuple(raw(item) for item in data["chain"]),
        )


def begin(
    pdf, field_name, certificate, *, chain=(), appearance=None, name=None, reason=None, location=None, timestamped=False
):
    """Prepared (or already signed) bytes → Pending. ``field_name`` is LEADER (certification, P = 2) or SEAL (approval).

    ``certificate`` and ``chain`` are DER. SignError when the field is missing or used, or the file cannot be read.
    """
    stream, prepared, attributes = _start(
        pdf, field_name, certificate, chain, appearance, name, reason, location, timestamped
    )
    return Pending(
        stream.getvalue(),
        attributes,
        prepared.document_digest,
        prepared.reserved_region_start,
        prepared.reserved_region_end,
        bytes(certificate),
        tuple(bytes(raw) for raw in chain),
    )


def _start(pdf, field_name, certificate, chain, appearance, name, reason, location, timestamped):
    """(stream of the file with an empty container, digest and its place, attributes to sign)."""
    signer = _external(certificate, tuple(chain))
    meta = signers.PdfSignatureMetadata(
        field_name=field_name,
        md_algorithm=DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        certify=field_name == LEADER,
        docmdp_permissions=MDPPerm.FILL_FORMS,
        name=name,
        reason=reason,
        location=location,
    )
    style = SignatureStyle(appearance) if appearance else NoOpStampStyle()
    pdf_signer = signers.PdfSigner(meta, signer=signer, stamp_style=style)
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        reserved = RESERVED + sum(map(len, (certificate, *chain))) + timestamped * RESERVED_FOR_TIMESTAMP
        prepared, stream = asyncio.run(_begin(pdf_signer, writer, reserved * 2))
        attributes = container.attributes(_external, bytes(certificate), tuple(chain), prepared.document_digest)
    except (SigningError, UnacceptableSignerError) as error:
        raise SignError("cannot_sign", _explain(field_name, error)) from error
    except SignError:
        raise
    except (PdfError, KeyError, IndexError, TypeError, ValueError, OSError, RecursionError) as error:
        raise SignError("unreadable", "Không đọc được tệp PDF để ký. Hãy tạo lại bản trình ký.") from error
    return stream, prepared, attributes


async def _begin(pdf_signer, writer, reserved):
    prepared, _tbs, output = await pdf_signer.async_digest_doc_for_signing(
        writer, existing_fields_only=True, bytes_reserved=reserved
    )
    return prepared, output


def finish(pending, signature, *, timestamper=None):
    """Put the signature of the token into the file: Pending and raw signature → signed bytes.

    The signature is checked against the certificate first. ``timestamper`` (timestamp.http_timestamper) adds a timestamp token.
    SignError when the signature does not fit the certificate, or the timestamp service fails.
    """
    digest = PreparedByteRangeDigest(pending.document_digest, pending.start, pending.end)
    stream = io.BytesIO(pending.pdf)
    _complete(stream, digest, pending.attributes, pending.certificate, pending.chain, signature, timestamper)
    return stream.getvalue()


def _complete(stream, digest, attributes, certificate, chain, signature, timestamper):
    signature, fixed_length = checked_signature(certificate, attributes, signature)
    try:
        if timestamper is None:
            made = container.container(_external, certificate, chain, attributes, signature, fixed_length=fixed_length)
        else:
            made = asyncio.run(container.build(_external(certificate, chain), attributes, signature, timestamper))
        digest.fill_with_cms(stream, made)
    except TimestampError as error:
        raise SignError("timestamp", str(error)) from error
    except SigningError as error:
        raise SignError(
            "container", "Chữ ký kèm chứng thư và dấu thời gian lớn hơn chỗ chừa sẵn. Hãy báo quản trị viên."
        ) from error


def sign(pdf, field_name, key, *, chain=(), appearance=None, name=None, reason=None, location=None, timestamper=None):
    """Both phases in one call with a key at hand (HSM, software key): bytes → signed bytes. Options as for ``begin``."""
    # one buffer from the first phase to the last: a large file is not copied again
    stream, digest, attributes = _start(
        pdf, field_name, key.certificate, chain, appearance, name, reason, location, timestamper is not None
    )
    _complete(stream, digest, attributes, key.certificate, tuple(chain), key.sign(attributes), timestamper)
    return stream.getvalue()


def checked_signature(certificate, data, signature):
    """(signature as CMS wants it, whether its length is fixed), after checking it; SignError when it does not fit the certificate."""
    public = _public_key(bytes(certificate))
    try:
        if isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(public, ec.EllipticCurvePublicKey):
            size = (public.key_size + 7) // 8
            if len(signature) == 2 * size and not signature.startswith(b"\x30"):
                signature = encode_dss_signature(
                    int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big")
                )
            public.verify(signature, data, ec.ECDSA(hashes.SHA256()))
        else:
            raise SignError("key_kind", "Chứng thư số dùng loại khóa chưa hỗ trợ (chỉ RSA và ECDSA).")
    except InvalidSignature as error:
        raise SignError(
            "signature_mismatch",
            "Chữ ký trả về không khớp với chứng thư số hoặc với văn bản. Hãy ký lại; nếu vẫn lỗi, "
            "kiểm tra thiết bị lưu khóa bí mật.",
        ) from error
    return signature, isinstance(public, rsa.RSAPublicKey)


@functools.lru_cache(maxsize=256)
def _public_key(certificate):
    try:
        return x509.load_der_x509_certificate(certificate).public_key()
    except ValueError as error:
        raise SignError("certificate", "Chứng thư số không đọc được.") from error


@functools.lru_cache(maxsize=256)
def _loaded(certificate, chain):
    try:
        leaf = asn1x509.Certificate.load(certificate)
        others = [asn1x509.Certificate.load(raw) for raw in chain]
        _ = leaf.subject.native, [other.subject.native for other in others]
    except (ValueError, TypeError) as error:
        raise SignError("certificate", "Chứng thư số không đọc được.") from error
    registry = SimpleCertificateStore()
    registry.register_multiple(others)
    return leaf, registry


def _external(certificate, chain):
    leaf, registry = _loaded(bytes(certificate), tuple(bytes(raw) for raw in chain))
    public = _public_key(bytes(certificate))
    size = public.key_size // 8 if isinstance(public, rsa.RSAPublicKey) else 144
    return signers.ExternalSigner(signing_cert=leaf, cert_registry=registry, signature_value=size, embed_roots=False)


def _explain(field_name, error):
    what = {LEADER: "chữ ký người có thẩm quyền", SEAL: "chữ ký cơ quan"}.get(field_name, "chữ ký")
    text = str(error).lower()
    if "already filled" in text or "already signed" in text or "already" in text:
        return f"Văn bản đã có {what}, không ký lần nữa."
    if "field" in text or "form" in text:
        return f"Tệp PDF không có chỗ chừa sẵn cho {what}. Hãy tạo lại bản trình ký."
    return f"Không đặt được {what} vào tệp PDF. Hãy tạo lại bản trình ký."


def now():
    """Present time in Vietnam (UTC+7), to the second."""
    return datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=7))).replace(microsecond=0)
