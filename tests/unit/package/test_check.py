"""Checking: no change stays unseen, no hostile package does harm."""

import json
import os
import random
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from package import PackageError, build_package, check_package, unpack_package, zip_package
from package.mets import SELF_DIGEST, own_digest
from package_sample import package
from proves import proves

ADDON = Path(__file__).resolve().parents[3] / "addons" / "vanban_archive"


@pytest.fixture
def built(tmp_path):
    return build_package(package(), tmp_path)


def codes(path, **values):
    return {finding.code for finding in check_package(path, **values).findings}


def reseal(path):
    """What a forger would do: recompute the digest a METS file carries of itself."""
    content = path.read_bytes()
    path.write_bytes(SELF_DIGEST.sub(rb"\g<1>" + own_digest(content).encode() + rb"\g<3>", content, count=1))


@proves("ARC-01")
def test_any_flipped_byte_of_any_file_is_found(built):
    chance = random.Random(5)
    files = [path for path in built.path.rglob("*") if path.is_file()]
    for path in files:
        content = path.read_bytes()
        positions = {0, len(content) - 1, *chance.sample(range(len(content)), min(12, len(content)))}
        for position in positions:
            changed = bytearray(content)
            changed[position] ^= 1 << chance.randrange(8)
            path.write_bytes(changed)
            assert not check_package(built.path).ok, (path, position)
        path.write_bytes(content)
    assert check_package(built.path).ok


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_flipped_byte_of_mets_is_found(built, data):
    path = built.path / data.draw(st.sampled_from(["METS.xml", "representations/rep1/METS.xml"]))
    content = path.read_bytes()
    changed = bytearray(content)
    changed[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        path.write_bytes(changed)
        assert not check_package(built.path).ok
    finally:
        path.write_bytes(content)


def test_what_is_missing_or_too_much(built):
    (built.path / "representations/rep1/data/File2.pdf").unlink()
    (built.path / "representations/rep1/data/virus.exe").write_bytes(b"MZ")
    (built.path / "trong").mkdir()
    (built.path / "documentation/link.json").symlink_to("/etc/passwd")
    report = check_package(built.path)
    by_path = {finding.path: finding.code for finding in report.findings}
    assert by_path["representations/rep1/data/File2.pdf"] == "missing"
    assert by_path["representations/rep1/data/virus.exe"] == "extra"
    assert by_path["trong"] == "extra"
    assert by_path["documentation/link.json"] == "link"


def test_a_pipe_does_not_hang_the_check(built):
    os.mkfifo(built.path / "documentation" / "pipe")
    assert "link" in codes(built.path)


def test_truncated_and_grown_files(built):
    path = built.path / "representations/rep1/data/File1.pdf"
    content = path.read_bytes()
    for changed in (content[:-1], content + b"\n", b""):
        path.write_bytes(changed)
        assert {"size", "digest"} <= codes(built.path)


def test_a_forged_but_consistent_package_is_found_by_the_stored_digest(built):
    mets = built.path / "METS.xml"
    mets.write_bytes(mets.read_bytes().replace("Sở Nội vụ".encode(), "Sở Nội vu".encode()))
    assert "digest" in codes(built.path)
    reseal(mets)
    assert check_package(built.path).ok
    assert codes(built.path, mets_sha256=built.mets_sha256) == {"digest"}


@pytest.mark.parametrize(
    "href", ["../../etc/passwd", "/etc/passwd", "data\\File1.pdf", "data/%2e%2e/x", "file:///etc/passwd", "data/./File1.pdf"]
)
def test_paths_that_leave_the_package(built, href):
    mets = built.path / "representations/rep1/METS.xml"
    mets.write_bytes(mets.read_bytes().replace(b'"data/File1.pdf"', f'"{href}"'.encode()))
    reseal(mets)
    assert "path" in codes(built.path)


@pytest.mark.parametrize("target", ["METS.xml", "metadata/descriptive/EAD.xml", "representations/rep1/METS.xml"])
def test_dtd_and_entities_are_refused(built, target):
    path = built.path / target
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    head, body = path.read_bytes().split(b"\n", 1)
    path.write_bytes(head + b"\n" + bomb + b"\n" + body)
    report = check_package(built.path)
    assert any(finding.code == "xml" and "DTD" in finding.message for finding in report.findings)


@pytest.mark.parametrize("content", [b"", b"<a>", b"\xff\xfe<\x00a\x00", b'<?xml version="1.0" encoding="UTF-7"?><a/>', b"<a/>"])
def test_mets_that_is_no_mets(built, content):
    (built.path / "METS.xml").write_bytes(content)
    assert "xml" in codes(built.path)


def test_broken_links_repeated_ids_and_wrong_records(built):
    mets = built.path / "METS.xml"
    original = mets.read_bytes()
    for old, new, code in (
        (b'FILEID="ID-1"', b'FILEID="ID-999"', "reference"),
        (b'ID="dmd-1"', b'ID="digiprov-2"', "reference"),
        (b'CHECKSUMTYPE="SHA-256"', b'CHECKSUMTYPE="MD5"', "digest"),
        (b"+07:00", b"+00:00", "structure"),
        (b"TT05-2025", b"TT99-9999", "profile"),
        (b'OAISPACKAGETYPE="AIP"', b'OAISPACKAGETYPE="XIP"', "structure"),
    ):
        assert old in original
        mets.write_bytes(original.replace(old, new))
        reseal(mets)
        assert code in codes(built.path), old


def test_a_renamed_folder_is_named(built):
    target = built.path.with_name("goi-tin")
    built.path.rename(target)
    assert codes(target) == {"name"}


def test_zip_there_and_back(built, tmp_path):
    archive = tmp_path / "goi.zip"
    size = zip_package(built.path, archive)
    assert size == archive.stat().st_size
    assert check_package(archive, mets_sha256=built.mets_sha256).ok
    inside = tmp_path / "inside"
    inside.mkdir()
    unpacked = unpack_package(archive, inside)
    assert check_package(unpacked).ok
    again = tmp_path / "again.zip"
    zip_package(unpacked, again)
    assert again.read_bytes() == archive.read_bytes()


def _zip(path, *members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_hostile_zip_files(tmp_path):
    link = zipfile.ZipInfo("a/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    for members in (
        [("../x", b"")],
        [("/etc/x", b"")],
        [("a/../../x", b"")],
        [("a\\..\\x", b"")],
        [(link, b"/etc/passwd")],
        [("a/METS.xml", b""), ("a/METS.xml", b"")],
        [("a/x", b""), ("b/x", b"")],
        [("METS.xml", b"")],
        [],
    ):
        path = _zip(tmp_path / "x.zip", *members)
        inside = tmp_path / "inside"
        inside.mkdir()
        with pytest.raises(PackageError):
            unpack_package(path, inside)
        assert list(inside.iterdir()) == []
        inside.rmdir()
        assert codes(path) == {"zip"}


def test_a_bomb_stops_at_the_limit_and_leaves_nothing(tmp_path):
    path = _zip(tmp_path / "x.zip", ("a/METS.xml", b"0" * 10_000_000))
    inside = tmp_path / "inside"
    inside.mkdir()
    with pytest.raises(PackageError, match="lớn hơn mức"):
        unpack_package(path, inside, max_bytes=1_000_000)
    assert list(inside.iterdir()) == []
    with pytest.raises(PackageError, match="nhiều hơn mức"):
        unpack_package(path, inside, max_files=0)
    (tmp_path / "y.zip").write_bytes(b"PK\x03\x04 nothing")
    assert codes(tmp_path / "y.zip") == {"zip"}


def test_command_line(built):
    command = [sys.executable, "-m", "package", "check", str(built.path)]
    good = subprocess.run(command, cwd=ADDON, capture_output=True, text=True, check=False)
    assert good.returncode == 0, good.stderr
    assert "ĐẠT" in good.stdout
    (built.path / "documentation/verification_File1.json").write_text("{}")
    bad = subprocess.run([*command, "--json"], cwd=ADDON, capture_output=True, text=True, check=False)
    assert bad.returncode == 1
    assert {finding["path"] for finding in json.loads(bad.stdout)["findings"]} == {"documentation/verification_File1.json"}
    shutil.rmtree(built.path)
    assert subprocess.run(command, cwd=ADDON, capture_output=True, check=False).returncode == 1
