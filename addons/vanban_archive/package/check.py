"""Check a package: everything listed, nothing else there, every digest right, every link resolving."""

import hashlib
import os
import stat
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from .beside import ENDING, MAX_SIGNATURE
from .carry import unpack_package
from .content import check_content
from .findings import PackageError, Report
from .ledger import CHUNK
from .mets import SELF_DIGEST, own_digest
from .metsread import MetsView
from .profile import load_profile
from .xmlio import MAX_XML_BYTES, parse

WORKERS = min(4, os.cpu_count() or 1)


@dataclass
class Found:
    """A file really there: digest and size, and its bytes when it is XML of the package itself."""

    size: int
    sha256: str
    content: bytes | None


def check_package(path, *, mets_sha256=""):
    """Check a folder or a ZIP; never raises for a bad package, every defect is a finding of the :class:`Report`.

    :param mets_sha256: digest of METS.xml kept outside (database, minutes); given, a forged but consistent package is
        found as well
    """
    path, report = Path(path), Report()
    if path.is_dir() and not path.is_symlink():
        _Checker(path, report, mets_sha256).run()
    elif path.is_file():
        with tempfile.TemporaryDirectory(prefix="vanban-package-") as folder:
            try:
                unpacked = unpack_package(path, folder)
            except PackageError as error:
                report.add("zip", path.name, str(error))
            else:
                _Checker(unpacked, report, mets_sha256).run()
    else:
        report.add("missing", path.name, "Không tìm thấy gói tin.")
    return report


class _Checker:
    def __init__(self, root, report, mets_sha256):
        self.root, self.report, self.expected = root, report, mets_sha256.lower()
        self.found, self.listed, self.views = {}, {}, {}

    def run(self):
        self._walk()
        top = self._mets("METS.xml", "")
        if top is None:
            return
        self._head(top)
        profile = self._profile(top)
        self._take(top)
        for href in top.pointers():
            self._representation(href)
        if not top.pointers():
            self.report.add("structure", "METS.xml", "Không có bản thể hiện nào (Representations).")
        self._complete()
        if profile:
            check_content(profile, self.views, self.found, self.report, self.root)

    # what is there -----------------------------------------------------------------------------------------------

    def _walk(self):
        hrefs = []
        for folder, directories, files in os.walk(self.root, followlinks=False):
            base = Path(folder).relative_to(self.root)
            for name in [*directories, *files]:
                href = (base / name).as_posix()
                mode = (Path(folder) / name).lstat().st_mode
                if stat.S_ISREG(mode):
                    hrefs.append(href)
                elif not stat.S_ISDIR(mode):
                    self.report.add("link", href, "Không phải tệp thường (liên kết, thiết bị); không được phép.")
            if not directories and not files and base.parts:
                self.report.add("extra", base.as_posix(), "Thư mục rỗng không thuộc gói tin.")
        with ThreadPoolExecutor(WORKERS) as pool:
            for href, found in zip(hrefs, pool.map(self._digest, hrefs), strict=True):
                if isinstance(found, OSError):
                    self.report.add("unreadable", href, f"Không đọc được tệp: {found.strerror}.")
                else:
                    self.found[href] = found
        self.report.files = len(self.found)
        self.report.bytes = sum(found.size for found in self.found.values())

    def _digest(self, href):
        own = not href.startswith("documentation/") and ("/data/" not in href or href.endswith(ENDING))
        most = MAX_SIGNATURE if "/data/" in href else MAX_XML_BYTES
        digest, size, parts = hashlib.sha256(), 0, []
        try:
            # large reads make buffering useless
            with (self.root / href).open("rb", buffering=0) as stream:
                while chunk := stream.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    if own and size <= most:
                        parts.append(chunk)
        except OSError as error:
            return error
        return Found(size, digest.hexdigest(), b"".join(parts) if own and size <= most else None)

    # what is listed ----------------------------------------------------------------------------------------------

    def _mets(self, href, folder):
        found = self.found.get(href)
        if found is None:
            self.report.add("missing", href, "Thiếu tệp METS.")
            return None
        if found.content is None:
            self.report.add("size", href, "Tệp METS quá lớn, không đọc.")
            return None
        try:
            view = MetsView(parse(found.content), folder)
        except PackageError as error:
            self.report.add("xml", href, str(error))
            return None
        for code, message in view.defects():
            self.report.add(code, href, message)
        digests = SELF_DIGEST.findall(found.content)
        if len(digests) != 1 or digests[0][1].decode() != own_digest(found.content):
            self.report.add("digest", href, "Tệp METS đã bị sửa: mã băm ghi trong tệp không khớp nội dung.")
        self.views[href] = view
        return view

    def _head(self, top):
        sha256 = self.found["METS.xml"].sha256
        self.report.objid, self.report.package_type, self.report.mets_sha256 = top.objid, top.package_type, sha256
        if self.expected and sha256 != self.expected:
            self.report.add("digest", "METS.xml", "Mã băm của METS.xml khác với mã đã lưu khi đóng gói.")
        if self.root.name != top.objid.replace(":", "_"):
            self.report.add("name", self.root.name, f"Tên thư mục phải là mã gói tin {top.objid.replace(':', '_')}.")

    def _profile(self, top):
        self.report.profile = top.profile_id
        try:
            profile = load_profile(top.profile_id)
        except PackageError as error:
            self.report.add("profile", "METS.xml", str(error))
            return None
        for message in top.against(profile):
            self.report.add("structure", "METS.xml", message)
        return profile

    def _representation(self, href):
        if not href.startswith("representations/") or not href.endswith("/METS.xml") or href.count("/") != 2:
            self.report.add("structure", "METS.xml", f"Bản thể hiện “{href}” phải nằm ở representations/<tên>/METS.xml.")
            return
        view = self._mets(href, href.removesuffix("METS.xml"))
        if view is not None:
            self._take(view)
            if view.pointers():
                self.report.add("structure", href, "Bản thể hiện không được chứa bản thể hiện khác.")

    def _take(self, view):
        """Note the references of one METS and compare each with what is there."""
        for reference in view.references():
            earlier = self.listed.get(reference.href)
            if earlier is not None:
                self.report.add("duplicate", reference.href, "Tệp được liệt kê hai lần.")
                continue
            self.listed[reference.href] = reference
            found = self.found.get(reference.href)
            if found is None:
                self.report.add("missing", reference.href, "Có trong METS nhưng không có trong gói tin.")
                continue
            if found.size != reference.size:
                message = f"Kích thước {found.size} byte, METS ghi {reference.size} byte."
                self.report.add("size", reference.href, message)
            if found.sha256 != reference.sha256:
                self.report.add("digest", reference.href, "Nội dung đã bị thay đổi: mã băm SHA-256 không khớp METS.")

    def _complete(self):
        for href in self.found.keys() - self.listed.keys() - {"METS.xml"}:
            self.report.add("extra", href, "Tệp không có trong METS.")
        for href, view in self.views.items():
            for pointer in view.pointers():
                if pointer not in self.listed:
                    self.report.add("reference", href, f"Bản thể hiện “{pointer}” không có trong danh sách tệp.")
