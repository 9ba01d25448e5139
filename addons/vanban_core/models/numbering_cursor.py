from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED

from odoo.sql_db import Cursor


def read_committed(cr):
    """Put a fresh cursor into READ COMMITTED; must be called before its first statement.

    Odoo sets REPEATABLE READ again whenever a connection leaves the pool, so nothing leaks to the next user.
    Under REPEATABLE READ, clerks who wait for the same counter would fail instead of getting the next number.
    """
    if type(cr) is Cursor:  # in tests the cursor is the test's own, in its own transaction
        cr.connection.set_isolation_level(ISOLATION_LEVEL_READ_COMMITTED)
