import hashlib
import logging
import tempfile

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import file_check, scan_split, vietnam_time
from .language import in_vietnamese

_logger = logging.getLogger(__name__)


class ImportBatch(models.Model):
    """Many scans taken in at once: a folder, or one long scan with separator sheets; every file stands or falls alone."""

    _name = "vanban.import.batch"
    _inherit = ["vanban.log.mixin"]
    _description = "Import of scans"
    _order = "id desc"

    name = fields.Char("Batch", required=True, default=lambda self: self._default_name())
    company_id = fields.Many2one("res.company", "Agency", required=True, default=lambda self: self.env.company, readonly=True)
    split = fields.Boolean("Split at separator sheets", help="One document for each part between printed separator sheets.")
    kind_id = fields.Many2one("vanban.document.kind", "Kind of all documents")
    medium = fields.Selection([("paper", "Scans of paper"), ("electronic", "Electronic originals")], required=True, default="paper")
    item_ids = fields.One2many("vanban.import.item", "batch_id", "Files")
    waiting_count = fields.Integer("Waiting", compute="_compute_counts")
    done_count = fields.Integer("Taken in", compute="_compute_counts")
    failed_count = fields.Integer("Failed", compute="_compute_counts")
    document_count = fields.Integer("Documents made", compute="_compute_counts")

    def _default_name(self):
        now = vietnam_time.now()
        return self.env._("Scans of %(date)s", date=now.strftime("%d/%m/%Y %H:%M"))

    def _compute_counts(self):
        groups = self.env["vanban.import.item"]._read_group(
            [("batch_id", "in", self.ids)], ["batch_id", "state"], ["__count", "document_count:sum"]
        )
        for batch in self:
            mine = {state: (count, documents) for owner, state, count, documents in groups if owner == batch}
            batch.waiting_count = mine.get("waiting", (0, 0))[0]
            batch.done_count = mine.get("done", (0, 0))[0]
            batch.failed_count = mine.get("failed", (0, 0))[0]
            batch.document_count = sum(documents or 0 for _count, documents in mine.values())

    @api.model_create_multi
    def create(self, vals_list):
        # who may not receive documents may not import them either
        for vals in vals_list:
            self.env["vanban.document"]._check_may_create({"direction": "in", **vals})
        return super().create(vals_list)

    def _take(self, name, raw):
        """Keep one uploaded file for the job; the same bytes sent again after a broken connection are one item.

        :return: ``{"id", "state", "repeated"}``
        """
        self.ensure_one()
        self.check_access("write")
        digest = hashlib.sha256(raw).hexdigest()
        items = self.env["vanban.import.item"]
        present = items.search([("batch_id", "=", self.id), ("sha256", "=", digest)], limit=1)
        if present:
            return {"id": present.id, "state": present.state, "repeated": True}
        item = items._new_item(self, file_check.safe_name(name), raw, digest)
        self.env.ref("vanban_core.cron_import").sudo()._trigger()  # safe: only wakes the job
        return {"id": item.id, "state": item.state, "repeated": False}

    def get_progress(self):
        """``{waiting, done, failed, documents, items: [{id, name, state, reason}]}`` for the screen."""
        self.ensure_one()
        self.check_access("read")
        return {
            "waiting": self.waiting_count, "done": self.done_count, "failed": self.failed_count, "documents": self.document_count,
            "items": self.item_ids.read(["name", "state", "reason", "document_count"]),
        }

    def action_retry(self):
        """Try the failed files again, for instance after the profile or the disk was put right."""
        failed = self.item_ids.filtered(lambda item: item.state == "failed")
        failed._set({"state": "waiting", "reason": False})
        self.env.ref("vanban_core.cron_import").sudo()._trigger()  # safe: only wakes the job
        return True

    def action_open_documents(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "name": self.name, "res_model": "vanban.document", "view_mode": "list,kanban,form",
            "views": [
                (self.env.ref("vanban_core.document_incoming_view_list").id, "list"),
                (self.env.ref("vanban_core.document_incoming_view_kanban").id, "kanban"),
                (self.env.ref("vanban_core.document_incoming_view_form").id, "form"),
            ],
            "domain": [("import_item_id.batch_id", "=", self.id)],
        }

    def action_separator_sheet(self):
        return {"type": "ir.actions.act_url", "url": "/vanban/separator-sheet", "target": "new"}


class ImportItem(models.Model):
    """One file of a batch, kept until its documents are made."""

    _name = "vanban.import.item"
    _description = "File of an import"
    _order = "id"

    batch_id = fields.Many2one("vanban.import.batch", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="batch_id.company_id", store=True)
    name = fields.Char("File", required=True, readonly=True)
    size = fields.Integer("Size (bytes)", readonly=True)
    sha256 = fields.Char(readonly=True, index=True)
    state = fields.Selection(
        [("waiting", "Waiting"), ("done", "Taken in"), ("failed", "Failed")], required=True, default="waiting", readonly=True, index=True
    )
    reason = fields.Text("Why it failed", readonly=True)
    part_count = fields.Integer("Parts taken in", readonly=True)
    document_count = fields.Integer("Documents", readonly=True)
    content = fields.Binary(attachment=True, groups=fields.NO_ACCESS)

    _once = models.Constraint("UNIQUE(batch_id, sha256)", "This file is already in the batch.")

    @api.model
    def _new_item(self, batch, name, raw, digest):
        item = self.sudo().create({"batch_id": batch.id, "name": name, "size": len(raw), "sha256": digest})  # safe: batch access checked
        item._store(raw)
        # whose import it is decides in whose name the documents are made
        return item.with_env(self.env)

    def _set(self, vals):
        self.batch_id.check_access("write")
        return self.sudo().write(vals)  # safe: checked in the line above

    def _store(self, raw):
        self.env["ir.attachment"].sudo().create({  # safe: bytes of this row only
            "name": self.name, "raw": raw, "res_model": self._name, "res_field": "content", "res_id": self.id,
            "mimetype": "application/octet-stream",
        })

    def _attachment(self):
        return self.env["ir.attachment"].sudo().search(  # safe: as above
            [("res_model", "=", self._name), ("res_field", "=", "content"), ("res_id", "in", self.ids)]
        )

    @api.model
    def _cron_import(self):
        """Take in what waits, one commit for each file and part: a stop in between loses nothing and doubles nothing."""
        self = in_vietnamese(self)
        progress = self.env["ir.cron"]._commit_progress
        while item := self.search([("state", "=", "waiting")], order="id", limit=1):
            item._take_in(progress)
            self.env.invalidate_all()
            if not progress(1, remaining=self.search_count([("state", "=", "waiting")], limit=1000)):
                return

    def _take_in(self, progress=None):
        """Make the documents of one file in the name of the person who uploaded it."""
        self.ensure_one()
        user = self.create_uid
        mine = self.with_user(user).with_company(self.company_id).with_context(lang=user.lang)
        try:
            for _part in mine._documents():
                if progress:
                    progress(0)
        except (UserError, AccessError, file_check.FileRefused) as error:
            self.sudo().write({"state": "failed", "reason": str(error)})  # safe: outcome of the job
            return
        except Exception as error:  # noqa: BLE001 - one hostile file must not stop the others
            _logger.info("import item %s failed: %s", self.id, error, exc_info=True)
            self.sudo().write({  # safe: as above
                "state": "failed", "reason": self.env._("The file could not be taken in: %(error)s", error=type(error).__name__),
            })
            return
        self.sudo().write({"state": "done", "reason": False})  # safe: as above
        self._attachment().unlink()

    def _documents(self):
        """Make the documents that are not there yet, one by one."""
        raw = self._attachment()[:1].raw or b""
        if not self.batch_id.split:
            if not self.part_count:
                with self.env.cr.savepoint():
                    document = self._make(self.name, raw, 1)
                yield document
            return
        info = self.env["vanban.document"]._inspect_file(self.name, raw)
        if info.extension != "pdf":
            raise UserError(self.env._("“%(file)s” is not a PDF: only scans in PDF can be split at separator sheets.", file=self.name))
        with tempfile.NamedTemporaryFile(suffix=".pdf") as scan:
            scan.write(raw)
            scan.flush()
            del raw
            marks = scan_split.separators(scan.name)
            for number, part in enumerate(scan_split.parts(scan.name, marks), start=1):
                if number > self.part_count:
                    with self.env.cr.savepoint():
                        document = self._make(f"{self.name.rpartition('.')[0]}-{number:03d}.pdf", part, number)
                    yield document
        if not self.document_count:
            raise UserError(self.env._("“%(file)s” holds separator sheets only.", file=self.name))

    def _make(self, name, raw, number):
        batch = self.batch_id
        documents = self.env["vanban.document"]
        document = documents.create({
            "direction": "in", "company_id": batch.company_id.id, "medium": batch.medium, "kind_id": batch.kind_id.id,
            "note": self.env._("Imported from %(file)s", file=name),
        })
        document._write_fixed({"import_item_id": self.id})
        stage = "scan" if batch.medium == "paper" else "received"
        document._check_upload_format(name, "main", stage)
        document._add_file(name, raw, stage=stage, original=True)
        self.sudo().write({"part_count": number, "document_count": self.document_count + 1})  # safe: outcome of the job
        return document


class DocumentImported(models.Model):
    _inherit = "vanban.document"

    import_item_id = fields.Many2one("vanban.import.item", "Imported with", readonly=True, copy=False, ondelete="set null", index="btree_not_null")
