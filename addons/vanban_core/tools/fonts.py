"""Liberation Serif 2 for pages drawn by the system: metric twin of Times New Roman that has all Vietnamese letters.

Version 1 of the font drops some of them, so only version 2 is looked for.
"""

import functools
import pathlib

FAMILY = "Vanban-Serif"
_FACES = {
    FAMILY: "LiberationSerif-Regular.ttf",
    f"{FAMILY}-Bold": "LiberationSerif-Bold.ttf",
    f"{FAMILY}-Italic": "LiberationSerif-Italic.ttf",
}
_FOLDERS = ("/usr/share/fonts/truetype/liberation2", "/usr/share/fonts/truetype/liberation", "/usr/share/fonts/liberation-serif")


class FontMissing(RuntimeError):
    """No Liberation Serif on the machine; the message (Vietnamese) says what to install."""


@functools.cache
def register():
    """Make the faces known to reportlab; returns (regular, bold, italic) names.

    :raises FontMissing: the package fonts-liberation2 is not installed
    """
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    for name, file_name in _FACES.items():
        path = next((path for folder in _FOLDERS if (path := pathlib.Path(folder, file_name)).exists()), None)
        if path is None:
            raise FontMissing("Máy chủ chưa cài phông chữ Liberation Serif 2 (gói fonts-liberation2). Hãy báo quản trị hệ thống.")
        pdfmetrics.registerFont(TTFont(name, str(path)))
    return tuple(_FACES)
