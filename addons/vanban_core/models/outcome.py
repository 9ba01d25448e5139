from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import vietnam_time

FORMS = {"transfer": "vanban_core.kind_pc", "notice": "vanban_core.kind_pb", "return": "vanban_core.kind_tb", "statement": "vanban_core.kind_ttr"}

# step at the reception desk → subject, reason and end of the letter to the sender
LETTERS = {
    "refuse": ("từ chối tiếp nhận", "Lý do từ chối", "không tiếp nhận văn bản nêu trên và thông báo để Quý cơ quan biết."),
    "return": ("hoàn trả", "Lý do hoàn trả", "hoàn trả văn bản để Quý cơ quan xem xét, xử lý."),
}


class DocumentOutcome(models.Model):
    """The four outcomes of an incoming document, each with its form (HCM Đ8.2; F-14, F-15, F-16)."""

    _inherit = "vanban.document"

    slip_ids = fields.Many2many(
        "vanban.document", compute="_compute_slip_ids", string="Slips", help="Transfer slip and notices made for this document."
    )
    slip_pending = fields.Boolean("Transfer slip on its way", compute="_compute_slip_ids")
    missing_conditions = fields.Text("Missing conditions", readonly=True, copy=False)
    reply_issued_date = fields.Datetime("Replied on", readonly=True, copy=False)
    reply_late = fields.Boolean(
        "Report overdue", compute="_compute_reply_late", search="_search_reply_late", help="Trễ hạn báo cáo: no reply by the day on which it was due."
    )

    # IS TRUE, as the ORM asks for it: the planner does not see that it is the same without
    _reply_index = models.Index("(reply_due_date) WHERE direction = 'in' AND reply_required IS TRUE")
    # the list of what still has to be answered stays small, however many were answered over the years
    _unanswered_index = models.Index(
        "(reply_due_date) WHERE direction = 'in' AND reply_required IS TRUE AND reply_issued_date IS NULL"
        " AND state IN ('registered', 'submitted', 'distributed', 'in_progress')"
    )

    @api.depends("back_link_ids.kind", "back_link_ids.document_id.state")
    def _compute_slip_ids(self):
        for document in self:
            slips = document._linked("transfers", back=True)
            document.slip_ids = slips.sudo(False)._filtered_access("read")
            document.slip_pending = document.state == "in_progress" and any(
                not slip.issued_date and slip.state != "cancelled" for slip in document._transfer_slips()
            )

    def _transfer_slips(self):
        kind = self.env.ref(FORMS["transfer"])
        return self._linked("transfers", back=True).filtered(lambda slip: slip.kind_id == kind)

    # ------------------------------------------------------------------- reply

    @api.depends("reply_required", "reply_due_date", "reply_issued_date", "state")
    def _compute_reply_late(self):
        today = vietnam_time.today()
        for document in self:
            due = document.direction == "in" and document.reply_required and document.reply_due_date
            document.reply_late = bool(due) and document._reply_day(today) > due

    def _reply_day(self, today):
        """The day that counts against the due date: of the reply, of the closing without one, else today."""
        moment = self.reply_issued_date or self.done_date
        return vietnam_time.day(moment) if moment else today

    @api.model
    def _search_reply_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = vietnam_time.today()
        asked = Domain("direction", "=", "in") & Domain("reply_required", "=", True) & Domain("reply_due_date", "<", today)
        late = asked & Domain.custom(to_sql=lambda model, alias, query: SQL(
            "COALESCE((COALESCE(%s, %s) AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, %s) > %s",
            model._field_to_sql(alias, "reply_issued_date", query), model._field_to_sql(alias, "done_date", query), today,
            model._field_to_sql(alias, "reply_due_date", query),
        ), predicate=lambda document: document.reply_late)
        return late if True in value else Domain("id", "not in", self._search(late))

    def _guard_done(self):
        super()._guard_done()
        if self.outcome == "transfer" and not self._transfer_slips().filtered("issued_date"):
            raise UserError(self.env._(
                "A document is transferred by a transfer slip (Phiếu chuyển): draft it here, have it signed and issued; "
                "the document is then completed by itself."
            ))
        if self.outcome == "return":
            raise UserError(self.env._("A document goes back to its sender by “Return”, with the missing conditions."))

    def _after_transition(self, transition, comment):
        super()._after_transition(transition, comment)
        if transition.name == "issue":
            for document in self.filtered(lambda document: document.direction != "in"):
                document._settle_answered()

    def _settle_answered(self):
        """An issued reply dates the answer; an issued transfer slip completes what it transfers."""
        for incoming in self._linked("answers").filtered(lambda incoming: incoming.direction == "in" and not incoming.reply_issued_date):
            incoming._write_fixed({"reply_issued_date": self.issued_date})
        for incoming in self._linked("transfers").filtered(lambda incoming: incoming.direction == "in" and incoming.state == "in_progress"):
            if self in incoming._transfer_slips():
                incoming._complete_transfer(self)

    def _complete_transfer(self, slip):
        note = self.env._("Transferred by %(code)s", code=slip.code)
        previous = self.outcome
        self._write_fixed({"outcome": "transfer", "outcome_note": note})
        try:
            self._guard_done()
        except UserError as error:
            # the slip is out; what still stands in the way is the lead's to settle
            self._write_fixed({"outcome": previous, "outcome_note": False})
            self._notify(self.lead_user_id, self.env._("The transfer slip is issued, but: %(reason)s", reason=error))
            return
        self._flow("done", comment=note)

    # ------------------------------------------------------------------- forms

    def _check_outcome(self):
        self.ensure_one()
        if self.direction != "in" or self.state != "in_progress":
            raise UserError(self.env._("“%(document)s” is not in progress: start processing it first.", document=self.display_name))
        self._check_lead()

    def action_transfer_slip(self, partner_id, content=None, deadline=None):
        """Draft the transfer slip (F-14) and the notice to the sender (F-15); the document stays open until the slip is issued.

        :param partner_id: the competent agency
        :param content: what it is asked to do
        :param deadline: "YYYY-MM-DD"
        :return: ids of slip and notice (no notice when the sender is not known)
        """
        self._check_outcome()
        partner = self.env["res.partner"].browse(partner_id).exists()
        if not partner:
            raise UserError(self.env._("Choose the agency to which the document is transferred."))
        if partner == self.issuer_id:
            raise UserError(self.env._("“%(agency)s” sent the document: to give it back use “Return”.", agency=partner.name))
        if self.slip_pending:
            raise UserError(self.env._("A transfer slip is already on its way: finish or cancel it first."))
        day = fields.Date.to_date(deadline)
        if day and day < vietnam_time.today():
            raise UserError(self.env._("The deadline %(date)s is already past.", date=day.strftime("%d/%m/%Y")))
        slip = self._draft_form("transfer", partner, f"chuyển {self._named()}", [
            f"{self.company_id.name} nhận được {self._named()}.",
            f"Xét thấy nội dung thuộc thẩm quyền giải quyết của {partner.name}, {self.company_id.name} chuyển văn bản nêu trên "
            "để xem xét, giải quyết.",
            (content or "").strip(),
            f"Đề nghị thông báo kết quả trước ngày {day:%d/%m/%Y}." if day else "",
        ])
        if day:
            slip.write({"reply_required": True, "reply_due_date": day})
            slip.recipient_ids.write({"reply_due_date": day})
        self._copy_main_file(slip)
        slip._link(self, "transfers")
        drafts = slip
        if self.issuer_id:
            notice = self._draft_form("notice", self.issuer_id, f"việc chuyển {self._named()}", [
                f"{self.company_id.name} đã nhận được {self._named()}.",
                f"Nội dung văn bản thuộc thẩm quyền giải quyết của {partner.name}; {self.company_id.name} đã chuyển văn bản đến {partner.name} "
                "và thông báo để Quý cơ quan biết, liên hệ.",
            ])
            notice._link(self, "transfers")
            notice._link(slip, "related")
            drafts |= notice
        self._log("transfer_slip", comment=content, data={"to": partner.name, "drafts": drafts.ids})
        return drafts.ids

    def action_send_back(self, reason, missing, with_letter=None):
        """Return an incomplete document to its sender (F-16): closed at once, the sender is told through the interchange.

        :param missing: the conditions that are not met, one a line
        :param with_letter: draft the letter of return; by default when the sender is not reached electronically
        :return: id of the drafted letter or False
        """
        self._check_outcome()
        reason, lines = (reason or "").strip(), [line.strip(" -–•\t") for line in (missing or "").splitlines()]
        lines = [line for line in lines if line]
        if not reason or not lines:
            raise UserError(self.env._("Write the reason and list the missing conditions, one a line."))
        letter = self.browse()
        if with_letter or (with_letter is None and not self._sender_is_connected()):
            letter = self._letter_to_sender(f"hoàn trả {self._named()}", [
                f"{self.company_id.name} nhận được {self._named()}.", f"Lý do hoàn trả: {reason}",
                "Các điều kiện còn thiếu:", *(f"{number}. {line}" for number, line in enumerate(lines, start=1)),
                f"{self.company_id.name} hoàn trả văn bản để Quý cơ quan bổ sung và gửi lại.",
            ])
            self._copy_main_file(letter)
        self._write_fixed({"outcome": "return", "outcome_note": reason, "missing_conditions": "\n".join(lines), "done_date": fields.Datetime.now()})
        # read by the sender, whatever the language of the lead
        self._transition("return", comment=f"{reason.rstrip('.')}. Còn thiếu: {'; '.join(lines)}.")
        return letter.id

    def action_refuse(self, reason, with_letter=False):
        """Refuse acceptance; a connected sender is told through the interchange (F-17).

        :param with_letter: draft the notice to a sender who is not reached electronically
        :return: ids of the drafted letters, or True
        """
        result = super().action_refuse(reason)
        return [document._letter_of_reception("refuse", reason).id for document in self] if with_letter else result

    def action_return(self, reason, with_letter=False):
        """Return to the sender at the reception desk; a connected sender is told through the interchange (F-16).

        :param with_letter: draft the letter of return to a sender who is not reached electronically
        :return: ids of the drafted letters, or True
        """
        result = super().action_return(reason)
        return [document._letter_of_reception("return", reason).id for document in self] if with_letter else result

    def _letter_of_reception(self, step, reason):
        subject, why, end = LETTERS[step]
        letter = self._letter_to_sender(f"{subject} {self._named()}", [
            f"{self.company_id.name} nhận được {self._named()}.", f"{why}: {reason.strip()}", f"{self.company_id.name} {end}",
            f"Người xử lý: {self.env.user.name}, {vietnam_time.text(fields.Datetime.now())}.",
        ])
        if step == "return":
            self._copy_main_file(letter)
        return letter

    def action_prepare_reply(self, with_statement=False):
        """Draft the answer, with a submission statement (Tờ trình) to the own leader when wanted (HCM Đ8.2.4).

        :return: ids of the drafts, the reply first
        """
        self._check_outcome()
        reply = self._create_reply()
        drafts = reply
        if with_statement:
            statement = self._draft_form("statement", self.env["res.partner"], f"dự thảo văn bản trả lời {self._named()}", [
                f"Thực hiện nhiệm vụ được giao tại {self._named()},", "kính trình dự thảo văn bản trả lời kèm theo, đề nghị xem xét, quyết định.",
            ])
            statement._link(self, "related")
            statement._link(reply, "related")
            drafts |= statement
        return drafts.ids

    @api.model
    def _sender_is_connected(self):
        """Whether the return reaches the sender by itself; the interchange answers."""
        return False

    def _named(self):
        """The document as a letter speaks of it."""
        parts = [f"văn bản số {self.code}" if self.code else "văn bản"]
        if self.issue_date:
            parts.append(f"ngày {self.issue_date:%d/%m/%Y}")
        if self.issuer_name:
            parts.append(f"của {self.issuer_name}")
        subject = (self.subject or "").strip()
        if subject:
            parts.append(subject if subject.lower().startswith("về ") else f"về {subject}")
        return " ".join(parts)

    def _draft_form(self, form, partner, subject, paragraphs):
        """A draft of the current user in the right kind, with its recipient and its text."""
        body = Markup("").join(Markup("<p>{}</p>").format(text) for text in paragraphs if text)
        return self.create({
            "direction": "out", "company_id": self.company_id.id, "kind_id": self.env.ref(FORMS[form]).id, "subject": subject[:500],
            "drafter_id": self.env.uid, "urgency": self._own_urgency(), "body": body,
            "recipient_ids": [fields.Command.create({"partner_id": partner.id})] if partner else [],
        })

    def _letter_to_sender(self, subject, paragraphs):
        """A draft to whoever sent the document, in the directory or named on it only."""
        letter = self._draft_form("return", self.issuer_id, subject, paragraphs)
        if not self.issuer_id and self.issuer_name:
            letter.write({"recipient_ids": [fields.Command.create({"name": self.issuer_name})]})
        letter._link(self, "related")
        return letter

    def _copy_main_file(self, draft):
        """The document itself travels with the slip."""
        file = self.main_file_id
        if file:
            draft._add_file(file.name, file._raw(), role="annex", reason=self.env._("The incoming document itself"), source=file)
