import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..report import consultation_form
from ..tools import fonts, number_format, vietnam_time
from .transition_mixin import Transition

POSITIONS = [("accepted", "Adopted"), ("partly", "Accepted in part"), ("rejected", "Not accepted")]


class Consultation(models.Model):
    """One unit or person asked for an opinion on a draft, the answer, and the lead's position on it (BHXH PL02-3, PL02-7; HCM Đ10.1)."""

    _name = "vanban.consultation"
    _inherit = ["vanban.transition.mixin"]
    _description = "Opinion on a draft"
    _order = "document_id, id"

    _transitions = (
        Transition("answer", ("sent",), ("answered",), who="_may_answer", comment=True, effect="_effect_answer"),
        Transition("waive", ("sent",), ("waived",), who="_is_lead", comment=True, effect="_effect_waive"),
        Transition("decide", ("answered",), ("answered",), who="_is_lead", guard="_guard_decide"),
    )

    document_id = fields.Many2one("vanban.document", required=True, ondelete="restrict", index=True, readonly=True)
    company_id = fields.Many2one(related="document_id.company_id", store=True)
    department_id = fields.Many2one("hr.department", "Unit asked", ondelete="restrict", index=True, readonly=True)
    user_id = fields.Many2one("res.users", "Person asked", ondelete="restrict", index=True, readonly=True)
    asked_name = fields.Char("Asked", required=True, readonly=True, help="Name on the day of the request.")
    author_id = fields.Many2one("res.users", "Asked by", required=True, ondelete="restrict", readonly=True)
    question = fields.Text("What is asked", required=True, readonly=True)
    deadline = fields.Date("Answer by", required=True, readonly=True)
    sent_date = fields.Datetime("Sent on", required=True, default=fields.Datetime.now, readonly=True)
    draft_file_id = fields.Many2one("vanban.file", "Version sent", ondelete="restrict", readonly=True)
    content = fields.Text("Opinion", readonly=True)
    answerer_id = fields.Many2one("res.users", "Answered by", ondelete="restrict", readonly=True)
    answered_date = fields.Datetime("Answered on", readonly=True)
    file_id = fields.Many2one("vanban.file", "Form of the opinion", ondelete="restrict", readonly=True)
    waive_reason = fields.Text("Why it was not waited for", readonly=True)
    position = fields.Selection(POSITIONS, "Position of the lead unit", readonly=True)
    explanation = fields.Text("Explanation of the position", readonly=True)
    decided_by_id = fields.Many2one("res.users", "Position taken by", ondelete="restrict", readonly=True)
    reminder_level = fields.Integer(readonly=True, default=0)
    state = fields.Selection(
        [("sent", "Waiting for the opinion"), ("answered", "Opinion given"), ("waived", "Not waited for")],
        "Status", required=True, default="sent", readonly=True,
    )  # fmt: skip
    may_answer = fields.Boolean(compute="_compute_may")
    may_lead = fields.Boolean(compute="_compute_may")

    _due_index = models.Index("(company_id, deadline) WHERE state = 'sent'")

    @api.depends("asked_name", "document_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.asked_name or ''}: {row.document_id.display_name or ''}"

    @api.depends_context("uid")
    @api.depends("state", "document_id.state")
    def _compute_may(self):
        for row in self:
            row.may_answer = row._may("answer")
            row.may_lead = row.state != "waived" and row.document_id._is_open_for_opinions() and row._is_lead()

    # -------------------------------------------------------------- who may

    def _answerers(self):
        """The person, or whoever heads the unit (the form is signed by its head)."""
        # safe: who heads a unit is no secret; the request gives access to its own head alone
        return self.user_id or self.department_id.sudo().manager_id.user_id.sudo(False)

    def _may_answer(self):
        return self.env.user in self._answerers()

    def _is_lead(self):
        """The lead unit: the drafter and the head who answers for the draft."""
        document = self.document_id
        return self.env.user in document.drafter_id | document.department_id._vanban_heads()[:1]

    # -------------------------------------------------------------- actions

    def action_answer(self, text):
        """Give the opinion; it is kept as a form (Phiếu tham gia ý kiến) and not changed afterwards."""
        for row in self:
            row._transition("answer", comment=text, values={
                "content": (text or "").strip(), "answerer_id": self.env.uid, "answered_date": fields.Datetime.now(),
            })
        return True

    def action_waive(self, reason):
        """Go on without this opinion, with the reason on record."""
        return self._transition("waive", comment=reason)

    def action_decide(self, position, explanation=None):
        """Take the lead's position on an opinion.

        :param position: ``accepted``, ``partly`` or ``rejected``; the last two need an explanation (BHXH PL02-7)
        """
        if position not in dict(POSITIONS):
            raise UserError(self.env._("Choose the position: accepted, accepted in part or not accepted."))
        explanation = (explanation or "").strip()
        if position != "accepted" and not explanation:
            raise UserError(self.env._("Explain why the opinion is not accepted, or which part of it is."))
        return self._transition("decide", comment=explanation, data={"position": position}, values={
            "position": position, "explanation": explanation, "decided_by_id": self.env.uid,
        })

    def _guard_decide(self):
        if not self.document_id._is_open_for_opinions():
            raise UserError(self.env._(
                "“%(document)s” is no longer a draft: the positions on the opinions stay as they were submitted.",
                document=self.document_id.display_name,
            ))

    # -------------------------------------------------------------- effects

    def _effect_answer(self, comment):
        row = self.sudo()  # safe: right checked by the transition; the form belongs to the draft
        row.file_id = row._make_form()
        row.document_id._done_todos(row._answerers())
        row.document_id._notify(row.author_id, self.env._("%(name)s gave an opinion on the draft", name=row.asked_name))

    def _effect_waive(self, comment):
        row = self.sudo()  # safe: right checked by the transition
        row.waive_reason = comment
        row.document_id._done_todos(row._answerers())

    def _make_form(self):
        document = self.document_id
        answer = consultation_form.Answer(
            **document._form_head(self.department_id or self.answerer_id.employee_id.department_id),
            question=self.question, content=self.content, author=self.answerer_id.name,
            moment=vietnam_time.text(self.answered_date),
        )
        try:
            raw = consultation_form.render_answer(answer)
        except fonts.FontMissing as error:
            raise UserError(str(error)) from error
        name = f"phieu-tham-gia-y-kien-{self.id}.pdf"
        return document._add_file(name, raw, role="opinion", stage="rendition", reason=self.env._("Opinion on the draft"))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        message = self.env._("Requests for opinions and their answers stay with the draft: they are not deleted.")
        self._log_refused("delete", message)
        raise AccessError(message)


class DocumentConsultation(models.Model):
    """Drafts on which others are asked for their opinion (OUT-05, OUT-06)."""

    _inherit = "vanban.document"
    _transitions = (
        Transition("consult", ("draft", "rework", "consulting"), ("consulting",), who="_is_drafter", guard="_guard_consult"),
    )

    consultation_ids = fields.One2many("vanban.consultation", "document_id", "Opinions of units", readonly=True)
    my_consultation_id = fields.Many2one("vanban.consultation", compute="_compute_my_consultation_id")

    @api.depends_context("uid")
    @api.depends("consultation_ids.state")
    def _compute_my_consultation_id(self):
        for document in self:
            document.my_consultation_id = document.consultation_ids.filtered(lambda row: row.state == "sent" and row._may_answer())[:1]

    def _is_open_for_opinions(self):
        return self.state in ("draft", "rework", "consulting")

    def _guard_consult(self):
        if not self.main_file_id:
            raise UserError(self.env._("There is no draft to send yet: make it from the template or attach it first."))

    def action_consult(self, asked, question, deadline):
        """Ask units and persons for their opinion on the draft.

        :param asked: list of ``{"department_id": id}`` or ``{"user_id": id}``
        :param question: what is asked
        :param deadline: "YYYY-MM-DD", today or later
        :return: ids of the requests
        """
        self.ensure_one()
        self._check_allowed_logged("consult")
        question = (question or "").strip()
        if not question:
            raise UserError(self.env._("Write on what the opinion is asked."))
        try:
            deadline = fields.Date.to_date(deadline)
        except ValueError:
            deadline = None
        if not isinstance(deadline, datetime.date) or deadline < vietnam_time.today():
            raise UserError(self.env._("Give the day by which the opinion is expected, today or later."))
        departments, users = self._asked(asked)
        common = {
            "document_id": self.id, "author_id": self.env.uid, "question": question, "deadline": deadline,
            "draft_file_id": self.main_file_id.id,
        }
        rows = self.env["vanban.consultation"].sudo().create([  # safe: the drafter's right was checked above
            *({**common, "department_id": department.id, "asked_name": department.name} for department in departments),
            *({**common, "user_id": user.id, "asked_name": user.name} for user in users),
        ])
        self._transition("consult", data={"asked": rows.mapped("asked_name"), "deadline": str(deadline)})
        self._grant(users=users, departments=departments, source="consultation")
        # the head of the lead unit takes positions too, before the draft reaches him for review
        self._grant(users=self.department_id._vanban_heads()[:1], source="review")
        heads = self.env["res.users"].union(*(row._answerers() for row in rows))
        self._notify(heads - self.env.user, self.env._("Opinion asked by %(date)s: %(text)s", date=f"{deadline:%d/%m/%Y}", text=question))
        return rows.ids

    def _asked(self, asked):
        """(departments, users) asked, each of this agency, able to answer and not asked already."""
        asked = [item for item in asked or () if isinstance(item, dict)]
        # safe: names of units and colleagues of the same agency, checked just below
        departments, users = (
            self.env[model].sudo().browse(dict.fromkeys(item[key] for item in asked if isinstance(item.get(key), int))).exists()
            for model, key in (("hr.department", "department_id"), ("res.users", "user_id"))
        )
        if not departments and not users:
            raise UserError(self.env._("Choose at least one unit or person to ask."))
        strangers = departments.filtered(lambda unit: unit.company_id != self.company_id).mapped("name")
        strangers += users.filtered(lambda user: user.share or self.company_id not in user.company_ids).mapped("name")
        if strangers:
            raise UserError(self.env._("%(names)s do not belong to this agency: write to them with a document instead.", names=", ".join(strangers)))
        if headless := departments.filtered(lambda unit: not unit.manager_id.user_id):
            raise UserError(self.env._("Nobody heads %(names)s in the system: ask a person there instead.", names=", ".join(headless.mapped("name"))))
        waiting = self.sudo().consultation_ids.filtered(lambda row: row.state == "sent")  # safe: only compared
        if again := (departments & waiting.department_id).mapped("name") + (users & waiting.user_id).mapped("name"):
            raise UserError(self.env._("%(names)s were asked already and have not answered yet.", names=", ".join(again)))
        return departments, users

    def _effect_cancel(self, comment):
        super()._effect_cancel(comment)
        # safe: nobody's opinion is needed on a draft that was given up
        self.sudo().consultation_ids.filtered(lambda row: row.state == "sent")._flow("waive", comment=comment)

    # ------------------------------------------------------- table of opinions

    def action_make_opinion_table(self):
        """Make the table of opinions (Bảng tổng hợp ý kiến, BHXH PL02-7) from the answers.

        :return: id of the PDF (``vanban.file``)
        """
        self.ensure_one()
        self.check_access("read")
        self._check_may_see_opinions()
        rows = self.sudo().consultation_ids.filtered(lambda row: row.state == "answered")  # safe: opinions on the user's own draft
        if not rows:
            raise UserError(self.env._("Nobody gave an opinion on this draft yet: there is nothing to put into the table."))
        labels = dict(rows._fields["position"]._description_selection(self.env))
        table = consultation_form.OpinionTable(
            **self.sudo()._form_head(self.department_id), author=self.drafter_id.sudo().name,  # safe: printed at head and foot
            rows=[
                (row.asked_name, row.content, ". ".join(filter(None, (labels.get(row.position), row.explanation))))
                for row in rows.sorted("id")
            ],
        )
        try:
            raw = consultation_form.render_table(table)
        except fonts.FontMissing as error:
            raise UserError(str(error)) from error
        name = f"bang-tong-hop-y-kien-{len(rows)}.pdf"
        return self._add_file(name, raw, role="opinion", stage="rendition", reason=self.env._("Table of opinions")).id

    def _form_head(self, unit):
        company = self.company_id
        return {
            "agency": company.name,
            "unit": unit.sudo().name or "",  # safe: printed at the head
            "place_date": f"{company.vanban_place or ''}, {number_format.date_text(vietnam_time.today())}".lstrip(", "),
            "about": f"Dự thảo: {self.subject or ''}",
        }

    def _check_transition(self, transition, comment):
        """Neither submission nor signature nor issue while an opinion waits or has no position (OUT-06)."""
        super()._check_transition(transition, comment)
        if transition.name in ("submit_review", "sign", "sign_paper", "issue"):
            self._check_opinions_settled()

    def _check_opinions_settled(self):
        rows = self.sudo().consultation_ids  # safe: only whether they are settled, and who was asked
        if waiting := rows.filtered(lambda row: row.state == "sent"):
            raise UserError(self.env._(
                "These have not given their opinion yet: %(names)s. Wait for them, or record why you go on without them.",
                names=", ".join(waiting.mapped("asked_name")),
            ))
        if undecided := rows.filtered(lambda row: row.state == "answered" and not row.position):
            raise UserError(self.env._(
                "The table of opinions is not complete: take a position on the opinion of %(names)s.",
                names=", ".join(undecided.mapped("asked_name")),
            ))
