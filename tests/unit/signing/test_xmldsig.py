"""Signed packets: sound ones verify, wrapped and weakened ones do not."""

import base64
import io
import re
import tracemalloc
from xml.sax.saxutils import escape, quoteattr

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from signxml import SignatureConfiguration, XMLSigner, XMLVerifier, methods

from pades import xmldsig
from pades.canonical import write_canonical
from pades.errors import SignError
from signing_sample import SoftKey, agency, authority, chain, trust

PACKET = "<?xml version='1.0' encoding='UTF-8'?><Goi xmlns='urn:vanban:thu'><So>05/SNV-VP</So><TrichYeu>Về việc mẫu</TrichYeu></Goi>".encode()


def test_signed_packet():
    signed = xmldsig.sign(PACKET, agency(), chain())
    report = xmldsig.verify(signed, trust())
    assert report.overall == "valid" and report.signatures[0].kind == "agency", list(report.lines())
    assert xmldsig.verify(signed, trust(crl=False)).overall == "unknown"
    assert xmldsig.verify(PACKET, trust()).overall == "unknown" and not xmldsig.verify(PACKET, trust()).signatures


@pytest.mark.parametrize("junk", [b"\r\n", b"\xef\xbb\xbf", b"gateway 1.0\r\n\r\n"])
def test_bytes_before_the_declaration_do_not_matter(junk):
    """The reader of packets skips them, too."""
    signed = xmldsig.sign(PACKET, agency(), chain())
    assert xmldsig.verify(junk + signed, trust()).overall == "valid"
    assert xmldsig.verify(junk + signed.replace(b"05/SNV", b"06/SNV"), trust()).overall == "invalid"
    assert xmldsig.verify(xmldsig.sign(junk + PACKET, agency(), chain()), trust()).overall == "valid"


def test_tags_with_masses_of_namespaces_are_refused_at_once():
    names = " ".join(f"xmlns:a{index}='urn:{index}'" for index in range(70))
    signed = xmldsig.sign(PACKET, agency(), chain()).replace(b"<So>", f"<So {names}>".encode())
    assert xmldsig.verify(signed, trust()).overall == "invalid"


def signature(signed):
    return re.search(rb"<ds:Signature .*</ds:Signature>", signed, re.DOTALL)[0]


@pytest.mark.parametrize("name", ["content", "wrapped", "moved", "part", "sha1", "twice", "entity", "cut", "removed-certificate"])
def test_attacks(name):
    signed = xmldsig.sign(PACKET, agency(), chain())
    seal = signature(signed)
    forged = {
        "content": signed.replace(b"05/SNV", b"06/SNV"),
        "wrapped": b"<Goi xmlns='urn:vanban:thu'><So>06</So>" + signed.split(b"?>", 1)[1] + b"</Goi>",
        "moved": PACKET.replace(b"05/SNV", b"06/SNV").replace(b"</Goi>", seal + b"</Goi>"),
        "part": signed.replace(b'URI=""', b'URI="#a"').replace(b"<So>", b"<So Id='a'>"),
        "sha1": signed.replace(b"xmldsig-more#rsa-sha256", b"xmldsig-more#rsa-sha1").replace(b"xmlenc#sha256", b"xmldsig#sha1"),
        "twice": signed.replace(seal, seal + seal),
        "entity": b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + signed.split(b"?>", 1)[1].replace(b"05/SNV", b"&e;"),
        "cut": signed[:-30],
        "removed-certificate": re.sub(rb"<ds:X509Certificate>.*?</ds:X509Certificate>", b"", signed, flags=re.DOTALL),
    }[name]
    report = xmldsig.verify(forged, trust())
    assert report.overall == "invalid" and report.reason


def test_bad_input():
    with pytest.raises(SignError, match="XML"):
        xmldsig.sign(b"<a", agency())
    for raw in (b"", b"junk", b"<a>" * 100_000):
        assert xmldsig.verify(raw, trust()).overall == "invalid"


# ------------------------------------------------------ against other programs


def lxml_form(xml, exclusive):
    return etree.tostring(etree.fromstring(xml).getroottree(), method="c14n", exclusive=exclusive, with_comments=False)


def our_form(xml, exclusive):
    parts = []
    write_canonical(io.BytesIO(xml), parts.append, exclusive=exclusive)
    return b"".join(parts)


PREFIXES = st.sampled_from(["", "a", "b", "xml"])
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), include_characters="\t\n\r&<>\"' "), max_size=12)


@st.composite
def element(draw, depth=0, scope=()):
    scope = dict(scope)
    attributes = {}
    for prefix in draw(st.lists(st.sampled_from(["", "a", "b"]), unique=True, max_size=3)):
        scope[prefix] = draw(st.sampled_from(["urn:1", "urn:2", "urn:z"]))
        attributes["xmlns" + (prefix and ":" + prefix)] = scope[prefix]
    if scope.get("") and draw(st.booleans()) and "xmlns" not in attributes:
        scope[""] = attributes["xmlns"] = ""
    usable = [prefix for prefix in ("a", "b") if scope.get(prefix)]
    names = set()
    for prefix, local in draw(st.lists(st.tuples(st.sampled_from(["", *usable, "xml"]), st.sampled_from("pqr")), max_size=4)):
        # two prefixes of one namespace give one attribute twice
        if (scope.get(prefix) if prefix not in ("", "xml") else prefix, local) not in names:
            names.add((scope.get(prefix) if prefix not in ("", "xml") else prefix, local))
            attributes[(prefix and prefix + ":") + local] = draw(TEXT)
    name = draw(st.sampled_from(["", *usable]))
    name = (name and name + ":") + draw(st.sampled_from(["So", "Goi"]))
    inner = ""
    for _turn in range(draw(st.integers(0, 3 if depth < 3 else 0))):
        inner += draw(st.one_of(
            element(depth + 1, tuple(scope.items())), TEXT.map(lambda text: escape(text, {"\r": "&#13;"})),
            st.just("<!-- ghi chú -->"), st.just("<?may lam?>"), st.just("<![CDATA[<&>]]>")))
    shown = "".join(f" {key}={quoteattr(value, {chr(13): '&#13;'})}" for key, value in attributes.items())
    return f"<{name}{shown}>{inner}</{name}>"


@settings(max_examples=100)
@given(element(), st.booleans(), st.sampled_from(["", "<?xml version='1.0' encoding='UTF-8'?>\n", "<?truoc?>\n<!-- a -->"]))
def test_canonical_form_is_that_of_libxml2(xml, exclusive, head):
    raw = (head + xml + "<?sau?>").encode()
    assert our_form(raw, exclusive) == lxml_form(raw, exclusive)


def test_other_encodings_and_line_ends():
    for raw in ("<Goi a='1'\r\n b='2'>Về\r\nviệc</Goi>".encode(), "<?xml version='1.0' encoding='UTF-16'?><Goi>Về việc</Goi>".encode("utf-16")):
        assert our_form(raw, True) == lxml_form(raw, True)


def test_another_program_verifies_ours():
    for key in (agency(), SoftKey({"common_name": "Cơ quan mẫu", "organization_name": "Cơ quan mẫu"}, kind="ec")):
        signed = xmldsig.sign(PACKET, key, chain())
        config = SignatureConfiguration(require_x509=True, expect_references=1, location=".//")
        result = XMLVerifier().verify(signed, x509_cert=key.pem.decode(), expect_config=config)
        assert etree.QName(result.signed_xml).localname == "Goi"
        assert xmldsig.verify(signed, trust()).overall == "valid"


@pytest.mark.parametrize("form", ["http://www.w3.org/2001/10/xml-exc-c14n#", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"])
def test_ours_verifies_another_program(form):
    key = agency()
    pem = key.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    document = etree.fromstring(PACKET.replace(b"<Goi ", b"<Goi xmlns:thua='urn:thua' "))
    signed = etree.tostring(XMLSigner(method=methods.enveloped, c14n_algorithm=form).sign(document, key=pem, cert=[key.pem.decode()]))
    report = xmldsig.verify(signed, trust())
    assert report.overall == "valid", list(report.lines())
    assert xmldsig.verify(signed.replace(b"05/SNV", b"06/SNV"), trust()).overall == "invalid"


# ----------------------------------------------------------------------- packets


def test_signature_stands_in_the_header_and_changes_nothing_else(tmp_path):
    source, target = tmp_path / "a.edxml", tmp_path / "b.edxml"
    source.write_bytes(b"<edXML><edXMLHeader><So>1</So></edXMLHeader><edXMLBody>x</edXMLBody></edXML>\n")
    xmldsig.sign_file(source, target, agency(), chain(), inside="edXMLHeader")
    signed = target.read_bytes()
    assert signed.replace(signature(signed), b"") == source.read_bytes()
    assert b"</ds:Signature></edXMLHeader>" in signed
    assert xmldsig.verify(target, trust()).overall == "valid"
    with pytest.raises(SignError, match="đã có chữ ký"):
        xmldsig.sign_file(target, tmp_path / "c.edxml", agency())


@pytest.mark.parametrize("name", [
    "object", "second-reference", "xpath", "external", "no-transform", "prefixes", "hidden-content", "key-of-another", "comment-in-digest",
    "short-key", "moved-out", "many-certificates", "uri-missing", "in-text"])  # fmt: skip
def test_refused_forms(name):
    signed = xmldsig.sign(PACKET, agency(), chain())
    seal = signature(signed)
    other = SoftKey({"common_name": "Cơ quan khác", "organization_name": "Cơ quan khác"})

    def changed(old, new):
        assert old in signed
        return signed.replace(old, new)

    forged = {
        "object": lambda: changed(b"</ds:Signature>", b"<ds:Object><So>06</So></ds:Object></ds:Signature>"),
        "second-reference": lambda: changed(b"</ds:SignedInfo>", re.search(rb"<ds:Reference .*</ds:Reference>", seal)[0] + b"</ds:SignedInfo>"),
        "xpath": lambda: changed(b"http://www.w3.org/2000/09/xmldsig#enveloped-signature", b"http://www.w3.org/TR/1999/REC-xpath-19991116"),
        "external": lambda: changed(b'URI=""', b'URI="http://127.0.0.1/goi"'),
        "no-transform": lambda: re.sub(rb"<ds:Transforms>.*</ds:Transforms>", b"<ds:Transforms></ds:Transforms>", signed),
        "prefixes": lambda: changed(
            b'exc-c14n#"></ds:Canon', b'exc-c14n#"><InclusiveNamespaces xmlns="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="a"/></ds:Canon'),
        "hidden-content": lambda: changed(b"</ds:KeyInfo>", b"<So>06</So></ds:KeyInfo>"),
        "key-of-another": lambda: re.sub(
            rb"<ds:X509Certificate>[^<]*", b"<ds:X509Certificate>" + base64.b64encode(other.certificate), signed, count=1),
        "comment-in-digest": lambda: re.sub(rb"<ds:DigestValue>", b"<ds:DigestValue>AAAA<!-- -->", signed),
        "short-key": lambda: xmldsig.sign(PACKET, Short(), ()),
        "moved-out": lambda: seal,
        "many-certificates": lambda: changed(b"</ds:X509Data>", b"<ds:X509Certificate>AAAA</ds:X509Certificate>" * 20 + b"</ds:X509Data>"),
        "uri-missing": lambda: changed(b' URI=""', b""),
        "in-text": lambda: changed(b"<ds:SignatureValue>", b"<ds:SignatureValue>!"),
    }[name]()
    report = xmldsig.verify(forged, trust())
    assert report.overall == "invalid" and report.reason


class Short:
    """A key that nobody should use any more."""

    def __init__(self):
        self.key = rsa.generate_private_key(65537, 1024)
        issued = authority().issue(self.key.public_key(), {"common_name": "Khóa ngắn", "organization_name": "Khóa ngắn"})
        self.certificate = issued.public_bytes(serialization.Encoding.DER)

    def sign(self, data):
        return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())


@settings(max_examples=60)
@given(st.data())
def test_no_changed_byte_stays_valid_unless_it_says_the_same(data):
    """A byte of the packet changed: either not valid, or the canonical content is what was signed."""
    place = data.draw(st.integers(0, len(SIGNED[0]) - 1))
    raw = bytearray(SIGNED[0])
    raw[place] = data.draw(st.integers(0, 255))
    report = xmldsig.verify(bytes(raw), trust())
    if report.overall == "valid":
        assert without_seal(bytes(raw)) == without_seal(SIGNED[0])


def without_seal(raw):
    parts = []
    write_canonical(io.BytesIO(raw), parts.append, left_out=("http://www.w3.org/2000/09/xmldsig#", "Signature"))
    return b"".join(parts)


SIGNED = [xmldsig.sign(PACKET, agency(), chain())]


def test_a_key_that_does_not_fit_its_certificate():
    class Wrong:
        certificate = agency().certificate

        @staticmethod
        def sign(_data):
            return b"\1" * 256

    with pytest.raises(SignError, match="không khớp"):
        xmldsig.sign(PACKET, Wrong())


def test_a_large_packet_takes_little_memory(tmp_path):
    """20 MB of base64 in one element, signed and verified with less than a third of it in memory."""
    source, target = tmp_path / "lon.edxml", tmp_path / "ky.edxml"
    with open(source, "wb") as stream:
        stream.write(b"<edXML><edXMLHeader><So>1</So></edXMLHeader><Tep>")
        for _turn in range(20):
            stream.write(b"QUJD" * (1 << 18))
        stream.write(b"</Tep></edXML>")
    tracemalloc.start()
    try:
        xmldsig.sign_file(source, target, agency(), chain(), inside="edXMLHeader")
        assert xmldsig.verify(target, trust()).overall == "valid"
        assert tracemalloc.get_traced_memory()[1] < 6 << 20
    finally:
        tracemalloc.stop()
    with open(target, "r+b") as stream:
        stream.seek(10 << 20)
        stream.write(b"R")
    report = xmldsig.verify(target, trust())
    assert report.overall == "invalid" and "bị thay đổi" in report.reason
