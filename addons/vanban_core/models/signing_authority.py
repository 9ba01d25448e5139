from odoo import models
from odoo.exceptions import UserError


class SigningAuthority(models.Model):
    """Who signs by authorisation (TUQ.) has it in writing, for a term, from a leader of the agency (NĐ 30/2020 Đ.13.3).

    The check belongs to ``_check_signer``, which the flow asks at the submission and again before a signature is begun.
    """

    _inherit = "vanban.document"

    def _check_signer(self):
        super()._check_signer()
        if self.signer_capacity == "tuq":
            self._check_authorised()

    def _check_authorised(self):
        delegation = self.env["vanban.delegation"]
        found = delegation._in_force("signing", delegate=self.signer_id, company=self.company_id)
        # only the head's own power reaches the agency's documents; who was authorised does not authorise others
        found = found.filtered(lambda row: row.principal_id.has_group("vanban_core.group_leader"))
        if found.filtered(lambda row: not row.kind_ids or self.kind_id in row.kind_ids):
            return
        signer = self.signer_id.sudo().name  # safe: the name is on the draft
        if found:
            kinds = found.kind_ids.mapped("name")
            raise UserError(self.env._(
                "%(user)s is authorised to sign only: %(kinds)s. Choose another signer for “%(kind)s”, or have the authorisation extended.",
                user=signer, kinds=", ".join(kinds), kind=self.kind_id.name,
            ))
        last = delegation.sudo().search([  # safe: says only when an authorisation of the signer ended
            ("scope", "=", "signing"), ("delegate_id", "=", self.signer_id.id), ("company_id", "=", self.company_id.id),
            "|", ("state", "=", "revoked"), "&", ("state", "=", "confirmed"), ("date_to", "<", self.env["vanban.register"]._today()),
        ], order="date_to desc, id desc", limit=1)
        if last:
            ended = last.revoked_date.date() if last.state == "revoked" and last.revoked_date else last.date_to
            raise UserError(self.env._(
                "The authorisation of %(user)s to sign (%(paper)s) ended on %(date)s. Return the draft and choose another signer, "
                "or have a new authorisation confirmed.",
                user=signer, paper=last.document, date=f"{ended:%d/%m/%Y}",
            ))
        raise UserError(self.env._(
            "%(user)s has no authorisation in force to sign with TUQ.: a leader confirms one under “Delegations” first, with its paper and term.",
            user=signer,
        ))
