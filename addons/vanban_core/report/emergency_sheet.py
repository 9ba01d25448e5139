"""The sheet of emergency numbers: printed beforehand, filled in by hand while the system is down. No Odoo in here."""

import dataclasses
import io

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from ..tools import fonts
from .register_print import _wrap

_INCOMING = (
    ("Số đến", 18), ("Giờ, ngày đến", 32), ("Tác giả", 45), ("Số, ký hiệu", 32), ("Ngày văn bản", 25),
    ("Trích yếu nội dung", 70), ("Người ghi", 25), ("Ghi chú", 20),
)  # fmt: skip
_OUTGOING = (
    ("Số", 18), ("Giờ, ngày cấp", 32), ("Ký hiệu", 32), ("Trích yếu nội dung", 70), ("Người ký", 35), ("Nơi nhận", 35),
    ("Người ghi", 25), ("Ghi chú", 20),
)  # fmt: skip
_PAGE = landscape(A4)
_LEFT, _ROW, _PER_PAGE = 15 * mm, 11 * mm, 11
_HOW = (
    "Chỉ dùng khi hệ thống ngừng hoạt động. Ghi lần lượt từ trên xuống, không bỏ số; ghi đúng giờ, ngày thực tế. "
    "Khi hệ thống hoạt động lại: nhập từng văn bản theo đúng thứ tự; số không dùng phải giải trình."
)


@dataclasses.dataclass(frozen=True)
class Sheet:
    """Texts of the sheet; ``numbers`` as they are to be written on the documents."""

    parent: str
    agency: str
    register: str
    year: str
    ordinal: str
    printed: str
    printed_by: str
    incoming: bool
    numbers: list


def render(sheet):
    """PDF (bytes), eleven numbers to a page of A4 landscape."""
    regular, bold, italic = fonts.register()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=_PAGE, pageCompression=1)
    canvas.setTitle(f"Phiếu số dự phòng {sheet.ordinal}/{sheet.year}")
    pages = [sheet.numbers[start:start + _PER_PAGE] for start in range(0, len(sheet.numbers), _PER_PAGE)]
    for index, numbers in enumerate(pages, start=1):
        top = _head(canvas, sheet, regular, bold, italic)
        _table(canvas, _INCOMING if sheet.incoming else _OUTGOING, numbers, top, regular, bold)
        canvas.setFont(italic, 10)
        canvas.drawString(_LEFT, 9 * mm, f"In ngày {sheet.printed}, người in: {sheet.printed_by}")
        canvas.drawRightString(_PAGE[0] - _LEFT, 9 * mm, f"Trang {index}/{len(pages)}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _head(canvas, sheet, regular, bold, italic):
    top = _PAGE[1] - 15 * mm
    canvas.setFont(regular, 11)
    canvas.drawString(_LEFT, top, sheet.parent.upper())
    canvas.setFont(bold, 11)
    canvas.drawString(_LEFT, top - 14, sheet.agency.upper())
    canvas.setFont(bold, 15)
    canvas.drawCentredString(_PAGE[0] / 2, top - 34, f"PHIẾU SỐ DỰ PHÒNG {sheet.ordinal}/{sheet.year}")
    canvas.setFont(regular, 12)
    canvas.drawCentredString(
        _PAGE[0] / 2, top - 50, f"{sheet.register}, năm {sheet.year}: từ số {sheet.numbers[0]} đến số {sheet.numbers[-1]}"
    )
    canvas.setFont(italic, 10)
    top -= 66
    for line in _wrap(_HOW, _PAGE[0] - 2 * _LEFT, italic):
        canvas.drawString(_LEFT, top, line)
        top -= 12
    return top


def _table(canvas, columns, numbers, top, regular, bold):
    edges = [_LEFT]
    for _name, width in columns:
        edges.append(edges[-1] + width * mm)
    head = 8 * mm
    canvas.setLineWidth(0.5)
    bottom = top - head - _ROW * len(numbers)
    for edge in edges:
        canvas.line(edge, top, edge, bottom)
    heights = [top, *(top - head - _ROW * index for index in range(len(numbers) + 1))]
    for height in heights:
        canvas.line(edges[0], height, edges[-1], height)
    canvas.setFont(bold, 10)
    for (name, _width), left, right in zip(columns, edges, edges[1:], strict=False):
        canvas.drawCentredString((left + right) / 2, top - head + 8, name)
    canvas.setFont(bold, 13)
    for index, number in enumerate(numbers):
        canvas.drawCentredString((edges[0] + edges[1]) / 2, top - head - _ROW * index - _ROW / 2 - 4, number)
