"""What a signature looks like: a picture in the box, or a few lines of text, drawn with the font reserved in the file."""

import functools
import io
from dataclasses import dataclass

import pikepdf
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import AppearanceContent, ResourceType
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.stamp import BaseStampStyle

from .errors import SignError
from .fonts import RESOURCE, FormFont, embed
from .images import Picture
from .layout import MM

_LEADING = 1.2
_SMALLEST = 5.0


@dataclass(frozen=True)
class Appearance:
    """``picture`` fills the box (``stretch``: exactly, for a seal in real size; else as large as fits, centred).

    ``lines`` are printed from the top (annex, copy) or, with a picture, at the bottom; long ones are wrapped, and all shrink
    together when the box is too low. ``size`` in points. ``picture_mm``: the seal has this side in millimetres, the rest of the
    box is for the text, by ``arrange`` ``below`` the seal, or beside it with the seal at the ``left`` or ``right`` edge. Text below
    the seal takes the lowest ``text_mm`` of the box, as wide as the seal, at the right edge: between them the page's own text is left
    to be read.
    """

    picture: Picture | None = None
    lines: tuple = ()
    size: float = 10.0
    stretch: bool = False
    picture_mm: float = 0.0
    text_mm: float = 0.0
    arrange: str = "below"


def form_font(writer, style="regular"):
    """The font that ``prepare`` reserved; SignError when the file was not prepared here."""
    try:
        fonts = writer.root["/AcroForm"]["/DR"]["/Font"]
        return FormFont(fonts.raw_get(RESOURCE[style]))
    except (KeyError, AttributeError, TypeError, IndexError) as error:
        raise SignError(
            "not_prepared", "Tệp PDF chưa được chuẩn bị chỗ ghi số và ký. Hãy tạo lại bản trình ký."
        ) from error


def any_font(writer):
    """The reserved font of a file prepared here; in a file from elsewhere the font comes with the appearance itself."""
    try:
        return form_font(writer)
    except SignError:
        reader = PdfFileReader(io.BytesIO(_font_file()))
        return FormFont(writer.import_object(reader.root.raw_get("/VbFont")))


@functools.cache
def _font_file():
    """A small PDF that holds the font, to be copied from."""
    with pikepdf.new() as document:
        document.Root.VbFont = embed(document, "regular")
        document.add_blank_page()
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


def text_stream(font, text, size, width, height, *, right=False, baseline=None):
    """Content stream for one line, shrunk to the width when needed (never below 60 %); ``baseline`` in points above the box."""
    needed = font.width(text, size)
    if needed > width:
        if needed * 0.6 > width:
            raise SignError(
                "text_too_long", f"“{text}” quá dài so với chỗ đã chừa. Hãy sửa mẫu trình bày rồi tạo lại bản PDF."
            )
        size, needed = size * width / needed, width
    left = width - needed if right else 0
    bottom = max((height - size) / 2 + 0.22 * size, 0) if baseline is None else baseline
    return b"BT /F %.2f Tf %.2f %.2f Td <%s> Tj ET" % (size, left, bottom, font.encode(text).hex().upper().encode())


class SignatureStyle(BaseStampStyle):
    """Bridge to pyHanko: makes the appearance of a signature field from an ``Appearance``."""

    def __init__(self, appearance):
        super().__init__(border_width=0)
        object.__setattr__(self, "appearance", appearance)

    def create_stamp(self, writer, box, text_params):
        return _Stamp(writer, box, self.appearance)


class _Stamp(AppearanceContent):
    def __init__(self, writer, box, appearance):
        super().__init__(writer=writer, box=box)
        self.appearance = appearance

    def render(self):
        look, width, height = self.appearance, float(self.box.width), float(self.box.height)
        parts, region = [], (0.0, 0.0, width, height)
        if look.picture:
            self.set_resource(ResourceType.XOBJECT, pdf_name("/P"), _image(self.writer, look.picture))
            x, y, w, h = _picture_place(look, width, height)
            parts.append(b"q %.3f 0 0 %.3f %.3f %.3f cm /P Do Q" % (w, h, x, y))
            region = _text_place(look, width, height)
        if look.lines:
            font = any_font(self.writer)
            self.set_resource(ResourceType.FONT, pdf_name("/F"), font.reference)
            parts += _paragraph(font, look, *region)
        return b"\n".join(parts)


def _picture_place(look, width, height):
    """(x, y, width, height) in points within the box."""
    if look.picture_mm:
        side = look.picture_mm * MM
        x = width - side if look.arrange == "right" else 0.0
        return x, height - side, side, side
    w, h = (width, height) if look.stretch else _fit(look.picture.ratio, width, height)
    return (width - w) / 2, (height - h) / 2, w, h


def _text_place(look, width, height):
    """(left, bottom, width, height) in points that the picture leaves to the text."""
    side = look.picture_mm * MM
    if not side:
        return 0.0, 0.0, width, min(height, len(look.lines) * look.size * _LEADING)
    if look.arrange == "below":
        strip = min(side, width)
        return width - strip, 0.0, strip, min(look.text_mm * MM or height, height - side)
    return (side + 2 if look.arrange == "left" else 0.0), 0.0, width - side - 2, height


def _paragraph(font, look, left, bottom, width, height):
    """Content streams of the lines, wrapped to the width, from the top; SignError when they do not fit even in small print."""
    size = look.size
    while True:
        rows = [row for line in look.lines for row in _wrapped(font, line, size, width)]
        if len(rows) * size * _LEADING <= height + 0.5:
            break
        size -= 0.25
        if size < _SMALLEST:
            raise SignError(
                "text_too_long",
                f"“{' / '.join(look.lines)}” quá dài so với ô chữ ký của cơ quan. Hãy mở rộng ô trong mẫu hình chữ ký.",
            )
    step, top = size * _LEADING, bottom + height
    return [
        b"q 1 0 0 1 %.2f %.2f cm %s Q"
        % (left, top - number * step, text_stream(font, row, size, width, step, right=look.arrange == "right" and bool(look.picture)))
        for number, row in enumerate(rows, 1)
    ]


def _wrapped(font, text, size, width):
    rows, row = [], ""
    for word in text.split():
        longer = f"{row} {word}".strip()
        if row and font.width(longer, size) > width:
            rows.append(row)
            longer = word
        row = longer
    return [*rows, row] if row else rows


def _fit(ratio, width, height):
    return (width, width / ratio) if width / ratio <= height else (height * ratio, height)


def _image(writer, picture):
    def plane(data, space, **more):
        entries = {
            "/Type": pdf_name("/XObject"),
            "/Subtype": pdf_name("/Image"),
            "/Width": generic.NumberObject(picture.width),
            "/Height": generic.NumberObject(picture.height),
            "/BitsPerComponent": generic.NumberObject(8),
            "/ColorSpace": pdf_name(space),
            "/Filter": pdf_name("/FlateDecode"),
            **more,
        }
        return writer.add_object(
            generic.StreamObject({pdf_name(key): value for key, value in entries.items()}, encoded_data=data)
        )

    return plane(picture.rgb, "/DeviceRGB", **{"/SMask": plane(picture.alpha, "/DeviceGray")})
