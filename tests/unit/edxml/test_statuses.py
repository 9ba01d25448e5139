"""Folding of statuses that come late, twice and out of order."""
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edxml.names import STATUS_CODES
from edxml.statuses import Event, fold, may_follow
from proves import proves

START = datetime(2026, 3, 9, 8)


def events(*codes):
    return [Event(code, START + timedelta(minutes=index)) for index, code in enumerate(codes)]


@pytest.mark.parametrize(("codes", "state"), [
    ((), "sent"), (("01",), "arrived"), (("01", "02"), "rejected"), (("01", "03"), "accepted"),
    (("03", "01"), "accepted"), (("01", "03", "05", "04"), "processing"), (("06", "01", "03"), "completed"),
    (("02", "03"), "accepted"), (("03", "02"), "rejected"), (("01", "01", "03", "03"), "accepted"),
])
def test_handling(codes, state):
    assert fold(events(*codes)).state == state


@pytest.mark.parametrize(("codes", "state"), [
    (("03",), "recall_requested"), (("03", "15"), "recall_agreed"), (("03", "16"), "recall_rejected"),
    (("03", "16", "15"), "recall_agreed"), (("15", "03", "05"), "recall_agreed"),
])
def test_recall(codes, state):
    assert fold(events(*codes), recall_asked=START).state == state


def test_an_answer_before_the_question_does_not_refuse_it():
    """Nor does it agree to it: 15 and 16 answer updates as well."""
    for code in ("15", "16"):
        assert fold(events("03", code), recall_asked=START + timedelta(hours=1)).state == "recall_requested"


@proves("LT-06")
@given(st.lists(st.sampled_from(["01", "03", "04", "05", "06"]), unique=True), st.randoms())
def test_order_of_arrival_does_not_matter(codes, generator):
    """After an outage messages arrive in any order; only their own time counts."""
    log = events(*sorted(codes))
    shuffled = log + log[:1]
    generator.shuffle(shuffled)
    assert fold(shuffled) == fold(log)


def test_original_time_is_kept():
    assert fold([*events("01", "03"), Event("03", START + timedelta(days=3))]).since == START + timedelta(minutes=1)


@given(st.lists(st.sampled_from(sorted(STATUS_CODES))))
def test_each_code_once_and_only_forward(codes):
    sent = []
    for code in codes:
        if may_follow(sent, code):
            sent.append(code)
    assert len(sent) == len(set(sent))
    handling = [code for code in sent if code in ("01", "03", "04", "05", "06")]
    assert handling == sorted(handling)
    if "02" in sent:
        assert all(code not in handling for code in sent[sent.index("02") + 1:])
