"""What goes into a package, neutral of any profile.

``metadata`` dictionaries use the neutral keys named as ``source`` in the profile files (``code``, ``title``,
``retention``, ``start_date`` …). Dates are :class:`datetime.date`, counts are ``int``, coded values are neutral words
(``permanent``, ``vi``, ``born``) that the profile turns into its codes.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True)
class PackageFile:
    """One file that enters unaltered.

    :param name: name shown to people; never used as a path
    :param open: returns a fresh binary stream, closed by the builder
    :param sha256: digest stored at receipt or signing; the build stops when the stream does not match it
    :param signs: another file of the same document: this one is the signature that lies beside it
    :param representation: 1 for the originals, 2 … for copies in another format beside them
    """

    name: str
    open: Callable[[], BinaryIO]
    mimetype: str = "application/octet-stream"
    sha256: str = ""
    representation: int = 1
    signs: "PackageFile | None" = None

    @classmethod
    def from_bytes(cls, name, content, **values):
        return cls(name, lambda: io.BytesIO(content), **values)

    @classmethod
    def from_path(cls, path, name="", **values):
        return cls(name or Path(path).name, lambda: open(path, "rb"), **values)


@dataclass(frozen=True)
class Event:
    """A PREMIS event; ``outcome`` is ``success`` or ``failure``."""

    type: str
    when: datetime
    outcome: str = "success"
    detail: str = ""
    agent: str = ""


@dataclass(frozen=True)
class Agent:
    """Organisation or person responsible; ``identifier`` is the agency code."""

    name: str
    identifier: str = ""
    type: str = "organization"


@dataclass(frozen=True)
class Support:
    """A file for ``documentation/`` (verification report, access log, minutes); ``name`` must be a plain ASCII name."""

    name: str
    content: bytes
    mimetype: str = "application/json"


@dataclass
class PackageDocument:
    """One item of the dossier with its main file first, then attachments. ``kind``: ``doc``, ``pic`` or ``media``."""

    metadata: dict
    files: list = field(default_factory=list)
    kind: str = "doc"
    events: list = field(default_factory=list)


@dataclass
class Package:
    """A whole dossier ready to be written.

    :param fonds: code of the fonds, part of the package identifier
    :param uuid: 36 characters; a new one is drawn when empty
    """

    fonds: str
    metadata: dict
    documents: list
    editor: Agent
    archivist: Agent
    type: str = "AIP"
    record_status: str = "NEW"
    uuid: str = ""
    created: datetime | None = None
    events: list = field(default_factory=list)
    documentation: list = field(default_factory=list)
    software_version: str = "19.0.1.0.0"
