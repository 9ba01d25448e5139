from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..tools import vietnam_time
from .language import in_vietnamese
from .recipient import IN_FORCE


class RecipientAnswer(models.Model):
    """Who has answered a document that asks for a report or information, who is late, who was urged (TH Đ9.5, Đ13.3)."""

    _inherit = "vanban.recipient"

    answer_due = fields.Date("Answer due", compute="_compute_answer_due", store=True, index="btree_not_null")
    answered_date = fields.Datetime("Answered on", readonly=True, copy=False)
    answer_id = fields.Many2one("vanban.document", "Answer", readonly=True, copy=False, ondelete="restrict")
    answer_note = fields.Char("Remark on the answer", readonly=True, copy=False)
    urged_date = fields.Datetime("Urged on", readonly=True, copy=False)
    urge_count = fields.Integer("Urged (times)", readonly=True, copy=False)
    answer_late = fields.Boolean("Answer late", compute="_compute_answer_late", search="_search_answer_late")
    document_department_id = fields.Many2one(related="document_id.department_id", string="Drafting unit")

    _waiting_answer = models.Index("(answer_due) WHERE answer_due IS NOT NULL AND answered_date IS NULL")

    @api.depends("reply_due_date", "document_id.reply_due_date", "document_id.reply_required")
    def _compute_answer_due(self):
        for row in self:
            document = row.document_id
            asked = document.reply_required and not row.for_information
            row.answer_due = row.reply_due_date or (document.reply_due_date if asked else False)

    @api.depends("answer_due", "answered_date", "document_id.state")
    def _compute_answer_late(self):
        today = vietnam_time.today()
        for row in self:
            last = vietnam_time.day(row.answered_date) if row.answered_date else today
            row.answer_late = bool(row.answer_due and row.answer_due < last and row.document_id.state in IN_FORCE)

    @api.model
    def _search_answer_late(self, operator, value):
        """Those who still owe an answer."""
        if operator != "in" or True not in value:
            return NotImplemented
        today = vietnam_time.today()
        return Domain([("answer_due", "<", today), ("answered_date", "=", False), ("document_id.state", "in", IN_FORCE)])

    def _check_follower(self, action):
        """Answers are followed by the drafter, the head of the unit and the clerk."""
        for row in self:
            document = row.document_id
            if self.env.user in document.drafter_id | document.department_id._vanban_heads() or document._is_clerk():
                continue
            message = self.env._("Answers are followed by the drafter, the head of the drafting unit and the clerk.")
            row._log_refused(action, message)
            raise AccessError(message)

    def action_record_answer(self, note=None, answer_id=None):
        """Note that this recipient has answered, by a document of the register or otherwise (``note`` says how)."""
        self._check_follower("record_answer")
        answer = self.env["vanban.document"].browse(answer_id or [])
        answer.check_access("read")
        note = (note or "").strip()
        if not answer and not note:
            raise UserError(self.env._("Choose the answering document, or write how the answer came."))
        for row in self:
            if not row.document_id.issued_date or row.answered_date:
                raise UserError(self.env._("“%(name)s” has already answered, or the document is not issued yet.", name=row.name))
        self._answered(answer, note)
        return True

    def _answered(self, answer, note=None):
        moment = answer.arrival_date or fields.Datetime.now()
        # safe: the right was checked, or the answer is a registered document linked to this one
        self.sudo().write({"answered_date": moment, "answer_id": answer.id, "answer_note": note or False})
        self._log("answered", comment=note, data={"answer": answer.code or False})

    def action_urge(self, note=None):
        """Urge recipients who owe an answer; people and units inside are told by a notice."""
        self._check_follower("urge")
        done = self.filtered("answered_date")
        if done:
            raise UserError(self.env._("These have already answered: %(names)s.", names=", ".join(done.mapped("name"))))
        for row in self:
            if row.document_id.state not in IN_FORCE:
                raise UserError(self.env._(
                    "“%(document)s” is not issued, or it is being recalled: no answer to it is urged.", document=row.document_id.display_name
                ))
        for row in self:
            # safe: right checked above; the mark and its number only
            row.sudo().write({"urged_date": fields.Datetime.now(), "urge_count": row.urge_count + 1})
            row._log("urge", comment=note, data={"number": row.urge_count})
            users = row.user_id | row.department_id._vanban_heads()
            text = self.env._("Answer due on %(date)s: urged, no. %(count)s", date=row.answer_due or "", count=row.urge_count)
            row.document_id._tell_supervised(users, text, "chase")
        return True


class DocumentAnswers(models.Model):
    _inherit = "vanban.document"

    answer_expected = fields.Integer("Answers expected", compute="_compute_answers")
    answer_received = fields.Integer("Answers received", compute="_compute_answers")
    answer_late_count = fields.Integer("Answers late", compute="_compute_answers")
    answers_reported = fields.Boolean(readonly=True, copy=False)

    def _compute_answers(self):
        today = vietnam_time.today()
        rows = self.env["vanban.recipient"].sudo()  # safe: counts for readers of the document
        domain = Domain([("document_id", "in", self.ids), ("answer_due", "!=", False)])
        counts = [
            dict(rows._read_group(domain & Domain(extra), ["document_id"], ["__count"]))
            for extra in (
                [], [("answered_date", "!=", False)],
                [("answered_date", "=", False), ("answer_due", "<", today), ("document_id.state", "in", IN_FORCE)],
            )
        ]
        for document in self:
            document.answer_expected, document.answer_received, document.answer_late_count = (found.get(document, 0) for found in counts)

    def action_report_late_answers(self):
        """Send the list of those who are late to the heads of the unit and the leaders of the agency.

        :return: ids of the late recipients
        """
        self.ensure_one()
        self.check_access("read")
        rows = self.recipient_ids
        rows._check_follower("report_late_answers")
        late = rows.filtered(lambda row: row.answer_late and not row.answered_date)
        if not late:
            raise UserError(self.env._("Nobody is late with the answer to “%(document)s”.", document=self.display_name))
        self._report_late_answers(late)
        return late.ids

    def _report_late_answers(self, late):
        users = self.department_id._vanban_heads() | self._role_holders("vanban_core.group_leader") | self.drafter_id
        names = "\n".join(f"{row.name} ({row.answer_due:%d/%m/%Y})" for row in late)
        text = self.env._("%(late)s of %(all)s have not answered in time", late=len(late), all=self.answer_expected)
        notice, readers = self.env["vanban.notice"], self._readers(users)
        title = f"{text}: {self.sudo().display_name}"  # safe: told to its readers
        notice._send_many([
            {"user_id": user.id, "kind": "deadline", "document_id": self.id, "title": title, "body": names} for user in readers
        ])
        notice._send(users - readers, f"{text}: {self._notice_name()}", kind="deadline")
        self._log("report_late_answers", data={"late": late.mapped("name"), "users": users.mapped("login")})
        self._write_fixed({"answers_reported": True})

    @api.model
    def _cron_report_late_answers(self):
        """On the first day after the date the leaders get the list by themselves, once for each document."""
        self = in_vietnamese(self)
        late = self.env["vanban.recipient"].search([("answer_late", "=", True), ("document_id.answers_reported", "=", False)])
        for document, rows in late.grouped("document_id").items():
            document._report_late_answers(rows)
            self.env["ir.cron"]._commit_progress(1)

    def action_follow_issue(self):
        """“Theo dõi phát hành”: the clerk sees what the agency issued, a specialist what the own unit issued (OUT-40)."""
        action = self.env["ir.actions.act_window"]._for_xml_id("vanban_core.action_outgoing_follow")
        action["domain"] = list(self._follow_domain())
        return action

    @api.model
    def _follow_domain(self):
        domain = Domain([("direction", "!=", "in"), ("issued_date", "!=", False)])
        everything = "vanban_core.group_clerk,vanban_core.group_office_chief,vanban_core.group_leader"
        if not self.env.user.has_groups(everything):
            domain &= Domain("department_id", "in", self.env.user.sudo().employee_ids.department_id.ids)  # safe: own posts
        return domain


class DocumentLink(models.Model):
    _inherit = "vanban.document.link"

    @api.model_create_multi
    def create(self, vals_list):
        """A registered answer settles what its sender owed."""
        links = super().create(vals_list)
        for link in links.filtered(lambda link: link.kind == "answers"):
            answer, asked = link.document_id, link.sudo().target_id  # safe: settles a debt, shows nothing
            if answer.direction == "in" and asked.direction != "in" and asked.issued_date and answer.issuer_id:
                asked.recipient_ids.filtered(
                    lambda row, answer=answer: row.partner_id == answer.issuer_id and row.answer_due and not row.answered_date
                )._answered(answer)
        return links
