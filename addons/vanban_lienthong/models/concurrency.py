import logging
import secrets
import time

import psycopg2

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)
_TRIES = 5
# A unique index speaks when two workers wrote the same at the same moment: the second sees it when it looks again.
_AGAIN = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, psycopg2.errors.UniqueViolation)


def commit_step(env, step):
    """Run ``step()`` and commit; when another worker touched the same rows, roll back and do it again.

    For scheduled jobs only: ``step`` must have no effect outside the database.
    """
    for attempt in range(1, _TRIES + 1):
        try:
            result = step()
            env.flush_all()
            env.cr.commit()
            return result
        except _AGAIN:
            env.cr.rollback()
            env.invalidate_all(flush=False)
            if attempt == _TRIES:
                raise
            time.sleep(secrets.SystemRandom().uniform(0, 0.1 * 2 ** attempt))


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
