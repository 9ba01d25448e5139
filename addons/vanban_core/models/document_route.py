from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .transition_mixin import Transition

# levels of the route (P-20) that distribute for the whole agency; units and below are reached by assignment
LEVELS = {"chief": "vanban_core.group_office_chief", "leader": "vanban_core.group_leader"}
PROXIES = "vanban_core.group_clerk,vanban_core.group_unit_clerk,vanban_core.group_office_staff"


class DocumentRoute(models.Model):
    """To whom an incoming document goes for distribution, and who may distribute it there (P-20 … P-22; BHXH PL04)."""

    _inherit = "vanban.document"

    _transitions = (
        # the Chief of Office submits to a chosen leader (IN-28)
        Transition("submit_up", ("submitted",), ("submitted",), who="_may_submit_up", effect="_effect_submit"),
    )

    is_for_me = fields.Boolean("Waiting for me to distribute", compute="_compute_is_for_me", search="_search_is_for_me")
    distribution_capacity = fields.Selection(
        [("own", "In person"), ("delegated", "By delegation"), ("proxy", "Entered for the leader"), ("direct", "By the clerk directly")],
        compute="_compute_distribution_capacity",
    )  # fmt: skip
    fast_path = fields.Boolean("May be distributed by the clerk directly", compute="_compute_fast_path")

    # the queue of whoever distributes, in the order of every list
    _to_direct_index = models.Index("(submitted_to_id, urgency DESC, id DESC) WHERE state = 'submitted'")

    # ----------------------------------------------------------------- route

    def _route_levels(self):
        """Levels of the agency's route in order, e.g. ``["chief", "leader", "unit", "department", "officer"]``."""
        levels = self.company_id._vanban_profile()._value("route_levels")
        return [level.strip() for level in levels.split(",") if level.strip()]

    def _level_holders(self, level):
        """Users of this document's agency who hold a level of ``LEVELS``."""
        return self.env["res.users"].sudo().search([  # safe: finds who distributes in this agency
            ("group_ids", "in", self.env.ref(LEVELS[level]).id), ("company_ids", "in", self.company_id.ids), ("share", "=", False),
        ]).sudo(False)

    def _first_distributors(self):
        """Those to whom the clerk submits: the first level of the route that somebody of this agency holds (IN-27, IN-32)."""
        self.ensure_one()
        levels = [level for level in self._route_levels() if level in LEVELS]
        for level in dict.fromkeys([*levels, "leader", "chief"]):
            if holders := self._level_holders(level):
                return holders
        raise UserError(self.env._(
            "Nobody in %(agency)s distributes documents yet: give somebody the role of leader or Chief of Office.",
            agency=self.company_id.sudo().name,
        ))

    def _leaders_above(self):
        """Leaders to whom the present distributor may submit further."""
        return self._level_holders("leader") - self.submitted_to_id

    def _chosen_distributor(self, candidates, user_id):
        chosen = candidates.filtered(lambda user: user.id == user_id) if user_id else candidates
        if len(chosen) == 1:
            return chosen
        names = ", ".join(candidates.sudo().mapped("name"))  # safe: names of those who distribute
        if user_id:
            raise UserError(self.env._("By the rules of this agency the document goes to: %(names)s. Choose one of them.", names=names))
        raise UserError(self.env._("Choose to whom the document is submitted: %(names)s.", names=names))

    @api.depends("kind_id", "company_id", "state")
    def _compute_fast_path(self):
        for document in self:
            document.fast_path = (
                document.direction == "in" and document.state in ("registered", "paper_only")
                and document.kind_id.direct_distribution and document.company_id._vanban_profile().fast_path
            )

    # -------------------------------------------------------------- who may

    def _distribution_capacity(self):
        """In which capacity the current user may distribute now: a value of ``distribution_capacity``, or False."""
        self.ensure_one()
        user = self.env.user
        if self.direction != "in" or self.company_id not in user.company_ids:
            return False
        if self.state in ("registered", "paper_only"):
            return "direct" if self.fast_path and self._is_registry() else False
        if self.state != "submitted":
            return False
        if self.submitted_to_id == user:
            return "own"
        if self.submitted_to_id in user.vanban_delegator_ids:
            return "delegated"
        if self.company_id._vanban_profile().proxy_entry and user.has_groups(PROXIES) and self._can_act():
            return "proxy"
        return False

    @api.depends_context("uid")
    @api.depends("state", "submitted_to_id", "kind_id")
    def _compute_distribution_capacity(self):
        for document in self:
            document.distribution_capacity = document.id and document._distribution_capacity()

    def _may_distribute(self):
        return bool(self._distribution_capacity())

    def _may_submit_up(self):
        return self._distribution_capacity() in ("own", "delegated") and bool(self._leaders_above())

    @api.depends_context("uid")
    @api.depends("state", "submitted_to_id")
    def _compute_is_for_me(self):
        for document in self:
            document.is_for_me = document.state == "submitted" and document.submitted_to_id in document._queues_of_user()

    @api.model
    def _search_is_for_me(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return Domain("state", "=", "submitted") & Domain("submitted_to_id", "in", self._queues_of_user().ids)

    @api.model
    def _queues_of_user(self):
        """Whose waiting documents the current user works off today: the own ones unless delegated, and those of principals (IN-34)."""
        user = self.env.user
        own = user.browse() if user.vanban_delegate_ids else user
        return own | user.vanban_delegator_ids | self._principals_of_proxy()

    @api.model
    def _principals_of_proxy(self):
        """Leaders whose decisions the current user may enter, where the agency allows it (P-21)."""
        if not self.env.user.has_groups(PROXIES):
            return self.env["res.users"]
        found = self.env["vanban.delegation"]._in_force("proxy", delegate=self.env.user)
        return found.filtered(lambda row: row.company_id._vanban_profile().proxy_entry).principal_id

    # --------------------------------------------------------------- actions

    def action_submit(self, comment=None, leader_id=None):
        """Submit for distribution to the first level of the agency's route (IN-27).

        :param leader_id: user to whom it goes; may be left out when only one person holds that level
        """
        for document in self:
            target = document._chosen_distributor(document._first_distributors(), leader_id)
            document._transition("submit", comment=comment, values={"submitted_to_id": target.id, "proposal": comment or document.proposal})
        return True

    def action_submit_to_leader(self, vals, comment=None, leader_id=None, prepare=True):
        """The Chief of Office proposes and submits to a leader; the proposed units prepare meanwhile (IN-28).

        :param vals: the proposal, fields of ``vanban.distribution.mixin``
        :param prepare: give the proposed units a copy to read and prepare, without the right to act
        """
        self.ensure_one()
        capacity = self._distribution_capacity()
        self._check_allowed_logged("submit_up")
        leader = self._chosen_distributor(self._leaders_above(), leader_id)
        principal = self.submitted_to_id if capacity == "delegated" else None
        proposal = self._propose(vals, comment)
        self._done_todos(self.env.user)
        self._grant(users=self.env.user, source="distribution")  # reading stays with whoever passed it on
        self._transition("submit_up", comment=comment, principal=principal, values={"submitted_to_id": leader.id})
        if prepare:
            self.env["vanban.assignment"]._prepare_early(self, proposal)
        return True

    # --------------------------------------------------------------- effects

    def _effect_submit(self, comment):
        """The queue of whoever distributes: the person, and the delegate while a delegation is in force."""
        self._revoke("queue")
        target = self.submitted_to_id
        self._grant(users=target, act=True, source="distribution")
        self._grant(distributors=target, act=True, source="queue")
        if target.has_group("vanban_core.group_leader"):
            # the Chief of Office follows every document of the agency
            self._grant(users=self._level_holders("chief") - target, act=True, source="distribution")
        self._notify(target.vanban_delegate_ids or target, self.env._("To be distributed"))

    def _next_actions(self):
        names = super()._next_actions()
        if len(self) == 1 and self.fast_path and not self.proposal_ids:
            names.insert(names.index("submit"), "distribute")
        return names
