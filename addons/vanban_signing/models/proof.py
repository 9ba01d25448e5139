import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.vanban_core.models.language import in_vietnamese

from ..pades import timestamp
from ..pades.errors import PadesError
from ..pades.longterm import extend, protection, renew

PDF = "application/pdf"
LEVELS = [("B", "Signature only (B)"), ("T", "With timestamp (T)"), ("LT", "With revocation data (LT)"), ("LTA", "With archive timestamp (LTA)")]
STATES = [("waiting", "Waiting"), ("kept", "Kept"), ("problem", "Problem")]
ENROLL, BATCH = 500, 200
_TOKEN = object()


class Proof(models.Model):
    """How long the signatures of one file can still be proven, and the copy that carries the proofs (BHXH Đ6, Đ12.1; SIGN-23).

    The signed file is never touched: revocation data and archive timestamps are added to a copy, which begins with its very bytes.
    """

    _name = "vanban.proof"
    _inherit = ["vanban.log.mixin"]
    _description = "Long-term proof of signatures"
    _order = "until, id"
    _rec_name = "file_name"

    document_id = fields.Many2one("vanban.document", "Document", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="document_id.company_id", store=True, index=True)
    file_id = fields.Many2one("vanban.file", "Signed file", required=True, ondelete="restrict")
    file_name = fields.Char("File name", related="file_id.name")
    copy_id = fields.Many2one("vanban.file", "Copy with the proofs", ondelete="restrict")
    level = fields.Selection(LEVELS, "Level")
    until = fields.Datetime("Provable until", index=True, help="End of the outermost certificate, or of the strength of its algorithms.")
    state = fields.Selection(STATES, "State", required=True, default="waiting", index=True)
    message = fields.Char("Message")
    tries = fields.Integer("Failed tries")
    next_try = fields.Datetime("Next try")

    _once = models.Constraint("UNIQUE(file_id)", "The proofs of this file are kept already.")

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("vanban_proof") is not _TOKEN:
            raise AccessError(self.env._("Long-term proofs are kept by the server's job, not by hand."))
        return super().create(vals_list)

    def write(self, vals):
        if self.env.context.get("vanban_proof") is not _TOKEN:
            raise AccessError(self.env._("Long-term proofs are kept by the server's job, not by hand."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("The record of long-term proofs cannot be deleted."))

    # ------------------------------------------------------------------ enrolment

    @api.model
    def _enroll(self, files):
        """One waiting row for each file that has none; the job does the rest."""
        # safe: called after sealing, or by the job; the row tells nothing of the content
        model = self.sudo().with_context(vanban_proof=_TOKEN)
        known = model.search([("file_id", "in", files.ids)]).file_id
        made = model.create([{"document_id": file.document_id.id, "file_id": file.id} for file in files - known])
        if made:
            self.env.ref("vanban_signing.cron_proof").sudo()._trigger()  # safe: only wakes the job
        return made

    @api.model
    def _enroll_old(self):
        """Sealed and filed signed files from before: taken in by parts, until none is left."""
        files = self.env["vanban.file"].search(
            [("proof_ids", "=", False), ("mimetype", "=", PDF), ("destroyed_date", "=", False),
             ("document_id.company_id.vanban_tsa_url", "not in", (False, "")),
             "|", ("stage", "=", "sealed"), "&", "&", ("stage", "=", "received"), ("document_id.state", "=", "filed"),
             ("verification_ids.overall", "=", "valid")],
            order="id", limit=ENROLL,
        )  # fmt: skip
        return self._enroll(files)

    # ------------------------------------------------------------------- the job

    @api.model
    def _due(self, company, now):
        days = datetime.timedelta(days=company.vanban_proof_days)
        return [
            ("company_id", "=", company.id), ("file_id.destroyed_date", "=", False),
            "|", "&", ("state", "!=", "kept"), "|", ("next_try", "=", False), ("next_try", "<=", now),
            "&", ("state", "=", "kept"), ("until", "<=", now + days),
        ]  # fmt: skip

    @api.model
    def _cron_keep(self):
        """New files first get their data, old ones are renewed in time. Each file in its own transaction: a stop loses one at most."""
        self = in_vietnamese(self)
        more = len(self._enroll_old()) == ENROLL
        self.env["ir.cron"]._commit_progress(remaining=1)
        for company in self.env["res.company"].search([("vanban_tsa_url", "not in", (False, ""))]):
            due = self.search(self._due(company, fields.Datetime.now()), limit=BATCH)
            more |= len(due) == BATCH
            for proof in due:
                proof.with_company(company)._keep()
                if not self.env["ir.cron"]._commit_progress(1, remaining=1):
                    return
        self.env["ir.cron"]._commit_progress(remaining=int(more))

    def _keep(self):
        """Add what is missing, or the next archive timestamp; the outcome is written on the row, nothing is raised."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._extend()
        except (PadesError, UserError) as error:
            self._failed(str(error))

    def _extend(self):
        source, now = self.copy_id or self.file_id, fields.Datetime.now()
        company = self.document_id.company_id
        raw = source._raw()
        anchors = self.env["vanban.trust.anchor"]
        store, fetcher = anchors._trust_store(), anchors._evidence_fetcher()
        held = protection(raw)
        ends = _naive(held.until) <= now + datetime.timedelta(days=company.vanban_proof_days)
        if ends or (company.vanban_proof_level == "lta" and held.level != "LTA"):
            made = renew(raw, store, timestamp.http_timestamper(company.vanban_tsa_url, timeout=60, tries=1), fetcher)
        else:
            made = extend(raw, store, fetcher)
        after = protection(made)
        copy = self.copy_id
        if made != raw:
            report = anchors._judge_file(made, source.name)
            if report.overall != "valid":
                raise UserError(self.env._("The signatures are not valid, nothing was added: %(reason)s", reason=report.reason))
            stem = self.file_id.name.removesuffix(".pdf")
            copy = self.document_id._add_file(
                f"{stem} ({after.level}).pdf", made, role="rendition", stage="rendition", source=self.file_id,
                reason=self.env._("Proofs of the signatures for the archive (PAdES %(level)s)", level=after.level),
            )  # fmt: skip
            self.env["vanban.verification"]._store(copy, report)
            self.document_id._log("keep_proof", data={"file": self.file_id.sha256, "copy": copy.sha256, "level": after.level})
        if _naive(after.until) <= now + datetime.timedelta(days=company.vanban_proof_days):
            # a renewal at each run would only make the file longer
            note = self.env._("The timestamp service's certificate ends too soon: ask for a service with a longer one.")
            until = _naive(after.until)
            self._set(copy_id=copy.id, level=after.level, until=until)
            # and so would a try each day: the present proof holds, half of its time may pass
            self._failed(note, wait=max((until - now) / 2, datetime.timedelta(days=1)))
            return
        self._set(copy_id=copy.id, level=after.level, until=_naive(after.until), state="kept", message=False, tries=0, next_try=False)

    def _set(self, **vals):
        self.with_context(vanban_proof=_TOKEN).write(vals)

    def _failed(self, message, wait=None):
        """Later once more, at last every day; the row stays visible as a problem until it succeeds."""
        wait = wait or min(datetime.timedelta(minutes=5) * 2 ** min(self.tries, 10), datetime.timedelta(days=1))
        self._set(state="problem", message=message[:500], tries=self.tries + 1, next_try=fields.Datetime.now() + wait)
        self.document_id._log_refused("keep_proof", message)

    def action_retry(self):
        """Button of the certificate manager: try at the next run of the job, which is woken."""
        if not self.env.user.has_group("vanban_signing.group_certificate_manager"):
            raise AccessError(self.env._("Only a certificate manager starts this again."))
        self.check_access("read")
        # safe: right and rows were checked just before
        self.sudo().filtered(lambda proof: proof.state != "kept")._set(next_try=False)
        self.env.ref("vanban_signing.cron_proof").sudo()._trigger()  # safe: only wakes the job
        return True


def _naive(moment):
    return moment.astimezone(datetime.UTC).replace(tzinfo=None)


class FileProof(models.Model):
    _inherit = "vanban.file"

    proof_ids = fields.One2many("vanban.proof", "file_id", "Long-term proof")


class DocumentProof(models.Model):
    _inherit = "vanban.document"

    proof_ids = fields.One2many("vanban.proof", "document_id", "Long-term proofs")
    proof_state = fields.Selection(STATES, "Long-term proof", compute="_compute_proof_state")

    @api.depends("proof_ids.state")
    def _compute_proof_state(self):
        for document in self:
            states = set(document.proof_ids.mapped("state"))
            document.proof_state = next((state for state in ("problem", "waiting", "kept") if state in states), False)

    def _after_transition(self, transition, comment):
        super()._after_transition(transition, comment)
        if transition.name == "seal":
            for document in self.filtered(lambda one: one.company_id.sudo().vanban_tsa_url):  # safe: a setting
                files = document.file_ids.filtered(lambda file: file.stage == "sealed" and file.mimetype == PDF)
                self.env["vanban.proof"]._enroll(files)


class CompanyProof(models.Model):
    _inherit = "res.company"

    vanban_proof_level = fields.Selection(
        [("lt", "Revocation data (PAdES B-LT)"), ("lta", "Archive timestamp (PAdES B-LTA)")],
        "Proofs for the archive", default="lt", required=True,
        help="Added to a copy of every issued file by a job after sealing, when a timestamp service is set.",
    )  # fmt: skip
    vanban_proof_days = fields.Integer(
        "Renew before the end (days)", default=180, required=True, help="Archive timestamps are renewed so long before they end."
    )
    _vanban_proof_days_real = models.Constraint("CHECK(vanban_proof_days BETWEEN 1 AND 1000)", "Renew between 1 and 1000 days before the end.")
