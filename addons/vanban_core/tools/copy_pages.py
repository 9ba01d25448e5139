"""Pages of a copy: those of the source as they look on paper, the block of the copy after their end.

NĐ 30/2020/NĐ-CP, Phụ lục I, phần II, mục II: the block stands on the same sheet right after the last part of the copied
document, under a solid line across the whole text area.
"""

import dataclasses
import io

from .copy_rules import MAX_PAGES, CopyRuleError, page_numbers

MM = 72 / 25.4
_A4 = (210 * MM, 297 * MM)
# text area of PL I, I.I.4
LEFT, RIGHT, BOTTOM = 30 * MM, 15 * MM, 15 * MM
_GAP = 5 * MM
_EDGE = 4 * MM  # shadows at the border of a scan are no text
_SCALE = 1.5
_DARK = 170


@dataclasses.dataclass(frozen=True)
class _Ink:
    """Lowest and highest mark on a page, in points from its lower edge; both None on an empty page."""

    bottom: float | None
    top: float | None


def merge(sources, pages=None):
    """One PDF of all pages of ``sources``, as they are printed: what fields and signatures show stays, they themselves do not.

    :param sources: sound PDFs (bytes), already checked by ``file_check``
    :param pages: “1, 3-5” to take only these, counted over all sources
    :raises CopyRuleError: ``pages``, ``too_long``
    """
    import pikepdf

    with pikepdf.new() as target:
        opened = []
        try:
            for raw in sources:
                source = pikepdf.open(io.BytesIO(raw))
                opened.append(source)
                if len(target.pages) + len(source.pages) > MAX_PAGES:
                    raise CopyRuleError("too_long", str(MAX_PAGES))
                source.flatten_annotations("all")
                target.pages.extend(source.pages)
            if pages:
                wanted = set(page_numbers(pages, len(target.pages)))
                for index in reversed(range(len(target.pages))):
                    if index not in wanted:
                        del target.pages[index]
            for page in target.pages:
                for key in ("/Annots", "/AA", "/PieceInfo", "/Metadata"):
                    if key in page.obj:
                        del page.obj[key]
            return _saved(target)
        finally:
            for source in opened:
                source.close()


def with_block(raw, block):
    """``raw`` with the block of the copy (a PDF laid out from its template) after the last text of its last page.

    A new page takes the block when the last one has no room for it, or is no upright A4 page.
    """
    import pikepdf

    with pikepdf.open(io.BytesIO(raw)) as target, pikepdf.open(io.BytesIO(block)) as source:
        if len(source.pages) == 1 and _upright(target.pages[-1]):
            edge, mark = _ink(raw, -1, _EDGE), _ink(block, 0)
            room = _A4[1] - 20 * MM if edge.bottom is None else edge.bottom - _GAP
            height = mark.top - mark.bottom
            if room - _GAP - height >= BOTTOM:
                _line(target.pages[-1], room)
                part = source.pages[0]
                box = [0, mark.bottom - 1, float(part.mediabox[2]), mark.top + 1]
                part.obj.MediaBox = part.obj.CropBox = part.obj.TrimBox = pikepdf.Array(box)
                low = room - _GAP - height - 1
                target.pages[-1].add_overlay(part, pikepdf.Rectangle(0, low, box[2], low + box[3] - box[1]))
                return _saved(target)
        first = len(target.pages)
        target.pages.extend(source.pages)
        _line(target.pages[first], _ink(block, 0).top + 4 * MM)
        return _saved(target)


def _saved(pdf):
    out = io.BytesIO()
    pdf.save(out, min_version="1.5")
    return out.getvalue()


def _upright(page):
    """A4 with its corner in the origin, neither turned nor cropped: only there a place is what it seems."""
    box, crop = list(map(float, page.mediabox)), list(map(float, page.cropbox))
    size = abs(box[2] - _A4[0]) < 6 * MM and abs(box[3] - _A4[1]) < 6 * MM
    return size and box[:2] == [0, 0] and box == crop and not int(page.obj.get("/Rotate", 0)) % 360 and "/UserUnit" not in page.obj


def _line(page, height):
    """The solid line across the text area."""
    import pikepdf
    from reportlab.pdfgen import canvas

    buffer = io.BytesIO()
    width, full = float(page.mediabox[2]), float(page.mediabox[3])
    sheet = canvas.Canvas(buffer, pagesize=(width, full))
    sheet.setLineWidth(0.75)
    sheet.line(LEFT, height, width - RIGHT, height)
    sheet.save()
    buffer.seek(0)
    with pikepdf.open(buffer) as overlay:
        page.add_overlay(overlay.pages[0], pikepdf.Rectangle(0, 0, width, full))


def _ink(raw, index, edge=0.0):
    """:class:`_Ink` of one page, seen as a picture: text and scans alike."""
    import pypdfium2

    from .pdfium_lock import LOCK

    with LOCK:
        document = pypdfium2.PdfDocument(raw)
        try:
            page = document[index if index >= 0 else len(document) + index]
            height = page.get_height()
            picture = page.render(scale=_SCALE, may_draw_forms=False).to_pil().convert("L")
        finally:
            document.close()
    skip = round(edge * _SCALE)
    picture = picture.crop((skip, skip, picture.width - skip, picture.height - skip))
    box = picture.point(lambda value: 255 if value < _DARK else 0).getbbox()
    if not box:
        return _Ink(None, None)
    return _Ink(height - (box[3] + skip) / _SCALE, height - (box[1] + skip) / _SCALE)
