import json
import os

from odoo import api, fields, models
from odoo.exceptions import UserError

from .verification import RESULTS

PDF = "application/pdf"
# every signature in a PDF names the bytes that it covers
SIGNATURE_MARK = b"/ByteRange"


class DocumentVerify(models.Model):
    """Verification of any PDF of a document, reachable in one action; stored; an invalid incoming document has no value."""

    _inherit = "vanban.document"

    verification_ids = fields.One2many("vanban.verification", "document_id", "Verifications")
    verification_id = fields.Many2one("vanban.verification", "Last verification", compute="_compute_verification")
    verification_overall = fields.Selection(RESULTS, "Digital signatures", compute="_compute_verification")
    verification_reason = fields.Text("Summary of signatures", compute="_compute_verification")

    @api.depends("main_file_id", "file_ids", "verification_ids")
    def _compute_verification(self):
        """Of the main file; an annex that came with an invalid signature spoils the whole (BHXH Đ6; SIGN-20)."""
        # of all their files: few are ever verified, and most documents need no look at their files for it
        groups = self.env["vanban.verification"]._read_group([("document_id", "in", self.ids)], ["file_id"], ["id:max"])
        latest = {file.id: last for file, last in groups}
        others = self.env["vanban.file"].browse(latest) - self.main_file_id
        annexes = others.filtered(
            lambda file: file.role == "annex" and file.stage == "received" and file.document_id.direction == "in"
        )
        records = self.env["vanban.verification"].browse(latest[file.id] for file in annexes)
        spoilt = {record.document_id.id: record for record in records if record.overall == "invalid"}
        for document in self:
            record = self.env["vanban.verification"].browse(latest.get(document.main_file_id.id))
            document.verification_id = record
            document.verification_overall = record.overall
            document.verification_reason = record.reason
            if (bad := spoilt.get(document.id)) and record.overall != "invalid":
                document.verification_overall = bad.overall
                document.verification_reason = self.env._("Annex “%(file)s”: %(reason)s", file=bad.file_id.name, reason=bad.reason)

    def _pdf_to_verify(self, file_id=None):
        self.ensure_one()
        self.check_access("read")
        file = self.env["vanban.file"].browse(file_id) if file_id else self.main_file_id
        if not file or file.document_id != self:
            raise UserError(self.env._("“%(document)s” has no file to verify.", document=self.display_name))
        if file.mimetype != PDF:
            raise UserError(
                self.env._(
                    "“%(file)s” is not a PDF: it carries no digital signature that could be verified.", file=file.name
                )
            )
        return file

    def action_verify(self, file_id=None):
        """Verify the main file (or another PDF of the document), store the result and show it in words."""
        record = self._pdf_to_verify(file_id)._verify()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Verification of digital signatures"),
            "res_model": "vanban.verification",
            "res_id": record.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    def get_verification(self, file_id=None, run=False):
        """The last stored report of a PDF as a dict (``run``: verify now and store); {} when there is none."""
        file = self._pdf_to_verify(file_id)
        record = file._verify() if run else self.env["vanban.verification"].search([("file_id", "=", file.id)], limit=1)
        return {"id": record.id, **json.loads(record.report)} if record else {}

    def _effect_check(self, comment):
        super()._effect_check(comment)
        # safe: which files there are, whose document was just moved with its own checks; they are read and verified as the user
        files = self.env["vanban.file"].sudo().search_fetch(
            [("document_id", "in", self.ids), ("role", "in", ("main", "annex"))], ["mimetype", "unsigned"]
        )
        for file in files.with_env(self.env):
            if file._has_signature():
                file._verify_unless_fresh()

    def _after_transition(self, transition, comment):
        super()._after_transition(transition, comment)
        if transition.name == "check":
            for document in self.filtered(
                lambda one: one.state == "checking" and one.verification_overall == "invalid"
            ):
                document._flow("declare_no_value", comment=document.verification_reason)

    def _check_transition(self, transition, comment):
        super()._check_transition(transition, comment)
        if transition.name == "register" and self.verification_overall == "invalid":
            raise UserError(
                self.env._(
                    "The document cannot be accepted: its digital signatures are invalid. %(reason)s Return it to the sender.",
                    reason=self.verification_reason,
                )
            )


class FileVerify(models.Model):
    _inherit = "vanban.file"

    verification_ids = fields.One2many("vanban.verification", "file_id", "Verifications")
    unsigned = fields.Boolean("Known to hold no signature", readonly=True, help="Seen when the bytes arrived, which never change afterwards.")

    def _report(self):
        """``pades.report.Report`` of the stored bytes; nothing is stored. Bytes that changed on disk show as not intact."""
        self.ensure_one()
        report = self.env["vanban.trust.anchor"]._judge_file(self._place(), self.name)
        if report.sha256 != self.sha256:
            report.overall = "invalid"
            report.reason = f"Không toàn vẹn: tệp lưu trữ không còn đúng bản đã nhận. {report.reason}"
        return report

    def _place(self):
        """Path of the bytes in the local file store, which spares memory, or the bytes themselves."""
        self.check_access("read")
        attachment = self._attachment()[:1]
        path = attachment.store_fname and not self.destroyed_date and attachment._full_path(attachment.store_fname)
        return path if path and os.path.isfile(path) else self._raw()

    def _verify(self):
        """Verify and store; returns the ``vanban.verification``."""
        return self.env["vanban.verification"]._store(self, self._report())

    def _has_signature(self):
        """Whether the file holds something that claims to be a signature (cheap look, no judgement)."""
        return self.mimetype == PDF and not self.unsigned and SIGNATURE_MARK in self._raw()
