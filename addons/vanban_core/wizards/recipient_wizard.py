from odoo import api, fields, models
from odoo.exceptions import UserError


class RecipientWizard(models.TransientModel):
    """Adds recipients from saved groups and identification codes; a vague line is replaced by whom it means."""

    _name = "vanban.recipient.wizard"
    _description = "Add recipients"

    document_id = fields.Many2one("vanban.document", required=True, readonly=True)
    company_id = fields.Many2one(related="document_id.company_id", related_sudo=False)
    row_id = fields.Many2one(
        "vanban.recipient", "Instead of the line",
        domain="[('document_id', '=', document_id), ('partner_id', '=', False), ('department_id', '=', False), ('user_id', '=', False)]",
    )
    has_vague = fields.Boolean(compute="_compute_has_vague")
    group_ids = fields.Many2many("vanban.recipient.group", string="Groups", domain="[('company_id', '=', company_id)]")
    codes = fields.Text("Identification codes")
    found_count = fields.Integer("Recipients in the groups", compute="_compute_found_count")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        values.setdefault("document_id", self.env.context.get("active_id"))
        document = self.env["vanban.document"].browse(values["document_id"])
        vague = document.recipient_ids.filtered(lambda row: not row.is_resolved)[:1]
        if vague:
            values["row_id"] = vague.id
            values["group_ids"] = [fields.Command.set(self._proposed(vague).ids)]
        return values

    def _proposed(self, row):
        return self.env["vanban.recipient.group"]._named(row.name, row.company_id)

    @api.depends("document_id")
    def _compute_has_vague(self):
        for wizard in self:
            wizard.has_vague = any(not row.is_resolved for row in wizard.document_id.recipient_ids)

    @api.depends("group_ids")
    def _compute_found_count(self):
        for wizard in self:
            wizard.found_count = len(wizard.group_ids._origin._targets())

    @api.onchange("row_id")
    def _onchange_row_id(self):
        if self.row_id:
            self.group_ids = self._proposed(self.row_id._origin)

    def action_apply(self):
        self.ensure_one()
        if not self.document_id:
            raise UserError(self.env._("Save the document first."))
        self.document_id.action_add_recipients(self.group_ids.ids, self.codes, self.row_id.id)
        return {"type": "ir.actions.act_window_close"}
