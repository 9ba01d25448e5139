"""Words about a certificate: who, of which agency, personal or agency."""

import datetime
import unicodedata

VIETNAM = datetime.timezone(datetime.timedelta(hours=7))
_AGENCY_UID = ("MST:", "MAQHNS:", "MDD:")
_PERSON_UID = ("CMND:", "CCCD:", "HC:", "CC:")


def iso(moment):
    """ISO 8601 to the second in Vietnam's zone, "" for None."""
    if moment is None:
        return ""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    return moment.astimezone(VIETNAM).replace(microsecond=0).isoformat()


def describe(certificate):
    """asn1crypto certificate → dict: cn, organisation, unit, title, uid, serial (hex), issuer, subject, valid_from, valid_to, key_usage, sha256."""
    subject, issuer = _names(certificate.subject), _names(certificate.issuer)
    usage = certificate.key_usage_value
    return {
        "cn": subject.get("common_name", ""),
        "organisation": subject.get("organization_name", ""),
        "unit": subject.get("organizational_unit_name", ""),
        "title": subject.get("title", ""),
        "uid": subject.get("user_id", ""),
        "serial": f"{certificate.serial_number:X}",
        "issuer": issuer.get("common_name", ""),
        "subject": unicodedata.normalize("NFC", certificate.subject.human_friendly),
        "valid_from": iso(certificate.not_valid_before),
        "valid_to": iso(certificate.not_valid_after),
        "key_usage": sorted(usage.native) if usage is not None else [],
        "sha256": certificate.sha256.hex(),
    }


def certificate_kind(certificate):
    """``agency``, ``personal`` or ``other``, by the subject: UID prefix as Vietnamese CAs write it, else CN equal to O."""
    subject = _names(certificate.subject)
    uid = subject.get("user_id", "").upper()
    if uid.startswith(_AGENCY_UID) or (
        subject.get("common_name") and subject.get("common_name") == subject.get("organization_name")
    ):
        return "agency"
    if uid.startswith(_PERSON_UID) or (subject.get("common_name") and subject.get("organization_name")):
        return "personal"
    return "other"


def _names(name):
    names = {}
    for key, value in name.native.items():
        names[key] = unicodedata.normalize("NFC", str(value[0] if isinstance(value, list) else value))
    return names


def algorithm_words(embedded):
    """E.g. "rsassa_pkcs1v15, sha256"."""
    info = embedded.signer_info
    try:
        scheme = info["signature_algorithm"].signature_algo
    except ValueError:  # an algorithm without a name
        scheme = info["signature_algorithm"]["algorithm"].dotted
    return f"{scheme}, {info['digest_algorithm']['algorithm'].native}"


def oid_time(embedded):
    """The signing-time attribute of the container, or None."""
    for attribute in embedded.signer_info["signed_attrs"]:
        if attribute["type"].native == "signing_time":
            return attribute["values"][0].native
    return None
