from odoo import models


class Document(models.Model):
    """What the interchange knows of a document belongs to its metadata: packets and the statuses reported both ways."""

    _inherit = "vanban.document"

    def _metadata_relations(self):
        group = super()._metadata_relations()
        document = self.sudo()  # safe: reading right to the document was checked; codes and names of agencies only
        if document.packet_in_id:
            group["rows"].append({
                "relation": self.env._("Received with packet"), "way": "←", "document": document.packet_in_id.display_name,
            })
        group["rows"] += [
            {"relation": self.env._("Sent to"), "way": "→", "document": row.recipient_name} for row in document.delivery_ids
        ]
        return group

    def _metadata_history(self):
        group = super()._metadata_history()
        statuses = self.env["vanban.packet.status"]
        ways, codes = (dict(statuses._fields[name]._description_selection(self.env)) for name in ("direction", "code"))
        group["rows"] += [
            {
                "date": self._moment(row.date), "action": f"{ways[row.direction]}: {codes[row.code]}",
                "user": row.person or row.partner_id.name, "comment": row.description or None,
            }
            for row in self.sudo().packet_status_ids  # safe: as above
        ]
        group["rows"].sort(key=lambda row: row["date"])
        return group
