"""What a relay adds to a packet that passes: its own trace header, and nothing else (QCVN 102, TraceHeaderList)."""
import hashlib
import os
import re
from xml.sax.saxutils import escape

from .writer import Written

_CHUNK = 256 * 1024
# The header stands before the files; a list further behind is not looked for.
_LOOK_AHEAD = 4 * 1024 * 1024
# A signature may stand behind the files, too.
_LOOK_BACK = 512 * 1024
_LIST_END = re.compile(rb"</(?:[\w.-]+:)?TraceHeaderList\s*>")
_SIGNED = re.compile(rb"<(?:[\w.-]+:)?SignedInfo[\s/>]")
_TRACE_END = re.compile(rb"</([\w.-]+:)?TraceHeader\s*>")


def add_trace(source, target, organ_id, moment):
    """Copy the packet ``source`` to ``target`` with one more trace header; every other byte stays.

    :param organ_id: code of the relay     :param datetime moment: Vietnamese time of the relaying
    :returns: :class:`Written`; a packet without a list of traces (a status) is copied as it is, and so is one that its
        sender has signed: its signature covers the traces as well
    """
    with open(source, "rb") as stream:
        head = stream.read(_LOOK_AHEAD)
        place, prefix = (None, "") if _is_signed(stream, head) else _place(head)
        trace = b""
        if place is not None:
            trace = (f"<{prefix}TraceHeader><{prefix}OrganId>{escape(organ_id)}</{prefix}OrganId>"
                     f"<{prefix}Timestamp>{moment:%Y/%m/%d %H:%M:%S}</{prefix}Timestamp></{prefix}TraceHeader>").encode()
            head = head[:place] + trace + head[place:]
        digest, size = hashlib.sha256(), 0
        with open(target, "wb") as output:
            while head:
                digest.update(head)
                size += len(head)
                output.write(head)
                head = stream.read(_CHUNK)
    return Written(size, digest.hexdigest())


def _is_signed(stream, head):
    """Whether the packet carries an XML signature, before its files (in ``head``) or behind them; ``stream`` stays where it is."""
    if _SIGNED.search(head):
        return True
    stream.seek(max(len(head), stream.seek(0, os.SEEK_END) - _LOOK_BACK))
    tail = stream.read()
    stream.seek(len(head))
    return bool(_SIGNED.search(tail))


def _place(head):
    end = _LIST_END.search(head)
    if not end:
        return None, ""
    last = None
    for match in _TRACE_END.finditer(head, 0, end.start()):
        last = match
    # Without a trace of the sender there is nothing whose spelling one could follow.
    return (last.end(), (last[1] or b"").decode()) if last else (None, "")
