"""Signatures beside a file that is not PDF, checked here and by OpenSSL."""

import subprocess

import pytest
from cryptography.hazmat.primitives import serialization

from demo_pki.services import Services
from foreign import openssl_cms
from pades import detached
from pades.errors import SignError
from pades.timestamp import http_timestamper
from signing_sample import agency, authority, chain, leader, trust

DATA = "Biểu số liệu,1,2,3\n".encode() * 500


def test_annex_that_is_not_pdf(tmp_path):
    made = detached.sign(DATA, agency(), chain())
    report = detached.verify(DATA, made, trust(), file_name="bieu.csv")
    assert report.overall == "valid" and report.signatures[0].kind == "agency", list(report.lines())
    (tmp_path / "data").write_bytes(DATA)
    (tmp_path / "data.p7s").write_bytes(made)
    subprocess.run(
        ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", tmp_path / "data.p7s", "-content",
         tmp_path / "data", "-CAfile", authority().certificate, "-purpose", "any", "-out", tmp_path / "out"],
        check=True, capture_output=True,
    )  # fmt: skip
    assert detached.verify(tmp_path / "data", made, trust()).overall == "valid"
    changed = detached.verify(DATA + b"x", made, trust())
    assert changed.overall == "invalid" and "không toàn vẹn" in changed.reason


def test_container_of_openssl_and_with_timestamp():
    assert detached.verify(DATA, openssl_cms()(DATA), trust()).overall == "valid"
    weak = detached.verify(DATA, openssl_cms("rsa", "sha1")(DATA), trust())
    assert weak.overall == "unknown" and "không còn an toàn" in weak.reason
    with Services(authority()) as services:
        made = detached.sign(DATA, leader(), chain(), http_timestamper(services.url("tsa"), timeout=5))
        report = detached.verify(DATA, made, trust())
        assert report.overall == "valid" and report.signatures[0].timestamp["valid"]
        stamper = services.stamper.certificate.public_bytes(serialization.Encoding.DER)
        assert [chain[0] for chain in detached.chains_in(made)] == [leader().certificate, stamper]
        services.fault["tsa"] = "down"
        with pytest.raises(SignError, match="dấu thời gian"):
            detached.sign(DATA, leader(), chain(), http_timestamper(services.url("tsa"), timeout=1, tries=1))


def test_bad_containers_and_keys():
    made = detached.sign(DATA, leader())
    for raw in (b"", b"junk", made[:-20], made + b"x", b"0" * (2 << 20), openssl_cms(detached=False)(DATA)):
        report = detached.verify(DATA, raw, trust())
        assert report.overall == "invalid" and report.reason
    for raw in (b"", b"junk", made[:-20], b"0" * (2 << 20)):
        assert detached.chains_in(raw) == []
    assert detached.verify(DATA, made, trust(crl=False)).overall == "unknown"
    with pytest.raises(SignError, match="không khớp"):
        detached.finish(detached.begin(b"0" * 32, leader().certificate), agency().sign(b"x"), leader().certificate)
    with pytest.raises(SignError, match="SHA-256"):
        detached.begin(b"short", leader().certificate)
