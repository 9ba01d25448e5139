import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools import vietnam_time

# only code that holds this object may add a row
NOTE_TOKEN = object()


class MetadataNote(models.Model):
    """Metadata added later to a document or dossier: with author and time, never changed or removed (HCM Đ3.4, Đ16.7c, Đ16.7đ)."""

    _name = "vanban.metadata.note"
    _inherit = ["vanban.log.mixin"]
    _description = "Supplementary metadata"
    _order = "id"

    document_id = fields.Many2one("vanban.document", "Document", readonly=True, ondelete="restrict", index="btree_not_null")
    dossier_id = fields.Many2one("vanban.dossier", "Dossier", readonly=True, ondelete="restrict", index="btree_not_null")
    name = fields.Char("Kind of data", required=True, readonly=True)
    value = fields.Text("Content", required=True, readonly=True)
    author_id = fields.Many2one("res.users", "Added by", required=True, readonly=True, ondelete="restrict")
    date = fields.Datetime("Added on", required=True, readonly=True)

    _of_one = models.Constraint(
        "CHECK((document_id IS NULL) <> (dossier_id IS NULL))", "Supplementary metadata belong to one document or one dossier."
    )

    def init(self):
        # also for SQL as the table's owner, as with the log
        self.env.cr.execute(SQL(
            """
            DROP TRIGGER IF EXISTS vanban_metadata_note_append_only ON vanban_metadata_note;
            CREATE TRIGGER vanban_metadata_note_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON vanban_metadata_note
                FOR EACH STATEMENT EXECUTE FUNCTION vanban_log_refuse();
            """
        ))

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("vanban_note") is not NOTE_TOKEN:
            raise AccessError(self.env._("Metadata are added with the button of the document or dossier."))
        return super().create(vals_list)

    def write(self, vals):
        self._refuse("write_metadata")

    def unlink(self):
        self._refuse("delete_metadata")

    def _refuse(self, action):
        message = self.env._("Metadata stay with their document or dossier as they are: add a further note instead.")
        self._log_refused(action, message)
        raise AccessError(message)


class MetadataMixin(models.AbstractModel):
    """What documents and dossiers have in common: show, export and supplement metadata; refusals are logged."""

    _name = "vanban.metadata.mixin"
    _description = "Metadata"

    def _check_metadata_access(self):
        try:
            self.check_access("read")
        except AccessError as error:
            self._log_refused("metadata", str(error))
            raise

    def _may_add_metadata(self):
        """Whether the current user, who may read the record, may add to its metadata; other addons extend."""
        self.ensure_one()
        return self.env.user.has_groups("vanban_core.group_clerk,vanban_core.group_office_chief")

    def add_metadata(self, name, value):
        """Add a note-type metadata with author and time; everything else stays as it is.

        :return: id of the new ``vanban.metadata.note``
        """
        self.ensure_one()
        self._check_metadata_access()
        if not self._may_add_metadata():
            message = self.env._("Metadata are added by those who handle the record, the clerk or the archivist.")
            self._log_refused("add_metadata", message)
            raise AccessError(message)
        if not (name or "").strip() or not (value or "").strip():
            raise UserError(self.env._("Give the kind of data and its content."))
        field = "document_id" if self._name == "vanban.document" else "dossier_id"
        # safe: right just checked
        note = self.env["vanban.metadata.note"].sudo().with_context(vanban_note=NOTE_TOKEN).create([{
            field: self.id, "name": name.strip(), "value": value.strip(), "author_id": self.env.uid, "date": fields.Datetime.now(),
        }])
        self._log("add_metadata", comment=name, data={"value": value})
        return note.id

    @api.model
    def _moment(self, date):
        """Time of Vietnam in ISO 8601, ``2026-11-21T18:11:14+07:00``; None without a date."""
        return date.replace(tzinfo=datetime.UTC).astimezone(vietnam_time.VIETNAM).isoformat(timespec="seconds") if date else None

    def _supplement(self):
        """Rows of the supplementary metadata."""
        return [
            {"name": note.name, "value": note.value, "author": note.author_id.name, "date": self._moment(note.date)}
            for note in self.sudo().metadata_note_ids  # safe: reading right to the record was checked
        ]

    def action_metadata(self):
        """Show all metadata of the record."""
        self.ensure_one()
        self._check_metadata_access()
        return {
            "type": "ir.actions.act_window", "name": self.env._("Metadata"), "res_model": "vanban.metadata.view", "view_mode": "form",
            "target": "new", "context": {"default_model": self._name, "default_res_id": self.id, "dialog_size": "extra-large"},
        }
