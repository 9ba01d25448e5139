from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.vanban_core.models.transition_mixin import Transition
from odoo.addons.vanban_core.tools import vietnam_time


class Handover(models.Model):
    """Hand-over of dossiers to the archive (requirements 5.6; NĐ 30/2020 Đ.30; R-REC-18): acceptance is never automatic."""

    _name = "vanban.handover"
    _inherit = ["vanban.transition.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Hand-over to the archive"
    _order = "id desc"

    _transitions = (
        Transition("prepare", ("announced", "returned"), ("prepared",), who="_is_owner", guard="_guard_prepare"),
        Transition("submit", ("prepared",), ("submitted",), who="_is_owner", guard="_guard_submit", effect="_effect_submit"),
        Transition("check", ("submitted", "checking"), ("checking",), who="_is_archivist", effect="_effect_check"),
        Transition(
            "return", ("submitted", "checking"), ("returned",), who="_is_archivist", comment=True, effect="_effect_return"
        ),
        Transition("accept", ("checking",), ("accepted",), who="_is_archivist", guard="_guard_accept", effect="_effect_accept"),
        Transition("minutes", ("accepted",), ("minutes_signed",), who="_both_signed"),
        Transition("archive", ("minutes_signed",), ("archived",), who="_is_archivist", effect="_effect_archive"),
        Transition("cancel", ("announced", "prepared", "returned"), ("cancelled",), who="_may_cancel", comment=True),
    )

    name = fields.Char("Number", required=True, readonly=True, copy=False, default="/")
    company_id = fields.Many2one("res.company", "Agency", required=True, default=lambda self: self.env.company, index=True)
    user_id = fields.Many2one(
        "res.users", "Handed over by", required=True, default=lambda self: self.env.user, ondelete="restrict", index=True, tracking=True
    )
    department_id = fields.Many2one("hr.department", "Unit", compute="_compute_department_id", store=True, readonly=False)
    archivist_id = fields.Many2one("res.users", "Received by", readonly=True, copy=False, ondelete="restrict")
    state = fields.Selection(
        [
            ("announced", "Announced"),
            ("prepared", "Prepared"),
            ("submitted", "Submitted"),
            ("checking", "Being checked"),
            ("returned", "Returned"),
            ("accepted", "Accepted"),
            ("minutes_signed", "Minutes signed"),
            ("archived", "Archived"),
            ("cancelled", "Cancelled"),
        ],
        "Status", required=True, default="announced", readonly=True, copy=False, index=True, tracking=True,
    )  # fmt: skip
    announced_date = fields.Date("Announced on", required=True, default=lambda self: vietnam_time.today())
    due_date = fields.Date("Due")
    submitted_date = fields.Datetime("Submitted on", readonly=True, copy=False)
    accepted_date = fields.Datetime("Accepted on", readonly=True, copy=False)
    archived_date = fields.Datetime("Archived on", readonly=True, copy=False)
    return_reason = fields.Text("Reason of the return", readonly=True, copy=False)
    line_ids = fields.One2many("vanban.handover.line", "handover_id", "Dossiers")
    check_ids = fields.One2many("vanban.handover.check", "handover_id", "Checks", readonly=True)
    dossier_count = fields.Integer("Dossiers handed over", compute="_compute_counts")
    failed_count = fields.Integer("Failed checks", compute="_compute_counts")
    manual_count = fields.Integer("Checks waiting for the archivist", compute="_compute_counts")
    owner_signed_date = fields.Datetime("Signed by the giving side", readonly=True, copy=False)
    archivist_signed_date = fields.Datetime("Signed by the receiving side", readonly=True, copy=False)
    minutes_sha256 = fields.Char("SHA-256 of the minutes", readonly=True, copy=False)
    is_late = fields.Boolean("Overdue", compute="_compute_is_late")
    is_owner = fields.Boolean(compute="_compute_rights")
    is_archivist = fields.Boolean(compute="_compute_rights")

    # --------------------------------------------------------------- computes

    @api.depends("user_id")
    def _compute_department_id(self):
        for handover in self:
            # safe: the unit of a colleague
            handover.department_id = handover.department_id or handover.user_id.sudo().employee_ids[:1].department_id

    @api.depends("line_ids", "check_ids.result")
    def _compute_counts(self):
        for handover in self:
            handover.dossier_count = len(handover.line_ids)
            handover.failed_count = len(handover.check_ids.filtered(lambda check: check.result == "failed"))
            handover.manual_count = len(handover.check_ids.filtered(lambda check: check.result == "manual"))

    @api.depends("due_date", "state")
    def _compute_is_late(self):
        today = vietnam_time.today()
        for handover in self:
            waiting = handover.state in ("announced", "prepared", "returned")
            handover.is_late = bool(waiting and handover.due_date and handover.due_date < today)

    @api.depends_context("uid")
    @api.depends("user_id")
    def _compute_rights(self):
        for handover in self:
            handover.is_owner = handover._is_owner()
            handover.is_archivist = handover._is_archivist()

    # ------------------------------------------------------------------ rights

    def _is_owner(self):
        return self.user_id == self.env.user

    def _is_archivist(self):
        """An archivist, and never the one who hands over or keeps one of the dossiers."""
        user = self.env.user
        # safe: only the keepers are compared
        keepers = self.user_id | self.sudo().line_ids.dossier_id.user_id
        return user.has_group("vanban_archive.group_archivist") and user not in keepers

    def _may_cancel(self):
        return self._is_owner() or self._is_archivist()

    def _both_signed(self):
        return bool(self.owner_signed_date and self.archivist_signed_date)

    # -------------------------------------------------------------------- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.pop("name", None)
            for name in ("owner_signed_date", "archivist_signed_date", "minutes_sha256", "archivist_id"):
                vals.pop(name, None)
        handovers = super().create(vals_list)
        for handover in handovers:
            # safe: the number is the server's
            handover.sudo().name = f"{handover.id:05d}/GN-{handover.announced_date.year}"
        if not self.env.su:
            archivist = self.env.user.has_group("vanban_archive.group_archivist")
            if not archivist and any(handover.user_id != self.env.user for handover in handovers):
                raise AccessError(self.env._("You can hand over only your own dossiers."))
        handovers._log("create")
        return handovers

    def write(self, vals):
        free = {name for name in vals if name.startswith(("message_", "activity_"))} | {"state"}
        if not self.env.su and vals.keys() - free:
            if any(handover.state not in ("announced", "prepared", "returned") for handover in self):
                raise AccessError(self.env._("The hand-over was submitted: its list can no longer be changed."))
            closed = vals.keys() & {
                "name", "company_id", "archivist_id", "submitted_date", "accepted_date", "archived_date", "return_reason",
                "owner_signed_date", "archivist_signed_date", "minutes_sha256",
            }  # fmt: skip
            if closed:
                raise AccessError(self.env._("These data are written by the steps of the hand-over."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_announced(self):
        if any(handover.state not in ("announced", "cancelled") or handover.submitted_date for handover in self):
            raise AccessError(self.env._("A hand-over that was submitted belongs to the record and cannot be deleted."))

    # ------------------------------------------------------------ giving side

    @api.model
    def submit_dossiers(self, dossier_ids):
        """Hand over closed dossiers of the current user in one list; returns the id of the handover (ARC-03)."""
        dossiers = self.env["vanban.dossier"].browse(dossier_ids)
        dossiers.check_access("read")
        if not dossiers:
            raise UserError(self.env._("Choose the dossiers to hand over."))
        for dossier in dossiers:
            if dossier.user_id != self.env.user:
                raise AccessError(self.env._("“%(dossier)s” is kept by %(person)s, who hands it over.",
                                             dossier=dossier.display_name, person=dossier.user_id.name))  # fmt: skip
        if len(dossiers.company_id) > 1:
            raise UserError(self.env._("Dossiers of different agencies are handed over separately."))
        # a list that the archive has announced for these dossiers is used, not doubled
        announced = dossiers.handover_line_ids.handover_id.filtered(lambda one: one.state in ("announced", "prepared", "returned"))
        handover = announced[:1]
        if not handover or handover.line_ids.dossier_id != dossiers:
            handover = self.create({
                "company_id": dossiers.company_id.id,
                "due_date": min(filter(None, dossiers.mapped("handover_due_date")), default=False),
                "line_ids": [(0, 0, {"dossier_id": dossier.id}) for dossier in dossiers],
            })  # fmt: skip
        if handover.state != "prepared":
            handover.action_prepare()
        handover.action_submit()
        return handover.id

    def action_prepare(self):
        """The owner has closed and reconciled every dossier of the list."""
        self._transition("prepare")
        # what the archive had returned is closed again and can be submitted
        for dossier in self.line_ids.dossier_id.filtered(lambda one: one.state == "returned"):
            dossier._archive_flow("take_back")
        return True

    def _guard_prepare(self):
        if not self.line_ids:
            raise UserError(self.env._("The hand-over list is empty."))
        for line in self.line_ids:
            line._check_ready(("closed", "returned"))

    def action_submit(self):
        """Submit to the archive: the dossiers are locked until the archive accepts or returns them."""
        return self._transition("submit")

    def _guard_submit(self):
        for line in self.line_ids:
            line._check_ready(("closed",))

    def _effect_submit(self, comment):
        for handover in self:
            # safe: right and state were checked by the transition
            handover.sudo().write({"submitted_date": fields.Datetime.now(), "return_reason": False})
            handover.line_ids.dossier_id._archive_flow("submit_archive")
            handover._tell(handover.company_id._archivists(), self.env._("Dossiers were handed over and wait for the check."))

    # --------------------------------------------------------- receiving side

    def action_check(self):
        """Run the check-list of the archive on every dossier; results are stored (ARC-07)."""
        return self._transition("check")

    def _effect_check(self, comment):
        for handover in self:
            handover.sudo().archivist_id = self.env.user  # safe: right was checked by the transition
            self.env["vanban.handover.check"]._run(handover)

    def action_accept(self):
        """Accept: only when nothing has failed and nothing is left to judge."""
        return self._transition("accept")

    def _guard_accept(self):
        checks = self.check_ids
        if set(checks.dossier_id.ids) != set(self.line_ids.dossier_id.ids):
            raise UserError(self.env._("Run the checks first: the hand-over has dossiers that were not checked."))
        failed = checks.filtered(lambda check: check.result == "failed")
        if failed:
            raise UserError(
                self.env._(
                    "The hand-over cannot be accepted, these checks failed: %(checks)s. Return it to the giving side with the reasons.",
                    checks="; ".join(f"{check.dossier_id.code}: {check.kind_label()} – {check.detail}" for check in failed[:5]),
                )
            )
        manual = checks.filtered(lambda check: check.result == "manual")
        if manual:
            raise UserError(
                self.env._("Judge these checks first: %(checks)s.", checks="; ".join(sorted({check.kind_label() for check in manual})))
            )

    def _effect_accept(self, comment):
        for handover in self:
            # safe: right and checks were verified by the transition
            handover.sudo().write({"accepted_date": fields.Datetime.now(), "archivist_id": self.env.uid})
            handover._make_minutes()
            handover._tell(handover.user_id, self.env._("The archive accepted the dossiers; please sign the minutes."))

    def action_return(self, reason):
        """Return to the giving side with the reasons (ARC-06)."""
        return self._transition("return", comment=reason)

    def _effect_return(self, comment):
        for handover in self:
            # safe: right and reason were checked by the transition
            handover.sudo().write({"return_reason": comment, "archivist_id": self.env.uid})
            handover.line_ids.dossier_id._archive_flow("return_archive", comment=comment)
            handover._tell(handover.user_id, self.env._("The archive returned the dossiers: %(reason)s", reason=comment))

    def action_archive(self):
        """Move the dossiers to the electronic archive: from now on they are managed by it alone (ARC-08)."""
        return self._transition("archive")

    def _effect_archive(self, comment):
        today = vietnam_time.today()
        for handover in self:
            handover.sudo().archived_date = fields.Datetime.now()  # safe: right was checked by the transition
            dossiers = handover.line_ids.dossier_id
            dossiers._archive_flow("archive")
            dossiers._write_fixed({"archived_date": today})
        self.env.ref("vanban_archive.cron_package")._trigger()

    def action_cancel(self, reason):
        return self._transition("cancel", comment=reason)

    def _tell(self, users, text):
        """Leave a to-do for people, in their own language set."""
        self.ensure_one()
        for user in users.filtered("active"):
            # safe: a to-do about a record that these people are responsible for
            self.sudo().activity_schedule("mail.mail_activity_data_todo", vietnam_time.today(), user_id=user.id, summary=text)
