"""Waiting for what another process does: delivery, statuses, jobs."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class TooLate(Exception):
    """It did not happen in time."""


def until(look: Callable[[], T], what: str, timeout: float = 60, pause: float = 0.25) -> T:
    """Return the first true result of `look`.

    :raises TooLate: none within `timeout` seconds
    """
    deadline = time.monotonic() + timeout
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise TooLate(f"{what}: không có sau {timeout:.0f} giây (giá trị cuối: {found!r})")
        time.sleep(pause)
