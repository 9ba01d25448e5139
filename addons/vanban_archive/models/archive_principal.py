from odoo import fields, models


class Principal(models.Model):
    """The archive of an agency is a principal of its own: what is handed over is read by whoever is archivist then."""

    _inherit = "vanban.principal"

    kind = fields.Selection(selection_add=[("archive", "Archive")], ondelete={"archive": "cascade"})

    _archive_unique = models.UniqueIndex("(company_id) WHERE kind = 'archive'")


class ResUsers(models.Model):
    _inherit = "res.users"

    def _compute_vanban_principal_ids(self):
        super()._compute_vanban_principal_ids()
        for user in self:
            if user.has_group("vanban_archive.group_archivist"):
                user.vanban_principal_ids |= self.env["vanban.principal"]._for("archive", user.company_ids)


class ResCompany(models.Model):
    _inherit = "res.company"

    def _archivists(self):
        """Active users of the agency who keep its archive."""
        self.ensure_one()
        group = self.env.ref("vanban_archive.group_archivist")
        # safe: names of colleagues in a role
        return self.env["res.users"].sudo().search([("all_group_ids", "in", group.ids), ("company_ids", "in", self.ids)])
