from odoo import api, fields, models
from odoo.exceptions import UserError

from .transition_mixin import Transition


class DocumentBypass(models.Model):
    """Emergency handling before registration, where the agency's rules allow it (HCM Đ4.1; P-42).

    A leader approves it by name and with the reason. The arrival number follows in the transaction in which the answer
    gets its own number; without an answer the clerk enters the document before it is filed.
    """

    _inherit = "vanban.document"

    _transitions = (
        Transition("bypass", ("received", "checking"), ("in_progress",), who="_may_approve_bypass", guard="_guard_bypass", comment=True),
    )

    bypass_asked_id = fields.Many2one("res.users", "Emergency handling asked of", readonly=True, copy=False)
    bypass_approver_id = fields.Many2one("res.users", "Emergency handling approved by", readonly=True, copy=False)
    bypass_date = fields.Datetime("Emergency handling approved on", readonly=True, copy=False)
    bypass_reason = fields.Text("Reason of the emergency handling", readonly=True, copy=False)

    may_ask_bypass = fields.Boolean(compute="_compute_may_ask_bypass")
    may_register_bypassed = fields.Boolean(compute="_compute_may_ask_bypass")

    _bypass_index = models.Index("(company_id) WHERE bypass_date IS NOT NULL AND COALESCE(arrival_number, 0) = 0")

    @api.depends_context("uid")
    @api.depends("state", "arrival_number", "bypass_date")
    def _compute_may_ask_bypass(self):
        for document in self:
            clerk = bool(document.id) and document._is_registry()
            allowed = clerk and document.company_id._vanban_profile()._value("emergency_bypass") == "yes"
            document.may_ask_bypass = allowed and document.state in ("received", "checking")
            document.may_register_bypassed = bool(clerk and document._awaits_number())

    def _may_approve_bypass(self):
        user = self.env.user
        return self.company_id in user.company_ids and self._can_act() and user.has_groups(
            "vanban_core.group_leader,vanban_core.group_office_chief"
        )

    def _guard_bypass(self):
        if self.company_id._vanban_profile()._value("emergency_bypass") != "yes":
            raise UserError(self.env._("The rules of this agency do not allow handling before registration. Have the document registered first."))
        if self.secrecy != "0":
            raise UserError(self._message_secret())
        if not self.subject or not self.issuer_name:
            raise UserError(self.env._("Fill in at least who issued the document and what it is about."))

    def action_ask_bypass(self, reason, approver_id):
        """The clerk brings an emergency before a leader, who then approves it himself."""
        self.ensure_one()
        if not self._is_registry() or self.state not in ("received", "checking"):
            raise UserError(self.env._("Emergency handling is asked for by the clerk, before the document is registered."))
        self._guard_bypass()
        if not (reason or "").strip():
            raise UserError(self.env._("Please write the reason: this step cannot be done without one."))
        approver = self.env["res.users"].browse(approver_id)
        if self.company_id not in approver.company_ids or not approver.has_groups("vanban_core.group_leader,vanban_core.group_office_chief"):
            raise UserError(self.env._("Emergency handling is approved by a leader or the Chief of Office of the agency."))
        self._write_fixed({"bypass_asked_id": approver.id})
        self._grant(users=approver, act=True, source="distribution")
        self._log("ask_bypass", comment=reason, data={"approver": approver.name})
        self._notify(approver, self.env._("Emergency handling before registration: %(reason)s", reason=reason.strip()))
        return True

    def action_approve_bypass(self, reason, user_id, deadline=None):
        """A leader lets the document be handled at once by one person, before it has its number.

        :return: id of the lead's assignment
        """
        self.ensure_one()
        approver = self.env.user
        self._transition("bypass", comment=reason, values={
            "bypass_approver_id": approver.id, "bypass_date": fields.Datetime.now(), "bypass_reason": reason, "direction_text": reason,
            "deadline": fields.Date.to_date(deadline) or False,
        }, data={"approver": approver.name})
        self._done_todos(approver)
        lines = [{"role": "lead", "user_id": user_id, "deadline": deadline}]
        return self.env["vanban.assignment"]._assign(self, lines, reason).id

    # ---------------------------------------------------------- number afterwards

    def _awaits_number(self):
        return self.direction == "in" and self.bypass_date and not self.arrival_number

    def _after_transition(self, transition, comment):
        super()._after_transition(transition, comment)
        if transition.name == "number":
            for document in self:
                for bypassed in document._linked("answers").filtered(lambda target: target._awaits_number()):
                    bypassed._take_number_after_bypass(document)

    def _take_number_after_bypass(self, reply=None):
        """The arrival number, in the numbering transaction of the answer (or of the clerk). Idempotent."""
        self._lock()
        self.invalidate_recordset(["arrival_number"])
        if not self._awaits_number():
            return
        register = self.env["vanban.register"]._find_for(self)
        # the counter of outgoing numbers is already held: everybody takes the two in this order
        entry = register._take_number(self)
        self._write_fixed({
            "arrival_number": entry.number, "arrival_register_id": register.id, "registered_date": fields.Datetime.now(),
        })
        self._log("register_after_bypass", comment=self.bypass_reason, data={
            "number": entry.number, "year": entry.year, "register": register.code, "approver": self.bypass_approver_id.sudo().name,
            "reply": reply.code if reply else "",
        })

    def action_register_bypassed(self):
        """The clerk enters a document that was handled in an emergency and needed no answer.

        :return: the arrival numbers
        """
        for document in self:
            if not document._is_registry() or not document._awaits_number():
                message = self.env._("Only documents handled in an emergency and not yet registered are entered in this way, by the clerk.")
                document._log_refused("register", message)
                raise UserError(message)
            register = self.env["vanban.register"]._find_for(document)
            with register._numbering() as book:
                document.with_env(book.env)._take_number_after_bypass()
        return self.mapped("arrival_number")

    def _check_transition(self, transition, comment):
        super()._check_transition(transition, comment)
        if transition.name == "file" and self._awaits_number():
            raise UserError(self.env._(
                "“%(document)s” was handled in an emergency and has no arrival number yet: ask the clerk to enter it in the register.",
                document=self.display_name,
            ))
