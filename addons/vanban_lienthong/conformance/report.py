"""The suite's own report."""
import json

from .cases import FAILED, LOOK, PASSED

_MARK = {PASSED: "ĐẠT ", FAILED: "HỎNG", LOOK: "XEM "}


def as_text(outcomes, target):
    """Lines for a person: each case, then the count."""
    lines = [f"Kiểm tra liên thông với {target}", ""]
    for outcome in outcomes:
        lines += [f"[{_MARK[outcome.verdict]}] {outcome.code}  {outcome.title}", f"        {outcome.seen}"]
    counts = {verdict: sum(outcome.verdict == verdict for outcome in outcomes) for verdict in _MARK}
    lines += ["", ", ".join(f"{verdict}: {count}" for verdict, count in counts.items())]
    return "\n".join(lines) + "\n"


def as_json(outcomes, target):
    return json.dumps(
        {"target": target, "passed": not any(outcome.verdict == FAILED for outcome in outcomes),
         "cases": [outcome.__dict__ for outcome in outcomes]}, ensure_ascii=False, indent=1) + "\n"
