from odoo import api, fields, models
from odoo.exceptions import UserError


class DossierWizard(models.TransientModel):
    """Choose the dossier when work starts, or when the finished document is filed."""

    _name = "vanban.dossier.wizard"
    _description = "Choose a dossier"

    step = fields.Selection([("start", "Start processing"), ("file", "File in a dossier")], required=True, readonly=True)
    document_id = fields.Many2one("vanban.document", readonly=True)
    assignment_id = fields.Many2one("vanban.assignment", readonly=True)
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    dossier_id = fields.Many2one(
        "vanban.dossier",
        "Dossier",
        domain="[('company_id', '=', company_id), ('state', 'in', ('open', 'processing'))]",
        help="Open dossier in which this work is kept.",
    )
    plan_line_id = fields.Many2one(
        "vanban.file.plan.line",
        "Open a new dossier from",
        domain="[('company_id', '=', company_id), ('state', '=', 'approved'), ('dossier_ids', '=', False)]",
        help="Entry of the file plan whose dossier is opened now.",
    )

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        active_model, active_id = self.env.context.get("active_model"), self.env.context.get("active_id")
        if active_model in ("vanban.document", "vanban.assignment") and active_id:
            values[active_model.replace("vanban.", "") + "_id"] = active_id
        return values

    @api.depends("document_id", "assignment_id")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = (wizard.document_id or wizard.assignment_id.document_id).company_id

    def action_apply(self):
        self.ensure_one()
        if self.dossier_id and self.plan_line_id:
            raise UserError(self.env._("Choose an open dossier or an entry of the file plan, not both."))
        dossier_id = self.plan_line_id.open_dossier() if self.plan_line_id else self.dossier_id.id
        if self.step == "start":
            (self.assignment_id or self.document_id).action_start(dossier_id or None)
        elif self.document_id.dossier_item_ids or dossier_id:
            self.document_id.action_file(dossier_id or None)
        else:
            raise UserError(self.env._("Choose the dossier in which the document is filed."))
        return {"type": "ir.actions.act_window_close"}
