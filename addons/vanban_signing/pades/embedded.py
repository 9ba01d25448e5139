"""What a signed file itself brings for its verification: certificates, revocation lists, OCSP answers. All of it untrusted."""

from dataclasses import dataclass, field

from asn1crypto import x509

#: A file that brings more is read up to here.
MAX_ITEMS, MAX_ITEM_BYTES = 100, 16 << 20


@dataclass
class FileEvidence:
    """``certificates``: asn1crypto objects; ``crls``, ``ocsps``: DER."""

    certificates: list = field(default_factory=list)
    crls: list = field(default_factory=list)
    ocsps: list = field(default_factory=list)


def of_file(root):
    """FileEvidence of the document security store under a catalog; what is damaged is left out."""
    found = FileEvidence()
    try:
        store = root["/DSS"]
    except Exception:  # damaged files raise anything
        return found
    for der in _streams(store, "/Certs"):
        try:
            certificate = x509.Certificate.load(der, strict=True)
            _ = certificate.subject.hashable, certificate.issuer.hashable, certificate.public_key.algorithm
            found.certificates.append(certificate)
        except Exception:
            continue
    found.crls.extend(_streams(store, "/CRLs"))
    found.ocsps.extend(_streams(store, "/OCSPs"))
    return found


def of_signature(signer_info):
    """FileEvidence of the revocation attribute that older products sign into the container (adbe-revocationInfoArchival)."""
    found = FileEvidence()
    try:
        for attribute in signer_info["signed_attrs"]:
            if attribute["type"].native == "adobe_revocation_info_archival":
                value = attribute["values"][0]
                found.crls.extend(item.dump() for item in value["crl"] or ())
                found.ocsps.extend(item.dump() for item in value["ocsp"] or ())
    except Exception:
        return found
    return found


def both(one, other):
    """The two together."""
    return FileEvidence(
        [*one.certificates, *other.certificates], [*one.crls, *other.crls], [*one.ocsps, *other.ocsps]
    )


def _streams(store, key):
    try:
        references = list(store[key])[:MAX_ITEMS]
    except Exception:
        return
    for reference in references:
        try:
            data = bytes(reference.get_object().data)
        except Exception:
            continue
        if len(data) <= MAX_ITEM_BYTES:
            yield data
