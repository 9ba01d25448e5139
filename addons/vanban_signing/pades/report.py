"""The verification report: three groups per signature, one verdict, every reason in words a clerk understands."""

from dataclasses import asdict, dataclass
from dataclasses import field as spec

VALID, INVALID, UNKNOWN = "valid", "invalid", "unknown"
WORDS = {VALID: "Hợp lệ", INVALID: "Không hợp lệ", UNKNOWN: "Chưa xác định"}
GROUPS = {"signature": "Thông tin chữ ký", "authentication": "Chi tiết xác thực", "timestamp": "Dấu thời gian"}
KINDS = {"personal": "Cá nhân", "agency": "Cơ quan, tổ chức", "timestamp": "Dấu thời gian văn bản", "other": "Chưa rõ"}
SOFTWARE = "Văn bản 19.0.1.0.0"


@dataclass
class Group:
    """State of one group and the reason in Vietnamese."""

    state: str = UNKNOWN
    reason: str = ""

    def invalid(self, reason):
        self.state = INVALID
        self.reason = reason if self.reason in ("", reason) or not self._was_bad else f"{self.reason} {reason}"
        self._was_bad = True

    _was_bad: bool = spec(default=False, repr=False)


@dataclass
class SignatureReport:
    """One signature. Times are ISO 8601 in UTC+7; ``changed_fields`` were filled after signing, within what is allowed or not."""

    index: int
    field: str = ""
    kind: str = "other"
    format: str = ""
    algorithm: str = ""
    covers_revision: bool = False
    covers_file: bool = False
    later_changes: str = ""
    changed_fields: list = spec(default_factory=list)
    signer: dict = spec(default_factory=dict)
    claimed_time: str = ""
    time_used: str = ""
    timestamp: dict = spec(default_factory=dict)
    certificate: dict = spec(default_factory=dict)
    groups: dict = spec(default_factory=lambda: {name: Group() for name in GROUPS})
    evidence: dict = spec(default_factory=dict)
    overall: str = UNKNOWN
    reason: str = ""

    def conclude(self):
        """Invalid when any group is (BHXH Đ6); valid when integrity and authentication are; a missing timestamp is only said."""
        states = {name: group.state for name, group in self.groups.items()}
        bad = [group for group in self.groups.values() if group.state == INVALID]
        if bad:
            self.overall, self.reason = INVALID, " ".join(group.reason for group in bad)
        elif states["signature"] == states["authentication"] == VALID and (
            states["timestamp"] == VALID or not self.timestamp.get("present")
        ):
            self.overall = VALID
            self.reason = (
                "Chữ ký hợp lệ."
                if states["timestamp"] == VALID
                else "Chữ ký hợp lệ. Không có dấu thời gian: thời điểm ký là giờ máy của người ký."
            )
        else:
            self.overall = UNKNOWN
            self.reason = " ".join(
                group.reason for group in self.groups.values() if group.state == UNKNOWN and group.reason
            )


@dataclass
class Report:
    """Verdict on a file."""

    file_name: str = ""
    sha256: str = ""
    size: int = 0
    verified_at: str = ""
    verified_by: str = ""
    software: str = SOFTWARE
    readable: bool = True
    overall: str = UNKNOWN
    reason: str = ""
    signatures: list = spec(default_factory=list)

    @property
    def overall_text(self):
        return WORDS[self.overall]

    def conclude(self):
        if not self.signatures:
            return self
        for state in (INVALID, UNKNOWN, VALID):
            of_state = [one for one in self.signatures if one.overall == state]
            if of_state:
                break
        self.overall = state
        if state == VALID:
            self.reason = f"Văn bản toàn vẹn, {len(self.signatures)} chữ ký số hợp lệ."
        else:
            self.reason = " ".join(
                f"Chữ ký {one.index} ({one.signer.get('cn') or one.field or 'không rõ'}): {one.reason}"
                for one in of_state
            )
        return self

    def to_dict(self):
        """JSON-able dict with the Vietnamese words beside each state."""
        data = asdict(self)
        data["overall_text"] = self.overall_text
        for one in data["signatures"]:
            one["overall_text"], one["kind_text"] = WORDS[one["overall"]], KINDS[one["kind"]]
            for name, group in one["groups"].items():
                group.pop("_was_bad")
                group.update(title=GROUPS[name], text=WORDS[group["state"]])
        return data

    def lines(self):
        """The report as lines of text for a terminal."""
        yield f"{self.file_name}: {self.overall_text.upper()} – {self.reason}"
        for one in self.signatures:
            yield f"  Chữ ký {one.index} [{KINDS[one.kind]}] {one.signer.get('cn', '')} – {WORDS[one.overall]}"
            for name, group in one.groups.items():
                yield f"    {GROUPS[name]}: {WORDS[group.state]}. {group.reason}"
