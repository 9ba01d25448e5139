from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import vietnam_time
from .transition_mixin import STATE_TOKEN, Transition

STATES = [
    ("planned", "Planned"),
    ("open", "Open, collecting"),
    ("processing", "Being worked on"),
    ("review", "Being reviewed for closing"),
    ("closed", "Closed"),
    ("submitted", "Submitted, waiting for the archive"),
    ("returned", "Returned by the archive"),
    ("archived", "Electronic archival dossier"),
    ("expired", "Retention expired"),
    ("in_destruction", "In destruction procedure"),
    ("destroyed", "Destroyed"),
    ("transferred", "Transferred to the historical archive"),
]
WORKING = ("open", "processing", "review")
# Only code that holds this object may change a dossier that is closed or archived.
DOSSIER_TOKEN = object()


class Dossier(models.Model):
    """Work dossier (hồ sơ công việc): opened from the file plan, filled while working, closed, handed over.

    Data of NĐ 30/2020, Phụ lục VI, Phần II, mục III. The table of its states is requirements 5.4; what follows the
    hand-over to the archive is added by ``vanban_archive``.
    """

    _name = "vanban.dossier"
    _inherit = ["vanban.transition.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Dossier"
    _order = "year desc, symbol, id desc"
    _rec_names_search = ["code", "title"]

    _transitions = (
        Transition("open", ("planned",), ("open",), who="_may_handle", guard="_guard_open", effect="_effect_open"),
        Transition("first_item", ("open",), ("processing",)),
        Transition("review", ("open", "processing"), ("review",), who="_may_handle", guard="_guard_review"),
        Transition("resume", ("review",), ("processing",), who="_may_handle"),
        Transition("close", ("review",), ("closed",), who="_may_handle", guard="_guard_close", effect="_effect_close"),
        Transition("reopen", ("closed",), ("processing",), who="_may_reopen", comment=True, effect="_effect_reopen"),
    )

    company_id = fields.Many2one("res.company", "Agency", required=True, default=lambda self: self.env.company, index=True)
    plan_line_id = fields.Many2one("vanban.file.plan.line", "Entry of the file plan", ondelete="restrict", index=True)
    code = fields.Char("Dossier code", readonly=True, copy=False, index="trigram")
    agency_code = fields.Char("Agency identifier", readonly=True, copy=False)
    year = fields.Integer(compute="_compute_from_line", store=True, readonly=False, precompute=True, aggregator=False)
    symbol = fields.Char("Number and symbol", compute="_compute_from_line", store=True, readonly=False, precompute=True)
    title = fields.Char(
        compute="_compute_from_line", store=True, readonly=False, precompute=True, tracking=True, index="trigram"
    )
    retention_id = fields.Many2one(
        "vanban.retention", "Retention", compute="_compute_from_line", store=True, readonly=False, precompute=True,
        ondelete="restrict", tracking=True,
    )  # fmt: skip
    user_id = fields.Many2one(
        "res.users", "Kept by", compute="_compute_from_line", store=True, readonly=False, precompute=True, required=True,
        ondelete="restrict", index=True, tracking=True,
    )  # fmt: skip
    department_id = fields.Many2one(
        "hr.department", "Unit", compute="_compute_department_id", store=True, readonly=False, precompute=True, ondelete="restrict",
    )  # fmt: skip
    member_ids = fields.Many2many("res.users", string="People working together")
    access_level = fields.Selection(
        [("public", "Public"), ("conditional", "Conditional use"), ("secret", "Secret")],
        "Access level", required=True, default="conditional",
    )  # fmt: skip
    language = fields.Selection(
        [("vi", "Vietnamese"), ("en", "English"), ("vi-en", "Vietnamese and English"), ("other", "Other")],
        required=True, default="vi",
    )  # fmt: skip
    start_date = fields.Date("Start", copy=False)
    end_date = fields.Date("End", copy=False)
    keyword = fields.Char()
    note = fields.Text("Note")
    medium = fields.Selection(
        [("electronic", "Electronic"), ("paper", "Paper"), ("both", "Electronic and paper")],
        "Form", required=True, default="electronic",
    )  # fmt: skip
    sheet_count = fields.Integer("Paper sheets", copy=False)
    paper_location = fields.Char("Place of the paper", help="Shelf, box and place where the paper part is kept.")
    state = fields.Selection(STATES, "Status", required=True, default="planned", readonly=True, copy=False, index=True, tracking=True)
    closed_date = fields.Date("Closed on", readonly=True, copy=False)
    expiry_date = fields.Date("Kept until", compute="_compute_expiry_date", store=True, index="btree_not_null")
    next_ordinal = fields.Integer(default=1, readonly=True, copy=False)
    item_ids = fields.One2many("vanban.dossier.item", "dossier_id", "Contents", copy=False)
    document_count = fields.Integer("Total documents", compute="_compute_totals", store=True)
    page_count = fields.Integer("Total pages", compute="_compute_totals", store=True)
    may_handle = fields.Boolean(compute="_compute_rights")
    may_reopen = fields.Boolean(compute="_compute_rights")

    _code_unique = models.UniqueIndex("(code) WHERE code IS NOT NULL", "This dossier code already exists.")
    _line_unique = models.UniqueIndex(
        "(plan_line_id) WHERE plan_line_id IS NOT NULL", "A dossier was already opened from this entry of the file plan."
    )

    # --------------------------------------------------------------- computes

    @api.depends("plan_line_id")
    def _compute_from_line(self):
        for dossier in self:
            line = dossier.plan_line_id
            dossier.year = line.year or dossier.year or vietnam_time.today().year
            dossier.symbol = line.symbol or dossier.symbol
            dossier.title = dossier.title or line.title
            dossier.retention_id = dossier.retention_id or line.retention_id
            dossier.user_id = dossier.user_id or line.user_id or self.env.user

    @api.depends("plan_line_id", "user_id")
    def _compute_department_id(self):
        for dossier in self:
            dossier.department_id = (
                dossier.plan_line_id.department_id
                or dossier.user_id.sudo().employee_ids[:1].department_id  # safe: the unit of a colleague is public in the agency
                or dossier.department_id
            )

    @api.depends("retention_id", "end_date")
    def _compute_expiry_date(self):
        for dossier in self:
            dossier.expiry_date = dossier.retention_id._expiry(dossier.end_date) if dossier.retention_id else None

    @api.depends("item_ids.page_count")
    def _compute_totals(self):
        for dossier in self:
            dossier.document_count = len(dossier.item_ids)
            dossier.page_count = sum(dossier.item_ids.mapped("page_count"))

    @api.depends("code", "symbol", "title")
    def _compute_display_name(self):
        for dossier in self:
            dossier.display_name = " – ".join(filter(None, (dossier.code or dossier.symbol, dossier.title)))
        self._hide_names()

    @api.depends_context("uid")
    @api.depends("state", "user_id")
    def _compute_rights(self):
        for dossier in self:
            dossier.may_handle = dossier._may_handle()
            dossier.may_reopen = dossier._may_reopen()

    # ------------------------------------------------------------------ rights

    def _may_handle(self):
        """The dossier belongs to the person who keeps it."""
        return self.user_id == self.env.user

    def _may_reopen(self):
        user = self.env.user
        if user.has_group("vanban_core.group_leader") or user.has_group("vanban_core.group_office_chief"):
            return True
        return self.department_id.sudo().manager_id.user_id == user  # safe: who heads the unit is public

    # -------------------------------------------------------------------- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        dossiers = super().create(vals_list)
        dossiers._check_new()
        dossiers._log("create")
        return dossiers

    def _check_new(self):
        for dossier in self:
            line = dossier.plan_line_id
            if line and line.user_id and self.env.user not in (line.user_id, dossier.user_id) and not self.env.su:
                raise AccessError(
                    self.env._(
                        "The entry “%(line)s” is assigned to %(person)s, who opens its dossier.",
                        line=line.display_name,
                        person=line.user_id.name,
                    )
                )
            if line and dossier.company_id != line.company_id:
                raise UserError(self.env._("The entry belongs to the file plan of another agency."))

    def write(self, vals):
        self._check_writable(vals)
        return super().write(vals)

    def _writable_fields(self):
        """Names of fields that people may change in the present state of this dossier; other addons add theirs."""
        self.ensure_one()
        if self.state in ("planned", *WORKING):
            return self._fields.keys() - {"code", "agency_code", "state", "next_ordinal", "closed_date"}
        return set()

    def _check_writable(self, vals):
        if self.env.context.get("vanban_dossier") is DOSSIER_TOKEN or self.env.context.get("vanban_state") is STATE_TOKEN:
            return
        for dossier in self:
            free = {name for name in vals if name.startswith(("message_", "activity_"))}
            touched = vals.keys() - free - dossier._writable_fields() - {"state"}
            if dossier.code and dossier.state != "planned":
                # the identity of the dossier is part of the code of everything in it
                touched |= vals.keys() & {"year", "symbol", "company_id", "plan_line_id"}
            if touched:
                dossier._refuse_change(touched)
            if vals.keys() - free and not (self.env.su or dossier._may_handle() or dossier._may_reopen()):
                raise AccessError(
                    self.env._("The data of “%(dossier)s” are kept by %(person)s.", dossier=dossier.display_name, person=dossier.user_id.name)
                )

    def _refuse_change(self, names):
        labels = ", ".join(sorted(self._fields[name]._description_string(self.env) for name in names if name in self._fields))
        message = self.env._(
            "“%(dossier)s” is in status “%(state)s”; %(fields)s cannot be changed. "
            "Before the hand-over a closed dossier can be re-opened, with a reason, by a person authorised to do so.",
            dossier=self.display_name,
            state=dict(self._fields["state"]._description_selection(self.env))[self.state],
            fields=labels or self.env._("its contents"),
        )
        self._log_refused("write_fixed", message)
        raise AccessError(message)

    def _write_fixed(self, vals):
        """Write what the flow itself decides; never reachable by RPC."""
        # safe: only the flow calls this, after its own checks of right and state
        return self.sudo().with_context(vanban_dossier=DOSSIER_TOKEN).write(vals)

    def copy_data(self, default=None):
        raise UserError(self.env._("A dossier cannot be duplicated: open one from the file plan."))

    @api.ondelete(at_uninstall=False)
    def _unlink_planned(self):
        for dossier in self:
            if dossier.state != "planned" or dossier.item_ids:
                message = self.env._("“%(dossier)s” was opened and cannot be deleted.", dossier=dossier.display_name)
                dossier._log_refused("delete", message)
                raise AccessError(message)

    # ----------------------------------------------------------------- opening

    def _guard_open(self):
        missing = [
            self._fields[name]._description_string(self.env) for name in ("title", "retention_id", "symbol") if not self[name]
        ]
        if missing:
            raise UserError(self.env._("The dossier cannot be opened, these data are missing: %(fields)s.", fields=", ".join(missing)))
        if not self.company_id.vanban_code:
            raise UserError(self.env._("The agency has no identifier. Set it in the configuration of the agency first."))
        line = self.plan_line_id
        if line and (line.state != "approved" or line.plan_id.state not in ("approved", "closed")):
            raise UserError(self.env._("The entry “%(line)s” is not approved yet, so its dossier cannot be opened.", line=line.display_name))
        if not line and self.company_id.sudo().vanban_profile_id.adhoc_dossier == "approval":  # safe: a setting
            raise UserError(
                self.env._(
                    "In this agency a dossier outside the file plan needs approval: propose a new entry in the file plan, "
                    "then open the dossier from it."
                )
            )
        code = self._code()
        if self.sudo().search_count([("code", "=", code)], limit=1):  # safe: existence only
            raise UserError(self.env._("The dossier code %(code)s is already used; choose another number and symbol.", code=code))

    def _code(self):
        """Identifier, year, number and symbol, separated by dots (NĐ 30/2020 PL VI; TH Đ13.4)."""
        return f"{self.company_id.vanban_code}.{self.year}.{self.symbol.strip()}"

    def _effect_open(self, comment):
        for dossier in self:
            start = dossier.start_date or vietnam_time.today()
            dossier._write_fixed({
                "code": dossier._code(), "agency_code": dossier.company_id.vanban_code, "start_date": start,
            })
            dossier._sync_access()

    # ------------------------------------------------------------------ actions

    def action_open(self):
        """Open the planned dossier: its code is built, documents can be filed."""
        return self._transition("open")

    def action_review(self):
        """The work is done: check the contents before closing."""
        return self._transition("review")

    def action_resume(self):
        return self._transition("resume")

    def action_reopen(self, reason):
        return self._transition("reopen", comment=reason)

    def action_view_course(self):
        """The whole course of the work: log of the dossier and of every document in it."""
        self.ensure_one()
        documents = self.item_ids.document_id.ids
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Course of the dossier"),
            "res_model": "vanban.log",
            "view_mode": "list",
            "domain": ["|", ("document_id", "in", documents), "&", ("model", "=", self._name), ("res_id", "=", self.id)],
        }

    def web_read(self, specification):
        result = super().web_read(specification)
        if len(self) == 1 and self.id:
            self._log("open_record")
        return result
