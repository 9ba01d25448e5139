from odoo import fields, models
from odoo.exceptions import UserError

from .transition_mixin import Transition

# the access of whoever is asked, as long as the question is open
SOURCE = "acceptance"
# the to-do of whoever is asked, and afterwards of the clerk who asked
ACTIVITY = "vanban_core.activity_acceptance"
# steps after which there is nothing left to ask or to answer
SETTLED = ("register", "refuse", "return", "bypass", "attach_paper", "recall_execute")


class DocumentAcceptance(models.Model):
    """A doubtful document waits until the responsible person says whether it is accepted (IN-11)."""

    _inherit = "vanban.document"

    _transitions = (
        # once more while it waits: somebody else is asked instead
        Transition("report", ("received", "checking", "no_value", "waiting_opinion"), ("waiting_opinion",), who="_is_registry", comment=True),
    )

    responsible_id = fields.Many2one("res.users", "Asked for a decision", readonly=True, copy=False)
    acceptance_opinion = fields.Text("Decision on acceptance", readonly=True, copy=False)

    # -------------------------------------------------------------- who may

    def _responsibles(self):
        """Who may be asked: leaders and Chiefs of Office of the agency."""
        groups = self.env.ref("vanban_core.group_leader") | self.env.ref("vanban_core.group_office_chief")
        return self.env["res.users"].sudo().search([  # safe: names of those who decide
            ("group_ids", "in", groups.ids), ("company_ids", "in", self.company_id.ids),
        ])

    def _is_responsible(self):
        """The person who was asked answers, or who stands in by delegation; without a named one, whoever may act in that role."""
        user = self.env.user
        if self.responsible_id:
            return self.responsible_id == user or self.responsible_id in user.vanban_delegator_ids
        return self._can_act() and user.has_groups("vanban_core.group_leader,vanban_core.group_office_chief")

    # ------------------------------------------------------------- question

    def action_report(self, reason, responsible_id):
        """“Báo cáo”: lay a doubtful document before the responsible person, or before another one while it waits."""
        self.ensure_one()
        responsible = self.env["res.users"].browse(responsible_id or 0).exists()
        if not responsible or responsible not in self._responsibles():
            raise UserError(self.env._("Choose the responsible person: a leader or the Chief of Office of the agency."))
        return self._ask("report", reason, responsible)

    def action_ask_acceptance(self, reason, responsible_id=None):
        """As ``action_report``, of a leader, who need not be named where there is only one."""
        self.ensure_one()
        leaders = self._level_holders("leader")
        responsible = leaders.filtered(lambda user: user.id == responsible_id) if responsible_id else leaders
        if len(responsible) != 1:
            raise UserError(self.env._("Choose the leader to whom the document is submitted."))
        return self._ask("ask_acceptance", reason, responsible)

    def _ask(self, step, reason, responsible):
        # "" is refused by the transition itself, which also logs it
        self._transition(step, comment=reason, values={"responsible_id": responsible.id, "acceptance_opinion": False})
        self._end_question()
        self._grant(distributors=responsible, act=True, source=SOURCE)
        self._notify(responsible.vanban_delegate_ids or responsible, reason, ACTIVITY)
        return True

    def _end_question(self):
        """Nobody is asked any longer: to-dos and access that came with the question end."""
        self._revoke(SOURCE)
        self.sudo().activity_unlink([ACTIVITY])  # safe: to-dos of the flow

    # --------------------------------------------------------------- answer

    def action_answer_acceptance(self, opinion):
        """The answer goes back to the clerk who asked, who then registers, refuses or returns."""
        for document in self:
            user, asked, clerk = self.env.user, document.responsible_id, document._last_reporter()
            document._transition("answer_acceptance", comment=opinion, principal=asked - user, values={"acceptance_opinion": opinion})
            document.sudo().activity_search([ACTIVITY])[:1].action_feedback(feedback=opinion)  # safe: the question was answered just now
            document._end_question()
            document._grant(users=user | asked, source="distribution")  # whoever decided keeps reading
            document._notify(clerk, self.env._("Decision on acceptance: %(opinion)s", opinion=opinion), ACTIVITY)
        return True

    def _last_reporter(self):
        row = self.env["vanban.log"].sudo().search(  # safe: finds whom to tell
            [("document_id", "=", self.id), ("model", "=", self._name), ("action", "in", ("report", "ask_acceptance")), ("outcome", "=", "done")],
            order="id desc", limit=1,
        )
        return self.env["res.users"].browse(row.user_id).exists()

    def _after_transition(self, transition, comment):
        super()._after_transition(transition, comment)
        if transition.name in SETTLED:
            for document in self.filtered("responsible_id"):
                document._end_question()
