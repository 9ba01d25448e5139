"""Letters and scans made for the tests: drawn with our own words, then rendered to pictures like those of a scanner."""

import io

import pypdfium2
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from tools import fonts

LETTER = {
    "parent": "UBND TỈNH MẪU", "issuer": "SỞ TÀI CHÍNH", "number": "Số: 125/STC-VP",
    "date": "Thành phố Mẫu, ngày 09 tháng 3 năm 2026",
    "subject": ("V/v báo cáo tình hình thực hiện", "dự toán quý I năm 2026"),
    "body": ("Kính gửi: Sở Nội vụ tỉnh Mẫu", "Đề nghị Quý Sở báo cáo theo đề cương trước ngày 25/3/2026."),
    "capacity": "KT. GIÁM ĐỐC", "position": "PHÓ GIÁM ĐỐC", "name": "Trần Văn Mẫu", "urgency": "THƯỢNG KHẨN",
}  # fmt: skip


def letter(**changes):
    """One-page official letter in the layout of NĐ 30/2020 as PDF bytes."""
    text = {**LETTER, **changes}
    regular, bold, italic = fonts.register()
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=A4, pdfVersion=(1, 4))

    def put(x, top, line, font=regular, size=13):
        page.setFont(font, size)
        page.drawCentredString(x, A4[1] - top, line)

    put(170, 60, text["parent"])
    put(170, 76, text["issuer"], bold)
    put(425, 60, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold, 12)
    put(425, 76, "Độc lập - Tự do - Hạnh phúc", bold)
    put(170, 104, text["number"])
    put(425, 104, text["date"], italic)
    for index, line in enumerate(text["subject"] if text.get("kind") is None else ()):
        put(170, 124 + 15 * index, line, size=12)
    if text.get("kind"):
        put(298, 150, text["kind"], bold, 14)
        for index, line in enumerate(text["subject"]):
            put(298, 168 + 16 * index, line, bold, 14)
    if text["urgency"]:
        put(100, 165, text["urgency"], bold, 12)
    for index, line in enumerate(text["body"]):
        page.setFont(regular, 14)
        page.drawString(90, A4[1] - 230 - 20 * index, line)
    put(425, 560, text["capacity"], bold, 14)
    put(425, 577, text["position"], bold, 14)
    put(425, 660, text["name"], bold, 14)
    page.showPage()
    page.save()
    return buffer.getvalue()


def scan(source=None, dpi=200, colour=True, pages=1, version=(1, 4), size=A4, share=1.0):
    """``source`` (PDF bytes) as a scanner gives it: pictures of ``dpi``; ``share`` of the page's sides that they cover."""
    document = pypdfium2.PdfDocument(source or letter())
    picture = document[0].render(scale=dpi * share * size[0] / A4[0] / 72).to_pil().convert("RGB" if colour else "L")
    document.close()
    jpeg = io.BytesIO()
    picture.save(jpeg, "JPEG", quality=70)
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=size, pdfVersion=version)
    for _page in range(pages):
        jpeg.seek(0)
        page.drawImage(ImageReader(jpeg), 0, size[1] * (1 - share), size[0] * share, size[1] * share)
        page.showPage()
    page.save()
    return buffer.getvalue()
