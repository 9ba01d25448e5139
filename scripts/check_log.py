"""Find what must not appear in an Odoo log: every WARNING, ERROR and CRITICAL, with no exception.

``python scripts/check_log.py FILE ...`` prints the lines and leaves with status 1 when there are any.
"""
import re
import sys
from pathlib import Path

LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ (?P<level>[A-Z]+) ")
BAD = {"WARNING", "ERROR", "CRITICAL"}


def check(path):
    """Return the bad lines of the log ``path``, each with the lines of its traceback."""
    problems, inside = [], False
    for line in Path(path).read_text(encoding="utf-8", errors="replace").splitlines():
        match = LINE.match(line)
        if match:
            inside = match["level"] in BAD
            if inside:
                problems.append(line)
        elif inside:
            problems[-1] += "\n    " + line
    return problems


if __name__ == "__main__":
    found = [problem for name in sys.argv[1:] for problem in check(name)]
    print("\n".join(found))
    sys.exit(1 if found else 0)
