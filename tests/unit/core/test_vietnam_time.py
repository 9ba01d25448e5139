import datetime

import pytest
from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from tools import vietnam_time

NEW_YEAR = datetime.datetime(2026, 12, 31, 17)


@pytest.mark.parametrize(("clock", "day"), [("2026-12-31 16:59:59", (2026, 12, 31)), ("2026-12-31 17:00:00", (2027, 1, 1))])
def test_the_year_begins_in_vietnam(clock, day):
    with freeze_time(clock):
        assert vietnam_time.today() == datetime.date(*day)
        assert vietnam_time.day(datetime.datetime.fromisoformat(clock)) == datetime.date(*day)


def test_now_is_bare_and_whole_as_odoo_keeps_moments():
    with freeze_time("2026-11-29 04:30:07.25"):
        assert vietnam_time.now() == datetime.datetime(2026, 11, 29, 11, 30, 7)


def test_text():
    assert vietnam_time.text(NEW_YEAR) == "01/01/2027 00:00"
    assert vietnam_time.text(False) == ""


@given(st.datetimes(datetime.datetime(1990, 1, 1), datetime.datetime(2100, 1, 1)))
def test_there_and_back(moment):
    assert vietnam_time.to_utc(vietnam_time.to_local(moment)) == moment
