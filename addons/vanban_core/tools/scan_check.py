"""Whether a PDF from the scanner meets the digitisation standard, measured on the file itself.

PDF 1.4 or later, colour, at least 200 dpi, scale 100 % (Thanh Hóa 20/2019 Đ8.5b; NĐ 30/2020 PL I; IN-15). Resolution is
that of the picture as placed on the page, not the figure that the scanner writes into the picture.
"""

import dataclasses
import re

MAX_PAGES_MEASURED = 60
_A_SIZES = ((297, 420), (210, 297), (148, 210))  # mm
_TOLERANCE = 0.04
_MM = 72 / 25.4


@dataclasses.dataclass(frozen=True)
class Standard:
    """What the agency asks of a scan; ``dpi`` in dots per inch."""

    version: tuple = (1, 4)
    colour: bool = True
    dpi: int = 200
    full_scale: bool = True


@dataclasses.dataclass(frozen=True)
class ScanReport:
    """Measured facts; ``problems`` is a tuple of ``(criterion, Vietnamese sentence)``, empty when all is well.

    ``scanned``: pages that are pictures of paper; with none of them the file is no scan and only its kind is judged.
    """

    version: tuple
    pages: int
    scanned: int
    dpi: int
    problems: tuple

    @property
    def text(self):
        return "\n".join(f"– {sentence}" for _criterion, sentence in self.problems)


def examine(raw, standard=None):
    """Measure a sound PDF.

    :param bytes raw: content, already checked by ``file_check``
    :rtype: ScanReport
    """
    import pypdfium2

    from .pdfium_lock import LOCK

    standard = standard or Standard()
    with LOCK:
        document = pypdfium2.PdfDocument(raw)
        try:
            count = len(document)
            step = max(1, -(-count // MAX_PAGES_MEASURED))
            pages = [_Page(document[index], index + 1) for index in range(0, count, step)]
        finally:
            document.close()
    scanned = [page for page in pages if page.is_scan]
    version = _version(raw)
    problems = list(_problems(scanned, version, standard)) if scanned else []
    return ScanReport(version, count, len(scanned), min((page.dpi for page in scanned), default=0), tuple(problems))


def not_a_pdf(extension):
    """The report of a scan in another format."""
    sentence = f"Định dạng: tệp quét là .{extension}, chuẩn yêu cầu PDF từ phiên bản 1.4."
    return ScanReport((0, 0), 1, 1, 0, (("format", sentence),))


def _problems(scanned, version, standard):
    if version < standard.version:
        wanted = ".".join(map(str, standard.version))
        yield "version", f"Phiên bản PDF: {version[0]}.{version[1]}, chuẩn yêu cầu từ {wanted} trở lên."
    low = [page for page in scanned if page.dpi < standard.dpi * 0.98]
    if low:
        lowest = min(page.dpi for page in low)
        yield "dpi", f"Độ phân giải: {lowest} dpi ở {_at(low)}, chuẩn yêu cầu tối thiểu {standard.dpi} dpi."
    grey = [page for page in scanned if not page.colour]
    if standard.colour and grey:
        yield "colour", f"Màu sắc: {_at(grey)} quét đen trắng hoặc thang xám, chuẩn yêu cầu ảnh màu."
    scaled = [page for page in scanned if not page.full_scale]
    if standard.full_scale and scaled:
        width, height = scaled[0].millimetres
        yield "scale", (
            f"Tỷ lệ: {_at(scaled)} không đúng 100 % (khổ trang {width} × {height} mm, ảnh phủ "
            f"{round(scaled[0].coverage * 100)} % trang), chuẩn yêu cầu đúng khổ A3, A4 hoặc A5."
        )


def _at(pages):
    numbers = [str(page.number) for page in pages]
    return "trang " + ", ".join(numbers[:5]) + (f" và {len(numbers) - 5} trang khác" if len(numbers) > 5 else "")


def _version(raw):
    """The higher of header and catalogue, as readers take it."""
    found = [re.search(rb"%PDF-(\d)\.(\d)", raw[:1024])]
    found.append(re.search(rb"/Version\s*/(\d)\.(\d)", raw[-65536:]))
    return max(((int(one[1]), int(one[2])) for one in found if one), default=(0, 0))


class _Page:
    """What one page shows of paper."""

    def __init__(self, page, number):
        from pypdfium2 import raw as pdfium

        self.number = number
        width, height = page.get_size()
        area = max(width * height, 1)
        self.coverage, self.dpi, self.colour = 0.0, 0, False
        largest = 0.0
        text = False
        for item in page.get_objects(max_depth=3):
            if item.type == pdfium.FPDF_PAGEOBJ_TEXT:
                text = True
            elif item.type == pdfium.FPDF_PAGEOBJ_IMAGE:
                left, bottom, right, top = item.get_bounds()
                share = max(0, (right - left) * (top - bottom)) / area
                facts = item.get_metadata()
                largest = max(largest, share)
                self.coverage += share
                # text of a scan may lie in a finer picture above the coloured background
                if share >= 0.25 or not self.dpi:
                    self.dpi = max(self.dpi, round(min(facts.horizontal_dpi, facts.vertical_dpi)))
                self.colour = self.colour or _is_colour(facts, pdfium)
        self.coverage = min(self.coverage, 1.0)
        self.is_scan = largest >= 0.5 or (largest > 0 and not text)
        self.millimetres = (round(width / _MM), round(height / _MM))
        self.full_scale = self.coverage >= 0.8 and _is_paper_size(self.millimetres)
        page.close()


def _is_colour(facts, pdfium):
    if facts.colorspace in (pdfium.FPDF_COLORSPACE_DEVICEGRAY, pdfium.FPDF_COLORSPACE_CALGRAY):
        return False
    return facts.bits_per_pixel >= 24 or (facts.colorspace == pdfium.FPDF_COLORSPACE_INDEXED and facts.bits_per_pixel >= 4)


def _is_paper_size(millimetres):
    short, long = sorted(millimetres)
    return any(
        abs(short - width) <= width * _TOLERANCE and abs(long - height) <= height * _TOLERANCE for width, height in _A_SIZES
    )
