from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.vanban_core.tools import vietnam_time


class DestructionLine(models.Model):
    """A dossier on the destruction list (danh mục tài liệu hết giá trị)."""

    _name = "vanban.destruction.line"
    _inherit = ["vanban.dossier.list.line"]
    _description = "Dossier to destroy"
    _order = "destruction_id, id"
    _list_field = "destruction_id"
    _copied = ("code", "title", "retention_id", "document_count", "expiry_date")

    destruction_id = fields.Many2one("vanban.destruction", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="destruction_id.company_id", store=True)
    expiry_date = fields.Date("Kept until", compute="_compute_from_dossier", store=True)
    reason = fields.Char("Reason for this dossier")

    _dossier_once = models.Constraint("UNIQUE(destruction_id, dossier_id)", "The dossier is already on this list.")

    def _check_open(self):
        if any(line.destruction_id.state != "proposed" for line in self):
            raise AccessError(self.env._("The list can be changed only while the destruction is being proposed."))


class DestructionShared(models.Model):
    """A document that is also in another dossier that stays: it is kept, only its place in the expired dossier ends."""

    _name = "vanban.destruction.shared"
    _description = "Document kept at a destruction"
    _order = "destruction_id, id"

    destruction_id = fields.Many2one("vanban.destruction", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="destruction_id.company_id", store=True)
    document_id = fields.Many2one("vanban.document", "Document", required=True, ondelete="restrict")
    code = fields.Char("Code in the dossier")
    name = fields.Char("Abstract")
    dossier_id = fields.Many2one("vanban.dossier", "Expired dossier", required=True, ondelete="restrict")
    other_id = fields.Many2one("vanban.dossier", "Other dossier", required=True, ondelete="restrict")
    other_code = fields.Char("Code of the other dossier")
    other_expiry = fields.Date("Kept there until", help="Empty: permanently, or not closed yet.")
    keep = fields.Boolean("Keep", default=True, readonly=True)


class DestructionSharing(models.Model):
    _inherit = "vanban.destruction"

    def _shared_items(self):
        """{item of a listed dossier: other dossier that stays and holds the same document}."""
        self.ensure_one()
        # safe: the archivist must see what other dossiers hold, whoever keeps them; only code and expiry are shown
        listed = self.sudo().line_ids.dossier_id
        items = listed.item_ids.filtered(lambda item: item.document_id and not item.destroyed_date)
        others = self.env["vanban.dossier.item"].sudo().search([  # safe: as above
            ("document_id", "in", items.document_id.ids), ("dossier_id", "not in", listed.ids), ("destroyed_date", "=", False),
            ("dossier_id.state", "!=", "destroyed"),
        ])
        by_document = others.grouped("document_id")
        shared = {}
        for item in items:
            other = by_document.get(item.document_id)
            if other:
                # the dossier that needs it longest decides
                shared[item] = other.dossier_id.sorted(
                    lambda dossier: (dossier.expiry_date is False, dossier.expiry_date or vietnam_time.today()), reverse=True
                )[0]
        return shared

    def _list_shared(self):
        """Write the list of ARC-13 anew."""
        self.ensure_one()
        self.sudo().shared_ids.unlink()  # safe: rows of this very list, made anew just below
        # safe: the list is the server's; see _shared_items
        self.env["vanban.destruction.shared"].sudo().create([
            {
                "destruction_id": self.id, "document_id": item.document_id.id, "code": item.code, "name": item.name,
                "dossier_id": item.dossier_id.id, "other_id": other.id, "other_code": other.code, "other_expiry": other.expiry_date,
            }
            for item, other in self._shared_items().items()
        ])  # fmt: skip
        self._log("shared", data=self.shared_ids.mapped("code"))

    def _guard_execute(self):
        """A hold, a recall or an open assignment on anything in the list stops the destruction."""
        dossiers = self.line_ids.dossier_id
        held = dossiers.filtered("legal_hold")
        if held:
            raise UserError(
                self.env._("“%(dossier)s” is on hold: %(reason)s", dossier=held[0].display_name, reason=held[0].hold_reason or "")
            )
        shared = self._shared_items()
        # safe: states only, of documents that are to be destroyed
        documents = dossiers.sudo().item_ids.filtered(lambda item: item not in shared).document_id
        recalled = documents.filtered(lambda document: document.state == "recall_requested")
        if recalled:
            raise UserError(self.env._("A recall of “%(document)s” is not settled yet.", document=recalled[0].display_name))
        open_assignment = self.env["vanban.assignment"].sudo().search(  # safe: existence only
            [("document_id", "in", documents.ids), ("state", "in", ("new", "received", "processing")), ("role", "!=", "inform")], limit=1
        )
        if open_assignment:
            raise UserError(
                self.env._("“%(document)s” still has an open assignment.", document=open_assignment.document_id.display_name)
            )
        if any(dossier.state not in ("expired", "in_destruction") for dossier in dossiers):
            raise UserError(self.env._("A dossier of the list is no longer expired; abort and propose again."))
