"""Limits counted in hours of the working day, on naive local datetimes (BHXH Đ8.1c, Đ9.1c; TH Đ6.2).

``holidays`` and ``workdays`` are those of :mod:`working_days`.
"""

import datetime

from . import working_days


def _at(date, hour):
    """``date`` at ``hour`` (float, 16.5 = 16:30)."""
    return datetime.datetime.combine(date, datetime.time()) + datetime.timedelta(minutes=round(hour * 60))


def registration(arrived, rule, cutoff, end, holidays=frozenset(), workdays=frozenset()):
    """Latest moment to register and pass on what arrived at ``arrived``.

    :param rule: ``same_day``: the same day, the next working day when it arrived after ``cutoff`` or on a day off;
        ``prompt``: the end of the next working day ("kịp thời", no hour in the regulation)
    :param cutoff: hour (float) after which an arrival belongs to the next working day
    :param end: hour (float) at which the working day ends
    """
    day = arrived.date()
    today = working_days.is_working(day, holidays, workdays) and arrived <= _at(day, cutoff)
    if not today:
        return _at(working_days.add(day, 1, holidays, workdays), end)
    return _at(day if rule == "same_day" else working_days.add(day, 1, holidays, workdays), end)


def reminder_level(deadline, before, today, after_head, after_leader):
    """How far a deadline has come: 0 none, 1 soon, 2 today, 3 late: the head is told, 4 late: the leader is told.

    All are dates: ``before`` is the last deadline that is reminded in advance, ``after_head`` and ``after_leader``
    the last deadlines old enough to go to the head and to the leader.
    """
    for level, limit in ((4, after_leader), (3, after_head), (2, today), (1, before)):
        if deadline <= limit:
            return level
    return 0
