from odoo import api, fields, models
from odoo.exceptions import UserError


class CompareWizard(models.TransientModel):
    """Two versions of a draft, the differences marked in the running text."""

    _name = "vanban.compare.wizard"
    _description = "Comparison of versions"

    document_id = fields.Many2one("vanban.document", required=True, readonly=True)
    old_id = fields.Many2one("vanban.file", "Earlier version", required=True, domain="[('document_id', '=', document_id), ('role', '=', 'main')]")
    new_id = fields.Many2one("vanban.file", "Later version", required=True, domain="[('document_id', '=', document_id), ('role', '=', 'main')]")
    old_info = fields.Char("Earlier", compute="_compute_result")
    new_info = fields.Char("Later", compute="_compute_result")
    result = fields.Html("Differences", compute="_compute_result", sanitize=False)

    @api.depends("old_id", "new_id")
    def _compute_result(self):
        for wizard in self:
            wizard.old_info, wizard.new_info = (wizard._info(file) for file in (wizard.old_id, wizard.new_id))
            try:
                wizard.result = wizard.document_id._compared_html(wizard.old_id, wizard.new_id)
            except UserError as error:
                wizard.result = str(error)

    def _info(self, file):
        if not file:
            return ""
        day = fields.Datetime.context_timestamp(self, file.create_date).strftime("%d/%m/%Y %H:%M")
        return self.env._(
            "Version %(number)s, %(author)s, %(day)s: %(reason)s", number=file.version, author=file.author_id.name, day=day,
            reason=file.reason or self.env._("no reason given"),
        )
