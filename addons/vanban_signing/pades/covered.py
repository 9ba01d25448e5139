"""Text that something opaque painted later hides (the "hide" shadow attack and plain tricks with white boxes)."""

import ctypes

import pypdfium2
import pypdfium2.raw as pdfium

from .pdfium_lock import LOCK

_SHARE = 0.5
_INVISIBLE = 3
_MAX_COVERS = 2000


def covered_text(pdf):
    """[(0-based page, covered share of the text's area)] for pages where visible text is hidden by a later opaque object.

    Invisible text (the layer that OCR puts behind a scan) does not count as visible. Raises PdfiumError for a broken file.
    """
    found = []
    with LOCK:
        document = pypdfium2.PdfDocument(pdf)
        try:
            for index in range(len(document)):
                page = document[index]
                share = _page_share(page)
                if share:
                    found.append((index, share))
                page.close()
        finally:
            document.close()
    return found


def _page_share(page):
    texts, hidden, total, covers = [], 0.0, 0.0, 0
    for position in range(pdfium.FPDFPage_CountObjects(page)):
        item = pdfium.FPDFPage_GetObject(page, position)
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            if pdfium.FPDFTextObj_GetTextRenderMode(item) == _INVISIBLE:
                continue
            box = _bounds(item)
            if box and _area(box):
                texts.append(box)
                total += _area(box)
        elif texts and covers < _MAX_COVERS and _opaque(item, kind):
            box = _bounds(item)
            if not box:
                continue
            covers += 1
            kept = []
            for text in texts:
                if _area(_meet(text, box)) >= _SHARE * _area(text):
                    hidden += _area(text)
                else:
                    kept.append(text)
            texts = kept
    return hidden / total if total else 0.0


def _opaque(item, kind):
    if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
        return not pdfium.FPDFPageObj_HasTransparency(item)
    if kind != pdfium.FPDF_PAGEOBJ_PATH:
        return False
    mode, stroke = ctypes.c_int(), pdfium.FPDF_BOOL()
    if not pdfium.FPDFPath_GetDrawMode(item, mode, stroke) or not mode.value:
        return False
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    pdfium.FPDFPageObj_GetFillColor(item, red, green, blue, alpha)
    return alpha.value > 200


def _bounds(item):
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top):
        return None
    return left.value, bottom.value, right.value, top.value


def _meet(one, other):
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


def _area(box):
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])
