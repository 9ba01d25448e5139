"""The picture of a document's course: lanes, lengths, places on the axis."""

import datetime

from hypothesis import given
from hypothesis import strategies as st

from tools.timeline import MARKS, Span, lay_out

NINE = datetime.datetime(2026, 3, 9, 2, 0)  # noqa: DTZ001 (naive UTC, as Odoo keeps it)


def at(hours):
    return NINE + datetime.timedelta(hours=hours)


def test_nothing_happened_no_picture():
    assert lay_out([], NINE) is None


def test_each_holder_has_one_lane_in_order_of_first_possession():
    picture = lay_out(
        [
            Span("1", "Người soạn", "Dự thảo", at(0), at(2)),
            Span("2", "Trưởng phòng", "Duyệt", at(2), at(8), kind="returned", note="Bổ sung"),
            Span("3", "Người soạn", "Sửa", at(8), at(9)),
            Span("4", "Trưởng phòng", "Duyệt", at(9), None),
        ],
        at(10),
    )
    assert [(lane["holder"], lane["seconds"], lane["current"]) for lane in picture["lanes"]] == [
        ("Người soạn", 3 * 3600, False), ("Trưởng phòng", 7 * 3600, True),
    ]  # fmt: skip
    places = [(span["left"], span["width"]) for lane in picture["lanes"] for span in lane["spans"]]
    assert places == [(0.0, 20.0), (80.0, 10.0), (20.0, 60.0), (90.0, 10.0)]
    assert picture["lanes"][1]["spans"][0]["note"] == "Bổ sung"


def test_steps_of_one_holder_without_a_gap_are_one_stay():
    picture = lay_out([Span("1", "Văn thư", "Kiểm tra", at(0), at(1)), Span("2", "Văn thư", "Cấp số", at(1), at(2))], at(9))
    (lane,) = picture["lanes"]
    assert [(span["label"], span["seconds"]) for span in lane["spans"]] == [("Kiểm tra → Cấp số", 7200)]
    assert picture["seconds"] == 7200  # what is over ends with its last step, not now


def test_marks_are_round_moments_of_the_day_in_vietnam():
    picture = lay_out([Span("1", "A", "x", at(0), at(72))], at(72))
    assert [mark["date"] for mark in picture["marks"]] == [datetime.datetime(2026, 3, day, 17, 0) for day in (9, 10, 11)]  # noqa: DTZ001


def test_work_of_one_holder_at_the_same_time_counts_once():
    picture = lay_out([Span("1", "A", "x", at(0), at(4)), Span("2", "A", "y", at(2), at(6), kind="side")], at(6))
    assert picture["lanes"][0]["seconds"] == 6 * 3600


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 5000), st.integers(0, 5000), st.booleans()), min_size=1, max_size=30))
def test_every_bar_lies_on_the_axis(rows):
    spans = [
        Span(str(number), holder, "x", at(begin), None if open_ else at(begin + length), kind="side")
        for number, (holder, begin, length, open_) in enumerate(rows)
    ]
    picture = lay_out(spans, at(20000))
    bars = [span for lane in picture["lanes"] for span in lane["spans"]]
    assert len(bars) == len(rows)
    assert all(0 <= bar["left"] <= 100 and bar["width"] >= 0 and bar["left"] + bar["width"] <= 100.01 for bar in bars)
    assert len(picture["marks"]) <= MARKS
    assert all(lane["seconds"] <= picture["seconds"] for lane in picture["lanes"])
