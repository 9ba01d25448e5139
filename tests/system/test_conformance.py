"""The conformance suite against a real server of ours, through an axis."""
import sys
import threading
from pathlib import Path

import pytest

ADDON = Path(__file__).resolve().parents[2] / "addons" / "vanban_lienthong"
sys.path.insert(0, str(ADDON))

from conformance import Examiner, as_text, run  # noqa: E402 - the suite stands beside Odoo, as another vendor would have it
from conformance.cases import FAILED, PASSED  # noqa: E402
from edxml import Organization  # noqa: E402
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
