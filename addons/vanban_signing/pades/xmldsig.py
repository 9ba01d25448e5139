"""XML signatures (XML-DSig, enveloped) for packets. Verification accepts one signature over the whole document and nothing else.

A signature over a part, several references, other transforms or weak digests are refused: wrapping attacks live on these.
"""

import base64
import datetime
import hashlib

from lxml import etree
from signxml import DigestAlgorithm, SignatureConfiguration, SignatureMethod, XMLSigner, XMLVerifier

from .authentication import Judge
from .bounds import TimeLimit, limited
from .embedded import FileEvidence
from .errors import SignError
from .evidence import chain_of
from .report import INVALID, UNKNOWN, VALID, Report, SignatureReport
from .revocation import GOOD
from .signer_info import certificate_kind, describe, iso
from .trust import read_certificate

MAX_BYTES, SECONDS = 64 << 20, 60.0
_DS = "http://www.w3.org/2000/09/xmldsig#"
_METHODS = frozenset({SignatureMethod.RSA_SHA256, SignatureMethod.RSA_SHA384, SignatureMethod.RSA_SHA512,
                      SignatureMethod.ECDSA_SHA256, SignatureMethod.ECDSA_SHA384, SignatureMethod.ECDSA_SHA512})  # fmt: skip
_DIGESTS = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})
_USES = {"digital_signature", "non_repudiation"}


def sign(xml, key, chain=()):
    """Document (bytes) and an RSA key as for ``sign.sign`` → bytes with an enveloped signature as last child of the root."""
    try:
        root = etree.fromstring(xml, _parser())
        signer = XMLSigner(c14n_algorithm="http://www.w3.org/2001/10/xml-exc-c14n#")
        signed = signer.sign(root, key=_Key(key), cert=[_pem(der) for der in (key.certificate, *chain)])
    except (etree.XMLSyntaxError, ValueError, TypeError) as error:
        raise SignError("xml", "Không ký được gói tin XML: nội dung không phải XML đúng dạng.") from error
    return etree.tostring(signed, encoding="UTF-8", xml_declaration=True)


class _Key:
    """The shape of a key that the library asks for; the signature itself comes from a token or a server key."""

    def __init__(self, key):
        self._key = key

    def sign(self, data, **_scheme):
        return self._key.sign(data)


def verify(xml, trust, *, file_name="", verified_by="", moment=None, seconds=SECONDS):
    """Document (bytes) → report.Report with one signature, or none (unknown) when it carries none. Never an exception."""
    moment = moment or datetime.datetime.now(datetime.UTC)
    report = Report(
        file_name=file_name,
        sha256=hashlib.sha256(xml).hexdigest(),
        size=len(xml),
        verified_at=iso(moment),
        verified_by=verified_by,
    )
    one = SignatureReport(1, format="XML-DSig")
    try:
        with limited(seconds):
            if not _judge(one, xml, trust, moment):
                report.overall, report.reason = UNKNOWN, "Gói tin không có chữ ký số."
                return report
    except TimeLimit:
        one.groups["signature"].state = UNKNOWN
        one.groups["signature"].reason = "Kiểm tra chữ ký quá lâu nên bị dừng."
    except Exception:  # whatever a parser raises on a hostile document is a verdict
        one.groups["signature"].invalid("Chữ ký của gói tin sai hoặc không đọc được, không công nhận. Hãy đề nghị gửi lại.")
    one.conclude()
    report.signatures.append(one)
    return report.conclude()


def _judge(one, xml, trust, moment):
    if len(xml) > MAX_BYTES:
        raise ValueError("document too large")
    root = etree.fromstring(xml, _parser())
    found = root.findall(f".//{{{_DS}}}Signature")
    if not found:
        return False
    group = one.groups["signature"]
    references = root.findall(f".//{{{_DS}}}Reference")
    if len(found) != 1 or len(references) != 1 or references[0].get("URI") != "":
        group.invalid("Gói tin phải có đúng một chữ ký, ký trên toàn bộ gói tin.")
        return True
    certificates = [
        _der("".join(item.itertext())) for item in found[0].findall(f".//{{{_DS}}}X509Data/{{{_DS}}}X509Certificate")
    ][:10]
    leaf = read_certificate(certificates[0])
    one.signer, one.kind = describe(leaf), certificate_kind(leaf)
    expected = SignatureConfiguration(
        require_x509=True, expect_references=1, signature_methods=_METHODS, digest_algorithms=_DIGESTS, location=".//"
    )
    result = XMLVerifier().verify(root, x509_cert=_pem(certificates[0]), expect_config=expected)
    if etree.QName(result.signed_xml).text != etree.QName(root).text:
        group.invalid("Chữ ký không bao phủ toàn bộ gói tin.")
        return True
    group.state, group.reason = VALID, "Gói tin toàn vẹn từ khi ký."
    one.covers_file = one.covers_revision = True
    one.timestamp = {"present": False}
    one.groups["timestamp"].reason = "Chữ ký không có dấu thời gian."
    _authenticate(one, certificates, leaf, trust, moment)
    return True


def _authenticate(one, certificates, leaf, trust, moment):
    group = one.groups["authentication"]
    if not leaf.not_valid_before <= moment <= leaf.not_valid_after:
        group.reason = "Chứng thư số không còn hiệu lực và gói tin không có dấu thời gian."
        return
    chain = chain_of(trust, certificates, moment)
    if chain is None:
        group.reason = "Chứng thư số không thuộc tổ chức chứng thực đã được cấu hình tin cậy."
        return
    usage = leaf.key_usage_value
    if usage is not None and not set(usage.native) & _USES:
        group.invalid("Chứng thư số không dùng được để ký (sai mục đích sử dụng).")
        return
    revocation = Judge(trust, moment, FileEvidence()).revocation(chain, moment, False, FileEvidence())
    one.certificate = {"trusted": True, "revocation": revocation.status, "revoked_at": iso(revocation.at)}
    if revocation.status == GOOD:
        group.state, group.reason = VALID, "Chứng thư số hợp lệ, chưa bị thu hồi."
    elif revocation.at is not None:
        group.state, group.reason = INVALID, f"Chứng thư số đã bị thu hồi lúc {iso(revocation.at)}."
    else:
        group.reason = f"Chưa rõ tình trạng thu hồi của chứng thư số. {revocation.reason}"


def _parser():
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _pem(der):
    text = base64.encodebytes(bytes(der)).decode()
    return f"-----BEGIN CERTIFICATE-----\n{text}-----END CERTIFICATE-----\n"


def _der(text):
    return base64.b64decode("".join(text.split()), validate=True)
