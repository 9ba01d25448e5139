"""Vietnamese text: normal form, folding for search, detection of legacy encodings."""

import re
import unicodedata

_D = str.maketrans({"đ": "d", "Đ": "D", "ð": "d", "Ð": "D"})

# What TCVN3 (ABC) letters look like when they are read as Latin-1, without those that Vietnamese has itself.
_TCVN3 = set("µ¸¶·¹¨»¾¼½Æ©ÇËÐÎÏÑªÖ×ØÜÞßäå«æçë¬îïñ®ö¡¢£¤¥¦§ø÷üûþ")
_VNI = re.compile(
    r"[aAeEoOuUiIyY](?:[øØùÙûÛõÕïÏ]|[âÂêÊ][ùøûõïäàáãåÙØÛÕÏÄÀÁÃÅ]?)|"
    r"[ôÔöÖ][ùøûõïÙØÛÕÏ]|"
    r"[aAeEoO][áàåãäÁÀÅÃÄéèúüëÉÈÚÜË]"
)


def normalize(text):
    """NFC (TCVN 6909:2001 composed form), blanks at the ends removed, control characters dropped except new lines."""
    text = unicodedata.normalize("NFC", text or "")
    text = "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs"))
    return text.strip()


def fold(text):
    """Text for comparison and search: lower case, no accents, ``đ`` → ``d``, blanks collapsed.

    The same on both sides of a comparison: ``fold("Đường sắt") == "duong sat"``.
    """
    text = unicodedata.normalize("NFD", (text or "").translate(_D))
    text = "".join(char for char in text if unicodedata.category(char) != "Mn")
    return re.sub(r"\s+", " ", text.casefold()).strip()


def is_decomposed(text):
    """Whether the text is not in composed form (as some keyboards and macOS file names give it)."""
    return bool(text) and unicodedata.normalize("NFC", text) != text


def legacy_encoding(text):
    """``"TCVN3"``, ``"VNI"`` or None: which old font encoding the text seems to be in."""
    text = text or ""
    letters = sum(char.isalpha() or char in _TCVN3 for char in text)
    if not letters:
        return None
    # real Vietnamese text carries letters of Latin Extended Additional or ơ, ư, ă, đ; legacy text never does
    modern = sum("\u1ea0" <= char <= "\u1ef9" or char in "ăĂơƠưƯđĐĩĨũŨ" for char in text)
    if modern:
        return None
    # VNI first: its marks look like letters of TCVN3, but always follow a vowel
    if len(_VNI.findall(text)) >= 2 and len(_VNI.findall(text)) / letters > 0.05:
        return "VNI"
    odd = sum(char in _TCVN3 for char in text)
    if odd >= 2 and odd / letters > 0.08:
        return "TCVN3"
    return None
