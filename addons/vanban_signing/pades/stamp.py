"""A place for one more signature in a file that is not ours: the agency's own on a received or scanned document.

Nothing that is there is changed, so the sender's signatures stay valid: the field that a sender of the same system has kept is
used, else a new one is made. Where the sender certified the file or locked its fields, any new signature would break his in
strict validators; that is refused (``locked``), and the agency signs beside the file.
"""

import io
from dataclasses import dataclass

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from . import STAMPS
from .errors import SignError
from .layout import corner

#: Fields made in files from elsewhere; numbered, so that agency, unit and a later agency do not meet.
PREFIX = "xac_thuc_"


@dataclass(frozen=True)
class Place:
    """``pdf``: bytes with the empty field ``field``."""

    pdf: bytes
    field: str


def place(pdf, *, where="top_left", width_mm=60.0, height_mm=14.0, margin_mm=10.0, top_mm=5.0, order=0):
    """Received bytes → Place; the given bytes are the beginning of the new ones.

    ``order``: 0 for the agency, 1 for its unit. Measures in millimetres.
    :raise SignError: the file cannot be read, is encrypted, or its sender forbids it (``locked``)
    """
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
        if writer.prev.encrypted:
            raise SignError(
                "encrypted",
                "Tệp PDF đặt mật khẩu: không ký thêm vào tệp được. Hãy đề nghị gửi lại tệp không đặt mật khẩu.",
            )
        fields = _fields(writer)
        kept = fields.get(STAMPS[order]) if order < len(STAMPS) else None
        if kept is not None and "/V" not in kept:
            return Place(pdf, STAMPS[order])
        if _is_locked(fields):
            raise SignError(
                "locked",
                "Bên gửi đã khóa tệp, không cho thêm chữ ký vào tệp: ký vào sẽ làm hỏng chữ ký của bên gửi. Tệp được giữ nguyên; "
                "số đến và ngày đến ghi trong sổ.",
            )
        name = next(name for name in (f"{PREFIX}{number}" for number in range(1, 100)) if name not in fields)
        box = corner(
            *_page_size(writer),
            where=where,
            width_mm=width_mm,
            height_mm=height_mm,
            margin_mm=margin_mm,
            top_mm=top_mm,
            order=order,
        )
        append_signature_field(writer, SigFieldSpec(name, on_page=0, box=_on_page(writer, box)))
        out = io.BytesIO()
        writer.write(out)
    except (PdfError, KeyError, IndexError, TypeError, ValueError, OSError, RecursionError, StopIteration) as error:
        if isinstance(error, SignError):
            raise
        raise SignError("unreadable", "Không đọc được tệp PDF để ký thêm. Tệp được giữ nguyên như đã nhận.") from error
    return Place(out.getvalue(), name)


def _fields(writer):
    """{name: field} of the form, one level; {} without a form."""
    form = writer.root.get("/AcroForm", None)
    if form is None:
        return {}
    found = {}
    for reference in form.get_object().get("/Fields", ()):
        item = reference.get_object()
        if "/T" in item:
            found[str(item["/T"])] = item
    return found


def _is_locked(fields):
    """Whether an earlier signature certifies the file, or locks fields that do not exist yet."""
    for field in fields.values():
        signature = field.get("/V", None)
        signature = signature.get_object() if signature is not None else None
        if not isinstance(signature, generic.DictionaryObject) or field.get("/FT") != "/Sig":
            continue
        for reference in signature.get("/Reference", ()):
            reference = reference.get_object()
            method, parameters = reference.get("/TransformMethod"), reference.get("/TransformParams", {})
            if method == "/DocMDP" or (method == "/FieldMDP" and parameters.get("/Action") in ("/All", "/Exclude")):
                return True
    return False


def _page(writer):
    return writer.find_page_for_modification(0)[0].get_object()


def _media(writer):
    page = _page(writer)
    while "/MediaBox" not in page:
        page = page["/Parent"].get_object() if hasattr(page["/Parent"], "get_object") else page["/Parent"]
    left, bottom, right, top = (float(value) for value in page["/MediaBox"])
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)


def _page_size(writer):
    if int(_page(writer).get("/Rotate", 0)) % 360:
        raise SignError("rotated", "Trang 1 của tệp PDF bị xoay: hãy quét hoặc xuất lại với trang thẳng rồi ký.")
    left, bottom, right, top = _media(writer)
    return right - left, top - bottom


def _on_page(writer, box):
    left, bottom, _right, _top = _media(writer)
    return tuple(round(value) for value in (box.x0 + left, box.y0 + bottom, box.x1 + left, box.y1 + bottom))
