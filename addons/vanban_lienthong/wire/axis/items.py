"""What an axis tells of packets and agencies, read without trust in its spelling."""
import re
from dataclasses import dataclass

# A name of ours for the two kinds of packets: the axis says edoc and status.
KINDS = {"document": "edoc", "status": "status"}
_DOC_ID = re.compile(r"[0-9A-Za-z._:-]{1,100}")


@dataclass(frozen=True)
class Item:
    """One packet waiting on the axis: ``doc_id`` given by the axis, codes of both agencies, ``document`` or ``status``."""

    doc_id: str
    sender: str
    recipient: str
    kind: str


@dataclass(frozen=True)
class Sent:
    """Where a packet of ours is for one recipient: ``state`` ``waiting``, ``fetched`` or ``failed``, and the axis' own words."""

    recipient: str
    state: str
    words: str = ""


@dataclass(frozen=True)
class Agency:
    """One line of the directory: the code in force, the code by QCVN 102 when it differs, the parent's code."""

    code: str
    name: str
    old_code: str = ""
    parent: str = ""
    email: str = ""
    deleted: bool = False


@dataclass(frozen=True)
class Changes:
    """What changed in the directory: its lines, and the version of the directory that holds them."""

    agencies: list
    version: str


@dataclass(frozen=True)
class Registration:
    """An agency as it is entered at an axis: its code and that of the agency above it, name, addresses."""

    code: str
    name: str
    parent: str = ""
    email: str = ""
    mobile: str = ""
    fax: str = ""

    def row(self):
        """As the interface names them (registerAgency)."""
        return {"id": self.code, "pcode": self.parent, "code": self.code, "name": self.name, "mail": self.email,
                "mobile": self.mobile, "fax": self.fax}


def _rows(rows):
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _text(row, *names):
    for name in names:
        value = row.get(name)
        if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return ""


def items(rows, kind):
    """Items of a list as the axis sent it; rows without a usable id are left out."""
    found = []
    for row in _rows(rows):
        doc_id = _text(row, "docId", "docid", "id")
        if _DOC_ID.fullmatch(doc_id):
            found.append(Item(doc_id, _text(row, "from", "fromCode")[:60], _text(row, "to", "toCode")[:60], kind))
    return found


_FETCHED, _FAILED = frozenset({"done"}), frozenset({"fail", "failed", "error", "dead", "expired"})


def sent(rows):
    """Recipients of one packet of ours as the axis tells of them (getSentEdocList)."""
    found = []
    for row in _rows(rows):
        code, told = _text(row, "toCode", "to")[:60].upper(), _text(row, "receiveStatus", "status").lower()
        handed = _text(row, "sendStatus").lower()
        state = "failed" if {told, handed} & _FAILED else "fetched" if told in _FETCHED else "waiting"
        if code:
            found.append(Sent(code, state, " ".join(filter(None, (
                _text(row, "receiveStatusDesc", "sendStatusDesc", "status_desc")[:300], f"({told or handed or '–'})")))))
    return found


def agencies(rows):
    """Lines of a directory as the axis sent it; lines without code or name are left out.

    ``code102`` is the code by QCVN 102 when ``code`` is the one by QĐ 20/2020 (getAgenciesListQD20).
    """
    found = []
    for row in _rows(rows):
        code, name = _text(row, "code")[:35], _text(row, "name")[:200]
        if code and name:
            found.append(Agency(
                code, name, _text(row, "code102", "oldCode")[:35], _text(row, "pcode", "centerCode")[:35],
                _text(row, "mail")[:100], str(row.get("deleted", "")).lower() in ("true", "1")))
    return found


def registration(row):
    """The :class:`Registration` of a row as it came, None when it names no agency."""
    if not isinstance(row, dict):
        return None
    code, name = _text(row, "code")[:35], _text(row, "name")[:200]
    if not code or not name:
        return None
    return Registration(code, name, _text(row, "pcode")[:35], _text(row, "mail")[:100], _text(row, "mobile")[:50], _text(row, "fax")[:50])


def changes(answer, since=None):
    """The :class:`Changes` of an answer after the version ``since``; without a version for all of it, the highest of its lines counts
    (getSynchronizeUnit)."""
    rows = _rows(answer.get("data"))
    # units inside an agency have no queue of their own
    listed = [row for row in rows if str(row.get("isAgency", "true")).lower() in ("true", "1") and not _is_old(row, since)]
    versions = [text for row in rows if (text := _text(row, "version")).isdecimal()]
    version = _text(answer, "version") or max(versions, key=int, default="")
    return Changes(agencies(listed), version[:60])


def _is_old(row, since):
    version = _text(row, "version")
    return bool(since) and version.isdecimal() and since.isdecimal() and int(version) <= int(since)
