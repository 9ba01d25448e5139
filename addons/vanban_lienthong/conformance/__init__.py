"""Conformance of another system's interchange, tried from outside through an axis or a hub. No Odoo.

The suite plays an agency of its own: it sends packets to the system under test and reads the statuses that come
back. ``python -m conformance --help`` (in the folder of this addon) says what it needs.
"""
from .cases import CASES
from .report import as_json, as_text
from .examiner import Examiner

__all__ = ["CASES", "Examiner", "as_json", "as_text", "run"]


def run(examiner, only=(), progress=None):
    """Play the cases in their order; list of :class:`.cases.Outcome`. One broken case does not end the others."""
    outcomes = []
    for case in CASES:
        if only and case.code not in only:
            continue
        outcome = case.play(examiner)
        outcomes.append(outcome)
        if progress:
            progress(outcome)
    return outcomes
