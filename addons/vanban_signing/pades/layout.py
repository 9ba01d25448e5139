"""Boxes on a page. Input in millimetres, stored in PDF points, origin at the lower left corner of the page."""

from dataclasses import dataclass, replace

from .errors import AnchorError

MM = 72 / 25.4
SEAL_DIAMETER_MM = 36.0
OVERLAP = 1 / 3
#: Between two stamps side by side.
GAP_MM = 3.0
#: A text field is this much larger than the printed line it continues, on each side, in points.
PADDING = 1.5


@dataclass(frozen=True)
class Box:
    """Rectangle in points on the page with this 0-based index."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self):
        return self.x1 - self.x0

    @property
    def height(self):
        return self.y1 - self.y0

    @property
    def rect(self):
        return [round(value, 2) for value in (self.x0, self.y0, self.x1, self.y1)]

    def overlap_share(self, other):
        """Share (0…1) of this box's width that ``other`` covers; 0 on different pages."""
        if self.page != other.page or not self.width:
            return 0.0
        return max(0.0, min(self.x1, other.x1) - max(self.x0, other.x0)) / self.width


@dataclass(frozen=True)
class TextPlace:
    """A text field: its box, font size in points, style ``regular`` or ``italic``."""

    box: Box
    size: float
    style: str = "regular"


@dataclass(frozen=True)
class Placement:
    """Where everything goes. ``number`` and ``date`` may be None (annexes, scanned copies), ``leader`` too.

    ``stamps`` are boxes kept for the incoming stamps of those who will receive the document.
    """

    number: TextPlace | None
    date: TextPlace | None
    leader: Box | None
    seal: Box
    stamps: tuple = ()

    def without_leader(self):
        """The same for a tool that makes the leader's field itself."""
        return replace(self, leader=None)


def seal_over(leader, diameter_mm=SEAL_DIAMETER_MM, overlap=OVERLAP):
    """Square for a round seal in real size that covers the left ``overlap`` of the leader's box (NĐ 30 PL I.I.II.8a)."""
    side = diameter_mm * MM
    right = leader.x0 + leader.width * overlap
    middle = (leader.y0 + leader.y1) / 2
    box = Box(leader.page, right - side, middle - side / 2, right, middle + side / 2)
    if box.x0 < 0 or box.y0 < 0:
        raise AnchorError(
            "seal_outside",
            "Dấu cơ quan không nằm gọn trong trang: khối chữ ký quá sát mép. "
            "Hãy sửa mẫu trình bày rồi tạo lại bản PDF.",
        )
    return box


def corner(
    page_width, page_height, where="top_right", width_mm=60.0, height_mm=14.0, margin_mm=10.0, page=0, top_mm=None, order=0
):
    """Box in the ``top_right`` or ``top_left`` corner of a page of this size in points (annex, scanned copy, stamp).

    ``margin_mm`` keeps it off the side, ``top_mm`` (default: the same) off the upper edge; ``order`` 1, 2, … gives the boxes
    beside the first one, towards the middle of the page (a unit's stamp beside the agency's).
    """
    width, height, margin = width_mm * MM, height_mm * MM, margin_mm * MM
    top = page_height - (margin if top_mm is None else top_mm * MM)
    away = margin + order * (width + GAP_MM * MM)
    left = away if where == "top_left" else page_width - away - width
    if left < 0 or left + width > page_width or top - height < 0:
        raise AnchorError("corner", "Trang giấy quá nhỏ, không đủ chỗ cho chữ ký của cơ quan ở góc trang.")
    return Box(page, left, top - height, left + width, top)


def shifted(box, dx_mm=0.0, dy_mm=0.0):
    """The same box moved by millimetres (profiles with another fixed place)."""
    return replace(box, x0=box.x0 + dx_mm * MM, x1=box.x1 + dx_mm * MM, y0=box.y0 + dy_mm * MM, y1=box.y1 + dy_mm * MM)
