from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import vietnam_time
from .kept_in_memory import forget

# who has powers to delegate (requirements, part 4)
PRINCIPALS = ",".join(f"vanban_core.group_{name}" for name in ("leader", "office_chief", "unit_head", "department_head"))


class Delegation(models.Model):
    """A power passed on in writing for a term: who, to whom, what, until when (HCM Đ7.1, Đ7.2; BG Đ9.1; NĐ 30 Đ.13.4).

    It gives rights while it is in force and ends by itself; a delegate cannot delegate further.
    """

    _name = "vanban.delegation"
    _inherit = ["vanban.authority.mixin"]
    _description = "Delegation of powers"
    _order = "date_from desc, id desc"
    _check_company_auto = True

    principal_id = fields.Many2one(
        "res.users", "Delegator", required=True, default=lambda self: self.env.user, ondelete="restrict", index=True,
        help="Whose power it is.",
    )  # fmt: skip
    delegate_id = fields.Many2one("res.users", "Delegate", required=True, ondelete="restrict", index=True, help="Who exercises it.")
    scope = fields.Selection(
        [
            ("distribution", "Distribute and direct incoming documents"),
            ("proxy", "Enter decisions for the leader"),
            ("signing", "Sign documents"),
        ],
        required=True, default="distribution",
    )  # fmt: skip
    kind_ids = fields.Many2many("vanban.document.kind", string="Only these kinds", help="Kinds that may be signed; empty: all.")
    date_to = fields.Date(required=True)
    document = fields.Char("Written authorisation", required=True, help="Number, symbol and date of the paper that delegates.")
    document_id = fields.Many2one("vanban.document", "Document in the system", ondelete="restrict")

    _term = models.Constraint("CHECK(date_to >= date_from)", "The last day of a delegation lies before its first.")
    _others = models.Constraint("CHECK(principal_id <> delegate_id)", "Nobody delegates to himself.")
    _in_force_index = models.Index("(delegate_id, scope, date_from, date_to) WHERE state = 'confirmed'")

    @api.depends("principal_id", "delegate_id", "scope")
    def _compute_display_name(self):
        scopes = dict(self._fields["scope"]._description_selection(self.env))
        for delegation in self:
            # safe: names of colleagues on a record that was readable
            names = delegation.sudo()
            delegation.display_name = (
                f"{names.principal_id.name or ''} → {names.delegate_id.name or '…'}: {scopes.get(delegation.scope)}"
            )
        self._hide_names()

    @api.depends("principal_id")
    def _compute_may(self):
        super()._compute_may()

    # -------------------------------------------------------------- who may

    def _may_put_in_force(self):
        return self.principal_id == self.env.user

    def _may_revoke(self):
        """The principal ends it; the delegate may lay it down; the administrator ends that of somebody who left."""
        return self.env.user in self.principal_id | self.delegate_id or (
            self.env.user.has_group("vanban_core.group_admin") and self.company_id in self.env.user.company_ids
        )

    # ---------------------------------------------------------------- checks

    @api.constrains("principal_id", "delegate_id", "company_id", "scope", "kind_ids")
    def _check_persons(self):
        for delegation in self:
            for user in delegation.principal_id | delegation.delegate_id:
                if delegation.company_id not in user.sudo().company_ids or user.sudo().share:  # safe: membership only
                    raise ValidationError(self.env._("%(user)s does not work in this agency.", user=user.sudo().name))
            if not delegation.principal_id.sudo().has_groups(PRINCIPALS):  # safe: whether a role is held
                raise ValidationError(self.env._(
                    "%(user)s has no power to delegate: only leaders, the Chief of Office and heads of units do.",
                    user=delegation.principal_id.sudo().name,
                ))
            if delegation.kind_ids and delegation.scope != "signing":
                raise ValidationError(self.env._("Kinds limit a delegation of signing only; leave them empty."))

    def _guard_confirm(self):
        today = vietnam_time.today()
        if self.date_to < today:
            raise UserError(self.env._("The term of the delegation is already over: choose a later last day."))
        if not self.delegate_id.sudo().active:
            raise UserError(self.env._("The account of %(user)s is closed: choose another delegate.", user=self.delegate_id.sudo().name))
        if self.scope == "proxy":
            return  # several people may type for one leader
        for other in self.sudo().search([  # safe: only to say what stands in the way
            ("state", "=", "confirmed"), ("principal_id", "=", self.principal_id.id), ("scope", "=", self.scope), ("id", "!=", self.id),
            ("company_id", "=", self.company_id.id), ("date_from", "<=", self.date_to), ("date_to", ">=", self.date_from),
        ]):
            if not self.kind_ids or not other.kind_ids or self.kind_ids & other.kind_ids:
                raise UserError(self.env._(
                    "The same power is already delegated to %(user)s from %(start)s until %(end)s. Revoke that one or choose another term.",
                    user=other.delegate_id.name, start=other.date_from.strftime("%d/%m/%Y"), end=other.date_to.strftime("%d/%m/%Y"),
                ))

    def _message_fixed(self):
        return self.env._("A confirmed delegation is not changed: revoke it and make a new one.")

    def copy_data(self, default=None):
        return [{**vals, "document_id": False} for vals in super().copy_data(default)]

    def _message_kept(self):
        return self.env._("A delegation that was in force stays in the record: revoke it instead.")

    # -------------------------------------------------------------- actions

    def action_confirm(self):
        """Put the delegation in force for its term; only the principal does it."""
        return self._transition("confirm")

    def _effect_changed(self, comment):
        forget(self.env)  # record rules are cached with the principals of each user
        self.env.invalidate_all()

    # -------------------------------------------------------------- in force

    @api.model
    def _in_force(self, scope, delegate=None, principal=None, company=None, kind=None, date=None):
        """Delegations in force on ``date`` (today in Vietnam), narrowed by whatever is given.

        :param kind: document kind that the delegation must cover
        """
        date = date or vietnam_time.today()
        domain = [("state", "=", "confirmed"), ("scope", "=", scope), ("date_from", "<=", date), ("date_to", ">=", date)]
        if delegate is not None:
            domain.append(("delegate_id", "in", delegate.ids))
        if principal is not None:
            domain.append(("principal_id", "in", principal.ids))
        if company is not None:
            domain.append(("company_id", "in", company.ids))
        found = self.sudo().search(domain)  # safe: answers only whose power is exercised by whom
        if kind is not None:
            found = found.filtered(lambda row: not row.kind_ids or kind in row.kind_ids)
        return found


class ResUsers(models.Model):
    _inherit = "res.users"

    vanban_delegator_ids = fields.Many2many(
        "res.users", string="Distributes for", compute="_compute_vanban_delegators", compute_sudo=True,
        help="Those whose power to distribute this user exercises today.",
    )  # fmt: skip
    vanban_delegate_ids = fields.Many2many(
        "res.users", string="Distribution is delegated to", compute="_compute_vanban_delegators", compute_sudo=True
    )

    def _compute_vanban_delegators(self):
        found = self.env["vanban.delegation"]._in_force("distribution")
        found = found.filtered(lambda row: row.principal_id in self or row.delegate_id in self) if found else found
        for user in self:
            user.vanban_delegator_ids = found.filtered(lambda row, user=user: row.delegate_id == user).principal_id
            user.vanban_delegate_ids = found.filtered(lambda row, user=user: row.principal_id == user).delegate_id


class IrRule(models.Model):
    _inherit = "ir.rule"

    def _compute_domain_context_values(self):
        """Whom a user stands for depends on the day: cached rules are those of today."""
        yield from super()._compute_domain_context_values()
        yield vietnam_time.today()
