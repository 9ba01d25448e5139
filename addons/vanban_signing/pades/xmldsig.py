"""XML signatures (XML-DSig, enveloped) for packets. Verification accepts one signature over the whole document and nothing else.

A signature over a part, several references, other transforms, unknown children of the signature or weak digests are refused:
wrapping attacks live on these. Packets are read as streams, twice: once for the signature, once for their canonical form.
"""

import base64
import contextlib
import datetime
import hashlib
import io
import os

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from .authentication import Judge
from .bounds import TimeLimit, within
from .canonical import Canonical, Scopes, XmlRefused, local_of, parse, prefix_of, write_canonical
from .embedded import FileEvidence
from .errors import SignError
from .evidence import chain_of
from .report import INVALID, UNKNOWN, VALID, Report, SignatureReport
from .revocation import GOOD
from .signer_info import certificate_kind, describe, iso
from .trust import read_certificate

MAX_BYTES, SECONDS = 1 << 30, 60.0
# A signature holds its values and a few certificates; the rest of a packet is not kept.
_MAX_SIGNATURE, _MAX_NODES, _MAX_CERTIFICATES = 256 * 1024, 100, 10
_CHUNK = 1 << 20
_DS = "http://www.w3.org/2000/09/xmldsig#"
_ENVELOPED = _DS + "enveloped-signature"
_EXCLUSIVE, _INCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_DIGESTS = {
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256", "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
}  # fmt: skip
_METHODS = {
    f"http://www.w3.org/2001/04/xmldsig-more#{kind}-sha{size}": (kind, getattr(hashes, f"SHA{size}"))
    for kind in ("rsa", "ecdsa") for size in (256, 384, 512)
}  # fmt: skip
# What may stand beside the signature's values: it is not signed, so nothing there is ever read but the certificates.
_KEY_INFO = {
    "KeyInfo", "KeyName", "KeyValue", "RSAKeyValue", "Modulus", "Exponent", "X509Data", "X509Certificate", "X509SubjectName",
    "X509IssuerSerial", "X509IssuerName", "X509SerialNumber",
}  # fmt: skip
_USES = {"digital_signature", "non_repudiation"}
_WHOLE = "Gói tin phải có đúng một chữ ký, ký trên toàn bộ gói tin."
_BROKEN = "Chữ ký của gói tin sai hoặc không đọc được, không công nhận. Hãy đề nghị gửi lại."


class _Forbidden(Exception):
    """The signature is of a form that is not accepted; the text says why."""


# ---------------------------------------------------------------------- signing


def sign(xml, key, chain=(), inside=None):
    """Document (bytes) and a key as for ``sign.sign`` → bytes with an enveloped signature; see ``sign_file``."""
    target = io.BytesIO()
    _sign(io.BytesIO(xml), target, key, chain, inside)
    return target.getvalue()


def sign_file(source, target, key, chain=(), inside=None):
    """Copy the UTF-8 document at path ``source`` to ``target`` with an enveloped signature; every other byte stays.

    :param key: ``certificate`` (DER, RSA or EC) and ``sign(data)`` with SHA-256, as for ``sign.sign``
    :param inside: local name of the element whose last child the signature becomes, the root when there is none
    :raise SignError: no XML, signed already, or a signature that does not fit the certificate
    """
    with open(source, "rb") as reader, open(target, "wb") as writer:
        _sign(reader, writer, key, chain, inside)


def _sign(source, target, key, chain, inside):
    try:
        place = _place(source, inside)
        source.seek(0)
        digest = hashlib.sha256()
        write_canonical(source, digest.update)
    except XmlRefused as error:
        raise SignError("xml", "Không ký được gói tin XML: nội dung không phải XML đúng dạng.") from error
    certificate = x509.load_der_x509_certificate(bytes(key.certificate))
    kind = "rsa" if isinstance(certificate.public_key(), rsa.RSAPublicKey) else "ecdsa"
    info = (
        f'<ds:CanonicalizationMethod Algorithm="{_EXCLUSIVE}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#{kind}-sha256"></ds:SignatureMethod>'
        f'<ds:Reference URI=""><ds:Transforms><ds:Transform Algorithm="{_ENVELOPED}"></ds:Transform>'
        f'<ds:Transform Algorithm="{_EXCLUSIVE}"></ds:Transform></ds:Transforms>'
        '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod>'
        f"<ds:DigestValue>{_b64(digest.digest())}</ds:DigestValue></ds:Reference>"
    )
    data = f'<ds:SignedInfo xmlns:ds="{_DS}">{info}</ds:SignedInfo>'.encode()
    value = key.sign(data)
    if kind == "ecdsa":
        value = _fixed_length(value, certificate.public_key())
    try:
        _check_value(certificate.public_key(), data, value, kind, hashes.SHA256)
    except (InvalidSignature, ValueError) as error:
        raise SignError("signature", "Chữ ký do thiết bị trả về không khớp với chứng thư số; gói tin không được ký.") from error
    certificates = "".join(f"<ds:X509Certificate>{_b64(der)}</ds:X509Certificate>" for der in (key.certificate, *chain))
    signature = (
        f'<ds:Signature xmlns:ds="{_DS}"><ds:SignedInfo>{info}</ds:SignedInfo><ds:SignatureValue>{_b64(value)}</ds:SignatureValue>'
        f"<ds:KeyInfo><ds:X509Data>{certificates}</ds:X509Data></ds:KeyInfo></ds:Signature>"
    ).encode()
    source.seek(0)
    _copy(source, target, place)
    target.write(signature)
    _copy(source, target)


def _place(source, inside):
    """Byte where the signature goes. SignError when the document has one, or is not UTF-8."""
    head = source.read(200)
    source.seek(0)
    declaration = head.split(b"?>")[0].lower() if head.startswith(b"<?xml") else b""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in head or (b"encoding" in declaration and b"utf-8" not in declaration):
        raise SignError("xml", "Không ký được gói tin XML: gói tin phải dùng bảng mã UTF-8.")
    found, names, opened = {}, [], set()

    def start(name, _attributes):
        names.append(name)
        if local_of(name) == "Signature":
            opened.add(name)

    def end(name, place):
        names.pop()
        if local_of(name) == inside:
            found.setdefault("inside", place)
        if not names:
            found["root"] = place

    parse(source, start, end)
    if opened:
        raise SignError("signed", "Gói tin đã có chữ ký; không ký lần thứ hai.")
    place = found.get("inside", found["root"])
    source.seek(place)
    if source.read(2) != b"</":
        raise SignError("xml", "Không ký được gói tin XML: gói tin không có nội dung.")
    return place


def _copy(source, target, count=None):
    while chunk := source.read(_CHUNK if count is None else min(_CHUNK, count)):
        target.write(chunk)
        if count is not None:
            count -= len(chunk)
            if not count:
                return


def _b64(raw):
    return base64.b64encode(bytes(raw)).decode()


def _fixed_length(value, public):
    """An ECDSA signature as XML wants it (r and s side by side), from DER or already so."""
    size = (public.curve.key_size + 7) // 8
    if len(value) == 2 * size:
        return value
    r, s = decode_dss_signature(value)
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


# ----------------------------------------------------------------- verification


def verify(source, trust, *, file_name="", verified_by="", moment=None, seconds=SECONDS):
    """Document (bytes or path) → report.Report with one signature, or none (unknown) when it carries none. Never an exception."""
    moment = moment or datetime.datetime.now(datetime.UTC)
    report = Report(file_name=file_name, sha256="", size=0, verified_at=iso(moment), verified_by=verified_by)
    one = SignatureReport(1, format="XML-DSig")

    def judge():
        report.sha256, report.size = _facts(source)
        return _judge(one, source, report.size, trust, moment)

    try:
        if not within(seconds, judge):
            report.overall, report.reason = UNKNOWN, "Gói tin không có chữ ký số."
            return report
    except TimeLimit:
        one.groups["signature"].state = UNKNOWN
        one.groups["signature"].reason = "Kiểm tra chữ ký quá lâu nên bị dừng."
    except _Forbidden as error:
        one.groups["signature"].invalid(str(error))
    except Exception:  # whatever a parser raises on a hostile document is a verdict
        one.groups["signature"].invalid(_BROKEN)
    one.conclude()
    report.signatures.append(one)
    return report.conclude()


def _open(source):
    if isinstance(source, (str, os.PathLike)):
        return open(source, "rb")
    return contextlib.nullcontext(io.BytesIO(source))


def _facts(source):
    digest, size = hashlib.sha256(), 0
    with _open(source) as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


class _Node:
    def __init__(self, name, attributes, scope):
        self.name, self.attributes, self.scope = name, attributes, scope
        self.children, self.parts, self.content = [], [], []  # content: text and children as they alternate

    @property
    def local(self):
        return local_of(self.name)

    def only(self, *names):
        """The children, which must be exactly these of the signature's namespace, in this order."""
        if [child.local for child in self.children] != list(names) or any(child.space != _DS for child in self.children):
            raise _Forbidden(_BROKEN)
        return self.children

    @property
    def space(self):
        return self.scope.get(prefix_of(self.name), "")

    def value(self):
        return base64.b64decode("".join("".join(self.parts).split()), validate=True)

    def algorithm(self):
        if set(self.attributes) - set(_declarations(self.attributes)) != {"Algorithm"} or "".join(self.parts).strip():
            raise _Forbidden(_BROKEN)
        return self.attributes["Algorithm"]

    def replay(self, canonical):
        """The events of this element, for its canonical form."""
        canonical.start(self.name, self.attributes)
        for part in self.content:
            if isinstance(part, _Node):
                part.replay(canonical)
            else:
                canonical.text(part)
        canonical.end(self.name)


def _declarations(attributes):
    return [name for name in attributes if name == "xmlns" or name.startswith("xmlns:")]


class _Finder:
    """Keeps the signature of a document and counts what is of its namespace; bounded, whatever the document holds."""

    def __init__(self):
        self.found, self.foreign_xml = [], False
        self._scopes, self._open, self._size, self._nodes = Scopes(), [], 0, 0

    def start(self, name, attributes):
        node = _Node(name, attributes, self._scopes.open(attributes))
        if self._open:
            self._nodes += 1
            self._size += sum(map(len, attributes)) + sum(map(len, attributes.values()))
            if self._nodes > _MAX_NODES or self._size > _MAX_SIGNATURE:
                raise _Forbidden(_BROKEN)
            self._open[-1].children.append(node)
            self._open[-1].content.append(node)
        elif node.space == _DS:
            # a second one, or a piece of one elsewhere, is what wrapping attacks are made of
            if node.local != "Signature" or self.found:
                raise _Forbidden(_WHOLE)
            self.found.append(node)
        else:
            self.foreign_xml |= any(key.startswith("xml:") for key in attributes)
            return
        self._open.append(node)

    def end(self, _name, _place):
        self._scopes.close()
        if self._open:
            self._open.pop()

    def text(self, data):
        if self._open:
            self._size += len(data)
            if self._size > _MAX_SIGNATURE:
                raise _Forbidden(_BROKEN)
            self._open[-1].parts.append(data)
            self._open[-1].content.append(data)


def _judge(one, source, size, trust, moment):
    if size > MAX_BYTES:
        raise _Forbidden("Gói tin quá lớn để kiểm tra chữ ký.")
    finder = _Finder()
    with _open(source) as stream:
        parse(stream, finder.start, finder.end, finder.text)
    if not finder.found:
        return False
    group = one.groups["signature"]
    signed = _read(finder.found[0], finder.foreign_xml)
    leaf = read_certificate(signed["certificates"][0])
    one.signer, one.kind = describe(leaf), certificate_kind(leaf)
    public = x509.load_der_x509_certificate(signed["certificates"][0]).public_key()
    kind, digest_of = _METHODS[signed["method"]]
    if isinstance(public, rsa.RSAPublicKey) and public.key_size < 2048:
        raise _Forbidden("Khóa của chứng thư số quá ngắn (dưới 2048 bit), không công nhận.")
    _check_value(public, signed["data"], signed["value"], kind, digest_of)
    digest = hashlib.new(_DIGESTS[signed["digest_method"]])
    with _open(source) as stream:
        write_canonical(stream, digest.update, exclusive=signed["exclusive"], left_out=(_DS, "Signature"))
    if digest.digest() != signed["digest"]:
        group.invalid("Gói tin đã bị thay đổi sau khi ký (Không toàn vẹn). Không tiếp nhận; đề nghị bên gửi gửi lại.")
        return True
    group.state, group.reason = VALID, "Gói tin toàn vẹn từ khi ký."
    one.algorithm = signed["method"].rpartition("#")[2]
    one.covers_file = one.covers_revision = True
    one.timestamp = {"present": False}
    one.groups["timestamp"].reason = "Chữ ký không có dấu thời gian."
    _authenticate(one, signed["certificates"], leaf, trust, moment)
    return True


def _read(signature, foreign_xml):
    """What the signature says, after every part of it was found to be of the accepted form."""
    names = [child.local for child in signature.children]
    info, value, key_info = signature.only(*(("SignedInfo", "SignatureValue", "KeyInfo") if len(names) == 3 else ("",)))
    canonicalization, method, *references = info.children
    if len(references) != 1 or references[0].attributes.get("URI") != "":
        raise _Forbidden(_WHOLE)
    info.only("CanonicalizationMethod", "SignatureMethod", "Reference")
    transforms, digest_method, digest = references[0].only("Transforms", "DigestMethod", "DigestValue")
    steps = [step.algorithm() for step in transforms.only(*["Transform"] * len(transforms.children))]
    # without a named form the inclusive one is meant (XML-DSig 4.4.3.2)
    forms = {(_ENVELOPED,): False, (_ENVELOPED, _INCLUSIVE): False, (_ENVELOPED, _EXCLUSIVE): True}
    own_form = canonicalization.algorithm()
    known = own_form in (_EXCLUSIVE, _INCLUSIVE) and method.algorithm() in _METHODS and digest_method.algorithm() in _DIGESTS
    leaves = (canonicalization, method, digest_method, digest, value, *transforms.children)
    if tuple(steps) not in forms or not known or any(leaf.children for leaf in leaves):
        raise _Forbidden("Chữ ký dùng thuật toán hoặc phép biến đổi không được chấp nhận (yêu cầu SHA-256 trở lên), không công nhận.")
    if own_form == _INCLUSIVE and foreign_xml:
        raise _Forbidden(_BROKEN)  # attributes of the xml namespace would be inherited; no packet has them
    certificates = _certificates(key_info)
    data = io.BytesIO()
    info.replay(Canonical(data.write, own_form == _EXCLUSIVE, {**signature.scope}))
    return {
        "data": data.getvalue(), "value": value.value(), "method": method.algorithm(), "digest_method": digest_method.algorithm(),
        "digest": digest.value(), "exclusive": forms[tuple(steps)], "certificates": certificates,
    }  # fmt: skip


def _certificates(key_info):
    found, waiting = [], [key_info]
    while waiting:
        node = waiting.pop(0)
        if node.space != _DS or node.local not in _KEY_INFO:
            raise _Forbidden(_BROKEN)
        if node.local == "X509Certificate" and not node.children:
            found.append(node.value())
        waiting += node.children
    if not found or len(found) > _MAX_CERTIFICATES:
        raise _Forbidden("Chữ ký không kèm chứng thư số của bên ký, không công nhận.")
    return found


def _check_value(public, data, value, kind, digest_of):
    """Raises InvalidSignature or ValueError when ``value`` is not the signature of ``data``."""
    if kind == "rsa" and isinstance(public, rsa.RSAPublicKey):
        public.verify(value, data, padding.PKCS1v15(), digest_of())
    elif kind == "ecdsa" and isinstance(public, ec.EllipticCurvePublicKey):
        size = (public.curve.key_size + 7) // 8
        if len(value) != 2 * size:
            raise ValueError("length of the signature")
        pair = encode_dss_signature(int.from_bytes(value[:size], "big"), int.from_bytes(value[size:], "big"))
        public.verify(pair, data, ec.ECDSA(digest_of()))
    else:
        raise ValueError("kind of key")


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
