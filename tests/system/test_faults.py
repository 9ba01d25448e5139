"""A few documents through every fault; ``tests/soak/test_interchange_faults.py`` is the same by the thousand."""

import pytest

from fault_hub import HubFaultRun
from fault_run import FaultRun
from proves import proves


@proves("LT-18")
@pytest.mark.parametrize(("kind", "mark"), [(FaultRun, "Y"), (HubFaultRun, "X")], ids=["direct", "hub"])
def test_each_fault_once(network, snv, stc, kind, mark):
    run = kind(network, recipients=3, mark=mark)
    try:
        run.connect()
        run.lose_answers(2)
        run.issue()
        run.drop_network()
        run.issue()
        run.kill_senders()
        run.restart_receiver()
        # a lost answer takes its 20 seconds, then the next minute; with a hub on each of its two lines
        run.wait(300 if kind is FaultRun else 420)
        assert run.there.lost + run.back.lost
        run.check()
    finally:
        run.close()
