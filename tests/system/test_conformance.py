"""The conformance suite against a real server of ours, through an axis."""
import contextlib
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests

ADDON = Path(__file__).resolve().parents[2] / "addons" / "vanban_lienthong"
sys.path.insert(0, str(ADDON))

from conformance import Examiner, as_text, run  # noqa: E402 - the suite stands beside Odoo, as another vendor would have it
from conformance.cases import FAILED, PASSED  # noqa: E402
from demo import database, letters, waiting  # noqa: E402
from demo.client import RpcError, ServerUnreachable  # noqa: E402
from edxml import Organization  # noqa: E402
from wire import DeliveryError  # noqa: E402
from wire.axis import VxpClient  # noqa: E402
from wire.axis.standin import Account, AxisServer  # noqa: E402


@pytest.fixture
def axis(snv):
    """An axis with two accounts; ours is used by the server of Sở Nội vụ, whose jobs are woken all the time."""
    admin, root = snv.user("quantri"), snv.login("admin", "admin")
    company = root.search("res.company", [], limit=1)[0]
    code = root.value("res.company", company, "vanban_code")
    own = Account("so-noi-vu", "n" * 40, (code,))
    trial = Account("thu-nghiem", "t" * 40, ("Z90.01",))
    with AxisServer([own, trial], [{"code": "Z90.01", "name": "Cơ quan thử nghiệm"}]) as server:
        transport = admin.create("vanban.transport", {
            "name": "Trục thử", "driver": "vxp", "url": server.url, "system_id": own.system, "timeout": 5})
        transport = transport[0] if isinstance(transport, list) else transport
        admin.call("vanban.transport", "action_set_secret", [transport], secret=own.secret)
        admin.call("vanban.transport", "action_check_connection", [transport])
        jobs = dict(zip(("directory", "fetch"), (
            root.search("ir.cron", [("cron_name", "like", text)])[0] for text in ("directories of the axes", "fetch from transports")), strict=True))
        root.call("ir.cron", "method_direct_trigger", [jobs["directory"]])
        stopped = threading.Event()

        def wake():
            session = snv.login("admin", "admin")
            while not stopped.wait(0.5):
                session.call("ir.cron", "method_direct_trigger", [jobs["fetch"]])

        thread = threading.Thread(target=wake, daemon=True)
        thread.start()
        try:
            yield server, trial, code
        finally:
            stopped.set()
            thread.join(30)
            admin.call("vanban.transport", "write", [transport], vals={"active": False})


def test_our_own_system(axis, tmp_path):
    server, trial, code = axis
    client = VxpClient(server.url, trial.system, trial.secret, timeout=10)
    examiner = Examiner(client, Organization("Z90.01", "Cơ quan thử nghiệm"), Organization(code, "Sở Nội vụ"), tmp_path, patience=20, pause=0.3)
    outcomes = run(examiner)
    report = as_text(outcomes, code)
    verdicts = {outcome.code: outcome.verdict for outcome in outcomes}
    assert FAILED not in verdicts.values(), report
    assert {verdicts[code] for code in ("C01", "C05", "C06", "C09", "C10")} == {PASSED}, report


@pytest.fixture(scope="module")
def hub(network):
    """The server of Sở Tài chính as hub; Sở Nội vụ and the suite are members, each with the ordinary interface of an axis."""
    for site in network.sites:
        if not site.server.running:
            site.start()
    snv, stc = network.snv, network.stc
    keeper, admin = stc.user("quantri"), snv.user("quantri")
    trial = keeper.create("res.partner", {"name": "Cơ quan thử nghiệm", "is_company": True, "vanban_code": "Z91.01"})
    url, secrets = f"{stc.server.base}/vanban/hub/v1", {}
    for system, partner in (("bo-kiem-tra", trial), ("so-noi-vu", stc.ids["partner"])):
        member = keeper.create("vanban.hub.member", {"partner_id": partner, "system_id": system})
        secrets[system] = keeper.call("vanban.hub.member", "action_new_secret", member)
    transport = admin.create("vanban.transport", {
        "name": "Trục của tỉnh", "driver": "vxp", "url": url, "system_id": "so-noi-vu", "timeout": 5, "retry_base": 1, "retry_cap": 4})
    admin.call("vanban.transport", "action_set_secret", transport, secret=secrets["so-noi-vu"])
    admin.call("vanban.transport", "action_check_connection", transport)
    stopped = threading.Event()

    def wake():
        """The scheduler fetches once a minute; the suite need not wait for that. The server may be away."""
        while not stopped.wait(0.5):
            with contextlib.suppress(requests.RequestException, ServerUnreachable, RpcError):
                session = snv.login("admin", "admin")
                directory, fetch = (session.search("ir.cron", [("cron_name", "like", text)])[0] for text in (
                    "directories of the axes", "fetch from transports"))
                session.call("ir.cron", "method_direct_trigger", [directory])
                while not stopped.wait(0.5):
                    session.call("ir.cron", "method_direct_trigger", [fetch])

    thread = threading.Thread(target=wake, daemon=True)
    thread.start()
    try:
        yield url, secrets["bo-kiem-tra"]
    finally:
        stopped.set()
        thread.join(30)
        snv.user("quantri").write("vanban.transport", transport, {"active": False})


def _command(hub, snv, folder, *options):
    """The suite as another vendor starts it."""
    url, secret = hub
    (folder / "khoa.txt").write_text(secret)
    code = snv.agency.code
    return [
        sys.executable, "-m", "conformance", "--driver", "vxp", "--url", url, "--system", "bo-kiem-tra", "--secret-file", str(folder / "khoa.txt"),
        "--own", "Z91.01=Cơ quan thử nghiệm", "--target", f"{code}=Sở Nội vụ", "--patience", "60", "--pause", "0.5",
        "--json", str(folder / "ket-qua.json"), *options]


def test_from_the_command_line_through_our_hub(hub, network, snv, stc, tmp_path):
    """Unique ids, right and wrong addressee, broken and hostile packets, doubles, altered content, each business type, statuses in disorder."""
    partner = waiting.until(
        lambda: snv.user("vanthu").search("res.partner", [("vanban_code", "in", ["Z91.01"])]), "danh bạ của trục")[0]
    document = letters.issue(network, snv, "gửi bộ kiểm tra liên thông", [{"partner_id": partner}])
    clerk = snv.user("vanthu")
    waiting.until(lambda: clerk.find("vanban.packet.out", [("document_id", "=", document), ("state", "=", "sent")], ["id"]), "gói tin lên trục")
    before = database.query(snv.db, "SELECT coalesce(max(id), 0) FROM vanban_packet_in")[0][0]
    done = subprocess.run(
        _command(hub, snv, tmp_path), cwd=ADDON, capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((tmp_path / "ket-qua.json").read_text("utf-8"))
    verdicts = {case["code"]: case["verdict"] for case in report["cases"]}
    assert report["passed"] and list(verdicts) == [f"C{number:02d}" for number in range(1, 14)]
    assert {verdicts[code] for code in ("C01", "C03", "C05", "C06", "C07", "C09", "C10")} == {PASSED}, done.stdout
    assert all(f"{code}  " in done.stdout for code in verdicts) and f"{PASSED}: " in done.stdout, done.stdout
    # each broken packet: an answer with its error to the sender, and a row of the hub's log
    refused = database.query(stc.db, "SELECT comment FROM vanban_log WHERE action = 'hub_accept' AND outcome = 'refused'")
    assert len(refused) >= 3, refused
    # a call with a forged key is refused and logged
    with pytest.raises(DeliveryError):
        VxpClient(hub[0], "bo-kiem-tra", "x" * 40, timeout=10).waiting("document")
    forged = database.query(stc.db, "SELECT comment FROM vanban_log WHERE action = 'hub_call' AND outcome = 'refused'")
    assert any("bo-kiem-tra" in comment for comment, in forged), forged
    # wrong addressee and altered content: kept with the reason, nothing taken over
    held = dict(database.query(
        snv.db, "SELECT reason_code, count(*) FROM vanban_packet_in WHERE id > %s AND state = 'quarantined' GROUP BY 1", before))
    assert {"ADDRESSEE", "IDENTIFIER_TAKEN"} <= set(held), held
    # no identifier became two documents
    twice = database.query(
        snv.db, "SELECT document_code FROM vanban_document WHERE direction = 'in' AND document_code LIKE 'Z91.01,%%' GROUP BY 1 HAVING count(*) > 1")
    assert twice == []
    # requests of each kind wait for the clerk
    asked = database.query(
        snv.db, "SELECT coalesce(status_code, business_type), count(*) FROM vanban_packet_in WHERE id > %s AND state = 'decision' GROUP BY 1", before)
    assert {kind for kind, _count in asked} == {"1", "2", "3", "13"}, asked
    # statuses in disorder and repeated: each logged once, the course is right
    [(state,)] = database.query(snv.db, "SELECT state FROM vanban_packet_out WHERE document_id = %s AND type = 'document'", document)
    logged = database.query(snv.db, "SELECT code FROM vanban_packet_status WHERE document_id = %s AND direction = 'in' ORDER BY date", document)
    assert (state, [code for code, in logged]) == ("processing", ["01", "03", "05"])


def test_peer_down_then_up(hub, snv, tmp_path):
    """The system under test is away while letters are sent to it; when it is back, each arrives once."""
    snv.stop()
    try:
        playing = subprocess.Popen(
            _command(hub, snv, tmp_path, "--only", "C01"), cwd=ADDON, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            stdin=subprocess.DEVNULL)
        time.sleep(4)
        assert playing.poll() is None, playing.stdout.read()
    finally:
        snv.start()
    text, _nothing = playing.communicate(timeout=180)
    assert playing.returncode == 0 and "[ĐẠT ] C01" in text, text
