"""The bound of time strikes inside the work and never after it, however slowly the work ends."""

import threading
import time

import pytest

from pades import bounds
from pades.bounds import TimeLimit, within


class Slow:
    """Something whose end takes longer than the time to the next throw, and swallows what is thrown meanwhile."""

    def __del__(self):
        until = time.monotonic() + 0.003
        while time.monotonic() < until:
            pass


def work_without_end():
    kept = [Slow() for _one in range(3)]
    while True:
        kept[0].turn = time.monotonic()


def test_the_result_comes_back():
    assert within(60, lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        within(60, lambda: 1 / 0)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_nothing_is_thrown_after_the_work(monkeypatch):
    """The next throw is always close, as on a machine that is very busy; what follows the work must not be hit."""
    monkeypatch.setattr(bounds, "_REPEAT", 0.0005)
    for turn in range(300):
        with pytest.raises(TimeLimit):
            within(0.0005 * (turn % 5), work_without_end)
        until = time.monotonic() + 0.004
        while time.monotonic() < until:
            pass
    assert "pades-limit" not in {thread.name for thread in threading.enumerate()}


def test_work_that_ends_at_the_very_moment(monkeypatch):
    monkeypatch.setattr(bounds, "_REPEAT", 0.0005)
    ended = 0
    for _turn in range(500):
        until = time.monotonic() + 0.002

        def work(until=until):
            while time.monotonic() < until:
                pass
            return True

        try:
            ended += within(0.002, work)
        except TimeLimit:
            pass
        sum(range(2000))
    assert "pades-limit" not in {thread.name for thread in threading.enumerate()}


def test_in_any_thread():
    caught = []

    def run():
        try:
            within(0.01, work_without_end)
        except TimeLimit:
            caught.append(threading.current_thread().name)

    thread = threading.Thread(target=run, name="other")
    thread.start()
    thread.join(30)
    assert caught == ["other"]
