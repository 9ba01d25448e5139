import datetime
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools import number_format, vietnam_time

_logger = logging.getLogger(__name__)
NOT_ISSUED = ("signed", "clerk_check", "numbered", "paper_done", "sealed")


class DocumentIssue(models.Model):
    """From signature to delivery: clerk's check, number, seal, issue (NĐ 30/2020 Đ.14–18; TH Đ9; BG Đ10.1)."""

    _inherit = "vanban.document"

    # ------------------------------------------------------------ clerk's check

    def _guard_clerk_check(self):
        self._require_personal_signature()

    def _require_personal_signature(self):
        if not self._has_valid_personal_signature():
            raise UserError(self.env._(
                "“%(document)s” carries no valid signature of the competent person: return it to the drafting unit to be signed.",
                document=self.display_name,
            ))

    def _effect_clerk_check(self, comment):
        self.env["vanban.review"]._record(self, "clerk_check", "approve", comment)
        self._write_fixed({"clerk_id": self.env.uid})

    def action_clerk_check(self, comment=None):
        """The clerk checks form, technique and the personal signature (OUT-20)."""
        return self._transition("clerk_check", comment=comment)

    def action_clerk_return(self, reason):
        """Back to the drafting unit: error of form or an invalid signature (OUT-20)."""
        return self._transition("clerk_return", comment=reason)

    def _effect_clerk_return(self, comment):
        self.env["vanban.review"]._record(self, "clerk_check", "return", comment)
        self._write_fixed({"signed_date": False, "signed_on_paper": False, "issue_deadline": False, "clerk_id": False})
        self._effect_rework(comment)

    # ------------------------------------------------------------------ number

    def _guard_number(self):
        self._require_personal_signature()
        if "content" not in self._controls():
            # it could never be issued, and the number would be lost: here it can still be returned
            raise UserError(self._message_missing_controls({"content"}))
        if self.register_id.direction == "in":
            raise UserError(self.env._("“%(document)s” goes out: choose a register of outgoing documents.", document=self.display_name))
        if not self.code_notation:
            raise UserError(self.env._("“%(document)s” has no symbol yet: choose its kind and unit.", document=self.display_name))

    def action_allocate_number(self):
        """Give number and date by the system, after the personal signature, and have them written into the file (OUT-21).

        :return: number and symbol of each document, e.g. ``["05/SNV-VP"]``
        """
        codes = []
        for document in self:
            document._check_allowed_logged("number")
            register = document.register_id or self.env["vanban.register"]._find_for(document)
            with register._numbering() as book:
                codes.append(document.with_env(book.env)._number_in(book))
            document._fill_number_apart()
        return codes

    def _number_in(self, register, take=None):
        """Inside the numbering transaction; the counter is taken as late as possible.

        :param take: function that gives the line of the register, when it is not the next of the series
        """
        self.ensure_one()
        self._lock()
        self._check_allowed_logged("number")
        self.env.flush_all()
        entry = (take or register._take_number)(self)
        code = number_format.code(entry._text(), self.code_notation)
        company = self.company_id.sudo()  # safe: the agency's own code is printed in every packet
        self._transition("number", values={
            "code_number": entry._text(),
            "number_date": entry.date,
            "issue_date": entry.date,
            "register_id": register.id,
            "document_code": f"{company.vanban_code or company.vanban_symbol},{entry.date:%Y/%m/%d},{code}",
        })
        return code

    def _fill_number_apart(self):
        """Write the number into the file in a transaction of its own: the number itself is already final."""
        try:
            with self._own_transaction() as fresh:
                fresh._fill_number()
        except UserError as error:
            self._log_refused("fill_number", str(error))
            raise UserError(self.env._(
                "The document has its number %(code)s, but it could not be written into the file: %(reason)s "
                "Put the cause right and press “Write number into file” again; no new number is taken.",
                code=self.code, reason=error,
            )) from error

    def _fill_number(self):
        """Write number and date into the signed file; the signing addon does it. Idempotent."""

    def action_fill_number(self):
        """Repeat the writing of the number into the file after it failed."""
        for document in self:
            if not document._may_clerk() or not document.number_date or document.sealed_date:
                raise UserError(self.env._("The number is written into the file by the clerk, after numbering and before sealing."))
            document._fill_number()
        return True

    def _number_texts(self):
        """Texts of the two form fields: number and date (NĐ 30/2020, PL I, II.3–4)."""
        self.ensure_one()
        return {"so": self.code_number or "", "ngay": number_format.date_text(self.number_date) if self.number_date else ""}

    def _anchors(self):
        """Texts printed by the template beside which number, date and signature have their place."""
        self.ensure_one()
        company = self.company_id.sudo()  # safe: what is printed on the document
        return {
            "number_before": "Số:",
            "number_after": f"/{self.code_notation}",
            "place": f"{company.vanban_place or company.city or ''},",
            "signer_name": self.signer_name or self.signer_id.sudo().name or "",  # safe: as above
        }

    # ----------------------------------------------------------- paper and seal

    def action_paper_done(self, comment=None):
        """Paper copies were printed from the version before the agency's signature, stamped, and one kept (OUT-24, OUT-25)."""
        return self._transition("paper_done", comment=comment)

    def _guard_seal(self):
        self._require_personal_signature()
        if not self.number_date:
            raise UserError(self.env._("The document is sealed after it has its number."))
        if self._is_paper_only():
            raise UserError(self.env._(
                "“%(document)s” goes out on paper only: it is stamped by hand. Print it, record “Printed and stamped”, then issue it.",
                document=self.display_name,
            ))

    def _effect_sealed(self, comment):
        self._write_fixed({"sealed_date": fields.Datetime.now()})

    # ------------------------------------------------------------------- issue

    issue_late = fields.Boolean("Late issue", compute="_compute_issue_late", search="_search_issue_late")

    @api.depends("issue_deadline", "state")
    def _compute_issue_late(self):
        now = fields.Datetime.now()
        for document in self:
            document.issue_late = bool(document.state in NOT_ISSUED and document.issue_deadline and document.issue_deadline < now)

    def _search_issue_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("state", "in", NOT_ISSUED) & Domain("issue_deadline", "<", fields.Datetime.now())
        return late if True in value else ~late

    def _issue_deadline(self, signed):
        """Latest time to issue (P-16): urgent ones at once; end of the next working day, its noon (TH Đ6.2), or the end of the
        day on which the work itself was due (HCM Đ11.4)."""
        self.ensure_one()
        if self.urgency != "0":
            return signed + datetime.timedelta(hours=1)
        rule = self.company_id._vanban_profile().issue_sla
        due = self._answered_deadline() if rule == "document_deadline" else False
        day = due or self.company_id._vanban_deadline(vietnam_time.day(signed), 1)
        hour = 12 if rule == "next_working_morning" else 17
        return vietnam_time.to_utc(datetime.datetime.combine(day, datetime.time(hour)))

    def _answered_deadline(self):
        """The earliest date by which the incoming documents that this one answers are due; those replied to before count no more."""
        open_ones = self._linked("answers").filtered(lambda incoming: incoming.direction == "in" and not incoming.reply_issued_date)
        return min(filter(None, (incoming._earliest_due() for incoming in open_ones)), default=False)

    def _earliest_due(self):
        """The day on which an incoming document is due: set by the agency or by the document itself, whichever comes first."""
        reply = self.reply_due_date if self.reply_required else False
        return min(filter(None, (self.deadline, self.external_due_date, reply)), default=False)

    def _is_paper_only(self):
        """Kind used on paper only, or an agency that decided so for this document: no electronic copy is sent."""
        self.ensure_one()
        return self.medium == "paper" or self.kind_id.use_form == "paper"

    def _guard_issue(self):
        if self.secrecy != "0":
            raise UserError(self._message_secret())
        if not self.number_date:
            raise UserError(self.env._("“%(document)s” has no number yet: it must be registered before it is issued.", document=self.display_name))
        if self._needs_signatures():
            self._guard_signatures()
        missing = {"content", "format", "approval"} - self._controls()
        if missing:
            raise UserError(self._message_missing_controls(missing))
        self._guard_recipients()

    def _needs_signatures(self):
        """Other addons let documents go that claim no legal value."""
        return True

    def _guard_signatures(self):
        """Both signatures on an electronic document (OUT-27); paper only: signed and stamped by hand."""
        self._require_personal_signature()
        if self._is_paper_only():
            if self.state != "paper_done":
                raise UserError(self.env._("The document goes out on paper: record printing and stamping first."))
        elif not self._has_valid_agency_signature():
            raise UserError(self.env._(
                "“%(document)s” lacks the digital signature of the agency: seal it before it is issued.", document=self.display_name
            ))

    def _guard_recipients(self):
        recipients = self.recipient_ids
        if not recipients:
            raise UserError(self.env._("“%(document)s” has no recipients.", document=self.display_name))
        vague = recipients.filtered(lambda row: not row.is_resolved)
        if vague:
            raise UserError(self.env._(
                "These recipients are not specific: %(names)s. Replace each by the agencies, units or persons meant.",
                names=", ".join(vague.mapped("name")),
            ))
        closed = [reason for row in recipients if (reason := row._closed_reason())]
        if closed:
            raise UserError(self.env._(
                "These recipients no longer exist: %(list)s. Address the agency that took over, or remove them.", list="; ".join(closed[:20])
            ))
        by_network = recipients.filtered(lambda row: row.channel == "lienthong")
        if self._is_paper_only() and by_network:
            raise UserError(self.env._(
                "“%(document)s” is used on paper only and cannot be sent through the network: choose paper for %(names)s.",
                document=self.display_name, names=", ".join(by_network.mapped("name")),
            ))

    def action_issue(self):
        """Issue: internal recipients have it at once, the interchange queues its packets, paper waits for hand-over."""
        self.filtered(lambda document: document._may("issue")).recipient_ids._refresh_channel()
        return self._transition("issue", values={"issued_date": fields.Datetime.now()})

    def _effect_issue(self, comment):
        self._write_fixed({"clerk_id": self.env.uid})
        self._done_todos()
        self._grant(users=self.drafter_id | self.signer_id, departments=self.department_id, source="issue")
        if not self.restricted:
            # the specialists follow what their own unit issued (TH Đ9.5)
            self._grant(members=self.department_id, source="issue")
        self._start_dispatch()
        if self.medium == "both" or self.recipient_ids.filtered(lambda row: row.channel == "paper"):
            self._notify(self.drafter_id, self.env._("Receive the paper copy and put it into its dossier"))
        self._settle_delivery()

    def _deliver_internally(self, rows):
        if not rows:
            return
        users, departments = rows.user_id, rows.department_id
        self._grant(users=users, departments=departments, source="recipient")
        heads = self.env["res.users"].browse({department.sudo().manager_id.user_id.id for department in departments} - {False})
        self._todos_of_receivers(users | heads)
        rows._progress("arrived")

    def _todos_of_receivers(self, users):
        """One to-do for each, in one statement: a document may go to hundreds inside."""
        note = self.env._("Received internally: %(code)s", code=self.code)
        model, today = self.env["ir.model"]._get_id("vanban.document"), vietnam_time.today()
        todo = self.env.ref("mail.mail_activity_data_todo").id
        self.env["mail.activity"].sudo().create([  # safe: they were just given the document
            {
                "res_model_id": model, "res_id": self.id, "user_id": user.id, "summary": note, "activity_type_id": todo, "automated": True,
                "date_deadline": today,
            }
            for user in users
        ])

    def _settle_delivery(self):
        """Close delivery or recall once every recipient has been settled; called whenever one of them changes."""
        for document in self:
            rows = document.sudo().recipient_ids  # safe: statuses only
            if document.state == "issued" and rows and all(row._has_reached() for row in rows):
                document._flow("deliver")
            elif document.state == "recall_requested" and document.recall_approved_date and not any(
                row.state == "recall_requested" for row in rows
            ):
                document._flow("recall_complete", values={"recall_date": fields.Datetime.now()})
