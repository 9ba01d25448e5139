import base64
import binascii
import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import file_check
from ..tools.file_refused import FileRefused

# Only code that holds this object may store, or in the archive destroy, the bytes of a document.
FILE_TOKEN = object()
MUTABLE_FIELDS = {"reason", "page_count"}


class File(models.Model):
    """One file of a document, stored once and never rewritten; a change is a new row (NĐ 30/2020 Đ.19; HCM Đ16.4d).

    The bytes are an attachment in Odoo's file store; ``sha256`` is taken when they arrive and checked on schedule.
    """

    _name = "vanban.file"
    _inherit = ["vanban.log.mixin"]
    _description = "File of a document"
    _order = "document_id, role desc, version desc, id desc"

    document_id = fields.Many2one("vanban.document", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="document_id.company_id", store=True, precompute=True)
    name = fields.Char("File name", required=True)
    role = fields.Selection(
        [
            ("main", "Main document"),
            ("annex", "Annex"),
            ("source", "Editable source"),
            ("packet", "Interchange packet"),
            ("paper", "For printing"),
            ("opinion", "Opinion on the draft"),
        ],
        required=True, default="main",
    )  # fmt: skip
    stage = fields.Selection(
        [
            ("draft", "Draft"),
            ("signed", "Signed"),
            ("numbered", "Number and date filled"),
            ("sealed", "Sealed"),
            ("received", "As received"),
            ("scan", "Scan of paper"),
            ("rendition", "Rendition"),
        ],
        required=True, default="draft",
    )  # fmt: skip
    version = fields.Integer(required=True, default=1)
    content = fields.Binary("Content", attachment=True, copy=False)
    sha256 = fields.Char("SHA-256", required=True, index=True)
    size = fields.Integer("Size (bytes)", required=True)
    mimetype = fields.Char("Type", required=True)
    page_count = fields.Integer("Pages")
    is_original = fields.Boolean("Original")
    source_id = fields.Many2one("vanban.file", "Made from", ondelete="restrict")
    author_id = fields.Many2one("res.users", "Added by", required=True, default=lambda self: self.env.user, ondelete="restrict")
    reason = fields.Char("Reason of the change")
    destroyed_date = fields.Datetime("Destroyed on", readonly=True)

    _version_unique = models.UniqueIndex("(document_id, role, version) WHERE role = 'main'")

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("vanban_file") is not FILE_TOKEN:
            raise AccessError(self.env._("Files are added to a document with its upload button, not directly."))
        return super().create(vals_list)

    def write(self, vals):
        if vals.keys() - MUTABLE_FIELDS and self.env.context.get("vanban_file") is not FILE_TOKEN:
            self._refuse("write")
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse("delete")

    def _refuse(self, action):
        message = self.env._(
            "“%(file)s” cannot be changed or deleted: files of documents are kept as they are. Upload a new version instead.",
            file=self[:1].sudo().name or "",
        )
        self._log_refused(action, message)
        raise AccessError(message)

    def _raw(self):
        """The bytes; raises ``UserError`` when they were destroyed in the archive."""
        self.ensure_one()
        self.check_access("read")
        if self.destroyed_date:
            raise UserError(self.env._("The content of “%(file)s” was destroyed by decision of the archive.", file=self.name))
        # the web client asks for sizes instead of contents
        return self._attachment().with_context(bin_size=False).raw or b""

    def _attachment(self):
        # safe: only reached through records that the user may read, or by the server's own checks
        return self.env["ir.attachment"].sudo().search(
            [("res_model", "=", self._name), ("res_field", "=", "content"), ("res_id", "in", self.ids)]
        )

    def _store(self, raw):
        self.env["ir.attachment"].sudo().with_context(vanban_file=FILE_TOKEN).create({  # safe: the row was just made by the flow
            "name": self.name, "raw": raw, "res_model": self._name, "res_field": "content", "res_id": self.id,
            "mimetype": self.mimetype,
        })

    def _is_intact(self):
        """Whether the stored bytes still have the digest taken when they arrived."""
        self.ensure_one()
        return hashlib.sha256(self._attachment().raw or b"").hexdigest() == self.sha256

    def _destroy(self, reason):
        """Remove the bytes for good, keep the row (archive only, after its two confirmations)."""
        if self.env.context.get("vanban_file") is not FILE_TOKEN:
            self._refuse("destroy")
        self._attachment().with_context(vanban_file=FILE_TOKEN).unlink()
        self.with_context(vanban_file=FILE_TOKEN).write({"destroyed_date": fields.Datetime.now(), "reason": reason})
        self._log("destroy", comment=reason)

    def read(self, fields=None, load="_classic_read"):
        rows = super().read(fields, load)
        if (fields is None or "content" in fields) and not self._only_sizes():
            self._log("download", data={"by": "rpc"})
        return rows

    def export_data(self, fields_to_export):
        rows = super().export_data(fields_to_export)
        self._log("export", data={"fields": fields_to_export})
        return rows

    def _log_downloads(self):
        if self:
            self._log("download", data={"by": "rpc"})

    def _only_sizes(self):
        """Whether bytes are asked for by the server itself, or only their sizes are returned."""
        return not self or self.env.su or self.env.context.get("bin_size") or self.env.context.get("bin_size_content")

    def action_download(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/vanban.file/{self.id}/content/{self.name}?download=true",
            "target": "self",
        }


class DocumentFiles(models.Model):
    _inherit = "vanban.document"

    file_ids = fields.One2many("vanban.file", "document_id", "Files")
    main_file_id = fields.Many2one("vanban.file", "Main file", readonly=True, copy=False, ondelete="restrict")
    # related_sudo=False: in a form anybody can try ids of files
    main_file_content = fields.Binary("Main file content", related="main_file_id.content", related_sudo=False)
    main_file_name = fields.Char(related="main_file_id.name", string="Main file name", related_sudo=False)
    file_count = fields.Integer("Number of files", compute="_compute_file_count")

    def read(self, fields=None, load="_classic_read"):
        rows = super().read(fields, load)
        if fields is not None and "main_file_content" in fields and not (self.env.su or self.env.context.get("bin_size")):
            self.main_file_id._log("download", data={"by": "rpc"})
        return rows

    def export_data(self, fields_to_export):
        rows = super().export_data(fields_to_export)
        self._log("export", data={"fields": fields_to_export})
        return rows

    def _process_attachments_for_post(self, attachments, attachment_ids, message_values):
        if (attachments or attachment_ids) and any(document.secrecy != "0" for document in self.sudo()):  # safe: a class only
            self._log_refused("upload", self._message_secret())
            raise UserError(self._message_secret())
        return super()._process_attachments_for_post(attachments, attachment_ids, message_values)

    def _compute_file_count(self):
        counts = dict(self.env["vanban.file"]._read_group([("document_id", "in", self.ids)], ["document_id"], ["__count"]))
        for document in self:
            document.file_count = counts.get(document, 0)

    @api.depends("main_file_id")
    def _compute_page_count(self):
        for document in self:
            document.page_count = document.main_file_id.page_count or document.page_count

    @api.model
    def _max_file_bytes(self):
        return int(self.env["ir.config_parameter"].sudo().get_param("vanban_core.max_file_mb", 100)) * 1024 * 1024  # safe: a limit

    @api.model
    def _current_annexes(self):
        """Annexes in force: without those of which a newer version (sealed, made again) exists."""
        annexes = self.file_ids.filtered(lambda file: file.role == "annex" and not file.destroyed_date)
        return (annexes - annexes.source_id).sorted("id")

    def _inspect_file(self, name, raw, allowed=file_check.ALLOWED):
        """``FileInfo`` of hostile bytes, or ``UserError`` in words for the clerk; nothing is stored."""
        try:
            return file_check.check(name, raw, max_bytes=self._max_file_bytes(), allowed=allowed)
        except FileRefused as error:
            self._log_refused("upload", str(error))
            raise UserError(str(error)) from error

    def _add_file(self, name, raw, role="main", stage="draft", original=False, reason=None, source=None):
        """Add a file after checking its bytes; the newest main file becomes ``main_file_id``.

        :raise UserError: not a sound file of an accepted format, or the document may hold none
        """
        self.ensure_one()
        if self.secrecy != "0":
            self._log_refused("upload", self._message_secret())
            raise UserError(self._message_secret())
        allowed = file_check.ALLOWED | file_check.OF_ROLE.get(role, frozenset())
        info = self._inspect_file(name, raw, allowed)
        facts = self._judge_file(info, raw, role, stage)
        model = self.env["vanban.file"].sudo().with_context(vanban_file=FILE_TOKEN)  # safe: right to the document checked by the flow
        last = model.browse()
        if role != "main" or self.main_file_id:  # the first main file needs no look for an earlier one
            last = model.search([("document_id", "=", self.id), ("role", "=", role)], order="version desc", limit=1)
        file = model.create({
            "document_id": self.id, "name": info.name, "role": role, "stage": stage, "version": last.version + 1,
            "sha256": info.sha256, "size": info.size, "mimetype": info.mimetype, "page_count": info.pages,
            "is_original": original, "reason": reason, "source_id": source.id if source else False, "author_id": self.env.uid, **facts,
        })
        file._store(raw)
        if role == "main":
            self.sudo().main_file_id = file  # safe: right to the document checked by the flow
        self._log("add_file", comment=reason, data={"file": info.name, "sha256": info.sha256, "role": role, "stage": stage})
        return file.with_env(self.env)

    def _judge_file(self, info, raw, role, stage):
        """Further conditions on a sound file before it is stored (raise ``UserError``), and values to keep beside it."""
        return {}

    def upload_file(self, name, content_b64, role="main", stage=None, reason=None):
        """Attach a file (base64) as the current user; for forms, scanners and JSON-2.

        :return: id of the new ``vanban.file``
        """
        self.ensure_one()
        self.check_access("write")
        if role not in ("main", "annex", "source"):
            raise UserError(self.env._("Choose whether the file is the main document, an annex or an editable source."))
        try:
            self._check_upload(role)
        except UserError as error:
            self._log_refused("upload", str(error))
            raise
        try:
            raw = base64.b64decode(content_b64 or "", validate=True)
        except (binascii.Error, ValueError) as error:
            raise UserError(self.env._("The file “%(name)s” did not arrive whole. Please upload it again.", name=name)) from error
        if self.direction != "in":
            stage = "draft"  # whatever a client says: scans of signed papers come through a step of their own
        elif stage not in ("scan", "received"):
            stage = "received" if self.medium == "electronic" else "scan"
        try:
            self._check_upload_format(name, role, stage)
        except UserError as error:
            self._log_refused("upload", str(error))
            raise
        return self._add_file(name, raw, role, stage, original=self.direction == "in", reason=reason).id

    def _check_upload(self, role):
        """Raise when this kind of file cannot be added now."""
        if self.direction == "in" and role == "main" and self.arrival_number and self.main_file_id:
            raise UserError(self.env._("The document is registered: its main file is fixed. Add later material as an annex."))
        if self.direction != "in" and self.state not in ("draft", "rework", "consulting"):
            raise UserError(
                self.env._("“%(document)s” is no longer a draft: have it returned before changing its files.", document=self.display_name)
            )


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _vanban_guard(self, action):
        if self.env.context.get("vanban_file") is FILE_TOKEN:
            return
        guarded = self.filtered(lambda attachment: attachment.res_model == "vanban.file")
        if guarded:
            self.env["vanban.file"].sudo().browse(guarded.mapped("res_id")).exists()._refuse(action)  # safe: only to name the file

    def _vanban_check_place(self, action):
        """No client puts, changes or removes the bytes behind a field of our records, nor attaches anything to a state secret."""
        places = self.sudo()  # safe: reads only what the attachments belong to
        if not self.env.su:
            behind = places.filtered(lambda place: place.res_field and (place.res_model or "").startswith("vanban."))
            if behind:
                message = self.env._("The content of this record is changed with its own buttons only, not as an attachment.")
                self.env["vanban.log"]._log_refused(action, f"{message} {behind[0].res_model},{behind[0].res_id}")
                raise AccessError(message)
        on_documents = places.filtered(lambda place: place.res_model == "vanban.document" and place.res_id)
        documents = self.env["vanban.document"].sudo().browse(on_documents.mapped("res_id")).exists()  # safe: a class only
        secret = documents.filtered(lambda document: document.secrecy != "0")
        if secret and action != "delete":
            secret._log_refused("upload", secret._message_secret())
            raise UserError(secret._message_secret())

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("vanban_file") is not FILE_TOKEN and any(
            vals.get("res_model") == "vanban.file" for vals in vals_list
        ):
            self.env["vanban.file"]._refuse("write")
        attachments = super().create(vals_list)
        attachments._vanban_check_place("write")
        return attachments

    def write(self, vals):
        self.sudo()._vanban_guard("write")  # safe: reads only what the record belongs to
        if vals.get("res_model") == "vanban.file" and self.env.context.get("vanban_file") is not FILE_TOKEN:
            self.env["vanban.file"]._refuse("write")
        self._vanban_check_place("write")
        result = super().write(vals)
        if vals.keys() & {"res_model", "res_id", "res_field"}:
            self._vanban_check_place("write")
        return result

    def unlink(self):
        self.sudo()._vanban_guard("delete")  # safe: reads only what the record belongs to
        self._vanban_check_place("delete")
        return super().unlink()

    def copy_data(self, default=None):
        self.sudo()._vanban_guard("copy")  # safe: reads only what the record belongs to
        return super().copy_data(default)

    def read(self, fields=None, load="_classic_read"):
        rows = super().read(fields, load)
        asked = {"raw", "datas", "db_datas", "index_content"} & set(fields or ("raw",))
        if asked and not self.env.su and (asked != {"datas"} or not self.env.context.get("bin_size")):
            own = self.sudo().filtered(lambda attachment: attachment.res_model == "vanban.file")  # safe: only what it belongs to
            self.env["vanban.file"].browse(own.mapped("res_id"))._log_downloads()
        return rows

    def _index(self, bin_data, file_type, checksum=None):
        if self.env.context.get("vanban_file") is FILE_TOKEN:
            return None  # text of documents is extracted in the background, not while the clerk waits
        return super()._index(bin_data, file_type, checksum)


class IrBinary(models.AbstractModel):
    _inherit = "ir.binary"

    def _record_to_stream(self, record, field_name):
        stream = super()._record_to_stream(record, field_name)
        if record._name == "vanban.file":
            record._log("download", data={"file": record.sudo().name, "sha256": record.sudo().sha256})
        elif record._name == "vanban.document" and field_name == "main_file_content":
            record.main_file_id._log("download")
        elif record._name == "ir.attachment" and record.sudo().res_model == "vanban.file":  # safe: only what it belongs to
            self.env["vanban.file"].browse(record.sudo().res_id)._log("download")
        return stream
