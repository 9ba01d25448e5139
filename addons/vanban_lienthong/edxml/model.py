"""What a packet says, as immutable values.

Times are naive datetimes in Vietnamese time (UTC+7): the format carries no zone.
Texts that are absent are empty strings; dates that are absent or unreadable are None.
"""
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from .errors import Remark
from .names import JAVA, NEW


@dataclass(frozen=True)
class Organization:
    """``in_charge`` is free text in the wild: sometimes a name, sometimes a code."""

    organ_id: str
    name: str = ""
    in_charge: str = ""
    address: str = ""
    email: str = ""
    telephone: str = ""
    fax: str = ""
    website: str = ""


@dataclass(frozen=True)
class Staff:
    department: str = ""
    staff: str = ""
    email: str = ""
    mobile: str = ""
    department_id: str = ""
    staff_id: str = ""


@dataclass(frozen=True)
class ResponseFor:
    """The document that is answered; ``code`` is the full number, e.g. ``267/VP-TTĐT``."""

    organ_id: str = ""
    code: str = ""
    document_id: str = ""
    promulgation_date: date | None = None


@dataclass(frozen=True)
class Trace:
    organ_id: str
    timestamp: datetime | None = None


@dataclass(frozen=True)
class Kind:
    """Document type. Only ``name`` can be trusted for matching."""

    name: str = ""
    type: int | None = 2
    detail: int | None = 0


@dataclass(frozen=True)
class Signer:
    full_name: str = ""
    position: str = ""
    competence: str = ""


@dataclass(frozen=True)
class OtherInfo:
    priority: int = 0
    sphere: str = ""
    typer_notation: str = ""
    promulgation_amount: int | None = None
    page_amount: int | None = None
    direction: bool = False
    appendixes: tuple[str, ...] = ()
    reply_fors: str = ""
    reference_codes: str = ""


@dataclass(frozen=True)
class Receiver:
    """Change of the list of receivers: ``receiver_type`` 0 removed, 1 added."""

    organ_id: str
    receiver_type: int = 1


@dataclass(frozen=True)
class Replacement:
    """The old document and the receivers for whom it is replaced (empty: all of them)."""

    document_id: str
    organ_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Business:
    doc_type: int = NEW
    reason: str = ""
    document_id: str = ""
    paper: bool | None = None
    staff: tuple[Staff, ...] = ()
    document_info: bool | None = None
    document_receiver: bool | None = None
    receivers: tuple[Receiver, ...] = ()
    replacements: tuple[Replacement, ...] = ()


@dataclass(frozen=True)
class Attachment:
    """One file. ``path`` is where its bytes lie on this machine, ``name`` is only a label.

    When reading, ``size`` and ``sha256`` belong to the bytes at ``path`` (after unwrapping),
    ``media_type`` is found by looking at the bytes and ``content_type`` is what was claimed.
    """

    name: str
    path: Path | None = None
    description: str = ""
    content_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    content_type: str = ""
    media_type: str = ""
    size: int = 0
    sha256: str = ""
    field_name: str = ""
    mime_type: str = ""


@dataclass(frozen=True)
class Element:
    """An XML element that the reader does not know, kept as it came."""

    path: str
    namespace: str
    name: str
    text: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    children: tuple["Element", ...] = ()


@dataclass(frozen=True)
class DocumentPacket:
    sender: Organization
    recipients: tuple[Organization, ...]
    document_id: str
    code_number: str = ""
    code_notation: str = ""
    place: str = ""
    promulgation_date: date | None = None
    kind: Kind = Kind()
    subject: str = ""
    content: str = ""
    signer: Signer = Signer()
    due_date: date | None = None
    other: OtherInfo = OtherInfo()
    responses: tuple[ResponseFor, ...] = ()
    steering_type: int | None = 0
    to_places: tuple[str, ...] = ()
    task_codes: tuple[str, ...] = ()
    application_type: str = ""
    traces: tuple[Trace, ...] = ()
    business: Business = Business()
    attachments: tuple[Attachment, ...] = ()
    # What the reader adds; the writer ignores it.
    dialect: str = JAVA
    signature: Element | None = None
    remarks: tuple[Remark, ...] = ()
    unknown: tuple[Element, ...] = ()

    @property
    def code(self):
        """Full number and notation, e.g. ``118/STC-VP``."""
        return "/".join(part for part in (self.code_number, self.code_notation) if part)

    @property
    def target_id(self):
        """Id of the document that a revoke or an update is about."""
        return self.business.document_id or self.document_id


@dataclass(frozen=True)
class StatusPacket:
    sender: Organization
    response_for: ResponseFor
    status_code: str
    description: str = ""
    timestamp: datetime | None = None
    staff: Staff | None = None
    dialect: str = JAVA
    remarks: tuple[Remark, ...] = ()
    unknown: tuple[Element, ...] = ()
    signature: Element | None = None
