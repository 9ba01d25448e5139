"""Numbers, symbols and dates as NĐ 30/2020/NĐ-CP, Phụ lục I, phần I, mục II, khoản 3 and 4 want them printed."""

import re
import unicodedata

_CODE = re.compile(r"^\s*(?P<number>\d+[a-zđ]?)\s*/\s*(?P<notation>.+?)\s*$", re.IGNORECASE)


def number_text(number):
    """``5`` → ``"05"``, ``15`` → ``"15"`` (a number below 10 carries a leading zero).

    :raises ValueError: the number is below 1
    """
    number = int(number)
    if number < 1:
        raise ValueError("Số văn bản phải từ 01 trở lên.")
    return f"{number:02d}"


def day_text(day):
    """Day below 10 with a leading zero."""
    return f"{day:02d}"


def month_text(month):
    """Months 1 and 2 with a leading zero, the others as they are (``3`` stays ``"3"``)."""
    return f"{month:02d}" if month < 3 else str(month)


def date_text(date):
    """``date(2026, 1, 5)`` → ``"ngày 05 tháng 01 năm 2026"``."""
    return f"ngày {day_text(date.day)} tháng {month_text(date.month)} năm {date.year}"


def short_date(date):
    """``date(2026, 1, 5)`` → ``"05/01/2026"`` for register columns; ``""`` without a date."""
    return f"{date.day:02d}/{date.month:02d}/{date.year}" if date else ""


def clean_notation(notation):
    """Normalised symbol: NFC, no blanks at all, ``–`` and ``—`` become ``-``.

    ``"QĐ - BNV"`` → ``"QĐ-BNV"``.
    """
    text = unicodedata.normalize("NFC", notation or "")
    text = re.sub(r"[‐-―−]", "-", text)
    return re.sub(r"\s+", "", text).strip("/-")


def notation(kind_abbreviation, agency_symbol, unit_symbol=None):
    """Symbol of a document.

    A kind with an abbreviation gives ``QĐ-SNV``; công văn (no abbreviation) gives agency and drafting unit
    or field: ``SNV-VP``. The pieces are cleaned of blanks.

    :raises ValueError: the agency has no symbol
    """
    agency = clean_notation(agency_symbol)
    if not agency:
        raise ValueError("Cơ quan ban hành chưa có chữ viết tắt; hãy khai báo ký hiệu của cơ quan.")
    kind, unit = clean_notation(kind_abbreviation), clean_notation(unit_symbol)
    parts = [kind, agency] if kind else [agency, unit]
    return "-".join(part for part in parts if part)


def fill_pattern(pattern, **values):
    """Symbol from a pattern of the agency, e.g. ``"{kind}-{agency}"`` or ``"{agency}-{unit}"``.

    Known names: ``kind``, ``agency``, ``unit``, ``year``. A missing value takes its separator with it.

    :raises ValueError: the pattern uses an unknown name or is not closed
    """
    known = {name: clean_notation(str(values.get(name) or "")) for name in ("kind", "agency", "unit", "year")}
    names = re.findall(r"\{([^{}]*)\}", pattern or "")
    unknown = sorted(set(names) - set(known))
    if unknown or re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", pattern or "")):
        raise ValueError(
            "Mẫu ký hiệu không hợp lệ: chỉ dùng {kind}, {agency}, {unit}, {year}"
            + (f" (không có {{{unknown[0]}}})." if unknown else ".")
        )
    text = re.sub(r"\{([^{}]*)\}", lambda match: known[match[1]], pattern or "")
    text = re.sub(r"-{2,}", "-", text)
    text = re.sub(r"-*/-*", "/", text)
    text = re.sub(r"/{2,}", "/", text)
    return clean_notation(text)


def code(number, notation_text, year=None):
    """``(5, "SNV-VP")`` → ``"05/SNV-VP"``; with a year (legal normative acts) ``"30/2026/NĐ-CP"``.

    ``number`` may be an integer or the text as printed on a received document (kept as it is).
    """
    if isinstance(number, int):
        number = number_text(number)
    number = (number or "").strip()
    parts = [number] + ([str(year)] if year else []) + ([clean_notation(notation_text)] if notation_text else [])
    return "/".join(part for part in parts if part)


def split_code(text):
    """``"05/SNV-VP"`` → ``("05", "SNV-VP")``; text without that form → ``("", cleaned text)``."""
    match = _CODE.match(text or "")
    if not match:
        return "", clean_notation(text)
    return match["number"], clean_notation(match["notation"])


def comparable_code(text):
    """Key under which two spellings of one số, ký hiệu are equal: no blanks, upper case, no leading zeros."""
    number, rest = split_code(text)
    return f"{number.lstrip('0').upper()}/{rest.upper()}" if number else rest.upper()
