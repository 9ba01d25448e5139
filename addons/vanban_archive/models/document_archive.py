from odoo import models
from odoo.exceptions import AccessError, UserError

from .dossier_archive import KEPT


class Document(models.Model):
    """A document in an archived dossier is read-only for people (ARC-08, ARC-28); the flows of the server go on."""

    _inherit = "vanban.document"

    def _drafting_supervisors(self):
        """The archivist keeps the history of each document whole (HCM Đ16.7a)."""
        return [*super()._drafting_supervisors(), "vanban_archive.group_archivist"]

    def _in_archive(self):
        """Those of ``self`` that lie in a dossier of the archive."""
        # safe: existence only
        items = self.env["vanban.dossier.item"].sudo().search([
            ("document_id", "in", self.ids), ("dossier_id.state", "in", KEPT), ("destroyed_date", "=", False),
        ])
        return items.document_id & self.sudo()

    def write(self, vals):
        business = [name for name in vals if not name.startswith(("message_", "activity_"))]
        if business and not self.env.su:
            archived = self._in_archive()
            if archived:
                self._refuse_archived(archived[0], "write_archived")
        return super().write(vals)

    def _check_upload(self, role):
        # a new document lies in no dossier, which its memory knows
        if self.sudo().dossier_item_ids and self._in_archive():  # safe: existence only
            self._refuse_archived(self.sudo(), "upload")
        return super()._check_upload(role)

    def _check_transition(self, transition, comment):
        """A recall that comes after the hand-over changes nothing in the archive (requirements 5.1: any except filed in archived dossier)."""
        if transition.name == "recall_execute" and self._in_archive():
            raise UserError(self.env._(
                "“%(document)s” lies in a dossier of the electronic archive and is no longer cancelled here: "
                "refuse the sender's request and give this reason.", document=self.display_name,
            ))
        super()._check_transition(transition, comment)

    def _closed_to_changes(self):
        return self._message_archived() if self._in_archive() else super()._closed_to_changes()

    def _message_archived(self):
        return self.env._(
            "“%(document)s” is kept in the electronic archive: it can be read, but neither changed nor deleted.",
            document=self.display_name,
        )

    def _refuse_archived(self, document, action):
        message = document._message_archived()
        self._log_refused(action, message)
        raise AccessError(message)
