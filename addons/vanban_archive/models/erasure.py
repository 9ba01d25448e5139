import logging
import os

from odoo import api, fields, models

_logger = logging.getLogger(__name__)
CHUNK = 1024 * 1024


class Erasure(models.Model):
    """Bytes on disk that a destruction has released: overwritten and removed after the commit, retried until it is done.

    Odoo's own collector would leave them until its next run; a destruction is irrecoverable at once (ARC-16).
    """

    _name = "vanban.erasure"
    _description = "Bytes to erase"
    _order = "id"

    store_fname = fields.Char(required=True, index=True)
    sha256 = fields.Char("SHA-256")
    destruction_id = fields.Many2one("vanban.destruction", required=True, ondelete="restrict", index=True)
    erased_date = fields.Datetime("Erased on", readonly=True)

    @api.model
    def _plan(self, attachments, destruction, sha256=None):
        """Note the stored bytes of attachments that are about to be deleted."""
        # safe: rows of the destruction itself; nothing is decided here
        return self.sudo().create([
            {"store_fname": attachment.store_fname, "destruction_id": destruction.id, "sha256": sha256}
            for attachment in attachments
            if attachment.store_fname
        ])

    @api.model
    def _run_after_commit(self):
        """Erase right after the commit of the destruction; whatever fails is left to the scheduled action."""
        registry, uid = self.env.registry, self.env.uid

        def erase():
            with registry.cursor() as cr:
                api.Environment(cr, uid, {})["vanban.erasure"].sudo()._erase_pending()  # safe: only planned rows are erased

        self.env.cr.postcommit.add(erase)

    @api.model
    def _cron_erase(self):
        self._erase_pending()

    @api.model
    def _erase_pending(self):
        rows = self.search([("erased_date", "=", False)])
        if not rows:
            return
        # as Odoo's own collector: no attachment may come to use the same bytes while they are looked at
        self.env.cr.execute("LOCK ir_attachment IN SHARE MODE")
        attachment = self.env["ir.attachment"].sudo()  # safe: only asks whether the bytes are still used
        used = set(attachment.search([
            ("store_fname", "in", rows.mapped("store_fname")), "|", ("res_field", "=", False), ("res_field", "!=", False),
        ]).mapped("store_fname"))
        for row in rows:
            # the same bytes may belong to another document: then only the reference is gone, as it must be
            if row.store_fname not in used and not self._erase_file(attachment._full_path(row.store_fname)):
                continue
            row.erased_date = fields.Datetime.now()

    @api.model
    def _erase_file(self, path):
        try:
            status = os.stat(path)
            # a hard link means that somebody else holds the same file (a copy of the store): never write into that
            if status.st_nlink == 1:
                with open(path, "r+b", buffering=0) as stream:
                    left = status.st_size
                    while left > 0:
                        left -= stream.write(bytes(min(CHUNK, left)))
                    os.fsync(stream.fileno())
            os.unlink(path)
        except FileNotFoundError:
            return True
        except OSError as error:
            _logger.info("erasure of %s is tried again later: %s", path, error)
            return False
        return True
