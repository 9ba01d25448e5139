"""Real-world defects are read over, each with a remark; other dialects are understood."""
import base64
import io
import re
import zipfile

import pytest

from edxml import DocumentPacket, PacketError, StatusPacket, read_packet, write_packet
from packet_samples import PDF, attachment, document, status
from proves import proves


@pytest.fixture
def source(tmp_path):
    target = tmp_path / "sample.edxml"
    write_packet(document(tmp_path), target)
    return target.read_text("utf-8")


def codes(packet):
    return {remark.code for remark in packet.remarks}


def zipped(name, content):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def with_file(source, name, content, content_type):
    """The sample with its attachment's name, bytes and claimed type exchanged."""
    start = source.index("<AttachmentEncoded>")
    return source[:start] + (
        "<AttachmentEncoded><Attachment><ContentId>cid:1</ContentId>"
        f"<AttachmentName>{name}</AttachmentName><ContentType>{content_type}</ContentType>"
        '<edXML:ContentTransferEncoded xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016">'
        f"{base64.b64encode(content).decode()}</edXML:ContentTransferEncoded></Attachment></AttachmentEncoded></edXML>"
    )


def read_one(source, tmp_path):
    folder = tmp_path / "read"
    folder.mkdir()
    packet = read_packet(source.encode(), folder)
    return packet, packet.attachments[0].path.read_bytes()


def test_zip_labelled_pdf_is_unwrapped(source, tmp_path):
    packet, content = read_one(with_file(source, "118.pdf", zipped("u.pdf", PDF), "application/pdf"), tmp_path)
    assert content == PDF
    assert "CONTENT_TYPE" in codes(packet)
    assert packet.attachments[0].size == len(PDF)


def test_raw_labelled_zip_is_kept(source, tmp_path):
    packet, content = read_one(with_file(source, "118.pdf", PDF, "application/zip"), tmp_path)
    assert content == PDF
    assert "CONTENT_TYPE" in codes(packet)


def test_office_container_is_not_unwrapped(source, tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/workbook.xml", "<x/>")
    _packet, content = read_one(with_file(source, "a.xlsx", stream.getvalue(), "application/zip"), tmp_path)
    assert content == stream.getvalue()


def test_zip_of_another_extension_is_kept(source, tmp_path):
    raw = zipped("u.exe", b"MZ")
    _packet, content = read_one(with_file(source, "a.xlsx", raw, "application/zip"), tmp_path)
    assert content == raw


@pytest.mark.parametrize(("written", "expected"), [
    ("09/03/2026", "2026-03-09"), ("2026-03-09", "2026-03-09"), ("2026-03-09T08:15:00+07:00", "2026-03-09"),
    ("20260309", "2026-03-09"), ("9-3-2026", "2026-03-09"), (" 2026/03/09 ", "2026-03-09")])
def test_dates_in_other_forms(source, written, expected):
    packet = read_packet(source.replace("<edXML:PromulgationDate>2026/03/09",
                                        f"<edXML:PromulgationDate>{written}", 1).encode(), None)
    assert str(packet.promulgation_date) == expected
    assert written.strip() == "2026/03/09" or "DATE_FORMAT" in codes(packet)


@pytest.mark.parametrize("written", ["0014/03/09", "hôm qua", "2026/13/45", "31/02/2026"])
def test_unreadable_dates(source, written):
    packet = read_packet(source.replace("<edXML:PromulgationDate>2026/03/09",
                                        f"<edXML:PromulgationDate>{written}", 1).encode(), None)
    assert packet.promulgation_date is None
    assert "DATE_UNREADABLE" in codes(packet)


def test_missing_numbers_and_business(source):
    start, end = source.index("<edXML:Bussiness>"), source.index("</edXML:Bussiness>")
    changed = source[:start] + source[end + len("</edXML:Bussiness>"):]
    changed = changed.replace("<edXML:Type>2</edXML:Type>", "<edXML:Type></edXML:Type>")
    packet = read_packet(changed.replace("<edXML:TypeDetail>18</edXML:TypeDetail>", "").encode(), None)
    assert (packet.kind.type, packet.kind.detail, packet.business.doc_type) == (None, None, 0)


@pytest.mark.parametrize("change", [
    lambda s: s.replace("edXML:", "abc:").replace("xmlns:edXML", "xmlns:abc"),
    lambda s: s.replace("edXML:", "").replace("xmlns:edXML", "xmlns:other"),
    lambda s: "\ufeff" + s,
    lambda s: s.replace("<edXML:DocumentId>H56.10,2026/03/09,118/STC-VP", "<edXML:DocumentId>f3b4-uuid", 1),
    lambda s: s.replace("H56.10", "000.00.10.H56").replace("H56.02", "000.00.02.H56"),
], ids=["prefix", "default-namespace", "bom", "uuid", "old-codes"])
def test_accepted_silently(source, change):
    packet = read_packet(change(source).encode(), None)
    assert packet.code == "118/STC-VP"
    assert not codes(packet)


def test_shuffled_order(source):
    subject = "<edXML:Subject>V/v cung cấp số liệu quý I năm 2026</edXML:Subject>"
    changed = source.replace(subject, "").replace("<edXML:From>", subject + "<edXML:From>", 1)
    assert read_packet(changed.encode(), None).subject.startswith("V/v cung cấp")


def test_main_file_is_the_first_of_the_manifest(tmp_path):
    """Whatever the order in which the files themselves follow."""
    target = tmp_path / "two.edxml"
    write_packet(document(tmp_path, attachments=(attachment(tmp_path, "chinh.pdf", PDF), attachment(tmp_path, "phu-luc.pdf", PDF))), target)
    text = target.read_text("utf-8")
    first, second = re.findall(r"<Attachment>.*?</Attachment>", text, re.DOTALL)
    swapped = text.replace(first, "\0").replace(second, first).replace("\0", second)
    assert swapped.index("phu-luc.pdf", swapped.index("<Attachment>")) < swapped.index("chinh.pdf", swapped.index("<Attachment>"))
    assert [one.name for one in read_packet(swapped.encode(), None).attachments] == ["chinh.pdf", "phu-luc.pdf"]


def test_wrapped_base64(source, tmp_path):
    body = base64.b64encode(PDF).decode()
    wrapped = "\r\n".join(body[i:i + 20] for i in range(0, len(body), 20))
    _packet, content = read_one(source.replace(body, f"\n  {wrapped}\n"), tmp_path)
    assert content == PDF


def test_base64_with_references(source, tmp_path):
    body = base64.b64encode(PDF).decode()
    _packet, content = read_one(source.replace(body, body[:8] + "&#13;&#10;" + body[8:]), tmp_path)
    assert content == PDF


def test_sixteen_bit_encoding(source, tmp_path):
    folder = tmp_path / "wide"
    folder.mkdir()
    packet = read_packet(source.replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16"), folder)
    assert packet.attachments[0].path.read_bytes() == PDF
    assert packet.signer.full_name == "Nguyễn Văn Mẫu"


def test_no_namespace(source):
    bare = source.replace("edXML:", "").replace(' xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"', "")
    bare = bare.replace(' xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016"', "")
    packet = read_packet(bare.replace('xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"', "").encode(), None)
    assert packet.code == "118/STC-VP"
    assert codes(packet) == {"NO_NAMESPACE"}


def test_undeclared_prefix(source, tmp_path):
    bare = source.replace(' xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016"', "")
    packet, content = read_one(bare, tmp_path)
    assert content == PDF
    assert "NO_NAMESPACE" in codes(packet)


def test_bytes_before_the_declaration(source):
    packet = read_packet(b"\r\n gateway 1.0 \r\n" + source.encode(), None)
    assert packet.code == "118/STC-VP"
    assert codes(packet) == {"LEADING_BYTES"}


def test_unknown_elements_are_kept(source):
    extra = '<edXML:FutureInfo level="2"><edXML:Note>giữ lại</edXML:Note></edXML:FutureInfo>'
    packet = read_packet(source.replace("</edXML:MessageHeader>", extra + "</edXML:MessageHeader>").encode(), None)
    (element,) = packet.unknown
    assert element.path == "edXML/edXMLEnvelope/edXMLHeader/MessageHeader"
    assert element.name == "FutureInfo"
    assert element.attributes == (("level", "2"),)
    assert element.children[0].text == "giữ lại"


def test_without_files(source):
    start = source.index("<AttachmentEncoded>")
    packet = read_packet((source[:start] + "</edXML>").encode(), None)
    assert packet.attachments == ()
    assert "FILE_ABSENT" in codes(packet)


def test_signature_is_kept(source):
    signature = ('<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo/>'
                 "<SignatureValue>AAAA</SignatureValue></Signature>")
    packet = read_packet(source.replace("</edXML:edXMLHeader>", signature + "</edXML:edXMLHeader>").encode(), None)
    assert packet.signature.name == "Signature"
    assert packet.unknown == ()


def test_dotnet_dialect(source, tmp_path):
    changed = source.replace("<edXML:TraceHeaderList>", '<edXML:TraceHeaderList edXML:id="x" edXML:version="1.0" '
                             'edXML:mustUnderstand="1" edXML:actor="http://schemas.xmlsoap.org/soap/actor/next">')
    changed = changed.replace("</edXML:edXMLHeader>", "<edXML:DigitalSignature/></edXML:edXMLHeader>")
    changed = changed.replace("<Attachment><ContentId>cid:", "<Attachment><ContentId>")
    changed = changed.replace("<edXML:Reference>", '<edXML:Reference xmlns:xlink="http://www.w3.org/1999/xlink" '
                              'xlink:href="cid:118.pdf">')
    packet, content = read_one(changed, tmp_path)
    assert packet.dialect == "dotnet"
    assert packet.code == "118/STC-VP"
    assert packet.attachments[0].description == "Văn bản chính đã ký số"
    assert content == PDF


LEGACY = """MIME-Version: 1.0\r
Content-Type: multipart/related; boundary=GOI; type="text/xml"; start="<root>"\r
\r
--GOI\r
Content-Type: text/xml; charset=UTF-8\r
Content-ID: <root>\r
\r
<?xml version="1.0" encoding="UTF-8"?>\r
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" \
xmlns:edXML="http://www.e-doc.vn/Schema/" xmlns:xlink="http://www.w3.org/1999/xlink"><SOAP-ENV:Header>\
<edXML:MessageHeader><edXML:From><edXML:OrganId>000.00.10.H56</edXML:OrganId><edXML:OrganName>Sở Tài chính</edXML:OrganName>\
</edXML:From><edXML:To><edXML:OrganId>000.00.02.H56</edXML:OrganId></edXML:To><edXML:DocumentId>D-1</edXML:DocumentId>\
<edXML:Code><edXML:CodeNumber>118</edXML:CodeNumber><edXML:CodeNotation>STC-VP</edXML:CodeNotation></edXML:Code>\
<edXML:PromulgationInfo><edXML:PromulgationDate>09/03/2026</edXML:PromulgationDate></edXML:PromulgationInfo>\
<edXML:Subject>V/v số liệu</edXML:Subject></edXML:MessageHeader></SOAP-ENV:Header><SOAP-ENV:Body><edXML:Manifest>\
<edXML:Reference xlink:href="cid:tep1"><edXML:AttachmentName>118.pdf</edXML:AttachmentName></edXML:Reference>\
</edXML:Manifest></SOAP-ENV:Body></SOAP-ENV:Envelope>\r
--GOI\r
Content-Type: application/pdf\r
Content-Transfer-Encoding: {encoding}\r
Content-ID: <tep1>\r
\r
{body}\r
--GOI--\r
"""


@pytest.mark.parametrize("encoding", ["base64", "binary"])
def test_legacy_dialect(tmp_path, encoding):
    body = base64.encodebytes(PDF).decode().replace("\n", "\r\n") if encoding == "base64" else PDF.decode()
    packet, content = read_one(LEGACY.format(encoding=encoding, body=body), tmp_path)
    assert packet.dialect == "soap"
    assert str(packet.promulgation_date) == "2026-03-09"
    assert [a.name for a in packet.attachments] == ["118.pdf"]
    assert content == PDF


def test_legacy_cut_short(tmp_path):
    with pytest.raises(PacketError) as caught:
        read_one(LEGACY.format(encoding="base64", body="JVBE").removesuffix("--GOI--\r\n"), tmp_path)
    assert caught.value.code == "MALFORMED"
    assert not list((tmp_path / "read").iterdir())


def test_status_code_without_zero():
    stream = io.BytesIO()
    write_packet(status("03"), stream)
    packet = read_packet(stream.getvalue().replace(b"StatusCode>03", b"StatusCode>3"), None)
    assert isinstance(packet, StatusPacket)
    assert packet.status_code == "03"
    assert codes(packet) == {"STATUS_CODE"}


@pytest.mark.parametrize(("raw", "clean", "code"), [
    ("../../etc/118.pdf", "118.pdf", "NAME_PATH"),
    ("..\\..\\118.pdf", "118.pdf", "NAME_PATH"),
    ("/etc/passwd", "passwd", "NAME_PATH"),
    ("C:\\Users\\a\\118.pdf", "118.pdf", "NAME_CLEANED"),
    ("118\u202efdp.exe", "118fdp.exe", "NAME_CLEANED"),
    ("CON.pdf", "_CON.pdf", "NAME_CLEANED"),
    ("", "tep-dinh-kem-1.bin", "NAME_CLEANED"),
    ("a" * 300 + ".pdf", "a" * 196 + ".pdf", "NAME_CLEANED"),
])
def test_names_are_never_paths(source, tmp_path, raw, clean, code):
    changed = with_file(source, raw, PDF, "application/pdf")
    if not raw:
        changed = changed.replace("<ContentId>cid:1<", "<ContentId>cid:2<")
    packet, _content = read_one(changed, tmp_path)
    assert packet.attachments[0].name == clean
    assert packet.attachments[0].path.parent == tmp_path / "read"
    assert code in codes(packet) or not raw


@proves("LT-12")
@pytest.mark.parametrize(("name", "content", "code"), [
    ("a.pdf", b"MZ\x90\x00program", "FILE_EXECUTABLE"),
    ("a.pdf", PDF[:-8], "FILE_CUT"),
    ("a.docx", b"not a container", "FILE_TYPE"),
    ("a.pdf", b"", "FILE_EMPTY"),
])
def test_suspicious_files_are_held(source, tmp_path, name, content, code):
    packet, _content = read_one(with_file(source, name, content, "application/pdf"), tmp_path)
    assert code in {remark.code for remark in packet.remarks if remark.severity == "hold"}


def test_large_file_through_the_direct_path(tmp_path):
    content = b"%PDF-1.7\n" + bytes(range(256)) * 9000 + b"%%EOF"
    packet = document(tmp_path, attachments=(attachment(tmp_path, "to.pdf", content),))
    target = tmp_path / "large.edxml"
    write_packet(packet, target)
    folder = tmp_path / "read"
    folder.mkdir()
    back = read_packet(target, folder)
    assert isinstance(back, DocumentPacket)
    assert back.attachments[0].path.read_bytes() == content
