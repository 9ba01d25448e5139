from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import vietnam_time

CAPACITIES = [("tm", "TM."), ("q", "Q."), ("kt", "KT."), ("tl", "TL.")]


class SigningPower(models.Model):
    """Who may sign what kind for whom in which term: TM., Q., KT., TL. (NĐ 30/2020 Đ.13.1, 13.2, 13.4); TUQ. is a delegation (Đ.13.3).

    The administrator writes it down from the paper that gives the power, a leader of the agency puts it in force (BHXH Đ17.2a).
    """

    _name = "vanban.signing.power"
    _inherit = ["vanban.authority.mixin"]
    _description = "Power to sign"
    _order = "company_id, capacity, date_from desc, id desc"
    _check_company_auto = True

    user_id = fields.Many2one("res.users", "Signer", required=True, ondelete="restrict", index=True)
    capacity = fields.Selection(CAPACITIES, "Signing capacity", required=True)
    authority_title = fields.Char(
        "Signs in place of", help="Title of the head or name of the collective printed behind the capacity: “Giám đốc”, “Ủy ban nhân dân”."
    )
    kind_ids = fields.Many2many("vanban.document.kind", string="Only these kinds", help="Kinds that may be signed; empty: all.")
    department_ids = fields.Many2many(
        "hr.department", string="Only drafts of these units", domain="[('company_id', '=', company_id)]", help="Field of work; empty: all units."
    )
    document = fields.Char("Paper that gives the power", required=True, help="Number, symbol and date: rules of work, decision, assignment.")
    date_to = fields.Date(help="Empty: until it is revoked.")
    confirmed_by_id = fields.Many2one("res.users", "Put in force by", readonly=True, ondelete="restrict")

    _term = models.Constraint("CHECK(date_to IS NULL OR date_to >= date_from)", "The last day of the power lies before its first.")
    _acting_term = models.Constraint("CHECK(capacity <> 'q' OR date_to IS NOT NULL)", "An acting head (Q.) has a term: give its last day.")
    _lookup_index = models.Index("(company_id, capacity, user_id) WHERE state <> 'draft'")

    @api.depends_context("uid")
    @api.depends("user_id", "capacity", "authority_title")
    def _compute_display_name(self):
        marks = dict(CAPACITIES)
        for power in self:
            # safe: name of a colleague on a record that was readable
            power.display_name = f"{power.sudo().user_id.name or ''}: {marks.get(power.capacity, '')} {power.authority_title or ''}".strip()
        self._hide_names()

    # -------------------------------------------------------------- who may

    def _may_put_in_force(self):
        """A leader of the agency decides; nobody gives a power to himself, unless he is the only leader."""
        user = self.env.user
        if not user.has_group("vanban_core.group_leader") or self.company_id not in user.company_ids:
            return False
        return self.user_id != user or not self._other_leaders()

    def _other_leaders(self):
        return self.env["res.users"].sudo().search_count([  # safe: only whether somebody else can decide
            ("all_group_ids", "in", self.env.ref("vanban_core.group_leader").ids), ("company_ids", "in", self.company_id.ids),
            ("share", "=", False), ("id", "!=", self.user_id.id),
        ], limit=1)

    def _may_revoke(self):
        """A leader ends it; the signer may lay it down; the administrator throws away what is not in force yet."""
        user = self.env.user
        if self.company_id not in user.company_ids:
            return False
        return user == self.user_id or user.has_group("vanban_core.group_leader") or (
            self.state == "draft" and user.has_group("vanban_core.group_admin")
        )

    # ---------------------------------------------------------------- checks

    @api.constrains("user_id", "company_id", "department_ids")
    def _check_persons(self):
        for power in self:
            user = power.user_id.sudo()  # safe: membership only
            if power.company_id not in user.company_ids or user.share:
                raise ValidationError(self.env._("%(user)s does not work in this agency.", user=user.name))
            if power.department_ids.filtered(lambda unit, power=power: unit.company_id != power.company_id):
                raise ValidationError(self.env._("The units of a power to sign must belong to its agency."))

    def _guard_confirm(self):
        if self.date_to and self.date_to < vietnam_time.today():
            raise UserError(self.env._("The term of the power is already over: choose a later last day."))
        probe = self.env["vanban.document"].new({"signer_id": self.user_id.id, "signer_capacity": self.capacity})
        probe._check_capacity()

    def _message_fixed(self):
        return self.env._("A power to sign that was put in force is not changed: revoke it and make a new one.")

    def _message_kept(self):
        return self.env._("A power to sign that was in force stays in the record: revoke it instead.")

    # -------------------------------------------------------------- actions

    def action_confirm(self):
        """Put the power in force for its term."""
        return self._transition("confirm", values={"confirmed_by_id": self.env.uid})

    # -------------------------------------------------------------- in force

    def _in_force(self, date):
        return self.filtered(
            lambda row: row.state == "confirmed" and row.date_from <= date and (not row.date_to or row.date_to >= date)
        )

    def _covers(self, document):
        """Rows of ``self`` by which ``document`` may be signed; other rules narrow it."""
        return self._for_kind_and_unit(document)

    def _for_kind_and_unit(self, document):
        """Rows of ``self`` for the kind and the drafting unit (or one above it) of ``document``."""
        units = document.department_id.sudo()  # safe: which unit stands above which
        while units[-1:].parent_id:
            units += units[-1:].parent_id
        return self.filtered(
            lambda row: (not row.kind_ids or document.kind_id in row.kind_ids) and (not row.department_ids or units & row.department_ids)
        )
