from odoo import fields, models
from odoo.tools import SQL

from ..tools import vietnam_time
from .signing_power import CAPACITIES


class SigningRight(models.Model):
    """All powers to sign of a person in one list: TM., Q., KT., TL. from the table of powers, TUQ. from delegations (NĐ 30/2020 Đ.13)."""

    _name = "vanban.signing.right"
    _description = "Power to sign, of whatever kind"
    _auto = False
    _order = "user_id, capacity, date_from desc, id"
    _rec_name = "document"

    # what has to be written before the list is read
    _depends = {
        "vanban.signing.power": ["company_id", "user_id", "capacity", "authority_title", "document", "date_from", "date_to", "state"],
        "vanban.delegation": ["company_id", "delegate_id", "principal_id", "scope", "document", "date_from", "date_to", "state"],
    }

    company_id = fields.Many2one("res.company", "Agency", readonly=True)
    user_id = fields.Many2one("res.users", "Signer", readonly=True)
    capacity = fields.Selection([*CAPACITIES, ("tuq", "TUQ.")], "Signing capacity", readonly=True)
    authority_title = fields.Char("Signs in place of", readonly=True)
    principal_id = fields.Many2one("res.users", "Delegator", readonly=True)
    document = fields.Char("Paper that gives the power", readonly=True)
    date_from = fields.Date("From", readonly=True)
    date_to = fields.Date("Until", readonly=True)
    status = fields.Selection(
        [("draft", "Draft"), ("planned", "Not begun"), ("active", "In force"), ("expired", "Expired"), ("revoked", "Revoked")],
        "Validity", readonly=True,
    )  # fmt: skip
    power_id = fields.Many2one("vanban.signing.power", readonly=True)
    delegation_id = fields.Many2one("vanban.delegation", readonly=True)

    @property
    def _table_query(self):
        status = SQL(
            """
            CASE WHEN state <> 'confirmed' THEN state
                 WHEN date_from > %(today)s THEN 'planned'
                 WHEN date_to < %(today)s THEN 'expired'
                 ELSE 'active' END
            """,
            today=vietnam_time.today(),
        )
        # ids of the two tables side by side: even and odd
        return SQL(
            """
            SELECT id * 2 AS id, company_id, user_id, capacity, authority_title, NULL::integer AS principal_id, document, date_from, date_to,
                   %(status)s AS status, id AS power_id, NULL::integer AS delegation_id
              FROM vanban_signing_power
             UNION ALL
            SELECT id * 2 + 1, company_id, delegate_id, 'tuq', NULL, principal_id, document, date_from, date_to,
                   %(status)s, NULL, id
              FROM vanban_delegation
             WHERE scope = 'signing'
            """,
            status=status,
        )

    def action_open(self):
        """The paper itself, in the form in which it is put in force and revoked."""
        self.ensure_one()
        row = self.power_id or self.delegation_id
        return {"type": "ir.actions.act_window", "res_model": row._name, "res_id": row.id, "views": [(False, "form")]}
