"""Interchange packets (edXML, QCVN 102:2016/BTTTT): reading and writing as streams, no Odoo.

    packet = read_packet("incoming.edxml", workdir)     # DocumentPacket or StatusPacket
    problems = findings(packet)                          # what the regulation still asks for
    written = write_packet(packet, "outgoing.edxml")     # size and SHA-256

``python -m edxml show|check|pack|unpack`` does the same from a shell.
"""
from . import names, statuses
from .errors import HOLD, NOTE, Finding, PacketError, Remark
from .limits import Limits
from .model import (
    Attachment, Business, DocumentPacket, Element, Kind, Organization, OtherInfo, Receiver,
    Replacement, ResponseFor, Signer, Staff, StatusPacket, Trace,
)
from .plain import from_plain, to_plain
from .reader import read_packet
from .required import findings
from .schema import schema_problems
from .writer import Written, write_packet

__all__ = [
    "HOLD", "NOTE", "Attachment", "Business", "DocumentPacket", "Element", "Finding", "Kind", "Limits",
    "Organization", "OtherInfo", "PacketError", "Receiver", "Remark", "Replacement", "ResponseFor",
    "Signer", "Staff", "StatusPacket", "Trace", "Written", "findings", "from_plain", "names",
    "read_packet", "schema_problems", "statuses", "to_plain", "write_packet",
]
