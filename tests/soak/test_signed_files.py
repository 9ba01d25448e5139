"""Tens of thousands of damaged signed files. ``VANBAN_SOAK_FILES`` sets how many of each kind (10,000)."""

import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1] / "unit" / "signing")]

from foreign import document  # noqa: E402
from signing_sample import issued, signed, trust  # noqa: E402
from test_mutations import PROCESSOR, judge_all  # noqa: E402

FILES = int(os.environ.get("VANBAN_SOAK_FILES", "10000"))


def archived():
    from demo_pki.services import Services
    from pades.longterm import renew
    from pades.timestamp import http_timestamper
    from signing_sample import authority

    with Services(authority()) as services:
        return renew(issued(), trust(), http_timestamper(services.url("tsa")))


@pytest.mark.timeout(24 * 3600)
@pytest.mark.parametrize("make", [issued, signed, document, archived], ids=lambda make: make.__name__)
def test_no_damaged_file_is_valid(make):
    green, slowest = judge_all(make(), trust(), range(FILES))
    print(f"{make.__name__}: {FILES} files, slowest {slowest[0]:.1f} s of processor time (seed {slowest[1]})")
    assert not green and slowest[0] < PROCESSOR
