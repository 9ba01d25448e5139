"""How the many status messages of one receiver fold to one state.

Statuses arrive late, repeatedly and out of order; so the log is kept and the state computed.
"""
from dataclasses import dataclass
from datetime import datetime

from .names import (
    ACCEPTED,
    AGREED,
    ARRIVED,
    ASSIGNED,
    COMPLETED,
    PROCESSING,
    REFUSED,
    REJECTED,
    TAKE_BACK,
)

# State of a recipient reached by each code.
STATES = {
    ARRIVED: "arrived",
    REJECTED: "rejected",
    ACCEPTED: "accepted",
    ASSIGNED: "assigned",
    PROCESSING: "processing",
    COMPLETED: "completed",
    TAKE_BACK: "recall_requested",
    AGREED: "recall_agreed",
    REFUSED: "recall_rejected",
}
_FORWARD = {ARRIVED: 1, REJECTED: 2, ACCEPTED: 3, ASSIGNED: 4, PROCESSING: 5, COMPLETED: 6}


@dataclass(frozen=True)
class Event:
    """One status: code and the time the receiver gave it."""

    code: str
    time: datetime


@dataclass(frozen=True)
class Folded:
    """``state``: what to show; ``handling``: 01-06 alone; ``since``: time of the deciding event."""

    state: str
    handling: str
    since: datetime | None


def fold(events, recall_asked=None):
    """Fold the log of one recipient.

    :param events: :class:`Event` in any order, doubles allowed
    :param recall_asked: time when the sender asked for the document back, if it did
    :returns: :class:`Folded`; ``sent`` when there is no event at all
    """
    handling = [event for event in events if event.code in _FORWARD]
    best = max(handling, key=lambda event: (_FORWARD[event.code], _negative(event.time)), default=None)
    refusals = [event for event in handling if event.code == REJECTED]
    if best and refusals and _FORWARD[best.code] > _FORWARD[REJECTED]:
        last_refusal = max(refusals, key=lambda event: event.time)
        # A refusal after acceptance wins; before it, the later acceptance does.
        if last_refusal.time > max(e.time for e in handling if _FORWARD[e.code] > 2):
            best = last_refusal
    base = Folded(STATES[best.code], STATES[best.code], best.time) if best else Folded("sent", "sent", None)
    if recall_asked is None:
        return base
    # What was answered before concerns something else: an update of the document.
    answers = [event for event in events if event.code in (AGREED, REFUSED) and event.time >= recall_asked]
    # An agreement cannot be taken back: the document is cancelled at the receiver.
    agreed = [event for event in answers if event.code == AGREED]
    if agreed:
        return Folded("recall_agreed", base.handling, min(event.time for event in agreed))
    if answers:
        return Folded("recall_rejected", base.handling, max(event.time for event in answers))
    return Folded("recall_requested", base.handling, recall_asked)


def _negative(moment):
    # The first message of a code counts, later ones are repetitions.
    return -moment.timestamp()


def may_follow(sent, code):
    """Whether a receiver that has reported the codes ``sent`` may still report ``code``.

    Each code once, only forward; 15 and 16 answer a recall at any time.
    """
    if code in sent:
        return False
    if code not in _FORWARD:
        return True
    if REJECTED in sent:
        return False
    if code == REJECTED:
        # Also after acceptance: the lead may find that the matter belongs elsewhere and return it.
        return COMPLETED not in sent
    return all(_FORWARD.get(other, 0) < _FORWARD[code] for other in sent)
