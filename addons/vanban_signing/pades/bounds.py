"""A limit of time for work on a hostile file, inside the process: whatever loops in Python ends."""

import ctypes
import threading

# Seconds until it is thrown once more: one that strikes in a destructor is lost.
_REPEAT = 0.1


class TimeLimit(BaseException):
    """The time is over. Not an Exception: the many ``except Exception`` of parsers must not swallow it."""


def within(seconds, work):
    """What ``work()`` returns, or TimeLimit when it takes longer than ``seconds``.

    Works in any thread. A single long call in C (a digest, a decompression with its own bound) is finished first. Once this has
    returned or raised, nothing more is thrown into the thread, however slowly the work came to its end.
    """
    running, watching = threading.Lock(), threading.Lock()
    watcher = threading.Thread(
        target=_watch, args=(running, watching, threading.get_ident(), seconds), daemon=True, name="pades-limit"
    )
    try:
        try:
            # taken and given back in C: nothing can be thrown between the end of the work and the note that it has ended
            with running:
                watching.acquire()
                watcher.start()
                return work()
        finally:
            _settle(watcher, watching)
    except TimeLimit:
        # it may have struck while the watcher was being waited for
        _settle(watcher, watching)
        raise


def _watch(running, watching, ident, seconds):
    try:
        # again until the work has ended: an exception inside a destructor is lost
        while not running.acquire(timeout=seconds):
            _throw(ident, ctypes.py_object(TimeLimit))
            seconds = _REPEAT
    finally:
        watching.release()


def _settle(watcher, watching):
    """Wait for the end of the watcher and take back what it has thrown but what has not struck yet."""
    while watcher.ident is not None:
        try:
            with watching:
                _throw(threading.get_ident(), None)
            return
        except TimeLimit:
            continue


def _throw(ident, what):
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), what)
