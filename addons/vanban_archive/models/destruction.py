from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.vanban_core.models.transition_mixin import Transition
from odoo.addons.vanban_core.tools import vietnam_time

from .dossier_archive import ARCHIVE_TOKEN

ABORTABLE = ("proposed", "shared_check", "appraisal", "approved", "confirm_1")
EDITABLE = {
    "proposed": {"reason", "line_ids", "council_ids"},
    "shared_check": {"council_ids"},
    "appraisal": {"council_ids"},
}  # fmt: skip


class Destruction(models.Model):
    """Destruction of dossiers without further value (requirements 5.7; HCM Đ16.5c; Luật Lưu trữ 2024; R-ARC-27).

    Proposing, deciding and executing are different people; every step is a transition; nothing is removed before the
    second confirmation, and then for good.
    """

    _name = "vanban.destruction"
    _inherit = ["vanban.transition.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Destruction of dossiers"
    _order = "id desc"

    _transitions = (
        Transition(
            "check_shared", ("proposed",), ("shared_check",), who="_is_archivist", guard="_guard_proposal", effect="_effect_check_shared"
        ),
        Transition("appraise", ("shared_check",), ("appraisal",), who="_is_archivist", guard="_guard_council"),
        Transition(
            "approve", ("appraisal",), ("approved",), who="_may_decide", guard="_guard_approve", effect="_effect_approve"
        ),
        Transition("reject", ("appraisal",), ("rejected",), who="_may_decide", comment=True, effect="_effect_release"),
        Transition("confirm_1", ("approved",), ("confirm_1",), who="_may_execute", guard="_guard_execute", effect="_effect_confirm_1"),
        Transition("confirm_2", ("confirm_1",), ("confirm_2",), who="_may_execute", guard="_guard_execute", effect="_effect_confirm_2"),
        Transition("destroy", ("confirm_2",), ("destroyed",), who="_by_flow"),
        Transition("abort", ABORTABLE, ("aborted",), who="_may_abort", comment=True, effect="_effect_release"),
    )

    name = fields.Char("Number", required=True, readonly=True, copy=False, default="/")
    company_id = fields.Many2one("res.company", "Agency", required=True, default=lambda self: self.env.company, index=True)
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("shared_check", "Shared documents checked"),
            ("appraisal", "Appraisal"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("confirm_1", "Confirmed once"),
            ("confirm_2", "Confirmed twice"),
            ("destroyed", "Destroyed"),
            ("aborted", "Aborted"),
        ],
        "Status", required=True, default="proposed", readonly=True, copy=False, index=True, tracking=True,
    )  # fmt: skip
    reason = fields.Text("Reason of the destruction")
    proposer_id = fields.Many2one("res.users", "Proposed by", required=True, readonly=True, default=lambda self: self.env.user)
    line_ids = fields.One2many("vanban.destruction.line", "destruction_id", "Dossiers")
    shared_ids = fields.One2many("vanban.destruction.shared", "destruction_id", "Shared documents", readonly=True)
    shared_count = fields.Integer("Documents to keep", compute="_compute_shared_count")
    council_ids = fields.Many2many("res.users", string="Appraisal council")
    opinion = fields.Text("Opinion of the council", readonly=True, copy=False)
    decision = fields.Char("Decision No.", readonly=True, copy=False)
    decision_date = fields.Date("Date of the decision", readonly=True, copy=False)
    approver_id = fields.Many2one("res.users", "Approved by", readonly=True, copy=False)
    approved_date = fields.Datetime("Approved on", readonly=True, copy=False)
    first_user_id = fields.Many2one("res.users", "First confirmation by", readonly=True, copy=False)
    first_date = fields.Datetime("First confirmation on", readonly=True, copy=False)
    second_user_id = fields.Many2one("res.users", "Second confirmation by", readonly=True, copy=False)
    second_date = fields.Datetime("Second confirmation on", readonly=True, copy=False)
    destroyed_date = fields.Datetime("Destroyed on", readonly=True, copy=False)
    destroyed_count = fields.Integer("Documents destroyed", readonly=True, copy=False)
    record_sha256 = fields.Char("SHA-256 of the record", readonly=True, copy=False)
    erasure_ids = fields.One2many("vanban.erasure", "destruction_id", "Bytes erased", readonly=True)
    may_decide = fields.Boolean(compute="_compute_rights")
    may_execute = fields.Boolean(compute="_compute_rights")
    is_archivist = fields.Boolean(compute="_compute_rights")

    def _compute_shared_count(self):
        counts = dict(
            self.env["vanban.destruction.shared"]._read_group([("destruction_id", "in", self.ids)], ["destruction_id"], ["__count"])
        )
        for destruction in self:
            destruction.shared_count = counts.get(destruction, 0)

    @api.depends_context("uid")
    @api.depends("state", "proposer_id", "approver_id")
    def _compute_rights(self):
        for destruction in self:
            destruction.may_decide = destruction._may_decide()
            destruction.may_execute = destruction._may_execute()
            destruction.is_archivist = destruction._is_archivist()

    # ------------------------------------------------------------------ rights

    def _is_archivist(self):
        return self.env.user.has_group("vanban_archive.group_archivist")

    def _may_decide(self):
        """The head decides, never the one who proposed (ARC-17)."""
        return self.env.user.has_group("vanban_core.group_leader") and self.env.user != self.proposer_id

    def _may_execute(self):
        """An archivist executes, never the one who decided."""
        return self._is_archivist() and self.env.user != self.approver_id

    def _may_abort(self):
        return self._is_archivist() or self.env.user.has_group("vanban_core.group_leader")

    def _by_flow(self):
        return self.env.context.get("vanban_archive") is ARCHIVE_TOKEN

    # -------------------------------------------------------------------- CRUD

    @api.model
    def propose(self, dossier_ids, reason):
        """Propose the destruction of expired dossiers; returns the id of the list (for the archivist; JSON-2)."""
        dossiers = self.env["vanban.dossier"].browse(dossier_ids)
        dossiers.check_access("read")
        destruction = self.create({
            "company_id": dossiers.company_id[:1].id or self.env.company.id, "reason": reason,
            "line_ids": [(0, 0, {"dossier_id": dossier.id}) for dossier in dossiers],
        })  # fmt: skip
        return destruction.id

    @api.model_create_multi
    def create(self, vals_list):
        allowed = {"company_id", "reason", "line_ids", "council_ids", "state"}
        for vals in vals_list:
            for name in vals.keys() - allowed:
                vals.pop(name)
        destructions = super().create(vals_list)
        for destruction in destructions:
            # safe: the number is the server's
            destruction.sudo().name = f"{destruction.id:05d}/HTL-{vietnam_time.today().year}"
        destructions._log("create")
        return destructions

    def write(self, vals):
        free = {name for name in vals if name.startswith(("message_", "activity_"))} | {"state"}
        if not self.env.su:
            for destruction in self:
                if vals.keys() - free - EDITABLE.get(destruction.state, set()):
                    message = self.env._("These data of the destruction are fixed in its present status.")
                    destruction._log_refused("write_fixed", message)
                    raise AccessError(message)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        message = self.env._("A destruction belongs to the record: abort it instead of deleting it.")
        self._log_refused("delete", message)
        raise AccessError(message)

    # ------------------------------------------------------------- preparation

    def _guard_proposal(self):
        if not (self.reason or "").strip():
            raise UserError(self.env._("Write the reason of the destruction first: it cannot be carried out without one."))
        if not self.line_ids:
            raise UserError(self.env._("The list of dossiers is empty."))
        for dossier in self.line_ids.dossier_id:
            if dossier.state != "expired":
                raise UserError(
                    self.env._("“%(dossier)s”: only dossiers whose retention has expired can be destroyed.", dossier=dossier.display_name)
                )
            if dossier.retention_id.kind == "permanent":
                raise UserError(self.env._("“%(dossier)s” is kept permanently.", dossier=dossier.display_name))

    def action_check_shared(self):
        """List the documents that other dossiers still need (ARC-13); they will be kept (ARC-14)."""
        return self._transition("check_shared")

    def _effect_check_shared(self, comment):
        for destruction in self:
            destruction.line_ids.dossier_id._archive_flow("destruction_start")
            # safe: the right of the archivist was checked by the transition
            destruction.line_ids.dossier_id._write_fixed({"destruction_id": destruction.id})
            destruction._list_shared()

    def get_shared_documents(self):
        """[{document, ordinal code, other dossier, its expiry}] of documents kept because another dossier needs them."""
        self.ensure_one()
        self.check_access("read")
        return [
            {
                "document_id": shared.document_id.id, "code": shared.code, "name": shared.name, "dossier": shared.dossier_id.code,
                "other": shared.other_code, "expiry": fields.Date.to_string(shared.other_expiry) if shared.other_expiry else None,
            }
            for shared in self.shared_ids
        ]  # fmt: skip

    def action_appraise(self):
        """Put the list before the appraisal council."""
        return self._transition("appraise")

    def _guard_council(self):
        if not self.council_ids:
            raise UserError(self.env._("Name the members of the appraisal council first."))

    # ---------------------------------------------------------------- decision

    def action_approve(self, decision=None, decision_date=None):
        """The head approves with the number and date of the decision; never the proposer (ARC-17)."""
        self.ensure_one()
        if decision and self._may_decide() and self.state == "appraisal":
            # safe: the decider records the own decision; the transition checks the rest
            self.sudo().write({"decision": decision, "decision_date": decision_date or vietnam_time.today()})
        return self._transition("approve")

    def action_record_opinion(self, opinion):
        """Record the opinion of the council (one of its members or the archivist)."""
        self.ensure_one()
        self.check_access("read")
        if self.state != "appraisal":
            raise UserError(self.env._("The opinion is recorded during the appraisal."))
        if self.env.user not in self.council_ids and not self._is_archivist():
            raise AccessError(self.env._("The opinion is recorded by a member of the council or by the archivist."))
        # safe: right and state were just checked
        self.sudo().opinion = opinion
        self._log("opinion", comment=opinion)
        return True

    def _guard_approve(self):
        if not (self.opinion or "").strip():
            raise UserError(self.env._("The opinion of the appraisal council is missing."))
        if not (self.decision or "").strip():
            raise UserError(self.env._("The number of the decision to destroy is missing."))
        self._guard_execute()

    def _effect_approve(self, comment):
        # safe: right was checked by the transition
        self.sudo().write({"approver_id": self.env.uid, "approved_date": fields.Datetime.now()})

    def action_reject(self, reason):
        return self._transition("reject", comment=reason)

    def action_abort(self, reason):
        """Stop at any point before the second confirmation."""
        return self._transition("abort", comment=reason)

    def _effect_release(self, comment):
        for destruction in self:
            started = destruction.line_ids.dossier_id.filtered(lambda dossier: dossier.state == "in_destruction")
            started._archive_flow("destruction_abort")
            started._write_fixed({"destruction_id": False})

    # --------------------------------------------------------------- execution

    def action_confirm_first(self):
        """First confirmation; nothing is removed yet (ARC-15)."""
        return self._transition("confirm_1")

    def action_confirm_second(self, decision):
        """Second confirmation: the number of the decision is typed once more, then the content is destroyed for good.

        :raise UserError: the number does not match, or something holds the documents
        """
        self.ensure_one()
        if (decision or "").strip() != (self.decision or "").strip():
            message = self.env._("The number typed is not that of the decision: nothing was destroyed.")
            self._log_refused("confirm_2", message)
            raise UserError(message)
        return self._transition("confirm_2")

    def _effect_confirm_1(self, comment):
        # safe: right was checked by the transition
        self.sudo().write({"first_user_id": self.env.uid, "first_date": fields.Datetime.now()})
