"""Text typed with the fonts of TCVN 5712 (ABC) and VNI, turned into Unicode (TCVN 6909:2001; TH Đ6.4b)."""

import re

_TCVN3 = dict(zip(
    "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\xadõøö÷ùúýûüþ¡¢§£¤¥¦",
    "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
    strict=True,
))  # fmt: skip

# VNI writes the vowel and, as a second letter, its mark
_VNI_PAIRS = {
    "a": dict(zip("ùøûõïâáàåãäêéèúüë", "áàảãạâấầẩẫậăắằẳẵặ", strict=True)),
    "e": dict(zip("ùøûõïâáàåãä", "éèẻẽẹêếềểễệ", strict=True)),
    "o": dict(zip("ùøûõïâáàåãä", "óòỏõọôốồổỗộ", strict=True)),
    "ô": dict(zip("ùøûõï", "ớờởỡợ", strict=True)),
    "u": dict(zip("ùøûõï", "úùủũụ", strict=True)),
    "ö": dict(zip("ùøûõï", "ứừửữự", strict=True)),
    "y": dict(zip("ùøûõ", "ýỳỷỹ", strict=True)),
}
_VNI_SINGLE = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "í": "í", "ì": "ì"}
_VNI = re.compile("|".join(
    [f"{base}[{''.join(marks)}]" for base, marks in _VNI_PAIRS.items()] + ["".join(["[", *_VNI_SINGLE, "]"])]
), re.IGNORECASE)  # fmt: skip


def convert(text, encoding):
    """Unicode text (composed form) of text in ``encoding`` ``"TCVN3"`` or ``"VNI"``; other encodings give it back unchanged.

    Capital letters with accents in the capital fonts of TCVN3 look like small ones and stay small.
    """
    if encoding == "TCVN3":
        return "".join(_TCVN3.get(char, char) for char in text)
    if encoding == "VNI":
        return _VNI.sub(_from_vni, text)
    return text


def _from_vni(match):
    found = match[0]
    lower = found.lower()
    if len(found) == 2:
        letter = _VNI_PAIRS[lower[0]][lower[1]]
    else:
        letter = _VNI_SINGLE[lower]
    return letter.upper() if found[0].isupper() else letter
