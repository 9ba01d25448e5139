"""Registers on paper: cover, first page and ten columns of NĐ 30/2020/NĐ-CP, Phụ lục IV, on A4 landscape.

No Odoo in here. Pages are laid out first and drawn then, so that each bears its number of how many; a book of ten
thousand lines (a thousand pages) takes some twenty seconds.
"""

import dataclasses
import functools
import io

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from ..tools import fonts

INCOMING = (
    ("Ngày đến", 19), ("Số đến", 13), ("Tác giả", 36), ("Số, ký hiệu", 27), ("Ngày tháng", 19),
    ("Tên loại và trích yếu nội dung", 61), ("Đơn vị hoặc người nhận", 34), ("Ngày chuyển", 19), ("Ký nhận", 20), ("Ghi chú", 19),
)  # fmt: skip
OUTGOING = (
    ("Số, ký hiệu văn bản", 27), ("Ngày tháng văn bản", 19), ("Tên loại và trích yếu nội dung văn bản", 57), ("Người ký", 28),
    ("Nơi nhận văn bản", 42), ("Đơn vị, người nhận bản lưu", 30), ("Số lượng bản", 12), ("Ngày chuyển", 19), ("Ký nhận", 14),
    ("Ghi chú", 19),
)  # fmt: skip

_PAGE = landscape(A4)
_LEFT, _TOP, _BOTTOM = 15 * mm, 20 * mm, 15 * mm
_SIZE, _LEADING, _PAD = 10, 12, 1.2 * mm


@dataclasses.dataclass(frozen=True)
class Book:
    """What is printed: texts only; ``rows`` have as many cells as ``columns`` (name, width in mm)."""

    parent: str
    agency: str
    title: str
    year: str
    date_from: str
    date_to: str
    number_from: str
    number_to: str
    volume: str
    columns: tuple
    rows: list


def render(book):
    """PDF (bytes) and number of pages of a register book."""
    regular, bold, italic = fonts.register()
    pages = _paginate(book, regular)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=_PAGE, pageCompression=1)
    canvas.setTitle(f"{book.title} {book.year}")
    canvas.setAuthor(book.agency)
    _cover(canvas, book, regular, bold)
    canvas.showPage()
    _first_page(canvas, book, regular, bold, italic)
    canvas.showPage()
    for number, page in enumerate(pages, start=1):
        _draw(canvas, book, page, regular, bold)
        canvas.setFont(italic, 10)
        canvas.drawCentredString(_PAGE[0] / 2, 9 * mm, f"Trang {number}/{len(pages)}")
        canvas.showPage()
    canvas.save()
    return out.getvalue(), len(pages) + 2


@functools.lru_cache(maxsize=20_000)
def _width(word, font, size):
    return stringWidth(word, font, size)


def _wrap(text, width, font, size=_SIZE):
    """Lines of ``text`` within ``width`` points; a word longer than the cell is broken."""
    lines, space = [], _width(" ", font, size)
    for part in str(text or "").splitlines() or [""]:
        words, used = [], 0.0
        for word in part.split():
            for piece in _pieces(word, width, font, size):
                need = _width(piece, font, size)
                if words and used + space + need > width:
                    lines.append(" ".join(words))
                    words, used = [], 0.0
                used += need + (space if words else 0)
                words.append(piece)
        lines.append(" ".join(words))
    return lines


def _pieces(word, width, font, size):
    """The word, or the parts of it that fit in a cell each."""
    while _width(word, font, size) > width and len(word) > 1:
        cut = next(cut for cut in range(len(word) - 1, 0, -1) if cut == 1 or stringWidth(word[:cut], font, size) <= width)
        yield word[:cut]
        word = word[cut:]
    yield word


def _paginate(book, font):
    widths = [width * mm - 2 * _PAD for _name, width in book.columns]
    head = max(len(_wrap(name, width, font)) for (name, _w), width in zip(book.columns, widths, strict=True)) + 1
    room = _PAGE[1] - _TOP - _BOTTOM - head * _LEADING - 4 * _PAD
    pages, page, used = [], [], 0
    for row in book.rows:
        cells = [_wrap(text, width, font) for text, width in zip(row, widths, strict=True)]
        height = max(map(len, cells)) * _LEADING + 2 * _PAD
        # a cell longer than a page is shortened: the whole text stands in the system
        if height > room:
            limit = int((room - 2 * _PAD) // _LEADING)
            cells = [[*cell[: limit - 1], "…"] if len(cell) > limit else cell for cell in cells]
            height = max(map(len, cells)) * _LEADING + 2 * _PAD
        if page and used + height > room:
            pages.append(page)
            page, used = [], 0
        page.append((cells, height))
        used += height
    pages.append(page)
    return pages


def _cover(canvas, book, regular, bold):
    middle = _PAGE[0] / 2
    lines = (
        (175, regular, 14, book.parent.upper()),
        (167, bold, 14, book.agency.upper()),
        (120, bold, 26, book.title.upper()),
        (98, bold, 16, f"Năm: {book.year}"),
        (82, regular, 14, f"Từ ngày {book.date_from} đến ngày {book.date_to}"),
        (73, regular, 14, f"Từ số {book.number_from} đến số {book.number_to}"),
        (40, bold, 14, f"Quyển số: {book.volume}"),
    )
    canvas.setLineWidth(1.5)
    canvas.rect(12 * mm, 12 * mm, _PAGE[0] - 24 * mm, _PAGE[1] - 24 * mm)
    canvas.setLineWidth(0.5)
    canvas.rect(14 * mm, 14 * mm, _PAGE[0] - 28 * mm, _PAGE[1] - 28 * mm)
    _centred(canvas, lines, middle)
    canvas.setLineWidth(0.7)
    canvas.line(middle - 20 * mm, 164 * mm, middle + 20 * mm, 164 * mm)


def _first_page(canvas, book, regular, bold, italic):
    """What the cover says, on a leaf that is bound in, with the place for the head's signature and the seal."""
    middle, right = _PAGE[0] / 2, _PAGE[0] - 70 * mm
    _centred(canvas, (
        (185, regular, 13, book.parent.upper()),
        (178, bold, 13, book.agency.upper()),
        (146, bold, 20, book.title.upper()),
        (132, bold, 14, f"Năm: {book.year}"),
        (120, regular, 14, f"Từ ngày {book.date_from} đến ngày {book.date_to}"),
        (111, regular, 14, f"Từ số {book.number_from} đến số {book.number_to}"),
        (102, bold, 14, f"Quyển số: {book.volume}"),
    ), middle)  # fmt: skip
    _centred(canvas, (
        (78, bold, 13, "NGƯỜI ĐỨNG ĐẦU CƠ QUAN, ĐƠN VỊ"),
        (72, italic, 12, "(Ký, ghi rõ họ tên và đóng dấu)"),
    ), right)  # fmt: skip


def _centred(canvas, lines, middle):
    """(height in mm, font, size, text), smaller where the page is too narrow."""
    for height, font, size, text in lines:
        while size > 8 and stringWidth(text, font, size) > _PAGE[0] - 50 * mm:
            size -= 1
        canvas.setFont(font, size)
        canvas.drawCentredString(middle, height * mm, text)


def _draw(canvas, book, page, regular, bold):
    widths = [width * mm for _name, width in book.columns]
    edges = [_LEFT]
    for width in widths:
        edges.append(edges[-1] + width)
    top = _PAGE[1] - _TOP
    canvas.setLineWidth(0.5)
    names = [_wrap(name, width - 2 * _PAD, bold) for (name, _w), width in zip(book.columns, widths, strict=True)]
    height = max(map(len, names)) * _LEADING + 2 * _PAD
    _row(canvas, edges, top, height, names, bold, centred=True)
    top -= height
    height = _LEADING + 0.5 * _PAD
    _row(canvas, edges, top, height, [[f"({index})"] for index in range(1, len(widths) + 1)], regular, centred=True)
    top -= height
    for cells, height in page:
        _row(canvas, edges, top, height, cells, regular)
        top -= height


def _row(canvas, edges, top, height, cells, font, centred=False):
    canvas.rect(edges[0], top - height, edges[-1] - edges[0], height)
    for edge in edges[1:-1]:
        canvas.line(edge, top, edge, top - height)
    canvas.setFont(font, _SIZE)
    for left, right, lines in zip(edges, edges[1:], cells, strict=False):
        y = top - _PAD - _SIZE + 1
        for line in lines:
            if centred:
                canvas.drawCentredString((left + right) / 2, y, line)
            else:
                canvas.drawString(left + _PAD, y, line)
            y -= _LEADING
