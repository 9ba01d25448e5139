from odoo import fields, models


class DossierWork(models.Model):
    """Own dossiers are listed by the group of the plan they belong to (UI-03)."""

    _inherit = "vanban.dossier"

    plan_section = fields.Char("Group of the plan", related="plan_line_id.section", store=True)
