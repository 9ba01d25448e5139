"""Strangers are seen in the log, but cannot fill it."""
import time

from odoo.http import request

# A row a minute for each address, and no more than so many in a minute for all of them: addresses cost nothing.
PAUSE, ADDRESSES, ROWS = 60, 1000, 60
_told = {}
_minute = [0.0, 0]


def _first_of_minute(address):
    now = time.monotonic()
    if now - _told.get(address, -PAUSE) < PAUSE:
        return False
    if now - _minute[0] >= PAUSE:
        _minute[:] = now, 0
    if _minute[1] >= ROWS:
        return False
    if len(_told) >= ADDRESSES:
        _told.clear()
    _told[address] = now
    _minute[1] += 1
    return True


def forget():
    """Begin anew (tests)."""
    _told.clear()
    _minute[:] = 0.0, 0


def log_refused(model, action, reason):
    """One row of the log about a request that was refused, unless this address or everybody together had theirs this minute."""
    if _first_of_minute((action, request.httprequest.remote_addr)):
        # safe: the trace of a refused request
        request.env[model].sudo()._log_refused(action, reason)
