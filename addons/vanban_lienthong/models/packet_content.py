import hashlib
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import AccessError

# Only code that holds this object may store the bytes of a packet.
PACKET_TOKEN = object()
_CHUNK = 256 * 1024
# Odoo's own file store and the core's way of writing into it.
_FILE_STORES = ("odoo.addons.base.", "odoo.addons.vanban_core.")
_FIXED = frozenset({"content", "sha256", "size"})


class PacketContent(models.AbstractModel):
    """Bytes of a packet: stored once as they came or went, never changed; streamed, whatever their size."""

    _name = "vanban.packet.content"
    _description = "Bytes of a packet"

    content = fields.Binary("Packet", attachment=True, copy=False)
    sha256 = fields.Char("SHA-256", required=True, readonly=True, index=True)
    size = fields.Integer("Size (bytes)", required=True, readonly=True)

    def write(self, vals):
        if vals.keys() & _FIXED and self.env.context.get("vanban_packet") is not PACKET_TOKEN:
            raise AccessError(self.env._("The bytes of an interchange packet are evidence and cannot be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("An interchange packet cannot be deleted: it is evidence of sending or receiving."))

    @api.model
    def _spool(self, stream, limit):
        """Copy the binary ``stream`` to a temporary file on disk.

        :return: (path, size, SHA-256); the caller removes the file
        :raise OverflowError: more than ``limit`` bytes
        """
        digest, size = hashlib.sha256(), 0
        handle, path = tempfile.mkstemp(prefix="vanban-packet-")
        try:
            with os.fdopen(handle, "wb") as target:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    if size > limit:
                        raise OverflowError(limit)
                    digest.update(chunk)
                    target.write(chunk)
        except BaseException:
            Path(path).unlink(missing_ok=True)
            raise
        return path, size, digest.hexdigest()

    def _store_content(self, path, name):
        """Keep the file at ``path`` as this record's bytes, flushed to disk before the transaction commits."""
        self.ensure_one()
        self._store_contents([path], name)

    def _store_contents(self, paths, name):
        """The same for several records, each with the file at its place in ``paths``."""
        # safe: the records were just made by the flow; their bytes are reached only through their own access rules
        attachments = self.env["ir.attachment"].sudo().with_context(vanban_packet=PACKET_TOKEN)
        vals_list = [
            {"name": name, "res_model": self._name, "res_field": "content", "res_id": record.id, "type": "binary", "mimetype": "application/xml"}
            for record in self]
        if not self._plain_filestore(attachments):
            for path, values in zip(paths, vals_list, strict=True):
                with open(path, "rb") as stream:
                    attachments.create({**values, "raw": stream.read()})
            return
        # Rows before files: a row holds the collector of garbage off, which would take a file that no row names yet.
        for attachment, path in zip(attachments.create(vals_list), paths, strict=True):
            checksum, size = self._sha1(path)
            store_name = f"{checksum[:2]}/{checksum}"
            self._copy_durably(path, Path(attachments._full_path(store_name)))
            # It removes the file if this transaction does not commit.
            attachments._mark_for_gc(store_name)
            # These columns are written by the file store alone; ir.attachment.write() drops them on purpose.
            models.BaseModel.write(attachment, {"store_fname": store_name, "checksum": checksum, "file_size": size, "db_datas": False})
        self.invalidate_recordset(["content"])

    @api.model
    def _plain_filestore(self, attachments):
        """Whether Odoo's own file store is in use (an addon may put another storage in its place)."""
        return attachments._storage() == "file" and type(attachments)._file_write.__module__.startswith(_FILE_STORES)

    @api.model
    def _sha1(self, path):
        digest, size = hashlib.sha1(usedforsecurity=False), 0
        with open(path, "rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
        return digest.hexdigest(), size

    @api.model
    def _copy_durably(self, source, target):
        if target.exists():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as output, open(source, "rb") as stream:
                shutil.copyfileobj(stream, output, _CHUNK)
                output.flush()
                os.fsync(output.fileno())
            os.chmod(temporary, 0o644)
            os.replace(temporary, target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    @contextmanager
    def _content_path(self):
        """Path of a file with the bytes, for streaming; valid inside the ``with`` block."""
        self.ensure_one()
        # safe: callers hold the record itself
        attachment = self.env["ir.attachment"].sudo().search(
            [("res_model", "=", self._name), ("res_field", "=", "content"), ("res_id", "=", self.id)], limit=1)
        if attachment.store_fname and self._plain_filestore(attachment):
            yield attachment._full_path(attachment.store_fname)
            return
        with tempfile.NamedTemporaryFile(prefix="vanban-packet-") as spool:
            spool.write(attachment.raw or b"")
            spool.flush()
            yield spool.name

    def _forget_content(self, reason):
        """Remove the bytes for good, keep digest and size (destruction in the archive only)."""
        # safe: reached only from the confirmed destruction
        attachments = self.env["ir.attachment"].sudo().with_context(vanban_packet=PACKET_TOKEN).search(
            [("res_model", "=", self._name), ("res_field", "=", "content"), ("res_id", "in", self.ids)])
        if "vanban.erasure" in self.env:
            # With the archive installed the bytes go at once, not at the collector's next run.
            destruction = self.env["vanban.destruction"].sudo().search([("name", "=", reason)], limit=1)  # safe: as above
            if destruction:
                self.env["vanban.erasure"]._plan(attachments, destruction)
        attachments.unlink()
        self.invalidate_recordset(["content"])
        self.env["vanban.log"]._log("forget_packets", comment=reason, data={"model": self._name, "ids": self.ids})

    def action_download(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/content/{self._name}-{self.id}.edxml?download=true",
            "target": "self",
        }


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _vanban_guard_packets(self, vals_list=()):
        if self.env.context.get("vanban_packet") is PACKET_TOKEN:
            return
        models_of = {*self.mapped("res_model"), *(vals.get("res_model") for vals in vals_list)}
        if models_of & {"vanban.packet", "vanban.packet.in", "vanban.hub.packet"}:
            raise AccessError(self.env._("The bytes of an interchange packet are evidence and cannot be changed."))

    @api.model_create_multi
    def create(self, vals_list):
        self.browse()._vanban_guard_packets(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self.sudo()._vanban_guard_packets([vals])  # safe: reads only what the attachment belongs to
        return super().write(vals)

    def unlink(self):
        self.sudo()._vanban_guard_packets()  # safe: reads only what the attachment belongs to
        return super().unlink()
