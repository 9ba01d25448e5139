"""Papers that the demonstration needs: a scanned letter and plain PDFs of a chosen size."""

from __future__ import annotations

import functools
import io
import os
import subprocess

from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

_DPI = 200  # the digitisation standard: colour, 200 dpi, full size


@functools.cache
def _font_file() -> str:
    """Return the path of Liberation Serif, as the system's font list has it."""
    found = subprocess.run(
        ["fc-match", "-f", "%{file}", "Liberation Serif:style=Regular"], capture_output=True, text=True, check=True
    )
    return found.stdout


def scan(*lines: str) -> bytes:
    """Return a PDF as a scanner makes it: one picture of a page, no text layer."""
    page = Image.new("RGB", (round(8.27 * _DPI), round(11.69 * _DPI)), (246, 246, 244))
    draw = ImageDraw.Draw(page)
    font = ImageFont.truetype(_font_file(), _DPI * 22 // 100)
    for number, line in enumerate(lines):
        draw.text((_DPI * 1.1, _DPI * 1.2 + _DPI * 0.36 * number), line, fill=(25, 25, 40), font=font)
    page = page.rotate(0.4, fillcolor=(246, 246, 244))
    out = io.BytesIO()
    page.save(out, "PDF", resolution=_DPI)
    return out.getvalue()


def text_pdf(*lines: str, size: int = 0) -> bytes:
    """Return a one-page PDF with text; at least `size` bytes (random picture data makes up the rest)."""
    if "LiberationSerif" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("LiberationSerif", _font_file()))
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=A4, pageCompression=0)
    page.setFont("LiberationSerif", 13)
    for number, line in enumerate(lines):
        page.drawString(85, 760 - 20 * number, line)
    if size:
        side = int((size / 1.26) ** 0.5)  # pictures are stored as ASCII85 text: five bytes for four
        noise = Image.frombytes("L", (side, side), os.urandom(side * side))
        page.drawInlineImage(noise, 85, 100, 200, 200)
    page.showPage()
    page.save()
    return out.getvalue()
