"""One lock for PDFium in this process: the library is not thread-safe, and a threaded server would crash.

It hangs on the pypdfium2 module itself, so that packages which may not import each other share it.
"""

import threading

import pypdfium2

LOCK = pypdfium2.__dict__.setdefault("vanban_lock", threading.RLock())
