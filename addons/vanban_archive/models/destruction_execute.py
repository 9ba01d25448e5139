import hashlib

from odoo import fields, models
from odoo.tools import format_date, format_datetime

from odoo.addons.vanban_core.models.document import FIXED_TOKEN
from odoo.addons.vanban_core.models.document_files import FILE_TOKEN
from odoo.addons.vanban_core.models.dossier_item import ITEM_TOKEN

from ..report.destruction_record import destruction_record
from .dossier_archive import ARCHIVE_TOKEN


class DestructionExecution(models.Model):
    """The act itself: content away for good, metadata, list, record and log stay (ARC-16)."""

    _inherit = "vanban.destruction"

    record = fields.Binary("Record of the destruction", attachment=True, readonly=True, copy=False)
    record_name = fields.Char("Name of the record", compute="_compute_record_name")

    def _compute_record_name(self):
        for destruction in self:
            destruction.record_name = f"bien-ban-huy-{destruction.id}.pdf"

    def _effect_confirm_2(self, comment):
        for destruction in self:
            # safe: right was checked by the transition
            destruction.sudo().write({"second_user_id": self.env.uid, "second_date": fields.Datetime.now()})
            destruction._execute()

    def _execute(self):
        """Destroy; one transaction, the bytes on disk follow right after its commit."""
        self.ensure_one()
        shared = self._shared_items()
        self._list_shared()
        # safe: approved by the head, confirmed twice, guards passed; only what is on the list is touched
        items = self.sudo().line_ids.dossier_id.item_ids.filtered(lambda item: not item.destroyed_date).sorted(
            lambda item: (item.dossier_id.id, item.ordinal)
        )
        destroyed, done = [], self.env["vanban.document"].sudo()  # safe: as above
        for item in items:
            document = item.document_id
            if item in shared:
                item.dossier_id._revoke_documents(document)
            elif document and document not in done:
                destroyed.append(self._destroy_document(item, document))
                done |= document
            elif not document:
                destroyed.append(self._destroy_material(item))
            item.with_context(vanban_item=ITEM_TOKEN).write({"destroyed_date": fields.Datetime.now()})
        dossiers = self.line_ids.dossier_id
        self._destroy_packages(dossiers)
        dossiers._archive_flow("destroy", comment=self.reason)
        # safe: as above
        self.sudo().write({"destroyed_date": fields.Datetime.now(), "destroyed_count": len(destroyed)})
        self.with_context(vanban_archive=ARCHIVE_TOKEN)._transition("destroy")
        self._make_record(destroyed)
        self.env["vanban.erasure"]._run_after_commit()
        self.env.ref("vanban_archive.cron_erasure")._trigger()

    def _release(self, attachments, sha256=None):
        """Delete attachments and plan the erasure of their bytes."""
        self.env["vanban.erasure"]._plan(attachments, self, sha256)
        attachments.with_context(vanban_file=FILE_TOKEN).unlink()

    def _destroy_document(self, item, document):
        """All versions of all files, chatter attachments, extracted text, packets; returns the line of the record."""
        files = document.file_ids.filtered(lambda file: not file.destroyed_date)
        digests = [file.sha256 for file in files]
        for file in files:
            self.env["vanban.erasure"]._plan(file._attachment(), self, file.sha256)
            file.with_context(vanban_file=FILE_TOKEN)._destroy(self.name)
        self._release(self._loose_attachments(document))
        self._forget_text(document)
        document._log("destroy", comment=self.reason, data={
            "destruction": self.name, "decision": self.decision, "dossier": item.dossier_id.code, "sha256": digests,
        })
        return {
            "code": item.code, "name": " ".join(filter(None, (document.code, document.subject))), "files": len(files),
            "digest": document.main_file_id.sha256 or "",
        }  # fmt: skip

    def _loose_attachments(self, document):
        """Attachments in the discussion of the document and its messages."""
        # safe: content of a document whose destruction was decided
        return self.env["ir.attachment"].sudo().search([
            "|", ("res_field", "=", False), ("res_field", "!=", False),
            ("res_model", "=", "vanban.document"), ("res_id", "=", document.id),
        ]) | document.message_ids.attachment_ids

    def _forget_text(self, document):
        """Extracted text and copies of content held by other addons.

        An addon that keeps bytes or text of documents extends ``_archive_forget(reason)`` of ``vanban.document``.
        """
        for name in ("content_text", "search_text", "body"):
            if name in document._fields and document._fields[name].store and not document._fields[name].compute:
                document.with_context(vanban_fixed=FIXED_TOKEN)[name] = False
        document._archive_forget(self.name)

    def _destroy_material(self, item):
        attachments = item._attachment()
        self._release(attachments, item.sha256)
        item.with_context(vanban_item=ITEM_TOKEN).write({"text": False})
        item._log("destroy", comment=self.reason, data={"destruction": self.name, "sha256": item.sha256})
        return {"code": item.code, "name": item.name, "files": len(attachments), "digest": item.sha256 or ""}

    def _destroy_packages(self, dossiers):
        """Packages hold the same content; their identifiers and digests stay."""
        packages = dossiers.sudo().package_ids.filtered(lambda package: not package.destroyed_date)  # safe: as in _execute
        for package in packages:
            self._release(package._attachment(), package.sha256)
        packages.with_context(vanban_archive=ARCHIVE_TOKEN).write({"destroyed_date": fields.Datetime.now()})

    # ------------------------------------------------------------------ record

    def _record_attachment(self):
        # safe: of a destruction that the caller may read
        return self.env["ir.attachment"].sudo().search(
            [("res_model", "=", self._name), ("res_field", "=", "record"), ("res_id", "in", self.ids)]
        )

    def _make_record(self, destroyed):
        self.ensure_one()
        raw = destruction_record(self._record_data(destroyed))
        # safe: the record is the server's
        self.env["ir.attachment"].sudo().with_context(vanban_file=FILE_TOKEN).create({
            "name": self.record_name, "raw": raw, "res_model": self._name, "res_field": "record", "res_id": self.id,
            "mimetype": "application/pdf",
        })
        self.sudo().record_sha256 = hashlib.sha256(raw).hexdigest()  # safe: as above
        self.invalidate_recordset(["record"])
        self._log("destruction_record", data={"sha256": self.record_sha256, "destroyed": [one["code"] for one in destroyed]})

    def _record_data(self, destroyed):
        # safe: the record lists what was decided and done
        one = self.sudo().with_context(lang="vi_VN")

        def moment(value):
            return format_datetime(one.env, value, tz="Asia/Ho_Chi_Minh") if value else ""

        return {
            "agency": one.company_id.name, "parent": one.company_id.vanban_parent_name, "number": one.name,
            "date": moment(one.destroyed_date), "reason": one.reason, "decision": one.decision,
            "decision_date": format_date(one.env, one.decision_date) if one.decision_date else "",
            "proposer": one.proposer_id.name, "council": ", ".join(one.council_ids.mapped("name")), "opinion": one.opinion,
            "approver": one.approver_id.name, "executor": one.second_user_id.name,
            "first": f"{one.first_user_id.name}, {moment(one.first_date)}", "second": f"{one.second_user_id.name}, {moment(one.second_date)}",
            "dossiers": [
                {
                    "code": line.dossier_id.code, "title": line.dossier_id.title, "retention": line.dossier_id.retention_id.name,
                    "expiry": format_date(one.env, line.dossier_id.expiry_date) if line.dossier_id.expiry_date else "",
                    "reason": line.reason or one.reason,
                }
                for line in one.line_ids
            ],
            "destroyed": destroyed,
            "kept": [
                {
                    "code": shared.code, "name": shared.name, "other": shared.other_code,
                    "expiry": format_date(one.env, shared.other_expiry) if shared.other_expiry else one.env._("no end set"),
                }
                for shared in one.shared_ids
            ],
        }  # fmt: skip

    def action_download_record(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url", "target": "self",
            "url": f"/web/content/vanban.destruction/{self.id}/record/{self.record_name}?download=true",
        }  # fmt: skip
