"""Find, by the printed text of a draft, where number, date, signature and seal belong.

The templates print ``Số:`` gap ``/KÝ-HIỆU``, the place followed by a gap for the date, and the signer's full name with room above.
"""

import ctypes
import unicodedata
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

from .errors import AnchorError
from .fonts import DESCENT
from .layout import MM, PADDING, SEAL_DIAMETER_MM, Box, Placement, TextPlace, seal_over
from .pdfium_lock import LOCK
from .seal_text import below_seal

LEADER_WIDTH_MM, LEADER_HEIGHT_MM, LEADER_MIN_MM = 54.0, 28.0, 14.0
_NUMBER_WIDTH, _DATE_SHARE = 16.0, 0.45
_MARGIN = 12 * MM


@dataclass(frozen=True)
class Word:
    """A word on a page: text (NFC), box in points (loose: full line height), font size, height of the line it stands on."""

    text: str
    page: int
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    baseline: float

    @property
    def middle(self):
        return (self.y0 + self.y1) / 2


def words(pdf, first=None):
    """Words of all pages, or of the ``first`` pages; AnchorError when the file cannot be read."""
    with LOCK:
        document = _open(pdf)
        try:
            return [
                word
                for index in range(min(len(document), first or len(document)))
                for word in _page_words(document[index], index)
            ]
        finally:
            document.close()


def page_size(pdf, page=0):
    """(width, height) in points of a page."""
    with LOCK:
        document = _open(pdf)
        try:
            return document[page].get_size()
        finally:
            document.close()


def _open(pdf):
    try:
        return pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        raise AnchorError(
            "unreadable", "Không đọc được tệp PDF để tìm chỗ ghi số và ký. Hãy xuất lại tệp PDF."
        ) from error


def _page_words(page, index):
    textpage = page.get_textpage()
    found, letters, box, size, baseline = [], [], None, 0.0, 0.0
    rect, raw = pdfium.FS_RECTF(), textpage.raw
    origin_x, origin_y = ctypes.c_double(), ctypes.c_double()

    def flush():
        nonlocal letters, box
        if letters:
            found.append(Word(unicodedata.normalize("NFC", "".join(letters)), index, *box, size, baseline))
        letters, box = [], None

    for position in range(pdfium.FPDFText_CountChars(raw)):
        code = pdfium.FPDFText_GetUnicode(raw, position)
        letter = chr(code) if code < 0x110000 else " "
        if letter.isspace() or letter in "\u00a0\u0002\ufffe" or pdfium.FPDFText_IsGenerated(raw, position) == 1:
            flush()
            continue
        if not pdfium.FPDFText_GetLooseCharBox(raw, position, ctypes.byref(rect)):
            continue
        here = (rect.left, rect.bottom, rect.right, rect.top)
        if box and (
            here[0] - box[2] > 0.25 * size or here[0] < box[0] - 1 or abs(here[1] - box[1]) > 0.6 * max(size, 1)
        ):
            flush()
        if not box:
            size = pdfium.FPDFText_GetFontSize(raw, position) or (here[3] - here[1])
            known = pdfium.FPDFText_GetCharOrigin(raw, position, ctypes.byref(origin_x), ctypes.byref(origin_y))
            baseline = origin_y.value if known else here[1] + DESCENT * size
            box = here
        else:
            box = (min(box[0], here[0]), min(box[1], here[1]), max(box[2], here[2]), max(box[3], here[3]))
        letters.append(letter)
    flush()
    textpage.close()
    return found


def locate(
    pdf,
    *,
    signer_name,
    number_before="Số:",
    number_after="/",
    place=None,
    number_sample="1234",
    seal_mm=SEAL_DIAMETER_MM,
    seal_text_mm=0.0,
    date_sample="ngày 30 tháng 12 năm 2026",
):
    """Placement for a draft made from a template.

    ``number_after`` may be the whole notation (``/SNV-VP``); ``place`` is the printed place with its comma (``Hà Nội,``).
    ``seal_text_mm``: height of the text that belongs to the seal, 0 for a seal without text.
    Raises AnchorError naming the text that was looked for.
    """
    all_words = words(pdf)
    first = [word for word in all_words if word.page == 0]
    width = page_size(pdf)[0]
    leader = leader_box(all_words, signer_name)
    seal = seal_over(leader, seal_mm)
    if seal_text_mm:
        seal = below_seal(seal, leader, all_words, page_size(pdf, leader.page)[0], seal_text_mm)
    return Placement(
        number=_number(first, number_before, number_after, number_sample),
        date=_date(first, place, date_sample, width),
        leader=leader,
        seal=seal,
    )


def _same_line(word, other):
    return word.page == other.page and abs(word.middle - other.middle) < 0.5 * max(word.y1 - word.y0, 1)


def _after(line_words, word):
    return sorted(
        (other for other in line_words if other is not word and _same_line(word, other) and other.x0 > word.x0),
        key=lambda w: w.x0,
    )


def _number(first, before, after, sample):
    label = unicodedata.normalize("NFC", before).split()[-1]
    for word in sorted(
        (w for w in first if w.text == label or (label == "Số:" and w.text == "Số")), key=lambda w: -w.y1
    ):
        rest = _after(first, word)
        if rest and rest[0].text == ":":
            word, rest = rest[0], rest[1:]
        if rest and rest[0].text.startswith("/"):
            gap = rest[0].x0 - word.x1
            need = max(_NUMBER_WIDTH, _digits(sample, 13))
            if gap < need:
                raise AnchorError(
                    "number_gap",
                    f"Khoảng trống sau “{before}” chỉ rộng {gap / MM:.0f} mm, cần ít nhất {need / MM:.0f} mm "
                    "để ghi số. Hãy thêm khoảng trắng trước ký hiệu trong mẫu rồi tạo lại bản PDF.",
                )
            size = min(word.size, 14.0)
            return TextPlace(Box(0, word.x1 + 1, _bottom(word, size), rest[0].x0 - 0.2, word.y1 + PADDING), size)
    raise AnchorError(
        "number",
        f"Không tìm thấy chỗ ghi số trên trang 1: cần dòng “{before} … {after}”. Hãy dùng mẫu trình bày của hệ thống.",
    )


def _bottom(word, size):
    """Lower edge of a field whose text, as ``fill`` writes it, stands on the line of ``word``."""
    return word.baseline - DESCENT * size - PADDING


def _digits(sample, size):
    return len(sample) * 0.5 * size


def _date(first, place, sample, width):
    need = _DATE_SHARE * 12 * len(sample)
    label = unicodedata.normalize("NFC", place).split() if place else None
    top = max((word.y1 for word in first), default=0)
    candidates = [
        word
        for word in first
        if word.text.endswith(",") and word.y1 > top / 2 and (label is None or word.text == label[-1])
    ]
    for word in sorted(candidates, key=lambda w: (-w.y1, -w.x1)):
        rest = _after(first, word)
        if label and not _preceded(first, word, label[:-1]):
            continue
        limit = rest[0].x0 - 2 if rest else width - _MARGIN
        if limit - word.x1 < need:
            if label is None:
                continue
            raise AnchorError(
                "date_gap",
                f"Chỗ ghi ngày sau “{place}” chỉ rộng {(limit - word.x1) / MM:.0f} mm, cần {need / MM:.0f} mm. "
                "Hãy chừa khoảng trống trong mẫu rồi tạo lại bản PDF.",
            )
        size = min(word.size, 14.0)
        return TextPlace(
            Box(0, word.x1 + 0.28 * size, _bottom(word, size), min(limit, word.x1 + need * 1.35), word.y1 + PADDING),
            size,
            "italic",
        )
    raise AnchorError(
        "date",
        f"Không tìm thấy chỗ ghi ngày trên trang 1: cần địa danh và dấu phẩy (“{place or 'Địa danh,'}”) "
        "với khoảng trống phía sau.",
    )


def _preceded(first, word, label):
    before = sorted(
        (w for w in first if w is not word and _same_line(word, w) and w.x1 <= word.x0 + 1), key=lambda w: w.x0
    )
    return [w.text for w in before[len(before) - len(label) :]] == label if label else True


def leader_box(all_words, signer_name, width_mm=LEADER_WIDTH_MM, height_mm=LEADER_HEIGHT_MM):
    """Box between the signer's title and full name: the last place in the document where the name is printed."""
    name = unicodedata.normalize("NFC", signer_name or "").split()
    if not name:
        raise AnchorError("signer", "Chưa có họ tên người ký trên văn bản.")
    block = _last_phrase(all_words, name)
    if block is None:
        raise AnchorError(
            "signer",
            f"Không tìm thấy họ tên người ký “{signer_name}” trong tệp PDF. Hãy kiểm tra khối chữ ký ở cuối văn bản.",
        )
    page, x0, x1, top = block[0].page, block[0].x0, block[-1].x1, max(word.y1 for word in block)
    centre, half = (x0 + x1) / 2, width_mm * MM / 2
    above = [
        word
        for word in all_words
        if word.page == page and word.y0 >= top - 1 and word.x1 > centre - half / 2 and word.x0 < centre + half / 2
    ]
    if not above:
        raise AnchorError(
            "signer_block",
            f"Trên trang {page + 1} không có chức vụ phía trên họ tên “{signer_name}”; khối chữ ký bị tách trang. "
            "Hãy chỉnh để chức vụ và họ tên ở cùng một trang.",
        )
    gap = min(word.y0 for word in above) - top - 2 * PADDING
    if gap < LEADER_MIN_MM * MM:
        raise AnchorError(
            "signer_gap",
            f"Chỗ ký giữa chức vụ và họ tên chỉ cao {max(gap, 0) / MM:.0f} mm, cần ít nhất {LEADER_MIN_MM:.0f} mm. "
            "Hãy thêm dòng trống trong mẫu rồi tạo lại bản PDF.",
        )
    height = min(gap, height_mm * MM)
    bottom = top + PADDING + (gap - height) / 2
    return Box(page, centre - half, bottom, centre + half, bottom + height)


def _last_phrase(all_words, phrase):
    for start in range(len(all_words) - len(phrase), -1, -1):
        run = all_words[start : start + len(phrase)]
        if all(
            word.text.strip(",.").casefold() == part.casefold() for word, part in zip(run, phrase, strict=True)
        ) and all(_same_line(run[0], word) for word in run):
            return run
    return None
