from odoo import api, fields, models


class UploadWizard(models.TransientModel):
    """Attach a file to a document: annex, new version of the draft, editable source."""

    _name = "vanban.upload.wizard"
    _description = "Attach a file"

    document_id = fields.Many2one("vanban.document", required=True, readonly=True)
    content = fields.Binary("File", required=True, attachment=False)
    name = fields.Char("File name")
    role = fields.Selection(
        [("main", "Main document"), ("annex", "Annex"), ("source", "Editable source")], required=True, default="annex"
    )
    reason = fields.Char("Reason of the change")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "vanban.document":
            values["document_id"] = self.env.context.get("active_id")
        return values

    def action_apply(self):
        self.ensure_one()
        content = self.with_context(bin_size=False).content
        self.document_id.upload_file(self.name or self.env._("document.pdf"), content, self.role, reason=self.reason or None)
        return {"type": "ir.actions.act_window_close"}
