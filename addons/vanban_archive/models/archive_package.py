import shutil
import tempfile
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.vanban_core.models.document_files import FILE_TOKEN
from odoo.addons.vanban_core.models.language import in_vietnamese
from odoo.addons.vanban_core.tools import vietnam_time

from ..package import PackageError, build_package, check_package, profile_ids, zip_package
from .dossier_archive import ARCHIVE_TOKEN, AT_ARCHIVE


class ArchivalPackage(models.Model):
    """A package of a dossier (SIP, AIP, DIP): METS, PREMIS, originals with their signatures, reports; checked, kept whole."""

    _name = "vanban.package"
    _inherit = ["vanban.written.once", "vanban.fixity.mixin"]
    _description = "Archival package"
    _order = "id desc"

    name = fields.Char("Package identifier", required=True)
    dossier_id = fields.Many2one("vanban.dossier", "Dossier", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="dossier_id.company_id", store=True)
    kind = fields.Selection(
        [("SIP", "Submission (SIP)"), ("AIP", "Archival (AIP)"), ("DIP", "Dissemination (DIP)")], required=True, default="AIP"
    )
    profile = fields.Char("Layout", required=True)
    mets_sha256 = fields.Char("SHA-256 of METS.xml", required=True)
    sha256 = fields.Char("SHA-256 of the file")
    size = fields.Integer("Size (bytes)")
    file_count = fields.Integer("Files")
    document_count = fields.Integer("Documents")
    content = fields.Binary("Package", attachment=True, copy=False)
    file_name = fields.Char("File name")
    mimetype = fields.Char(default="application/zip")
    result = fields.Selection([("passed", "Passed"), ("failed", "Failed")], "Check", required=True)
    findings = fields.Text("Findings")
    check_date = fields.Datetime("Checked at")
    user_id = fields.Many2one("res.users", "Built by", required=True, default=lambda self: self.env.user, ondelete="restrict")
    destroyed_date = fields.Datetime("Destroyed on")

    @api.model
    def _flow_creates(self):
        return self.env.context.get("vanban_archive") is ARCHIVE_TOKEN

    def _flow_writes(self, vals):
        return self._flow_creates()

    def _message_kept(self):
        return self.env._("Packages are built and checked by the system: they can be neither changed nor deleted.")

    def _attachment(self):
        # safe: only reached through records that the user may read, or by the server's own checks
        return self.env["ir.attachment"].sudo().search(
            [("res_model", "=", self._name), ("res_field", "=", "content"), ("res_id", "in", self.ids)]
        )

    def _note_fixity(self, vals):
        # safe: result of the server's own check
        self.sudo().with_context(vanban_archive=ARCHIVE_TOKEN).write(vals)

    # ------------------------------------------------------------------ build

    @api.model
    def _build(self, dossier, kind, profile):
        """Build, check and store; returns the package. Nothing stays behind when it fails."""
        folder = Path(tempfile.mkdtemp(prefix="vanban-package-"))
        try:
            # safe: the right to build was checked by the caller; the whole dossier goes in
            built = build_package(dossier.sudo()._package(kind), folder, profile)
            report = check_package(built.path, mets_sha256=built.mets_sha256)
            archive = folder / f"{built.path.name}.zip"
            zip_package(built.path, archive)
            raw = archive.read_bytes()
        except PackageError as error:
            raise UserError(str(error)) from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        # safe: as above
        package = self.sudo().with_context(vanban_archive=ARCHIVE_TOKEN).create({
            "name": built.objid, "dossier_id": dossier.id, "kind": kind, "profile": profile, "mets_sha256": built.mets_sha256,
            "sha256": self._stored_digest(raw), "size": len(raw), "file_count": report.files, "document_count": report.documents,
            "file_name": f"{built.path.name}.zip", "user_id": self.env.uid, **self._check_values(report),
        })
        # safe: as above
        self.env["ir.attachment"].sudo().with_context(vanban_file=FILE_TOKEN).create({
            "name": package.file_name, "raw": raw, "res_model": self._name, "res_field": "content", "res_id": package.id,
            "mimetype": "application/zip",
        })
        package.invalidate_recordset(["content"])
        dossier._log("package", data={"package": built.objid, "kind": kind, "mets": built.mets_sha256, "result": package.result})
        return self.browse(package.id)

    @api.model
    def _check_values(self, report):
        return {
            "result": "passed" if report.ok else "failed", "check_date": fields.Datetime.now(),
            "findings": "\n".join(map(str, report.findings[:200])) or False,
        }  # fmt: skip

    def action_check(self):
        """Check the stored package again, from its bytes; stores and returns the result (``passed`` or ``failed``)."""
        self.ensure_one()
        self.check_access("read")
        if self.destroyed_date:
            raise UserError(self.env._("The content of the package was destroyed with its dossier."))
        with tempfile.TemporaryDirectory(prefix="vanban-package-") as folder:
            path = Path(folder) / "package.zip"
            path.write_bytes(self._attachment().raw or b"")
            report = check_package(path, mets_sha256=self.mets_sha256)
        self._note_fixity(self._check_values(report))
        self._log("check_package", data={"package": self.name, "result": self.result})
        return self.result

    def action_download(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url", "target": "self",
            "url": f"/web/content/vanban.package/{self.id}/content/{self.file_name}?download=true",
        }  # fmt: skip

    @api.model
    def _cron_build(self, limit=20):
        """Build the archival package of every dossier that was archived since the last run."""
        self = in_vietnamese(self)
        # safe: a scheduled action of the system
        dossiers = self.env["vanban.dossier"].sudo()
        waiting = dossiers.search([("state", "=", "archived"), ("package_ids", "not any", [("kind", "=", "AIP")])], limit=limit + 1)
        for done, dossier in enumerate(waiting[:limit], 1):
            if dossier.try_lock_for_update() and not dossier.package_ids.filtered(lambda one: one.kind == "AIP"):
                try:
                    with self.env.cr.savepoint():
                        dossier._build_package("AIP", "TT05-2025")
                except UserError as error:
                    dossier._tell_archivists(str(error))
            if not self.env["ir.cron"]._commit_progress(1, remaining=len(waiting) - done):
                break


class DossierPackage(models.Model):
    _inherit = "vanban.dossier"

    def build_package(self, kind="AIP", profile="TT05-2025"):
        """Build and check a package of an archived dossier; for buttons and JSON-2.

        :param kind: ``SIP`` (to the historical archive), ``AIP`` (to keep) or ``DIP`` (to hand out)
        :param profile: ``TT05-2025`` or ``TT02-2019``
        :return: id of the ``vanban.package``
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group("vanban_archive.group_archivist"):
            message = self.env._("Packages are built by the archivist.")
            self._log_refused("package", message)
            raise AccessError(message)
        if kind not in ("SIP", "AIP", "DIP") or profile not in profile_ids():
            raise UserError(self.env._("Choose the kind and the layout of the package from the list."))
        return self._build_package(kind, profile).id

    def _build_package(self, kind, profile):
        if self.state not in AT_ARCHIVE or self.state in ("in_destruction", "destroyed"):
            raise UserError(self.env._("“%(dossier)s” is not in the archive: there is nothing to pack.", dossier=self.display_name))
        return self.env["vanban.package"]._build(self, kind, profile)

    def action_build_package(self):
        """Build the archival package and show it."""
        package = self.build_package("SIP" if self.env.context.get("vanban_sip") else "AIP")
        return {
            "type": "ir.actions.act_window", "res_model": "vanban.package", "res_id": package, "views": [(False, "form")],
        }  # fmt: skip

    def action_view_packages(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "res_model": "vanban.package", "name": self.env._("Packages"),
            "view_mode": "list,form", "domain": [("dossier_id", "=", self.id)],
        }  # fmt: skip

    def _tell_archivists(self, text):
        for user in self.company_id._archivists():
            self.activity_schedule("mail.mail_activity_data_warning", vietnam_time.today(), user_id=user.id, summary=text)


class IrAttachment(models.Model):
    """Packages and minutes are guarded at the attachment, too."""

    _inherit = "ir.attachment"

    def _guard_archive(self, action):
        if self.env.context.get("vanban_file") is FILE_TOKEN:
            return
        guarded = self.filtered(
            lambda one: one.res_model == "vanban.package" or (one.res_model in ("vanban.handover", "vanban.destruction") and one.res_field)
        )
        if guarded:
            # safe: only to log what was tried
            self.env["vanban.package"].sudo().browse()._refuse(action)

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("vanban_file") is not FILE_TOKEN and any(
            vals.get("res_model") == "vanban.package"
            or (vals.get("res_model") in ("vanban.handover", "vanban.destruction") and vals.get("res_field"))
            for vals in vals_list
        ):
            self.env["vanban.package"]._refuse("write")
        return super().create(vals_list)

    def write(self, vals):
        self.sudo()._guard_archive("write")  # safe: reads only what the record belongs to
        return super().write(vals)

    def unlink(self):
        self.sudo()._guard_archive("delete")  # safe: reads only what the record belongs to
        return super().unlink()


class IrBinary(models.AbstractModel):
    _inherit = "ir.binary"

    def _record_to_stream(self, record, field_name):
        stream = super()._record_to_stream(record, field_name)
        if record._name in ("vanban.package", "vanban.dossier.item") and field_name == "content":
            record._log("download", data={"file": record.sudo().file_name, "sha256": record.sudo().sha256})  # safe: of what was just read
        return stream
