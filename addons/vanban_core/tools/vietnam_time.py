"""Vietnam's clock, whatever the time zones of the server, of a scheduled action or of a traveller's account.

Moments are kept as naive UTC ``datetime``, as Odoo does; days, deadlines and everything printed are Vietnam's: a book
begins anew on 1 January there, seven hours before the server's day changes.
"""

import datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def now():
    """Naive Vietnamese time, whole seconds."""
    return datetime.datetime.now(VIETNAM).replace(microsecond=0, tzinfo=None)


def today():
    """The date in Vietnam."""
    return now().date()


def to_local(moment):
    """Naive UTC → naive Vietnamese time."""
    return moment.replace(tzinfo=datetime.UTC).astimezone(VIETNAM).replace(tzinfo=None)


def to_utc(moment):
    """Naive Vietnamese time → naive UTC."""
    return moment.replace(tzinfo=VIETNAM).astimezone(datetime.UTC).replace(tzinfo=None)


def day(moment):
    """Vietnam's calendar date of a naive UTC datetime."""
    return to_local(moment).date()


def text(moment):
    """Naive UTC → ``dd/mm/yyyy hh:mm`` of Vietnam; empty without a moment."""
    return f"{to_local(moment):%d/%m/%Y %H:%M}" if moment else ""
