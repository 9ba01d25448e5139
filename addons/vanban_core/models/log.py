import json

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError
from odoo.http import request
from odoo.tools import SQL, ormcache

from ..tools.log_chain import canonical_row

# rows that this transaction has still to write, kept with the cursor
_WAITING = "vanban_core.log"
_ROWS_AT_ONCE = 500
ROW_FIELDS = (
    "id", "date", "user_id", "user_name", "principal_name", "company_id", "model", "res_id", "document_id",
    "action", "outcome", "comment", "data", "remote_addr",
)  # fmt: skip


class LogMixin(models.AbstractModel):
    """Gives a model ``_log`` and ``_log_refused``; ``_log_document()`` says which document a row speaks of."""

    _name = "vanban.log.mixin"
    _description = "Log helper"

    @api.depends_context("uid")
    def _compute_display_name(self):
        super()._compute_display_name()
        self._hide_names()

    def _hide_names(self):
        """Odoo reads the names of relations with full rights, and any id can be put into a relation: show no stranger a name."""
        if not self.env.su or self.env.uid == SUPERUSER_ID:
            return
        saved = self.filtered("id")
        for record in saved - saved.sudo(False)._filtered_access("read").sudo():  # safe: the same records
            record.display_name = self.env._("(no right to read, %(id)s)", id=record.id)

    def _log_document(self):
        self.ensure_one()
        if self._name == "vanban.document":
            return self.id
        if "document_id" in self._fields and self._fields["document_id"].type == "many2one":
            return self.sudo().document_id.id or 0  # safe: only the id is read
        return 0

    def _log_company(self):
        self.ensure_one()
        if "company_id" in self._fields and self._fields["company_id"].type == "many2one":
            return self.sudo().company_id.id or self.env.company.id  # safe: only the id is read
        return self.env.company.id

    def _log(self, action, comment=None, data=None, principal=None):
        """Append one row per record, in the transaction of the act itself."""
        log = self.env["vanban.log"]
        return log._append([log._row(record, action, "done", comment, data, principal) for record in self or [self]])

    def _log_refused(self, action, reason):
        """Append one row per record in a transaction of its own: what was refused stays visible after the rollback."""
        log = self.env["vanban.log"]
        log._append([log._row(record, action, "refused", reason) for record in self.filtered("id") or [self.browse()]], apart=True)

    def unlink(self):
        """Nobody deletes records by mistake: an attempt without the right to it stays visible, too."""
        try:
            self.check_access("unlink")
        except AccessError as error:
            self._log_refused("delete", str(error))
            raise
        return super().unlink()


class Log(models.Model):
    """Append-only log of everything done, read or refused (TH Đ3.18; HCM Đ16.4a, Đ16.6d; QCVN 12:2026 §2.2.9).

    Users and documents are plain integers on purpose: a log row outlives what it speaks of.
    """

    _name = "vanban.log"
    _inherit = ["vanban.log.mixin"]
    _description = "Access and processing log"
    _order = "id desc"
    _log_access = False
    _rec_name = "action"

    date = fields.Datetime(required=True, index=True)
    user_id = fields.Integer("User id", index=True)
    user_name = fields.Char("User")
    principal_name = fields.Char("On behalf of")
    company_id = fields.Integer("Agency id", index=True)
    model = fields.Char()
    res_id = fields.Integer("Record id")
    document_id = fields.Integer("Document id", index=True)
    action = fields.Char(required=True, index=True)
    outcome = fields.Selection([("done", "Done"), ("refused", "Refused")], required=True)
    comment = fields.Text()
    data = fields.Text("Details")
    remote_addr = fields.Char("Network address")
    object_name = fields.Char("Object", compute="_compute_object_name")

    _record_index = models.Index("(model, res_id)")

    def init(self):
        # the trigger, not Odoo, is what makes the log append-only: it also holds for SQL as the table's owner
        self.env.cr.execute(SQL(
            """
            CREATE TABLE IF NOT EXISTS vanban_log_pending (log_id integer PRIMARY KEY);
            CREATE OR REPLACE FUNCTION vanban_log_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'Nhật ký chỉ được ghi thêm, không được sửa hoặc xóa (%%)', TG_TABLE_NAME
                    USING ERRCODE = 'insufficient_privilege';
            END $$;
            CREATE OR REPLACE FUNCTION vanban_log_queue() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO vanban_log_pending (log_id) VALUES (NEW.id);
                RETURN NEW;
            END $$;
            DROP TRIGGER IF EXISTS vanban_log_append_only ON vanban_log;
            CREATE TRIGGER vanban_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON vanban_log
                FOR EACH STATEMENT EXECUTE FUNCTION vanban_log_refuse();
            DROP TRIGGER IF EXISTS vanban_log_pending ON vanban_log;
            CREATE TRIGGER vanban_log_pending AFTER INSERT ON vanban_log
                FOR EACH ROW EXECUTE FUNCTION vanban_log_queue();
            """
        ))

    def _compute_object_name(self):
        described = self.env["ir.model"].sudo().search([("model", "in", self.mapped("model"))])  # safe: names of models only
        names = {model.model: model.name for model in described}
        for row in self:
            row.object_name = f"{names.get(row.model, row.model)} {row.res_id}" if row.res_id else names.get(row.model, row.model)

    @api.model_create_multi
    def create(self, vals_list):
        raise AccessError(self.env._("Log rows are written by the system alone."))

    def write(self, vals):
        raise AccessError(self._message_append_only("write_log"))

    def unlink(self):
        raise AccessError(self._message_append_only("delete_log"))

    def _message_append_only(self, action):
        message = self.env._("The log can only be added to: its rows can be neither changed nor deleted, by anybody.")
        self._append([self._row(self[:1], action, "refused", message)], apart=True)
        return message

    # ---------------------------------------------------------------- writing

    @api.model
    def _row(self, record, action, outcome="done", comment=None, data=None, principal=None):
        """Values of one row; author, time and address are the server's, never the client's."""
        return {
            "date": fields.Datetime.now(),
            "user_id": self.env.uid,
            "user_name": self._user_name(self.env.uid),
            "principal_name": principal.sudo().name if principal else False,  # safe: name of the principal only
            "company_id": record._log_company() if record else self.env.company.id,
            "model": record._name,
            "res_id": record.id or 0,
            "document_id": record._log_document() if record else 0,
            "action": action,
            "outcome": outcome,
            "comment": comment or False,
            "data": json.dumps(data, ensure_ascii=False, sort_keys=True, default=str) if data else False,
            "remote_addr": request.httprequest.remote_addr if request else False,
        }

    @api.model
    @ormcache("uid")
    def _user_name(self, uid):
        """Kept in memory until somebody's name changes: every row asks, and an account with its contact has very many columns."""
        return self.env["res.users"].sudo().browse(uid).name  # safe: own name

    @api.model
    def _note(self, record, action, data):
        """One row about a record of Odoo itself (account, unit): roles given, head changed."""
        row = self._row(self.browse(), action, data=data)
        self._append([{**row, "model": record._name, "res_id": record.id}])

    @api.model
    def _append(self, rows, apart=False):
        """Insert rows; ``apart`` uses a transaction of its own so that the rows survive a rollback.

        Reading happens on read-only cursors (possibly of a replica): what was read is logged apart, too.
        """
        if apart or self.env.cr.readonly:
            with self.env.registry.cursor() as cr:
                log = self.with_env(self.env(cr=cr, su=True))
                log._append(rows)
            return
        # Written before the next savepoint, query of the log or commit, with whatever was logged until then; what a rollback takes
        # back takes its rows along.
        precommit = self.env.cr.precommit
        if _WAITING not in precommit.data:
            precommit.data[_WAITING] = []
            precommit.add(self._write_waiting)
        precommit.data[_WAITING] += rows
        self.env["vanban.log.seal"]._schedule()

    @api.model
    def _write_waiting(self):
        """Insert the rows that this transaction has logged so far."""
        rows = self.env.cr.precommit.data.pop(_WAITING, None)
        if not rows:
            return
        # plain INSERT: several rows belong to every act, and no user has the right to create them through the ORM
        columns = SQL(", ").join(SQL.identifier(name) for name in ROW_FIELDS[1:])
        for first in range(0, len(rows), _ROWS_AT_ONCE):
            # a tuple is written as “(…, …)” by the driver itself: no object of its own for every value
            values = SQL(", ").join(
                SQL("%s", tuple(row[name] or None for name in ROW_FIELDS[1:])) for row in rows[first : first + _ROWS_AT_ONCE]
            )
            self.env.execute_query(SQL("INSERT INTO vanban_log (%s) VALUES %s RETURNING id", columns, values))

    # ---------------------------------------------------------------- reading

    @api.model
    def _search(self, domain, *args, **kwargs):
        self._write_waiting()
        return super()._search(domain, *args, **kwargs)

    @api.model
    def _canonical(self, rows):
        """[(log id, canonical bytes)] for raw SQL tuples in the order of ROW_FIELDS."""
        return [(row[0], canonical_row(dict(zip(ROW_FIELDS, row, strict=True)))) for row in rows]

    @api.model
    def _export_jsonl(self, domain=None):
        """Return the sealed log as JSON lines (bytes), in the order of the chain, checkable by ``tools.log_chain``.

        With a domain the chain is complete all the same: rows outside the domain show only their digest.
        """
        return self.env["vanban.log.seal"]._export_jsonl(domain)

    @api.model
    def action_check_chain(self):
        """Check the whole chain against the rows; returns a message. Also callable by auditors through RPC."""
        if not self.env.su and not self.env.user.has_groups(
            "vanban_core.group_auditor,vanban_core.group_leader,vanban_core.group_office_chief"
        ):
            raise AccessError(self.env._("The log is checked by auditors, leaders and the Chief of Office."))
        return self.env["vanban.log.seal"].action_check()
