from odoo import fields, models
from odoo.exceptions import UserError


class Delegation(models.Model):
    _inherit = "vanban.delegation"

    scope = fields.Selection(selection_add=[("copying", "Decide on copies and sign them")], ondelete={"copying": "cascade"})


class ResCompany(models.Model):
    _inherit = "res.company"

    vanban_chief_copies = fields.Boolean(
        "The Chief of Office signs copies", default=True,
        help="By order of the head (TL.), without a delegation of its own (NĐ 30/2020 Đ.27.1).",
    )  # fmt: skip


class CopyAuthority(models.Model):
    """Who decides on a copy and signs it: the head, and whom he has given it to (NĐ 30/2020 Đ.27.1)."""

    _inherit = "vanban.document"

    def _check_signer(self):
        copies = self.filtered("copied_id")
        for copy in copies:
            copy._check_copy_signer()
        if self - copies:
            super(CopyAuthority, self - copies)._check_signer()

    def _check_copy_signer(self):
        signer, company = self.signer_id.sudo(), self.company_id.sudo()  # safe: whether somebody holds a post is no secret
        if company in signer.company_ids and signer.active:
            if self.signer_capacity and self.signer_capacity != "tuq":
                self._check_capacity()
            if signer.has_group("vanban_core.group_leader"):
                return
            chief = company.vanban_chief_copies and signer.has_group("vanban_core.group_office_chief")
            if chief and self.signer_capacity != "tuq":  # TUQ. needs the leader's own authorisation
                return
            given = self.env["vanban.delegation"]._in_force("copying", delegate=signer, company=company)
            if given.filtered(lambda row: row.principal_id.has_group("vanban_core.group_leader")):
                return
        raise UserError(self.env._(
            "%(user)s may not sign copies in %(agency)s: choose a leader, the Chief of Office, or somebody to whom a leader has "
            "given it under “Delegations”.", user=signer.name or "", agency=company.name,
        ))

    def _copy_signers(self):
        """Users who may decide on copies in the agency of this document, leaders last: the Chief of Office usually does."""
        self.ensure_one()
        company = self.company_id.sudo()  # safe: who holds a post is no secret
        roles = self.env.ref("vanban_core.group_leader")
        if company.vanban_chief_copies:
            roles |= self.env.ref("vanban_core.group_office_chief")
        given = self.env["vanban.delegation"]._in_force("copying", company=company)
        delegates = given.filtered(lambda row: row.principal_id.has_group("vanban_core.group_leader")).delegate_id
        users = self.env["res.users"].sudo().search([  # safe: as above
            ("company_ids", "in", company.ids), ("share", "=", False), "|", ("all_group_ids", "in", roles.ids), ("id", "in", delegates.ids),
        ])
        return users.sudo(False)
