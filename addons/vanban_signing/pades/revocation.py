"""What revocation lists (CRL, RFC 5280) and OCSP answers (RFC 6960) say about one certificate at one moment.

Careful with evidence that a stranger chose: a list for other certificates, a difference list, or an old list must not make a
revoked certificate look good. Whoever signed the evidence must be the issuer or its named responder.
"""

import datetime
import functools
import hashlib
from dataclasses import dataclass

from asn1crypto import x509 as asn1x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from .errors import PadesError

GOOD, REVOKED, UNKNOWN = "good", "revoked", "unknown"
_TOLERANCE = datetime.timedelta(minutes=5)
_EXPIRED_ON_CRL = ObjectIdentifier("2.5.29.60")
_SHA256 = hashes.SHA256()
_KNOWN_CRITICAL = (x509.IssuingDistributionPoint, x509.AuthorityKeyIdentifier, x509.CRLNumber)


@dataclass(frozen=True)
class Revocation:
    """Status of one certificate at one moment. ``at`` is the revocation time, ``number``/``updated`` name the evidence used."""

    status: str
    at: datetime.datetime | None = None
    number: int | None = None
    updated: datetime.datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class _Statement:
    """One piece of evidence about one certificate. ``speaks``: it would still name the certificate had it been revoked."""

    revoked_at: datetime.datetime | None
    updated: datetime.datetime
    following: datetime.datetime | None
    number: int | None
    speaks: bool


def judge(certificate, issuer, moment, crls, ocsps):
    """asn1crypto certificates, a moment (aware), loaded lists and answers (of any issuer) → Revocation.

    Evidence counts as good when it was in force at the moment or issued after it; otherwise the answer is unknown, never good.
    """
    said = [item for crl in crls if (item := _of_crl(crl, certificate, issuer))]
    said += [item for answer in ocsps if (item := _of_ocsp(answer, certificate, issuer))]
    if not said:
        return Revocation(UNKNOWN, reason="Chưa có danh sách thu hồi (CRL) của tổ chức chứng thực.")
    said.sort(key=lambda item: item.updated)
    bad = [item for item in said if item.revoked_at]
    if bad and not any(item.speaks and not item.revoked_at and item.updated > bad[-1].updated for item in said):
        first = min(bad, key=lambda item: item.revoked_at)
        return Revocation(REVOKED, first.revoked_at, first.number, first.updated)
    good = [item for item in said if item.speaks and not item.revoked_at and _covers(item, moment)]
    if good:
        return Revocation(GOOD, None, good[-1].number, good[-1].updated)
    last = said[-1]
    reason = (
        "Danh sách thu hồi (CRL) đã hết hạn trước thời điểm ký; cần cập nhật."
        if last.speaks
        else "Dữ liệu thu hồi phát hành sau khi chứng thư hết hạn, không còn nêu chứng thư này."
    )
    return Revocation(UNKNOWN, None, last.number, last.updated, reason)


def _covers(item, moment):
    return item.updated > moment or item.following is None or item.following + _TOLERANCE >= moment


def in_force(crls, ocsps, moment):
    """Those that were still in force, or were issued, at ``moment``: what a file itself brings may not be older."""
    fresh = lambda updated, following: updated > moment or (following is not None and following + _TOLERANCE >= moment)  # noqa: E731
    return (
        [crl for crl in crls if fresh(crl.last_update_utc, crl.next_update_utc)],
        [answer for answer in ocsps if fresh(*_first_window(answer))],
    )


def _first_window(answer):
    single = next(answer.responses)
    return single.this_update_utc, single.next_update_utc


# --- revocation lists


@functools.lru_cache(maxsize=64)
def load_crl(der):
    """cryptography CRL from DER; PadesError when unreadable."""
    try:
        crl = x509.load_der_x509_crl(der)
        _ = crl.last_update_utc, crl.next_update_utc, crl.extensions
    except (ValueError, TypeError, x509.DuplicateExtension) as error:
        raise PadesError("crl", "Danh sách thu hồi (CRL) không đọc được.") from error
    return crl


def crl_number(crl):
    try:
        return crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except x509.ExtensionNotFound:
        return None


_checked = {}


def signed_by(crl, issuer):
    """Whether ``issuer`` (asn1crypto certificate) signed this list; remembered."""
    try:
        key = (crl.fingerprint(_SHA256), issuer.sha256)
    except (ValueError, UnsupportedAlgorithm):
        return False
    if key not in _checked:
        if len(_checked) > 1000:
            _checked.clear()
        loaded = _loaded(issuer.dump())
        try:
            _checked[key] = (
                not _weak(crl.signature_hash_algorithm)
                and crl.issuer == loaded.subject
                and crl.is_signature_valid(loaded.public_key())
            )
        except (InvalidSignature, UnsupportedAlgorithm, TypeError, ValueError):
            _checked[key] = False
    return _checked[key]


def _weak(algorithm):
    return algorithm is not None and algorithm.name in ("md5", "sha1")


def _of_crl(crl, certificate, issuer):
    if not signed_by(crl, issuer) or not _complete_for(crl, certificate):
        return None
    entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
    updated = crl.last_update_utc
    return _Statement(
        entry.revocation_date_utc if entry is not None else None,
        updated,
        crl.next_update_utc,
        crl_number(crl),
        updated <= certificate.not_valid_after + _TOLERANCE or _keeps_expired(crl, certificate),
    )


def _complete_for(crl, certificate):
    """Whether the list speaks about this certificate at all: no difference list, no list of another part or kind."""
    for extension in crl.extensions:
        if isinstance(extension.value, x509.DeltaCRLIndicator):
            return False
        if extension.critical and not isinstance(extension.value, _KNOWN_CRITICAL):
            return False
    try:
        part = crl.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return True
    if part.indirect_crl or part.only_contains_attribute_certs or part.only_some_reasons:
        return False
    if (part.only_contains_user_certs and certificate.ca) or (part.only_contains_ca_certs and not certificate.ca):
        return False
    if part.full_name is None:
        return part.relative_name is None
    return bool({name.value for name in part.full_name} & set(addresses(certificate)[0]))


def _keeps_expired(crl, certificate):
    for extension in crl.extensions:
        if extension.oid == _EXPIRED_ON_CRL:
            try:
                since = asn1x509.GeneralTime.load(extension.value.value).native
            except (ValueError, TypeError, AttributeError):
                return False
            return since <= certificate.not_valid_after
    return False


# --- OCSP


@functools.lru_cache(maxsize=256)
def load_ocsp(der):
    """cryptography OCSPResponse with at least one answer; PadesError when unreadable or a refusal."""
    try:
        answer = ocsp.load_der_ocsp_response(der)
        if answer.response_status == ocsp.OCSPResponseStatus.SUCCESSFUL:
            _ = next(answer.responses).this_update_utc, answer.signature_hash_algorithm
            return answer
    except (ValueError, TypeError, StopIteration, UnsupportedAlgorithm) as error:
        raise PadesError("ocsp", "Câu trả lời OCSP không đọc được.") from error
    raise PadesError("ocsp", "Dịch vụ OCSP từ chối trả lời.")


def _of_ocsp(answer, certificate, issuer):
    for single in answer.responses:
        if single.serial_number == certificate.serial_number and _names_issuer(single, issuer):
            break
    else:
        return None
    if single.certificate_status == ocsp.OCSPCertStatus.UNKNOWN or not answered_by(answer, issuer):
        return None
    revoked = single.certificate_status == ocsp.OCSPCertStatus.REVOKED
    # without a next time the answer speaks for its own moment only
    following = single.next_update_utc or single.this_update_utc
    return _Statement(
        single.revocation_time_utc if revoked else None,
        single.this_update_utc,
        following,
        None,
        single.this_update_utc <= certificate.not_valid_after + _TOLERANCE,
    )


def _names_issuer(single, issuer):
    try:
        digest = lambda data: hashlib.new(single.hash_algorithm.name, data).digest()  # noqa: E731
        return single.issuer_name_hash == digest(issuer.subject.dump()) and single.issuer_key_hash == digest(
            bytes(issuer.public_key["public_key"])
        )
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False


def answered_by(answer, issuer):
    """Whether the issuer, or a responder that it named for this purpose, signed the answer (RFC 6960 4.2.2.2)."""
    loaded = _loaded(issuer.dump())
    candidates = [loaded]
    for responder in answer.certificates[:5]:
        try:
            usage = responder.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
            responder.verify_directly_issued_by(loaded)
            within = responder.not_valid_before_utc <= answer.produced_at_utc <= responder.not_valid_after_utc
            if ExtendedKeyUsageOID.OCSP_SIGNING in usage and within and not _weak(responder.signature_hash_algorithm):
                candidates.append(responder)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError, x509.ExtensionNotFound):
            continue
    return not _weak(answer.signature_hash_algorithm) and any(_verifies(answer, one) for one in candidates)


def _verifies(answer, responder):
    public, algorithm = responder.public_key(), answer.signature_hash_algorithm
    try:
        if isinstance(public, rsa.RSAPublicKey):
            scheme = padding.PKCS1v15()
            if answer.signature_algorithm_oid.dotted_string == "1.2.840.113549.1.1.10":
                scheme = padding.PSS(padding.MGF1(algorithm), padding.PSS.AUTO)
            public.verify(answer.signature, answer.tbs_response_bytes, scheme, algorithm)
        elif isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(algorithm))
        elif isinstance(public, (ed25519.Ed25519PublicKey, ed448.Ed448PublicKey)):
            public.verify(answer.signature, answer.tbs_response_bytes)
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


# --- certificates


@functools.lru_cache(maxsize=256)
def _loaded(der):
    return x509.load_der_x509_certificate(der)


def addresses(certificate):
    """(addresses of CRL, addresses of OCSP) that an asn1crypto certificate names; only http and https."""
    lists, services = [], []
    try:
        for point in certificate.crl_distribution_points_value or ():
            for name in point["distribution_point"].chosen if point["distribution_point"].name == "full_name" else ():
                lists.append(name.native)
        for access in certificate.authority_information_access_value or ():
            if access["access_method"].native == "ocsp":
                services.append(access["access_location"].native)
    except (ValueError, TypeError, KeyError):
        return [], []
    usable = lambda found: [text for text in found if isinstance(text, str) and text.startswith(("http://", "https://"))]  # noqa: E731
    return usable(lists), usable(services)


def der_of(evidence):
    """DER of a loaded list or answer."""
    return evidence.public_bytes(serialization.Encoding.DER)
