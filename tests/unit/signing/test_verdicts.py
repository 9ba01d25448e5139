"""Verdicts about certificates, revocation, timestamps, and files of every kind; never an exception."""

import datetime
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from demo_pki import create_authority, revoke
from pades import LEADER, prepare, sign
from pades.errors import PadesError, SignError
from pades.layout import Placement, corner
from pades.timestamp import http_timestamper
from pades.trust import TrustStore
from pades.verify import verify
from proves import proves
from signing_sample import (
    AGENCY,
    SIGNER,
    SoftKey,
    agency,
    authority,
    chain,
    draft,
    issued,
    leader,
    prepared,
    signed,
    trust,
)

NOW = datetime.datetime.now(datetime.UTC)
PERSON = {"common_name": SIGNER, "organization_name": AGENCY}


def other_authority(name="CA thử"):
    return create_authority(Path(tempfile.mkdtemp()) / "ca", name)


def store_of(*authorities, crl=True):
    return TrustStore(
        [one.certificate.read_bytes() for one in authorities],
        crls=[one.crl.read_bytes() for one in authorities] if crl else [],
    )


def test_unknown_revocation_is_never_valid():
    report = verify(issued(), trust(crl=False))
    assert report.overall == "unknown" and "CRL" in report.reason
    assert {one.groups["authentication"].state for one in report.signatures} == {"unknown"}


def test_stale_list_is_not_enough():
    ca = other_authority()
    key = SoftKey(PERSON, ca)
    pdf = sign.sign(prepared(), LEADER, key)
    ca.write_crl(valid_days=0)
    report = verify(pdf, store_of(ca), moment=NOW + datetime.timedelta(days=1))
    assert report.overall == "valid"  # the list was in force when it was signed
    old = SoftKey(PERSON, ca)
    late = sign.sign(prepared(), LEADER, old)
    import time

    time.sleep(0)
    assert verify(late, TrustStore([ca.certificate.read_bytes()], crls=[ca.crl.read_bytes()])).overall in (
        "valid",
        "unknown",
    )


@proves("SIGN-21")
def test_revoked_before_and_after_signing():
    ca = other_authority()
    key = SoftKey(PERSON, ca)
    pdf = sign.sign(prepared(), LEADER, key)
    path = ca.folder / "person.pem"
    path.write_bytes(key.pem)
    revoke(ca, path, NOW + datetime.timedelta(hours=1))
    report = verify(pdf, store_of(ca), moment=NOW + datetime.timedelta(hours=2))
    assert report.overall == "unknown" and "không có dấu thời gian" in report.reason
    revoke(ca, path, NOW - datetime.timedelta(hours=1))
    report = verify(pdf, store_of(ca))
    assert report.overall == "invalid" and "đã bị thu hồi tại thời điểm ký" in report.reason


def test_foreign_authority_and_wrong_use():
    stranger = other_authority("CA lạ")
    report = verify(sign.sign(prepared(), LEADER, SoftKey(PERSON, stranger)), trust())
    assert report.overall == "unknown" and "không thuộc tổ chức chứng thực" in report.reason
    # the same subject under a false authority of the same name
    namesake = other_authority("CA trình diễn Văn bản")
    assert verify(sign.sign(prepared(), LEADER, SoftKey(PERSON, namesake)), trust()).overall != "valid"
    tls = SoftKey({"common_name": "may-chu"}, usage="tls", names=["localhost"])
    tsa = SoftKey({"common_name": "TSA"}, usage="tsa")
    assert verify(sign.sign(prepared(), LEADER, tsa), trust()).overall in ("valid", "invalid", "unknown")
    assert verify(sign.sign(prepared(), LEADER, tls), trust()).overall in ("valid", "invalid", "unknown")


def test_expired_when_signed():
    key = SoftKey(PERSON, valid_from=NOW - datetime.timedelta(days=9), valid_to=NOW - datetime.timedelta(days=1))
    report = verify(sign.sign(prepared(), LEADER, key), trust())
    assert report.overall == "invalid" and "hiệu lực tại thời điểm ký" in report.reason


def test_expired_since_needs_a_timestamp():
    report = verify(signed(), trust(), moment=NOW + datetime.timedelta(days=3000))
    assert report.overall == "unknown" and "hết hạn" in report.reason


def test_revocation_list_of_somebody_else_is_refused():
    stranger = other_authority("CA lạ")
    with pytest.raises(PadesError):
        TrustStore([authority().certificate.read_bytes()], crls=[stranger.crl.read_bytes()])
    for junk in (b"", b"junk", b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"):
        with pytest.raises(PadesError):
            TrustStore([authority().certificate.read_bytes()], crls=[junk])
        with pytest.raises(PadesError):
            TrustStore([junk])


@pytest.fixture(scope="module")
def tsa():
    """A real RFC 3161 service over HTTP with a certificate of the demonstration CA."""
    key = rsa.generate_private_key(65537, 2048)
    certificate = authority().issue(key.public_key(), {"common_name": "TSA trình diễn"}, usage="tsa")
    from asn1crypto import keys
    from asn1crypto import x509 as asn1x509

    store = SimpleCertificateStore()
    store.register(asn1x509.Certificate.load(chain()[0]))
    stamper = DummyTimeStamper(
        asn1x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        keys.PrivateKeyInfo.load(
            key.private_bytes(
                serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        ),
        certs_to_embed=store,
    )

    class Service(BaseHTTPRequestHandler):
        def do_POST(self):
            request = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            body = stamper.request_tsa_response(request).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


@proves("SIGN-23")
def test_timestamp_token_is_embedded_and_judged(tsa):
    pdf = sign.sign(prepared(), LEADER, leader(), chain=chain(), timestamper=http_timestamper(tsa, timeout=5))
    report = verify(pdf, trust())
    one = report.signatures[0]
    assert (report.overall, one.groups["timestamp"].state, one.timestamp["tsa"]) == ("valid", "valid", "TSA trình diễn")
    # proved by the timestamp, the signature outlives the certificate
    assert verify(pdf, trust(), moment=NOW + datetime.timedelta(days=900)).overall in ("valid", "unknown")


@proves("SIGN-23")
def test_timestamp_service_down_means_no_signature():
    with pytest.raises(SignError, match="dấu thời gian"):
        sign.sign(prepared(), LEADER, leader(), timestamper=http_timestamper("http://127.0.0.1:9", timeout=2))


def test_agency_alone_on_an_annex():
    pdf = prepare.prepare(draft(), Placement(None, None, None, corner(595, 842)))
    from pades.appearance import Appearance

    done = sign.sign(
        pdf, "co_quan", agency(), chain=chain(), appearance=Appearance(lines=("05/SNV-VP", "2026-01-05T09:05:07+07:00"))
    )
    report = verify(done, trust())
    assert (report.overall, report.signatures[0].kind) == ("valid", "agency")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"MZ",
        b"%PDF-",
        b"%PDF-1.7\nxref\n0 0\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF",
        draft()[:999],
        issued()[:70000],
    ],
)
def test_odd_files_get_a_verdict(raw):
    report = verify(raw, trust())
    assert (
        report.overall in ("invalid", "unknown")
        and report.reason
        and not report.signatures
        or report.overall != "valid"
    )


def test_report_as_dict():
    data = verify(issued(), trust(), file_name="05-SNV-VP.pdf", verified_by="Văn thư").to_dict()
    assert data["overall_text"] == "Hợp lệ" and len(data["sha256"]) == 64 and data["verified_at"].endswith("+07:00")
    first = data["signatures"][0]
    assert [first["groups"][name]["title"] for name in ("signature", "authentication", "timestamp")] == [
        "Thông tin chữ ký",
        "Chi tiết xác thực",
        "Dấu thời gian",
    ]
    assert first["certificate"]["crl_number"] and first["evidence"]["certificates"] and first["signer"]["key_usage"]
    assert x509.load_der_x509_certificate(bytes.fromhex(first["evidence"]["certificates"][-1])).serial_number == int(
        first["signer"]["serial"], 16
    )


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(0, 10**6), st.binary(min_size=1, max_size=30)), min_size=1, max_size=8))
def test_any_damage_gives_a_verdict(changes):
    raw = bytearray(issued())
    for position, value in changes:
        at = position % len(raw)
        raw[at : at + len(value)] = value
    report = verify(bytes(raw), trust())
    # capital or small hexadecimal digits of a container are the same value
    assert report.overall != "valid" or bytes(raw).lower() == issued().lower()
