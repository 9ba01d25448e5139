import json
import logging
import time

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.modules.registry import Registry
from odoo.tools import SQL

from ..tools.log_chain import GENESIS, chain, check_lines, row_digest
from .log import ROW_FIELDS
from .numbering_cursor import read_committed

_logger = logging.getLogger(__name__)
BATCH = 2000
LINKS_AT_ONCE = 500
SECONDS_BETWEEN_SEALS = 1.0
_last_seal = {}


class LogSeal(models.Model):
    """The chain over the log, one link for each committed row, written after the commit so that no business transaction waits."""

    _name = "vanban.log.seal"
    _description = "Log chain"
    _order = "id"
    _log_access = False
    _rec_name = "digest"

    sequence = fields.Integer(required=True)
    log_id = fields.Integer(required=True)
    previous = fields.Char(required=True)
    digest = fields.Char(required=True)

    _sequence_unique = models.Constraint("UNIQUE(sequence)", "A link of the chain exists only once.")
    _log_unique = models.Constraint("UNIQUE(log_id)", "A log row is sealed only once.")

    def init(self):
        self.env.cr.execute(SQL(
            """
            DROP TRIGGER IF EXISTS vanban_log_seal_append_only ON vanban_log_seal;
            CREATE TRIGGER vanban_log_seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON vanban_log_seal
                FOR EACH STATEMENT EXECUTE FUNCTION vanban_log_refuse();
            """
        ))

    def write(self, vals):
        raise AccessError(self.env["vanban.log"]._message_append_only("write_log"))

    def unlink(self):
        raise AccessError(self.env["vanban.log"]._message_append_only("delete_log"))

    @api.model
    def _schedule(self):
        """Seal after the commit of the present transaction, at most once a second per process (the scheduled action does the rest)."""
        postcommit = self.env.cr.postcommit
        if postcommit.data.get("vanban_seal"):
            return
        postcommit.data["vanban_seal"] = True
        dbname = self.env.cr.dbname

        def seal():
            now = time.monotonic()
            if now - _last_seal.get(dbname, 0.0) < SECONDS_BETWEEN_SEALS:
                return
            _last_seal[dbname] = now
            try:
                with Registry(dbname).cursor() as cr:
                    read_committed(cr)
                    api.Environment(cr, 1, {})["vanban.log.seal"]._seal_pending()
            except Exception:  # the act itself is committed; the scheduled action seals later
                _logger.info("log sealing postponed", exc_info=True)

        postcommit.add(seal)

    @api.model
    def _cron_seal(self):
        """Scheduled action: seal whatever is pending, in batches."""
        while True:
            with self.env.registry.cursor() as cr:
                read_committed(cr)
                done = api.Environment(cr, self.env.uid, {})["vanban.log.seal"]._seal_pending()
            if done < BATCH:
                return

    @api.model
    def _seal_pending(self, limit=BATCH):
        """Add links for pending rows; returns how many. One sealer at a time, the others leave it to him."""
        self.env["vanban.log"]._write_waiting()
        if not self.env.execute_query(SQL("SELECT pg_try_advisory_xact_lock(hashtext('vanban_log_seal'))"))[0][0]:
            return 0
        pending = [row[0] for row in self.env.execute_query(SQL(
            "DELETE FROM vanban_log_pending WHERE log_id IN"
            " (SELECT log_id FROM vanban_log_pending ORDER BY log_id LIMIT %s) RETURNING log_id", limit,
        ))]
        if not pending:
            return 0
        last = self.env.execute_query(SQL("SELECT sequence, digest FROM vanban_log_seal ORDER BY sequence DESC LIMIT 1"))
        sequence, previous = last[0] if last else (0, GENESIS)
        links = []
        for log_id, content in self.env["vanban.log"]._canonical(self._rows(sorted(pending))):
            sequence += 1
            digest = chain(previous, row_digest(content))
            links.append(SQL("(%s, %s, %s, %s)", sequence, log_id, previous, digest))
            previous = digest
        # plain INSERT, as the rows themselves: it runs once a second beside the work of people
        for first in range(0, len(links), LINKS_AT_ONCE):
            values = SQL(", ").join(links[first : first + LINKS_AT_ONCE])
            self.env.execute_query(SQL("INSERT INTO vanban_log_seal (sequence, log_id, previous, digest) VALUES %s RETURNING id", values))
        return len(links)

    @api.model
    def _rows(self, log_ids):
        columns = SQL(", ").join(SQL.identifier(name) for name in ROW_FIELDS)
        return self.env.execute_query(SQL("SELECT %s FROM vanban_log WHERE id IN %s ORDER BY id", columns, tuple(log_ids)))

    @api.model
    def _lines(self, log_ids=None):
        """Yield the JSON lines of the sealed chain; rows outside ``log_ids`` (None: all) show only their digest."""
        last = 0
        while True:
            links = self.search([("sequence", ">", last)], order="sequence", limit=BATCH)
            if not links:
                return
            rows = dict(self.env["vanban.log"]._canonical(self._rows(links.mapped("log_id"))))
            for link in links:
                content = rows.get(link.log_id)
                entry = {"sequence": link.sequence, "digest": link.digest}
                if content is None:
                    entry["row_digest"] = ""  # the row itself is gone: the chain breaks here, as it must
                elif log_ids is None or link.log_id in log_ids:
                    entry["row"] = json.loads(content)
                else:
                    entry["row_digest"] = row_digest(content)
                yield json.dumps(entry, ensure_ascii=False, sort_keys=True)
            last = links[-1].sequence
            links.invalidate_recordset()

    @api.model
    def _export_jsonl(self, domain=None):
        # safe: callers are the auditor's export and the archive, both checked before; links hold digests only
        sudo = self.sudo()
        sudo._seal_pending(limit=10**9)
        log_ids = set(self.env["vanban.log"].search(domain).ids) if domain else None
        return "".join(line + "\n" for line in sudo._lines(log_ids)).encode()

    @api.model
    def action_check(self):
        """Check the chain in the database; returns the Vietnamese result line."""
        self.env["vanban.log"].check_access("read")
        sudo = self.sudo()  # safe: reading right to the log was checked; the chain holds digests only
        sudo._seal_pending(limit=10**9)
        return check_lines(sudo._lines()).message
