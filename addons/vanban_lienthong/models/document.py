from odoo import api, fields, models
from odoo.exceptions import UserError


class DocumentKind(models.Model):
    _inherit = "vanban.document.kind"

    no_interchange = fields.Boolean("Not sent through the network", help="Security, defence and other kinds excluded by the rules (LT-15).")


class Document(models.Model):
    """What a document knows of its interchange."""

    _inherit = "vanban.document"

    interchange_reference = fields.Boolean(
        "For information only (Để biết, tham khảo)",
        help="Sent without legal value; needed when it lacks the signatures of a person and of the agency.")
    packet_in_id = fields.Many2one("vanban.packet.in", "Received with", readonly=True, copy=False, ondelete="restrict", index="btree_not_null")
    packet_out_ids = fields.One2many("vanban.packet.out", "document_id", "Packets")
    delivery_ids = fields.One2many(
        "vanban.packet.out", "document_id", "Deliveries", domain=[("type", "=", "document")])
    packet_status_ids = fields.One2many("vanban.packet.status", "document_id", "Interchange statuses")
    packet_decision_ids = fields.One2many("vanban.packet.in", "target_id", "Requests of the sender")
    decision_open = fields.Boolean("The sender asks for something", compute="_compute_decision_open")
    delivery_count = fields.Integer("Electronic recipients", compute="_compute_delivery_count")

    def _compute_decision_open(self):
        rows = self.env["vanban.packet.in"].sudo()._read_group(  # safe: whether a decision is open, for readers of the document
            [("target_id", "in", self.ids), ("state", "=", "decision")], ["target_id"], ["__count"])
        asked = {document.id for document, _count in rows}
        for document in self:
            document.decision_open = document.id in asked

    def _compute_delivery_count(self):
        counts = dict(self.env["vanban.packet.out"]._read_group(
            [("document_id", "in", self.ids), ("type", "=", "document")], ["document_id"], ["__count"]))
        for document in self:
            document.delivery_count = counts.get(document, 0)

    def _check_upload(self, role):
        """What the sender signed is what is registered: it is not exchanged for another file (NĐ 30/2020 Đ.22)."""
        if role == "main" and self.packet_in_id and self.main_file_id:
            raise UserError(self.env._(
                "“%(document)s” came through the network: its main file stays as received. Add a file as an annex, or return the document.",
                document=self.display_name,
            ))
        return super()._check_upload(role)

    @api.model
    def _asked_at_registration(self):
        return (*super()._asked_at_registration(), "packet_in_id")

    def _notify_registry(self, note):
        """A to-do for the clerks of the agency, and for those who are at work on the document."""
        for document in self:
            document._notify(document.company_id._vanban_clerks()[:5], note)

    def _archive_forget(self, reason):
        """The archive destroys these documents: the bytes of their packets go, digests and courses stay."""
        super()._archive_forget(reason)
        # safe: called only by the confirmed destruction
        for model, field in (("vanban.packet", "document_id"), ("vanban.packet.in", "document_id")):
            packets = self.env[model].sudo().search([(field, "in", self.ids)])
            packets._forget_content(reason)

    def action_open_decision(self):
        self.ensure_one()
        packet = self.env["vanban.packet.in"].search([("target_id", "=", self.id), ("state", "=", "decision")], limit=1)
        return {
            "type": "ir.actions.act_window", "res_model": "vanban.packet.in", "res_id": packet.id, "view_mode": "form",
        }
