import datetime

import pytest

from tools import time_limits, working_days

D, T = datetime.date, datetime.datetime
HOLIDAYS = frozenset({D(2026, 10, 7)})


@pytest.mark.parametrize(
    ("arrived", "rule", "limit"),
    [
        (T(2026, 10, 2, 16, 50), "same_day", T(2026, 10, 5, 17)),  # Friday after the cut-off
        (T(2026, 10, 2, 16, 30), "same_day", T(2026, 10, 2, 17)),
        (T(2026, 10, 3, 9, 0), "same_day", T(2026, 10, 5, 17)),  # Saturday
        (T(2026, 10, 6, 16, 31), "same_day", T(2026, 10, 8, 17)),  # the day after is off
        (T(2026, 10, 5, 9, 0), "prompt", T(2026, 10, 6, 17)),
        (T(2026, 10, 2, 9, 0), "prompt", T(2026, 10, 5, 17)),
    ],
)
def test_time_to_register(arrived, rule, limit):
    assert time_limits.registration(arrived, rule, 16.5, 17.0, HOLIDAYS) == limit


def test_make_up_saturday_is_a_working_day():
    assert time_limits.registration(T(2026, 10, 3, 9), "same_day", 16.5, 17.0, HOLIDAYS, {D(2026, 10, 3)}) == T(2026, 10, 3, 17)


def test_back_is_the_inverse_of_add():
    end = D(2026, 10, 1)
    for _day in range(60):
        for n in range(6):
            day = working_days.back(end, n, HOLIDAYS)
            assert day == end if n == 0 else working_days.add(day, n, HOLIDAYS) <= end
            assert n == 0 or working_days.add(day + datetime.timedelta(days=1), n, HOLIDAYS) > end
        end += datetime.timedelta(days=1)
    with pytest.raises(ValueError, match="âm"):
        working_days.back(end, -1)


def test_levels_of_a_reminder():
    before, today, head, leader = D(2026, 10, 8), D(2026, 10, 5), D(2026, 10, 2), D(2026, 9, 30)
    found = [time_limits.reminder_level(D(2026, 10, 9) - datetime.timedelta(days=n), before, today, head, leader) for n in range(12)]
    assert found == [0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 4]
