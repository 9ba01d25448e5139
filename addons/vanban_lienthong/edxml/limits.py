"""Bounds for packets that come from outside. All sizes in bytes."""
from dataclasses import dataclass

MB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    packet_size: int = 700 * MB
    attachment_size: int = 500 * MB
    attachments: int = 200
    depth: int = 32
    elements: int = 40_000
    header_text: int = 4 * MB
    markup: int = 1 * MB  # one tag, comment or processing instruction
    name_length: int = 200
    # A single ZIP entry may not grow to more than this multiple of its packed size.
    zip_ratio: int = 200
    zip_free: int = 10 * MB  # below this size the ratio is not looked at
