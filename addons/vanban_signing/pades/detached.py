"""Signatures beside a file (CMS, .p7s) for annexes that are not PDF. Two phases as in ``sign``; the key never comes here."""

import asyncio
import datetime
import hashlib
import io

from asn1crypto import cms
from pyhanko.sign.general import SigningError, extract_signer_info
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.validation.generic_cms import (
    async_validate_detached_cms,
    extract_certs_for_validation,
    extract_self_reported_ts,
)

from . import container
from .authentication import Judge
from .bounds import TimeLimit, within
from .embedded import FileEvidence
from .errors import SignError
from .longterm import tokens_of
from .report import UNKNOWN, VALID, Report, SignatureReport
from .sign import _external, checked_signature, now
from .signer_info import certificate_kind, describe, iso
from .timestamp import TimestampError
from .verify import _USAGE, _opened, _sha256

MAX_CONTAINER = 1 << 20
SECONDS = 60.0
_WEAK = ("md2", "md5", "sha1")


def begin(digest, certificate, chain=(), moment=None):
    """SHA-256 of the file (bytes), DER of the certificate → DER of the attributes that the key signs (SHA-256 of them)."""
    if len(digest) != 32:
        raise SignError("digest", "Giá trị băm phải là SHA-256 (32 byte).")
    settings = PdfCMSSignedAttributes(signing_time=moment or now())
    signer = _external(bytes(certificate), tuple(chain))
    made = asyncio.run(
        signer.signed_attrs(bytes(digest), container.DIGEST, attr_settings=settings, use_pades=False, is_pdf_sig=False)
    )
    return made.dump()


def finish(attributes, signature, certificate, chain=(), timestamper=None):
    """Attributes and the raw signature over them → DER of the container to keep beside the file.

    :raise SignError: ``signature_mismatch``, ``timestamp``, ``container``
    """
    signature, _fixed = checked_signature(certificate, attributes, signature)
    signer = _external(bytes(certificate), tuple(chain))
    try:
        return asyncio.run(container.build(signer, attributes, signature, timestamper)).dump()
    except TimestampError as error:
        raise SignError("timestamp", str(error)) from error
    except (SigningError, ValueError, TypeError) as error:
        raise SignError("container", "Không tạo được chữ ký kèm tệp. Hãy ký lại.") from error


def sign(data, key, chain=(), timestamper=None):
    """Both phases for bytes with a key at hand (HSM, software key) → DER of the container."""
    attributes = begin(hashlib.sha256(data).digest(), key.certificate, chain)
    return finish(attributes, key.sign(attributes), key.certificate, chain, timestamper)


def verify(data, signature, trust, *, file_name="", verified_by="", moment=None, seconds=SECONDS):
    """Bytes (or the path) of a file and its container → report.Report with one signature per signer. Never an exception."""
    moment = moment or datetime.datetime.now(datetime.UTC)
    with _opened(data) as stream:
        size = stream.seek(0, io.SEEK_END)
        report = Report(
            file_name=file_name, sha256=_sha256(stream), size=size, verified_at=iso(moment), verified_by=verified_by
        )
        one = SignatureReport(1, format="CMS")
        try:
            within(seconds, lambda: _judge(one, stream, bytes(signature), Judge(trust, moment, FileEvidence())))
        except TimeLimit:
            one.groups["signature"].state = UNKNOWN
            one.groups["signature"].reason = "Kiểm tra chữ ký quá lâu nên bị dừng. Hãy đề nghị gửi lại tệp gốc."
        except Exception:  # whatever a parser raises on a hostile container is a verdict
            one.groups["signature"].invalid("Tệp chữ ký (.p7s) không đọc được, không công nhận. Hãy đề nghị gửi lại.")
    one.conclude()
    report.signatures.append(one)
    return report.conclude()


def chains_in(signature):
    """Certificates (DER) that the signer and each timestamp of a container bring, its own first → list of lists; [] when unreadable."""
    try:
        if len(signature) > MAX_CONTAINER:
            return []
        return within(SECONDS, lambda: _chains(bytes(signature)))
    except (TimeLimit, Exception):  # whatever a parser raises on a hostile container: nothing to ask about
        return []


def _chains(der):
    signed = cms.ContentInfo.load(der, strict=True)["content"]
    own = extract_certs_for_validation(signed)
    chains = [[own.signer_cert, *own.other_certs], *(items for items, _digest in tokens_of(extract_signer_info(signed)))]
    return [[item.dump() for item in chain] for chain in chains]


def _judge(one, stream, der, judge):
    if len(der) > MAX_CONTAINER:
        raise ValueError("container too large")
    signed = cms.ContentInfo.load(der, strict=True)["content"]
    if len(signed["signer_infos"]) != 1 or signed["encap_content_info"]["content"].native is not None:
        one.groups["signature"].invalid("Tệp chữ ký phải có đúng một chữ ký và không mang nội dung riêng.")
        return
    info = extract_signer_info(signed)
    certificate = extract_certs_for_validation(signed).signer_cert
    one.signer, one.kind = describe(certificate), certificate_kind(certificate)
    digest = info["digest_algorithm"]["algorithm"].native
    one.algorithm = digest
    if digest in _WEAK:
        one.groups[
            "signature"
        ].reason = f"Chữ ký dùng thuật toán {digest.upper()}, không còn an toàn. Hãy đề nghị ký lại."
        return
    claimed = extract_self_reported_ts(info)
    one.claimed_time = iso(claimed)
    at = min(claimed, judge.moment) if claimed else judge.moment

    def validate(time):
        stream.seek(0)
        return asyncio.run(
            async_validate_detached_cms(
                stream, signed, judge.context(time), judge.context(judge.moment), key_usage_settings=_USAGE
            )
        )

    status = validate(at)
    group = one.groups["signature"]
    if not status.intact:
        group.invalid("Tệp không toàn vẹn: nội dung khác với nội dung đã ký.")
    elif not status.valid:
        group.invalid("Chữ ký số sai: không khớp với khóa của chứng thư số.")
    else:
        group.state, group.reason = VALID, "Tệp toàn vẹn từ khi ký."
        one.covers_file = one.covers_revision = True
    proven = judge.signature_timestamp(one, status, judge.moment)
    if proven and abs(proven - at) > datetime.timedelta(days=1):
        status = validate(proven)
    judge.signer(one, _Container(info), status, proven or at, claimed, proven is not None)


class _Container:
    """What ``Judge.signer`` reads of an embedded signature."""

    def __init__(self, signer_info):
        self.signer_info = signer_info
