"""Differences between two texts, word by word, for reading on a screen."""

import difflib
import itertools
import re

# one block of replaced text is compared word by word up to this size; longer ones are shown as a whole
WORDS = 1500
KEEP = 30
_SENTENCE = re.compile(r"[^.;:!?\n]*[.;:!?\n]+|[^.;:!?\n]+")
_ENDS = ".;:!?/"
# Chương, Mục, Điều; 1. a) -
_ITEM = re.compile(r"(?:Chương|Mục|Điều|Phụ lục|Nơi nhận|Căn cứ)\b|\d{1,3}[.)]\s|[a-zđ]\)\s|[-–+•]\s", re.IGNORECASE)


def compare(old, new, laid_out=(True, True)):
    """Pieces of ``new`` and of what it no longer has; paragraphs end with a line break inside the pieces.

    Where a paragraph ends is no difference by itself, nor are the line ends of a laid-out page.

    :param str old: earlier text
    :param str new: later text
    :param laid_out: whether lines of (old, new) are those of a page; otherwise each line is a paragraph
    :return: list of ``(kind, text)`` with ``kind`` ``same``, ``old`` (gone) or ``new`` (added); neighbours differ in kind
    """
    before, after = (_sentences(paragraphs(text) if pages else text) for text, pages in zip((old, new), laid_out, strict=True))
    # the same sentence thousands of times would take minutes
    repeated = len(before) * len(after) > 4_000_000
    pieces = []
    for tag, a1, a2, b1, b2 in difflib.SequenceMatcher(None, _bare(before), _bare(after), autojunk=repeated).get_opcodes():
        if tag == "equal":
            pieces.append(("same", _join(after[b1:b2])))
        else:
            pieces += _words(_tokens(_join(before[a1:a2])), _tokens(_join(after[b1:b2])))
    return _joined(pieces)


def paragraphs(text):
    """Lines of a laid-out page put together: a line ends a paragraph where it ends a sentence or the next one begins an item."""
    parts = []
    for line in (" ".join(line.split()) for line in text.splitlines()):
        if not line or not parts or not parts[-1][-1] or parts[-1][-1][-1] in _ENDS or _ITEM.match(line):
            parts.append([line])
        else:
            parts[-1].append(line)
    return "\n".join(filter(None, map(" ".join, parts)))


def shortened(pieces, keep=KEEP):
    """The same with long unchanged pieces cut to ``keep`` words around each difference (“…” stands for the rest)."""
    short = []
    for place, (kind, text) in enumerate(pieces):
        words = _tokens(text)
        if kind == "same" and len(words) > 2 * keep:
            head = _join(words[:keep]) if place else ""
            tail = _join(words[-keep:]) if place < len(pieces) - 1 else ""
            text = f"{head} … {tail}".strip()
        short.append((kind, text))
    return short


def _sentences(text):
    """Sentences in order; the last one of each paragraph but the last carries its line break."""
    found = []
    for paragraph in filter(str.strip, text.split("\n")):
        if found:
            found[-1] += "\n"
        found += [" ".join(piece.split()) for piece in _SENTENCE.findall(" ".join(paragraph.split())) if piece.strip()]
    return found


def _tokens(text):
    """Words, each with the line break behind it."""
    return re.findall(r"\S+\n?", text)


def _bare(pieces):
    return [piece.rstrip("\n") for piece in pieces]


def _join(pieces):
    return re.sub(r"\n ", "\n", " ".join(pieces))


def _words(old, new):
    if len(old) > WORDS or len(new) > WORDS:
        return [(kind, _join(words)) for kind, words in (("old", old), ("new", new)) if words]
    pieces = []
    for tag, a1, a2, b1, b2 in difflib.SequenceMatcher(None, _bare(old), _bare(new), autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(("same", _join(new[b1:b2])))
            continue
        if a2 > a1:
            pieces.append(("old", _join(old[a1:a2])))
        if b2 > b1:
            pieces.append(("new", _join(new[b1:b2])))
    return pieces


def _joined(pieces):
    return [(kind, _join([text for _kind, text in group])) for kind, group in itertools.groupby(pieces, key=lambda piece: piece[0])]
