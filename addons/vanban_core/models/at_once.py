"""Work right after a commit, in a thread of this process: the scheduler may be busy with other jobs for seconds or minutes.

The scheduled job is triggered as well and remains what makes sure: whatever a thread does not finish, it does.
"""
import logging
import threading

from odoo import SUPERUSER_ID, api
from odoo.http import request
from odoo.modules.registry import Registry

_logger = logging.getLogger(__name__)
# One thread for each database and job: True when it is wanted once more after the present turn.
_running = {}
_lock = threading.Lock()


def start(env, model, method):
    """After the commit of ``env``, call ``method`` of ``model`` with a cursor of its own; many calls make one thread.

    Only where a server is at work, in a request or in one of its jobs, and not inside the very job.
    """
    at_work = request or env.context.get("cron_id") or env.context.get("vanban_at_once")
    if at_work and not env.context.get(f"vanban_{method}"):
        env.cr.postcommit.add(lambda key=(env.cr.dbname, model, method): _begin(key))


def _begin(key):
    with _lock:
        if key in _running:
            _running[key] = True
            return
        _running[key] = False
    try:
        threading.Thread(target=_work, args=(key,), daemon=True, name=f"vanban-{key[2]}").start()
    except RuntimeError:  # no thread to be had: the scheduled job does it
        with _lock:
            _running.pop(key, None)
        _logger.info("no thread for %s of %s", key[2], key[1])


def _work(key):
    dbname, model, method = key
    while True:
        try:
            registry = Registry(dbname).check_signaling()
            try:
                with registry.cursor() as cr:
                    getattr(api.Environment(cr, SUPERUSER_ID, {"vanban_at_once": True})[model], method)()
            finally:
                # batches were committed on the way: other workers hear what their caches must forget
                registry.signal_changes()
        except Exception:  # the scheduled job does the same work and reports what is wrong
            _logger.info("%s of %s right after the commit", method, model, exc_info=True)
        with _lock:
            if not _running.pop(key):
                return
            _running[key] = False
