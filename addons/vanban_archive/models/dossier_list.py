from odoo import api, fields, models
from odoo.exceptions import UserError


class DossierListLine(models.AbstractModel):
    """A dossier on a list of the archive, with its data as they were put on the list: it stays readable to those who decide
    about the list without reading the dossier, and when the dossier is elsewhere."""

    _name = "vanban.dossier.list.line"
    _description = "Dossier on a list"
    # the record that has the list, and what is copied from the dossier
    _list_field = ""
    _copied = ("code", "title", "retention_id", "document_count")

    dossier_id = fields.Many2one("vanban.dossier", "Dossier", required=True, ondelete="restrict", index=True)
    code = fields.Char("Dossier code", compute="_compute_from_dossier", store=True)
    title = fields.Char(compute="_compute_from_dossier", store=True)
    retention_id = fields.Many2one("vanban.retention", "Retention", compute="_compute_from_dossier", store=True)
    document_count = fields.Integer("Total documents", compute="_compute_from_dossier", store=True)

    @api.depends("dossier_id")
    def _compute_from_dossier(self):
        for line in self:
            dossier = line.dossier_id
            if not line.id and not dossier.sudo(False).has_access("read"):
                dossier = dossier.browse()  # a form in which somebody tries ids
            for name in self._copied:
                line[name] = dossier[name]

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.dossier_id.check_access("read")
        lines._check_open()
        if any(line.dossier_id.company_id != line[self._list_field].company_id for line in lines):
            raise UserError(self.env._("The dossier belongs to another agency."))
        return lines

    def write(self, vals):
        self._check_open()
        result = super().write(vals)
        if "dossier_id" in vals:
            self.dossier_id.check_access("read")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_open(self):
        self._check_open()

    def _check_open(self):
        """Raise when the list can no longer be changed."""
        raise NotImplementedError
