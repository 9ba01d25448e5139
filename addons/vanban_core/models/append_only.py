from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL


class AppendOnly(models.AbstractModel):
    """Rows that are written once: the ORM refuses with words, a trigger refuses to everybody, the table's owner included."""

    _name = "vanban.append.only"
    _inherit = ["vanban.log.mixin"]
    _description = "Written once"
    # columns that the flow may fill later, once
    _fill_once = ()

    def init(self):
        super().init()
        if self._abstract or not self._auto:
            return
        fixed = [
            name for name, field in self._fields.items()
            if field.store and field.column_type and name not in self._fill_once and name not in models.MAGIC_COLUMNS
        ] + ["id"]
        table, name = SQL.identifier(self._table), f"{self._table}_append_only"
        changed = SQL(" OR ").join(SQL("NEW.%s IS DISTINCT FROM OLD.%s", SQL.identifier(col), SQL.identifier(col)) for col in fixed)
        again = SQL("").join(
            SQL(" OR (OLD.%s IS NOT NULL AND NEW.%s IS DISTINCT FROM OLD.%s)", *([SQL.identifier(col)] * 3)) for col in self._fill_once
        )
        function, trigger = SQL.identifier(name), SQL.identifier(f"{name}_rows")
        self.env.cr.execute(SQL(
            """
            CREATE OR REPLACE FUNCTION %(function)s() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'UPDATE' AND NOT (%(changed)s%(again)s) THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION 'Dòng đã ghi không được sửa hoặc xóa (%%)', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
            END $$;
            DROP TRIGGER IF EXISTS %(trigger)s ON %(table)s;
            CREATE TRIGGER %(trigger)s BEFORE UPDATE OR DELETE ON %(table)s FOR EACH ROW EXECUTE FUNCTION %(function)s();
            """,
            function=function, changed=changed, again=again, trigger=trigger, table=table,
        ))

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._refuse_change("create")
        return super().create(vals_list)

    def write(self, vals):
        if not (self.env.su and vals.keys() <= set(self._fill_once)):
            self._refuse_change("write")
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse_change("delete")

    def _refuse_change(self, action):
        name = self[:1].sudo().display_name or self._description  # safe: a name in a refusal to whoever already has the record
        message = self.env._("“%(record)s” is kept as it was written: nobody changes or deletes it.", record=name)
        self._log_refused(action, message)
        raise AccessError(message)
