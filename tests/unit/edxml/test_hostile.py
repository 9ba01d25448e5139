"""Packets made to harm: refused with a reason, within bounds, nothing left on disk."""
import base64
import io
import zipfile
from dataclasses import replace

import pytest

from edxml import Limits, PacketError, read_packet, write_packet
from packet_mutations import mutated, samples
from packet_samples import PDF, document, status
from proves import proves

ROUNDS = 4000
NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"


@pytest.fixture
def source(tmp_path):
    target = tmp_path / "sample.edxml"
    write_packet(document(tmp_path), target)
    return target.read_text("utf-8")


def refused(source, tmp_path, limits=None):
    """Error code; checks that a Vietnamese reason is given and no file is left."""
    folder = tmp_path / "read"
    folder.mkdir(exist_ok=True)
    with pytest.raises(PacketError) as caught:
        read_packet(source if isinstance(source, bytes) else source.encode(), folder, limits)
    assert len(caught.value.message_vi) > 15
    assert list(folder.iterdir()) == []
    return caught.value.code


def content_of(source):
    return base64.b64encode(PDF).decode()


@proves("LT-12")
@pytest.mark.parametrize("declaration", [
    "<!DOCTYPE edXML>",
    '<!DOCTYPE edXML SYSTEM "http://127.0.0.1:9/x.dtd">',
    '<!DOCTYPE edXML [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "<!DOCTYPE edXML [" + '<!ENTITY a0 "lol">' + "".join(
        f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10)) + "]>",
    '<!DOCTYPE edXML [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p">%p;]>',
])
def test_document_types(source, tmp_path, declaration):
    head, _, tail = source.partition("\n")
    tail = tail.replace("V/v cung", "&a9;", 1)
    assert refused(head + declaration + tail, tmp_path) == "DTD"


def test_undefined_entity(source, tmp_path):
    assert refused(source.replace("V/v cung", "&xxe;", 1), tmp_path) == "MALFORMED"


def test_wrong_namespace(source, tmp_path):
    assert refused(source.replace(NAMESPACE, "http://www.go.vn/eDoc"), tmp_path) == "NAMESPACE"


def test_wrong_root(tmp_path):
    assert refused(f'<invoice xmlns="{NAMESPACE}"/>', tmp_path) == "NOT_EDXML"


@pytest.mark.parametrize(("junk", "code"), [
    (b"", "EMPTY"), (b"hello", "NOT_XML"), (b"PK\x03\x04", "NOT_XML"), (b"\x00" * 5000, "MALFORMED"),
    (b"<", "MALFORMED"), (b"<edXML", "MALFORMED"), (b"--x\r\n", "MALFORMED"),
    (b'<?xml version="1.0" encoding="klingon"?><edXML/>', "MALFORMED"),
])
def test_not_a_packet(tmp_path, junk, code):
    assert refused(junk, tmp_path) == code


@proves("LT-12")
@pytest.mark.parametrize("cut", [1, 2, 3])
def test_truncated_base64(source, tmp_path, cut):
    body = content_of(source).rstrip("=")
    body = body[:len(body) - len(body) % 4]
    assert refused(source.replace(content_of(source), body[:-cut]), tmp_path) in ("BASE64_TRUNCATED", "BASE64_BROKEN")


@pytest.mark.parametrize("change", [
    lambda body: body[:20] + "====" + body[20:], lambda body: body[:20] + "*" + body[20:],
    lambda body: body[:20] + "ắ" + body[20:], lambda body: body[:20] + "<x/>" + body[20:],
    lambda body: body[:20] + "]]>" + body[20:]])
def test_broken_base64(source, tmp_path, change):
    body = content_of(source)
    assert refused(source.replace(body, change(body)), tmp_path) in ("BASE64_BROKEN", "CONTENT_BROKEN", "MALFORMED")


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 0.99])
def test_cut_short(source, tmp_path, part):
    raw = source.encode()
    assert refused(raw[:int(len(raw) * part)], tmp_path) in ("MALFORMED", "BASE64_TRUNCATED")


def test_ten_thousand_attachments(source, tmp_path):
    start, end = source.index("<Attachment>"), source.index("</AttachmentEncoded>")
    changed = source[:start] + source[start:end] * 10_000 + source[end:]
    assert refused(changed, tmp_path) == "TOO_MANY_ATTACHMENTS"


def test_deep_nesting(source, tmp_path):
    assert refused(source.replace("V/v cung", "<a>" * 5000 + "</a>" * 5000, 1), tmp_path) == "TOO_DEEP"


def test_many_elements(source, tmp_path):
    assert refused(source.replace("V/v cung", "<a/>" * 50_000, 1), tmp_path) == "TOO_MANY_ELEMENTS"


def test_endless_tag(source, tmp_path):
    changed = source.replace("<edXML:MessageHeader>", f'<edXML:MessageHeader a="{"x" * 3_000_000}">', 1)
    assert refused(changed, tmp_path) == "MARKUP_TOO_LONG"
    assert refused(source + f"<!--{'x' * 3_000_000}", tmp_path) == "MARKUP_TOO_LONG"


def test_huge_header_text(source, tmp_path):
    assert refused(source.replace("V/v cung", "x" * 5_000_000, 1), tmp_path) == "HEADER_TOO_LARGE"


def test_sizes(source, tmp_path):
    assert refused(source, tmp_path, Limits(packet_size=1000)) == "PACKET_TOO_LARGE"
    assert refused(source, tmp_path, Limits(attachment_size=10)) == "ATTACHMENT_TOO_LARGE"


def test_archive_bomb(source, tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("u.xlsx", bytes(60_000_000))
    changed = source.replace(content_of(source), base64.b64encode(stream.getvalue()).decode())
    changed = changed.replace("118_STC-VP.signed.pdf", "u.xlsx")
    assert refused(changed, tmp_path) == "ZIP_BOMB"


def test_two_headers_are_ambiguous(source, tmp_path):
    start, end = source.index("<edXML:MessageHeader>"), source.index("</edXML:edXMLHeader>")
    assert refused(source[:end] + source[start:end] + source[end:], tmp_path) == "AMBIGUOUS"


def test_content_outside_the_list(source, tmp_path):
    extra = '<x:ContentTransferEncoded xmlns:x="urn:x">AAAA</x:ContentTransferEncoded>'
    assert refused(source.replace("</edXML:edXMLHeader>", extra + "</edXML:edXMLHeader>"), tmp_path) == "CONTENT_BROKEN"


@pytest.mark.parametrize(("pattern", "code"), [
    ("<edXML:OrganId>H56.10</edXML:OrganId>", "NO_SENDER"),
    ("<edXML:DocumentId>H56.10,2026/03/09,118/STC-VP</edXML:DocumentId>", None),
])
def test_missing_identity(source, tmp_path, pattern, code):
    changed = source.replace(pattern, "", 1)
    if code:
        assert refused(changed, tmp_path) == code
    else:
        assert read_packet(changed.encode(), None).document_id == "H56.10,2026/03/09,118/STC-VP"


def test_unknown_status_code(tmp_path):
    stream = io.BytesIO()
    write_packet(replace(status(), status_code="99"), stream)
    assert refused(stream.getvalue(), tmp_path) == "STATUS_CODE"


def test_mutations_never_crash(tmp_path):
    """Some thousand damaged packets (hundreds of thousands in the soak): a packet or a PacketError, nothing left."""
    folder = tmp_path / "fuzz"
    folder.mkdir()
    sources = samples(tmp_path)
    read = 0
    for number in range(ROUNDS):
        try:
            result = read_packet(mutated(sources, number), folder)
        except PacketError as error:
            assert error.code and error.message_vi, number
        else:
            read += 1
            for item in getattr(result, "attachments", ()):
                item.path.unlink()
        assert list(folder.iterdir()) == [], number
    assert ROUNDS // 4 < read < ROUNDS
