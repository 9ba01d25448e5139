import hashlib
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.vanban_core.models.document_files import FILE_TOKEN
from odoo.addons.vanban_core.models.dossier_item import ITEM_TOKEN
from odoo.addons.vanban_core.models.language import in_vietnamese
from odoo.addons.vanban_core.models.transition_mixin import Transition
from odoo.addons.vanban_core.tools import material_check, vietnam_time
from odoo.addons.vanban_core.tools.file_refused import FileRefused

_logger = logging.getLogger(__name__)
CHUNK = 1024 * 1024
BATCH = 100


class FixityMixin(models.AbstractModel):
    """Files whose stored bytes are compared with the SHA-256 taken when they arrived (ARC-01; QCVN 12:2026 integrity)."""

    _name = "vanban.fixity.mixin"
    _description = "Fixity of stored bytes"

    fixity_date = fields.Datetime("Last fixity check", readonly=True, copy=False, index=True)
    fixity_ok = fields.Boolean("Bytes as received", readonly=True, copy=False)

    @api.model
    def _stored_digest(self, raw):
        return hashlib.sha256(raw).hexdigest()

    def _opens(self, raw):
        """Whether a reader opens the bytes as what they claim to be."""
        name = self.name if self._name == "vanban.file" else self.file_name
        if self.mimetype in ("application/xml", "text/xml"):
            return bool(raw)
        try:
            material_check.check(name, raw, max_bytes=max(len(raw), 1))
        except FileRefused:
            return False
        return True

    def _digest_of_store(self):
        """SHA-256 of the bytes on disk, read in pieces; ``""`` when they are gone."""
        self.ensure_one()
        attachment = self._attachment()[:1]
        if not attachment:
            return ""
        if not attachment.store_fname:
            return hashlib.sha256(attachment.raw or b"").hexdigest()
        digest = hashlib.sha256()
        try:
            with open(attachment._full_path(attachment.store_fname), "rb") as stream:
                while chunk := stream.read(CHUNK):
                    digest.update(chunk)
        except OSError:
            return ""
        return digest.hexdigest()

    def _check_fixity(self):
        """Compare, note the result on the row, report what differs; returns the damaged records."""
        damaged = self.browse()
        now = fields.Datetime.now()
        for record in self:
            found = record._digest_of_store()
            intact = found == record.sha256
            record._note_fixity({"fixity_date": now, "fixity_ok": intact})
            if not intact:
                damaged |= record
                self.env["vanban.fixity.finding"]._report(record, found)
        return damaged

    def _note_fixity(self, vals):
        raise NotImplementedError


class File(models.Model):
    _name = "vanban.file"
    _inherit = ["vanban.file", "vanban.fixity.mixin"]

    def _note_fixity(self, vals):
        # safe: result of the server's own check
        self.sudo().with_context(vanban_file=FILE_TOKEN).write(vals)


class DossierItem(models.Model):
    _name = "vanban.dossier.item"
    _inherit = ["vanban.dossier.item", "vanban.fixity.mixin"]

    def _note_fixity(self, vals):
        # safe: result of the server's own check
        self.sudo().with_context(vanban_item=ITEM_TOKEN).write(vals)


class FixityFinding(models.Model):
    """Damage that the scheduled check found, until somebody has dealt with it."""

    _name = "vanban.fixity.finding"
    _inherit = ["vanban.transition.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Damaged file"
    _order = "id desc"

    _transitions = (Transition("settle", ("open",), ("settled",), who="_may_settle", guard="_guard_settle", comment=True),)

    name = fields.Char("File", required=True, readonly=True)
    company_id = fields.Many2one("res.company", "Agency", required=True, readonly=True)
    document_id = fields.Many2one("vanban.document", "Document", readonly=True, index=True)
    dossier_id = fields.Many2one("vanban.dossier", "Dossier", readonly=True)
    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Integer(required=True, readonly=True)
    expected = fields.Char("Digest stored", required=True, readonly=True)
    found = fields.Char("Digest found", readonly=True)
    date = fields.Datetime("Found at", required=True, readonly=True, default=fields.Datetime.now)
    state = fields.Selection([("open", "Open"), ("settled", "Settled")], required=True, default="open", readonly=True)
    settlement = fields.Text("How it was settled", readonly=True)

    _record_index = models.Index("(res_model, res_id)")

    @api.model
    def _report(self, record, found):
        """Open one finding per damaged file; alarm archivists and administrators, log it."""
        # safe: written by the server's own check
        model = self.sudo()
        known = model.search([("res_model", "=", record._name), ("res_id", "=", record.id), ("state", "=", "open")], limit=1)
        if known:
            return known
        company = record.company_id
        finding = model.create({
            "name": record.name if record._name == "vanban.file" else record.file_name, "company_id": company.id,
            "document_id": "document_id" in record._fields and record.document_id.id,
            "dossier_id": "dossier_id" in record._fields and record.dossier_id.id,
            "res_model": record._name, "res_id": record.id, "expected": record.sha256, "found": found,
        })
        _logger.info("fixity: %s %s differs from its stored digest", record._name, record.id)
        record._log("fixity_damaged", data={"expected": record.sha256, "found": found})
        admins = self.env["res.users"].sudo().search([  # safe: names of the administrators of the agency
            ("all_group_ids", "in", self.env.ref("vanban_core.group_admin").ids), ("company_ids", "in", company.ids),
        ])
        for user in company._archivists() | admins:
            finding.activity_schedule(
                "mail.mail_activity_data_warning", vietnam_time.today(), user_id=user.id,
                summary=self.env._("Damaged file: %(file)s", file=finding.name),
            )  # fmt: skip
        return finding

    def action_settle(self, note):
        """Close the finding with what was done (restored from backup, taken from the other copy, …); the bytes must be right again."""
        return self._transition("settle", comment=note, values={"settlement": note})

    def _may_settle(self):
        return self.env.user.has_group("vanban_archive.group_archivist")

    def _guard_settle(self):
        record = self.env[self.res_model].sudo().browse(self.res_id)  # safe: only its digest is compared
        if record._digest_of_store() != record.sha256:
            raise UserError(self.env._("The file is still damaged: restore its bytes from the backup first."))
        record._note_fixity({"fixity_date": fields.Datetime.now(), "fixity_ok": True})

    @api.model
    def _cron_check(self, limit=BATCH):
        """Check the files that were checked longest ago; several workers share the work (SKIP LOCKED)."""
        self = in_vietnamese(self)
        for name, domain in (
            ("vanban.file", [("destroyed_date", "=", False)]),
            ("vanban.dossier.item", [("sha256", "!=", False), ("destroyed_date", "=", False)]),
            ("vanban.package", [("sha256", "!=", False)]),
        ):
            model = self.env[name].sudo()  # safe: a scheduled check of the system, results only
            before = fields.Datetime.subtract(fields.Datetime.now(), days=self._interval_days())
            due = [*domain, "|", ("fixity_date", "=", False), ("fixity_date", "<", before)]
            remaining = model.search_count(due)
            for record in model.search(due, order="fixity_date NULLS FIRST, id", limit=limit):
                if record.try_lock_for_update():
                    record._check_fixity()
                remaining -= 1
                if not self.env["ir.cron"]._commit_progress(1, remaining=max(remaining, 0)):
                    return

    @api.model
    def _interval_days(self):
        # safe: one technical setting
        return int(self.env["ir.config_parameter"].sudo().get_param("vanban_archive.fixity_days", 30))
