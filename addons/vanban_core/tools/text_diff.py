"""Differences between two texts, word by word, for reading on a screen."""

import difflib
import itertools
import re

# one block of replaced text is compared word by word up to this size; longer ones are shown as a whole
WORDS = 1500
KEEP = 30
_SENTENCE = re.compile(r"[^.;:!?\n]*[.;:!?\n]+|[^.;:!?\n]+")


def compare(old, new):
    """Pieces of ``new`` and of what it no longer has.

    Line ends of a laid-out page are no difference.

    :param str old: earlier text
    :param str new: later text
    :return: list of ``(kind, text)`` with ``kind`` ``same``, ``old`` (gone) or ``new`` (added); neighbours differ in kind
    """
    before, after = _sentences(old), _sentences(new)
    # the same sentence thousands of times would take minutes
    repeated = len(before) * len(after) > 4_000_000
    pieces = []
    for tag, a1, a2, b1, b2 in difflib.SequenceMatcher(None, before, after, autojunk=repeated).get_opcodes():
        if tag == "equal":
            pieces.append(("same", " ".join(before[a1:a2])))
        else:
            pieces += _words(" ".join(before[a1:a2]).split(), " ".join(after[b1:b2]).split())
    return _joined(pieces)


def shortened(pieces, keep=KEEP):
    """The same with long unchanged pieces cut to ``keep`` words around each difference (“…” stands for the rest)."""
    short = []
    for place, (kind, text) in enumerate(pieces):
        words = text.split()
        if kind == "same" and len(words) > 2 * keep:
            head = " ".join(words[:keep]) if place else ""
            tail = " ".join(words[-keep:]) if place < len(pieces) - 1 else ""
            text = f"{head} … {tail}".strip()
        short.append((kind, text))
    return short


def _sentences(text):
    return [" ".join(found.split()) for found in _SENTENCE.findall(" ".join(text.split())) if found.strip()]


def _words(old, new):
    if len(old) > WORDS or len(new) > WORDS:
        return [(kind, " ".join(words)) for kind, words in (("old", old), ("new", new)) if words]
    pieces = []
    for tag, a1, a2, b1, b2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(("same", " ".join(old[a1:a2])))
            continue
        if a2 > a1:
            pieces.append(("old", " ".join(old[a1:a2])))
        if b2 > b1:
            pieces.append(("new", " ".join(new[b1:b2])))
    return pieces


def _joined(pieces):
    return [(kind, " ".join(text for _kind, text in group)) for kind, group in itertools.groupby(pieces, key=lambda piece: piece[0])]
