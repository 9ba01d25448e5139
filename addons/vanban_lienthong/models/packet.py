from odoo import fields, models

from ..edxml import names

BUSINESS = [
    (str(names.NEW), "New document"),
    (str(names.REVOKE), "Recall"),
    (str(names.UPDATE), "Update"),
    (str(names.REPLACE), "Replacement"),
]
STATUS = [
    (names.ARRIVED, "Arrived"),
    (names.REJECTED, "Refused"),
    (names.ACCEPTED, "Accepted"),
    (names.ASSIGNED, "Assigned"),
    (names.PROCESSING, "Being processed"),
    (names.COMPLETED, "Completed"),
    (names.TAKE_BACK, "Asked back"),
    (names.AGREED, "Recall carried out"),
    (names.REFUSED, "Recall refused"),
]


class Packet(models.Model):
    """A packet that we wrote: one set of bytes, whatever the number of recipients and attempts."""

    _name = "vanban.packet"
    _description = "Interchange packet"
    _inherit = ["vanban.packet.content"]
    _order = "id desc"
    _rec_name = "document_code"

    company_id = fields.Many2one("res.company", "Agency", required=True, readonly=True, index=True)
    document_id = fields.Many2one("vanban.document", "Document", readonly=True, ondelete="restrict", index=True)
    document_code = fields.Char("Document identifier", readonly=True)
    type = fields.Selection([("document", "Document"), ("status", "Status")], required=True, readonly=True)
    business_type = fields.Selection(BUSINESS, "Business", readonly=True)
    status_code = fields.Selection(STATUS, "Status reported", readonly=True)
    out_ids = fields.One2many("vanban.packet.out", "packet_id", "Deliveries")
