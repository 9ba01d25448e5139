"""Documents to many agencies while the receiver restarts, the network drops, answers are lost and the sender is killed,
once with a direct connection and once with a hub between the two servers, which is killed, too.

``VANBAN_SOAK_DOCUMENTS`` (1,000) and ``VANBAN_SOAK_RECIPIENTS`` (38) set the size, ``VANBAN_SOAK_PAUSE`` the seconds between two faults
(5-20): a machine with two cores spends half of its time on starting servers again when they are killed that often.
"""

import os
import random
import sys
import threading
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "system")]

from fault_hub import HubFaultRun  # noqa: E402
from fault_run import FaultRun  # noqa: E402

DOCUMENTS = int(os.environ.get("VANBAN_SOAK_DOCUMENTS", "1000"))
RECIPIENTS = int(os.environ.get("VANBAN_SOAK_RECIPIENTS", "38"))
PAUSE = tuple(map(float, os.environ.get("VANBAN_SOAK_PAUSE", "5-20").split("-")))


@pytest.fixture
def network():
    from demo.network import Network

    net = Network(prefix="vbfault")
    try:
        net.build()
        yield net
    finally:
        net.close()


def _trouble(run, stopped, done, failures):
    """One fault after the other, in an order that is the same in each run."""
    generator = random.Random(38)
    faults = {
        "receiver restarted": run.restart_receiver, "sender killed": run.kill_sender, "network dropped": run.drop_network,
        "answers lost": lambda: run.lose_answers(5)}
    if isinstance(run, HubFaultRun):
        faults["hub killed"] = run.kill_hub
    try:
        while not stopped.wait(generator.uniform(*PAUSE)):
            name = generator.choice(sorted(faults))
            faults[name]()
            done[name] = done.get(name, 0) + 1
    except Exception as error:  # told by the test, not by a dying thread
        failures.append(error)


def _tell(run, began, done):
    """A line every 20 documents, for whoever watches the run (``-s``)."""
    if not (count := len(run.documents)) % 20:
        print(f"{time.monotonic() - began:6.0f} s  {count} documents, {dict(run.states())}, {done}", flush=True)


@pytest.mark.timeout(24 * 3600)
@pytest.mark.parametrize("kind", [FaultRun, HubFaultRun], ids=["direct", "hub"])
def test_exactly_once(network, kind):
    from demo.client import RpcError, ServerUnreachable

    run = kind(network, RECIPIENTS, mark="Z")
    stopped, done, failures = threading.Event(), {}, []
    trouble = threading.Thread(target=_trouble, args=(run, stopped, done, failures), daemon=True)
    try:
        run.connect()
        began = time.monotonic()
        trouble.start()
        while len(run.documents) < DOCUMENTS:
            try:
                run.issue()
            except (ServerUnreachable, RpcError):
                # The person at the sender's server sees the outage as well, and works on when it is over.
                time.sleep(3)
            assert not failures, failures
            _tell(run, began, done)
        # half of the trouble comes while the queue is full, the rest while it empties
        time.sleep(min(60, 2 * DOCUMENTS))
        stopped.set()
        trouble.join(180)
        assert not trouble.is_alive()
        assert not failures, failures
        run.wait(60 + DOCUMENTS * RECIPIENTS * 3)
        run.check()
        print(f"{DOCUMENTS} documents x {RECIPIENTS} recipients in {time.monotonic() - began:.0f} s: exactly once; "
              f"{done}, answers lost: {run.there.lost + run.back.lost}")
    finally:
        stopped.set()
        run.close()
