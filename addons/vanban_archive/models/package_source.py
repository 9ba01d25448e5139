import dataclasses
import datetime
import io
import json

from odoo import fields, models

from ..package import Agent, Event, Package, PackageDocument, PackageFile, Support
from ..package.beside import problem, readable

LANGUAGES = {"tiếng việt": "vi", "tiếng anh": "en", "tiếng pháp": "fr", "tiếng nga": "ru", "tiếng trung": "zh"}
LOG_FIELDS = (
    "id", "date", "user_name", "principal_name", "model", "res_id", "document_id", "action", "outcome", "comment", "data",
)  # fmt: skip


class DossierSource(models.Model):
    """Turns a dossier into the neutral parts that the package writer takes."""

    _inherit = "vanban.dossier"

    def _package(self, kind):
        """:class:`Package` of the dossier; files are opened only while it is written."""
        self.ensure_one()
        company = self.company_id
        code = company.vanban_code
        documents = [item._package_document() for item in self.item_ids.sorted("ordinal")]
        return Package(
            fonds=code,
            metadata=self._package_metadata(),
            documents=documents,
            editor=Agent(company.name, code),
            archivist=Agent(self.env._("Archive of %(agency)s", agency=company.name), code),
            type=kind,
            events=self._package_events(),
            documentation=self._package_documentation(),
        )

    def _package_metadata(self):
        self.ensure_one()
        return {
            "code": self.code,
            "title": self.title,
            "retention": self.retention_id.code,
            "access": self.access_level,
            "language": self.language,
            "start_date": self.start_date or None,
            "end_date": self.end_date or None,
            "keyword": self.keyword,
            "doc_count": self.document_count,
            "sheet_count": self.sheet_count,
            "page_count": self.page_count,
            "condition": self.condition,
            "confidence": self._confidence(),
            "note": self.archive_note or self.note,
            "archive_code": self.company_id.vanban_code,
            "fonds_code": self.company_id.vanban_code,
            "year": self.year,
            "symbol": self.symbol,
        }

    def _confidence(self):
        levels = {item._package_confidence() for item in self.item_ids}
        return levels.pop() if len(levels) == 1 else "mixed"

    def _package_events(self):
        events = []
        line = self.handover_line_ids.filtered(lambda one: one.handover_id.accepted_date)[-1:]
        if line:
            handover = line.handover_id
            events.append(Event("ingestion", _utc(handover.accepted_date), detail=handover.name, agent="archivist"))
            failed = handover.check_ids.filtered(lambda check: check.dossier_id == self and check.result == "failed")
            for check in handover.check_ids.filtered(lambda check: check.dossier_id == self and check.kind == "integrity"):
                outcome = "failure" if failed else "success"
                events.append(Event("fixity check", _utc(check.date), outcome, check.detail or "", "archivist"))
        return events

    def _package_documentation(self):
        """Verification reports, history and minutes that travel with the dossier."""
        found = [Support("history.jsonl", self._history(), "application/x-ndjson")]
        for position, item in enumerate(self.item_ids.sorted("ordinal"), 1):
            for place, file in enumerate(item._item_files(), 1):
                report = file._verification_report() if file._name == "vanban.file" else b""
                if report:
                    name = f"File{position}" if place == 1 else f"File{position}_annex{place - 1}"
                    found.append(Support(f"verification_{name}.json", report))
        line = self.handover_line_ids.filtered(lambda one: one.handover_id.minutes_sha256)[-1:]
        if line:
            minutes = line.handover_id._minutes_attachment()
            found.append(Support("handover_minutes.pdf", minutes.raw, "application/pdf"))
        return found

    def _history(self):
        """Every act on the dossier and its documents, one JSON object per line (ARC-19)."""
        # safe: the history belongs to the dossier that the caller packs
        domain = [
            "|", ("document_id", "in", self.item_ids.document_id.ids), "&", ("model", "=", self._name), ("res_id", "=", self.id),
        ]  # fmt: skip
        rows = self.env["vanban.log"].sudo().search_read(domain, LOG_FIELDS, order="id")
        return b"".join(json.dumps(row, ensure_ascii=False, sort_keys=True, default=str).encode() + b"\n" for row in rows)


class DossierItemSource(models.Model):
    _inherit = "vanban.dossier.item"

    def _package_kind(self):
        return self.kind if self.kind in ("pic", "media") else "doc"

    def _package_confidence(self):
        file = self.document_id.main_file_id
        return "scanned" if file and file.stage == "scan" else "born"

    def _package_metadata(self):
        self.ensure_one()
        document, dossier = self.document_id, self.dossier_id
        language = LANGUAGES.get((document.language or "tiếng việt").lower(), "other")
        return {
            "doc_id": document.document_code or self.code,
            "code": self.code,
            "file_code": dossier.code,
            "retention": dossier.retention_id.code,
            "type": document.kind_id.abbreviation or ("CV" if document.kind_id.code == "cong_van" else "other"),
            "number": document.code_number,
            "notation": document.code_notation,
            "issued_date": self.date or None,
            "issuer": self.author,
            "subject": " ".join((self.name or "").split())[:500],
            "language": language,
            "page_count": self.page_count,
            "access": dossier.access_level,
            "confidence": self._package_confidence(),
            "condition": dossier.condition,
            "autograph": (document.direction_text or "")[:2000] if document.direction == "in" else None,
            "note": (self.note or "")[:500],
            "ordinal": self.ordinal,
            "author": self.author,
            "place": self.place,
            "event": self.event,
            "archive_code": dossier.company_id.vanban_code,
            "fonds_code": dossier.company_id.vanban_code,
            "year": dossier.year,
            "symbol": dossier.symbol,
        }

    def _package_document(self):
        self.ensure_one()
        files = self._package_files()
        if not files:
            files = [self._package_note()]
        events = []
        file = self.document_id.main_file_id
        report = json.loads(file._verification_report() or b"{}") if file else {}
        if report:
            outcome = "success" if report.get("overall") == "valid" else "failure"
            events.append(Event("validation", _utc(fields.Datetime.now()), outcome, report.get("reason") or "", "archivist"))
        return PackageDocument(self._package_metadata(), files, self._package_kind(), events)

    def _package_files(self):
        """Main file and annexes; the signature that lies beside an annex follows it and names it."""
        made, files = {}, []
        for file in self._item_files():
            made[file.id] = file._package_file()
            files.append(made[file.id])
            if beside := file._beside():
                # what came in and does not fit is kept, without the claim that it does: the archivist has judged it
                claimed = beside.stage != "received" or file._fits(beside)
                files.append(dataclasses.replace(beside._package_file(), signs=made[file.id] if claimed else None))
        return files

    def _item_files(self):
        """Main file and annexes as they were sent (one sealed or made again afterwards is not kept twice), or the material itself."""
        self.ensure_one()
        if self.document_id:
            return [*self.document_id.main_file_id, *self.document_id._current_annexes()]
        return [self] if self.sha256 else []

    def _package_note(self):
        """A text file for what has no file: a written direction, or paper that lies in the archive."""
        text = self.text or self.env._(
            "Paper document, kept at: %(place)s.", place=self.dossier_id.paper_location or self.dossier_id.archive_place or "–"
        )
        content = f"{self.code}\n{self.name or ''}\n{self.author or ''}\n\n{text}\n"
        return PackageFile.from_bytes("ghi-chu.txt", content.encode(), mimetype="text/plain")

    def _package_file(self):
        return _package_file(self, self.file_name)

    def _beside(self):
        return self.env["vanban.file"]

    def _is_beside(self):
        return False


class FileSource(models.Model):
    _inherit = "vanban.file"

    def _package_file(self):
        return _package_file(self, self.name)

    def _beside(self):
        """The agency's signature that lies beside this file (annexes that are not PDF), or none."""
        return self.document_id.file_ids.filtered(lambda file: file.source_id == self and file._is_beside())[:1]

    def _is_beside(self):
        return self.role == "signature" and not self.destroyed_date

    def _fits(self, beside):
        """Whether the signature ``beside`` belongs to this file, as the offline check of a package sees it."""
        attachment = self._attachment()[:1]
        return not attachment.store_fname or problem(beside._raw(), attachment._full_path(attachment.store_fname), self.sha256) is None

    def _opens(self, raw):
        return readable(raw) if self.role == "signature" else super()._opens(raw)


def _package_file(record, name):
    attachment = record._attachment()[:1]

    def open_stream():
        if attachment.store_fname:
            return open(attachment._full_path(attachment.store_fname), "rb")
        return io.BytesIO(attachment.raw or b"")

    return PackageFile(name, open_stream, record.mimetype, record.sha256)


def _utc(moment):
    """Odoo's naive UTC → aware."""
    return moment.replace(tzinfo=datetime.UTC)
