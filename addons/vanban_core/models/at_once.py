"""Work right after a commit, or at a moment soon, in a thread of this process: the scheduler may be busy with other jobs for seconds or
minutes, and looks for what has become due only once a minute.

The scheduled job runs every minute as well and remains what makes sure: whatever a thread does not finish, it does.
"""
import datetime
import logging
import threading
import time

from odoo import SUPERUSER_ID, api, fields
from odoo.http import request
from odoo.modules.registry import Registry
from odoo.service import server as service
from odoo.tools import config

_logger = logging.getLogger(__name__)
# What lies further away is the scheduler's.
_SOON = 120
# Seconds between two turns of a job: what comes in a stream is done several at a time, what comes alone at once.
_BREATH = 0.2
# Time for a server that comes up to take its first requests.
_AFTER_START = 3
# One thread for each database and job: True when it is wanted once more after the present turn.
_running = {}
# When the last turn of each ended.
_ended = {}
# One timer for each database and job, of the earliest moment.
_timers = {}
_lock = threading.Lock()


def _key(env, model, method, cron):
    """Where a server is at work: in a request or in one of its jobs; None elsewhere."""
    at_work = request or env.context.get("cron_id") or env.context.get("vanban_at_once")
    return (env.cr.dbname, model, method, cron) if at_work else None


def start(env, model, method, cron):
    """After the commit of ``env``, call ``method`` of ``model`` with a cursor of its own; many calls make one thread.

    :param cron: external id of the scheduled job that does the same work
    :return: whether a thread will do it; not inside the very job, nor where no server is at work
    """
    key = _key(env, model, method, cron)
    if not key or env.context.get(f"vanban_{method}"):
        return False
    postcommit = env.cr.postcommit
    if not postcommit.data.get(key):  # one for each transaction, however many ask
        postcommit.data[key] = True
        postcommit.add(lambda: _begin(key))
    return True


def start_at(env, model, method, cron, moment):
    """The same at a ``moment`` soon (UTC), after the commit of ``env``; the earliest moment counts."""
    key = _key(env, model, method, cron)
    seconds = (moment - fields.Datetime.now()).total_seconds()
    if key and seconds <= _SOON:
        env.cr.postcommit.add(lambda: _set_timer(key, moment, max(seconds, 0) + 0.1))


def at_start(registry, model, method, cron):
    """The same when a server has come up, for ``_register_hook``: what lay meanwhile need not wait for the scheduler's first minute.

    Not in the master of a server with several processes: it lends its connections to those it forks.
    """
    if isinstance(service.server, service.ThreadedServer) and config["http_enable"] and not config["stop_after_init"]:
        moment = fields.Datetime.now() + datetime.timedelta(seconds=_AFTER_START)
        _set_timer((registry.db_name, model, method, cron), moment, _AFTER_START)


def wake(env, model, method, cron, at=None):
    """Have the work done right after the commit, or at the moment ``at``: by a thread where one may be had, else by the scheduler."""
    if at:
        start_at(env, model, method, cron, at)
    if at or not start(env, model, method, cron):
        env.ref(cron)._trigger(at)


def _set_timer(key, moment, seconds):
    with _lock:
        known = _timers.get(key)
        if known and known[0] <= moment:
            return
        if known:
            known[1].cancel()
        timer = threading.Timer(seconds, _ring, (key, moment))
        timer.daemon = True
        _timers[key] = (moment, timer)
    try:
        timer.start()
    except RuntimeError:  # no thread to be had: the scheduled job does it
        with _lock:
            _timers.pop(key, None)


def _ring(key, moment):
    with _lock:
        if _timers.get(key, (None,))[0] == moment:
            del _timers[key]
    _begin(key)


def _begin(key):
    with _lock:
        if key in _running:
            _running[key] = True
            return
        _running[key] = False
    try:
        threading.Thread(target=_work, args=(key,), daemon=True, name=f"vanban-{key[2]}").start()
    except RuntimeError:
        with _lock:
            _running.pop(key, None)
        _logger.info("no thread for %s of %s", key[2], key[1])
        _leave_to_scheduler(key)


def _leave_to_scheduler(key):
    dbname, _model, _method, cron = key
    with Registry(dbname).cursor() as cr:
        api.Environment(cr, SUPERUSER_ID, {}).ref(cron)._trigger()


def _work(key):
    dbname, model, method, _cron = key
    while True:
        time.sleep(max(0, _ended.get(key, 0) + _BREATH - time.monotonic()))
        with _lock:
            _running[key] = False  # whatever was wanted until now is found by this turn
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
            try:
                _leave_to_scheduler(key)
            except Exception:
                _logger.info("%s of %s waits for the scheduler", method, model, exc_info=True)
        with _lock:
            _ended[key] = time.monotonic()
            if not _running[key]:
                del _running[key]
                return
