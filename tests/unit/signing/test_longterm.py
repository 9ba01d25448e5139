"""B-T, B-LT and B-LTA with the real services of the demonstration CA over HTTP: working, down, slow, lying, replayed, expired."""

import datetime
import tempfile
import time
from pathlib import Path

import pytest

from demo_pki import create_authority, revoke
from demo_pki.services import Services
from pades import LEADER, SEAL, fill, sign
from pades.errors import SignError
from pades.evidence import collect
from pades.fetch import Fetcher, FetchError
from pades.longterm import extend, protection, renew
from pades.timestamp import http_timestamper
from pades.trust import TrustStore, certificates
from pades.verify import verify
from proves import proves
from signing_sample import AGENCY, SIGNER, TEXTS, SoftKey, issued, prepared

PERSON = {"common_name": SIGNER, "organization_name": AGENCY, "user_id": "CCCD:000000000001"}
OFFICE = {"common_name": AGENCY, "organization_name": AGENCY, "user_id": "MST:0000000001"}
DAY = datetime.timedelta(days=1)


def now():
    return datetime.datetime.now(datetime.UTC)


class World:
    """One authority with its services, a person and an agency whose certificates name them."""

    def __init__(self, services):
        self.services, self.ca = services, services.authority
        self.person = SoftKey(PERSON, self.ca, **services.issue_options())
        self.agency = SoftKey(OFFICE, self.ca, **services.issue_options())
        self.chain = (Path(self.ca.folder / "ca.pem").read_bytes(),)

    def fetcher(self, **options):
        return Fetcher(allow_private=True, **{"timeout": 3, "tries": 1, **options})

    def stamper(self, **options):
        return http_timestamper(self.services.url("tsa"), **{"timeout": 3, "tries": 1, **options})

    def trust(self, crl=False):
        root = self.ca.certificate.read_bytes()
        return TrustStore([root], crls=[self.ca.crl.read_bytes()] if crl else [])

    def signed(self, stamped=True):
        return sign.sign(prepared(), LEADER, self.person, timestamper=self.stamper() if stamped else None)

    def issued(self):
        return sign.sign(fill.fill(self.signed(), TEXTS), SEAL, self.agency, timestamper=self.stamper())


@pytest.fixture(scope="module")
def _shared():
    with Services(create_authority(Path(tempfile.mkdtemp()) / "ca")) as services:
        yield World(services)


@pytest.fixture
def world(_shared):
    """Services without a fault and with counters at zero."""
    _shared.services.fault.clear()
    _shared.services.first.clear()
    _shared.services.calls.update(crl=0, ocsp=0, tsa=0)
    return _shared


@pytest.fixture
def own():
    """A world of its own, for tests that revoke or replace something."""
    with Services(create_authority(Path(tempfile.mkdtemp()) / "ca")) as services:
        yield World(services)


def test_from_timestamp_to_archive_and_renewal(world):
    pdf = world.issued()
    assert protection(pdf).level == "T" and verify(pdf, world.trust()).overall == "unknown"
    kept = extend(pdf, world.trust(), world.fetcher())
    assert kept.startswith(pdf) and protection(kept).level == "LT"
    # everything that is needed is inside: no list of our own, no network
    world.services.fault.update(crl="down", ocsp="down", tsa="down")
    assert verify(kept, world.trust()).overall == "valid"
    assert extend(kept, world.trust(), None, partial=True) == kept
    world.services.fault.clear()
    archived = renew(kept, world.trust(), world.stamper(), world.fetcher())
    again = renew(archived, world.trust(True), world.stamper(), world.fetcher())
    assert again.startswith(archived) and archived.startswith(kept) and protection(again).level == "LTA"
    report = verify(again, world.trust(True))
    assert [one.kind for one in report.signatures] == ["personal", "agency", "timestamp", "timestamp"]
    assert report.overall == "valid", list(report.lines())
    assert report.signatures[0].later_changes == "FORM_FILLING" and report.signatures[1].later_changes == "LTA_UPDATES"


def test_growth_of_an_archived_file_is_the_evidence_itself(world):
    pdf = world.issued()
    archived = renew(pdf, world.trust(), world.stamper(), world.fetcher())
    assert len(archived) - len(pdf) < 60_000


def test_revoked_after_a_proven_signature_stays_valid(own):
    pdf, bare = own.signed(), own.signed(stamped=False)
    time.sleep(1.1)
    path = own.ca.folder / "person.pem"
    path.write_bytes(own.person.pem)
    revoke(own.ca, path)
    stays, falls = verify(pdf, own.trust(True)), verify(bare, own.trust(True))
    assert stays.overall == "valid" and stays.signatures[0].certificate["revocation"] == "revoked"
    assert falls.overall == "unknown" and "không có dấu thời gian" in falls.reason
    # the answer of OCSP says the same
    evidence = collect(own.trust(), [own.person.certificate], own.fetcher())
    told = TrustStore([own.ca.certificate.read_bytes()], ocsps=evidence.ocsps)
    assert verify(bare, told).overall == "unknown" and verify(bare, told).signatures[0].certificate["revocation"] == "revoked"


def test_list_of_the_past_inside_the_file_proves_nothing_without_a_timestamp(own):
    """A stolen key: the list from before the revocation is put into the file, and an old time is claimed."""
    own.ca.write_crl(valid_days=0)
    time.sleep(0.1)
    forged = extend(own.signed(stamped=False), TrustStore([own.chain[0]], crls=[]), own.fetcher(), partial=True)
    report = verify(forged, own.trust(), moment=now() + 3 * DAY)
    assert report.overall == "unknown" and "thu hồi" in report.reason


def test_certificate_of_the_timestamp_service_ends(own):
    ends = now() + datetime.timedelta(hours=2)
    own.services.replace_stamper(valid_to=ends)
    pdf = extend(own.issued(), own.trust(), own.fetcher())
    later = now() + DAY
    report = verify(pdf, own.trust(True), moment=later)
    assert report.overall == "unknown" and "hết hạn" in report.signatures[0].groups["timestamp"].reason
    assert abs((protection(pdf).until - ends).total_seconds()) < 2
    # a second timestamp service was asked in time
    own.services.replace_stamper()
    saved = renew(pdf, own.trust(), own.stamper(), own.fetcher())
    assert protection(saved).until > later and verify(saved, own.trust(True), moment=later).overall == "valid"


def test_signer_expired_long_ago_is_carried_by_the_archive(own):
    own.person = SoftKey(PERSON, own.ca, valid_to=now() + datetime.timedelta(hours=1), **own.services.issue_options())
    archived = renew(own.signed(), own.trust(), own.stamper(), own.fetcher())
    report = verify(archived, own.trust(True), moment=now() + 10 * DAY)
    assert report.overall == "valid" and report.signatures[0].certificate["expired_now"]


def test_change_after_the_archive_timestamp(world):
    from test_attacks import annotation, content, number, update

    archived = renew(world.issued(), world.trust(), world.stamper(), world.fetcher())
    for work in (annotation, content, number("999")):
        assert verify(update(archived, work), world.trust(True)).overall == "invalid"
    raw = bytearray(archived)
    raw[len(world.issued()) - 5000] ^= 1
    assert verify(bytes(raw), world.trust(True)).overall == "invalid"


@proves("SIGN-23")
@pytest.mark.parametrize("fault", ["down", "slow", "drip", "junk", "huge", "liar", "redirect"])
def test_timestamp_service_that_fails_leaves_nothing_half_done(world, fault):
    pdf = world.signed()
    world.services.fault["tsa"] = fault
    started = time.monotonic()
    with pytest.raises(SignError, match="dấu thời gian") as caught:
        renew(pdf, world.trust(True), world.stamper(timeout=0.6), world.fetcher())
    assert caught.value.code == "timestamp" and "giữ nguyên" in str(caught.value)
    with pytest.raises(SignError, match="chưa được ký"):
        sign.sign(prepared(), LEADER, world.person, timestamper=world.stamper(timeout=0.6, tries=2))
    assert time.monotonic() - started < 8


def test_timestamp_service_is_asked_again(world):
    world.services.fault["tsa"] = "down"
    with pytest.raises(SignError):
        sign.sign(prepared(), LEADER, world.person, timestamper=world.stamper(tries=3))
    assert world.services.calls["tsa"] == 3


@pytest.mark.parametrize("fault", ["down", "slow", "drip", "junk", "huge", "expired", "liar"])
def test_revocation_services_that_fail_give_unknown(world, fault):
    pdf = world.signed()
    world.services.fault.update(ocsp=fault, crl="down" if fault == "liar" else fault)
    started = time.monotonic()
    with pytest.raises(SignError, match="Chưa có dữ liệu thu hồi"):
        extend(pdf, world.trust(), world.fetcher(timeout=0.6))
    assert time.monotonic() - started < 10
    found = collect(world.trust(), [world.person.certificate], world.fetcher(timeout=0.6))
    assert not found.crls and not found.ocsps and found.problems
    assert verify(pdf, world.trust()).overall == "unknown"
    # one of the two is enough
    world.services.fault["crl"] = None
    assert extend(pdf, world.trust(), world.fetcher(timeout=0.6)) != pdf or fault == "liar"


def test_replayed_answer_is_noticed(world):
    fetcher = world.fetcher(cache={})
    issuer = world.ca._loaded().public_bytes(_der())
    world.services.fault["ocsp"] = "replay"
    assert fetcher.ocsp(world.services.url("ocsp"), world.person.certificate, issuer)
    fetcher.cache.clear()
    with pytest.raises(FetchError, match="phát lại") as caught:
        fetcher.ocsp(world.services.url("ocsp"), world.person.certificate, issuer)
    assert caught.value.code == "replay"


def _der():
    from cryptography.hazmat.primitives import serialization

    return serialization.Encoding.DER


def test_answers_are_kept_until_the_next_issue(world):
    fetcher = world.fetcher()
    for _turn in range(3):
        collect(world.trust(), [world.person.certificate], fetcher)
    assert world.services.calls["crl"] == world.services.calls["ocsp"] == 1
    fetcher.cache["crl:" + world.services.url("crl")] = b"damaged"
    collect(world.trust(), [world.person.certificate], fetcher)
    assert world.services.calls["crl"] == 2


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("file:///etc/passwd", "url"),
        ("ftp://example.vn/a.crl", "url"),
        ("http://user:secret@example.vn/", "url"),
        ("http://exa mple.vn/\r\nX: y", "url"),
        ("http://127.0.0.1:1/", "address"),
        ("http://[::1]:1/", "address"),
        ("http://[::ffff:127.0.0.1]:1/", "address"),
        ("http://10.0.0.1/", "address"),
        ("http://169.254.169.254/latest", "address"),
        ("http://localhost/", "address"),
        ("http://0.0.0.0/", "address"),
        ("http://[", "url"),
    ],
)
def test_addresses_that_are_not_called(url, code):
    with pytest.raises(FetchError) as caught:
        Fetcher(timeout=2).crl(url)
    assert caught.value.code == code


def test_redirect_into_the_inner_network_is_not_followed(world):
    fetcher = Fetcher(hosts=["127.0.0.1"], timeout=2, tries=1)
    world.services.fault["crl"] = "redirect"
    world.services.elsewhere = world.services.url("crl").replace("127.0.0.1", "localhost")
    with pytest.raises(FetchError) as caught:
        fetcher.crl(world.services.url("crl"))
    assert caught.value.code == "address"
    world.services.elsewhere = world.services.url("crl")  # in a circle
    with pytest.raises(FetchError, match="quá nhiều lần"):
        fetcher.crl(world.services.url("crl"))


def test_all_questions_together_have_a_time(world):
    """A file with many certificates, each naming a service of its own, none of which answers."""
    world.services.fault["ocsp"] = "slow"
    fetcher = world.fetcher(total=0.3)
    url, ders = world.services.url("ocsp"), (world.person.certificate, world.chain[0])
    issuer = next(iter(certificates(ders[1])))
    codes = []
    for service in (url, url, url + "?2", url + "?3"):
        with pytest.raises(FetchError) as caught:
            fetcher.ocsp(service, ders[0], issuer)
        codes.append(caught.value.code)
    assert codes == ["time", "time", "total", "total"]
    assert world.services.calls["ocsp"] == 1  # nobody was asked again, the rest not at all


def test_addresses_come_only_from_trusted_certificates(world):
    stranger = SoftKey(PERSON, create_authority(Path(tempfile.mkdtemp()) / "ca", "CA lạ"), **world.services.issue_options())
    found = collect(world.trust(), [stranger.certificate], world.fetcher())
    assert found.problems and world.services.calls == {"crl": 0, "ocsp": 0, "tsa": 0}


@pytest.mark.parametrize("raw", [b"", b"%PDF-1.7\n%%EOF", b"MZ" * 50])
def test_odd_files_are_left_alone(world, raw):
    for work in (lambda: extend(raw, world.trust()), lambda: protection(raw), lambda: renew(raw, world.trust(), world.stamper())):
        with pytest.raises(SignError) as caught:
            work()
        assert caught.value.code in ("unreadable", "unsigned")


def test_unsigned_file_and_plain_signature():
    from signing_sample import draft

    with pytest.raises(SignError, match="chưa có chữ ký"):
        protection(draft())
    assert protection(issued()).level == "B"
