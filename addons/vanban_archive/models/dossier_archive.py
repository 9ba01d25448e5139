from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.vanban_core.models.language import in_vietnamese
from odoo.addons.vanban_core.models.transition_mixin import Transition
from odoo.addons.vanban_core.tools import vietnam_time

# states in which the dossier belongs to the archive (ARC-08)
KEPT = ("archived", "expired", "in_destruction", "destroyed", "transferred")
AT_ARCHIVE = ("submitted", *KEPT)
# what an archivist may still describe
DESCRIPTION = {"archive_note", "archive_place", "condition", "keyword"}
# Only code that holds this object runs the moves that belong to a handover or a destruction.
ARCHIVE_TOKEN = object()


class Dossier(models.Model):
    """The dossier after its closing: handed over, kept, extended, transferred or destroyed (requirements 5.4)."""

    _inherit = "vanban.dossier"

    _transitions = (
        Transition("submit_archive", ("closed",), ("submitted",), who="_by_archive_flow"),
        Transition("return_archive", ("submitted",), ("returned",), who="_by_archive_flow", comment=True),
        Transition("take_back", ("returned",), ("closed",), who="_by_archive_flow"),
        Transition("archive", ("submitted",), ("archived",), who="_by_archive_flow"),
        Transition("expire", ("archived",), ("expired",), who="_by_archive_flow"),
        Transition("extend", ("expired",), ("archived",), who="_is_archivist", comment=True),
        Transition("destruction_start", ("expired",), ("in_destruction",), who="_by_archive_flow"),
        Transition("destruction_abort", ("in_destruction",), ("expired",), who="_by_archive_flow"),
        Transition("destroy", ("in_destruction",), ("destroyed",), who="_by_archive_flow", comment=True),
        Transition("transfer", ("archived",), ("transferred",), who="_is_archivist", guard="_guard_transfer", comment=True),
    )

    handover_line_ids = fields.One2many("vanban.handover.line", "dossier_id", "Hand-overs")
    handover_due_date = fields.Date("Hand-over due", compute="_compute_handover_due_date", store=True, index="btree_not_null")
    handover_late = fields.Boolean("Hand-over overdue", compute="_compute_handover_late", search="_search_handover_late")
    is_construction = fields.Boolean("Construction work", help="Handed over three months after settlement (NĐ 30/2020 Art. 30).")
    archived_date = fields.Date("Archived on", readonly=True, copy=False)
    archive_note = fields.Text("Archival description")
    archive_place = fields.Char("Place in the archive")
    condition = fields.Selection(
        [("good", "Good"), ("normal", "Normal"), ("damaged", "Damaged")], "Physical condition", default="good"
    )
    extended_until = fields.Date("Retention extended until", readonly=True, copy=False)
    expiry_notice_date = fields.Date("Expiry announced on", readonly=True, copy=False)
    handover_notice_date = fields.Date("Hand-over announced on", readonly=True, copy=False)
    paper_authoritative = fields.Boolean(
        "Kept on paper", help="The dossier was converted to paper: the paper is authoritative, no electronic hand-over is demanded."
    )
    legal_hold = fields.Boolean("On hold", readonly=True, copy=False, help="Inspection, complaint or court case: nothing may be destroyed.")
    hold_reason = fields.Char("Reason of the hold", readonly=True, copy=False)
    package_ids = fields.One2many("vanban.package", "dossier_id", "Packages")
    package_count = fields.Integer("Number of packages", compute="_compute_package_count")
    is_archivist = fields.Boolean(compute="_compute_is_archivist")
    destruction_id = fields.Many2one("vanban.destruction", "Destruction", readonly=True, copy=False)

    # --------------------------------------------------------------- computes

    @api.depends("end_date", "company_id.vanban_profile_id.handover_due", "is_construction", "paper_authoritative")
    def _compute_handover_due_date(self):
        for dossier in self:
            end = dossier.end_date
            if not end or dossier.paper_authoritative:
                dossier.handover_due_date = False
            elif dossier.is_construction:
                dossier.handover_due_date = end + relativedelta(months=3)
            elif dossier.company_id.sudo().vanban_profile_id.handover_due == "q1":  # safe: a setting
                dossier.handover_due_date = date(end.year + 1, 3, 31)
            else:
                # counted from the year in which the work ended (Luật Lưu trữ 2024), so until the end of the next one
                dossier.handover_due_date = date(end.year + 1, 12, 31)

    @api.depends("handover_due_date", "state")
    def _compute_handover_late(self):
        today = vietnam_time.today()
        for dossier in self:
            due = dossier.handover_due_date
            dossier.handover_late = bool(due and due < today and dossier.state in ("closed", "returned"))

    def _search_handover_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = [("handover_due_date", "<", vietnam_time.today()), ("state", "in", ("closed", "returned"))]
        return late if True in value else ["!", "&", *late]

    @api.depends("extended_until")
    def _compute_expiry_date(self):
        super()._compute_expiry_date()
        for dossier in self:
            if dossier.extended_until and dossier.expiry_date:
                dossier.expiry_date = max(dossier.expiry_date, dossier.extended_until)

    def _compute_package_count(self):
        counts = dict(self.env["vanban.package"]._read_group([("dossier_id", "in", self.ids)], ["dossier_id"], ["__count"]))
        for dossier in self:
            dossier.package_count = counts.get(dossier, 0)

    @api.depends_context("uid")
    def _compute_is_archivist(self):
        self.is_archivist = self.env.user.has_group("vanban_archive.group_archivist")

    # ------------------------------------------------------------------ rights

    def _by_archive_flow(self):
        return self.env.context.get("vanban_archive") is ARCHIVE_TOKEN

    def _is_archivist(self):
        return self.env.user.has_group("vanban_archive.group_archivist") and self.user_id != self.env.user

    def _writable_fields(self):
        names = super()._writable_fields()
        if self.state in ("archived", "expired") and self.env.user.has_group("vanban_archive.group_archivist"):
            names |= DESCRIPTION
        if self.state == "closed":
            names |= {"paper_authoritative", "paper_location", "is_construction"}
        return names - {
            "archived_date", "extended_until", "expiry_notice_date", "handover_notice_date", "legal_hold", "hold_reason", "destruction_id",
        }  # fmt: skip

    def _may_reopen(self):
        # in the archive the archivist describes; core asks this before any change of data
        if self.state in KEPT:
            return self.env.user.has_group("vanban_archive.group_archivist")
        return super()._may_reopen()

    def _reading_principals(self):
        principals = super()._reading_principals()
        if self.state in AT_ARCHIVE:
            principals |= self.env["vanban.principal"]._for("archive", self.company_id)
        return principals

    def _after_transition(self, transition, comment):
        super()._after_transition(transition, comment)
        if transition.name in ("submit_archive", "return_archive", "archive"):
            self._sync_access()

    # ----------------------------------------------------------------- actions

    def _archive_flow(self, name, comment=None):
        """Run one of the moves that belong to a handover or destruction; the caller has checked the right."""
        return self.with_context(vanban_archive=ARCHIVE_TOKEN)._transition(name, comment=comment)

    def action_submit_to_archive(self):
        """"Nộp lưu": hand the closed dossier over; makes the handover list and locks the dossier.

        :return: id of the ``vanban.handover``
        """
        return self.env["vanban.handover"].submit_dossiers(self.ids)

    def action_extend(self, retention_id, reason):
        """Re-appraisal: keep the expired dossier longer (ARC-11). Counted from the end of this year."""
        self.ensure_one()
        retention = self.env["vanban.retention"].browse(retention_id)
        if retention.kind == "permanent":
            values = {"retention_id": retention.id, "extended_until": False}
        else:
            until = retention._expiry(vietnam_time.today())
            if not until:
                raise UserError(self.env._("Choose a retention period in years, or permanent."))
            values = {"extended_until": until}
        self._transition("extend", comment=reason)
        self._write_fixed({**values, "expiry_notice_date": False})
        self._log("extend_retention", comment=reason, data={"until": self.expiry_date, "retention": retention.name})
        return True

    def action_hold(self, reason):
        """Nothing of the dossier may be destroyed while an inspection, complaint or case needs it."""
        self._set_hold(True, reason)

    def action_release_hold(self, reason):
        self._set_hold(False, reason)

    def _set_hold(self, hold, reason):
        user = self.env.user
        if not (user.has_group("vanban_archive.group_archivist") or user.has_group("vanban_core.group_leader")):
            raise AccessError(self.env._("Only the archivist or a leader puts a dossier on hold."))
        self.check_access("read")
        if not (reason or "").strip():
            raise UserError(self.env._("Please write the reason: this step cannot be done without one."))
        self._write_fixed({"legal_hold": hold, "hold_reason": reason.strip() if hold else False})
        self._log("hold" if hold else "release_hold", comment=reason)
        return True

    def _guard_transfer(self):
        if self.retention_id.kind != "permanent":
            raise UserError(self.env._("Only dossiers of permanent value go to the historical archive."))
        if not self.package_ids.filtered(lambda package: package.kind == "SIP" and package.result == "passed"):
            raise UserError(self.env._("Build the package for the historical archive first; it must pass its check."))

    def action_transfer(self, reason):
        """Record that the historical archive took the dossier over (ARC-24); the package must have passed."""
        return self._transition("transfer", comment=reason)

    # ------------------------------------------------------------------- cron

    @api.model
    def _cron_expire(self):
        """Move archived dossiers whose retention has ended to "expired"."""
        self = in_vietnamese(self)
        today = vietnam_time.today()
        root = self.with_user(self.env.ref("base.user_root")).sudo()  # safe: a scheduled action of the system
        dossiers = root.search([("state", "=", "archived"), ("expiry_date", "<", today), ("company_id", "!=", False)])
        total = len(dossiers)
        for done, dossier in enumerate(dossiers, 1):
            if dossier.try_lock_for_update():
                dossier._archive_flow("expire")
            if not self.env["ir.cron"]._commit_progress(1, remaining=total - done):
                break
