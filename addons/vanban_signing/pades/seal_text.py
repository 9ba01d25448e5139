"""Where organisation and time of the agency's signature stand beside its seal: on free paper, never on printed text (TH Đ10.2c).

The seal covers the left third of the signature, which stands between title and name (NĐ 30/2020 PL I.I.II.8a). Below the seal there is
the signer's printed name, so the text goes under that name; where something else is printed there, to the nearest free place.
"""

from dataclasses import replace

from .errors import AnchorError
from .layout import MM, Box

_GAP = 2.0
_EDGE = 5 * MM


def below_seal(seal, leader, words, page_width, height_mm, width_mm=None):
    """``seal`` (layout.Box, the square of the picture) made larger at the lower and the right side by the strip for the text.

    ``words``: anchors.Word of the whole document. Of the places under the seal the first one that lies on no word is taken, else the
    one that covers least.
    """
    width, height = width_mm * MM if width_mm else seal.width, height_mm * MM
    printed = [word for word in words if word.page == seal.page]
    tops = [min(seal.y0, leader.y0) - _GAP, min(seal.y0, _below_name(printed, leader)) - _GAP]
    tops += [tops[-1] - step * height / 2 for step in (1, 2, 3, 4)]
    lefts = [seal.x0, (leader.x0 + leader.x1 - width) / 2, leader.x1 - width, leader.x1 + _GAP]
    strips = [
        Box(seal.page, left, top - height, left + width, top)
        for top in tops
        for left in lefts
        if top - height >= _EDGE and left + width <= page_width - _EDGE
    ]
    if not strips:
        raise AnchorError(
            "seal_outside",
            "Dưới họ tên người ký không còn chỗ ghi tên cơ quan và thời gian ký: khối chữ ký quá sát mép dưới. "
            "Hãy sửa mẫu trình bày rồi tạo lại bản PDF.",
        )
    best = min(strips, key=lambda strip: sum(_common(strip, word) for word in printed))
    return replace(seal, x1=max(seal.x1, best.x1), y0=best.y0)


def _below_name(printed, leader):
    """Lower edge of the line printed next below the signature: the signer's name."""
    under = [word for word in printed if word.y1 <= leader.y0 + _GAP and word.x1 > leader.x0 and word.x0 < leader.x1]
    if not under:
        return leader.y0
    line = max(under, key=lambda word: word.middle)
    return min(word.y0 for word in under if abs(word.middle - line.middle) < 0.5 * (line.y1 - line.y0))


def _common(box, word):
    wide = min(box.x1, word.x1) - max(box.x0, word.x0)
    high = min(box.y1, word.y1) - max(box.y0, word.y0)
    return wide * high if wide > 0 and high > 0 else 0.0
