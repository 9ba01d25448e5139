"""The decorator that ties a test to the requirement rows it proves.

Plain Python on purpose: the same file serves pytest functions in /tests and unittest classes of the addons
(``addons/vanban_core/tests/proves.py`` is the copy that Odoo can import; a test keeps the two identical).
"""
import re

ROW = re.compile(r"[A-Z]{2,4}-[0-9]{2}")


def proves(*rows):
    """Mark a test function, method or class as playing the acceptance check of the rows ``rows`` ("IN-04", ...).

    Raises ``ValueError`` at import for something that is not a row id; whether the id exists is checked by
    ``make trace``.
    """
    for row in rows:
        if not isinstance(row, str) or not ROW.fullmatch(row):
            raise ValueError(f"not a requirement row: {row!r}")

    def mark(target):
        # A class inherits the rows of its base only through the methods it inherits, never by its own marks.
        target.proves = tuple(dict.fromkeys((*target.__dict__.get("proves", ()), *rows)))
        return target

    return mark
