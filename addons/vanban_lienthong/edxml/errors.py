"""Errors and remarks. Every text is Vietnamese: a clerk reads it."""
from dataclasses import dataclass

NOTE = "note"
HOLD = "hold"


class PacketError(Exception):
    """A packet that cannot be read or written.

    :ivar code: stable machine name, e.g. ``DTD`` or ``BASE64_TRUNCATED``
    :ivar message_vi: what is wrong and what to do, in Vietnamese
    """

    def __init__(self, code, message_vi):
        super().__init__(message_vi)
        self.code = code
        self.message_vi = message_vi

    def __reduce__(self):
        return type(self), (self.code, self.message_vi)


@dataclass(frozen=True)
class Remark:
    """A defect of a packet that could still be read.

    ``severity`` is ``note`` (read, tell the clerk) or ``hold`` (readable, but nobody should
    take it over before a person has looked at it).
    """

    code: str
    message: str
    severity: str = NOTE
    path: str = ""


@dataclass(frozen=True)
class Finding:
    """Required data that is missing or does not fit. ``code``: MISSING, TOO_LONG or VALUE."""

    code: str
    path: str
    message: str
