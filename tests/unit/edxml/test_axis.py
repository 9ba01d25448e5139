"""Both interfaces of an axis against a real HTTP server that can fail in every described way."""
import datetime
import io
import json
import threading

import pytest

from wire.axis import RestClient, VxpClient
from wire.axis.answers import number, refused
from wire.axis.items import agencies, items
from wire.axis.standin import Account, AxisServer
from wire.axis.vxp import file_digest, genuine, signed_headers, signed_parameters, timestamp, unsigned
from wire.session import DeliveryError, parsed_object

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


def test_header_that_nobody_signed_is_refused(server):
    """Parameters are those of the signed text; whoever has read a call adds nothing to it, whatever the list of names says."""
    client = VxpClient(server.url, "snv", SNV.secret, timeout=3)
    for names in ("systemid;timestamp;servicetype;messagetype", "systemid;timestamp", ""):
        url, headers = client._request("getReceivedEdocList", {"servicetype": "eDoc", "messagetype": "edoc"})
        headers["XroadVnpt-sign-header-key"] = names
        assert client._session.call("POST", url, headers)[0] == 200
        for added in ("docId", "status", "from"):
            assert client._session.call("POST", url, {**headers, f"XroadVnpt-{added}": "done"})[0] == 401


def _received(headers):
    return {name.lower().removeprefix("xroadvnpt-"): value for name, value in headers.items()}


def test_what_a_call_says():
    """Names in any case, letters that no header carries, parameters left over from an earlier call: all of it as it was signed."""
    headers = _received(signed_headers({"systemid": "snv", "timestamp": "t", "docId": "a1", "reason": "Lý do", "to": ""}, "khoa"))
    assert signed_parameters(headers) == {"systemid": "snv", "timestamp": "t", "docid": "a1", "reason": "Lý do", "to": ""}
    assert genuine(headers, "khoa") and not genuine(headers, "khoa khac")
    assert unsigned({**headers, "docid": "b2", "from": "H97.03"}) == ["docid", "from"]
    assert not genuine({**headers, "docid": "b2"}, "khoa") and not genuine({**headers, "from": "H97.03"}, "khoa")
    assert not genuine(_received(signed_headers({"systemid": "snv"}, "khoa")), "khoa")
    for text in ("", "[]", "{", '{"systemid": 1}', '{"systemid": "a\\u0000b"}', "[" * 100_000):
        assert signed_parameters({"sign-header": text}) == {}


@pytest.mark.parametrize(("status", "code", "retryable"), [
    (200, "answer", True), (404, "answer", True), (500, "answer", True), (503, "answer", True), (413, "too_large", False)])
def test_page_instead_of_an_answer(server, clients, packet, status, code, retryable):
    """An error page is an outage; that the packet is too large for whoever stands before the axis is not."""
    server.axis.faults.page = status
    with pytest.raises(DeliveryError) as error:
        clients[0].send(packet, "H96.02", ["H97.03"], "document")
    assert (error.value.code, error.value.retryable, error.value.outage) == (code, retryable, code == "answer")
    assert error.value.unreachable == (status == 503)


def test_page_instead_of_a_packet(server, clients, packet, tmp_path):
    sender, receiver = clients
    sender.send(packet, "H96.02", ["H97.03"], "document")
    [item] = receiver.waiting("document")
    server.axis.faults.page = 200
    with pytest.raises(DeliveryError):
        receiver.download(item, tmp_path / "fetched", 1_000_000)


def test_outages():
    for code, outage in (("answer", True), ("receipt", True), ("http_500", True), ("signature", True), ("axis_18", False), ("too_large", False)):
        assert DeliveryError(code, "x").outage is outage
    assert DeliveryError("timeout", "x", unreachable=True).outage
    with pytest.raises(DeliveryError) as error:
        parsed_object(413, b"<html>Request Entity Too Large</html>")
    assert (error.value.code, error.value.retryable) == ("too_large", False)


def test_numbers_are_read_without_trust():
    for answer, expected in (({}, 0), ({"count": "3"}, 3), ({"data": 2}, 2), ({"data": {"count": 4}}, 4), ({"count": None}, 0)):
        assert number(answer, "count", "data") == expected
    for wrong in ("ba", [1], {"rows": 1, "count": "x"}, -1, "9" * 5000):
        with pytest.raises(DeliveryError) as error:
            number({"count": wrong}, "count")
        assert error.value.code == "answer"


def test_one_packet_that_fails(server, clients, packet, tmp_path):
    sender, receiver = clients
    first, _second = (sender.send(packet, "H96.02", ["H97.03"], "document") for _ in range(2))
    for code in ("10", "500"):
        server.axis.faults.broken = {first: code}
        broken, sound = receiver.waiting("document")
        with pytest.raises(DeliveryError):
            receiver.download(broken, tmp_path / "fetched", 1_000_000)
        assert receiver.download(sound, tmp_path / "fetched", 1_000_000) == len(PACKET)


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
