import time
from contextlib import contextmanager

from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, LockError, UserError

from ..tools import vietnam_time
from .transition_mixin import Transition

# of the very many columns of a document: what registration asks before the numbering transaction, and within it
ASKED_BEFORE = (
    "direction", "state", "medium", "company_id", "kind_id", "class_id", "issuer_id", "main_file_id", "copied_id",
)  # fmt: skip
ASKED_WITHIN = (
    *ASKED_BEFORE, "subject", "code", "document_code", "issuer_name", "issue_date", "secrecy", "urgency", "on_paper", "on_paper_reason",
    "arrival_number", "number_date", "signed_date", "issued_date", "signer_id", "declared_file_count", "addressee_codes",
    "duplicate_reason", "incomplete_reason", "arrival_date", "external_due_date", "reply_required", "reply_due_date", "responsible_id",
)  # fmt: skip
OUTCOMES = [
    ("reference", "Keep for reference"),
    ("transfer", "Transfer to the competent agency"),
    ("return", "Return to sender"),
    ("reply", "Handle"),
]
# seconds between two tries to hold a document that another transaction writes
LOCK_PAUSES = (0.1, 0.2, 0.4, 0.8, 1.5)
# everything that is not over can be recalled by its sender (TH Đ8.2)
RECALLABLE = (
    "received", "checking", "waiting_opinion", "registered", "paper_only", "submitted", "distributed", "in_progress", "done", "filed",
)  # fmt: skip


class DocumentIncoming(models.Model):
    """Course of an incoming document (văn bản đến), up to its completion."""

    _inherit = "vanban.document"

    _transitions = (
        Transition("check", ("received",), ("checking",), who="_is_registry", effect="_effect_check"),
        Transition("ask_acceptance", ("checking", "no_value"), ("waiting_opinion",), who="_is_registry", comment=True),
        Transition("answer_acceptance", ("waiting_opinion",), ("checking",), who="_is_responsible", comment=True),
        Transition("declare_no_value", ("checking",), ("no_value",), who="_is_registry", comment=True),
        Transition("refuse", ("checking", "received", "no_value"), ("refused",), who="_is_registry", comment=True, effect="_effect_turned_away"),
        Transition("return", ("checking", "received", "in_progress"), ("returned",), who="_may_return", comment=True, guard="_guard_return",
                   effect="_effect_turned_away"),
        Transition("register", ("checking",), ("registered",), who="_is_registry", guard="_guard_register"),
        Transition("keep_on_paper", ("registered",), ("paper_only",), who="_is_registry", comment=True),
        Transition("submit", ("registered", "paper_only"), ("submitted",), who="_is_registry", effect="_effect_submit"),
        # the clerk himself only what may go the short way (IN-26)
        Transition("distribute", ("submitted", "registered", "paper_only"), ("distributed",), who="_may_distribute",
                   effect="_effect_distribute"),
        Transition("give_back", ("distributed",), ("submitted",), who="_is_lead", comment=True),
        Transition("start", ("distributed",), ("in_progress",), who="_is_lead", guard="_guard_start"),
        Transition("done", ("in_progress",), ("done",), who="_is_lead", guard="_guard_done", effect="_effect_done"),
        Transition("restore", ("done",), ("in_progress",), who="_may_restore", comment=True),
        Transition("file", ("done",), ("filed",), who="_is_lead", guard="_guard_file"),
        Transition("recall_execute", RECALLABLE, ("recalled",), who="_is_registry", comment=True, effect="_effect_recall_execute"),
    )

    arrival_number = fields.Integer("Arrival number", readonly=True, copy=False, aggregator=None, index=True)
    arrival_date = fields.Datetime("Arrived", readonly=True, copy=False, default=lambda self: fields.Datetime.now(), index=True)
    arrival_register_id = fields.Many2one("vanban.register", "Register of arrival", readonly=True, copy=False, ondelete="restrict")
    registered_date = fields.Datetime("Registered on", readonly=True, copy=False)
    entry_ids = fields.One2many("vanban.register.entry", "document_id", "Register entries")
    external_due_date = fields.Date("Due by the document", help="Deadline that the document itself sets.")
    deadline = fields.Date("Deadline", index=True)
    submitted_to_id = fields.Many2one("res.users", "Submitted to", readonly=True, copy=False)
    proposal = fields.Text("Clerk's proposal")
    outcome = fields.Selection(OUTCOMES, "Outcome", readonly=True, copy=False)
    outcome_note = fields.Text("Note on the outcome", readonly=True, copy=False)
    done_date = fields.Datetime("Completed on", readonly=True, copy=False)
    lateness = fields.Selection(
        [("ok", "In time"), ("soon", "Due soon"), ("today", "Due today"), ("late", "Late"), ("none", "No deadline")],
        compute="_compute_lateness",
    )

    # read together with the list: a field fetched afterwards would have the rules looked at once more, row by row
    @api.depends("deadline", "external_due_date", "state")
    def _compute_lateness(self):
        today = vietnam_time.today()
        closed = ("done", "filed", "refused", "returned", "recalled", "no_value", "issued", "delivered", "cancelled")
        for document in self:
            due = document.deadline or document.external_due_date
            if not due or document.state in closed:
                document.lateness = "none"
            elif due < today:
                document.lateness = "late"
            elif due == today:
                document.lateness = "today"
            else:
                document.lateness = "soon" if (due - today).days <= 2 else "ok"

    # -------------------------------------------------------------- who may

    def _is_registry(self):
        user = self.env.user
        return self.direction == "in" and user.has_group("vanban_core.group_clerk") and self.company_id.id in user._get_company_ids()

    def _may_return(self):
        return self._is_lead() if self.state == "in_progress" else self._is_registry()

    def _may_restore(self):
        return any(self.env.user.has_group(f"vanban_core.{group}") for group in (
            "group_office_chief", "group_format_checker", "group_clerk",
        )) and self._can_act()

    # --------------------------------------------------------------- guards

    def _guard_register(self):
        missing = [
            self._fields[name]._description_string(self.env)
            for name in ("kind_id", "subject", "issuer_name", "issue_date")
            if not self[name]
        ]
        if missing:
            raise UserError(self.env._("The document cannot be registered yet. Please fill in: %(fields)s.", fields=", ".join(missing)))
        if self.issue_date > vietnam_time.today():
            raise UserError(self.env._("The document date %(date)s lies in the future. Please check the date on the document.",
                                        date=self.issue_date.strftime("%d/%m/%Y")))
        for name in ("external_due_date", "reply_due_date") if self.reply_required else ("external_due_date",):
            if self[name] and self[name] < self.issue_date:
                raise UserError(self.env._(
                    "“%(field)s” %(due)s lies before the date of the document, %(date)s. Correct one of the two, or leave the due date empty.",
                    field=self._fields[name]._description_string(self.env), due=self[name].strftime("%d/%m/%Y"),
                    date=self.issue_date.strftime("%d/%m/%Y"),
                ))
        if self.secrecy != "0":
            raise UserError(self._message_secret())
        if not self.main_file_id and self._needs_file():
            raise UserError(self.env._("Attach the file of the document (scan of the paper or electronic original) before registering."))

    def _needs_file(self):
        """Whether the document can be registered only with its file."""
        return True

    def _after_registration(self):
        """Follows registration in the same transaction, before the number is taken."""

    def _guard_start(self):
        if not self._lead_assignments():
            raise UserError(self.env._("Nobody is lead for this document yet."))

    def _guard_done(self):
        if not self.outcome:
            raise UserError(self.env._("Choose exactly one outcome: reference, transfer, return or handle."))
        waiting = self.sudo().assignment_ids.filtered(  # safe: names of colleagues on the same document
            lambda item: item.role == "coordinate" and not item._active_children() and item.state in ("new", "received", "processing")
        )
        if waiting:
            raise UserError(self.env._(
                "Still waiting for the contribution of: %(names)s. Remind them, or waive the contribution.",
                names=", ".join(waiting.mapped("assignee_name")),
            ))
        if self.reply_required and not self._has_issued_reply() and not (self.outcome_note or "").strip():
            raise UserError(self.env._("This document requires a reply: issue the reply first, or write the reason why none is given."))

    def _has_issued_reply(self):
        return any(reply.issued_date for reply in self._linked("answers", back=True))

    def _guard_return(self):
        """Work in hand goes back with its outcome and the missing conditions only (F-16): ``action_send_back``."""
        if self.state == "in_progress" and self.outcome != "return":
            raise UserError(self.env._(
                "“%(document)s” is in progress. To return it press “Complete”, choose “Return to sender” and list the missing conditions.",
                document=self.display_name,
            ))

    def _guard_file(self):
        if not self.sudo().dossier_item_ids:  # safe: existence only
            raise UserError(self.env._("Choose the dossier in which the document is filed first."))

    # -------------------------------------------------------------- effects

    def _effect_check(self, comment):
        """Verification and completeness; signing and interchange extend."""

    def _effect_done(self, comment):
        self._write_fixed({"done_date": fields.Datetime.now()})
        self.sudo().assignment_ids._close("done")  # safe: the lead completed the document
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])  # safe: nobody has anything left to do on it

    def _effect_turned_away(self, comment):
        self.sudo().assignment_ids._close("done")  # safe: whoever leads the work returned the document; at the reception desk there is none
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])  # safe: nobody has anything left to do on it

    def _effect_recall_execute(self, comment):
        self._write_fixed({"recall_reason": comment, "recall_date": fields.Datetime.now()})
        self.sudo().assignment_ids._close("stopped")  # safe: work on a recalled document ends at once
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])  # safe: as above

    # -------------------------------------------------------------- actions

    def action_check(self):
        return self._transition("check")

    def action_declare_no_value(self, reason):
        return self._transition("declare_no_value", comment=reason)

    def action_refuse(self, reason):
        return self._transition("refuse", comment=reason)

    def action_return(self, reason):
        return self._transition("return", comment=reason)

    def action_register(self):
        """Allot the arrival number and enter the document in the register (BG Đ8.2).

        :return: the arrival numbers, in the order of the records
        """
        numbers = []
        self._fetch_for_registration()
        for document in self:
            document._verify_before_numbering()
            register = self.env["vanban.register"]._find_for(document)
            with register._numbering() as book:
                numbers.append(document.with_env(book.env)._register_in(book))
        return numbers

    def _fetch_for_registration(self):
        """Only what is asked outside the numbering transaction, which reads the rest anew: a document has very many columns."""
        self.filtered(lambda document: "main_file_id" not in document._cache).fetch(ASKED_BEFORE)

    @api.model
    def _asked_at_registration(self):
        """Names of the columns that the checks within the numbering transaction read; what is missing here costs a statement more."""
        return ASKED_WITHIN

    def _verify_before_numbering(self):
        """Verification reads files: not while the register's counter may be locked."""
        if self.state == "received" and self.medium != "paper":
            with self._own_transaction() as fresh:
                fresh._transition("check")

    @contextmanager
    def _own_transaction(self):
        """``self`` on a connection of its own, committed at the end; the caller must not have written these rows."""
        self.env.flush_all()
        with self.env.registry.cursor() as cr:
            fresh = self.with_env(self.env(cr=cr))
            yield fresh
            fresh.env.flush_all()
        self.env.invalidate_all(flush=False)

    def _lock(self):
        """Hold the rows until the end of the transaction, or say that somebody else is at work on them.

        Rows that only refer to the document (a text that a background job reads from its file) do not count, and what
        such a job writes into it for a moment is waited for.

        :raise ConcurrencyError: it was waited for in a transaction that goes on seeing the time before; Odoo runs it again
        """
        for tried, pause in enumerate((*LOCK_PAUSES, None)):
            try:
                self.lock_for_update(allow_referencing=True)
            except LockError as error:
                if pause is None:
                    raise UserError(self.env._(
                        "Somebody else is handling “%(document)s” at this moment. Reload the page and try again.",
                        document=self[:1].display_name,
                    )) from error
                time.sleep(pause)
                continue
            if tried and self.env.cr.connection.isolation_level != ISOLATION_LEVEL_READ_COMMITTED:
                # what the other one changed around the document (assignments, files) is not seen by this snapshot
                raise ConcurrencyError(self.env._("The document was changed by somebody else meanwhile. Please try again."))
            return

    def _check_allowed_logged(self, name):
        """The checks of a transition before anything of it is done; a refusal is logged."""
        try:
            self._check_allowed(self._transition_table()[name], "")
        except Exception as error:
            self._log_refused(name, str(error))
            raise

    def _register_in(self, register, take=None):
        """Inside the numbering transaction; ``take`` gives the line of the register when it is not the next of the series."""
        self.ensure_one()
        self._lock()
        self.fetch(self._asked_at_registration())
        if self.state == "received":
            self._transition("check")
        self._transition("register", values={"arrival_register_id": register.id, "registered_date": fields.Datetime.now()})
        self._after_registration()
        # Everything slow (hooks, computed fields) is done before the counter's row is locked: other clerks wait only for what
        # follows, where all that is new goes into the document and into the log in one statement each.
        self.env["vanban.document"]._recompute_model()
        entry = (take or register._take_number)(self)
        self._write_fixed({"arrival_number": entry.number})
        self._log("arrival_number", data={"register": register._facts().code, "number": entry.number, "year": entry.year})
        return entry.number

    def action_keep_on_paper(self, reason):
        return self._transition("keep_on_paper", comment=reason)

    def action_start(self, dossier_id=None):
        """The lead begins; the dossier is opened or chosen at the same time (BG Đ9.3)."""
        for document in self:
            lead = document._lead_assignments().filtered(lambda item: item.user_id == self.env.user and not item._active_children())
            if not dossier_id:
                document._check_dossier_at_start()
            document._transition("start")
            if dossier_id:
                document._file_into(dossier_id)
            lead._begin()
        return True

    def _check_dossier_at_start(self):
        """Where the agency asks for it (P-64), the lead opens or chooses the dossier with the first step (IN-51)."""
        missing = not self.sudo().dossier_item_ids  # safe: existence only
        if missing and self.company_id._vanban_profile().dossier_on_start == "lead" and self._is_lead():
            message = self.env._("Choose an open dossier, or open one from the file plan, before you start processing.")
            self._log_refused("start", message)
            raise UserError(message)

    def _file_into(self, dossier_id):
        dossier = self.env["vanban.dossier"].browse(dossier_id)
        dossier.check_access("write")
        dossier._add_documents(self)

    def action_done(self, outcome, note=None):
        """Close with exactly one of four outcomes (HCM Đ8.2)."""
        if outcome not in dict(OUTCOMES):
            raise UserError(self.env._("Choose exactly one outcome: reference, transfer, return or handle."))
        for document in self:
            document._check_lead()
            document._write_fixed({"outcome": outcome, "outcome_note": note or False})
            document._transition("done", comment=note)
        return True

    def _check_lead(self):
        if not self._is_lead():
            self._check_allowed_logged("done")

    def action_restore(self, reason):
        """Give the processing right back after a wrong completion (HCM Đ17.2)."""
        self._transition("restore", comment=reason)
        for document in self:
            items = document.sudo().assignment_ids  # safe: restore right checked
            lead = items.filtered(lambda item: item.role == "lead" and not item._active_children())
            lead._reopen()
        return True

    def action_file(self, dossier_id=None):
        if dossier_id:
            for document in self:
                document._file_into(dossier_id)
        return self._transition("file")

    def action_recall_execute(self, reason):
        return self._transition("recall_execute", comment=reason)

    @api.model
    def action_receive_scan(self, vals, filename, content_b64):
        """Create an incoming paper document with its scan in one call (scanner station, import).

        :return: id of the document
        """
        self.env.user.fetch(["company_id"])  # asked by whatever is created; an account has very many columns
        document = self.create({"medium": "paper", **vals, "direction": "in"})
        document.upload_file(filename, content_b64, stage="scan")
        return document.id

    def _notify(self, users, note, todo="mail.mail_activity_data_todo"):
        """One to-do for each user; the chatter is left alone."""
        for document in self:
            for user in users:
                document.sudo().activity_schedule(  # safe: the flow decided that it is this user's turn
                    todo, document.deadline or vietnam_time.today(), note, user_id=user.id, automated=True
                )
