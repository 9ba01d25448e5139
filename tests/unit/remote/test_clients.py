"""Clients of remote signing services against their stand-ins: processes of their own with real keys in SoftHSM."""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from demo_pki import MODULE, Holder, create_authority, create_tokens
from proves import proves
from remote import RemoteError
from remote.csc import CscClient
from remote.smartca import SmartCaClient

ADDON = Path(__file__).resolve().parents[3] / "addons" / "vanban_signing"
ACCOUNT, AGENCY, SECRET = "000000000009", "so-noi-vu", "mat-khau-thu-88ab"
MESSAGES = (b"mot", b"hai", b"ba")
DIGESTS = [hashlib.sha256(message).digest() for message in MESSAGES]


@pytest.fixture(scope="module")
def store():
    folder = Path(tempfile.mkdtemp(prefix="vanban-remote-"))
    authority = create_authority(folder / "ca")
    made = create_tokens(folder / "tokens", authority, [Holder.person("Trần Thị Mẫu", "Sở Nội vụ tỉnh Mẫu", label="mau")])
    (folder / "tokens" / "service.secret").write_text(SECRET)
    return made


class Running:
    def __init__(self, kind, store, *more):
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", f"remote.{kind}_standin", "--module", MODULE, "--tokens", str(store.folder),
                "--credential", f"{ACCOUNT}=mau", "--client", AGENCY, "--secret-file", str(store.folder / "service.secret"), *more,
            ],
            env=dict(os.environ, PYTHONPATH=str(ADDON), **store.environment), stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        port = re.search(r"on (\d+)", self.process.stdout.readline())[1]
        self.base = f"http://127.0.0.1:{port}"
        self.kind = kind

    def client(self, secret=SECRET, agency=AGENCY):
        return CscClient(f"{self.base}/csc/v2", agency, secret) if self.kind == "csc" else SmartCaClient(self.base, agency, secret)

    def confirm(self, answer="yes"):
        for reference in re.findall(rf"/phone/(\w+)/{answer}", requests.get(f"{self.base}/phone", timeout=20).text):
            requests.post(f"{self.base}/phone/{reference}/{answer}", timeout=20)

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()


@pytest.fixture(params=["csc", "smartca"])
def service(request, store):
    running = []

    def start(*more):
        running.append(Running(request.param, store, *more))
        return running[-1]

    yield start
    for one in running:
        one.stop()


@proves("SIGN-25")
def test_signatures_only_after_the_phone(service, store):
    running = service()
    client = running.client()
    leaf = x509.load_der_x509_certificate(client.certificate(ACCOUNT)[0])
    reference = client.begin(ACCOUNT, DIGESTS, ["Công văn 1", "Công văn 2", "<b>3</b>"], "Sở Nội vụ: 3 văn bản")
    assert client.fetch(ACCOUNT, reference, DIGESTS) is None
    page = requests.get(f"{running.base}/phone", timeout=20).text
    assert "Công văn 2" in page and "<b>3</b>" not in page
    running.confirm()
    signatures = client.fetch(ACCOUNT, reference, DIGESTS)
    for message, signature in zip(MESSAGES, signatures, strict=True):
        leaf.public_key().verify(signature, message, padding.PKCS1v15(), hashes.SHA256())


def trouble(work):
    with pytest.raises(RemoteError) as caught:
        work()
    assert str(caught.value).strip().endswith(".")
    return caught.value.code


def test_refused_cancelled_and_too_late(service):
    running = service("--lives", "2")
    client = running.client()
    reference = client.begin(ACCOUNT, DIGESTS[:1], ["a"], "x")
    running.confirm("no")
    assert trouble(lambda: client.fetch(ACCOUNT, reference, DIGESTS[:1])) == "refused"
    reference = client.begin(ACCOUNT, DIGESTS[:1], ["a"], "x")
    client.cancel(ACCOUNT, reference)
    running.confirm()
    assert trouble(lambda: client.fetch(ACCOUNT, reference, DIGESTS[:1])) in ("answer", "credential")
    reference = client.begin(ACCOUNT, DIGESTS[:1], ["a"], "x")
    time.sleep(2.2)
    assert trouble(lambda: client.fetch(ACCOUNT, reference, DIGESTS[:1])) == "expired"


def test_wrong_account_and_unknown_person(service):
    running = service()
    assert trouble(lambda: running.client(secret="sai").certificate(ACCOUNT)) == "refused_service"
    assert trouble(lambda: running.client(agency="khac").certificate(ACCOUNT)) == "refused_service"
    assert trouble(lambda: running.client().certificate("khong-co")) == "credential"


def test_other_hashes_than_confirmed_are_not_signed(store):
    running = Running("csc", store)
    client = running.client()
    reference = client.begin(ACCOUNT, DIGESTS[:1], ["a"], "x")
    running.confirm()
    assert trouble(lambda: client.fetch(ACCOUNT, reference, DIGESTS[1:2])) == "answer"
    running.stop()


@pytest.mark.parametrize(("kind", "code"), [("down", "unreachable"), ("garbage", "answer")])
def test_service_in_trouble(store, kind, code):
    running = Running("csc", store, "--trouble", kind)
    client = running.client()
    assert trouble(lambda: client.certificate(ACCOUNT)) == code
    running.stop()
    assert trouble(lambda: client.certificate(ACCOUNT)) == "unreachable"
