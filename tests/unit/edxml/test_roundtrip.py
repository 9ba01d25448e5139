"""What is written is read back the same, whatever it says."""
import subprocess
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edxml import (
    Attachment,
    Business,
    DocumentPacket,
    Kind,
    Organization,
    OtherInfo,
    Receiver,
    Replacement,
    ResponseFor,
    Signer,
    Staff,
    StatusPacket,
    Trace,
    findings,
    read_packet,
    write_packet,
)
from edxml.names import STATUS_CODES
from packet_samples import PDF, REPLACE, REVOKE, UPDATE, attachment, document, status
from proves import proves

READER_FIELDS = {"remarks": (), "unknown": (), "dialect": "java", "signature": None}

text = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x1FFFF, exclude_categories=("Cs",),
                  exclude_characters="\ufffe\uffff\U0001fffe\U0001ffff"),
    max_size=40).map(str.strip)
multiline = st.tuples(text, text).map(lambda pair: "\n".join(pair).strip())
some = text.filter(bool)
dates = st.dates(date(1946, 1, 1), date(2200, 1, 1))
moments = st.datetimes(datetime(1946, 1, 1), datetime(2200, 1, 1)).map(lambda d: d.replace(microsecond=0))
numbers = st.integers(-10**8, 10**8)
organizations = st.builds(Organization, some, text, text, text, text, text, text, text)
staff = st.builds(Staff, text, text, text, text, text, text)
businesses = st.builds(
    Business, st.integers(0, 3), multiline, text, st.none() | st.booleans(),
    st.lists(staff, max_size=2).map(tuple), st.none() | st.booleans(), st.none() | st.booleans(),
    st.lists(st.builds(Receiver, some, st.integers(0, 1)), max_size=3).map(tuple),
    st.lists(st.builds(Replacement, some, st.lists(some, max_size=3).map(tuple)), max_size=2).map(tuple))
packets = st.builds(
    DocumentPacket, organizations, st.lists(organizations, max_size=3).map(tuple), some,
    code_number=text, code_notation=text, place=text, promulgation_date=st.none() | dates,
    kind=st.builds(Kind, text, st.none() | numbers, st.none() | numbers),
    subject=multiline, content=multiline, signer=st.builds(Signer, text, text, text),
    due_date=st.none() | dates,
    other=st.builds(OtherInfo, st.integers(0, 4), text, text, st.none() | numbers, st.none() | numbers,
                    st.booleans(), st.lists(some, max_size=3).map(tuple), text, text),
    responses=st.lists(st.builds(ResponseFor, text, text, text, st.none() | dates), max_size=2).map(tuple),
    steering_type=st.none() | numbers, to_places=st.lists(some, max_size=3).map(tuple),
    task_codes=st.lists(some, max_size=2).map(tuple), application_type=text,
    traces=st.lists(st.builds(Trace, text, st.none() | moments), max_size=3).map(tuple),
    business=businesses)
statuses = st.builds(
    StatusPacket, organizations, st.builds(ResponseFor, text, text, some, st.none() | dates),
    st.sampled_from(sorted(STATUS_CODES)), multiline, st.none() | moments, st.none() | staff)


def written(packet):
    stream = BytesIO()
    result = write_packet(packet, stream)
    assert result.size == len(stream.getvalue())
    return stream.getvalue()


@proves("LT-20")
@settings(max_examples=150, deadline=None)
@given(packets | statuses)
def test_everything_written_is_read_back(packet):
    assert replace(read_packet(written(packet), None), **{
        key: value for key, value in READER_FIELDS.items() if hasattr(packet, key)}) == packet


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(min_size=1, max_size=5000),
       name=st.sampled_from(["a.pdf", "b.docx", "số liệu.xlsx", "c.zip", "d.txt", "không đuôi"]))
def test_files_come_back_byte_for_byte(tmp_path_factory, content, name):
    folder = tmp_path_factory.mktemp("files")
    packet = document(folder, attachments=(attachment(folder, name, content),))
    (folder / "out").mkdir()
    back = read_packet(written(packet), folder / "out")
    assert [(a.name, a.path.read_bytes(), a.size) for a in back.attachments] == [(name, content, len(content))]


@proves("LT-12")
def test_several_files_with_digests(tmp_path):
    contents = {"118.pdf": PDF, "phu_luc.xlsx": b"PK\x03\x04" + b"so lieu" * 999, "phu_luc.zip": b"PK\x05\x06" + bytes(18)}
    packet = document(tmp_path, attachments=tuple(attachment(tmp_path, n, c) for n, c in contents.items()))
    target = tmp_path / "read"
    target.mkdir()
    back = read_packet(written(packet), target)
    assert {a.name: a.path.read_bytes() for a in back.attachments} == contents
    assert back.attachments[0].media_type == "application/pdf"
    assert len(back.attachments[0].sha256) == 64


def test_same_packet_gives_same_bytes(tmp_path):
    packet = document(tmp_path, attachments=(attachment(tmp_path, "so_lieu.xlsx", b"abc" * 500),))
    assert written(packet) == written(packet)


@proves("LT-20")
@pytest.mark.parametrize("business", [None, REVOKE, UPDATE, REPLACE])
def test_business_types(tmp_path, business):
    packet = document(tmp_path, business)
    assert findings(packet) == []
    back = read_packet(written(packet), None)
    assert back.business == packet.business
    assert back.target_id == "H56.10,2026/03/09,118/STC-VP"


@pytest.mark.parametrize("code", sorted(STATUS_CODES))
def test_status_codes(code):
    packet = status(code)
    assert findings(packet) == []
    assert read_packet(written(packet), None) == packet


@proves("LT-20")
def test_written_form(tmp_path):
    """The exact tree and spelling that consumers match as text."""
    packet = document(tmp_path)
    target = tmp_path / "packet.edxml"
    result = write_packet(packet, target)
    raw = target.read_bytes()
    assert result.size == len(raw)
    source = raw.decode()
    position = -1
    for piece in (
            '<edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016">',
            '<edXML:edXMLEnvelope xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016">',
            "<edXML:edXMLHeader>", "<edXML:MessageHeader>", "<edXML:From>", "<edXML:OrganId>H56.10<",
            "<edXML:To>", "<edXML:DocumentId>", "<edXML:CodeNumber>118<", "<edXML:CodeNotation>STC-VP<",
            "<edXML:PromulgationDate>2026/03/09<", "<edXML:TypeName>", "<edXML:Subject>", "<edXML:FullName>",
            "<edXML:DueDate>2026/03/20<", "<edXML:Priority>1<", "<edXML:ResponseFor>", "<edXML:SteeringType>0<",
            "<edXML:ToPlaces>", "<edXML:TraceHeaderList>", "<edXML:Timestamp>2026/03/09 08:15:30<",
            "<edXML:Bussiness>", "<edXML:BussinessDocType>0<", "<edXML:Paper>0<", "<edXML:edXMLBody>",
            '<edXML:edXMLManifest version="1.0">', "<edXML:ContentId>cid:", "</edXML:edXMLEnvelope>",
            "<AttachmentEncoded><Attachment><ContentId>cid:", "<edXML:ContentTransferEncoded"):
        found = source.find(piece, position + 1)
        assert found > position, piece
        position = found
    outcome = subprocess.run(["xmllint", "--noout", "--nonet", str(target)], capture_output=True, check=False)
    assert (outcome.returncode, outcome.stderr) == (0, b"")


def test_a_failed_write_leaves_nothing(tmp_path):
    packet = document(tmp_path, attachments=(Attachment("mat.pdf", tmp_path / "absent"),))
    target = tmp_path / "out"
    target.mkdir()
    with pytest.raises(Exception, match="Không tìm thấy nội dung"):
        write_packet(packet, target / "p.edxml")
    assert list(target.iterdir()) == []


def test_characters_that_xml_cannot_carry(tmp_path):
    packet = document(tmp_path, subject="Về\x0bviệc \x00 họp & <khẩn>\r\nngày")
    assert read_packet(written(packet), None).subject == "Về việc   họp & <khẩn>\r\nngày"
