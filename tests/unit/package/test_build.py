"""Building: layout of the national profile, originals unaltered, all or nothing."""

import dataclasses
import datetime
import hashlib
import io
import shutil
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from package import (
    PackageDocument,
    PackageError,
    PackageFile,
    build_package,
    check_package,
    load_profile,
    profile_ids,
)
from package.descriptive import schema, write_record
from package.xmlio import CSIP, METS, PREMIS, XLINK
from package_sample import CODE, attachment, document, package
from proves import proves

M = {"m": METS, "x": XLINK, "c": CSIP, "p": PREMIS}


def test_layout(tmp_path):
    result = build_package(package(), tmp_path)
    found = sorted(path.relative_to(result.path).as_posix() for path in result.path.rglob("*") if path.is_file())
    assert found == [
        "METS.xml",
        "documentation/verification_File1.json",
        "metadata/descriptive/EAD.xml",
        "metadata/preservation/PREMIS.xml",
        "representations/rep1/METS.xml",
        "representations/rep1/data/File1.pdf",
        "representations/rep1/data/File2.pdf",
        "representations/rep1/data/File2_2.xlsx",
        "representations/rep1/metadata/descriptive/EAD_doc_File1.xml",
        "representations/rep1/metadata/descriptive/EAD_doc_File2.xml",
        "representations/rep1/metadata/preservation/PREMIS_rep1.xml",
        "schemas/ead_doc.xsd",
        "schemas/ead_file.xsd",
        "schemas/ead_media.xsd",
        "schemas/ead_pic.xsd",
    ]
    assert result.path.name == result.objid.replace(":", "_")
    assert result.files == len(found)
    assert result.bytes == sum(path.stat().st_size for path in result.path.rglob("*") if path.is_file())
    assert hashlib.sha256((result.path / "METS.xml").read_bytes()).hexdigest() == result.mets_sha256


@proves("ARC-24")
@pytest.mark.parametrize("profile", profile_ids())
@pytest.mark.parametrize("kind", ["SIP", "AIP", "DIP"])
def test_every_profile_and_kind_is_built_and_accepted(tmp_path, profile, kind):
    result = build_package(package(type=kind), tmp_path, profile)
    report = check_package(result.path, mets_sha256=result.mets_sha256)
    assert report.findings == []
    assert (report.package_type, report.profile, report.documents) == (kind, profile, 2)
    assert (report.files, report.bytes) == (result.files, result.bytes)


@proves("ARC-24")
def test_ten_permanent_dossiers_become_valid_packages(tmp_path):
    for number in range(10):
        one = package()
        one.metadata.update(retention="permanent", code=f"000.00.17.H56.2026.{number + 1:02d}.TH")
        result = build_package(one, tmp_path, "TT02-2019")
        assert check_package(result.path).ok
        record = etree.parse(result.path / "metadata/descriptive/EAD.xml")
        assert record.findtext("Maintenance") == "Vĩnh viễn"
        assert record.findtext("Identifier") == "000.00.17.H56"
    assert len(list(tmp_path.iterdir())) == 10


def test_header_says_who_what_when(tmp_path):
    root = etree.parse(build_package(package(), tmp_path).path / "METS.xml").getroot()
    header = root.find("m:metsHdr", M)
    assert header.get("CREATEDATE") == "2027-01-15T08:30:00+07:00"
    assert header.get(f"{{{CSIP}}}OAISPACKAGETYPE") == "AIP"
    assert root.get("OBJID").startswith("urn:000.00.17.H56:uuid:")
    assert header.xpath("m:agent[@ROLE='EDITOR']/m:note/text()", namespaces=M) == ["000.00.17.H56"]
    assert root.xpath("//m:fileGrp/@USE", namespaces=M) == ["Schemas", "Documentation", "Representations/rep1"]
    assert root.xpath("//m:mptr/@x:href", namespaces=M) == ["representations/rep1/METS.xml"]


def test_records_follow_the_lists_in_order(tmp_path):
    path = build_package(package(), tmp_path).path
    record = etree.parse(path / "metadata/descriptive/EAD.xml").getroot()
    assert [child.tag for child in record] == [
        "arcFileCode", "title", "maintenance", "mode", "language", "startDate", "endDate", "totalDoc", "numberOfPaper",
        "numberOfPage", "confidenceLevel",
    ]  # fmt: skip
    assert record.findtext("arcFileCode") == CODE
    assert record.findtext("maintenance") == "06"
    assert record.findtext("startDate") == "05/01/2026"
    assert record.findtext("totalDoc") == "2"
    first = etree.parse(path / "representations/rep1/metadata/descriptive/EAD_doc_File1.xml").getroot()
    assert first.findtext("arcDocCode") == f"{CODE}.0000001"
    assert first.findtext("typeName") == "22"


def test_premis_notes_digest_size_name_and_events(tmp_path):
    path = build_package(package(), tmp_path).path
    root = etree.parse(path / "representations/rep1/metadata/preservation/PREMIS_rep1.xml").getroot()
    named = root.xpath("//p:object[p:originalName='../../Phụ lục 1.XLSX']", namespaces=M)[0]
    assert named.findtext(".//p:messageDigest", namespaces=M) == hashlib.sha256(b"phu luc").hexdigest()
    assert named.findtext(".//p:size", namespaces=M) == "7"
    assert set(root.xpath("//p:eventType/text()", namespaces=M)) == {
        "creation", "ingestion", "fixity check", "validation",
    }  # fmt: skip


def test_originals_are_bit_by_bit_the_same(tmp_path):
    content = bytes(range(256)) * 9000
    result = build_package(package([document(1, content)]), tmp_path)
    assert (result.path / "representations/rep1/data/File1.pdf").read_bytes() == content


def test_second_representation_beside_the_originals(tmp_path):
    copy = PackageFile.from_bytes("a.pdf", b"%PDF-1.7 PDF/A", mimetype="application/pdf", representation=2)
    result = build_package(package([document(1, extra=[copy]), document(2)]), tmp_path)
    report = check_package(result.path)
    assert report.findings == []
    assert (result.path / "representations/rep2/data/File1.pdf").read_bytes() == b"%PDF-1.7 PDF/A"


def test_a_file_that_changed_in_the_store_is_refused_and_nothing_left(tmp_path):
    wrong = PackageFile.from_bytes("van-ban.pdf", b"%PDF changed", sha256="0" * 64)
    with pytest.raises(PackageError, match="van-ban.pdf.*SHA-256"):
        build_package(package([PackageDocument(document(1).metadata, [wrong])]), tmp_path)
    assert list(tmp_path.iterdir()) == []


@proves("ARC-25")
@pytest.mark.parametrize("profile", profile_ids())
@pytest.mark.parametrize("key", ["title", "retention", "access", "language", "start_date", "end_date"])
def test_missing_mandatory_data_is_named(tmp_path, profile, key):
    one = package()
    one.metadata[key] = None
    with pytest.raises(PackageError, match="bắt buộc, còn thiếu"):
        build_package(one, tmp_path, profile)
    assert list(tmp_path.iterdir()) == []


def test_wrong_values_are_refused_in_words(tmp_path):
    for key, value, word in (
        ("page_count", -1, "số không âm"),
        ("start_date", "2026-01-01", "cần một ngày"),
        ("access", "ai cũng xem", "bảng mã"),
        ("title", "x" * 1001, "tối đa 1000"),
    ):
        one = package()
        one.metadata[key] = value
        with pytest.raises(PackageError, match=word):
            build_package(one, tmp_path)
    for change, word in (
        ({"type": "ZIP"}, "Loại gói tin"),
        ({"record_status": "OLD"}, "Trạng thái"),
        ({"fonds": "../x"}, "Mã phông"),
    ):
        with pytest.raises(PackageError, match=word):
            build_package(dataclasses.replace(package(), **change), tmp_path)
    with pytest.raises(PackageError, match="không có tệp nào"):
        build_package(package([PackageDocument(document(1).metadata)]), tmp_path)
    with pytest.raises(PackageError, match="Không có mẫu"):
        build_package(package(), tmp_path, "TT99")
    assert list(tmp_path.iterdir()) == []


def test_an_existing_package_is_not_overwritten(tmp_path):
    one = package(uuid="6b3f3c0e-3f5f-4c5d-9f0e-0a0b0c0d0e0f")
    build_package(one, tmp_path)
    with pytest.raises(PackageError, match="không ghi đè"):
        build_package(one, tmp_path)


def test_outside_validator_accepts_the_records(tmp_path):
    xmllint = shutil.which("xmllint")
    assert xmllint, "xmllint (libxml2-utils) is part of the set-up"
    path = build_package(package(), tmp_path).path
    for record, name in (
        ("metadata/descriptive/EAD.xml", "ead_file.xsd"),
        ("representations/rep1/metadata/descriptive/EAD_doc_File1.xml", "ead_doc.xsd"),
    ):
        command = [xmllint, "--nonet", "--noout", "--schema", path / "schemas" / name, path / record]
        subprocess.run(command, check=True, capture_output=True)


readable = st.text(st.characters(codec="utf-8"), max_size=80)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=readable, subject=readable, name=readable, content=st.binary(max_size=5000))
def test_any_text_and_any_bytes(tmp_path, title, subject, name, content):
    one = package([document(1, content, name, [attachment(content, name)])])
    one.metadata["title"] = title
    one.documents[0].metadata["subject"] = subject
    folder = tmp_path / hashlib.sha256(repr((title, subject, name, content)).encode()).hexdigest()
    folder.mkdir(exist_ok=True)
    try:
        result = build_package(one, folder)
    except PackageError as error:
        # only emptiness after removing what XML cannot carry is a reason to refuse
        assert "bắt buộc" in str(error)
        assert not list(folder.iterdir())
        return
    assert check_package(result.path).findings == []
    assert not [path for path in result.path.rglob("*") if not path.resolve().is_relative_to(result.path)]


dates = st.dates(datetime.date(1945, 9, 2), datetime.date(2100, 1, 1))


@settings(max_examples=60, deadline=None)
@given(
    list_name=st.sampled_from(["file", "doc", "pic", "media"]),
    profile_id=st.sampled_from(profile_ids()),
    data=st.data(),
)
def test_the_written_record_and_its_schema_agree(list_name, profile_id, data):
    profile = load_profile(profile_id)
    metadata = {}
    for element in profile.lists()[list_name]["elements"]:
        kind = element.get("type", "string")
        if kind == "date":
            value = dates
        elif kind == "number":
            value = st.integers(0, 10**9)
        elif kind in ("code", "label"):
            value = st.sampled_from([key for key in profile.data["codes"][element["codes"]] if key != "*"])
        else:
            value = st.text(st.characters(codec="utf-8"), max_size=element.get("max", 50) + 2)
        metadata[element["source"]] = data.draw(value)
    try:
        content = write_record(profile, list_name, metadata)
    except PackageError:
        return
    etree.XMLSchema(etree.parse(io.BytesIO(schema(profile, list_name)))).assertValid(etree.fromstring(content))
