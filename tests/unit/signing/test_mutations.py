"""The small edition of the endurance run: damaged files are never valid, never an exception, and quickly judged."""

import time

import pytest

from mutate import mutated
from pades.verify import verify
from signing_sample import issued, trust

SECONDS = 20
#: Processor time of one file, which a loaded machine does not stretch.
PROCESSOR = 5.0


def same_value(one, other):
    """Whether every covered byte is the same: the last container is covered by nothing but its own signature.

    In it spare certificates may change without any effect, and capital or small hexadecimal digits are the same value.
    """
    start = other.rindex(b"/Contents <") + len(b"/Contents <")
    end = other.index(b">", start)
    return len(one) == len(other) and (one[:start] + one[end:]).lower() == (other[:start] + other[end:]).lower()


def judge_all(raw, store, seeds):
    """Seeds whose damaged file came out valid, and (processor time, seed) of the slowest file."""
    green, slowest = [], (0.0, None)
    for seed in seeds:
        bad = mutated(raw, seed)
        started = time.thread_time()
        report = verify(bad, store, seconds=SECONDS)
        took = time.thread_time() - started
        if took > PROCESSOR / 5:
            print(f"seed {seed}: {took:.1f} s of processor time, {report.overall}: {report.reason}", flush=True)
        slowest = max(slowest, (took, seed))
        assert report.reason
        if report.overall == "valid" and not same_value(bad, raw):
            green.append(seed)
    return green, slowest


@pytest.mark.parametrize("block", range(4))
def test_damaged_files(block):
    green, slowest = judge_all(issued(), trust(), range(block * 100, block * 100 + 100))
    assert not green and slowest[0] < PROCESSOR
