import datetime

from odoo import api, fields, models

from .document_verify import PDF, SIGNATURE_MARK

#: An automatic verification is not repeated within this time: the clerk's own "Verify" always is.
FRESH = datetime.timedelta(hours=1)
CLERKS_TURN = ("signed", "clerk_check")


class DocumentCheck(models.Model):
    """What the clerk is told about signatures before he goes on: outgoing before numbering (OUT-20), incoming before acceptance (SIGN-20)."""

    _inherit = "vanban.document"

    signature_problem = fields.Char("What is wrong with the personal signature", compute="_compute_signature_problem")

    @api.depends("state", "main_file_id")
    def _compute_signature_problem(self):
        for document in self:
            # a list would verify every file; the form of one document may
            concerned = len(self) == 1 and document.direction != "in" and document.state in CLERKS_TURN
            if not concerned or document._sealed_in_corner():
                document.signature_problem = False
                continue
            document.signature_problem = document._personal_signature_problem() or False

    def _judge_file(self, info, raw, role, stage):
        """Whether a PDF claims to be signed is seen once, while its bytes are at hand."""
        facts = super()._judge_file(info, raw, role, stage)
        return {**facts, "unsigned": SIGNATURE_MARK not in raw} if info.mimetype == PDF else facts

    def _add_file(self, name, raw, role="main", stage="draft", **more):
        """A received file that claims to be signed is verified at once, whatever way it came: packet, mail, scan, upload."""
        file = super()._add_file(name, raw, role, stage, **more)
        if self.direction == "in" and stage in ("received", "scan") and file.mimetype == PDF and not file.unsigned:
            file._verify()
        elif self.direction == "in" and role == "signature" and file.source_id.mimetype not in (PDF, False):
            file.source_id._verify()
        return file


class FileCheck(models.Model):
    _inherit = "vanban.file"

    def _verify_unless_fresh(self):
        """The last verification when it is not older than an hour, else a new one."""
        self.ensure_one()
        last = self.env["vanban.verification"].search([("file_id", "=", self.id)], limit=1)
        if last and last.date > fields.Datetime.now() - FRESH and self._is_intact():
            return last
        return self._verify()
