"""Every byte that enters a package passes here once: written, hashed and noted in the same pass."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from .findings import PackageError
from .names import safe_href

CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Entry:
    """A written file: ``href`` relative to the package root (POSIX), ``id`` usable as XML ID."""

    href: str
    id: str
    mimetype: str
    size: int
    sha256: str
    original: str = ""

    def below(self, folder):
        """href relative to a folder of the package."""
        return self.href.removeprefix(folder)


class Ledger:
    """Writes below ``root`` and never outside of it."""

    def __init__(self, root):
        self.root = Path(root)
        self.bytes = 0
        self.count = 0

    def _target(self, href):
        if not safe_href(href):
            raise PackageError(f"Tên “{href}” không dùng được trong gói tin.")
        path = self.root / href
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def write(self, href, content, mimetype="text/xml"):
        with self._target(href).open("xb") as out:
            out.write(content)
        return self._note(href, mimetype, len(content), hashlib.sha256(content).hexdigest())

    def copy(self, href, source):
        """Copy a :class:`PackageFile`; refuses content that is not what was stored for it."""
        digest, size = hashlib.sha256(), 0
        with source.open() as stream, self._target(href).open("xb") as out:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
                out.write(chunk)
                size += len(chunk)
        if source.sha256 and digest.hexdigest() != source.sha256.lower():
            raise PackageError(
                f"Tệp “{source.name}” đã khác với bản được lưu (mã băm SHA-256 không khớp). "
                "Báo người quản trị kiểm tra kho tệp; chưa đóng gói được."
            )
        return self._note(href, source.mimetype, size, digest.hexdigest(), source.name)

    def _note(self, href, mimetype, size, sha256, original=""):
        self.count += 1
        self.bytes += size
        return Entry(href, f"ID-{self.count}", mimetype, size, sha256, original)
