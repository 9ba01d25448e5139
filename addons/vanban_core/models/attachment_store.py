import contextlib
import os
import uuid

from odoo import api, models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model
    def _file_write(self, bin_value, checksum):
        """As Odoo's own, but a file appears whole or not at all.

        Odoo opens the final name and then writes: a clerk who stores the same bytes at that moment finds half a file
        and is told of a collision.
        """
        if self._storage() != "file":
            return super()._file_write(bin_value, checksum)
        name, path = self._get_path(bin_value, checksum)
        if not os.path.exists(path):
            part = f"{path}.{uuid.uuid4().hex}"
            try:
                with open(part, "xb") as target:
                    target.write(bin_value)
                os.replace(part, path)
            except OSError:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(part)
                raise
            self._mark_for_gc(name)
        return name
