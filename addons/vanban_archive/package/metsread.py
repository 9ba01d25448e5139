"""Read what a METS file claims, without believing it."""

import re
from dataclasses import dataclass

from .findings import PackageError
from .names import safe_href
from .xmlio import CSIP, METS, XLINK

_SHA256 = re.compile("[0-9a-fA-F]{64}")
_HREF = f"{{{XLINK}}}href"


@dataclass(frozen=True)
class Reference:
    """A file claimed: ``href`` from the package root; ``use`` is the group's USE or the metadata type."""

    href: str
    size: int
    sha256: str
    use: str
    id: str


class MetsView:
    """One parsed METS; every defect of form is collected in :meth:`defects`, the rest can still be checked."""

    def __init__(self, root, folder):
        if root.tag != f"{{{METS}}}mets":
            raise PackageError("Phần tử gốc không phải là METS.")
        self.root, self.folder = root, folder
        self._defects = []
        self._references = list(self._read())
        self._pointers = [
            folder + href for node in self._all("mptr") if (href := self._href(node)) is not None
        ]
        self._identifiers()

    def _all(self, name):
        return self.root.iter(f"{{{METS}}}{name}")

    @property
    def objid(self):
        return self.root.get("OBJID") or ""

    @property
    def _header(self):
        header = self.root.find(f"{{{METS}}}metsHdr")
        return header if header is not None else self.root

    @property
    def package_type(self):
        return self._header.get(f"{{{CSIP}}}OAISPACKAGETYPE") or ""

    @property
    def profile_id(self):
        for node in self._header.iterfind(f"{{{METS}}}altRecordID"):
            if node.get("TYPE") == "PROFILE":
                return node.text or ""
        return ""

    def against(self, profile):
        """Vietnamese defects of the head measured by the profile."""
        data = profile.data
        if not re.match(data["objid_pattern"], self.objid):
            yield f"Mã gói tin “{self.objid}” sai dạng."
        if self.root.get("PROFILE") != data["mets_profile"]:
            yield "Thuộc tính PROFILE của METS sai."
        if self.package_type not in data["package_types"]:
            yield f"Loại gói tin “{self.package_type}” không có trong mẫu."
        if self._header.get("RECORDSTATUS") not in data["record_statuses"]:
            yield "Trạng thái gói tin (RECORDSTATUS) không có trong mẫu."
        offset = f"+{data['timezone_hours']:02d}:00"
        for name in ("CREATEDATE", "LASTMODDATE"):
            value = self._header.get(name) or ""
            if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d" + re.escape(offset), value):
                yield f"Thời gian {name} “{value}” phải theo giờ Việt Nam ({offset})."
        roles = {node.get("ROLE") for node in self._header.iterfind(f"{{{METS}}}agent")}
        for role in ("CREATOR", "EDITOR", "ARCHIVIST"):
            if role not in roles:
                yield f"Thiếu thông tin về bên {role}."

    def references(self):
        return self._references

    def pointers(self):
        return self._pointers

    def defects(self):
        """[(code, Vietnamese message)]."""
        return self._defects

    def described(self):
        """[(descriptive href, [data hrefs])] of MetadataLink/File in a representation."""
        by_id = {reference.id: reference.href for reference in self._references}
        links = []
        for div in self._all("div"):
            if div.get("LABEL") == "MetadataLink/File":
                files = [by_id.get(node.get("FILEID")) for node in div.iterfind(f"{{{METS}}}fptr")]
                for dmd in (div.get("DMDID") or "").split():
                    links.append((by_id.get(dmd), files))
        return links

    def _href(self, node):
        href = node.get(_HREF) or ""
        if not safe_href(href) or node.get("LOCTYPE") != "URL":
            self._defects.append(("path", f"Đường dẫn “{href[:100]}” không được phép."))
            return None
        return href

    def _read(self):
        for node in self._all("mdRef"):
            parent = node.getparent()
            use = node.get("OTHERMDTYPE") or node.get("MDTYPE") or ""
            yield from self._reference(node, node, use, parent.get("ID") if parent is not None else "")
        for node in self._all("file"):
            locations = node.findall(f"{{{METS}}}FLocat")
            if len(locations) != 1:
                self._defects.append(("structure", f"Mục tệp {node.get('ID')} phải có đúng một đường dẫn."))
                continue
            yield from self._reference(node, locations[0], node.getparent().get("USE") or "", node.get("ID"))

    def _reference(self, node, location, use, identifier):
        href = self._href(location)
        if href is None:
            return
        sha256, size = node.get("CHECKSUM") or "", node.get("SIZE") or ""
        if node.get("CHECKSUMTYPE") != "SHA-256" or not _SHA256.fullmatch(sha256):
            self._defects.append(("digest", f"“{href}” không có mã băm SHA-256."))
        if not re.fullmatch("[0-9]{1,15}", size):
            self._defects.append(("size", f"“{href}” không ghi kích thước."))
            size = "-1"
        yield Reference(self.folder + href, int(size), sha256.lower(), use, identifier or "")

    def _identifiers(self):
        known = set()
        for node in self.root.iter():
            identifier = node.get("ID") if isinstance(node.tag, str) else None
            if identifier is not None:
                if identifier in known:
                    self._defects.append(("reference", f"Mã ID “{identifier}” bị lặp."))
                known.add(identifier)
        for node in self.root.iter():
            if not isinstance(node.tag, str):
                continue
            for name in ("DMDID", "ADMID", "FILEID"):
                for target in (node.get(name) or "").split():
                    if target not in known:
                        self._defects.append(("reference", f"{name} “{target}” không trỏ tới mục nào."))
