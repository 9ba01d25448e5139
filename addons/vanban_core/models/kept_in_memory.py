import logging
import threading
from functools import partial

from odoo import api, models

_logger = logging.getLogger(__name__)
# Seconds after which transactions that began before a change are over.
SETTLED = 2
_KEY = "vanban_core.kept_in_memory"
# One timer for each database, of the latest change.
_timers = {}
_lock = threading.Lock()


def forget(env):
    """Forget what is kept in memory now, right after the commit, and once more when older transactions are over.

    Those still read what was before the change, and would keep it in memory until the next one.
    """
    env.registry.clear_cache()
    postcommit = env.cr.postcommit
    if env.registry.ready and _KEY not in postcommit.data:
        postcommit.data[_KEY] = True
        postcommit.add(partial(_forget_again, env.registry))


def _forget_again(registry):
    registry.clear_cache()
    timer = threading.Timer(SETTLED, _settle, (registry,))
    timer.daemon = True
    with _lock:
        if earlier := _timers.pop(registry.db_name, None):
            earlier.cancel()
        _timers[registry.db_name] = timer
    try:
        timer.start()
    except RuntimeError:  # no thread to be had: it was forgotten twice
        _logger.info("no thread to forget once more what is kept in memory")


def _settle(registry):
    with _lock:
        _timers.pop(registry.db_name, None)
    try:
        registry.clear_cache()
        registry.signal_changes()
    except Exception:  # the database may be gone
        _logger.info("what is kept in memory was not forgotten once more", exc_info=True)


class KeptInMemory(models.AbstractModel):
    """Records that decide something kept in memory (``ormcache``, record rules): it is forgotten when one of them changes."""

    _name = "vanban.kept.in.memory"
    _description = "Record behind what is kept in memory"
    # fields that decide it; empty: all
    _decisive = frozenset()

    def _forget(self, *vals_list):
        if vals_list and (not self._decisive or any(vals.keys() & self._decisive for vals in vals_list)):
            forget(self.env)

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self._forget(*vals_list)
        return records

    def write(self, vals):
        result = super().write(vals)
        self._forget(vals)
        return result

    def unlink(self):
        result = super().unlink()
        forget(self.env)
        return result
