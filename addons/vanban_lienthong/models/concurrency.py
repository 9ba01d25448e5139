import secrets
import time

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_TRIES = 5


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
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            env.cr.rollback()
            env.invalidate_all(flush=False)
            if attempt == _TRIES:
                raise
            time.sleep(secrets.SystemRandom().uniform(0, 0.1 * 2 ** attempt))
