"""Words of Vietnamese text for PostgreSQL's full-text search, with and without accents.

Each word stands at its position twice: folded (``bao``) and, when it carries accents, with them (``bao~r`` for ``bảo``),
in an order of marks that makes ``hoà`` and ``hòa`` the same. A word of a query that has accents is looked up with them,
one without accents finds every spelling.
"""

import re
import unicodedata

from .text_fold import fold

# what PostgreSQL's tsvector holds: positions up to 16383, at most 255 of them for a word
LAST_POSITION = 16383
POSITIONS_PER_WORD = 255
LONGEST_WORD = 60
# a text is cut here: about 1,500 pages
LONGEST_TEXT = 5_000_000

_WORD = re.compile(r"[^\W_]+")
# by the letters of the usual keyboard
_MARKS = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j", "\u0302": "^", "\u0306": "(", "\u031b": "+"}


def _accented(word):
    """Lexeme of ``word`` with its accents, or None when it has none."""
    marks = [_MARKS.get(char, "?") for char in unicodedata.normalize("NFD", word) if unicodedata.category(char) == "Mn"]
    marks += ["d"] * word.count("đ")
    return f"{fold(word)}~{''.join(sorted(marks))}" if marks else None


def _words(text):
    for found in _WORD.finditer(unicodedata.normalize("NFC", text or "").casefold()):
        word = found.group()
        if len(word) <= LONGEST_WORD:
            yield word


def tsvector(text):
    """Return the text as input for PostgreSQL's type ``tsvector``: ``"'bao':1 'bao~r':1 'hiem':2"``."""
    places = {}
    for position, word in enumerate(_words((text or "")[:LONGEST_TEXT]), start=1):
        position = min(position, LAST_POSITION)
        for lexeme in (fold(word), _accented(word)):
            if lexeme:
                found = places.setdefault(lexeme, [])
                if len(found) < POSITIONS_PER_WORD and (not found or found[-1] != position):
                    found.append(position)
    return " ".join(f"'{lexeme}':{','.join(map(str, found))}" for lexeme, found in places.items())


def tsquery(text):
    """Return what somebody typed as input for PostgreSQL's type ``tsquery``; ``""`` when it holds no word.

    All words must occur; words in double quotes, and those of one token like ``12/SNV-VP``, must follow each other.
    """
    parts = []
    for quoted, token in re.findall(r'["“”]([^"“”]*)["“”]|(\S+)', text or ""):
        lexemes = [f"'{_accented(word) or fold(word)}'" for word in _words(quoted or token)]
        if lexemes:
            parts.append(f"({' <-> '.join(lexemes)})")
    return " & ".join(parts)
