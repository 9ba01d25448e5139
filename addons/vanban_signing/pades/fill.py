"""Write number and date into a file the leader has already signed, without touching his signature."""

import io

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError

from . import DATE, NUMBER
from .appearance import form_font, text_stream
from .errors import SignError
from .fonts import DESCENT, RESOURCE
from .layout import PADDING

_READ_ONLY = 1


def fill(pdf, values):
    """Signed bytes and ``{"so": "05", "ngay": "ngày 05 tháng 01 năm 2026"}`` → bytes with one more incremental update.

    Every field gets a new appearance stream (never the old one changed in place) and becomes read-only. Fields are written
    once: writing the same value again returns the bytes as they are, another value is refused (SignError).
    """
    values = {name: value.strip() for name, value in values.items() if value}
    unknown = set(values) - {NUMBER, DATE}
    if unknown:
        raise SignError("field_unknown", f"Không được ghi trường {', '.join(sorted(unknown))} vào văn bản đã ký.")
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        found = _fields(writer)
    except (PdfError, KeyError, TypeError, ValueError) as error:
        raise SignError("unreadable", "Không đọc được tệp PDF để ghi số, ngày. Hãy kiểm tra lại tệp.") from error
    missing = sorted(set(values) - set(found))
    if missing:
        raise SignError(
            "field_missing",
            f"Tệp PDF không có chỗ chừa sẵn cho {_names(missing)}. Hãy tạo lại bản trình ký bằng mẫu của hệ thống.",
        )
    changed = False
    for name, value in values.items():
        field = found[name]
        before = str(field.get("/V", ""))
        if before == value:
            continue
        if before or int(field.get("/Ff", 0)) & _READ_ONLY:
            raise SignError(
                "field_filled",
                f"{_names([name]).capitalize()} đã ghi là “{before}”, không ghi lại thành “{value}” được.",
            )
        _write(writer, field, value)
        changed = True
    if not changed:
        return pdf
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def values(pdf):
    """The values of the reserved text fields: ``{"so": "05", "ngay": …}``; empty ones are left out."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    return {name: str(field["/V"]) for name, field in _fields(writer).items() if field.get("/V")}


def _fields(writer):
    # subscripts follow references, .get() does not
    fields = (
        [reference.get_object() for reference in writer.root["/AcroForm"]["/Fields"]]
        if "/AcroForm" in writer.root
        else []
    )
    return {str(field["/T"]): field for field in fields if field.get("/FT") == "/Tx" and "/T" in field}


def _names(names):
    return " và ".join({NUMBER: "số văn bản", DATE: "ngày ban hành"}[name] for name in names)


def _write(writer, field, value):
    style = "italic" if RESOURCE["italic"] in str(field.get("/DA", "")) else "regular"
    font = form_font(writer, style)
    size = float(str(field["/DA"]).split()[1])
    left, bottom, right, top = (float(number) for number in field["/Rect"])
    width, height = right - left, top - bottom
    # the number stands right before the printed notation
    content = (
        b"/Tx BMC q "
        + text_stream(font, value, size, width, height, right=style == "regular", baseline=PADDING + DESCENT * size)
        + b" Q EMC"
    )
    stream = generic.StreamObject(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): generic.ArrayObject(
                generic.FloatObject(round(number, 2)) for number in (0, 0, width, height)
            ),
            pdf_name("/Resources"): generic.DictionaryObject(
                {pdf_name("/Font"): generic.DictionaryObject({pdf_name("/F"): font.reference})}
            ),
        },
        stream_data=content,
    )
    field[pdf_name("/V")] = pdf_string(value)
    field[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): writer.add_object(stream)})
    field[pdf_name("/Ff")] = generic.NumberObject(int(field.get("/Ff", 0)) | _READ_ONLY)
    writer.update_container(field)
