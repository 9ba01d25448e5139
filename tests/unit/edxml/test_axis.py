"""Both interfaces of an axis against a real HTTP server that can fail in every described way."""
import datetime
import io
import json
import threading

import pytest

from wire.axis import RestClient, VxpClient
from wire.axis.answers import refused
from wire.axis.items import agencies, items
from wire.axis.standin import Account, AxisServer
from wire.axis.vxp import file_digest, signed_headers, timestamp
from wire.session import DeliveryError

SNV, STC = Account("snv", "bi-mat-cua-so-noi-vu", ("H96.02",)), Account("stc", "bi-mat-cua-so-tai-chinh", ("H97.03",))
DIRECTORY = [
    {"id": 1, "code": "H96.02", "name": "Sở Nội vụ tỉnh Mẫu", "code102": "000.00.02.H96", "mail": "snv@example.vn"},
    {"id": 2, "code": "H97.03", "name": "Sở Tài chính tỉnh Mẫu", "code102": "000.00.03.H97"},
    {"id": 3, "code": "", "name": "Dòng hỏng"},
    "không phải một dòng",
]
PACKET = b'<?xml version="1.0" encoding="UTF-8"?><edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016">' + b"A" * 300_000


@pytest.fixture
def server():
    with AxisServer([SNV, STC], DIRECTORY) as running:
        yield running


@pytest.fixture(params=[VxpClient, RestClient], ids=["vxp", "rest"])
def clients(request, server):
    return tuple(request.param(server.url, account.system, account.secret, timeout=3) for account in (SNV, STC))


@pytest.fixture
def packet(tmp_path):
    path = tmp_path / "packet.edxml"
    path.write_bytes(PACKET)
    return path


def test_packet_passes_whole(clients, packet, tmp_path):
    """Sent, listed, fetched byte for byte, confirmed, gone."""
    sender, receiver = clients
    doc_id = sender.send(packet, "H96.02", ["H97.03"], "document")
    [item] = receiver.waiting("document")
    assert (item.doc_id, item.sender, item.recipient, item.kind) == (doc_id, "H96.02", "H97.03", "document")
    assert receiver.waiting("status") == [] and receiver.count() == 1
    target = tmp_path / "fetched"
    assert receiver.download(item, target, 1_000_000) == len(PACKET)
    assert target.read_bytes() == PACKET
    assert receiver.waiting("document") == [item]  # not confirmed: it comes again
    receiver.acknowledge(item)
    assert receiver.waiting("document") == []
    assert sender.waiting("document") == []  # a queue is seen by its owner only


def test_larger_than_allowed(clients, packet, tmp_path):
    sender, receiver = clients
    sender.send(packet, "H96.02", ["H97.03"], "document")
    [item] = receiver.waiting("document")
    with pytest.raises(DeliveryError) as error:
        receiver.download(item, tmp_path / "fetched", 1000)
    assert error.value.code == "too_large" and not error.value.retryable
    assert (tmp_path / "fetched").stat().st_size <= 1000


def test_directory(clients):
    found = clients[0].agencies()
    assert [(agency.code, agency.old_code) for agency in found] == [("H96.02", "000.00.02.H96"), ("H97.03", "000.00.03.H97")]


@pytest.mark.parametrize(
    ("code", "retryable", "whole"),
    [("10", False, False), ("15", True, True), ("18", False, False), ("19", True, True), ("20", True, True),
     ("21", True, False), ("22", False, False), ("23", True, False), ("99", False, False)])
def test_error_codes(server, clients, packet, code, retryable, whole):
    server.axis.faults.error = code
    with pytest.raises(DeliveryError) as error:
        clients[0].send(packet, "H96.02", ["H97.03"], "document")
    assert (error.value.code, error.value.retryable, error.value.unreachable) == (f"axis_{code}", retryable, whole)
    assert code in str(error.value)


def test_unknown_recipient_and_locked(server, clients, packet):
    with pytest.raises(DeliveryError, match="không biết cơ quan nhận"):
        clients[0].send(packet, "H96.02", ["H11.11"], "document")
    server.axis.locked.add("H97.03")
    with pytest.raises(DeliveryError, match="đang bị khóa") as error:
        clients[0].send(packet, "H96.02", ["H97.03"], "document")
    assert error.value.retryable
    with pytest.raises(DeliveryError, match="chưa đăng ký"):
        clients[0].send(packet, "H97.03", ["H96.02"], "document")


@pytest.mark.parametrize("client", [VxpClient, RestClient])
def test_wrong_secret(server, client, packet):
    """Bare text instead of JSON; the packets wait until somebody enters the right secret."""
    wrong = client(server.url, "snv", "khong-phai-bi-mat", timeout=3)
    with pytest.raises(DeliveryError, match="khóa bí mật") as error:
        wrong.send(packet, "H96.02", ["H97.03"], "document")
    assert error.value.retryable and error.value.unreachable
    assert server.axis.packets == []


def test_down_slow_garbage_lost(server, clients, packet):
    sender, receiver = clients
    assert sender.count() == 0
    faults = server.axis.faults
    faults.down = True
    with pytest.raises(DeliveryError) as error:
        sender.send(packet, "H96.02", ["H97.03"], "document")
    assert error.value.unreachable and error.value.retryable
    faults.down, faults.garbage = False, True
    with pytest.raises(DeliveryError, match="không đúng định dạng") as error:
        sender.send(packet, "H96.02", ["H97.03"], "document")
    assert error.value.retryable
    faults.garbage, faults.lose_answers = False, 1
    with pytest.raises(DeliveryError) as error:
        sender.send(packet, "H96.02", ["H97.03"], "document")
    assert error.value.retryable
    sender.send(packet, "H96.02", ["H97.03"], "document")
    # The axis took it twice: the receiver has to tell by the content.
    assert len(receiver.waiting("document")) == 2
    faults.slow = 3.5
    with pytest.raises(DeliveryError, match="không trả lời kịp"):
        sender.count()


def test_expired_token_is_renewed(server, packet):
    client = RestClient(server.url, "snv", SNV.secret, timeout=3)
    client.send(packet, "H96.02", ["H97.03"], "document")
    server.axis.tokens.clear()
    client.send(packet, "H96.02", ["H97.03"], "document")
    assert server.axis.sent == 2


def test_altered_header_is_refused(server, packet):
    """Somebody between us and the axis changes the recipient: the signature does not fit."""
    client = VxpClient(server.url, "snv", SNV.secret, timeout=3)
    url, headers = client._request("getReceivedEdocList", {"servicetype": "eDoc", "messagetype": "edoc"})
    headers["XroadVnpt-messagetype"] = "status"
    status, _raw = client._session.call("POST", url, headers)
    assert status == 401


def test_digest_without_padding():
    """Each byte below 16 has one digit: compatible clients must write it so."""
    full = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    expected = "".join(f"{int(full[i:i + 2], 16):x}" for i in range(0, 64, 2))
    assert file_digest(io.BytesIO(b"abc")) == expected and len(expected) < 64


def test_signed_headers():
    headers = signed_headers({"systemid": "snv", "reason": "Lý do"}, "khoa")
    assert json.loads(headers["XroadVnpt-sign-header"]) == {"systemid": "snv", "reason": "Lý do"}
    assert headers["XroadVnpt-sign-header-key"] == "systemid;reason"
    assert all(value.isascii() for value in headers.values())
    assert timestamp(datetime.datetime(2026, 3, 9, 8, 7, 6, 54000)) == "09032026T080706+0054"


def test_lists_are_read_without_trust():
    assert items(None, "document") == [] and items({"a": 1}, "document") == []
    assert items([{"docId": "../../etc"}, {"docId": "ok-1", "from": None}], "document")[0].doc_id == "ok-1"
    assert agencies("x") == []
    long = agencies([{"code": "h1" * 40, "name": "T" * 900}])[0]
    assert len(long.code) == 35 and len(long.name) == 200
    assert refused("77").retryable is False


def test_many_at_once(server, clients, packet):
    sender, receiver = clients
    threads = [threading.Thread(target=sender.send, args=(packet, "H96.02", ["H97.03"], "status")) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(receiver.waiting("status")) == 8
