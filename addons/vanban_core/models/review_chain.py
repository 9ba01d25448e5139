import csv

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import file_open

from .review_rule import CONDITIONS

STEP_FILE = "vanban_core/data/review_steps.csv"


class ReviewStep(models.Model):
    """One step of the review chain of a profile (P-23), or of one of its special chains: data, changed without programming (ADM-05)."""

    _name = "vanban.review.step"
    _inherit = ["vanban.review.rule"]
    _description = "Review step"
    _order = "profile_id, chain_id, sequence, id"

    profile_id = fields.Many2one(
        "vanban.profile", required=True, ondelete="cascade", index=True,
        compute="_compute_profile_id", store=True, readonly=False, precompute=True,
    )  # fmt: skip
    chain_id = fields.Many2one("vanban.review.chain", "Chain", ondelete="cascade", index=True)
    kind_ids = fields.Many2many("vanban.document.kind", string="Only for these kinds")
    condition = fields.Selection(
        CONDITIONS, compute="_compute_condition", store=True, readonly=False, precompute=True, required=True
    )

    _once_in_chain = models.UniqueIndex("(profile_id, COALESCE(chain_id, 0), state)", "This step is already in the chain.")

    @api.depends("chain_id.profile_id")
    def _compute_profile_id(self):
        for step in self:
            step.profile_id = step.chain_id.profile_id or step.profile_id

    @api.depends("state")
    def _compute_condition(self):
        for step in self:
            # the legal department appraises what needs it, unless the step itself names the kinds (BHXH PL05)
            step.condition = "appraisal" if step.state == "legal" and not step.kind_ids else "always"

    @api.constrains("who", "group_id", "department_id", "user_ids", "chain_id")
    def _check_who(self):
        for step in self:
            if step.who in ("heads", "role") and not step.group_id:
                raise ValidationError(self.env._("Choose the role that acts in the step “%s”.", step.display_name))
            if step.who == "unit" and not step.department_id:
                raise ValidationError(self.env._("Choose the unit whose head acts in the step “%s”.", step.display_name))
            if step.who == "persons" and not step.user_ids:
                raise ValidationError(self.env._("Name the persons who act in the step “%s”.", step.display_name))
            company = step.chain_id.company_id
            if step.who in ("unit", "persons") and not company:
                raise ValidationError(self.env._("Units and persons can be named only in the chain of one agency: choose the agency first."))
            strangers = step.user_ids.sudo().filtered(lambda user, company=company: company not in user.company_ids)  # safe: membership only
            if company and (strangers or (step.department_id and step.department_id.company_id != company)):
                raise ValidationError(self.env._("Unit and persons of the step “%s” must belong to the agency of the chain.", step.display_name))

    def _applies(self, document):
        self.ensure_one()
        return (not self.kind_ids or document.kind_id in self.kind_ids) and self._meets(document, self.condition)

    @api.model
    def _meets(self, document, condition):
        by_order = document._by_order()
        return {
            "always": True,
            "leadership": not by_order,
            "by_order": by_order,
            "appraisal": not by_order and bool(document.kind_id.legal_required),
            "committee": document.competence == "leadership",
        }[condition]

    @api.model
    def _preset_steps(self, preset, states):
        """Values of the steps of a preset: the states of P-23, with the details of the regulation where it gives any."""
        with file_open(STEP_FILE, "r") as stream:
            rows = list(csv.DictReader(stream, delimiter="|"))
        common = {row["state"]: row for row in rows if row["preset"] == "*"}
        special = {row["state"]: row for row in rows if row["preset"] == preset}
        values = []
        for index, state in enumerate(states, start=1):
            row = special.get(state) or common[state]
            values.append({
                "sequence": index * 10, "state": state, "group_id": self.env.ref(f"vanban_core.{row['group']}").id,
                "title": row["title"] or False, "condition": row["condition"], "initials_by": row["initials_by"],
                "initials_for": row["initials_for"], "important_returns": row["important_returns"] == "yes",
            })
        return values

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps.profile_id._sync_chain_parameter()
        return steps

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"state", "sequence", "chain_id"}:
            self.profile_id._sync_chain_parameter()
        return result

    def unlink(self):
        profiles = self.profile_id
        result = super().unlink()
        profiles.exists()._sync_chain_parameter()
        return result


class ReviewChain(models.Model):
    """A chain of its own for some kinds, units or one agency of a profile; where none fits, the chain of the profile holds."""

    _name = "vanban.review.chain"
    _inherit = ["vanban.log.mixin"]
    _description = "Special review chain"
    _order = "profile_id, sequence, id"

    name = fields.Char(required=True)
    profile_id = fields.Many2one("vanban.profile", "Profile", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", "Agency", ondelete="cascade", index=True, help="Empty: every agency with this profile.")
    kind_ids = fields.Many2many("vanban.document.kind", string="Kinds", help="Empty: all kinds.")
    department_ids = fields.Many2many(
        "hr.department", string="Drafting units", domain="[('company_id', '=', company_id)]",
        help="These units and those below them; empty: all units.",
    )  # fmt: skip
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    step_ids = fields.One2many("vanban.review.step", "chain_id", "Steps", copy=True)

    @api.constrains("company_id", "department_ids")
    def _check_units(self):
        for chain in self:
            if chain.department_ids - chain.department_ids.filtered(lambda unit, chain=chain: unit.company_id == chain.company_id):
                raise ValidationError(self.env._("The drafting units of “%s” must belong to the agency of the chain.", chain.name))

    @api.constrains("profile_id", "company_id")
    def _check_profile(self):
        self.step_ids._check_who()
        for chain in self.filtered("company_id"):
            if chain.company_id.sudo()._vanban_profile() != chain.profile_id:  # safe: which profile an agency has
                raise ValidationError(self.env._(
                    "%(agency)s does not work by the profile “%(profile)s”: its documents would never take this chain.",
                    agency=chain.company_id.name, profile=chain.profile_id.name,
                ))

    @api.onchange("company_id")
    def _onchange_company_id(self):
        if self.company_id:
            self.profile_id = self.company_id._vanban_profile()
            self.department_ids = self.department_ids.filtered(lambda unit: unit.company_id == self.company_id)

    def write(self, vals):
        result = super().write(vals)
        self._log("write_chain", data={"fields": sorted(vals)})
        return result

    def _rank(self):
        """The most particular chain first: unit before kind before agency."""
        return (not self.department_ids, not self.kind_ids, not self.company_id, self.sequence, self.id)

    @api.model
    def _fitting(self, document):
        """The special chain that ``document`` takes; empty when the chain of the profile holds."""
        units = self.env["hr.department"]
        level = document.department_id.sudo()  # safe: which unit stands above which
        while level:
            units |= level
            level = level.parent_id
        chains = self.sudo().search([  # safe: configuration
            ("profile_id", "=", document.company_id._vanban_profile().id), ("company_id", "in", [False, document.company_id.id]),
            ("step_ids", "!=", False),
        ])
        chains = chains.filtered(
            lambda chain: (not chain.kind_ids or document.kind_id in chain.kind_ids)
            and (not chain.department_ids or units & chain.department_ids)
        )
        return chains.sorted(lambda chain: chain._rank())[:1]


class ProfileChain(models.Model):
    _inherit = "vanban.profile"

    step_ids = fields.One2many("vanban.review.step", "profile_id", "Review steps", domain=[("chain_id", "=", False)])
    chain_ids = fields.One2many("vanban.review.chain", "profile_id", "Special review chains")

    def _chain_steps(self, document):
        """Steps of the chain that holds for ``document``, those that apply to it, in order."""
        self.ensure_one()
        profile = self.sudo()  # safe: configuration
        chain = self.env["vanban.review.chain"]._fitting(document)
        steps = (chain.step_ids if chain else profile.step_ids).sorted(lambda step: (step.sequence, step.id))
        return steps.filtered(lambda step: step._applies(document))

    def _has_two_levels(self, company):
        """Whether in ``company`` matters of the office and of the standing leadership are approved by different persons (P-27; HCM SĐ4–6)."""
        self.ensure_one()
        profile = self.sudo()  # safe: configuration
        chains = profile.chain_ids.filtered(lambda chain: not chain.company_id or chain.company_id == company)
        return "committee" in (profile.step_ids | chains.step_ids).mapped("condition")

    def _load_steps(self, preset, states):
        """Make the review chain of the preset; special chains, the agency's own, stay."""
        self.step_ids.unlink()
        self.write({"step_ids": [
            fields.Command.create(values) for values in self.env["vanban.review.step"]._preset_steps(preset, states)
        ]})

    def _sync_chain_parameter(self):
        """The table of parameters shows the chain as it is."""
        for profile in self:
            line = profile.parameter_ids.filtered(lambda row: row.key == "review_chain")
            value = ",".join(profile.step_ids.sorted(lambda step: (step.sequence, step.id)).mapped("state"))
            if line and value and line.value != value:
                line.with_context(vanban_preset=True).value = value
