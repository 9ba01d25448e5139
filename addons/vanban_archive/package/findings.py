"""What the checker says, in words a clerk understands."""

from dataclasses import asdict, dataclass, field


class PackageError(ValueError):
    """A package cannot be built or opened; the text is Vietnamese and says what to do."""


@dataclass(frozen=True)
class Finding:
    """One defect: stable ``code``, ``path`` inside the package, Vietnamese ``message``."""

    code: str
    path: str
    message: str

    def __str__(self):
        return f"[{self.code}] {self.path}: {self.message}" if self.path else f"[{self.code}] {self.message}"


@dataclass
class Report:
    """Outcome of one check. ``ok`` only when nothing was found."""

    objid: str = ""
    package_type: str = ""
    profile: str = ""
    mets_sha256: str = ""
    files: int = 0
    bytes: int = 0
    documents: int = 0
    findings: list = field(default_factory=list)

    @property
    def ok(self):
        return not self.findings

    def add(self, code, path, message):
        self.findings.append(Finding(code, str(path), message))

    def as_dict(self):
        return {**asdict(self), "ok": self.ok}
