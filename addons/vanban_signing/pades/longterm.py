"""Keep signatures verifiable for decades: revocation data inside the file (PAdES-B-LT), document timestamps over it (B-LTA), renewal.

Everything is an incremental update that validators count as maintenance, not as a change. Renewal is the same step again, in time:
before the timestamp's certificate ends or its algorithm is too weak (ETSI EN 319 142-1, 5.4 and 5.5).
"""

import asyncio
import datetime
import io
from dataclasses import dataclass

from asn1crypto import cms
from asn1crypto import crl as asn1crl
from asn1crypto import ocsp as asn1ocsp
from asn1crypto import x509 as asn1x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from . import embedded
from .errors import SignError
from .evidence import collect
from .timestamp import TimestampError

#: Room for a timestamp token with its chain, in bytes.
RESERVED = 12288
_DAY_2031 = datetime.datetime(2031, 1, 1, tzinfo=datetime.UTC)
_GONE = datetime.datetime(2014, 1, 1, tzinfo=datetime.UTC)
_TST = "signature_time_stamp_token"


@dataclass(frozen=True)
class Protection:
    """``level``: B, T, LT or LTA. ``until`` (UTC): when the outermost proof ends, None for a file without signatures."""

    level: str
    until: datetime.datetime | None
    reason: str


@dataclass
class _Layer:
    """One signature or timestamp with the certificates it brings (asn1crypto, its own first) and the revision it closes."""

    kind: str
    revision: int
    certificates: list
    digest: str


def extend(pdf, trust, fetcher=None, *, partial=False):
    """Signed bytes → bytes that also hold chains, CRL and OCSP for every signature and timestamp; unchanged when nothing is missing.

    :raise SignError: ``evidence`` when a certificate that no document timestamp covers stays without revocation data (``partial``:
        what was found is kept), ``unreadable``, ``unsigned``
    """
    writer = _writer(pdf)
    if not _add_evidence(writer, _layers(writer.prev), trust, fetcher, partial):
        return pdf
    return _written(writer)


def renew(pdf, trust, timestamper, fetcher=None, *, partial=False):
    """Signed bytes → bytes with fresh revocation data and a document timestamp over everything. For the first time and for renewal.

    :raise SignError: ``timestamp`` when the service fails, else as ``extend``; the given bytes stay as they are
    """
    writer = _writer(pdf)
    _add_evidence(writer, _layers(writer.prev), trust, fetcher, partial)
    try:
        out = asyncio.run(PdfTimeStamper(timestamper).async_timestamp_pdf(writer, "sha256", bytes_reserved=RESERVED * 2))
    except TimestampError as error:
        raise SignError("timestamp", str(error).replace("Văn bản chưa được ký", "Tệp được giữ nguyên")) from error
    except (SigningError, PdfError) as error:
        raise SignError("container", "Không đóng được dấu thời gian lưu trữ vào tệp PDF. Tệp được giữ nguyên.") from error
    return out.getvalue()


def protection(pdf):
    """Until when the proofs in the bytes of a signed PDF hold → Protection. :raise SignError: as ``extend``"""
    reader = _writer(pdf).prev
    layers = _layers(reader)
    stamps = [layer for layer in layers if layer.kind == "document"]
    tokens = [layer for layer in layers if layer.kind == "token"]
    signers = [layer for layer in layers if layer.kind == "signature"]
    store = embedded.of_file(reader.root)
    if stamps:
        last = max(stamps, key=lambda layer: layer.revision)
        return Protection("LTA", _end(last), "Dấu thời gian lưu trữ phải được gia hạn trước ngày này.")
    if signers and len(tokens) == len(signers):
        level = "LT" if store.crls or store.ocsps else "T"
        return Protection(level, min(map(_end, tokens)), "Chứng thư của dịch vụ dấu thời gian hết hạn vào ngày này.")
    if not signers:
        raise SignError("unsigned", "Tệp PDF chưa có chữ ký số.")
    bare = signers if not tokens else [layer for layer in signers if not _has_token(layer, tokens)]
    return Protection("B", min(map(_end, bare or signers)), "Chữ ký không có dấu thời gian: chứng thư người ký hết hạn vào ngày này.")


def chains_in(pdf):
    """Certificates (DER) that each signature and timestamp of a PDF brings, its own first → list of lists; [] when unreadable."""
    try:
        return [[item.dump() for item in layer.certificates] for layer in _layers(_writer(pdf).prev)]
    except SignError:
        return []


def _has_token(layer, tokens):
    return any(token.revision == layer.revision for token in tokens)


def _end(layer):
    """Earliest of the certificate's end and the time until which its algorithms are held to be strong enough."""
    certificate = layer.certificates[0]
    ends = [certificate.not_valid_after]
    key = certificate.public_key
    if key.algorithm == "rsa" and key.bit_size < 3072:
        ends.append(_DAY_2031 if key.bit_size >= 2048 else _GONE)  # NIST SP 800-57 part 1, table 2: 112 bits until 2030
    if layer.digest in ("sha1", "md5"):
        ends.append(_GONE)
    return min(ends)


def _writer(pdf):
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
        if writer.prev.encrypted:
            raise SignError("encrypted", "Tệp PDF có mật khẩu nên không gia hạn được chữ ký.")
        _ = writer.root
        return writer
    except SignError:
        raise
    except Exception as error:  # hostile files raise anything
        raise SignError("unreadable", "Không đọc được tệp PDF. Tệp được giữ nguyên.") from error


def _layers(reader):
    found = []
    try:
        for name, _value, reference in enumerate_sig_fields(reader, filled_status=True):
            one = EmbeddedPdfSignature(reader, reference.get_object(), name)
            certificates = [one.signer_cert, *one.other_embedded_certs]
            kind = "document" if one.sig_object_type == "/DocTimeStamp" else "signature"
            found.append(_Layer(kind, one.signed_revision, certificates, one.md_algorithm))
            if kind == "signature":
                found.extend(_tokens(one))
    except Exception as error:
        raise SignError("unreadable", "Không đọc được chữ ký trong tệp PDF. Tệp được giữ nguyên.") from error
    if not found:
        raise SignError("unsigned", "Tệp PDF chưa có chữ ký số.")
    return found


def _tokens(one):
    for certificates, digest in tokens_of(one.signer_info):
        yield _Layer("token", one.signed_revision, certificates, digest)


def tokens_of(signer_info):
    """(certificates, its own first; name of the digest) of each timestamp token that a signature carries (asn1crypto)."""
    from pyhanko.sign.validation.generic_cms import extract_certs_for_validation

    for attribute in signer_info["unsigned_attrs"] or ():
        if attribute["type"].native == _TST:
            data = cms.ContentInfo.load(attribute["values"][0].dump())["content"]
            certificates = extract_certs_for_validation(data)
            digest = data["signer_infos"][0]["digest_algorithm"]["algorithm"].native
            yield [certificates.signer_cert, *certificates.other_certs], digest


def _add_evidence(writer, layers, trust, fetcher, partial):
    """Put what is missing into the document security store of the writer; whether anything was."""
    store = embedded.of_file(writer.prev.root)
    covered = max((layer.revision for layer in layers if layer.kind == "document"), default=-1)
    now = datetime.datetime.now(datetime.UTC)
    certificates, crls, ocsps, seen = {}, {}, {}, set()
    for layer in layers:
        leaf = layer.certificates[0].dump()
        # the last timestamp itself is covered by nothing yet
        beneath = layer.revision < covered
        if leaf in seen or (beneath and _known(store, layer.certificates[0])):
            continue
        seen.add(leaf)
        helpers = [item.dump() for item in (*layer.certificates[1:], *store.certificates)]
        found = collect(trust, [leaf, *helpers], fetcher, now)
        if found.problems and not (partial or beneath):
            raise SignError("evidence", " ".join(found.problems))
        for kept, items in ((certificates, found.certificates), (crls, found.crls), (ocsps, found.ocsps)):
            kept.update(dict.fromkeys(items))
    held = {item.dump() for item in store.certificates}
    new = (
        [asn1x509.Certificate.load(der) for der in certificates if der not in held],
        [asn1ocsp.OCSPResponse.load(der) for der in ocsps if der not in store.ocsps],
        [asn1crl.CertificateList.load(der) for der in crls if der not in store.crls],
    )
    if not any(new):
        return False
    try:
        DocumentSecurityStore.supply_dss_in_writer(writer, None, certs=new[0], ocsps=new[1], crls=new[2])
    except Exception as error:  # a damaged store of another product
        raise SignError("unreadable", "Không ghi được dữ liệu xác thực dài hạn vào tệp PDF. Tệp được giữ nguyên.") from error
    return True


def _known(store, certificate):
    return any(item.dump() == certificate.dump() for item in store.certificates)


def _written(writer):
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
