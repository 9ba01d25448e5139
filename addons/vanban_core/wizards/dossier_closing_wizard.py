from odoo import api, fields, models

from ..tools import vietnam_time


class DossierCloseWizard(models.TransientModel):
    """Data of closing, and the decision about each duplicate (BĐ Đ4.3-B2)."""

    _name = "vanban.dossier.close.wizard"
    _description = "Close a dossier"

    dossier_id = fields.Many2one("vanban.dossier", "Dossier", required=True, readonly=True, ondelete="cascade")
    medium = fields.Selection(related="dossier_id.medium", related_sudo=False)
    title = fields.Char(compute="_compute_data", compute_sudo=False, store=True, readonly=False, required=True)
    retention_id = fields.Many2one(
        "vanban.retention", "Retention", compute="_compute_data", compute_sudo=False, store=True, readonly=False, required=True
    )
    start_date = fields.Date(related="dossier_id.start_date", related_sudo=False)
    end_date = fields.Date("End", required=True, default=lambda self: vietnam_time.today())
    sheet_count = fields.Integer("Paper sheets", compute="_compute_data", compute_sudo=False, store=True, readonly=False)
    paper_location = fields.Char("Place of the paper", compute="_compute_data", compute_sudo=False, store=True, readonly=False)
    document_count = fields.Integer(related="dossier_id.document_count", related_sudo=False)
    page_count = fields.Integer(related="dossier_id.page_count", related_sudo=False)
    line_ids = fields.One2many("vanban.dossier.close.line", "wizard_id", "Duplicates")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        dossier = self.env["vanban.dossier"].browse(values.get("dossier_id") or self.env.context.get("active_id"))
        values["dossier_id"] = dossier.id
        values["line_ids"] = [(0, 0, {"item_id": item.id, "decision": "take_out"}) for item in dossier._duplicates()]
        return values

    @api.depends("dossier_id")
    def _compute_data(self):
        for wizard in self:
            dossier = wizard.dossier_id
            wizard.title = dossier.title
            wizard.retention_id = dossier.retention_id
            wizard.sheet_count = dossier.sheet_count
            wizard.paper_location = dossier.paper_location

    def action_apply(self):
        self.ensure_one()
        reason = self.env._("Same content as an earlier item")
        for line in self.line_ids:
            if line.decision == "keep":
                line.item_id.action_keep(line.reason or reason)
            else:
                line.item_id.action_take_out(line.reason or reason)
        self.dossier_id.action_close({
            "title": self.title, "retention_id": self.retention_id.id, "end_date": self.end_date,
            "sheet_count": self.sheet_count, "paper_location": self.paper_location,
        })  # fmt: skip
        return {"type": "ir.actions.act_window_close"}


class DossierCloseLine(models.TransientModel):
    _name = "vanban.dossier.close.line"
    _description = "Decision about a duplicate"

    wizard_id = fields.Many2one("vanban.dossier.close.wizard", required=True, ondelete="cascade")
    item_id = fields.Many2one("vanban.dossier.item", "Item", required=True, readonly=True, ondelete="cascade")
    decision = fields.Selection([("take_out", "Take out"), ("keep", "Keep")], required=True, default="take_out")
    reason = fields.Char()
