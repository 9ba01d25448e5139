"""Between two agencies: delivered once whatever happens, duplicates seen, hostile packets put aside."""

import base64
import hashlib
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from demo import database, letters, packets, waiting
from demo.facts import Facts
from proves import proves
from wire import Envelope
from wire.http_client import PACKETS_PATH


@pytest.fixture(scope="module")
def issued(network):
    """A letter that Sở Tài chính has issued to Sở Nội vụ: (document, its identifier, bytes sent, packet number)."""
    for site in network.sites:
        if not site.server.running:
            site.start()
    stc = network.stc
    document = letters.issue(network, stc, "gửi tài liệu họp", [{"partner_id": stc.ids["partner"]}])
    code = stc.user("vanthu").value("vanban.document", document, "document_code")
    Facts.wait_arrival(network.snv, code)
    raw, message = packets.sent_bytes(stc, document)
    return document, code, raw, message


def _received(site, code):
    return database.query(site.db, "SELECT id FROM vanban_document WHERE direction = 'in' AND document_code = %s", code)


#: what both sides show of a document; what the sender keeps as records of its own, the recipient has as the texts of the packet
_SAME = (
    "subject", "code", "code_number", "code_notation", "document_code", "issue_date", "signer_name", "signer_position", "signer_capacity",
    "urgency", "reply_required", "reply_due_date")


@proves("LT-01", "LT-12")
def test_file_and_data_are_identical_on_both_servers(network, snv, stc, issued):
    """Two servers, each read by its own clerk over HTTP: the reception queue has the document, nothing in it differs."""
    document, code, _raw, _message = issued
    sender, clerk = stc.user("vanthu"), snv.user("vanthu")
    arrived = Facts.wait_arrival(snv, code)
    queue = clerk.find("vanban.document", [("id", "=", arrived), ("direction", "=", "in"), ("state", "=", "received")], ["allowed_actions"])
    assert queue and ",check," in queue[0]["allowed_actions"], queue
    [here], [there] = sender.read("vanban.document", [document], [*_SAME, "kind_id"]), clerk.read("vanban.document", [arrived], [*_SAME, "kind_id"])
    assert {field: there[field] for field in _SAME} == {field: here[field] for field in _SAME}
    assert all(here[field] for field in ("subject", "code", "document_code", "issue_date", "signer_name", "signer_position")), here
    assert there["kind_id"][1] == here["kind_id"][1]
    assert clerk.value("vanban.document", arrived, "issuer_name") == stc.agency.name

    def files(user, record):
        """(name, role, bytes) of the files that travel, fetched as the reader fetches them."""
        rows = user.find(
            "vanban.file", [("document_id", "=", record), ("role", "in", ("main", "annex", "signature"))], ["name", "role", "sha256"])
        main = user.value("vanban.document", record, "main_file_id")
        found = [(row["name"], row["role"], user.download("vanban.file", row["id"], "content"), row["sha256"]) for row in rows
                 if row["role"] != "main" or row["id"] == main]
        assert all(hashlib.sha256(raw).hexdigest() == digest for _name, _role, raw, digest in found)
        return sorted(found)

    assert files(clerk, arrived) == files(sender, document)
    assert any(role == "main" and raw.startswith(b"%PDF") for _name, role, raw, _digest in files(clerk, arrived))


def test_receiver_down_then_up(network, snv, stc):
    snv.stop()
    document = letters.issue(network, stc, "thử mất kết nối", [{"partner_id": stc.ids["partner"]}])
    clerk = stc.user("vanthu")
    code = clerk.value("vanban.document", document, "document_code")

    def failed_attempts():
        rows = clerk.find("vanban.packet.out", [("document_id", "=", document)], ["attempts", "state", "error"])
        return rows if rows and rows[0]["attempts"] else None

    rows = waiting.until(failed_attempts, "lần gửi không thành công")
    assert rows[0]["state"] == "error" and rows[0]["error"]
    snv.start()
    Facts.wait_arrival(snv, code, timeout=150)  # the next attempt is the job's own, nobody presses anything
    Facts.wait_status(stc, document, "arrived")
    time.sleep(3)  # long enough for a second delivery, if there were one
    assert len(_received(snv, code)) == 1
    packets_in = database.query(snv.db, "SELECT count(*) FROM vanban_packet_in WHERE document_code = %s", code)
    assert packets_in == [(1,)]


@proves("LT-06")
def test_status_faster_than_the_answer(network, snv, stc):
    """The first status comes back while the sender still waits for the receipt of the packet: neither overlooks the other."""
    snv.stop()
    document = letters.issue(network, stc, "thử trạng thái đến sớm", [{"partner_id": stc.ids["partner"]}])
    state = "SELECT state FROM vanban_packet_out WHERE document_id = %s AND type = 'document'"
    waiting.until(lambda: database.query(stc.db, state, document) == [("error",)], "lần gửi không thành công")
    raw, message = packets.sent_bytes(stc, document)
    early = "SELECT state FROM vanban_packet_in WHERE type = 'status' AND id > %s"
    before = database.query(stc.db, "SELECT coalesce(max(id), 0) FROM vanban_packet_in")[0][0]
    with database.connect(stc.db) as sending, sending.cursor() as cursor:
        sending.autocommit = False
        # from here on this is the worker that sends the packet
        cursor.execute("SELECT id FROM vanban_packet_out WHERE document_id = %s FOR NO KEY UPDATE", [document])
        [(row,)] = cursor.fetchall()
        snv.start()
        packets.post(network, stc, snv, raw, message)
        waiting.until(lambda: database.query(stc.db, early, before), "trạng thái 01 đến nơi", timeout=90)
        time.sleep(3)  # it was read by now, had it not to wait
        assert database.query(stc.db, early, before) == [("received",)]
        cursor.execute("UPDATE vanban_packet_out SET state = 'sent', sent_date = now() AT TIME ZONE 'UTC' WHERE id = %s", [row])
        sending.commit()
    waiting.until(lambda: database.query(stc.db, state, document) == [("arrived",)], "trạng thái 01 được ghi nhận", timeout=90)
    assert database.query(stc.db, early, before) == [("done",)]


@proves("LT-14")
def test_same_packet_twice(network, snv, stc, issued):
    _document, code, raw, message = issued
    logged = database.query(snv.db, "SELECT count(*) FROM vanban_packet_in WHERE state = 'duplicate'")[0][0]
    packets.post(network, stc, snv, raw, message)  # the acknowledgement was lost: the same number again
    packets.post(network, stc, snv, raw)  # sent a second time by hand: another number, the same bytes
    waiting.until(
        lambda: (
            database.query(snv.db, "SELECT count(*) FROM vanban_packet_in WHERE state = 'duplicate'")[0][0] > logged
        ),
        "gói tin trùng được ghi nhận",
    )
    assert len(_received(snv, code)) == 1

    # the same identifier with another content: nobody but the clerk may decide what it is
    before = database.query(snv.db, "SELECT max(id) FROM vanban_packet_in")[0][0]
    other = raw.replace("gửi tài liệu họp".encode(), "gửi tài liệu khác".encode())
    assert other != raw
    packets.post(network, stc, snv, other)
    clerk = snv.user("vanthu")
    held = waiting.until(
        lambda: clerk.find("vanban.packet.in", [("id", ">", before), ("state", "=", "quarantined")], ["reason"]),
        "gói tin trùng mã định danh được giữ lại",
    )
    assert "Trùng mã định danh" in held[0]["reason"]
    assert len(_received(snv, code)) == 1


@proves("LT-14")
def test_same_bytes_at_the_same_moment(network, snv, stc, issued):
    """Several workers read the same document under several numbers: one of them takes it over, the others see that it is there."""
    _document, code, raw, _message = issued
    fresh = raw.replace(code.encode(), f"{code}-cung-luc".encode())
    before = database.query(snv.db, "SELECT max(id) FROM vanban_packet_in")[0][0]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _n: packets.post(network, stc, snv, fresh), range(8)))
    states = "SELECT state, count(*) FROM vanban_packet_in WHERE id > %s AND document_code LIKE '%%-cung-luc' GROUP BY state"
    waiting.until(lambda: sum(dict(database.query(snv.db, states, before)).values()) == 8, "tám gói tin được đọc", timeout=90)
    waiting.until(lambda: "received" not in dict(database.query(snv.db, states, before)), "tám gói tin được xử lý", timeout=90)
    assert dict(database.query(snv.db, states, before)) == {"done": 1, "duplicate": 7}
    assert len(_received(snv, f"{code}-cung-luc")) == 1


@proves("LT-12")
def test_forged_replayed_and_flipped_requests_are_refused_and_logged(network, snv, stc, issued):
    _document, code, raw, _message = issued
    fresh = raw.replace(code.encode(), f"{code}-gia-mao".encode())
    url, stored = snv.address + PACKETS_PATH, "SELECT count(*) FROM vanban_packet_in"
    before = database.query(snv.db, stored)
    since = database.query(snv.db, "SELECT coalesce(max(id), 0) FROM vanban_log")[0][0]

    def post(body, secret=network.secret, **changes):
        envelope = Envelope(**{
            "key": network.key_id, "message": "thu-gia-mao-0001", "sender": stc.agency.code, "recipient": snv.agency.code, "type": "document",
            "length": len(fresh), "digest": hashlib.sha256(fresh).hexdigest(), "timestamp": int(time.time()), "nonce": Envelope.new_nonce(),
            **changes})
        answer = requests.post(
            url, headers=envelope.headers("POST", PACKETS_PATH, secret), files={"packet": body}, timeout=30,
            verify=str(network.authority.certificate), proxies={"https": ""})
        return answer.status_code, answer.json().get("error", {}).get("code")

    assert post(fresh, secret="mot-bi-mat-khac-dai-hon-ba-muoi-hai-ky-tu") == (401, "signature")
    assert post(fresh, timestamp=int(time.time()) - 7200) == (401, "clock")
    assert database.query(snv.db, stored) == before
    flipped = bytearray(fresh)
    flipped[len(flipped) // 2] ^= 1
    assert post(bytes(flipped)) == (422, "digest")
    [(state, reason)] = database.query(snv.db, "SELECT state, reason_code FROM vanban_packet_in WHERE message LIKE 'thu-gia-mao-0001%%'")
    assert (state, reason) == ("quarantined", "INTEGRITY")
    nonce = Envelope.new_nonce()
    assert post(fresh, nonce=nonce)[0] == 200
    assert post(fresh, nonce=nonce) == (409, "replay")
    assert database.query(snv.db, "SELECT count(*) FROM vanban_packet_in WHERE message = 'thu-gia-mao-0001'") == [(1,)]
    # one row a minute for an address, however many requests it sends
    logged = database.query(
        snv.db, "SELECT comment FROM vanban_log WHERE id > %s AND action = 'receive_packet' AND outcome = 'refused'", since)
    assert len(logged) == 1 and logged[0][0].startswith("signature: ") and f"Sender {stc.agency.code}" in logged[0][0], logged


def _hostile(raw):
    """{name: bytes} of packets that nobody should be able to hurt us with."""
    body = raw.index(b"JVBER")  # the first letters of any PDF in base64
    start, end = raw.index(b"<Attachment>"), raw.index(b"</AttachmentEncoded>")
    small = re.sub(rb"JVBER[A-Za-z0-9+/=\s]*", base64.b64encode(b"%PDF-1.4 x"), raw[start:end])
    declaration = b"?>\n"
    return {
        "dtd": raw.replace(
            declaration, declaration + b'<!DOCTYPE edXML [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n', 1
        ),
        "bomb": raw.replace(
            declaration,
            declaration + b'<!DOCTYPE edXML [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>\n',
            1,
        ),
        "path": re.sub(rb"(<AttachmentName>)", rb"\1../../../../etc/cron.d/", raw),
        "namespace": raw.replace(b"http://www.mic.gov.vn/TBT/QCVN_102_2016", b"http://example.com/other"),
        "base64": raw[:body] + raw[body + 5 :],
        "many": raw[:start] + small * 10_000 + raw[end:],
        "text": b"day khong phai la goi tin",
    }


CASES = ("dtd", "bomb", "path", "namespace", "base64", "many", "text")


@pytest.mark.parametrize("case", CASES)
def test_hostile_packet(network, snv, stc, issued, case):
    _document, code, raw, _message = issued
    # a document that was not there before, so that a quarantined packet cannot hide behind a duplicate
    fresh = re.sub(re.escape(code.encode()), f"{code}-{case}".encode(), raw)
    bad = _hostile(fresh)[case]
    assert bad != fresh
    before = database.query(snv.db, "SELECT coalesce(max(id), 0) FROM vanban_packet_in")[0][0]
    packets.post(network, stc, snv, bad)
    clerk = snv.user("vanthu")

    def settled():
        # letters of earlier cases may still be under way to the same agency
        rows = clerk.find(
            "vanban.packet.in", [("id", ">", before), ("sha256", "=", hashlib.sha256(bad).hexdigest())], ["state", "reason", "sha256", "size"])
        return rows if rows and rows[0]["state"] != "received" else None

    row = waiting.until(settled, f"gói tin {case} được xử lý")[0]
    assert row["state"] == "quarantined", row
    assert re.search("[ạảãàáặệộợửữđăâêôơưấềốứ]", row["reason"]), row["reason"]
    assert row["sha256"] == hashlib.sha256(bad).hexdigest() and row["size"] == len(bad)  # nothing lost
    made = "SELECT count(*) FROM vanban_document WHERE packet_in_id = %s OR document_code = %s"
    assert database.query(snv.db, made, row["id"], f"{code}-{case}") == [(0,)]
    assert clerk.count("vanban.document", []) > 0  # the server is unharmed
