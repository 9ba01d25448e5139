import logging

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from . import at_once
from .language import in_vietnamese
from .recipient import IN_FORCE

_logger = logging.getLogger(__name__)
# so many recipients are served within the click; more of them by the scheduled action, with progress
AT_ONCE = 20
BATCH = 100
ELECTRONIC = ("internal", "lienthong")


class DocumentDispatch(models.Model):
    """Sending an issued document to its electronic recipients, each on his own (OUT-28).

    The document is issued by the clerk's click; long lists are served right after its commit, by a thread of the process or, when
    that stops, by a scheduled action. A recipient is served exactly while it is ``pending``: whoever comes twice or after a stop
    goes on where the other ended.
    """

    _inherit = "vanban.document"

    dispatching = fields.Boolean("Being sent", readonly=True, copy=False)
    dispatch_total = fields.Integer("To be sent", compute="_compute_dispatch")
    dispatch_done = fields.Integer("Sent", compute="_compute_dispatch")
    dispatch_failed = fields.Integer("Not sent", compute="_compute_dispatch")
    dispatch_percent = fields.Integer("Progress (%)", compute="_compute_dispatch")

    _dispatching_index = models.Index("(id) WHERE dispatching IS TRUE")

    def _compute_dispatch(self):
        counts = {}
        for document, state, count in self.env["vanban.recipient"].sudo()._read_group(  # safe: counts of readable documents
            [("document_id", "in", self.ids), ("channel", "in", ELECTRONIC)], ["document_id", "state"], ["__count"],
        ):
            counts.setdefault(document.id, {})[state] = count
        for document in self:
            states = counts.get(document.id, {})
            document.dispatch_total = sum(states.values())
            document.dispatch_failed = states.get("failed", 0)
            document.dispatch_done = document.dispatch_total - states.get("pending", 0)
            document.dispatch_percent = 100 * document.dispatch_done // document.dispatch_total if document.dispatch_total else 100

    def _undispatched(self):
        return self.recipient_ids.filtered(lambda row: row.channel in ELECTRONIC and row.state == "pending")

    def _start_dispatch(self):
        """Part of the issue: short lists at once, long ones right after the commit."""
        self.ensure_one()
        rows = self._undispatched()
        if len(rows) <= AT_ONCE:
            self._dispatch(rows)
            return
        self._dispatch_later()

    def _dispatch_later(self):
        self._write_fixed({"dispatching": True})
        self._wake_dispatch()

    @api.model
    def _wake_dispatch(self):
        self.env.ref("vanban_core.cron_dispatch").sudo()._trigger()  # safe: what waits is served sooner
        # the scheduler may be busy with other jobs; it makes sure, the thread makes it soon
        at_once.start(self.env, self._name, "_cron_dispatch", "vanban_core.cron_dispatch")

    def _resume_dispatch(self):
        """In force again after a recall that was refused: who was not yet served is served now."""
        for document in self:
            if not document.dispatching and document._undispatched():
                document._dispatch_later()

    def _dispatch(self, rows):
        """Send to these recipients; the interchange adds its packets. Raises when one of them cannot be served."""
        self._deliver_internally(rows.filtered(lambda row: row.channel == "internal"))

    def _dispatch_problems(self, rows):
        """{recipient: reason} of those known beforehand to be out of reach; the interchange answers."""
        return {}

    def _dispatch_apart(self, rows):
        """As ``_dispatch``, but one recipient that cannot be served does not stop the others."""
        problems = self._dispatch_problems(rows)
        for row, reason in problems.items():
            row._progress("failed", reason[:250])
            rows -= row
        try:
            with self.env.cr.savepoint():
                self._dispatch(rows)
        except UserError as error:
            if len(rows) > 1:
                for row in rows:
                    self._dispatch_apart(row)
                return
            rows._progress("failed", str(error)[:250])

    def _dispatch_step(self):
        """Serve the next batch.

        :return: whether recipients are left
        """
        self.ensure_one()
        if self.state not in IN_FORCE:
            self._write_fixed({"dispatching": False})
            return False
        rows = self._undispatched()
        # all of one channel together: the interchange writes one packet for the whole list
        by_network = rows.filtered(lambda row: row.channel == "lienthong")
        batch = (rows - by_network)[:BATCH] or by_network
        if batch:
            self._dispatch_apart(batch)
        if len(batch) < len(rows):
            return True
        self._write_fixed({"dispatching": False})
        self._log("dispatched", data={"recipients": self.dispatch_total, "failed": self.dispatch_failed})
        text = self.env._("Sent to %(count)s recipients", count=self.dispatch_total - self.dispatch_failed)
        if self.dispatch_failed:
            text = self.env._("Sent, but not to %(count)s recipients: see “Not arrived”", count=self.dispatch_failed)
        # said by the server: nobody is told what he did himself
        self.with_user(SUPERUSER_ID)._tell_supervised(self.clerk_id, text, "status")
        return False

    @api.model
    def _cron_dispatch(self):
        self = in_vietnamese(self)
        progress = self.env["ir.cron"]._commit_progress
        waiting = self.search([("dispatching", "=", True), *self._dispatch_due()], order="urgency desc, issued_date, id")
        progress(remaining=len(waiting))
        for document in waiting:
            more = True
            while more:
                try:
                    more = document._dispatch_locked()
                    self.env.flush_all()
                except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                    self.env.cr.rollback()
                    self.env.invalidate_all(flush=False)
                    self.env.ref("vanban_core.cron_dispatch")._trigger()
                    more = False
                except Exception as error:  # noqa: BLE001 - one document that fails must not stop the others; a later round tries it again
                    self.env.cr.rollback()
                    self.env.invalidate_all(flush=False)
                    _logger.exception("document %s could not be sent", document.id)
                    document._note_dispatch_failure_apart(error)
                    more = False
                # a batch is progress, so that a long list goes on in the next round at once
                left = progress(1, remaining=len(waiting) if more else None)
                if more and not left:
                    return

    def _note_dispatch_failure_apart(self, error):
        """Another worker may have the document by now: what cannot be noted does not stop the others either."""
        try:
            self._note_dispatch_failure(error)
            self.env.flush_all()
        except Exception:
            self.env.cr.rollback()
            self.env.invalidate_all(flush=False)
            _logger.exception("the failure of document %s could not be noted", self.id)

    def _dispatch_locked(self):
        """One batch of a document that no other worker has in hand.

        :return: whether recipients are left
        """
        held = self.try_lock_for_update(allow_referencing=True)
        if not held or not held.dispatching:
            return False
        # a worker that began before this batch, and so does not see it, fails at the lock instead of serving the same people
        self.env.execute_query(SQL("UPDATE vanban_document SET dispatching = TRUE WHERE id = %s RETURNING id", held.id))
        clerk = held.clerk_id
        # safe: the clerk has issued it; what follows is done in his name and language
        return held.with_user(clerk).with_context(lang=clerk.lang).sudo()._dispatch_step()

    def get_dispatch(self):
        """State of the sending, for the bar on the form.

        :return: ``{"running", "total", "done", "failed", "percent"}``
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "running": self.dispatching, "total": self.dispatch_total, "done": self.dispatch_done,
            "failed": self.dispatch_failed, "percent": self.dispatch_percent,
        }


class RecipientDispatch(models.Model):
    _inherit = "vanban.recipient"

    def _can_resend(self):
        """What could not even be queued is served again."""
        return super()._can_resend() or self._may_be_dispatched_again()

    def _may_be_dispatched_again(self):
        return self.channel in ELECTRONIC and self.state == "failed" and self.document_id.state in IN_FORCE

    def action_resend(self):
        self._check_clerk()
        for row in self:
            if not row._may_be_dispatched_again():
                super(RecipientDispatch, row).action_resend()
                continue
            row.document_id._dispatch(row)
            if row.state == "failed":
                raise UserError(self.env._("“%(name)s” could not be reached again: %(reason)s", name=row.name, reason=row.note or ""))
        return True
