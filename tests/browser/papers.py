"""Papers as they come from the scanner, for the browser tests."""

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen import canvas

FONTS = (
    "/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf",
)


def _font():
    for path in FONTS:
        try:
            pdfmetrics.registerFont(TTFont("Serif", path))
            return "Serif"
        except TTFError:
            continue
    raise FileNotFoundError("Liberation Serif 2 is not installed")


def paper(path, number, subject):
    """Write a one-page letter to ``path`` and return it."""
    page = canvas.Canvas(str(path), pagesize=A4)
    page.setFont(_font(), 13)
    lines = (
        (80, "SỞ TÀI CHÍNH TỈNH MẪU"), (320, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
    )  # fmt: skip
    for x, text in lines:
        page.drawString(x, 780, text)
    page.drawString(80, 745, number)
    page.drawString(80, 715, subject)
    page.drawString(80, 670, "Kính gửi: Sở Nội vụ tỉnh Mẫu")
    page.drawString(80, 640, "Đề nghị Quý Sở báo cáo theo đề cương gửi kèm trước ngày quy định.")
    page.save()
    return path


def letter(path, number, issuer="SỞ TÀI CHÍNH"):
    """Write an official letter in the layout of NĐ 30/2020 to ``path`` and return it; the text can be read by machine."""
    page = canvas.Canvas(str(path), pagesize=A4, pdfVersion=(1, 4))
    for x, top, line, size in (
        (170, 60, "UBND TỈNH MẪU", 13), (170, 76, issuer, 13), (425, 60, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12),
        (425, 76, "Độc lập - Tự do - Hạnh phúc", 13), (170, 104, f"Số: {number}", 13),
        (425, 104, "Thành phố Mẫu, ngày 09 tháng 3 năm 2026", 13), (170, 124, "V/v báo cáo tình hình thực hiện", 12),
        (170, 139, "dự toán quý I năm 2026", 12), (300, 230, "Kính gửi: Sở Nội vụ tỉnh Mẫu", 14),
        (300, 270, "Đề nghị Quý Sở báo cáo theo đề cương gửi kèm.", 14), (425, 560, "KT. GIÁM ĐỐC", 14),
        (425, 577, "PHÓ GIÁM ĐỐC", 14), (425, 660, "Trần Văn Mẫu", 14),
    ):  # fmt: skip
        page.setFont(_font(), size)
        page.drawCentredString(x, A4[1] - top, line)
    page.save()
    return path
