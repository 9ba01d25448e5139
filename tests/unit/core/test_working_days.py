import datetime

from hypothesis import given
from hypothesis import strategies as st

from tools import working_days

D = datetime.date
TET = {D(2026, 2, day) for day in range(16, 21)}
SWAP_OFF = {D(2026, 1, 1), D(2026, 1, 2)}
SWAP_ON = {D(2026, 1, 10)}


def test_weekend_and_holidays_are_skipped():
    assert working_days.add(D(2026, 2, 13), 1, TET) == D(2026, 2, 23)
    assert working_days.add(D(2026, 11, 20), 5) == D(2026, 11, 27)


def test_make_up_saturday_counts():
    assert working_days.add(D(2026, 1, 9), 1, SWAP_OFF, SWAP_ON) == D(2026, 1, 10)
    assert working_days.add(D(2025, 12, 31), 1, SWAP_OFF, SWAP_ON) == D(2026, 1, 5)
    assert not working_days.is_working(D(2026, 1, 2), SWAP_OFF, SWAP_ON)


def test_zero_days_means_the_next_working_day():
    assert working_days.add(D(2026, 11, 21), 0) == D(2026, 11, 23)


def test_lateness():
    assert working_days.lateness(D(2026, 11, 20), D(2026, 11, 24)) == ("late", 2)
    assert working_days.lateness(D(2026, 11, 20), D(2026, 11, 20)) == ("today", 0)
    assert working_days.lateness(D(2026, 11, 20), D(2026, 11, 19)) == ("soon", 1)
    assert working_days.lateness(D(2026, 11, 27), D(2026, 11, 19)) == ("in_time", 6)
    # one day over a weekend is never "0 days late"
    assert working_days.lateness(D(2026, 11, 20), D(2026, 11, 21)) == ("late", 1)


days = st.dates(D(2024, 1, 1), D(2028, 12, 31))


@given(days, st.integers(1, 300), st.sets(days, max_size=40), st.sets(days, max_size=40))
def test_add_and_count_agree(start, n, holidays, workdays):
    end = working_days.add(start, n, holidays, workdays)
    assert working_days.is_working(end, holidays, workdays)
    assert working_days.count(start, end, holidays, workdays) == n
    by_hand = sum(
        working_days.is_working(start + datetime.timedelta(days=i + 1), holidays, workdays)
        for i in range((end - start).days)
    )
    assert by_hand == n
