"""Lines of text of a PDF page with their places: what the eye sees, in the order of the page."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Line:
    """One piece of a text line; coordinates in points from the top left corner of the page.

    ``centre`` is the middle as a share of the page's width (0 … 1).
    """

    page: int
    left: float
    top: float
    right: float
    bottom: float
    text: str
    centre: float

    @property
    def height(self):
        return self.bottom - self.top


def read(raw, first=1, last=1):
    """Lines of the first ``first`` and the last ``last`` pages of a PDF.

    :param raw: bytes or path
    :return: (lines by page and place, number of pages)
    """
    import pypdfium2

    from .pdfium_lock import LOCK

    with LOCK:
        document = pypdfium2.PdfDocument(raw)
        try:
            count = len(document)
            wanted = sorted({*range(min(first, count)), *range(max(0, count - last), count)})
            lines = []
            for index in wanted:
                lines += _lines(document[index], index)
        finally:
            document.close()
    return lines, count


def _lines(page, index):
    width, height = page.get_size()
    text = page.get_textpage()
    pieces = []
    for number in range(min(text.count_rects(), 4000)):
        left, bottom, right, top = text.get_rect(number)
        content = text.get_text_bounded(left, bottom, right, top).strip()
        if content:
            pieces.append([left, height - top, right, height - bottom, content])
    lines = []
    for left, top, right, bottom, content, parts in _joined(pieces):
        # the reader itself knows best where the blanks of a whole line are
        words = text.get_text_bounded(left - 1, height - bottom, right + 1, height - top) if parts > 1 else content
        lines.append(Line(index, left, top, right, bottom, " ".join(words.split()), (left + right) / 2 / (width or 1)))
    text.close()
    page.close()
    return lines


def _joined(pieces):
    """Pieces of one line that stand close together become one; columns stay apart."""
    pieces.sort(key=lambda piece: ((piece[1] + piece[3]) / 2, piece[0]))
    rows = []
    for piece in pieces:
        middle = (piece[1] + piece[3]) / 2
        row = rows[-1] if rows else None
        if row and row[0][1] <= middle <= row[0][3]:
            row.append(piece)
        else:
            rows.append([piece])
    for row in rows:
        row.sort(key=lambda piece: piece[0])
        current = [*row[0], 1]
        for piece in row[1:]:
            tall = max(current[3] - current[1], piece[3] - piece[1])
            if piece[0] - current[2] < tall * 1.1:
                current[5] += 1
                current[1:4] = min(current[1], piece[1]), max(current[2], piece[2]), max(current[3], piece[3])
            else:
                yield current
                current = [*piece, 1]
        yield current
