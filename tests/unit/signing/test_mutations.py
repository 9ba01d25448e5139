"""The small edition of the endurance run: damaged files are never valid, never an exception, and quickly judged."""

import time

import pytest

from mutate import mutated
from pades.verify import verify
from signing_sample import issued, trust

SECONDS = 20


def same_value(one, other):
    """Whether every covered byte is the same: the last container is covered by nothing but its own signature.

    In it spare certificates may change without any effect, and capital or small hexadecimal digits are the same value.
    """
    start = other.rindex(b"/Contents <") + len(b"/Contents <")
    end = other.index(b">", start)
    return len(one) == len(other) and (one[:start] + one[end:]).lower() == (other[:start] + other[end:]).lower()


def judge_all(raw, store, seeds):
    """Seeds whose damaged file came out valid, and the slowest time."""
    green, slowest = [], 0.0
    for seed in seeds:
        bad = mutated(raw, seed)
        started = time.monotonic()
        report = verify(bad, store, seconds=SECONDS)
        slowest = max(slowest, time.monotonic() - started)
        assert report.reason
        if report.overall == "valid" and not same_value(bad, raw):
            green.append(seed)
    return green, slowest


@pytest.mark.parametrize("block", range(4))
def test_damaged_files(block):
    green, slowest = judge_all(issued(), trust(), range(block * 100, block * 100 + 100))
    assert not green and slowest < SECONDS + 10
