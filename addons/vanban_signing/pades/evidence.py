"""Collect what proves that certificates were not revoked: CRL and OCSP, over the network, each checked before it is kept."""

import asyncio
import datetime
from dataclasses import dataclass

from pyhanko_certvalidator import CertificateValidator, ValidationContext

from . import revocation
from .errors import PadesError
from .trust import read_certificate


@dataclass(frozen=True)
class Evidence:
    """DER of everything that was found; ``problems``: Vietnamese lines about what was not."""

    certificates: tuple = ()
    crls: tuple = ()
    ocsps: tuple = ()
    problems: tuple = ()


def chain_of(trust, ders, moment, purposes=()):
    """Chain of the first certificate, anchor first (asn1crypto), or None; the others help to build it."""
    leaf, *others = [read_certificate(der) for der in ders]
    context = ValidationContext(trust_roots=trust.anchors, other_certs=[*trust.others, *others], moment=moment)
    try:
        path = asyncio.run(
            CertificateValidator(leaf, validation_context=context).async_validate_usage(set(), set(purposes) or None)
        )
    except Exception:  # the library raises many kinds; each means: no trusted chain
        return None
    return list(path.iter_certs(include_root=True))


def collect(trust, certificates, fetcher=None, moment=None):
    """Evidence for the chain of ``certificates[0]`` (DER, the rest are helpers) at ``moment`` (aware, default now).

    Addresses come only from certificates of a chain that leads to a trust anchor. For the signer both OCSP and CRL are taken
    when the certificate names both; what the trust store holds serves where the network gives nothing.
    """
    moment = moment or datetime.datetime.now(datetime.UTC)
    chain = chain_of(trust, certificates, moment)
    if chain is None:
        return Evidence(problems=("Chứng thư số không thuộc tổ chức chứng thực đã được cấu hình tin cậy.",))
    crls, ocsps, problems = {}, {}, []
    for issuer, certificate in zip(chain, chain[1:], strict=False):
        _of_one(trust, issuer, certificate, fetcher, moment, crls, ocsps, problems)
    return Evidence(tuple(item.dump() for item in chain), tuple(crls), tuple(ocsps), tuple(problems))


def _of_one(trust, issuer, certificate, fetcher, moment, crls, ocsps, problems):
    lists, services = revocation.addresses(certificate)
    services = services or [url for url in (trust.responders.get(issuer.sha256.hex()),) if url]
    failed = []
    good = False
    for url in services if fetcher else ():
        try:
            der = fetcher.ocsp(url, certificate.dump(), issuer.dump())
            if _says(certificate, issuer, moment, (), (der,)):
                ocsps[der] = good = True
                break
            failed.append(f"Câu trả lời OCSP của {url} không dùng được (sai chữ ký hoặc không về chứng thư này).")
        except PadesError as error:
            failed.append(str(error))
    for url in lists if fetcher else ():
        try:
            der = fetcher.crl(url)
            if _says(certificate, issuer, moment, (der,), ()):
                crls[der] = good = True
                break
            failed.append(f"Danh sách thu hồi của {url} không dùng được (sai chữ ký hoặc hết hạn).")
        except PadesError as error:
            failed.append(str(error))
    if good:
        return
    for der in trust.evidence_of(issuer):
        if _says(certificate, issuer, moment, (der,), ()):
            crls[der] = True
            return
    problems.extend(failed)
    name = certificate.subject.native.get("common_name", "")
    problems.append(f"Chưa có dữ liệu thu hồi cho chứng thư “{name}”.")


def _says(certificate, issuer, moment, crls, ocsps):
    """Whether these lists and answers decide about the certificate (good or revoked) at the moment."""
    status = revocation.judge(
        certificate,
        issuer,
        moment,
        [revocation.load_crl(der) for der in crls],
        [revocation.load_ocsp(der) for der in ocsps],
    )
    return status.status != revocation.UNKNOWN
