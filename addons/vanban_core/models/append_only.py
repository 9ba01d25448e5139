from odoo import models
from odoo.tools import SQL


class AppendOnly(models.AbstractModel):
    """Rows that are written once: besides the ORM a trigger refuses, to the table's owner as well."""

    _name = "vanban.append.only"
    _inherit = ["vanban.written.once"]
    _description = "Written once, held by the database"

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
