"""Identification codes of agencies: the 13-character form of QCVN 102:2016 and the one of QĐ 20/2020/QĐ-TTg.

Old form ``000.00.01.H56``: four groups, lowest level first, unused levels zero. New form ``H56.01``: top level
first, at most 35 characters. Both are in use side by side.
"""

import dataclasses
import re
import unicodedata

OLD = "qcvn102"
NEW = "qd20"
OTHER = "other"
MAX_LENGTH = 35
OLD_LENGTH = 13

_OLD = re.compile(r"^(\d{3})\.(\d{2})\.(\d{2})\.([A-Z]\d{2})$")
_NEW = re.compile(r"^[A-Z]\d{2}(\.[0-9A-Z]+)*$")
_ALLOWED = re.compile(r"^[0-9A-Z]+(\.[0-9A-Z]+)*$")


class AgencyCodeError(ValueError):
    """The text cannot be an agency code; the message (Vietnamese) says why and what to do."""


@dataclasses.dataclass(frozen=True)
class AgencyCode:
    """``text`` normalised, for comparing; ``form`` one of ``OLD``, ``NEW``, ``OTHER``; ``warnings`` in Vietnamese.

    ``spelling`` is the code as it was given: axes hold codes in small letters, too, and may insist on them.
    """

    text: str
    form: str
    warnings: tuple = ()
    spelling: str = ""


def parse(text):
    """Normalise and classify a code.

    :raises AgencyCodeError: empty, longer than 35, or with other characters than letters, digits and dots
    """
    spelling = re.sub(r"\s+", "", unicodedata.normalize("NFC", text or ""))
    cleaned = spelling.upper()
    if not cleaned:
        raise AgencyCodeError("Mã định danh cơ quan đang để trống; hãy nhập mã, ví dụ H56.01.")
    if len(cleaned) > MAX_LENGTH:
        raise AgencyCodeError(
            f"Mã định danh cơ quan dài {len(cleaned)} ký tự, tối đa là {MAX_LENGTH} ký tự (QĐ 20/2020/QĐ-TTg)."
        )
    if not _ALLOWED.match(cleaned):
        raise AgencyCodeError(
            f"Mã định danh cơ quan “{cleaned}” chỉ được gồm chữ cái không dấu, chữ số và dấu chấm ngăn giữa các cấp."
        )
    if _OLD.match(cleaned):
        return AgencyCode(cleaned, OLD, ("Mã theo QCVN 102:2016 (13 ký tự); nên khai báo thêm mã theo QĐ 20/2020.",), spelling)
    if _NEW.match(cleaned):
        return AgencyCode(cleaned, NEW, (), spelling)
    warning = "Mã không theo dạng quen thuộc (ví dụ H56.01 hoặc 000.00.01.H56); hãy kiểm tra lại."
    return AgencyCode(cleaned, OTHER, (warning,), spelling)


def root(text):
    """The top level of a code in either form, e.g. ``H56``; None when there is no code or it has another form."""
    if not text:
        return None
    code = parse(text)
    return {OLD: code.text.rsplit(".", 1)[-1], NEW: code.text.split(".", 1)[0]}.get(code.form)


def suggest(text):
    """The probable code in the other form, or None. A proposal only: the directory of the axis decides."""
    code = parse(text)
    if code.form == OLD:
        groups = _OLD.match(code.text).groups()
        levels = [groups[3], groups[2], groups[1], groups[0]]
        while len(levels) > 1 and not levels[-1].strip("0"):
            levels.pop()
        return ".".join(levels)
    if code.form == NEW:
        levels = code.text.split(".")
        widths = (3, 2, 2)
        lower = levels[1:]
        if len(lower) > 3 or any(not part.isdigit() for part in lower):
            return None
        # level 2 fills the group next to the root
        filled = [part.zfill(width) for part, width in zip(lower, reversed(widths), strict=False)]
        if any(len(part) > width for part, width in zip(filled, reversed(widths), strict=False)):
            return None
        filled += ["0" * width for width in reversed(widths)][len(filled):]
        return ".".join([*reversed(filled), levels[0]])
    return None


def fits(text, limit):
    """Warnings (Vietnamese) for a target that accepts at most ``limit`` characters."""
    if len(text or "") > limit:
        return [f"Mã “{text}” dài {len(text)} ký tự, hệ thống nhận chỉ nhận tối đa {limit} ký tự."]
    return []
