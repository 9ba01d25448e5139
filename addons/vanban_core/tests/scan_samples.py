import io

import pypdfium2
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from odoo.addons.vanban_core.tools import fonts


def letter(number="Số: 125/STC-VP", date="Thành phố Mẫu, ngày 09 tháng 3 năm 2026", name="Trần Văn Mẫu"):
    """An official letter in the layout of NĐ 30/2020 with a text layer (PDF bytes)."""
    regular, bold, italic = fonts.register()
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=A4, pdfVersion=(1, 4))
    for x, top, line, font, size in (
        (170, 60, "UBND TỈNH MẪU", regular, 13), (170, 76, "SỞ TÀI CHÍNH", bold, 13),
        (425, 60, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold, 12), (425, 76, "Độc lập - Tự do - Hạnh phúc", bold, 13),
        (170, 104, number, regular, 13), (425, 104, date, italic, 13),
        (170, 124, "V/v báo cáo tình hình thực hiện", regular, 12), (170, 139, "dự toán quý I năm 2026", regular, 12),
        (300, 230, "Kính gửi: Sở Nội vụ tỉnh Mẫu", regular, 14),
        (300, 270, "Đề nghị Quý Sở báo cáo theo đề cương gửi kèm trước ngày quy định.", regular, 14),
        (425, 560, "KT. GIÁM ĐỐC", bold, 14), (425, 577, "PHÓ GIÁM ĐỐC", bold, 14), (425, 660, name, bold, 14),
    ):  # fmt: skip
        page.setFont(font, size)
        page.drawCentredString(x, A4[1] - top, line)
    page.showPage()
    page.save()
    return buffer.getvalue()


def scan(source=None, dpi=200, colour=True, pages=1, pad=0):
    """``source`` as pictures, as a scanner gives it; ``pad`` bytes of dead weight."""
    document = pypdfium2.PdfDocument(source or letter())
    picture = document[0].render(scale=dpi / 72).to_pil().convert("RGB" if colour else "L")
    document.close()
    jpeg = io.BytesIO()
    picture.save(jpeg, "JPEG", quality=80)
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=A4, pdfVersion=(1, 4))
    for _page in range(pages):
        jpeg.seek(0)
        page.drawImage(ImageReader(jpeg), 0, 0, *A4)
        page.showPage()
    page.save()
    raw = buffer.getvalue()
    return raw.replace(b"%PDF-1.4\n", b"%PDF-1.4\n%" + b"0" * pad + b"\n", 1) if pad else raw
