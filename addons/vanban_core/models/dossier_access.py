from odoo import api, fields, models


class DossierAccess(models.Model):
    """Who may read a dossier: the same principals as for documents, so that the record rule is one indexed lookup."""

    _inherit = "vanban.dossier"

    principal_ids = fields.Many2many(
        "vanban.principal", "vanban_dossier_principal", "dossier_id", "principal_id", "Readers", readonly=True, copy=False,
        groups="vanban_core.group_auditor",
    )  # fmt: skip

    @api.model_create_multi
    def create(self, vals_list):
        dossiers = super().create(vals_list)
        dossiers._sync_access()
        return dossiers

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"user_id", "department_id", "member_ids"}:
            self._sync_access()
        return result

    def _reading_principals(self):
        """Principals of one dossier: its keeper, those who work with it, the unit; other addons add theirs."""
        self.ensure_one()
        principal = self.env["vanban.principal"]
        return principal._for("user", self.user_id | self.member_ids) | principal._for("unit", self.department_id)

    def _sync_access(self):
        """Bring readers of the dossiers, and of the documents in them, in line with their people."""
        # safe: readers follow from the people and the state of the dossier; the caller may be losing access by this very step
        for dossier in self.sudo():
            dossier._write_fixed({"principal_ids": [(6, 0, dossier._reading_principals().ids)]})
            dossier._grant_documents(dossier.item_ids.document_id)

    def _grant_documents(self, documents):
        """Let the readers of the dossier read the documents in it, and take back what former readers had by it."""
        self.ensure_one()
        if not documents:
            return
        source = f"dossier-{self.id}"
        access = self.env["vanban.access"].sudo()  # safe: filing in a dossier is the decision that gives this access
        rows = access.search([("document_id", "in", documents.ids), ("source", "=", source)])
        wanted = self.sudo().principal_ids  # safe: as above
        # restricted classes override every grant: filing shares such a document with nobody but the archive that keeps it
        # and who only reads a document may keep it in his dossier, but gives it to nobody by that
        own = self.sudo().item_ids.filtered(lambda item: not item.shared).document_id  # safe: as above
        shared = documents.sudo().filtered(lambda document: not (document.restricted or document.kind_id.restricted)) - own  # safe: a class only
        archive = wanted.filtered(lambda principal: principal.kind not in ("user", "unit", "registry", "agency"))
        gone = rows.filtered(lambda row: row.principal_id not in (wanted if row.document_id in shared else archive))
        if gone:
            gone.document_id.sudo(self.env.su)._log("revoke", data={"from": gone.principal_id.mapped("display_name"), "source": source})
            gone.unlink()
        present = {(row.document_id.id, row.principal_id.id) for row in rows.exists()}
        new = access.create([
            {"document_id": document.id, "principal_id": principal.id, "act": False, "source": source}
            for document in documents
            for principal in (wanted if document in shared else archive)
            if (document.id, principal.id) not in present
        ])
        if new:
            new.document_id.sudo(self.env.su)._log("grant", data={"to": new.principal_id.mapped("display_name"), "act": False, "source": source})

    def _revoke_documents(self, documents):
        """Documents taken out of the dossier are no longer read by reason of it."""
        self.ensure_one()
        # safe: only takes away
        self.env["vanban.access"].sudo().search([
            ("document_id", "in", documents.ids), ("source", "=", f"dossier-{self.id}"),
        ]).unlink()
