"""Pictures of signatures and seals: PNG, blue or red, transparent where the paper shows through."""

import functools
import io
import zlib
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from .errors import ImageError

MAX_BYTES, MAX_SIDE = 5 * 1024 * 1024, 3000
_WHITE, _INK = 225, 60
_KINDS = ["PNG", "JPEG", "TIFF", "WEBP", "BMP"]
#: Ink that a picture of another colour is given.
INK = {"blue": (20, 50, 170), "red": (205, 20, 30)}
_NAMES = {"blue": "xanh", "red": "đỏ"}
_SHARP_DOTS_PER_MM = 200 / 25.4


@dataclass(frozen=True)
class Picture:
    """A checked picture ready for a PDF: Flate-coded RGB and alpha planes. ``png`` is the canonical PNG with transparency."""

    width: int
    height: int
    rgb: bytes
    alpha: bytes
    png: bytes

    @property
    def ratio(self):
        return self.width / self.height


@functools.lru_cache(maxsize=64)
def picture(png, colour=None):
    """PNG bytes → Picture; white becomes transparent, margins are cut off.

    ``colour`` is ``blue`` (personal signature), ``red`` (seal) or None (not checked).
    Raises ImageError: not a PNG, too large, empty, or the wrong colour.
    """
    if not png or len(png) > MAX_BYTES:
        raise ImageError("image_size", f"Ảnh chữ ký/con dấu phải có và không quá {MAX_BYTES // 2**20} MB.")
    if not png.startswith(b"\x89PNG\r\n\x1a\n"):
        raise ImageError("image_kind", "Ảnh chữ ký/con dấu phải là tệp PNG. Hãy chuyển ảnh sang PNG rồi tải lên.")
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as source:
            if max(source.size) > MAX_SIDE:
                raise ImageError("image_side", f"Ảnh rộng hoặc cao quá {MAX_SIDE} điểm. Hãy thu nhỏ ảnh.")
            image = source.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        if isinstance(error, ImageError):
            raise
        raise ImageError("image_broken", "Ảnh PNG bị hỏng, không đọc được. Hãy tạo lại ảnh.") from error
    image = _transparent(image)
    box = image.getchannel("A").getbbox()
    if box is None:
        raise ImageError("image_empty", "Ảnh chữ ký/con dấu trống, không có nét nào.")
    image = image.crop(box)
    if colour:
        _require_colour(image, colour)
    out = io.BytesIO()
    image.save(out, "PNG")
    return Picture(
        image.width,
        image.height,
        zlib.compress(image.convert("RGB").tobytes(), 9),
        zlib.compress(image.getchannel("A").tobytes(), 9),
        out.getvalue(),
    )


def mend(raw, colour, *, png_only=True, size_mm=None):
    """Picture as somebody scanned it → (Picture, findings): what was mended or should be better, Vietnamese sentences.

    Grey or white paper becomes transparent; strokes of another colour take the ``colour`` (``blue``, ``red``). ``png_only``: other
    kinds of files are refused, as some regulations ask. ``size_mm``: size on paper, to judge the resolution.
    ImageError for what cannot be mended.
    """
    image, findings = _read(raw, png_only)
    if image.getchannel("A").getextrema()[0] == 255:
        image = _bright_paper(image)
        findings.append("Nền giấy đã làm trong suốt.")
    mended = _transparent(image)
    box = mended.getchannel("A").getbbox()
    if box is None:
        raise ImageError("image_empty", "Ảnh chữ ký/con dấu trống, không có nét nào.")
    mended = mended.crop(box)
    try:
        _require_colour(mended, colour)
    except ImageError as error:
        if error.code not in ("image_not_blue", "image_not_red"):
            raise
        mended = _coloured(mended, INK[colour])
        findings.append(f"Nét ảnh đã đổi sang màu {_NAMES[colour]} theo quy định.")
    if size_mm and max(mended.size) < size_mm * _SHARP_DOTS_PER_MM:
        findings.append("Ảnh có độ phân giải thấp, in ra có thể bị mờ. Nên quét lại ở 300 dpi.")
    if colour == "red" and not 0.9 < mended.width / mended.height < 1.1:
        findings.append("Hình dấu không tròn đều: hãy kiểm tra ảnh có bị cắt mất phần nào không.")
    out = io.BytesIO()
    mended.save(out, "PNG")
    return picture(out.getvalue(), colour), findings


def _read(raw, png_only):
    """(RGBA image, findings)."""
    findings = []
    if not raw or len(raw) > MAX_BYTES:
        raise ImageError("image_size", f"Ảnh chữ ký/con dấu phải có và không quá {MAX_BYTES // 2**20} MB.")
    if png_only and not raw.startswith(b"\x89PNG\r\n\x1a\n"):
        raise ImageError("image_kind", "Ảnh chữ ký/con dấu phải là tệp PNG. Hãy chuyển ảnh sang PNG rồi tải lên.")
    try:
        with Image.open(io.BytesIO(raw), formats=_KINDS) as source:
            if max(source.size) > MAX_SIDE:
                raise ImageError("image_side", f"Ảnh rộng hoặc cao quá {MAX_SIDE} điểm. Hãy thu nhỏ ảnh.")
            if source.format != "PNG":
                findings.append(f"Ảnh {source.format} đã chuyển sang PNG.")
            image = source.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        if isinstance(error, ImageError):
            raise
        raise ImageError("image_broken", "Không đọc được tệp ảnh. Hãy quét hoặc chụp lại, lưu thành PNG.") from error
    return image, findings


def _bright_paper(image):
    """Stretch lightness so that the paper, grey in a photo or scan, becomes white."""
    grey = image.convert("L")
    edge = sorted(
        grey.getpixel((x, y)) for x in range(0, image.width, max(1, image.width // 50)) for y in (0, image.height - 1)
    )
    paper = edge[len(edge) // 2]
    if not 120 <= paper < 250:
        return image
    table = [min(255, round(value * 255 / (paper - 8))) for value in range(256)]
    red, green, blue, alpha = image.split()
    return Image.merge("RGBA", (red.point(table), green.point(table), blue.point(table), alpha))


def _coloured(image, ink):
    """The same strokes in one ink; how dark they are becomes how opaque."""
    strength = image.convert("L").point([round((255 - value) ** 0.8 * 255**0.2) for value in range(256)])
    alpha = _darker(image.getchannel("A"), strength)
    # the darkest stroke is full ink
    most = alpha.getextrema()[1] or 1
    coloured = Image.new("RGBA", image.size, (*ink, 0))
    coloured.putalpha(alpha.point([min(255, round(value * 255 / most)) for value in range(256)]))
    return coloured


def _transparent(image):
    lightest = functools.reduce(_darker, (image.getchannel(name) for name in "RGB"))
    # alpha falls linearly between ink and paper, so edges stay smooth
    mask = lightest.point(
        [
            max(0, min(255, round((255 - value) * 255 / (255 - _WHITE)))) if value >= _WHITE else 255
            for value in range(256)
        ]
    )
    image.putalpha(_darker(image.getchannel("A"), mask))
    return image


def _darker(one, other):
    from PIL import ImageChops

    return ImageChops.darker(one, other)


def _require_colour(image, colour):
    small = image.resize((min(image.width, 200), min(image.height, 200)))
    data = small.tobytes()
    total = [0, 0, 0, 0]
    for position in range(0, len(data), 4):
        red, green, blue, alpha = data[position : position + 4]
        if alpha >= 128:
            for plane, value in enumerate((red, green, blue, 1)):
                total[plane] += value
    if not total[3]:
        raise ImageError("image_faint", "Nét ảnh quá mờ. Hãy quét lại rõ hơn.")
    red, green, blue = (value / total[3] for value in total[:3])
    if colour == "blue" and not (blue > red + 20 and blue > green):
        raise ImageError(
            "image_not_blue", "Ảnh chữ ký cá nhân phải màu xanh (NĐ 30/2020/NĐ-CP, Phụ lục I). Hãy dùng ảnh nét xanh."
        )
    if colour == "red" and not (red > blue + _INK and red > green + _INK):
        raise ImageError(
            "image_not_red", "Ảnh con dấu phải màu đỏ (NĐ 30/2020/NĐ-CP, Phụ lục I). Hãy dùng ảnh dấu màu đỏ."
        )
