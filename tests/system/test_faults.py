"""A few documents through every fault; ``tests/soak/test_interchange_faults.py`` is the same by the thousand."""

from fault_hub import HubFaultRun
from fault_run import FaultRun
from proves import proves


@proves("LT-18")
def test_each_fault_once(network, snv, stc):
    run = FaultRun(network, recipients=3, mark="Y")
    try:
        run.connect()
        run.lose_answers(2)
        run.issue()
        run.drop_network()
        run.issue()
        run.kill_sender()
        run.restart_receiver()
        # a server that comes back looks into its queue within a minute, a lost answer takes its 20 seconds, then the next minute
        run.wait(300)
        assert run.there.lost + run.back.lost
        run.check()
    finally:
        run.close()


@proves("LT-18")
def test_each_fault_once_with_a_hub_between(network, snv, stc):
    run = HubFaultRun(network, recipients=3, mark="X")
    try:
        run.connect()
        run.lose_answers(2)
        run.issue()
        run.drop_network()
        run.issue()
        run.kill_hub()
        run.kill_sender()
        run.restart_receiver()
        # each side asks the hub once a minute; a lost answer takes its 20 seconds, then the next minute
        run.wait(420)
        assert run.there.lost + run.back.lost
        run.check()
    finally:
        run.close()
