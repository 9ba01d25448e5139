"""Trust anchors, intermediate certificates and revocation lists, loaded once and used for many verifications."""

import copy
import functools

from asn1crypto import pem
from asn1crypto import x509 as asn1x509
from cryptography import x509

from . import revocation as evidence
from .errors import PadesError
from .revocation import GOOD, REVOKED, UNKNOWN, Revocation, crl_number, load_crl, load_ocsp, signed_by

__all__ = ["GOOD", "REVOKED", "UNKNOWN", "Revocation", "TrustStore", "certificates", "check_chain", "read_certificate", "read_crl"]


class TrustStore:
    """``anchors``, ``others``, ``crls`` and ``ocsps``: DER or PEM bytes (PEM may hold several).

    ``classes`` maps the SHA-256 fingerprint (hex) of an anchor to the words for its class, e.g. "chuyên dùng công vụ".
    ``responders`` maps the fingerprint of an issuer to the address of its OCSP service, for certificates that name none.
    Raises PadesError for a certificate or list that cannot be read, and for a list that no known certificate has signed.
    """

    def __init__(self, anchors=(), others=(), crls=(), classes=None, ocsps=(), responders=None):
        self.anchors = [_asn1(der) for der in _ders(anchors)]
        self.others = [_asn1(der) for der in _ders(others)]
        self.classes, self.responders = dict(classes or {}), dict(responders or {})
        self._lists, self._answers = [], []
        for der in _ders(crls):
            self.add_crl(der)
        for der in ocsps:
            self.add_ocsp(der)

    def add_crl(self, data):
        """Accept a revocation list when one of the known certificates has signed it."""
        for der in _ders([data]):
            crl = load_crl(der)
            if not any(signed_by(crl, issuer) for issuer in (*self.anchors, *self.others)):
                raise PadesError("crl_issuer", "Danh sách thu hồi (CRL) không do tổ chức chứng thực đã khai báo ký.")
            self._lists.append(crl)

    def add_ocsp(self, der):
        """Accept an OCSP answer (DER); whether its signer may speak for a certificate is checked when it is used."""
        self._answers.append(load_ocsp(bytes(der)))

    def with_evidence(self, crls=(), ocsps=()):
        """A store that also holds these lists and answers (DER, checked by ``evidence.collect``); this one stays as it is."""
        more = copy.copy(self)
        more._lists = [*self._lists, *map(load_crl, crls)]
        more._answers = [*self._answers, *map(load_ocsp, ocsps)]
        return more

    def evidence_of(self, issuer):
        """DER of the lists that this issuer (asn1crypto certificate) signed, newest first."""
        lists = [crl for crl in self._lists if signed_by(crl, issuer)]
        return [evidence.der_of(crl) for crl in sorted(lists, key=lambda crl: crl.last_update_utc, reverse=True)]

    def class_of(self, anchor):
        """Words for the class of trust of this anchor (asn1crypto certificate)."""
        return self.classes.get(anchor.sha256.hex(), "")

    def revocation(self, path, moment, extra=(), ocsps=()):
        """Worst status over a path (anchor first, signer last) at ``moment``.

        ``extra`` and ``ocsps`` are DER lists and answers found in the file; what cannot be read is passed over.
        """
        lists, answers = [*self._lists, *_readable(extra, load_crl)], [*self._answers, *_readable(ocsps, load_ocsp)]
        result = None
        for issuer, certificate in zip(path, path[1:], strict=False):
            status = evidence.judge(certificate, issuer, moment, lists, answers)
            if status.status == REVOKED:
                return status
            if result is None or status.status == UNKNOWN or result.status == GOOD:
                result = status
        return result or Revocation(GOOD)


def _readable(items, load):
    found = []
    for item in items:
        try:
            found.append(load(item))
        except PadesError:
            continue
    return found


def certificates(data):
    """DER bytes of every certificate in PEM or DER data."""
    return list(_ders([data]))


def _ders(items):
    for data in items:
        data = bytes(data)
        if pem.detect(data):
            try:
                for _kind, _headers, der in pem.unarmor(data, multiple=True):
                    yield der
            except ValueError as error:
                raise PadesError("pem", "Tệp chứng thư hoặc CRL dạng PEM bị hỏng.") from error
        else:
            yield data


@functools.lru_cache(maxsize=256)
def _asn1(der):
    try:
        certificate = asn1x509.Certificate.load(der, strict=True)
        _ = certificate.subject.native, certificate.public_key.native, certificate.serial_number
        x509.load_der_x509_certificate(der)
    except (ValueError, TypeError) as error:
        raise PadesError("certificate", "Chứng thư số không đọc được.") from error
    return certificate


def read_certificate(der):
    """asn1crypto certificate from DER; PadesError when unreadable."""
    return _asn1(bytes(der))


def read_crl(data):
    """(issued, next, number) of a list given as DER or PEM; PadesError when unreadable."""
    crl = load_crl(next(iter(_ders([data]))))
    return crl.last_update_utc, crl.next_update_utc, crl_number(crl)


def check_chain(store, der, moment):
    """Judge one certificate without a document: (anchor or None, Revocation or None, Vietnamese reason or "").

    The anchor is None when no chain leads to a trust anchor; the reason says why the certificate is not usable at ``moment``.
    """
    import asyncio

    from pyhanko_certvalidator import CertificateValidator, ValidationContext

    certificate = _asn1(bytes(der))
    context = ValidationContext(trust_roots=store.anchors, other_certs=store.others, moment=moment)
    if not certificate.not_valid_before <= moment <= certificate.not_valid_after:
        expired = moment > certificate.not_valid_after
        middle = max(certificate.not_valid_before, min(moment, certificate.not_valid_after))
        context = ValidationContext(trust_roots=store.anchors, other_certs=store.others, moment=middle)
    else:
        expired = None
    try:
        validator = CertificateValidator(certificate, validation_context=context)
        path = asyncio.run(validator.async_validate_usage(set()))
    except Exception:  # the library raises many kinds; each means: no trusted chain
        return None, None, "Chứng thư số không thuộc tổ chức chứng thực đã được cấu hình tin cậy."
    chain = list(path.iter_certs(include_root=True))
    revocation = store.revocation(chain, moment)
    if expired is not None:
        return (
            chain[0],
            revocation,
            "Chứng thư số đã hết hạn." if expired else "Chứng thư số chưa đến ngày có hiệu lực.",
        )
    if revocation.status == REVOKED:
        return chain[0], revocation, "Chứng thư số đã bị thu hồi."
    return chain[0], revocation, ""
