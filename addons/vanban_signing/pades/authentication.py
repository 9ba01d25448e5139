"""The second and third group of a verdict: whose key it was and whether it counted then; and since when that is proved.

Times prove each other from the outside in: the last document timestamp is judged now, what lies under it at its time, and so on
(ETSI EN 319 102-1, past signature validation, in its simplest form).
"""

import datetime

from pyhanko_certvalidator import ValidationContext

from .embedded import FileEvidence, both, of_signature
from .report import INVALID, UNKNOWN, VALID
from .revocation import GOOD, REVOKED, der_of, in_force, load_crl, load_ocsp
from .signer_info import describe, iso

_FUTURE = datetime.timedelta(minutes=10)
_SKEW = datetime.timedelta(minutes=5)


class Judge:
    """Judges certificates of one file. ``found``: embedded.FileEvidence of the file; ``moment``: time of the verification."""

    def __init__(self, trust, moment, found):
        self.trust, self.moment, self.found = trust, moment, found
        self._others = [*trust.others, *found.certificates]

    def context(self, at):
        """Context of the library at a time; revocation is judged here, not by the library."""
        return ValidationContext(trust_roots=self.trust.anchors, other_certs=self._others, moment=at)

    def revocation(self, chain, at, proven, extra):
        """Revocation of a chain; what the file brings counts for an unproven time only while it is in force now.

        Whoever holds a stolen key could claim an old time and add the list of that time.
        """
        brought = both(self.found, extra)
        crls, ocsps = brought.crls, brought.ocsps
        if not proven:
            fresh = in_force(_loaded(crls, load_crl), _loaded(ocsps, load_ocsp), self.moment)
            crls, ocsps = ([der_of(item) for item in kind] for kind in fresh)
        return self.trust.revocation(chain, at, crls, ocsps)

    # --- timestamps

    def document_timestamp(self, one, status, proof):
        """Judge a document timestamp at ``proof``, the time until which it is known to have existed; its time or None."""
        one.kind = "timestamp"
        used = status.timestamp
        one.claimed_time = one.time_used = iso(used)
        proven = self._token(one, status, proof)
        group, mine = one.groups["authentication"], one.groups["timestamp"]
        group.state, group.reason = mine.state, mine.reason
        one.certificate["expired_now"] = self.moment > status.signing_cert.not_valid_after
        return proven if one.groups["signature"].state == VALID else None

    def signature_timestamp(self, one, status, proof):
        """Fill the third group; return the proven time or None."""
        group, token = one.groups["timestamp"], status.timestamp_validity
        if token is None:
            one.timestamp = {"present": False}
            group.reason = "Chữ ký không có dấu thời gian."
            return None
        if not (token.intact and token.valid):
            one.timestamp = {"present": True, "time": iso(token.timestamp), "tsa": "", "valid": False}
            group.invalid("Dấu thời gian sai hoặc không thuộc chữ ký này.")
            return None
        return self._token(one, token, proof)

    def _token(self, one, token, proof):
        group, certificate, time = one.groups["timestamp"], token.signing_cert, token.timestamp
        one.timestamp = {"present": True, "time": iso(time), "tsa": describe(certificate).get("cn", ""), "valid": False}
        if not (token.intact and token.valid):
            group.invalid("Dấu thời gian sai hoặc không thuộc văn bản này.")
            return None
        if not certificate.not_valid_before <= time <= certificate.not_valid_after:
            group.invalid(f"Chứng thư của dịch vụ dấu thời gian không có hiệu lực lúc {iso(time)}.")
            return None
        if time > proof + _SKEW:
            group.invalid(f"Dấu thời gian ghi {iso(time)}, muộn hơn lúc nó được chứng minh là đã có.")
            return None
        if proof > certificate.not_valid_after:
            group.reason = (
                f"Chứng thư của dịch vụ dấu thời gian đã hết hạn lúc {iso(certificate.not_valid_after)} và không có dấu thời gian "
                "lưu trữ đóng trước đó."
            )
            return None
        path = token.validation_path
        if not token.trusted or path is None:
            group.reason = "Dịch vụ dấu thời gian không thuộc danh sách tin cậy đã cấu hình."
            return None
        chain = _chain(path)
        revocation = self.revocation(chain, proof, proof < self.moment, FileEvidence())
        one.timestamp["revocation"] = revocation.status
        one.timestamp["valid_to"] = iso(certificate.not_valid_after)
        one.evidence["timestamp_certificates"] = [item.dump().hex() for item in chain]
        if revocation.status == REVOKED and revocation.at <= proof:
            group.invalid(f"Chứng thư của dịch vụ dấu thời gian đã bị thu hồi lúc {iso(revocation.at)}.")
            return None
        if revocation.status not in (GOOD, REVOKED):
            group.reason = f"Chưa rõ tình trạng thu hồi của dịch vụ dấu thời gian. {revocation.reason}"
            return None
        one.timestamp["valid"] = True
        group.state, group.reason = VALID, f"Dấu thời gian {iso(time)} hợp lệ."
        return time

    # --- the signer

    def signer(self, one, embedded, status, used, claimed, proven):
        """Fill the second group. ``used``: the time at which the certificate must count; ``proven``: whether it is proved."""
        group = one.groups["authentication"]
        certificate = status.signing_cert
        path = status.validation_path
        expired_then = not certificate.not_valid_before <= used <= certificate.not_valid_after
        one.time_used = iso(used)
        one.certificate = {
            "expired_now": self.moment > certificate.not_valid_after,
            "expired_at_signing": expired_then,
            "trusted": bool(status.trusted),
        }
        if expired_then:
            group.invalid(f"Chứng thư số không còn (hoặc chưa có) hiệu lực tại thời điểm ký {iso(used)}.")
            return
        if not status.trusted or path is None:
            if not (status.intact and status.valid):
                group.reason = "Không xác thực được người ký vì văn bản hoặc chữ ký sai."
            elif "NO_CERTIFICATE_CHAIN" in str(status.trust_problem_indic):
                group.reason = "Chứng thư số không thuộc tổ chức chứng thực đã được cấu hình tin cậy."
            else:
                group.invalid("Chứng thư số không dùng được để ký (sai mục đích sử dụng hoặc chuỗi chứng thực sai).")
            return
        chain = _chain(path)
        one.certificate["root"] = describe(chain[0]).get("cn", "")
        one.certificate["trust_class"] = self.trust.class_of(chain[0])
        one.evidence["certificates"] = [item.dump().hex() for item in chain]
        revocation = self.revocation(chain, used, proven, of_signature(embedded.signer_info))
        one.certificate.update(
            revocation=revocation.status,
            crl_number=revocation.number,
            crl_updated=iso(revocation.updated),
            revoked_at=iso(revocation.at),
        )
        if revocation.status == REVOKED and revocation.at <= used:
            group.invalid(f"Chứng thư số đã bị thu hồi tại thời điểm ký (thu hồi lúc {iso(revocation.at)}).")
        elif revocation.status == REVOKED and not proven:
            _doubt(
                one,
                f"Chứng thư số đã bị thu hồi lúc {iso(revocation.at)}; không có dấu thời gian để chứng minh đã ký trước đó.",
            )
        elif revocation.status not in (GOOD, REVOKED):
            _doubt(one, f"Chưa rõ tình trạng thu hồi của chứng thư số. {revocation.reason}")
        elif one.certificate["expired_now"] and not proven:
            _doubt(one, "Chứng thư số nay đã hết hạn và không có dấu thời gian để chứng minh thời điểm ký.")
        elif claimed and claimed > self.moment + _FUTURE and not proven:
            _doubt(one, f"Thời điểm ký khai báo ({iso(claimed)}) ở tương lai.")
        else:
            group.state = VALID
            group.reason = (
                f"Chứng thư số hợp lệ tại thời điểm ký, do {one.signer.get('issuer', '')} cấp, chưa bị thu hồi khi ký."
            )


def _doubt(one, reason):
    group = one.groups["authentication"]
    if group.state != INVALID:
        group.state, group.reason = UNKNOWN, reason


def _chain(path):
    return list(path.iter_certs(include_root=True)) if hasattr(path, "iter_certs") else list(path)


def _loaded(items, load):
    found = []
    for item in items:
        try:
            found.append(load(item))
        except ValueError:  # PadesError: what cannot be read is no evidence
            continue
    return found
