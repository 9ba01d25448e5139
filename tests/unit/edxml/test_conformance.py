"""The conformance suite tells a good system from bad ones; both speak to it through a real axis."""
import json
import threading
from datetime import datetime

import pytest

from conformance import CASES, Examiner, as_json, as_text, run
from conformance.__main__ import main
from conformance.cases import FAILED, LOOK, PASSED
from edxml import Organization, PacketError, ResponseFor, StatusPacket, names, read_packet, write_packet
from wire.axis import VxpClient
from wire.axis.standin import Account, AxisServer

TRIAL, SYSTEM = Account("thu-nghiem", "t" * 40, ("H90.01",)), Account("he-thong", "h" * 40, ("H90.02",))
OWN, TARGET = Organization("H90.01", "Cơ quan thử nghiệm"), Organization("H90.02", "Cơ quan được kiểm tra")


class System(threading.Thread):
    """A receiving system in little: reports 01 for every letter, with the faults it is told to have."""

    def __init__(self, url, folder, faults=()):
        super().__init__(daemon=True)
        self.client = VxpClient(url, SYSTEM.system, SYSTEM.secret, timeout=5)
        self.folder, self.faults = folder, faults
        self.known, self.stopped = set(), threading.Event()

    def run(self):
        while not self.stopped.wait(0.02):
            for item in self.client.waiting("document"):
                self.client.download(item, self.folder / "in", 10_000_000)
                self.client.acknowledge(item)
                try:
                    packet = read_packet(self.folder / "in", None)
                except PacketError:
                    if "dies" in self.faults:
                        return
                    continue
                wrong = all(organization.organ_id != "H90.02" for organization in packet.recipients)
                if wrong and "any addressee" not in self.faults:
                    self.report(packet, names.REJECTED)
                elif packet.document_id not in self.known or "doubles" in self.faults:
                    self.known.add(packet.document_id)
                    self.report(packet, names.ARRIVED)

    def report(self, packet, code):
        status = StatusPacket(TARGET, ResponseFor("H90.01", packet.code, packet.document_id, packet.promulgation_date), code,
                              "Lý do" if code == names.REJECTED else "", datetime(2026, 3, 9, 8, 0))
        write_packet(status, self.folder / "out")
        self.client.send(self.folder / "out", "H90.02", ["H90.01"], "status")


@pytest.fixture
def axis():
    with AxisServer([TRIAL, SYSTEM]) as server:
        yield server


def _play(axis, tmp_path, *faults, only=(), patience=1.5, pause=0.05):
    for name in ("system", "tester"):
        (tmp_path / name).mkdir(exist_ok=True)
    system = System(axis.url, tmp_path / "system", faults)
    system.start()
    try:
        client = VxpClient(axis.url, TRIAL.system, TRIAL.secret, timeout=5)
        outcomes = run(Examiner(client, OWN, TARGET, tmp_path / "tester", patience=patience, pause=pause), only)
    finally:
        system.stopped.set()
        system.join(10)
    return {outcome.code: outcome for outcome in outcomes}


def test_good_system(axis, tmp_path):
    found = _play(axis, tmp_path)
    assert list(found) == [case.code for case in CASES]
    assert {code for code, outcome in found.items() if outcome.verdict == FAILED} == set()
    assert {found[code].verdict for code in ("C01", "C02", "C05", "C06", "C09", "C10")} == {PASSED}
    assert found["C03"].verdict == LOOK  # what lies in a log is for a person to see
    outcomes = list(found.values())
    assert "[ĐẠT ] C01" in as_text(outcomes, "x")
    report = json.loads(as_json(outcomes, "x"))
    assert report["passed"] and len(report["cases"]) == len(CASES)


@pytest.mark.parametrize(("fault", "case"), [("doubles", "C05"), ("doubles", "C06"), ("any addressee", "C02"), ("dies", "C03")])
def test_faults_are_found(axis, tmp_path, fault, case):
    # a second answer is awaited for five pauses: enough for a busy machine
    assert _play(axis, tmp_path, fault, only=(case,), patience=3, pause=0.4)[case].verdict == FAILED


def test_system_that_does_not_answer(axis, tmp_path):
    client = VxpClient(axis.url, TRIAL.system, TRIAL.secret, timeout=5)
    outcomes = run(Examiner(client, OWN, TARGET, tmp_path, patience=0.2, pause=0.05), ("C01",))
    assert outcomes[0].verdict == FAILED and "Không có trạng thái 01" in outcomes[0].seen


def test_axis_down(axis, tmp_path):
    axis.axis.faults.down = True
    client = VxpClient(axis.url, TRIAL.system, TRIAL.secret, timeout=1)
    outcomes = run(Examiner(client, OWN, TARGET, tmp_path, patience=0.2, pause=0.05))
    assert {outcome.verdict for outcome in outcomes} == {FAILED}


def test_command_line(axis, tmp_path, capsys):
    secret = tmp_path / "khoa.txt"
    secret.write_text(TRIAL.secret)
    report = tmp_path / "ket-qua.json"
    status = main([
        "--url", axis.url, "--system", TRIAL.system, "--secret-file", str(secret), "--own", "H90.01=Cơ quan thử nghiệm",
        "--target", "H90.02", "--patience", "0.2", "--pause", "0.05", "--only", "C01", "--json", str(report)])
    assert status == 1
    assert "[HỎNG] C01" in capsys.readouterr().out
    assert json.loads(report.read_text("utf-8"))["passed"] is False
