import io
import logging

from odoo import api, fields, models

from ..tools import file_text, ocr, scan_check
from .document_files import FILE_TOKEN
from .language import in_vietnamese

_logger = logging.getLogger(__name__)
PDF = "application/pdf"
CHUNK = 10  # pages recognised between two commits
CHUNK_SECONDS = 600
ATTEMPTS = 3
READ_AHEAD = 20


class File(models.Model):
    """The words of files, taken in the background: text layer, office files, character recognition of scans (DOC-19; HCM Đ16.6c).

    Recognition makes a new file of its own (a rendition); the bytes of the scan are never touched.
    """

    _inherit = "vanban.file"

    role = fields.Selection(selection_add=[("rendition", "Rendition with text")], ondelete={"rendition": "set default"})
    text_state = fields.Selection(
        [
            ("todo", "Words not read yet"),
            ("ocr", "Waiting for character recognition"),
            ("done", "Words read"),
            ("failed", "Words could not be read"),
        ],
        "State of the words", default="todo", readonly=True,
    )  # fmt: skip
    text_problem = fields.Char("Why the words could not be read", readonly=True)
    ocr_pages = fields.Integer("Pages recognised", readonly=True)
    ocr_attempts = fields.Integer(readonly=True)

    _text_todo_index = models.Index("(text_state, id) WHERE text_state IN ('todo', 'ocr')")

    def _write_reading(self, vals):
        return self.sudo().with_context(vanban_file=FILE_TOKEN).write(vals)  # safe: facts about reading, set by the job

    @api.model
    def _cron_read_text(self):
        """Words of new files, newest first; each file is committed for itself, so that a stop loses at most one."""
        self = in_vietnamese(self)
        progress = self.env["ir.cron"]._commit_progress
        while files := self.search([("text_state", "=", "todo"), ("destroyed_date", "=", False)], order="id desc", limit=READ_AHEAD):
            for file in files:
                file._read_text()
                if not progress(1, remaining=1):
                    return
            self.env.invalidate_all()

    def _read_text(self):
        """Extract and index the words of one file; a scan without a text layer is queued for recognition."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                text = file_text.extract(self._raw(), self.mimetype)
                self._set_text(text)
        except Exception as error:  # noqa: BLE001 - odd files fail in many ways; one of them must not stop the job
            _logger.info("words of file %s could not be read: %s", self.id, error)
            self._write_reading({"text_state": "failed", "text_problem": str(error)[:200]})
            return
        if self._needs_recognition(text):
            self._write_reading({"text_state": "ocr"})
            self.env.ref("vanban_core.cron_ocr")._trigger()
        else:
            self._write_reading({"text_state": "done"})

    def _needs_recognition(self, text):
        """Whether these are pictures of pages without usable words."""
        if self.mimetype != PDF or self.role not in ("main", "annex") or file_text.has_text(text, self.page_count):
            return False
        return bool(scan_check.examine(self._raw()).scanned) and self.company_id._vanban_profile().ocr and ocr.available()

    @api.model
    def _cron_ocr(self):
        """Recognise waiting scans, the newest first, ``CHUNK`` pages between two commits."""
        self = in_vietnamese(self)
        progress = self.env["ir.cron"]._commit_progress
        while file := self.search([("text_state", "=", "ocr"), ("destroyed_date", "=", False)], order="ocr_attempts, id desc", limit=1):
            file._recognise_chunk(progress)
            if not progress(1, remaining=self.search_count([("text_state", "=", "ocr")], limit=100)):
                return
            self.env.invalidate_all()

    def _recognise_chunk(self, progress=None):
        """One more chunk of pages; after the last, the parts become the rendition.

        The attempt is counted and committed before the work, so that a file on which the job dies is given up after
        ``ATTEMPTS``, and a restart goes on behind the last finished chunk.
        """
        self.ensure_one()
        if self.ocr_attempts >= ATTEMPTS:
            self._write_reading({"text_state": "failed", "text_problem": self.text_problem or self.env._("Given up after several attempts.")})
            return
        self._write_reading({"ocr_attempts": self.ocr_attempts + 1})
        if progress:
            progress(0)
        parts = self.env["vanban.ocr.part"].sudo()  # safe: work in progress of this job
        try:
            raw, pages = self._cut(self.ocr_pages, CHUNK)
            done = ocr.recognise(raw, timeout=CHUNK_SECONDS, max_pages=CHUNK)
        except Exception as error:  # noqa: BLE001 - see above
            _logger.info("recognition of file %s stopped: %s", self.id, error)
            self._write_reading({"text_problem": str(error)[:200]})
            return
        parts.create({"file_id": self.id, "first_page": self.ocr_pages, "content": done})
        limit = min(pages, ocr.MAX_PAGES)
        self._write_reading({"ocr_pages": min(self.ocr_pages + CHUNK, limit), "ocr_attempts": 0, "text_problem": False})
        if self.ocr_pages >= limit:
            self._finish_recognition()

    def _cut(self, first, count):
        """(PDF of ``count`` pages from ``first``, number of pages of the whole)."""
        import pikepdf

        with pikepdf.open(io.BytesIO(self._raw())) as source, pikepdf.new() as part:
            part.pages.extend(source.pages[first : first + count])
            buffer = io.BytesIO()
            part.save(buffer)
            return buffer.getvalue(), len(source.pages)

    def _finish_recognition(self):
        """Join the parts (and pages beyond the limit as they are) to the rendition and index its words."""
        import pikepdf

        parts = self.env["vanban.ocr.part"].sudo().search([("file_id", "=", self.id)], order="first_page")  # safe: as above
        buffer = io.BytesIO()
        with pikepdf.new() as whole:
            opened = [pikepdf.open(io.BytesIO(part._raw())) for part in parts]
            for part in opened:
                whole.pages.extend(part.pages)
            with pikepdf.open(io.BytesIO(self._raw())) as source:
                whole.pages.extend(source.pages[self.ocr_pages :])
                whole.save(buffer, min_version="1.4")
            for part in opened:
                part.close()
        stem = self.name.rpartition(".")[0]
        rendition = self.document_id._add_file(
            f"{stem} (nhận dạng chữ).pdf", buffer.getvalue(), role="rendition", stage="rendition", source=self,
            reason=self.env._("Made by character recognition; the scan is unchanged"),
        )
        rendition._set_text(file_text.extract(buffer.getvalue(), PDF))
        rendition._write_reading({"text_state": "done"})
        self._write_reading({"text_state": "done"})
        parts.unlink()


class OcrPart(models.Model):
    """Pages of a scan already recognised, until the last are."""

    _name = "vanban.ocr.part"
    _description = "Recognised pages"
    _log_access = False

    file_id = fields.Many2one("vanban.file", required=True, ondelete="cascade", index=True)
    first_page = fields.Integer(required=True)
    data = fields.Binary(attachment=True)

    @api.model_create_multi
    def create(self, vals_list):
        contents = [vals.pop("content", b"") for vals in vals_list]
        parts = super().create(vals_list)
        for part, raw in zip(parts, contents, strict=True):
            self.env["ir.attachment"].sudo().create({  # safe: bytes of this row only
                "name": "ocr.pdf", "raw": raw, "res_model": self._name, "res_field": "data", "res_id": part.id, "mimetype": PDF,
            })
        return parts

    def _raw(self):
        self.ensure_one()
        return self.env["ir.attachment"].sudo().search(  # safe: as above
            [("res_model", "=", self._name), ("res_field", "=", "data"), ("res_id", "=", self.id)], limit=1
        ).raw
