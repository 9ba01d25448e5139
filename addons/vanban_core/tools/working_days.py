"""Working-day arithmetic on plain dates.

``holidays`` are days off and ``workdays`` make-up days (usually Saturdays) worked instead; both are sets of
``datetime.date``. A make-up day wins over a weekend, a holiday wins over Monday to Friday.
Bộ luật Dân sự 2015, Điều 147–148: the first day is not counted; a term that ends on a day off ends on the next
working day.
"""

import datetime

_DAY = datetime.timedelta(days=1)
_LIMIT = 366 * 20  # a table that makes every day a holiday must not loop for ever


def is_working(date, holidays=frozenset(), workdays=frozenset()):
    """Whether the office works on ``date``."""
    if date in workdays:
        return True
    return date.weekday() < 5 and date not in holidays


def next_working(date, holidays=frozenset(), workdays=frozenset()):
    """``date`` itself when it is a working day, else the first one after it."""
    for _step in range(_LIMIT):
        if is_working(date, holidays, workdays):
            return date
        date += _DAY
    raise ValueError("Bảng ngày nghỉ không còn ngày làm việc nào; hãy kiểm tra danh mục ngày nghỉ.")


def add(start, n, holidays=frozenset(), workdays=frozenset()):
    """The n-th working day after ``start`` (``start`` is not counted); ``n = 0`` gives the next working day from it.

    :raises ValueError: ``n`` is negative
    """
    if n < 0:
        raise ValueError("Số ngày làm việc không được âm.")
    if n == 0:
        return next_working(start, holidays, workdays)
    date = start
    for _step in range(n):
        date = next_working(date + _DAY, holidays, workdays)
    return date


def count(start, end, holidays=frozenset(), workdays=frozenset()):
    """Working days after ``start`` up to and including ``end``; negative when ``end`` lies before ``start``.

    ``add(start, count(start, end)) == end`` for every working day ``end`` after ``start``.
    """
    if end < start:
        return -count(end, start, holidays, workdays)
    days, total = (end - start).days, 0
    # whole weeks at once, then the exceptions: a span of years stays cheap
    weeks, rest = divmod(days, 7)
    total = weeks * 5 + sum((start + _DAY * (weeks * 7 + i)).weekday() < 5 for i in range(1, rest + 1))
    total -= sum(1 for day in holidays if start < day <= end and day.weekday() < 5 and day not in workdays)
    total += sum(1 for day in workdays if start < day <= end and day.weekday() >= 5)
    return total


def lateness(deadline, today, holidays=frozenset(), workdays=frozenset(), warn=2):
    """``(state, days)``: ``late`` (working days past), ``today``, ``soon`` (at most ``warn`` days left) or ``in_time``."""
    if today > deadline:
        return "late", max(1, count(deadline, today, holidays, workdays))
    if today == deadline:
        return "today", 0
    left = count(today, deadline, holidays, workdays)
    return ("soon" if left <= warn else "in_time"), left


def back(end, n, holidays=frozenset(), workdays=frozenset()):
    """The latest date whose ``n``-th following working day is not after ``end``: what is at least ``n`` working days old.

    ``add(back(end, n), n) <= end`` and ``add(back(end, n) + one day, n) > end``.

    :raises ValueError: ``n`` is negative
    """
    if n < 0:
        raise ValueError("Số ngày làm việc không được âm.")
    date = end
    while n and add(date, n, holidays, workdays) > end:
        date -= _DAY
    return date
