import logging
import secrets
import time
from contextlib import contextmanager

import psycopg2

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.sql_db import db_connect

_logger = logging.getLogger(__name__)
_TRIES = 5
# A unique index speaks when two workers wrote the same at the same moment: the second sees it when it looks again.
_AGAIN = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, psycopg2.errors.UniqueViolation)


def commit_step(env, step):
    """Run ``step()`` and commit; when another worker touched the same rows, roll back and do it again.

    For scheduled jobs only: ``step`` must have no effect outside the database.
    """
    def step_and_commit():
        result = step()
        env.flush_all()
        env.cr.commit()
        return result

    return repeat_step(env, step_and_commit)


def repeat_step(env, step):
    """The same without the commit: for what begins a transaction."""
    for attempt in range(1, _TRIES + 1):
        try:
            return step()
        except _AGAIN:
            env.cr.rollback()
            env.invalidate_all(flush=False)
            if attempt == _TRIES:
                raise
            time.sleep(secrets.SystemRandom().uniform(0, 0.1 * 2 ** attempt))
    raise AssertionError("unreachable")


def keep_apart(record, work, failed, message):
    """``work()``; when the program itself fails on ``record``, undo, log ``message`` (with its id) and take the step ``failed()`` instead.

    One packet that nobody foresaw keeps no other from going on. Errors of the database are raised: they are not the packet's.
    """
    env = record.env
    try:
        return work()
    except (psycopg2.OperationalError, psycopg2.InterfaceError):
        raise
    except Exception:
        env.cr.rollback()
        env.invalidate_all(flush=False)
        _logger.exception(message, record.id)
        return commit_step(env, failed)


@contextmanager
def only_one(env, name):
    """True inside for one worker of all hosts, False for the others; ``name`` says what it is that only one may do.

    The lock lives in a connection of its own: the work inside commits as it likes, and a process that dies lets go of it.
    """
    with db_connect(env.cr.dbname).cursor() as cr:
        cr.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        [(mine,)] = cr.fetchall()
        cr.commit()  # pylint: disable=invalid-commit  # no snapshot is held while others work
        try:
            yield mine
        finally:
            if mine:
                cr.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])
