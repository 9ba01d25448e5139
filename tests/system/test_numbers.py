"""Numbers stay gapless whoever registers at the same time, and whatever happens to the server."""

import base64
import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from zoneinfo import ZoneInfo

import psycopg2
import pytest

from demo import database, letters, papers
from demo.client import RpcError, ServerUnreachable, b64
from proves import proves
from tools import register_chain

CLIENTS, DOCUMENTS = 50, 500
# a letter with the number of another one would be asked about as its duplicate
LETTERS = itertools.count(1)


@pytest.fixture(scope="module")
def letter():
    return b64(papers.text_pdf("Kính gửi: Sở Nội vụ tỉnh Mẫu", "V/v báo cáo tình hình thực hiện nhiệm vụ"))


@pytest.fixture(scope="module")
def clerks(network):
    """Logins of five clerks; every client opens a session of its own with one of them."""
    site = network.snv
    if not site.server.running:
        site.start()
    root = site.login("admin", "admin")
    like = root.read("res.users", site.ids["user.vanthu"], ["group_ids"])
    people = [
        {
            "name": f"Văn thư số {n}",
            "login": f"vanthu_{n}",
            "password": f"vanthu_{n}@Demo1",
            "lang": "vi_VN",
            "group_ids": [(6, 0, like["group_ids"])],
        }
        for n in range(5)
    ]
    root.create("res.users", people, context={"no_reset_password": True})
    return [row["login"] for row in people]


def _sessions(site, clerks, count):
    def login(number):
        return site.login(clerks[number % len(clerks)], f"{clerks[number % len(clerks)]}@Demo1")

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(login, range(count)))


def _arrivals(network, sessions, count, letter, tag):
    """`count` letters received (not registered), spread over the sessions; their ids."""
    site = network.snv
    kind = sessions[0].search("vanban.document.kind", [], limit=1)

    def receive(number):
        vals = {
            "subject": f"Đề nghị báo cáo số {number} ({tag})",
            "kind_id": kind[0],
            "issuer_name": "UBND xã Mẫu Tân",
            "issue_date": "2026-01-05",
            "code_number": str(next(LETTERS)),
            "code_notation": "UBND",
        }
        return sessions[number % len(sessions)].call(
            "vanban.document", "action_receive_scan", None, vals=vals, filename="cong-van.pdf", content_b64=letter
        )

    assert site.server.running
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(receive, range(count)))


def _lines(site):
    """(number, document, arrival number on the document, state) of every line of the register of arrivals."""
    return database.query(
        site.db,
        """SELECT entry.number, entry.document_id, document.arrival_number, document.state, entry.year
             FROM vanban_register_entry entry JOIN vanban_document document ON document.id = entry.document_id
            WHERE entry.register_id = %s ORDER BY entry.number""",
        site.ids["register.in"],
    )


def _assert_whole(site):
    """No gap, no duplicate, nothing half registered: register, counter and documents tell the same story."""
    lines = _lines(site)
    assert [line[0] for line in lines] == list(range(1, len(lines) + 1))
    assert all(number == arrival for number, _document, arrival, _state, _year in lines)
    assert len({line[1] for line in lines}) == len(lines)
    assert not {line[3] for line in lines} & {"received", "checking"}
    year = lines[-1][4]
    counter = database.query(
        site.db,
        "SELECT next_number FROM vanban_register_counter WHERE register_id = %s AND year = %s",
        site.ids["register.in"],
        year,
    )
    assert counter == [(len(lines) + 1,)]
    numbered = database.query(
        site.db, "SELECT count(*) FROM vanban_document WHERE direction = 'in' AND arrival_number > 0"
    )
    assert numbered == [(len(lines),)]
    return lines


@proves("IN-04")
def test_fifty_clients_register_five_hundred(network, snv, clerks, letter):
    before = len(_lines(snv))
    sessions = _sessions(snv, clerks, CLIENTS)
    arrivals = _arrivals(network, sessions, DOCUMENTS, letter, "đồng thời")
    share = DOCUMENTS // CLIENTS
    start = threading.Barrier(CLIENTS)
    shown: list[str] = []

    def client(number):
        numbers = []
        start.wait(60)
        for document in arrivals[number * share : (number + 1) * share]:
            try:
                numbers += sessions[number].call("vanban.document", "action_register", document)
            except (RpcError, ServerUnreachable) as error:
                shown.append(str(error))
        return numbers

    with ThreadPoolExecutor(CLIENTS) as pool:
        given = [number for numbers in pool.map(client, range(CLIENTS)) for number in numbers]
    assert shown == []
    assert sorted(given) == list(range(before + 1, before + DOCUMENTS + 1))
    lines = _assert_whole(snv)
    assert len(lines) == before + DOCUMENTS
    with pytest.raises(psycopg2.errors.UniqueViolation):
        database.query(
            snv.db,
            "INSERT INTO vanban_register_entry (register_id, year, number, date, state)"
            " SELECT register_id, year, number, date, state FROM vanban_register_entry WHERE register_id = %s LIMIT 1",
            snv.ids["register.in"],
        )


def test_killed_in_the_middle(network, snv, clerks, letter):
    before = len(_lines(snv))
    count = 120
    sessions = _sessions(snv, clerks, 12)
    arrivals = _arrivals(network, sessions, count, letter, "mất điện")
    queue = iter(arrivals)
    lock = threading.Lock()
    answered: list[int] = []
    refused: list[str] = []

    def client(session):
        while True:
            with lock:
                document = next(queue, None)
            if document is None:
                return
            try:
                answered.extend(session.call("vanban.document", "action_register", document))
            except ServerUnreachable:
                return  # the power is off
            except RpcError as error:
                refused.append(str(error))

    threads = [threading.Thread(target=client, args=(session,)) for session in sessions]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 60
    while len(answered) < 30 and time.monotonic() < deadline:
        time.sleep(0.01)
    snv.server.kill()
    for thread in threads:
        thread.join()
    assert refused == []
    assert 30 <= len(answered) < count
    lines = _lines(snv)
    assert set(answered) <= {line[0] for line in lines}, "a number that a clerk was told is not in the register"

    snv.start()
    lines = _assert_whole(snv)
    done = {line[1] for line in lines}
    clerk = snv.user("vanthu")
    rest = [document for document in arrivals if document not in done]
    for document in rest:
        clerk.call("vanban.document", "action_register", document)
    assert len(_assert_whole(snv)) == before + count


@proves("IN-04")
@pytest.mark.parametrize("lock, seconds", [("KEY SHARE", None), ("NO KEY UPDATE", 1.0)])
def test_a_background_job_at_work_on_a_document_does_not_stop_the_clerk(network, clerks, letter, lock, seconds):
    site = network.snv
    session = _sessions(site, clerks, 1)[0]
    (document,) = _arrivals(network, [session], 1, letter, f"khi máy chủ đang đọc tệp, {lock}")
    session.call("vanban.document", "action_check", document)
    with database.connect(site.db) as job:
        job.autocommit = False  # what the job's transaction holds while it stores the text of a file
        job.cursor().execute(f"SELECT id FROM vanban_document WHERE id = %s FOR {lock}", (document,))
        end = threading.Timer(seconds, job.rollback) if seconds else None
        if end:
            end.start()
        (number,) = session.call("vanban.document", "action_register", document)
        if end:
            end.join()
    assert session.read("vanban.document", document, ["arrival_number", "state"])["arrival_number"] == number


def test_a_document_that_stays_in_other_hands_is_named(network, clerks, letter):
    site = network.snv
    session = _sessions(site, clerks, 1)[0]
    (document,) = _arrivals(network, [session], 1, letter, "hai người cùng xử lý")
    session.call("vanban.document", "action_check", document)
    with database.connect(site.db) as other:
        other.autocommit = False
        other.cursor().execute("SELECT id FROM vanban_document WHERE id = %s FOR UPDATE", (document,))
        with pytest.raises(RpcError, match="Người khác đang xử lý “.*hai người cùng xử lý"):
            session.call("vanban.document", "action_register", document)
        other.rollback()
    (number,) = session.call("vanban.document", "action_register", document)
    assert number, "nothing was half done: the same press goes through afterwards"


@proves("REG-04")
def test_register_is_closed_while_clerks_register(network, snv, clerks, letter):
    """Two clerks close the book while others go on: each number lies in exactly one closed book or in none."""
    count = 48
    sessions = _sessions(snv, clerks, 6)
    arrivals = iter(_arrivals(network, sessions, count, letter, "đóng sổ"))
    register = snv.ids["register.in"]
    today = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()
    lock = threading.Lock()
    given: list[int] = []
    said: list[str] = []

    def client(session):
        while True:
            with lock:
                document = next(arrivals, None)
            if document is None:
                return
            given.extend(session.call("vanban.document", "action_register", document))

    def close(session):
        deadline = time.monotonic() + 60
        while len(given) < count // 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        try:
            session.call("vanban.register", "action_close", register, date_to=str(today))
        except RpcError as error:
            said.append(str(error))

    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(client, session) for session in sessions[:4]]
        jobs += [pool.submit(close, session) for session in sessions[4:]]
        for job in jobs:
            job.result()
    assert len(given) == count
    assert len(_assert_whole(snv)) >= count
    assert all("đã đóng đến số" in message for message in said), said
    clerk = snv.user("vanthu")
    books = clerk.find(
        "vanban.register.closing", [("register_id", "=", register)],
        ["number_from", "number_to", "line_count", "state", "digest", "content"],
    )
    books.sort(key=lambda book: book["number_from"])
    assert books
    assert {book["state"] for book in books} == {"sealed"}
    ends = [0, *(book["number_to"] for book in books)]
    assert [book["number_from"] for book in books] == [end + 1 for end in ends[:-1]]
    for book in books:
        result = register_chain.check(base64.b64decode(book["content"]).splitlines(keepends=True), book["digest"])
        assert result.sound, result.message
        assert result.rows == book["line_count"] == book["number_to"] - book["number_from"] + 1


@proves("OUT-22")
def test_two_clerks_number_decisions_at_once(snv, clerks):
    """Series of decisions at 45: two clerks at once get 46 and 47, and a recalled number is never given again."""
    admin, clerk = snv.user("quantri"), snv.user("vanthu")
    kind = admin.one("vanban.document.kind", [("code", "=", "quyet_dinh")])
    register = admin.create("vanban.register", {
        "name": "Sổ quyết định", "code": "QD", "direction": "out", "company_id": snv.ids["company"], "kind_ids": [(6, 0, [kind])],
    })
    database.query(
        snv.db, "UPDATE vanban_register_counter SET next_number = 46 WHERE register_id = %s RETURNING id", register)
    scan = b64(papers.scan("SỞ NỘI VỤ", "Quyết định"))

    def checked(number):
        document = letters.to_leader(
            snv, f"về việc phân công công tác, lần {number}", [{"name": "UBND xã Mẫu Tân", "partner_id": partner}], kind_id=kind)
        clerk.call("vanban.document", "action_sign_on_paper", document, filename="quyet-dinh.pdf", content_b64=scan)
        clerk.call("vanban.document", "action_clerk_check", document)
        return document

    partner = admin.create("res.partner", {"name": "UBND xã Mẫu Tân", "is_company": True})
    first, second, third = (checked(number) for number in (1, 2, 3))
    start = threading.Barrier(2)

    def number(session, document):
        start.wait(30)
        return session.call("vanban.document", "action_allocate_number", document)[0]

    with ThreadPoolExecutor(2) as pool:
        codes = list(pool.map(number, _sessions(snv, clerks, 2), (first, second)))
    assert sorted(code.split("/")[0] for code in codes) == ["46", "47"]
    clerk.write("vanban.document", first, {"medium": "paper"})
    for step in ("action_paper_done", "action_issue"):
        clerk.call("vanban.document", step, first)
    clerk.call("vanban.document", "action_request_recall", first, reason="Sai thẩm quyền")
    snv.user("lanhdao").call("vanban.document", "action_approve_recall", first)
    assert clerk.value("vanban.document", first, "state") in ("recall_requested", "recalled")
    assert clerk.call("vanban.document", "action_allocate_number", third)[0].startswith("48/")
