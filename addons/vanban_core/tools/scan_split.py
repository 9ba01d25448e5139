"""Many letters in one scan: separator sheets with a QR code that we print, found again on the scanned pages."""

import io

SEPARATOR = "VANBAN:TACH-VAN-BAN"
_DPI = 110
MAX_PAGES = 2000


def separator_sheet(copies=1):
    """PDF with ``copies`` separator sheets for printing (A4, the code large and in two places)."""
    from reportlab.graphics import renderPDF
    from reportlab.graphics.barcode.qr import QrCodeWidget
    from reportlab.graphics.shapes import Drawing
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen import canvas

    from . import fonts

    width, height = A4
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=A4)
    page.setTitle("Tờ phân cách văn bản")
    regular, _bold, _italic = fonts.register()
    for _copy in range(copies):
        page.setFont(regular, 26)
        page.drawCentredString(width / 2, height - 110, "TỜ PHÂN CÁCH VĂN BẢN")
        page.setFont(regular, 13)
        page.drawCentredString(width / 2, height - 140, "Đặt trước trang đầu của mỗi văn bản khi quét nhiều văn bản một lượt.")
        page.drawCentredString(width / 2, height - 160, "Không ghi, không dán lên mã vuông. Dùng lại được nhiều lần.")
        for top in (height - 480, 60):
            code = QrCodeWidget(SEPARATOR, barLevel="H")
            left, bottom, right, upper = code.getBounds()
            size = 260
            drawing = Drawing(size, size, transform=[size / (right - left), 0, 0, size / (upper - bottom), 0, 0])
            drawing.add(code)
            renderPDF.draw(drawing, page, (width - size) / 2, top)
        page.showPage()
    page.save()
    return buffer.getvalue()


def separators(path):
    """Indexes of the pages of a PDF (path or bytes) that are separator sheets; one page in memory at a time."""
    import pypdfium2
    import zxingcpp

    from .pdfium_lock import LOCK

    found = []
    with LOCK:
        document = pypdfium2.PdfDocument(path)
        try:
            count = min(len(document), MAX_PAGES)
        except BaseException:
            document.close()
            raise
    try:
        for index in range(count):
            with LOCK:
                page = document[index]
                width, height = page.get_size()
                # a page of unusual size must not become a picture of gigabytes
                scale = min(_DPI / 72, 2500 / max(width, height, 1))
                bitmap = page.render(scale=scale, grayscale=True)
                picture = bitmap.to_pil().copy()
                bitmap.close()
                page.close()
            codes = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
            if any(code.text == SEPARATOR for code in codes):
                found.append(index)
    finally:
        with LOCK:
            document.close()
    return found


def ranges(pages, marks):
    """Page ranges ``[(first, end), …]`` of the letters between separator sheets; empty ones fall away.

    ``ranges(6, [0, 3]) == [(1, 3), (4, 6)]``
    """
    edges = [-1, *sorted(marks), pages]
    return [(start + 1, end) for start, end in zip(edges, edges[1:], strict=False) if end > start + 1]


def parts(path, marks):
    """Yield the PDF bytes of each letter of the scan, one after another.

    :param path: path of the PDF, or a file object
    :param marks: indexes of the separator sheets
    """
    import pikepdf

    with pikepdf.open(path) as source:
        version = max(source.pdf_version, "1.4")
        for first, end in ranges(len(source.pages), marks):
            with pikepdf.new() as part:
                part.pages.extend(source.pages[first:end])
                buffer = io.BytesIO()
                part.save(buffer, min_version=version)
            yield buffer.getvalue()
