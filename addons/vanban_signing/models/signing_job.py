import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.vanban_core.models.language import in_vietnamese
from odoo.addons.vanban_core.tools import vietnam_time

from .document_signing_phases import REFUSED
from .provider import WAYS

LEFT, UNFINISHED = ("waiting", "prepared"), ("open", "waiting")


class SigningJob(models.Model):
    """One run of the signing window over one or many documents: one unlock, progress, and what is left after an interruption.

    Every document succeeds or fails on its own line. The rows are written by this model alone; a user has no right to write.
    """

    _name = "vanban.signing.job"
    _inherit = ["vanban.log.mixin"]
    _description = "Run of signatures"
    _order = "id desc"

    user_id = fields.Many2one("res.users", "User", required=True, readonly=True, ondelete="restrict", index=True)
    purpose = fields.Selection(
        [("sign", "Personal signature"), ("seal", "Signature of the agency"), ("authenticate", "Agency, on incoming documents")],
        "Purpose", required=True, readonly=True,
    )  # fmt: skip
    provider = fields.Selection("_provider_selection", "Way of signing", required=True, readonly=True)
    certificate_id = fields.Many2one("vanban.certificate", "Certificate", required=True, readonly=True, ondelete="restrict")
    state = fields.Selection(
        [("open", "Not finished"), ("waiting", "Waiting for the confirmation on the phone"), ("done", "Done"), ("cancelled", "Cancelled"),
         ("expired", "Expired")],
        "State", required=True, readonly=True, default="open", index=True,
    )  # fmt: skip
    message = fields.Char("Message", readonly=True)
    line_ids = fields.One2many("vanban.signing.job.line", "job_id", "Documents")
    total_count = fields.Integer("Documents in the run", compute="_compute_counts")
    done_count = fields.Integer("Signed", compute="_compute_counts")
    failed_count = fields.Integer("Not signed", compute="_compute_counts")

    @api.model
    def _provider_selection(self):
        texts = {
            "agent": self.env._("Signing agent"),
            "vgca": "VGCA Sign Service",
            "csc": self.env._("Remote signing (CSC)"),
            "smartca": self.env._("Remote signing (SmartCA)"),
            "hsm": self.env._("Key device at the server"),
        }
        return [(name, texts[name]) for name in WAYS]

    @api.depends("line_ids.state")
    def _compute_counts(self):
        counted = self.env["vanban.signing.job.line"]._read_group(
            [("job_id", "in", self.ids)], ["job_id", "state"], ["__count"]
        )
        by_job = {(job.id, state): count for job, state, count in counted}
        for job in self:
            own = {state: count for (job_id, state), count in by_job.items() if job_id == job.id}
            job.total_count = sum(own.values())
            job.done_count = own.get("done", 0)
            job.failed_count = own.get("failed", 0)

    @api.depends("purpose", "create_date")
    def _compute_display_name(self):
        labels = dict(self._fields["purpose"]._description_selection(self.env))
        for job in self:
            moment = vietnam_time.text(job.create_date or fields.Datetime.now())
            job.display_name = f"{labels.get(job.purpose, '')} {moment}"

    # ----------------------------------------------------------------- beginning

    @api.model
    def start(self, document_ids, purpose, way, certificate_sha256=None, file_id=None):
        """Begin a run of the current user.

        :param way: short name of the provider, as ``signing_overview`` offered it
        :param certificate_sha256: of the certificate that the device holds, when the user has several
        :param file_id: the form, for purpose ``form``
        :return: description, see ``describe``
        """
        documents = self.env["vanban.document"].browse(document_ids)
        documents.check_access("read")
        if purpose not in self._fields["purpose"].get_values(self.env) or way not in WAYS or not documents:
            raise UserError(self.env._("This run cannot be started. Reload the page and press “Sign” again."))
        documents._signing_window(purpose)  # not more than the limit
        if file_id:
            self.env["vanban.file"].browse(file_id).check_access("read")
        certificates, missing = documents._usable_certificates(purpose)
        reached = self.env["vanban.signing.provider"]._by_name(way)._certificates(certificates, documents, purpose)
        if certificate_sha256:
            reached = reached.filtered(lambda one: one.sha256 == certificate_sha256)
        if not reached:
            message = missing or self.env._("The device does not hold the registered certificate of the signer.")
            documents._log_refused(purpose, message)
            raise UserError(message)
        # safe: own run of documents that the user may read; every signature is checked on its own
        job = self.sudo().create(
            {
                "user_id": self.env.uid,
                "purpose": purpose,
                "provider": way,
                "certificate_id": reached[0].id,
                "line_ids": [fields.Command.create({"document_id": document.id, "file_id": file_id}) for document in documents],
            }
        )
        return job.sudo(False).describe()

    def _own(self):
        """The run with full rights, after checking that it is the current user's."""
        self.ensure_one()
        job = self.sudo()  # safe: the next line compares the user
        if not job.exists() or job.user_id != self.env.user:
            raise AccessError(self.env._("This run of signatures belongs to somebody else."))
        return job

    def describe(self):
        """``{"id", "purpose", "provider", "where", "state", "message", "certificate", "total", "done", "failed", "left",
        "lines": [{"id", "document_id", "name", "state", "message"}]}``"""
        job = self._own()
        counts = {state: 0 for state in ("waiting", "prepared", "queued", "done", "failed")}
        for line in job.line_ids:
            counts[line.state] += 1
        provider = self.env["vanban.signing.provider"]._by_name(job.provider)
        return {
            "id": job.id,
            "purpose": job.purpose,
            "provider": job.provider,
            "where": provider._where,
            "capability": provider._capability,
            "state": job.state,
            "message": job.message or "",
            "certificate": job.certificate_id.sha256,
            "certificate_name": job.certificate_id.name,
            "certificate_serial": job.certificate_id.serial,
            "total": len(job.line_ids),
            "done": counts["done"],
            "failed": counts["failed"],
            "queued": counts["queued"],
            "left": counts["waiting"] + counts["prepared"],
            "lines": [line._row() for line in job.line_ids],
        }

    @api.model
    def _unfinished(self, purpose, documents):
        """Description of the newest interrupted run of the current user with work left, or False."""
        since = fields.Datetime.now() - datetime.timedelta(days=2)
        found = self.search(
            [("user_id", "=", self.env.uid), ("purpose", "=", purpose), ("state", "in", UNFINISHED), ("create_date", ">", since),
             ("line_ids.state", "in", LEFT)],
            limit=1,
        )  # fmt: skip
        if not found:
            return False
        rows = found.describe()
        return {name: rows[name] for name in ("id", "provider", "state", "total", "done", "left")}

    def resume(self):
        """Take up an interrupted run: what was prepared but not signed is prepared again."""
        job = self._own()
        if job.state != "waiting":
            lines = job.line_ids.filtered(lambda line: line.state == "prepared")
            lines._drop_sessions(self.env._("Prepared again"))
            lines.state = "waiting"
            job.state = "open"
        return self.describe()

    def action_continue(self):
        """Button: the signing window with this run."""
        job = self._own()
        documents = self.env["vanban.document"].browse(job.line_ids.document_id.ids)
        action = documents._signing_window(job.purpose)
        return {**action, "params": {**action["params"], "job_id": job.id, "file_id": job.line_ids.file_id[:1].id}}

    def retry(self):
        """Try the failed documents once more."""
        job = self._own()
        job.line_ids.filtered(lambda line: line.state == "failed").write({"state": "waiting", "message": False})
        if job.state != "waiting":
            job.write({"state": "open", "message": False})
        return self.resume()

    def cancel(self):
        """Give the rest of the run up; what is signed stays signed."""
        job = self._own()
        self._cancel_remote()
        job._end("cancelled", self.env._("Cancelled by the user"))
        return self.describe()

    def _cancel_remote(self):
        """Remote ways tell their service."""

    def _end(self, state, message):
        """End the run: what is not signed by now has failed with this reason."""
        left = self.line_ids.filtered(lambda line: line.state in LEFT)
        left._drop_sessions(message)
        left.write({"state": "failed", "message": message})
        self.write({"state": state, "message": message})

    def _settle(self):
        """“Done” once nothing is left."""
        for job in self:
            if job.state in UNFINISHED and not job.line_ids.filtered(lambda line: line.state in LEFT):
                job.write({"state": "done", "message": False})

    # -------------------------------------------------------------------- phases

    def prepare(self, limit=10):
        """First phase of the next documents.

        :return: description with ``batch``: rows for the agent (empty for other ways)
        """
        job = self._own()
        batch = []
        for line in job.line_ids.filtered(lambda row: row.state == "waiting")[: max(1, int(limit))]:
            batch += self._prepare_line(job, line)
        job._settle()
        return {**self.describe(), "batch": batch}

    def _prepare_line(self, job, line):
        document = self.env["vanban.document"].browse(line.document_id.id)
        try:
            with self.env.cr.savepoint():
                rows = self._prepare_rows(job, document.with_context(vanban_signing_line=line.id, vanban_form_file=line.file_id.id))
        except REFUSED as error:
            line.write({"state": "failed", "message": str(error)})
            return []
        line.write({"state": "prepared", "message": False})
        return [document._batch_row(session, pending) for session, pending in rows if pending]

    def _prepare_rows(self, job, document):
        document.check_access("read")
        return document._prepare_run(job.purpose, job.certificate_id, job.provider)

    def complete(self, results, certificate_b64=None, token_serial=None):
        """Second phase of some documents, see ``vanban.document.action_sign_complete_batch``.

        :return: description
        """
        job = self._own()
        for result in results:
            session = self.env["vanban.signing.session"].browse(int(result.get("id") or 0))
            line = session.exists().sudo().line_id  # safe: compared with the own run in the next line
            if line.job_id != job:
                raise AccessError(self.env._("This signature is not part of the run."))
            self._complete_result(line, session, result, certificate_b64, token_serial)
        job._settle()
        return self.describe()

    def _complete_result(self, line, session, result, certificate_b64=None, token_serial=None):
        answer = self.env["vanban.document"]._complete_one(result, certificate_b64, token_serial)
        line._note(session, answer)

    def step(self, limit=5):
        """Sign the next documents with the device at the server, each on its own."""
        job = self._own()
        provider = self.env["vanban.signing.provider"]._by_name(job.provider)
        if provider._where != "server":
            raise UserError(self.env._("This way of signing needs the signer's own device."))
        for line in job.line_ids.filtered(lambda row: row.state == "waiting")[: max(1, int(limit))]:
            document = self.env["vanban.document"].browse(line.document_id.id).with_context(vanban_signing_line=line.id)
            try:
                with self.env.cr.savepoint():
                    document._lock()  # the key is not used twice for one document
                    done = document._run_with(job.purpose, provider, job.certificate_id)
            except REFUSED as error:
                line.write({"state": "failed", "message": str(error)})
                continue
            line.write({"state": "done" if done else "queued", "message": False if done else document._queued_message()})
        job._settle()
        return self.describe()

    @api.autovacuum
    def _gc_forgotten(self):
        """Runs that nobody took up again within two days are closed; the lines stay as the record."""
        self = in_vietnamese(self)
        limit = fields.Datetime.now() - datetime.timedelta(days=2)
        old = self.sudo().search([("state", "in", UNFINISHED), ("create_date", "<", limit)], limit=200)  # safe: housekeeping
        for job in old:
            job._end("expired", self.env._("Not finished in time"))


class SigningJobLine(models.Model):
    """One document of a run."""

    _name = "vanban.signing.job.line"
    _description = "Document in a run of signatures"
    _order = "id"

    job_id = fields.Many2one("vanban.signing.job", "Run", required=True, readonly=True, ondelete="cascade", index=True)
    document_id = fields.Many2one("vanban.document", "Document", required=True, readonly=True, ondelete="restrict", index=True)
    state = fields.Selection(
        [("waiting", "Waiting"), ("prepared", "Prepared"), ("queued", "Waiting for the timestamp"), ("done", "Signed"), ("failed", "Not signed")],
        "State", required=True, readonly=True, default="waiting",
    )  # fmt: skip
    file_id = fields.Many2one("vanban.file", "Form", readonly=True, ondelete="restrict")
    message = fields.Char("Reason", readonly=True)
    session_ids = fields.One2many("vanban.signing.session", "line_id", "Signatures")

    def _row(self):
        return {
            "id": self.id,
            "document_id": self.document_id.id,
            "name": self.file_id.name or self.document_id.with_env(self.env(su=False)).display_name,
            "state": self.state,
            "message": self.message or "",
        }

    def _note(self, session, answer):
        """Keep the outcome of one signature; the document is done with its main file, after all annexes.

        :param answer: as ``vanban.document._complete_one`` gives it
        """
        for line in self.sudo():  # safe: own run, checked by the caller
            if answer["ok"]:
                if session.sudo().purpose not in ("annex", "detached"):  # safe: own session
                    line.write({"state": "done", "message": False})
            elif answer["queued"]:
                line.write({"state": "queued", "message": answer["message"]})
            else:
                line.write({"state": "failed", "message": answer["message"]})
                line._drop_sessions(answer["message"])

    def _drop_sessions(self, reason):
        """Close what was prepared and will not be signed any more."""
        for session in self.session_ids.filtered(lambda one: one.outcome == "open"):
            session._close("refused", message=(reason or "")[:500])
