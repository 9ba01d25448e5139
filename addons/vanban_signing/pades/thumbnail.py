"""The page that will carry a signature, as a small picture, with the places of signature, seal, number and date."""

import io
from dataclasses import dataclass

import pikepdf
import pypdfium2

from . import DATE, LEADER, NUMBER, SEAL
from .errors import AnchorError
from .layout import Box
from .pdfium_lock import LOCK

WIDTH = 620


@dataclass(frozen=True)
class Page:
    """``number`` is 1-based; ``boxes`` are ``{"kind", "left", "top", "width", "height"}`` in percent of the page."""

    number: int
    count: int
    png: bytes
    boxes: list


def of_placement(placement):
    """``{field name: Box}`` of a ``layout.Placement``."""
    found = {
        NUMBER: placement.number and placement.number.box,
        DATE: placement.date and placement.date.box,
        LEADER: placement.leader,
        SEAL: placement.seal,
    }
    return {name: box for name, box in found.items() if box}


def places(pdf):
    """``{field name: Box}`` of the fields that a prepared file has; empty for a draft."""
    found = {}
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            for index, sheet in enumerate(document.pages):
                for item in sheet.get("/Annots", []):
                    name = str(item.get("/T", ""))
                    if item.get("/Subtype") == "/Widget" and name in (NUMBER, DATE, LEADER, SEAL):
                        found[name] = Box(index, *(float(value) for value in item.Rect))
    except (pikepdf.PdfError, ValueError, TypeError, AttributeError) as error:
        raise AnchorError("unreadable", "Không đọc được tệp PDF. Hãy xuất lại tệp PDF.") from error
    return found


def page(pdf, boxes, first=LEADER, width=WIDTH):
    """Picture ``width`` pixels wide of the page of box ``first`` (else of the first page) with the boxes on it."""
    number = boxes[first].page if first in boxes else 0
    try:
        with LOCK:
            document = pypdfium2.PdfDocument(pdf)
            try:
                document.init_forms()
                count, sheet = len(document), document[number]
                wide, high = sheet.get_size()
                picture = sheet.render(scale=width / wide, may_draw_forms=True).to_pil()
            finally:
                document.close()
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise AnchorError("unreadable", "Không đọc được tệp PDF. Hãy xuất lại tệp PDF.") from error
    buffer = io.BytesIO()
    picture.convert("P", colors=64).save(buffer, "PNG", optimize=False)
    shown = [
        {
            "kind": name,
            "left": round(100 * box.x0 / wide, 2),
            "top": round(100 * (high - box.y1) / high, 2),
            "width": round(100 * box.width / wide, 2),
            "height": round(100 * box.height / high, 2),
        }
        for name, box in boxes.items()
        if box.page == number
    ]
    return Page(number + 1, count, buffer.getvalue(), shown)
