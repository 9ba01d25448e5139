"""VGCA Sign Service: a program on the user's Windows machine that takes a PDF by URL and posts the signed file back.

One WebSocket per call to ``wss://127.0.0.1:8987/<Function>``: the page sends one frame, the tool answers one frame.
``frames`` builds what the page sends, ``received`` looks at the file that comes back, ``standin`` plays the tool in tests.
"""

ADDRESS = "wss://127.0.0.1:8987"


class FileRefused(ValueError):
    """The file that the tool returned is not accepted; the message is Vietnamese."""
