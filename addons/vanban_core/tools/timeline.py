"""Who had a document, from when to when, laid out as a picture: one lane for each holder on one axis of time.

No Odoo in here: spans in, lanes with positions in percent of the axis out.
"""

import dataclasses
import datetime

# at most so many marks fit beside each other on a phone
MARKS = 4
STEPS = (
    datetime.timedelta(minutes=5), datetime.timedelta(minutes=15), datetime.timedelta(hours=1), datetime.timedelta(hours=3),
    datetime.timedelta(hours=6), datetime.timedelta(days=1), datetime.timedelta(days=2), datetime.timedelta(days=7),
    datetime.timedelta(days=14), datetime.timedelta(days=30), datetime.timedelta(days=90), datetime.timedelta(days=365),
)  # fmt: skip


@dataclasses.dataclass
class Span:
    """One stay of the document: with whom, for what, from when to when (``end`` None: still there).

    :param kind: ``done``, ``returned``, ``side`` (somebody is asked while another has it) or ``late``
    """

    key: str
    holder: str
    label: str
    start: datetime.datetime
    end: datetime.datetime | None = None
    kind: str = "done"
    note: str = ""

    def seconds(self, now):
        return max(0, int(((self.end or now) - self.start).total_seconds()))


def lay_out(spans, now):
    """Lanes in the order in which the holders first had the document.

    :return: ``{start, end, seconds, lanes: [{holder, seconds, current, spans: [{…, left, width}]}], marks: [{left, date}]}``;
        ``left`` and ``width`` in percent of the axis, dates as ``datetime``; None without any span
    """
    if not spans:
        return None
    spans = sorted(spans, key=lambda span: (span.start, span.key))
    start = spans[0].start
    end = max([span.end or now for span in spans] + [start])
    length = max((end - start).total_seconds(), 1.0)

    def place(moment):
        return round(min(max((moment - start).total_seconds() / length, 0.0), 1.0) * 100, 2)

    lanes = {}
    for span in _joined(spans):
        lane = lanes.setdefault(span.holder, {"holder": span.holder, "current": False, "spans": []})
        left = place(span.start)
        lane["current"] = lane["current"] or span.end is None
        lane["spans"].append({
            "key": span.key, "label": span.label, "kind": span.kind, "note": span.note, "start": span.start, "end": span.end,
            "seconds": span.seconds(now), "left": left, "width": round(place(span.end or now) - left, 2),
        })  # fmt: skip
    for lane in lanes.values():
        lane["seconds"] = _covered(lane["spans"], now)
    return {
        "start": start, "end": end, "seconds": int((end - start).total_seconds()), "lanes": list(lanes.values()),
        "marks": [{"date": moment, "left": place(moment)} for moment in _marks(start, end)],
    }  # fmt: skip


def _joined(spans):
    """Steps of one holder that follow each other without a gap are one stay, unless one of them has something to say."""
    joined = []
    for span in spans:
        last = next((one for one in reversed(joined) if one.holder == span.holder), None)
        if last and last.kind == span.kind == "done" and last.end == span.start and not last.note:
            label = last.label if span.label in last.label.split(" → ") else f"{last.label} → {span.label}"
            joined[joined.index(last)] = dataclasses.replace(last, label=label, end=span.end, note=span.note)
        else:
            joined.append(span)
    return joined


def _covered(spans, now):
    """Seconds during which a holder had it; what overlaps counts once."""
    total, until = 0, None
    for span in sorted(spans, key=lambda item: item["start"]):
        begin, end = span["start"], span["end"] or now
        begin = max(begin, until) if until else begin
        total += max(0, int((end - begin).total_seconds()))
        until = max(until, end) if until else end
    return total


def _marks(start, end):
    """Round moments on the axis, at most ``MARKS``."""
    step = next((one for one in STEPS if (end - start) / one <= MARKS), STEPS[-1])
    # the day begins at midnight in Vietnam (UTC+7, no summer time)
    shift = datetime.timedelta(hours=7)
    origin = datetime.datetime(2000, 1, 1) - shift  # noqa: DTZ001 (naive UTC, as Odoo keeps it)
    moment = origin + ((start - origin) // step + 1) * step
    marks = []
    while moment < end and len(marks) < MARKS:
        marks.append(moment)
        moment += step
    return marks
