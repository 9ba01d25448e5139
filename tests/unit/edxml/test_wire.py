"""Signatures of requests, receipts and waiting times between two installations."""
import random
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proves import proves
from wire import Envelope, SignatureError, delay, receipt, receipt_valid, sign, verify
from wire.http_client import DeliveryError, HttpClient

SECRET = "mot-bi-mat-dung-chung-cho-kiem-thu"
PATH = "/vanban/lienthong/v1/packets"


def envelope(**changes):
    values = {
        "key": "k1", "message": "0f8f1e-0001", "sender": "H56.10", "recipient": "H56.02", "type": "document",
        "length": 12, "digest": "a" * 64, "timestamp": int(time.time()), "nonce": Envelope.new_nonce(),
    }
    return Envelope(**{**values, **changes})


def signed(item, method="POST", path=PATH):
    return item.headers(method, path, SECRET)["X-Vanban-Signature"]


def test_headers_and_back():
    item = envelope()
    headers = item.headers("POST", PATH, SECRET)
    assert SECRET not in str(headers)
    back, signature = Envelope.from_headers(headers.get)
    assert back == item
    verify(back, signature, "POST", PATH, SECRET, item.timestamp)


@proves("LT-12")
@pytest.mark.parametrize("change", [
    {"sender": "H56.11"}, {"recipient": "H56.03"}, {"message": "x"}, {"digest": "b" * 64}, {"length": 13}, {"type": "status"},
    {"nonce": "0" * 32}, {"key": "k2"}, {"timestamp": 1}])
def test_every_fact_is_signed(change):
    item = envelope()
    with pytest.raises(SignatureError) as caught:
        verify(replace(item, **change), signed(item), "POST", PATH, SECRET, int(time.time()))
    assert caught.value.code == "signature"


@pytest.mark.parametrize(("method", "path", "secret"), [
    ("GET", PATH, SECRET), ("POST", PATH + "/", SECRET), ("POST", PATH, SECRET + "x")])
def test_method_path_and_secret_are_signed(method, path, secret):
    item = envelope()
    with pytest.raises(SignatureError):
        verify(item, signed(item), method, path, secret, item.timestamp)


@pytest.mark.parametrize("seconds", [-301, 301, 86400])
def test_old_and_future_requests(seconds):
    item = envelope()
    with pytest.raises(SignatureError) as caught:
        verify(item, signed(item), "POST", PATH, SECRET, item.timestamp + seconds)
    assert caught.value.code == "clock"


@given(st.dictionaries(st.sampled_from(["X-Vanban-Key", "X-Vanban-Length", "X-Vanban-Digest", "X-Vanban-Timestamp"]),
                       st.text(max_size=300)))
def test_odd_headers_are_refused(changes):
    headers = {**envelope().headers("POST", PATH, SECRET), **changes}
    try:
        back, signature = Envelope.from_headers(headers.get)
        verify(back, signature, "POST", PATH, SECRET, int(time.time()))
    except SignatureError as error:
        assert str(error)
    else:
        assert all(str(getattr(envelope(), name[9:].lower(), "")) or True for name in changes)


def test_receipt():
    item = envelope()
    value = receipt(item, "2026-03-09T01:00:00", SECRET)
    assert receipt_valid(item, "2026-03-09T01:00:00", value, SECRET)
    assert not receipt_valid(item, "2026-03-09T02:00:00", value, SECRET)
    assert not receipt_valid(item, None, None, SECRET)


def test_short_secrets_are_refused():
    with pytest.raises(ValueError, match="short"):
        sign(b"x", "ngan")


@given(st.integers(1, 10_000), st.integers(1, 600), st.integers(0, 100_000))
def test_delay_grows_to_its_cap(attempts, base, more):
    cap = base + more
    seconds = delay(attempts, base, cap, generator=random.Random(1))
    assert 0 < seconds <= cap
    assert delay(1, base, cap, spread=0) == base
    assert delay(200, base, cap, spread=0) == cap


@pytest.mark.parametrize("url", ["", "ftp://a", "http://vanban.example.vn", "https://", "https://user:pw@a.example", "a.example"])
def test_addresses(url):
    with pytest.raises(DeliveryError) as caught:
        HttpClient(url, "k1", SECRET)
    assert not caught.value.retryable


def test_nobody_there(tmp_path):
    path = tmp_path / "p"
    path.write_bytes(b"x" * 12)
    client = HttpClient("http://127.0.0.1:9", "k1", SECRET)
    with pytest.raises(DeliveryError) as caught:
        client.send(path, "m", "H56.10", "H56.02", "document", 12, "a" * 64)
    assert caught.value.retryable
    assert caught.value.unreachable
