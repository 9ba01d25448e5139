from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..report import opinion_slip
from ..tools import fonts, number_format, vietnam_time
from .transition_mixin import Transition

HEADS = "vanban_core.group_unit_head,vanban_core.group_department_head,vanban_core.group_office_chief"


class OpinionRequest(models.Model):
    """A unit asks the leadership for directions while it handles a document (BHXH PL04-TTĐV; PL02-1, PL02-2)."""

    _name = "vanban.opinion.request"
    _inherit = ["vanban.transition.mixin"]
    _description = "Request for directions"
    _order = "id desc"
    _rec_name = "content"

    _transitions = (
        Transition("answer", ("sent",), ("answered",), who="_may_answer", comment=True, effect="_effect_answer"),
        Transition("withdraw", ("sent",), ("withdrawn",), who="_is_author", comment=True, effect="_effect_withdraw"),
    )

    document_id = fields.Many2one("vanban.document", required=True, ondelete="restrict", index=True, readonly=True)
    urgency = fields.Selection(related="document_id.urgency")
    company_id = fields.Many2one(related="document_id.company_id", store=True)
    assignment_id = fields.Many2one("vanban.assignment", "Assignment", required=True, ondelete="restrict", index=True, readonly=True)
    form = fields.Selection(
        [("opinion", "Request for an opinion"), ("request", "Proposal to the leadership")], required=True, default="opinion", readonly=True
    )
    author_id = fields.Many2one("res.users", "Asked by", required=True, ondelete="restrict", readonly=True)
    department_id = fields.Many2one("hr.department", "Unit", ondelete="restrict", readonly=True)
    leader_id = fields.Many2one("res.users", "Asked of", required=True, ondelete="restrict", index=True, readonly=True)
    content = fields.Text("What is reported and asked", required=True, readonly=True)
    proposal = fields.Text("Opinion proposed", readonly=True)
    sent_date = fields.Datetime("Sent on", required=True, default=fields.Datetime.now, readonly=True)
    answer = fields.Text("Answer", readonly=True)
    answerer_id = fields.Many2one("res.users", "Answered by", ondelete="restrict", readonly=True)
    answered_date = fields.Datetime("Answered on", readonly=True)
    file_id = fields.Many2one("vanban.file", "Slip", ondelete="restrict", readonly=True)
    answer_file_id = fields.Many2one("vanban.file", "Slip with the answer", ondelete="restrict", readonly=True)
    state = fields.Selection(
        [("sent", "Waiting for the answer"), ("answered", "Answered"), ("withdrawn", "Withdrawn")],
        "Status", required=True, default="sent", readonly=True,
    )  # fmt: skip
    may_answer = fields.Boolean(compute="_compute_may")
    may_withdraw = fields.Boolean(compute="_compute_may")

    @api.depends_context("uid")
    @api.depends("state", "leader_id")
    def _compute_may(self):
        for request in self:
            request.may_answer = request._may("answer")
            request.may_withdraw = request._may("withdraw")

    # -------------------------------------------------------------- who may

    def _is_author(self):
        return self.author_id == self.env.user

    def _may_answer(self):
        user = self.env.user
        return self.leader_id == user or self.leader_id in user.vanban_delegator_ids

    # -------------------------------------------------------------- actions

    def action_answer(self, text):
        """The leader's answer; it returns to the assignment and is not changed afterwards."""
        for request in self:
            principal = request.leader_id if request.leader_id != self.env.user else request.leader_id.browse()
            request._transition("answer", comment=text, principal=principal, values={
                "answer": (text or "").strip(), "answerer_id": self.env.uid, "answered_date": fields.Datetime.now(),
            })
        return True

    def action_withdraw(self, reason):
        return self._transition("withdraw", comment=reason)

    # -------------------------------------------------------------- effects

    def _effect_answer(self, comment):
        request = self.sudo()  # safe: right checked by the transition; the answer goes to those who asked
        document = request.document_id.with_env(self.env)
        principal = request.leader_id if request.leader_id != request.answerer_id else request.leader_id.browse()
        document._done_todos(self.env.user | request.leader_id)
        document._record_direction("answer", comment, request.assignment_id, principal, "delegated" if principal else "own")
        request.answer_file_id = request._make_file()
        handlers = request.author_id | request.assignment_id._active_children()._open().user_id | request.assignment_id.user_id
        document._notify(handlers.with_env(self.env) - self.env.user, self.env._("Answer to the request for directions: %(text)s", text=comment))

    def _effect_withdraw(self, comment):
        document = self.document_id
        document._done_todos(self.leader_id | self.leader_id.vanban_delegate_ids)

    # ------------------------------------------------------------------ slip

    def _make_file(self):
        """The slip as a PDF beside the document (form F-01 or F-02)."""
        try:
            raw = opinion_slip.render(self._slip())
        except fonts.FontMissing as error:
            raise UserError(str(error)) from error
        prefix = "phieu-xin-y-kien" if self.form == "opinion" else "phieu-de-nghi"
        name = f"{prefix}-{self.id}{'-da-tra-loi' if self.answer else ''}.pdf"
        return self.document_id._add_file(name, raw, role="paper", stage="rendition", reason=self.env._("Request for directions"))

    def _slip(self):
        company = self.company_id
        document = self.document_id
        signed = self.answered_date and vietnam_time.text(self.answered_date)
        return opinion_slip.OpinionSlip(
            form=self.form,
            agency=company.name,
            unit=self.department_id.name or "",
            place_date=f"{company.vanban_place or ''}, {number_format.date_text(vietnam_time.today())}".lstrip(", "),
            addressee=self.leader_id.name,
            about=f"Về văn bản số {document.code or document.arrival_number or ''}: {document.subject or ''}",
            content=self.content,
            proposal=self.proposal or "",
            signer=self.author_id.name,
            answer=(self.answerer_id.name, signed, self.answer) if self.answer else None,
        )


class AssignmentOpinion(models.Model):
    _inherit = "vanban.assignment"

    opinion_request_ids = fields.One2many("vanban.opinion.request", "assignment_id", "Requests for directions", readonly=True)

    def action_ask_leader(self, content, proposal=None, leader_id=None, form="opinion"):
        """Ask the leadership for directions on work in hand (IN-53).

        :param leader_id: a leader or the Chief of Office; by default whoever distributed the document
        :return: id of the request
        """
        self.ensure_one()
        document = self.document_id
        if self.state not in ("new", "received", "processing") or not self._may_handle() or not (
            not self.user_id or self.env.user.has_groups(HEADS)
        ):
            message = self.env._("Directions are asked for by the head of the unit that handles the document.")
            self._log_refused("ask_leader", message)
            raise AccessError(message)
        if not (content or "").strip():
            raise UserError(self.env._("Write what is reported and asked first."))
        if form not in dict(self.env["vanban.opinion.request"]._fields["form"].selection):
            raise UserError(self.env._("Choose one of the two forms."))
        leaders = document._level_holders("leader") | document._level_holders("chief")
        default = (self.on_behalf_id or document.submitted_to_id) & leaders
        leader = document._chosen_distributor(leaders, leader_id or default[:1].id)
        employee = self.env.user.sudo().employee_ids[:1]  # safe: own unit
        request = self.env["vanban.opinion.request"].sudo().create({  # safe: the right to ask was checked above
            "document_id": document.id, "assignment_id": self.id, "form": form, "author_id": self.env.uid, "leader_id": leader.id,
            "department_id": (self.department_id or employee.department_id).id, "content": content.strip(), "proposal": (proposal or "").strip(),
        })  # fmt: skip
        document._grant(users=leader | leader.vanban_delegate_ids, source="opinion")
        request.file_id = request._make_file()
        self._log("ask_leader", comment=content, data={"leader": leader.sudo().name, "request": request.id})
        document._notify(leader.vanban_delegate_ids or leader, self.env._("Asks for directions: %(text)s", text=content.strip()))
        return request.id


class DocumentOpinion(models.Model):
    _inherit = "vanban.document"

    opinion_request_ids = fields.One2many("vanban.opinion.request", "document_id", "Requests for directions", readonly=True)
    my_opinion_request_id = fields.Many2one("vanban.opinion.request", compute="_compute_my_opinion_request_id")
    may_ask_leader = fields.Boolean(compute="_compute_my_opinion_request_id")
    may_add_direction = fields.Boolean(compute="_compute_my_opinion_request_id")

    @api.depends_context("uid")
    @api.depends("opinion_request_ids.state", "assignment_ids.state")
    def _compute_my_opinion_request_id(self):
        """What the current user owes an answer to, and which entries this user may add."""
        user = self.env.user
        for document in self:
            waiting = document.opinion_request_ids.filtered(lambda request: request.state == "sent" and request._may_answer())
            document.my_opinion_request_id = waiting[:1]
            items = document.assignment_ids.sudo()  # safe: whether the user has a part in them
            mine = items.filtered(lambda item: item.state in ("new", "received", "processing") and item.with_env(self.env)._may_handle())
            document.may_ask_leader = bool(mine.filtered(lambda item: item.role != "inform" and (not item.user_id or user.has_groups(HEADS))))
            document.may_add_direction = document.state in ("distributed", "in_progress") and bool(
                mine.filtered(lambda item: item.role != "inform")
                or items.filtered(lambda item: user in item.assigner_id | item.on_behalf_id and not item.is_early)
            )
