"""Build a package in a folder: complete or not at all."""

import os
import shutil
import uuid as uuidlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from .descriptive import schema, schema_names, write_record
from .findings import PackageError
from .ledger import Ledger
from .mets import MetsWriter
from .names import beside_name, data_name, safe_part
from .parts import Event
from .premis import PremisWriter
from .profile import load_profile


@dataclass(frozen=True)
class BuildResult:
    """``mets_sha256`` is the digest of METS.xml: kept outside the package it proves the whole package."""

    path: Path
    objid: str
    mets_sha256: str
    files: int
    bytes: int


def build_package(package, parent, profile_id="TT05-2025"):
    """Write ``package`` below the folder ``parent``, in a folder named after the package identifier.

    Files are streamed and hashed in one pass and stay bit by bit what they were. Raises :class:`PackageError` (missing
    mandatory data, a file that differs from its stored digest, an existing target); nothing is left behind then.
    """
    profile = load_profile(profile_id)
    if package.type not in profile.data["package_types"]:
        raise PackageError(f"Loại gói tin “{package.type}” không có; dùng {', '.join(profile.data['package_types'])}.")
    if package.record_status not in profile.data["record_statuses"]:
        raise PackageError(f"Trạng thái gói tin “{package.record_status}” không có.")
    if not any(document.files for document in package.documents):
        raise PackageError("Hồ sơ không có tệp nào, không đóng gói được. Đưa tài liệu vào hồ sơ trước.")
    identifier = package.uuid or str(uuidlib.uuid4())
    objid = profile.objid(package.fonds, identifier)
    target = Path(parent) / objid.replace(":", "_")
    if target.exists():
        raise PackageError(f"Gói tin {target.name} đã có, không ghi đè.")
    partial = Path(parent) / f".{uuidlib.uuid4().hex}.partial"
    partial.mkdir(parents=True)
    try:
        result = _Builder(profile, package, objid, partial).run()
        os.rename(partial, target)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return BuildResult(target, objid, *result)


def _place(files, wanted):
    place = next((at for at, file in enumerate(files) if file is wanted), None)
    if place is None:
        raise PackageError("Chữ ký kèm tệp thiếu tệp mà nó ký; chưa đóng gói được.")
    return place


class _Builder:
    def __init__(self, profile, package, objid, root):
        self.profile, self.package, self.objid = profile, package, objid
        self.ledger = Ledger(root)
        moment = package.created or datetime.now(profile.timezone())
        if not moment.tzinfo:
            moment = moment.replace(tzinfo=profile.timezone())
        self.moment = moment.astimezone(profile.timezone())
        self.created = self.moment.isoformat(timespec="seconds")

    def run(self):
        schemas = [
            self.ledger.write(f"schemas/{name}", schema(self.profile, key))
            for key, name in schema_names(self.profile).items()
        ]
        numbers = sorted({file.representation for document in self.package.documents for file in document.files})
        if numbers[0] != 1 or numbers != list(range(1, len(numbers) + 1)):
            raise PackageError("Các bản thể hiện phải đánh số liên tục từ 1; bản 1 là bản gốc.")
        representations = {number: self._representation(number) for number in numbers}
        documentation = []
        for support in self.package.documentation:
            if not safe_part(support.name):
                raise PackageError(f"Tên tệp kèm theo “{support.name}” không dùng được trong gói tin.")
            documentation.append(self.ledger.write(f"documentation/{support.name}", support.content, support.mimetype))
        root = self._root(schemas, documentation, representations)
        return root.sha256, self.ledger.count, self.ledger.bytes

    # one representation ------------------------------------------------------------------------------------------

    def _representation(self, number):
        folder = f"representations/rep{number}/"
        premis = self._premis(f"rep{number}", self.package.events)
        described, data, attachments, links = [], [], [], []
        for position, document in enumerate(self.package.documents, 1):
            files = [file for file in document.files if file.representation == number]
            if not files:
                continue
            spec = self.profile.lists().get(document.kind)
            if spec is None:
                raise PackageError(f"Loại tài liệu “{document.kind}” không có trong mẫu gói tin.")
            name = spec["file_name"].format(n=position)
            record = self.ledger.write(
                f"{folder}metadata/descriptive/{name}", write_record(self.profile, document.kind, document.metadata)
            )
            names = self._data_names(position, files)
            entries = [self.ledger.copy(f"{folder}data/{name}", file) for name, file in zip(names, files, strict=True)]
            for file, entry in zip(files, entries, strict=True):
                own = document.events if entry is entries[0] else ()
                href = entry.below(folder)
                signs = entries[_place(files, file.signs)].below(folder) if file.signs else None
                premis.file(entry, href, [premis.event(event, href) for event in own], signs)
            described.append(record)
            data.extend(entries)
            attachments.extend(entries[1:])
            links.append((record, entries))
        preservation = self.ledger.write(f"{folder}metadata/preservation/PREMIS_rep{number}.xml", premis.content())
        mets = MetsWriter(self.profile, self.package, f"rep{number}", self.created, folder)
        dmd = {record.id: mets.descriptive(record) for record in described}
        amd = mets.preservation(preservation)
        mets.files({"Data": data})
        top = mets.structure()
        mets.div(top, "Metadata", dmd.values(), [amd])
        mets.div(top, "Data", entries=data)
        link = mets.div(top, "MetadataLink")
        for record, entries in links:
            mets.div(link, "MetadataLink/File", [dmd[record.id]], [amd], entries[:1])
        if attachments:
            mets.div(top, "AttachmentFile", entries=attachments)
        return self.ledger.write(f"{folder}METS.xml", mets.content())

    def _data_names(self, position, files):
        """A signature beside a file is named after it, so that both are seen to belong together."""
        names = [data_name(position, at, file.name) for at, file in enumerate(files, 1)]
        for at, file in enumerate(files):
            if file.signs:
                names[at] = beside_name(names[_place(files, file.signs)])
        return names

    # the root ----------------------------------------------------------------------------------------------------

    def _root(self, schemas, documentation, representations):
        metadata = dict(self.package.metadata)
        metadata["doc_count"] = len(self.package.documents)
        described = self.ledger.write("metadata/descriptive/EAD.xml", write_record(self.profile, "file", metadata))
        premis = self._premis(self.objid, self.package.events)
        preservation = self.ledger.write("metadata/preservation/PREMIS.xml", premis.content())
        mets = MetsWriter(self.profile, self.package, self.objid, self.created)
        dmd = mets.descriptive(described)
        amd = mets.preservation(preservation)
        groups = {"Schemas": schemas, "Documentation": documentation}
        groups.update({f"Representations/rep{number}": [entry] for number, entry in representations.items()})
        group_ids = mets.files(groups)
        top = mets.structure()
        mets.div(top, "Metadata", [dmd], [amd])
        mets.div(top, "Schemas", entries=schemas)
        if documentation:
            mets.div(top, "Documentation", entries=documentation)
        for number, entry in representations.items():
            use = f"Representations/rep{number}"
            mets.pointer(mets.div(top, use), entry.href, group_ids[use])
        return self.ledger.write("METS.xml", mets.content())

    def _premis(self, object_id, events):
        premis = PremisWriter(self.profile.timezone())
        premis.representation(object_id)
        premis.agent("software", f"Văn bản {self.package.software_version}", "software")
        for key, agent in (("editor", self.package.editor), ("archivist", self.package.archivist)):
            premis.agent(key, agent.name, agent.type)
        made = Event("creation", self.moment, detail="Đóng gói tin; mã băm SHA-256 tính khi ghi.", agent="software")
        for event in [made, *events]:
            premis.event(event, object_id)
        return premis
