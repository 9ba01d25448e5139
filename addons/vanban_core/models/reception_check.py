from odoo import api, fields, models
from odoo.exceptions import AccessError

# only the check itself writes its results
CHECK_TOKEN = object()
GROUPS = [
    ("authenticity", "Origin and integrity"),
    ("completeness", "Completeness"),
    ("consistency", "Agreement with the declared data"),
    ("addressee", "Addressee"),
]
RESULTS = [("ok", "Passed"), ("warning", "To be looked at"), ("bad", "Not passed")]


class ReceptionCheck(models.Model):
    """One result of the check before acceptance: what was declared, what was found, by whom and when (IN-07 … IN-09, IN-12)."""

    _name = "vanban.reception.check"
    _inherit = ["vanban.log.mixin"]
    _description = "Check before acceptance"
    _order = "document_id, latest desc, id"

    document_id = fields.Many2one("vanban.document", required=True, ondelete="restrict", index=True)
    group = fields.Selection(GROUPS, "Check", required=True)
    field_name = fields.Char()
    label = fields.Char("What")
    declared = fields.Char("Declared")
    found = fields.Char("Found")
    result = fields.Selection(RESULTS, required=True)
    user_id = fields.Many2one("res.users", "Checked by", required=True, ondelete="restrict", default=lambda self: self.env.user)
    date = fields.Datetime("Checked at", required=True, default=fields.Datetime.now)
    latest = fields.Boolean("Last run", default=True)

    @api.model_create_multi
    def create(self, vals_list):
        self._require_token()
        return super().create(vals_list)

    def write(self, vals):
        self._require_token()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._require_token()

    def _require_token(self):
        if self.env.context.get("vanban_check") is not CHECK_TOKEN:
            raise AccessError(self.env._("Results of a check are written by the check itself and stay as they are."))
