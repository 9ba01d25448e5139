"""METS of the package root and of each representation."""

import hashlib
import re

from lxml import etree

from .xmlio import CSIP, METS, XLINK, XSI, one_line, serialise

ZEROS = "0" * 64
SELF_DIGEST = re.compile(rb'(<altRecordID TYPE="SHA-256">)([0-9a-f]{64})(</altRecordID>)')


def _sub(parent, name, text=None, **attributes):
    node = etree.SubElement(parent, f"{{{METS}}}{name}", attributes)
    if text is not None:
        node.text = one_line(text)
    return node


class MetsWriter:
    """One METS file; hrefs are written relative to ``folder`` (``""`` or ``representations/rep1/``)."""

    def __init__(self, profile, package, objid, created, folder=""):
        self.folder = folder
        self.created = created
        self._ids = 0
        self.root = etree.Element(
            f"{{{METS}}}mets", nsmap={None: METS, "xlink": XLINK, "xsi": XSI, "csip": CSIP}, OBJID=objid
        )
        self.root.set("LABEL", one_line(package.metadata.get("title") or objid))
        self.root.set("TYPE", profile.data["content_type"])
        self.root.set("PROFILE", profile.data["mets_profile"])
        self.root.set(f"{{{CSIP}}}CONTENTINFORMATIONTYPE", profile.data["content_information_type"])
        self._header(profile, package)
        self._sections = []

    def _header(self, profile, package):
        header = _sub(
            self.root, "metsHdr", CREATEDATE=self.created, LASTMODDATE=self.created, RECORDSTATUS=package.record_status
        )
        header.set(f"{{{CSIP}}}OAISPACKAGETYPE", package.type)
        software = _sub(header, "agent", ROLE="CREATOR", TYPE="OTHER", OTHERTYPE="SOFTWARE")
        _sub(software, "name", "Văn bản")
        _sub(software, "note", package.software_version).set(f"{{{CSIP}}}NOTETYPE", "SOFTWARE VERSION")
        for role, agent in (("EDITOR", package.editor), ("ARCHIVIST", package.archivist)):
            node = _sub(header, "agent", ROLE=role, TYPE="ORGANIZATION")
            _sub(node, "name", agent.name)
            if agent.identifier:
                _sub(node, "note", agent.identifier).set(f"{{{CSIP}}}NOTETYPE", "IDENTIFICATIONCODE")
        _sub(header, "altRecordID", profile.id, TYPE="PROFILE")
        _sub(header, "altRecordID", ZEROS, TYPE="SHA-256")

    def new_id(self, prefix):
        self._ids += 1
        return f"{prefix}-{self._ids}"

    def _locate(self, node, href):
        node.set("LOCTYPE", "URL")
        node.set(f"{{{XLINK}}}type", "simple")
        node.set(f"{{{XLINK}}}href", href)

    def _reference(self, parent, entry, kind, other=None):
        node = _sub(parent, "mdRef")
        self._locate(node, entry.below(self.folder))
        node.set("MDTYPE", kind)
        if other:
            node.set("OTHERMDTYPE", other)
        for name, value in (
            ("MDTYPEVERSION", "1.0" if other else "3.0"),
            ("MIMETYPE", entry.mimetype),
            ("SIZE", str(entry.size)),
            ("CREATED", self.created),
            ("CHECKSUM", entry.sha256),
            ("CHECKSUMTYPE", "SHA-256"),
        ):
            node.set(name, value)

    def descriptive(self, entry):
        section_id = self.new_id("dmd")
        section = _sub(self.root, "dmdSec", ID=section_id, CREATED=self.created, STATUS="CURRENT")
        self._reference(section, entry, "OTHER", "EAD")
        return section_id

    def preservation(self, entry):
        """Must be called after all :meth:`descriptive`, before :meth:`files` (order of the METS schema)."""
        section_id = self.new_id("digiprov")
        section = _sub(_sub(self.root, "amdSec"), "digiprovMD", ID=section_id, CREATED=self.created, STATUS="CURRENT")
        self._reference(section, entry, "PREMIS")
        return section_id

    def files(self, groups):
        """``groups``: {USE: [entries]}, empty groups left out. Returns {USE: group id}."""
        section = _sub(self.root, "fileSec", ID=self.new_id("files"))
        ids = {}
        for use, entries in groups.items():
            if not entries:
                continue
            ids[use] = self.new_id("group")
            group = _sub(section, "fileGrp", ID=ids[use], USE=use)
            for entry in entries:
                node = _sub(
                    group, "file", ID=entry.id, MIMETYPE=entry.mimetype, SIZE=str(entry.size),
                    CREATED=self.created, CHECKSUM=entry.sha256, CHECKSUMTYPE="SHA-256",
                )  # fmt: skip
                self._locate(_sub(node, "FLocat"), entry.below(self.folder))
        return ids

    def structure(self):
        """The top div of the structural map."""
        section = _sub(self.root, "structMap", ID=self.new_id("map"), TYPE="PHYSICAL", LABEL="CSIP")
        return _sub(section, "div", ID=self.new_id("div"), LABEL=self.root.get("OBJID"))

    def div(self, parent, label, dmd=(), amd=(), entries=()):
        node = _sub(parent, "div", ID=self.new_id("div"), LABEL=label)
        if dmd:
            node.set("DMDID", " ".join(dmd))
        if amd:
            node.set("ADMID", " ".join(amd))
        for entry in entries:
            _sub(node, "fptr", FILEID=entry.id)
        return node

    def pointer(self, div, href, group_id):
        node = _sub(div, "mptr")
        self._locate(node, href)
        node.set(f"{{{XLINK}}}title", group_id)

    def content(self):
        """Bytes with the digest of themselves filled in, see :func:`own_digest`."""
        content = serialise(self.root)
        return SELF_DIGEST.sub(rb"\g<1>" + own_digest(content).encode() + rb"\g<3>", content, count=1)


def own_digest(content):
    """SHA-256 of a METS file with the 64 digits of its own digest replaced by zeros.

    METS lists every file of a package except itself; with this line in its header a change of any byte of it shows too.
    """
    return hashlib.sha256(SELF_DIGEST.sub(rb"\g<1>" + ZEROS.encode() + rb"\g<3>", content, count=1)).hexdigest()
