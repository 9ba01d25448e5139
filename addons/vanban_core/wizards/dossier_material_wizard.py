from odoo import api, fields, models

from ..tools import vietnam_time


class DossierMaterialWizard(models.TransientModel):
    """Put something into a dossier: documents, or material that is no document."""

    _name = "vanban.dossier.material.wizard"
    _description = "Add to a dossier"

    dossier_id = fields.Many2one("vanban.dossier", "Dossier", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="dossier_id.company_id")
    kind = fields.Selection(
        [
            ("document", "Documents of the system"),
            ("direction", "Instruction"),
            ("opinion", "Opinion"),
            ("explanation", "Explanatory report"),
            ("pic", "Photo"),
            ("media", "Sound or film"),
            ("other", "Other material"),
        ],
        required=True, default="document",
    )  # fmt: skip
    document_ids = fields.Many2many("vanban.document", string="Documents")
    name = fields.Char("Name and abstract")
    date = fields.Date(default=lambda self: vietnam_time.today())
    author = fields.Char()
    place = fields.Char()
    event = fields.Char()
    text = fields.Text()
    content = fields.Binary("File", attachment=False)
    file_name = fields.Char("File name")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "vanban.dossier":
            values.setdefault("dossier_id", self.env.context.get("active_id"))
        return values

    def action_apply(self):
        self.ensure_one()
        if self.kind == "document":
            self.dossier_id.add_documents(self.document_ids.ids)
        else:
            described = {name: self[name] for name in ("date", "author", "place", "event") if self[name]}
            self.dossier_id.add_material(
                self.name or self.file_name or "", self.kind, self.text, self.file_name,
                self.content.decode() if self.content else None, described,
            )  # fmt: skip
        return {"type": "ir.actions.act_window_close"}
