"""Liberation Serif 2 as an embedded form font.

The subset is embedded when the draft is prepared, before the first signature, so that filling number and date later needs no
font work and the letters themselves are covered by the leader's signature. Glyph numbers are read back from the file.
"""

import functools
import io
import re
import unicodedata
import zlib
from dataclasses import dataclass
from pathlib import Path

import pikepdf
from fontTools import subset
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name

from .errors import SignError

_FILES = {"regular": "LiberationSerif-Regular.ttf", "italic": "LiberationSerif-Italic.ttf"}
_FOLDERS = (
    "/usr/share/fonts/truetype/liberation2",
    "/usr/share/fonts/liberation2",
    "/usr/share/fonts/truetype/liberation",
    "/usr/share/fonts/liberation-serif",
)
RESOURCE = {"regular": "/VbRegular", "italic": "/VbItalic"}
#: Depth below the baseline, in font sizes.
DESCENT = 0.216
_VOWELS = "aăâeêioôơuưy"
_TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")


def _repertoire():
    lower = {unicodedata.normalize("NFC", vowel + tone) for vowel in _VOWELS for tone in _TONES} | {"đ"}
    ascii_printable = {chr(code) for code in range(32, 127)}
    return sorted(ascii_printable | lower | {letter.upper() for letter in lower} | {"\u00a0", "–", "…"})


def font_path(style="regular"):
    """Path of the font file; SignError when the machine lacks fonts-liberation2."""
    for folder in _FOLDERS:
        path = Path(folder) / _FILES[style]
        if path.is_file():
            return path
    raise SignError(
        "font_missing",
        "Máy chủ thiếu phông chữ Liberation Serif 2 (gói fonts-liberation2). Hãy cài gói này rồi làm lại.",
    )


@dataclass(frozen=True)
class _Subset:
    name: str
    data: bytes
    length: int
    glyphs: dict
    widths: tuple
    bbox: tuple
    ascent: int
    descent: int
    italic_angle: float


@functools.lru_cache(maxsize=4)
def _subset(style):
    options = subset.Options(
        hinting=False, layout_features=[], notdef_outline=True, name_IDs=[1, 2, 6], glyph_names=False
    )
    options.drop_tables += ["FFTM"]
    font = TTFont(font_path(style), lazy=False)
    if font["head"].fontRevision < 2:
        raise SignError(
            "font_old",
            "Phông Liberation Serif trên máy chủ là bản 1, thiếu chữ tiếng Việt. Hãy cài gói fonts-liberation2.",
        )
    maker = subset.Subsetter(options)
    maker.populate(unicodes=[ord(letter) for letter in _repertoire()])
    maker.subset(font)
    scale = 1000 / font["head"].unitsPerEm
    cmap = font.getBestCmap()
    order = font.getGlyphOrder()
    glyphs = {chr(code): font.getGlyphID(name) for code, name in cmap.items()}
    widths = tuple(round(font["hmtx"][name][0] * scale) for name in order)
    head, hhea = font["head"], font["hhea"]
    out = io.BytesIO()
    font.save(out)
    raw = out.getvalue()
    return _Subset(
        "VANBAN+LiberationSerif" + ("-Italic" if style == "italic" else ""),
        zlib.compress(raw, 9),
        len(raw),
        glyphs,
        widths,
        tuple(round(value * scale) for value in (head.xMin, head.yMin, head.xMax, head.yMax)),
        round(hhea.ascent * scale),
        round(hhea.descent * scale),
        font["post"].italicAngle,
    )


def _to_unicode(glyphs):
    # one target per glyph, or a reader could not tell which letter was meant
    by_glyph = {}
    for letter, glyph in sorted(glyphs.items(), reverse=True):
        by_glyph[glyph] = letter
    rows = [f"<{glyph:04X}> <{ord(letter):04X}>" for glyph, letter in sorted(by_glyph.items())]
    parts = [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /VB def /CMapType 2 def",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "1 begincodespacerange <0000> <FFFF> endcodespacerange",
    ]
    for start in range(0, len(rows), 100):
        chunk = rows[start : start + 100]
        parts += [f"{len(chunk)} beginbfchar", *chunk, "endbfchar"]
    parts.append("endcmap CMapName currentdict /CMap defineresource pop end end")
    return "\n".join(parts).encode()


def embed(pdf, style):
    """Add the subset to a pikepdf document; returns the indirect Type0 font dictionary."""
    part = _subset(style)
    file = pikepdf.Stream(pdf, b"")
    file.write(part.data, filter=Name.FlateDecode)
    file.Length1 = part.length
    descriptor = pdf.make_indirect(
        Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name("/" + part.name),
            Flags=4 | (64 if style == "italic" else 0),
            FontBBox=Array(part.bbox),
            ItalicAngle=part.italic_angle,
            Ascent=part.ascent,
            Descent=part.descent,
            CapHeight=655,
            StemV=80,
            FontFile2=file,
        )
    )
    descendant = pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name("/" + part.name),
            FontDescriptor=descriptor,
            CIDSystemInfo=Dictionary(
                Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0
            ),
            CIDToGIDMap=Name.Identity,
            DW=0,
            W=Array([0, Array(part.widths)]),
        )
    )
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name("/" + part.name),
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([descendant]),
            ToUnicode=pikepdf.Stream(pdf, _to_unicode(part.glyphs)),
        )
    )


@functools.lru_cache(maxsize=16)
def _glyphs_of(to_unicode):
    glyphs = {
        chr(int(code, 16)): int(glyph, 16)
        for glyph, code in re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]{4})>", to_unicode)
    }
    glyphs.setdefault("\u00a0", glyphs.get(" ", 0))
    return glyphs


class FormFont:
    """The embedded font of a prepared file, as pyHanko reads it: encodes text and measures it."""

    def __init__(self, reference):
        font = reference.get_object()
        self.reference = reference
        self.glyphs = _glyphs_of(font["/ToUnicode"].data)
        self._widths = font["/DescendantFonts"][0].get_object()["/W"][1].get_object()

    def encode(self, text):
        """Glyph numbers as two-byte codes; SignError for a letter that the subset does not hold."""
        text = unicodedata.normalize("NFC", text)
        missing = sorted({letter for letter in text if letter not in self.glyphs})
        if missing:
            raise SignError(
                "letter_missing", f"Ký tự {' '.join(missing)!r} không in được vào văn bản. Hãy bỏ ký tự này."
            )
        return b"".join(self.glyphs[letter].to_bytes(2, "big") for letter in text)

    def width(self, text, size):
        """Width in points."""
        text = unicodedata.normalize("NFC", text)
        return sum(float(self._widths[self.glyphs.get(letter, 0)]) for letter in text) * size / 1000
