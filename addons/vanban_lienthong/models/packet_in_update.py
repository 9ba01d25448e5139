import tempfile
import unicodedata

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.vanban_core.tools import vietnam_time

from ..edxml import read_packet

# What an update may change here; number, symbol and identifier say which document it is and stay.
UPDATABLE = (
    "subject", "kind_id", "signer_name", "signer_position", "signer_capacity", "urgency", "reply_required", "reply_due_date",
    "external_due_date",
)  # fmt: skip
VIETNAM_DAY = "%d/%m/%Y"


class PacketInUpdate(models.Model):
    """An update (cập nhật) of a received document: shown field by field, merged only when the clerk agrees."""

    _inherit = "vanban.packet.in"

    changes = fields.Text("What would change", readonly=True)

    def _note_changes(self, packet, document):
        """Write down for the clerk what the update would change in ``document``."""
        lines = [f"{label}: {old or '–'} → {new or '–'}" for label, old, new in self._differences(packet, document)]
        lines += [self.env._("New file: %(name)s", name=attachment.name) for attachment in self._new_files(packet, document)]
        added, removed = self._receiver_changes(packet)
        if added or removed:
            lines.append(self.env._(
                "Recipients: added %(added)s; removed %(removed)s", added=", ".join(added) or "–", removed=", ".join(removed) or "–"))
        if removed & self._own_codes():
            lines.append(self.env._("This agency is no longer among the recipients."))
        self.changes = "\n".join(lines) or self.env._("Nothing differs from what is kept here.")

    def _new_values(self, packet):
        """Values of the update for the document; empty when it changes only the recipients."""
        if packet.business.document_info is False:
            return {}
        values = self._document_values(packet)
        return {name: values[name] for name in UPDATABLE if values[name] or name in ("reply_due_date", "external_due_date", "reply_required")}

    def _differences(self, packet, document):
        """[(label, old text, new text)] of the fields that would change."""
        found = []
        for name, value in self._new_values(packet).items():
            field = document._fields[name]
            old, new = document[name], field.convert_to_record(field.convert_to_cache(value, document), document)
            if self._plain(old) != self._plain(new):
                found.append((field._description_string(self.env), self._shown(field, old), self._shown(field, new)))
        return found

    @staticmethod
    def _plain(value):
        return unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else value or False

    def _shown(self, field, value):
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type == "many2one":
            return value.display_name or ""
        if field.type == "date":
            return value.strftime(VIETNAM_DAY) if value else ""
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        return value or ""

    def _new_files(self, packet, document):
        known = set(document.file_ids.mapped("sha256"))
        return [attachment for attachment in packet.attachments if attachment.sha256 not in known]

    @staticmethod
    def _receiver_changes(packet):
        """(codes added, codes removed)."""
        if not packet.business.document_receiver:
            return set(), set()
        codes = {0: set(), 1: set()}
        for receiver in packet.business.receivers:
            codes[0 if receiver.receiver_type == 0 else 1].add(receiver.organ_id.strip().upper())
        return codes[1], codes[0]

    def _own_codes(self):
        return {row.code for row in self.company_id.sudo().partner_id.vanban_code_ids}  # safe: own public codes

    def _merge_update(self, reason):
        """Take the update over into the document, its files and the remark of its line in the register.

        The bytes are read once more: nothing but what the sender signed goes into the document.
        """
        # safe: the clerk's right was checked by the transition that called this
        document = self.target_id.sudo()
        if reason_closed := document._closed_to_changes():
            raise UserError(reason_closed)
        with tempfile.TemporaryDirectory(prefix="vanban-read-") as folder, self._content_path() as path:
            packet = read_packet(path, folder, self._limits())
            differences = self._differences(packet, document)
            files = self._new_files(packet, document)
            document._write_fixed({**self._new_values(packet), **self._addressees(packet, document)})
            # The registered main file stays as it was received (NĐ 30/2020 Đ.22); what is new stands beside it.
            document._add_received(files, lambda _attachment: f"Cập nhật theo thông báo của cơ quan ban hành: {reason}"[:200])
        today = vietnam_time.now().strftime(VIETNAM_DAY)
        remark = f"Cập nhật ngày {today} theo thông báo của cơ quan ban hành: {packet.business.reason or reason}"
        document.write({"note": "\n".join(filter(None, (document.note, remark)))})
        document._log("update_accepted", comment=reason, data={
            "packet": self.id, "files": [attachment.name for attachment in files],
            "changed": [{"field": label, "old": old, "new": new} for label, old, new in differences]})
        workers = document.assignment_ids.filtered(lambda row: row.state not in ("done", "rejected", "stopped")).user_id
        document._notify(workers, self.env._("The sender has updated the document: %(changes)s", changes=self.changes or ""))

    def _addressees(self, packet, document):
        added, removed = self._receiver_changes(packet)
        codes = [code.strip() for code in (document.addressee_codes or "").split(",") if code.strip()]
        codes = [code for code in codes if code not in removed] + sorted(added - set(codes))
        return {"addressee_codes": ", ".join(codes)[:250] or False} if added or removed else {}
