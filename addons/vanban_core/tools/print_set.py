"""Many files as one PDF for printing: PDF pages as they look, pictures on a page each, a note for what cannot be printed.

No Odoo in here: bytes in, PDF out. Files come from outside: pages and bytes are bounded.
"""

import io

from . import fonts

MAX_PAGES = 2000
MAX_BYTES = 300 * 1024 * 1024


class SetError(RuntimeError):
    """The set cannot be made; the message (Vietnamese) says what to do."""


def check_size(total):
    """SetError when files of ``total`` bytes are too much for one set; asked before they are read."""
    if total > MAX_BYTES:
        raise SetError("Bộ hồ sơ trình quá lớn để in thành một tệp. Hãy in từng tệp.")


def is_readable(raw):
    """Whether a PDF can be put into a set: whole, not encrypted, with pages."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(raw)) as source:
            return bool(len(source.pages))
    except (pikepdf.PdfError, RuntimeError, ValueError):
        return False


def merge(parts):
    """One PDF of ``[(title, PDF bytes)]`` in this order, with a bookmark for each part.

    Signatures and stamps are part of the page: printed paper shows them, the electronic file stays what is signed.

    :raises SetError: a part cannot be read, or it is too much for one set
    """
    import pikepdf

    check_size(sum(len(raw) for _title, raw in parts))
    out = io.BytesIO()
    with pikepdf.new() as merged:
        marks, opened = [], []
        try:
            for title, raw in parts:
                try:
                    source = pikepdf.open(io.BytesIO(raw))
                    opened.append(source)
                    if len(merged.pages) + len(source.pages) > MAX_PAGES:
                        raise SetError(f"Bộ hồ sơ trình có quá {MAX_PAGES} trang. Hãy in từng tệp.")
                    source.flatten_annotations("print")
                    marks.append((title, len(merged.pages)))
                    merged.pages.extend(source.pages)
                except pikepdf.PdfError as error:
                    raise SetError(f"Tệp “{title}” không đọc được nên chưa in được bộ hồ sơ trình.") from error
            with merged.open_outline() as outline:
                outline.root.extend(pikepdf.OutlineItem(title, page) for title, page in marks)
            merged.save(out)
        finally:
            for source in opened:
                source.close()
    return out.getvalue()


def picture_page(raw):
    """A4 page with one picture, never larger than the sheet."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen import canvas

    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=A4)
    margin = 40
    page.drawImage(
        ImageReader(io.BytesIO(raw)), margin, margin, A4[0] - 2 * margin, A4[1] - 2 * margin, preserveAspectRatio=True, anchor="n",
    )
    page.save()
    return out.getvalue()


def note_page(names, heading="Tài liệu kèm theo chỉ có bản điện tử"):
    """A4 page naming the files that the set does not hold, by default those that can only be read on the screen."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.utils import simpleSplit
    from reportlab.pdfgen import canvas

    regular, bold, _italic = fonts.register()
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=A4)
    page.setFont(bold, 14)
    page.drawString(85, A4[1] - 85, heading)
    height = A4[1] - 115
    for name in names:
        for line in simpleSplit(f"- {name}", regular, 13, A4[0] - 130):
            if height < 60:
                page.showPage()
                height = A4[1] - 85
            page.setFont(regular, 13)
            page.drawString(85, height, line)
            height -= 18
    page.save()
    return out.getvalue()
