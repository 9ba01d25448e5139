"""A limit of time for work on a hostile file, inside the process: whatever loops in Python ends."""

import contextlib
import ctypes
import threading

_REPEAT = 1.0


class TimeLimit(BaseException):
    """The time is over. Not an Exception: the many ``except Exception`` of parsers must not swallow it."""


@contextlib.contextmanager
def limited(seconds):
    """Raise TimeLimit in the block when it takes longer than ``seconds``.

    Works in any thread. A single long call in C (a digest, a decompression with its own bound) is finished first.
    """
    thread, lock, over = ctypes.c_ulong(threading.get_ident()), threading.Lock(), threading.Event()

    def watch():
        wait = seconds
        while not over.wait(wait):
            with lock:
                if not over.is_set():
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(TimeLimit))
            # again until it arrives: an exception inside a destructor is lost
            wait = _REPEAT

    threading.Thread(target=watch, daemon=True, name="pades-limit").start()
    try:
        yield
    finally:
        while not over.is_set():
            try:
                with lock:
                    over.set()
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, None)
            except TimeLimit:
                continue
