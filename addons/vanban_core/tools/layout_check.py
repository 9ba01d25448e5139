"""What a draft shows of the form that NĐ 30/2020/NĐ-CP, Phụ lục I asks for: a list of points for the format checker.

Machine's findings only; a person ticks each point. ``python -m tools.layout_check FILE.pdf`` prints the list.
"""

import collections
import ctypes
import dataclasses
import re
import sys

from . import letter_lines, text_fold
from .pdfium_lock import LOCK

MM = 72 / 25.4
PAGES = 30
_SERIF = re.compile(r"times ?new ?roman|timesnewroman|liberation ?serif|times-?roman|^times", re.IGNORECASE)
_DATED = re.compile(r"ngay\s*(\d{0,2}|…|\.*)\s*(thang|$)")
_CAPACITY = re.compile(r"^(tm|kt|tl|tuq|q)\s*\.|giam doc|chu tich|truong phong|chanh van phong|thu truong|cuc truong|vu truong|hieu truong|"
                       r"vien truong|bo truong|truong ban|chanh thanh tra|chi cuc truong")  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Point:
    """One point of form: stable ``code``, ``ok`` (True, False, None = cannot be seen), ``detail`` (Vietnamese, what was found)."""

    code: str
    ok: bool | None
    detail: str = ""


# in the order of Phụ lục I
CODES = ("paper", "margins", "font", "size", "page_number", "motto", "agency", "number", "place", "subject", "receivers", "signature")


def check(raw, place=None):
    """[:class:`Point`] in the order of ``CODES`` for a PDF.

    :param bytes raw: a sound PDF
    :param place: printed place name (“Hà Nội”), when it is known; the date itself comes with the number
    """
    lines, count = letter_lines.read(raw, first=PAGES, last=1)
    sizes, fonts, characters = _pages(raw)
    points = [_paper(sizes)]
    if not lines:
        return points + [Point(code, None, "Trang không có lớp chữ (bản quét): xem bằng mắt.") for code in CODES[1:]]
    first = [line for line in lines if line.page == 0]
    plain = {id(line): text_fold.fold(line.text).strip() for line in lines}
    upper = max((height for _width, height in sizes[:1]), default=297 * MM) * 0.5
    head = [line for line in first if line.top < upper]
    return points + [
        _margins(lines, sizes), _font(fonts), _size(characters), _numbered(lines, count),
        _found("motto", [line for line in head if plain[id(line)].startswith(("cong hoa xa hoi chu nghia viet nam", "doc lap"))], 2,
               "Thiếu Quốc hiệu hoặc Tiêu ngữ."),
        _agency(head, plain),
        _found("number", _number(head, plain), 1, "Không thấy dòng “Số: …/ký hiệu”."),
        _found("place", [line for line in head if _is_place(line, plain[id(line)], place)], 1, "Không thấy dòng địa danh, ngày tháng năm."),
        _subject(head, plain),
        _found("receivers", [line for line in lines if plain[id(line)].startswith("noi nhan")], 1, "Không thấy “Nơi nhận:”."),
        _signature(lines, plain),
    ]  # fmt: skip


def _pages(raw):
    """(sizes of the pages in points, {font name: characters}, {size in points: characters})."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    fonts, characters = collections.Counter(), collections.Counter()
    with LOCK:
        document = pypdfium2.PdfDocument(raw)
        try:
            sizes = [document[index].get_size() for index in range(min(len(document), PAGES))]
            for index in range(len(sizes)):
                text = document[index].get_textpage()
                name, flags = ctypes.create_string_buffer(256), ctypes.c_int()
                for at in range(0, min(text.count_chars(), 3000), 3):
                    if not chr(pdfium.FPDFText_GetUnicode(text.raw, at) or 32).strip():
                        continue
                    pdfium.FPDFText_GetFontInfo(text.raw, at, name, 256, ctypes.byref(flags))
                    fonts[name.value.decode("utf-8", "replace").split("+")[-1]] += 1
                    characters[round(pdfium.FPDFText_GetFontSize(text.raw, at), 1)] += 1
                text.close()
        finally:
            document.close()
    return sizes, fonts, characters


def _paper(sizes):
    wrong = [
        index for index, (width, height) in enumerate(sizes, 1)
        if abs(min(width, height) - 210 * MM) > 3 or abs(max(width, height) - 297 * MM) > 3
    ]  # fmt: skip
    return Point("paper", not wrong, f"Không phải khổ A4: trang {_list(wrong)}." if wrong else "A4")


def _margins(lines, sizes):
    """Left 30–35, right 15–20, top and bottom 20–25 mm; the page number and the address line may stand outside."""
    bad = []
    for index, (width, height) in enumerate(sizes):
        mine = [line for line in lines if line.page == index]
        inside = [line for line in mine if not re.fullmatch(r"\d{1,4}", line.text) and (index or line.bottom < height - 20 * MM)]
        if not inside or width > height:
            continue
        left, right = min(line.left for line in inside) / MM, (width - max(line.right for line in inside)) / MM
        top, bottom = min(line.top for line in inside) / MM, (height - max(line.bottom for line in inside)) / MM
        for side, found, least in (("trái", left, 29), ("phải", right, 14), ("trên", top, 19), ("dưới", bottom, 18)):
            if found < least:
                bad.append(f"trang {index + 1} lề {side} {found:.0f} mm")
    return Point("margins", not bad, "; ".join(bad[:6]))


def _font(fonts):
    others = {name: count for name, count in fonts.items() if not _SERIF.search(name)}
    share = sum(others.values()) / (sum(fonts.values()) or 1)
    # bullets and signs of other fonts are no second text font
    return Point("font", share < 0.02, f"Có phông khác Times New Roman: {_list(sorted(others))}." if share >= 0.02 else "")


def _size(characters):
    usual = characters.most_common(1)[0][0] if characters else 0
    return Point("size", 12.8 <= usual <= 14.2 if usual > 2 else None, f"Cỡ chữ phổ biến: {usual:g}")


def _numbered(lines, count):
    numbers = {line.page: line.text for line in lines if re.fullmatch(r"\d{1,4}", line.text) and line.bottom < 22 * MM and 0.4 < line.centre < 0.6}
    missing = [page + 1 for page in range(1, min(count, PAGES)) if page not in numbers]
    if 0 in numbers:
        return Point("page_number", False, "Trang 1 không in số trang.")
    return Point("page_number", not missing, f"Thiếu số trang ở giữa lề trên: trang {_list(missing)}." if missing else "")


def _found(code, lines, needed, message):
    return Point(code, len(lines) >= needed, " ".join(line.text for line in lines[:2])[:120] if len(lines) >= needed else message)


def _agency(head, plain):
    number = next((line.top for line in head if re.match(r"so\s*[:.]", plain[id(line)])), 90 * MM)
    names = [line for line in head if line.centre < 0.48 and line.top < number and line.text == line.text.upper() and len(line.text) > 3]
    return _found("agency", names, 1, "Không thấy tên cơ quan ban hành ở phía trên bên trái.")


def _number(head, plain):
    """“Số: 12/QĐ-SNV”; before numbering there is a gap between the two parts."""
    before = [line for line in head if re.match(r"so\s*[:.]", plain[id(line)])]
    return [
        line for line in before
        if "/" in line.text or any(other.text.startswith("/") and abs(other.top - line.top) < line.height for other in head)
    ]  # fmt: skip


def _is_place(line, plain, place):
    if line.centre <= 0.48:
        return False
    return bool(_DATED.search(plain)) or bool(place and plain.startswith(f"{text_fold.fold(place)},"))


def _subject(head, plain):
    """“V/v …” under the number, or kind and abstract in the middle."""
    if any(plain[id(line)].startswith("v/v") for line in head):
        return Point("subject", True, next(line.text for line in head if plain[id(line)].startswith("v/v"))[:120])
    edge = max((line.bottom for line in head if plain[id(line)].startswith(("so:", "doc lap"))), default=0)
    middle = [line for line in head if line.top > edge and 0.4 < line.centre < 0.6 and line.text == line.text.upper() and len(line.text) > 3]
    return _found("subject", middle, 1, "Không thấy tên loại và trích yếu.")


def _signature(lines, plain):
    """Capacity or position in capitals on the right, a name below it."""
    titles = [
        line for line in lines
        if line.centre > 0.52 and line.text == line.text.upper() and _CAPACITY.search(plain[id(line)])
    ]  # fmt: skip
    for title in titles[-2:]:
        below = [
            line for line in lines
            if line.page == title.page and line.centre > 0.52 and line.top > title.bottom
            and len(line.text.split()) >= 2 and line.text != line.text.upper()
        ]  # fmt: skip
        if below:
            return Point("signature", True, f"{title.text} – {below[-1].text}"[:120])
    return Point("signature", False, "Không thấy chức vụ và họ tên người ký.")


def _list(items):
    items = list(items)
    return ", ".join(map(str, items[:8])) + (" …" if len(items) > 8 else "")


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as stream:
        for point in check(stream.read()):
            print({True: "[x]", False: "[ ]", None: "[?]"}[point.ok], point.code, point.detail)
