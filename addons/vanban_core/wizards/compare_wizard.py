from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import vietnam_time


class CompareWizard(models.TransientModel):
    """Two versions of a draft, the differences marked in the running text."""

    _name = "vanban.compare.wizard"
    _description = "Comparison of versions"

    document_id = fields.Many2one("vanban.document", required=True, readonly=True)
    old_id = fields.Many2one(
        "vanban.file", "Earlier version", required=True, domain="[('document_id', '=', document_id), ('role', '=', compared_role)]"
    )
    new_id = fields.Many2one(
        "vanban.file", "Later version", required=True, domain="[('document_id', '=', document_id), ('role', 'in', ('main', 'annex'))]"
    )
    compared_role = fields.Selection(related="new_id.role", related_sudo=False)
    old_info = fields.Char("Earlier", compute="_compute_result")
    new_info = fields.Char("Later", compute="_compute_result")
    result = fields.Html("Differences", compute="_compute_result", sanitize=False)

    @api.onchange("new_id")
    def _onchange_new_id(self):
        """Its own predecessor, not just any file of the document."""
        earlier = self.new_id._origin._earlier_version() if self.new_id else self.new_id
        if self.new_id and (self.old_id.role != self.new_id.role or self.new_id.role == "annex" or self.old_id == self.new_id):
            self.old_id = earlier

    @api.depends("old_id", "new_id")
    def _compute_result(self):
        for wizard in self:
            wizard.old_info, wizard.new_info = (wizard._info(file) for file in (wizard.old_id, wizard.new_id))
            if not wizard.old_id or not wizard.new_id:
                wizard.result = self.env._("This file has no earlier version.")
                continue
            try:
                wizard.result = wizard.document_id._compared_html(wizard.old_id, wizard.new_id)
            except UserError as error:
                wizard.result = str(error)

    def _info(self, file):
        if not file:
            return ""
        day = vietnam_time.text(file.create_date)
        return self.env._(
            "Version %(number)s, %(author)s, %(day)s: %(reason)s", number=file.version, author=file.author_id.name, day=day,
            reason=file.reason or self.env._("no reason given"),
        )
